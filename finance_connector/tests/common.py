"""The world the Odoo tests start from: one company with books, one active Stripe connection, and facts by hand."""

from datetime import datetime, timedelta, timezone

from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import Envelope, Movement, Parsed
from odoo.tests import TransactionCase, new_test_user, tagged

WEBHOOK_SECRET = "whsec_test_secret"
START = datetime(2026, 3, 2, 10, 0, tzinfo=timezone.utc)


def at(minutes=0):
    """The instant ``minutes`` after the start of the test's story (aware UTC)."""
    return START + timedelta(minutes=minutes)


def fact(kind, external_id, minor, minutes=0, currency="EUR", key="pi_1", **values):
    """A movement of payment ``key`` with ``minor`` units of ``currency``."""
    return Movement(
        kind=kind,
        external_id=external_id,
        amount=Money(minor, currency),
        occurred_at=at(minutes),
        transaction_key=key,
        **values,
    )


@tagged("post_install", "-at_install", "finance_connector")
class FinanceCase(TransactionCase):
    """Company "Finance Test" in EUR with the generic chart, and provider connection ``self.provider``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, mail_notrack=True))
        cls.eur = cls.env.ref("base.EUR")
        cls.usd = cls.env.ref("base.USD")
        (cls.eur | cls.usd).active = True
        cls.company = cls.env["res.company"].create({"name": "Finance Test", "currency_id": cls.eur.id})
        cls.env.user.company_ids |= cls.company
        cls.env["account.chart.template"].try_loading("generic_coa", cls.company, install_demo=False)
        cls.company.currency_id = cls.eur
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.partner = cls.env["res.partner"].create({"name": "Ada Customer"})
        cls.provider = cls.make_provider()

    @classmethod
    def make_provider(cls, **values):
        """An active Stripe connection of the test company."""
        provider = cls.env["finance.provider"].create(
            {"name": "Stripe", "code": "stripe", "company_id": cls.company.id, "grace_minutes": 0, **values}
        )
        provider.set_secret("webhook_secret", WEBHOOK_SECRET)
        provider.action_activate()
        return provider

    @classmethod
    def approve_connection(cls, provider):
        """Have a second person approve the settings of ``provider`` as they are."""
        login = f"second_person_{cls.company.id}"
        users = cls.env["res.users"]
        approver = users.search([("login", "=", login)]) or new_test_user(
            cls.env,
            login,
            groups="base.group_user,finance_connector.group_approver",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        provider.with_user(approver).action_approve_connection()
        provider.invalidate_recordset()

    def keep(self, external_id="evt_1", body=b"{}", source="manual", provider=None, **values):
        """A stored message of the connection; returns its record."""
        provider = provider or self.provider
        values = {"event_type": "test", "lane_key": external_id, **values}
        envelope = Envelope(external_id=external_id, **values)
        message_id = self.env["finance.message"]._store(
            self.env.cr, provider.id, provider.company_id.id, source, envelope, body
        )
        return self.env["finance.message"].browse(message_id)

    def absorb(self, *facts, message=None, provider=None, payments=(), settlements=(), lines=()):
        """Have the subledger take up facts as one message would tell them; returns the touched transactions."""
        provider = provider or self.provider
        self.message_number = getattr(self, "message_number", 0) + 1
        message = message or self.keep(f"evt_absorb_{self.message_number}", provider=provider)
        parsed = Parsed(movements=facts, payments=payments, settlements=settlements, lines=lines)
        touched = self.env["finance.subledger"]._absorb(provider, [(message.id, parsed)])
        return self.env["finance.transaction"].browse(touched)

    def exceptions(self, kind=None, states=("open", "in_progress")):
        """Open exceptions of the test company."""
        domain = [("company_id", "=", self.company.id), ("state", "in", states)]
        return self.env["finance.exception"].search(domain + ([("kind", "=", kind)] if kind else []))
