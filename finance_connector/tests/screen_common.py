"""The world the screen tests look at: a payment with a story, two payouts, a dead message and open exceptions."""

from datetime import datetime, timedelta, timezone

from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import Movement, PaymentInfo, SettlementInfo, SettlementLine
from odoo.tests import HttpCase, common, new_test_user
from odoo.tools import file_path

from .common import FinanceCase

ROLES = ("user", "approver", "administrator", "auditor")
# A file that a repackaged Odoo leaves out for its licence; every page asks for it and logs an error without
# it.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class ScreenCase(FinanceCase, HttpCase):
    """Users ``screen_user``, ``screen_approver``, ``screen_administrator`` and ``screen_auditor`` of the test company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # On a busy machine a browser takes longer than ten seconds to start, and Odoo would skip the test.
        cls.classPatch(common, "CHECK_BROWSER_ITERATIONS", 900)
        cls._drop_missing_asset()
        for role in ROLES:
            user = new_test_user(
                cls.env,
                login=f"screen_{role}",
                groups=f"base.group_user,finance_connector.group_{role}",
                name=f"Screen {role.title()}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            setattr(cls, role, user)

    @classmethod
    def _drop_missing_asset(cls):
        try:
            file_path(LEFT_OUT)
        except (FileNotFoundError, ValueError):
            cls.env["ir.asset"].create(
                {"name": "left out", "bundle": "web.assets_backend", "directive": "remove", "path": LEFT_OUT}
            )

    def setUp(self):
        super().setUp()
        self.now = datetime.now(timezone.utc).replace(microsecond=0)
        self.payment = self._make_payment()
        self.dead = self._make_dead_message()
        self.exception = self.env["finance.exception"]._raise(
            "no_document",
            self.payment.id,
            self.company,
            "pi_screen: no order or invoice S00042",
            detail="The payment names S00042, and there is no such order.",
            record=self.payment,
            provider=self.provider,
            amount=self.payment.amount_captured,
            currency=self.payment.currency_id,
        )
        self.good = self._make_settlement("po_good", 0)
        self.bad = self._make_settlement("po_bad", 150)

    def story(self, kind, external_id, minor, minutes, **values):
        """A movement of the payment ``pi_screen``, ``minutes`` after it began two days ago."""
        return Movement(
            kind=kind,
            external_id=external_id,
            amount=Money(minor, "EUR"),
            occurred_at=self.now - timedelta(days=2) + timedelta(minutes=minutes),
            transaction_key="pi_screen",
            **values,
        )

    def _make_payment(self):
        info = PaymentInfo(
            transaction_key="pi_screen",
            occurred_at=self.now - timedelta(days=2),
            amount=Money(10000, "EUR"),
            reference="S00042",
            customer_name="Ada Customer",
        )
        self.captured_by = self.keep("evt_screen_capture", b'{"id":"evt_screen_capture","amount":10000}')
        self.absorb(self.story("authorize", "ch_screen", 10000, 0), payments=(info,))
        self.absorb(
            self.story("capture", "ch_screen", 10000, 5),
            self.story("fee", "txn_screen", 320, 5),
            message=self.captured_by,
        )
        return self.absorb(self.story("refund", "re_screen", 2500, 60, reason="requested_by_customer"))

    def _make_dead_message(self):
        message = self.keep("evt_screen_dead", b'{"id": "evt_screen_dead", "amount": 12.50}', event_type="charge.odd")
        self.env.cr.execute(
            """UPDATE finance_message SET state = 'dead', attempts = 10, error = 'The amount has no currency.'
                WHERE id = %s""",
            [message.id],
        )
        message.invalidate_recordset()
        self.env["finance.exception"]._raise(
            "message_dead",
            message.id,
            self.company,
            "charge.odd evt_screen_dead could not be processed",
            record=message,
            provider=self.provider,
        )
        return message

    def _make_settlement(self, key, missing):
        """A payout of one line of 96.80; ``missing`` cents are paid out beyond it."""
        line = SettlementLine(
            settlement_key=key,
            external_id=f"txn_{key}",
            kind="capture",
            gross=Money(10000, "EUR"),
            fee=Money(320, "EUR"),
            tax=Money(0, "EUR"),
            net=Money(9680, "EUR"),
            occurred_at=self.now - timedelta(days=1),
            transaction_key="pi_screen" if key == "po_good" else None,
        )
        info = SettlementInfo(
            external_id=key,
            amount=Money(9680 + missing, "EUR"),
            occurred_at=self.now - timedelta(days=1),
            status="paid",
            arrival_date=self.now.date() + timedelta(days=1),
            complete=True,
        )
        self.absorb(settlements=(info,), lines=(line,))
        return self.env["finance.settlement"].search([("external_id", "=", key), ("provider_id", "=", self.provider.id)])

    def tour(self, path, name, login):
        """Run tour ``finance_connector.<name>`` as ``login``; any error in the browser's console fails it."""
        self.start_tour(path, f"finance_connector.{name}", login=login, timeout=300)
        self.env.invalidate_all()

    def audited(self, action, record):
        """The audit entries of ``action`` on ``record``."""
        return self.env["finance.audit.entry"].search(
            [("action", "=", action), ("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
