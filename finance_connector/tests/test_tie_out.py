"""Ledger against subledger: every difference alarms with its sign and clears when it is gone; so do the other proofs."""

from odoo import Command
from odoo.addons.finance_connector.core.balances import balance_totals
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import SettlementLine
from odoo.exceptions import UserError

from .common import at, fact
from .posting_common import PostingCase


class TestTieOut(PostingCase):
    def manual_entry(self, account, amount):
        """An entry by hand that nobody at the provider knows of."""
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-05",
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": amount}),
                    Command.create({"account_id": self.provider.fee_account_id.id, "balance": -amount}),
                ],
            }
        )
        move._post(soft=False)
        return move

    def bank_line(self, amount, account=None, **values):
        """A posted line of the company's bank, booked against ``account``."""
        bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank"), ("id", "!=", self.provider.journal_id.id)], limit=1
        )
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": bank.id,
                "date": "2026-03-05",
                "payment_ref": "STRIPE PAYOUT",
                "amount": amount,
                "counterpart_account_id": (account or self.provider.in_transit_account_id).id,
                **values,
            }
        )

    def pay_out(self, minor=9700, key="po_1"):
        self.absorb(
            fact("payout", key, minor, 600, key=None, settlement_key=key, group=key), settlements=(self.payout(key, minor),)
        )

    def test_inv_7_a_difference_of_either_sign_alarms_and_clears(self):
        self.absorb(fact("capture", "ch_1", 10000))
        self.post()
        self.verify()
        self.assertFalse(self.exceptions("books_differ"))
        for amount in (12.34, -5.5):
            move = self.manual_entry(self.provider.clearing_account_id, amount)
            self.verify()
            exception = self.exceptions("books_differ")
            self.assertAlmostEqual(exception.amount_at_risk, amount)
            self.assertEqual((exception.currency_id, exception.severity), (self.eur, "critical"))
            self.assertIn("Balance at the provider", exception.summary)
            (row,) = [row for row in self.env["finance.tie.out"]._rows(self.provider) if row["difference"]]
            self.assertEqual((row["role"], row["currency"]), ("clearing", self.eur))
            self.assertEqual(row["ledger"] - row["subledger"], row["difference"])
            move._reverse_moves(cancel=True)
            self.verify()
            self.assertEqual(exception.state, "resolved")

    def test_every_balance_is_watched(self):
        for role in ("in_transit", "reserve", "disputes"):
            move = self.manual_entry(self.provider._role_account(role), 3)
            self.verify()
            self.assertEqual(self.exceptions("books_differ").amount_at_risk, 3, role)
            move._reverse_moves(cancel=True)
        self.verify()
        self.assertFalse(self.exceptions("books_differ"))

    def test_the_subledger_is_what_the_fold_of_the_balances_says(self):
        facts = [
            fact("capture", "ch/40", 4000, group="ch", cumulative=True),
            fact("capture", "ch/90", 9000, 5, group="ch", cumulative=True),
            fact("capture", "ch2/10", 1000, 5, group="ch2", cumulative=True),
            fact("refund", "re_1", 500, 9), fact("refund", "re_1", 700, 9), fact("fee", "fee_1", 120, 9),
            fact("dispute_open", "dp", 3000, 20), fact("dispute_lost", "dp", 1000, 30), fact("reserve_hold", "rh", 800),
            fact("fx", "fx_1", 1500, 40, counter_amount=Money(1700, "USD")), fact("adjustment", "adj", -77),
            fact("authorize", "ch", 10000),
        ]  # fmt: skip
        self.absorb(*facts)
        self.absorb(fact("capture", "x", 5000, key="pi_2"), fact("capture_fail", "x", 5000, 9, key="pi_2"))
        facts += [fact("capture", "x", 5000), fact("capture_fail", "x", 5000, 9)]
        self.post_now()
        expected = {key: minor for key, minor in balance_totals(facts).items() if minor}
        found = {key: minor for key, minor in self.env["finance.tie.out"]._subledger(self.provider).items() if minor}
        self.assertEqual(found, expected)
        self.assertTied()

    def test_a_bank_line_takes_its_payout_out_of_transit(self):
        self.pay_out()
        self.post_now()
        self.assertEqual(self.balance(self.provider.in_transit_account_id), 97)
        line = self.bank_line(97)
        self.verify()
        self.assertEqual(self.exceptions("books_differ").amount_at_risk, -97, "booked, but matched with no payout")
        payout = self.env["finance.movement"].search([("external_id", "=", "po_1")]).move_id.line_ids
        both = (payout | line.move_id.line_ids).filtered(
            lambda item: item.account_id == self.provider.in_transit_account_id
        )
        self.env["account.move.line"]._reconcile_plan([both])
        self.verify()
        self.assertFalse(self.exceptions("books_differ"))
        self.assertEqual(self.balance(self.provider.in_transit_account_id), 0)
        self.assertTied()

    def test_connections_that_share_an_account_are_compared_together(self):
        other = self.make_provider(name="Other", in_transit_account_id=self.provider.in_transit_account_id.id)
        self.pay_out()
        self.absorb(fact("payout", "po_9", 500, key=None, group="po_9"), provider=other)
        self.post_now()
        self.post_now(other)
        self.assertTied(self.provider | other)
        self.manual_entry(self.provider.in_transit_account_id, 1)
        rows = self.env["finance.tie.out"]._rows(self.provider | other)
        self.assertEqual(sum(row["difference"] for row in rows), 1)

    def test_a_payout_that_does_not_add_up(self):
        line = SettlementLine(
            "po_1", "txn_1", "capture", Money(10000, "EUR"), Money(200, "EUR"), Money(0, "EUR"), Money(9800, "EUR"), at(5)
        )
        info = self.payout(minor=9700, complete=True)
        self.absorb(settlements=(info,), lines=(line,))
        self.verify()
        exception = self.exceptions("settlement_difference")
        self.assertEqual((exception.amount_at_risk, exception.res_model), (-1, "finance.settlement"))
        fee = SettlementLine(
            "po_1", "txn_2", "unknown", Money(0, "EUR"), Money(100, "EUR"), Money(0, "EUR"), Money(-100, "EUR"), at(6),
            category="mystery_fee",
        )  # fmt: skip
        self.absorb(settlements=(info,), lines=(fee,))
        self.verify()
        self.assertEqual(exception.state, "resolved")
        unmapped = self.exceptions("unmapped_line")
        self.assertIn("mystery_fee", unmapped.summary)
        unmapped._close("resolved", "booked by hand")
        self.verify()
        self.assertFalse(self.exceptions("unmapped_line"), "what a person closed stays closed")

    def test_failed_payouts_and_disputes_are_for_a_person(self):
        self.pay_out()
        self.absorb(fact("payout_fail", "po_1", 9700, 900, key=None, settlement_key="po_1", group="po_1"),
                    settlements=(self.payout(failure="account closed"),))  # fmt: skip
        transaction = self.absorb(fact("capture", "ch_1", 10000), fact("dispute_open", "dp", 4000, 30, group="dp"))
        self.post()
        self.verify()
        self.verify()
        failed, dispute = self.exceptions("payout_failed"), self.exceptions("dispute")
        self.assertIn("account closed", failed.detail)
        self.assertEqual((failed.amount_at_risk, failed.count), (97, 1))
        self.assertEqual((dispute.amount_at_risk, dispute.res_id), (40, transaction.id))
        self.absorb(fact("dispute_won", "dp", 4000, 90, group="dp"))
        self.verify()
        self.assertEqual(dispute.state, "resolved")

    def test_a_broken_audit_chain_is_noticed(self):
        self.env["finance.audit.entry"]._record("test", self.company, {"a": "1"})
        self.env["finance.tie.out"]._verify_chain()
        self.assertFalse(self.env["finance.exception"].search([("kind", "=", "chain_broken"), ("state", "=", "open")]))
        self.env.cr.execute("ALTER TABLE finance_audit_entry DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE finance_audit_entry SET payload = '{}' WHERE id = (SELECT max(id) FROM finance_audit_entry)"
        )
        self.env.cr.execute("ALTER TABLE finance_audit_entry ENABLE TRIGGER USER")
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.finance_connector", "ERROR"):
            self.env["finance.tie.out"]._verify_chain()
        self.assertTrue(self.env["finance.exception"].search([("kind", "=", "chain_broken"), ("state", "=", "open")]))

    def test_a_payout_that_is_not_posted_is_not_expected_in_the_ledger(self):
        self.pay_out()
        self.assertTied()
        with self.assertRaises(UserError):
            self.env["finance.movement"].search([("external_id", "=", "po_1")]).write({"amount": 1})
