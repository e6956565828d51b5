"""Locked periods and foreign currencies: first open day, Odoo's rates, and entries that balance to the cent."""

from odoo.addons.finance_connector.core.money import Money

from .common import fact
from .posting_common import PostingCase


class TestPostingDates(PostingCase):
    def test_a_locked_period_is_booked_on_the_first_open_day_and_audited(self):
        self.company.fiscalyear_lock_date = "2026-03-31"
        self.invoice(100, date="2026-04-01", invoice_date="2026-04-01")
        self.absorb(
            fact("capture", "ch_1", 10000), fact("fee", "fee_1", 300), fact("fee", "fee_2", 200), payments=(self.info(),)
        )
        self.post()
        moves = self.env["account.move"].search([("journal_id", "=", self.provider.journal_id.id)])
        self.assertEqual({str(move.date) for move in moves}, {"2026-04-01"})
        names = moves.line_ids.mapped("name")
        self.assertTrue(all("2026-03-02" in name for name in names), names)
        entries = self.env["finance.audit.entry"].search(
            [("action", "=", "posting.locked_period"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(set(entries.mapped("res_id")), set(moves.ids))
        self.assertIn("2026-03-02", entries[0].payload)
        self.assertFalse(self.exceptions("posting_failed"))
        self.assertTied()

    def test_a_hard_lock_is_respected_too(self):
        self.company.hard_lock_date = "2026-03-15"
        self.absorb(fact("fee", "fee_1", 300))
        self.post_now()
        self.assertEqual(str(self.env["finance.movement"].search([("external_id", "=", "fee_1")]).move_id.date), "2026-03-16")

    def test_100_eur_settled_108_34_usd(self):
        """Scenario 23: the balance in euro is changed into dollars; what the rate of the day differs is a currency gain."""
        self.absorb(fact("capture", "ch_1", 10000))
        self.absorb(fact("fx", "txn_1", 10834, 5, currency="USD", counter_amount=Money(10000, "EUR")))
        self.absorb(fact("fee", "txn_1", 350, 5, currency="USD"))
        self.post_now()
        clearing = self.provider.clearing_account_id
        self.assertEqual(self.balance(clearing, self.eur), 0)
        self.assertEqual(self.balance(clearing, self.usd), 104.84)
        # 108.34 USD are 86.67 EUR at 1.25: the conversion cost 13.33 EUR. The fee of 3.50 USD is 2.80 EUR.
        self.assertEqual(self.balance(self.provider.fx_account_id), 13.33)
        self.assertEqual(self.balance(self.provider.fee_account_id), 2.8)
        self.assertEqual(self.balance(clearing), 83.87)
        rows = {(row["role"], row["currency"].name): row["ledger"] for row in self.assertTied()}
        self.assertEqual(str(rows["clearing", "USD"]), "104.84")

    def test_many_foreign_amounts_balance_to_the_cent(self):
        self.provider.posting_mode = "per_settlement"
        captures = [fact("capture", f"ch_{n}", 333 + n, n, currency="USD", key=f"pi_{n}") for n in range(7)]
        fees = [fact("fee", f"fee_{n}", 11 + n, n, currency="USD", key=f"pi_{n}") for n in range(7)]
        self.absorb(*captures, *fees)
        self.post_now()
        move = self.env["finance.movement"].search([("external_id", "=", "ch_0")]).move_id
        self.assertEqual(len(move.line_ids), 4)
        self.assertFalse(self.company.currency_id.compare_amounts(sum(move.line_ids.mapped("balance")), 0))
        each = sum(self.company.currency_id.round((333 + n) / 125) for n in range(7))
        unapplied = move.line_ids.filtered(lambda line: line.account_id == self.provider.unapplied_account_id)
        self.assertFalse(self.company.currency_id.compare_amounts(-unapplied.balance, each))
        self.assertTied()

    def test_foreign_receipt_is_reconciled_with_a_foreign_invoice(self):
        invoice = self.invoice(125, currency=self.usd)
        self.absorb(fact("capture", "ch_1", 12500, currency="USD"), payments=(self.info(minor=12500),))
        self.post_now()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.balance(self.provider.clearing_account_id, self.usd), 125)
        self.assertEqual(self.balance(self.provider.clearing_account_id), 100)

    def test_the_day_is_that_of_the_company(self):
        self.company.partner_id.tz = "Australia/Sydney"
        self.absorb(fact("fee", "fee_1", 300, 5 * 60))
        self.post_now()
        self.assertEqual(str(self.env["finance.movement"].search([("external_id", "=", "fee_1")]).move_id.date), "2026-03-03")

    def test_inv_4_a_movement_has_its_own_day_whether_its_payout_is_known_or_not(self):
        day = 24 * 60
        self.absorb(
            fact("fee", "fee_1", 100, 27 * day, settlement_key="po_1"),
            fact("fee", "fee_2", 200, 28 * day, settlement_key="po_1"),
            fact("fee", "fee_3", 400, 28 * day + 60, settlement_key="po_1"),
            fact("payout", "po_1", -700, 32 * day, key=None, settlement_key="po_1", group="po_1"),
            settlements=(self.payout("po_1", -700),),
        )
        self.post_now()
        moves = self.env["finance.settlement"].search([("external_id", "=", "po_1")]).move_ids
        self.assertEqual(
            sorted((str(move.date), sum(move.line_ids.mapped("debit"))) for move in moves),
            [("2026-03-29", 1), ("2026-03-30", 6), ("2026-04-03", 7)],
        )
        self.assertEqual(self.balances(), {"in_transit": -7, "fees": 7})
        self.assertTied()
