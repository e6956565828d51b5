"""What the tests of posting share: invoices, posting through the scheduled action, and short views of the books."""

from math import inf
from unittest.mock import patch

from odoo import Command
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import PaymentInfo, SettlementInfo
from odoo.fields import Date

from .common import FinanceCase, at


class PostingCase(FinanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency.rate"].search([("company_id", "=", cls.company.id)]).unlink()
        cls.env["res.currency.rate"].create(
            {"name": "2020-01-01", "currency_id": cls.usd.id, "company_id": cls.company.id, "rate": 1.25}
        )
        cls.receivable = cls.partner.with_company(cls.company).property_account_receivable_id

    def invoice(self, amount, ref="SO100", move_type="out_invoice", post=True, partner=None, currency=None, **values):
        """A customer invoice (or credit note) without tax that bears ``ref`` as its payment reference."""
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or self.partner).id,
                "invoice_date": "2026-03-01",
                "date": "2026-03-01",
                "payment_reference": ref,
                "currency_id": (currency or self.eur).id,
                "invoice_line_ids": [Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []})],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def info(self, reference="SO100", key="pi_1", minor=10000, **values):
        """What the provider tells about payment ``key``."""
        return PaymentInfo(key, at(0), amount=Money(minor, "EUR"), reference=reference, **values)

    def payout(self, key="po_1", minor=9700, currency="EUR", **values):
        return SettlementInfo(key, Money(minor, currency), at(600), **values)

    def post_now(self, provider=None):
        """Link and post one connection at once, within the test's transaction."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda self, *args, **values: inf):
            self.env["finance.posting"]._post_provider(provider or self.provider)
        self.env.invalidate_all()

    def post(self):
        """Run the scheduled action as it runs, commits included."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("finance_connector.cron_post").method_direct_trigger()
        self.env.invalidate_all()

    def verify(self):
        """Run the scheduled proofs."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("finance_connector.cron_verify").method_direct_trigger()
        self.env.invalidate_all()

    def balance(self, account, currency=None):
        """What the posted items of ``account`` add up to, in ``currency`` or in the company's."""
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if currency:
            domain.append(("currency_id", "=", currency.id))
        lines = self.env["account.move.line"].search(domain)
        if currency:
            return currency.round(sum(lines.mapped("amount_currency")))
        return self.company.currency_id.round(sum(lines.mapped("balance")))

    def balances(self, provider=None):
        """The non-zero balances by role, in the company's currency."""
        provider = provider or self.provider
        roles = (
            "clearing", "in_transit", "reserve", "disputes", "unapplied", "fees", "fee_tax", "chargeback",
            "adjustment", "fx",
        )  # fmt: skip
        found = {role: self.balance(provider._role_account(role)) for role in roles}
        found["receivable"] = self.balance(self.receivable)
        return {role: amount for role, amount in found.items() if amount}

    def assertTied(self, provider=None):
        """Ledger and subledger agree in every balance and currency."""
        rows = self.env["finance.tie.out"]._rows(provider or self.provider)
        differing = [row for row in rows if row["difference"]]
        self.assertFalse(differing, "the books do not tie")
        return rows

    def assertEverythingPosted(self):
        waiting = self.env["finance.movement"].search([("posted_at", "=", False)])
        self.assertFalse(waiting.mapped("external_id"), self.exceptions().mapped("detail"))

    def day(self, text):
        return Date.to_date(text)
