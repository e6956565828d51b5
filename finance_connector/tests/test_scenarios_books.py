"""Ten payments as they happen, at the level of the books: whatever came in which order, ledger and provider agree."""

from itertools import permutations

from odoo.addons.finance_connector.core.money import Money

from .common import fact
from .posting_common import PostingCase

DAY = 24 * 60


class TestScenariosBooks(PostingCase):
    def tell(self, facts, provider=None, together=False, **more):
        """Have ``facts`` come in one after the other, each posted before the next, or all at once."""
        for portion in [facts] if together else [[one] for one in facts]:
            self.absorb(*portion, provider=provider, **more)
            self.post_now(provider)
        return self.env["finance.transaction"].search([("provider_id", "=", (provider or self.provider).id)])

    def in_every_order(self, facts, expected, orders=None, **more):
        """The same balances for every order of ``facts``, posted one by one and all at once, in both modes."""
        stories = [(order, False) for order in orders or list(permutations(facts))[:6]] + [(facts, True)]
        for number, (order, together) in enumerate(stories):
            mode = "per_settlement" if number % 2 else "per_transaction"
            provider = self.make_provider(name=f"Stripe {number}", posting_mode=mode)
            with self.subTest(order=[one.external_id for one in order], together=together, mode=mode), \
                    self.env.cr.savepoint() as savepoint:  # fmt: skip
                self.tell(order, provider, together, **more)
                self.assertEqual(self.balances(provider), expected)
                self.assertTied(provider)
                self.assertEverythingPosted()
                savepoint.rollback()

    def payout(self, key="po_1", minor=9700, currency="EUR", **values):
        return super().payout(key, minor, currency, **values)

    def paid_out(self, key, minor, minutes, kind="payout"):
        return fact(kind, key, minor, minutes, key=None, settlement_key=key, group=key)

    def test_scenario_01_partial_capture_rest_released(self):
        invoice = self.invoice(60)
        facts = [
            fact("authorize", "ch", 10000, 0, group="ch"),
            fact("capture", "ch/6000", 6000, 5, group="ch", cumulative=True),
            fact("void", "ch", 4000, 6, group="ch"),
        ]
        self.in_every_order(facts, {"clearing": 60}, payments=(self.info(),))
        self.tell(facts, payments=(self.info(),))
        self.assertEqual(invoice.payment_state, "paid")

    def test_scenario_05_a_capture_fails_days_later(self):
        invoice = self.invoice(50)
        facts = [
            fact("capture", "ch", 5000, 0, group="ch"),
            fact("capture_fail", "ch", 5000, 5 * DAY, group="ch"),
        ]
        self.in_every_order(facts, {"receivable": 50}, payments=(self.info(),))
        self.tell(facts[:1], payments=(self.info(),))
        self.assertEqual(invoice.payment_state, "paid")
        transaction = self.tell(facts[1:])
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("not_paid", 50))
        self.assertEqual(transaction.state, "failed")
        own = self.env["account.move.line"].search(
            [("account_id", "=", self.receivable.id), ("move_id", "!=", invoice.id), ("parent_state", "=", "posted")]
        )
        self.assertTrue(all(own.mapped("reconciled")), "the receipt and its failure are matched with each other")

    def test_scenario_05_a_capture_of_an_unknown_customer_fails(self):
        facts = [fact("capture", "ch", 5000, 0, group="ch"), fact("capture_fail", "ch", 5000, 5 * DAY, group="ch")]
        self.tell(facts, payments=(self.info(),))
        self.assertFalse(self.balances())
        unapplied = self.env["account.move.line"].search([("account_id", "=", self.provider.unapplied_account_id.id)])
        self.assertEqual(unapplied.mapped("reconciled"), [True, True])
        invoice = self.invoice(50)
        self.post_now()
        self.assertEqual(self.balances(), {"receivable": 50})
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertTied()

    def test_scenario_06_capture_before_authorisation_refund_before_capture(self):
        self.invoice(80)
        facts = [
            fact("authorize", "ch", 8000, 0, group="ch"),
            fact("capture", "ch/8000", 8000, 1, group="ch", cumulative=True),
            fact("refund", "re", 3000, 5, group="re"),
            fact("dispute_open", "dp", 5000, 9, group="dp"),
        ]
        expected = {"clearing": 0, "disputes": 50, "receivable": 30}
        expected = {role: amount for role, amount in expected.items() if amount}
        orders = [facts[::-1], [facts[2], facts[3], facts[1], facts[0]], [facts[3], facts[0], facts[2], facts[1]]]
        self.in_every_order(facts, expected, orders, payments=(self.info(),))

    def test_scenario_07_duplicates_and_one_fact_under_two_events(self):
        capture = fact("capture", "ch", 4200, 1)
        retold = fact("capture", "ch", 4200, 30)
        refund = fact("refund", "re", 200, 2, group="re")
        transaction = self.tell([capture, refund, capture, retold, refund, capture])
        self.assertEqual(len(transaction.movement_ids), 2)
        self.assertEqual(self.balances(), {"clearing": 40, "unapplied": -40})
        self.assertEqual(len(self.env["account.move"].search([("journal_id", "=", self.provider.journal_id.id)])), 2)
        self.assertTied()

    def test_scenario_11_partial_refunds_and_one_fails(self):
        invoice = self.invoice(100)
        facts = [
            fact("capture", "ch", 10000, 0),
            fact("refund", "re_1", 3000, 10, group="re_1"),
            fact("refund", "re_2", 4000, 20, group="re_2"),
            fact("refund_fail", "re_2", 4000, 3 * DAY, group="re_2"),
        ]
        orders = [facts, facts[::-1], [facts[3], facts[1], facts[0], facts[2]]]
        self.in_every_order(facts, {"clearing": 70, "receivable": 30}, orders, payments=(self.info(),))
        self.tell(facts[:1], payments=(self.info(),))
        note = self.invoice(40, "note", move_type="out_refund", reversed_entry_id=invoice.id)
        self.tell(facts[1:3])
        self.assertEqual(note.payment_state, "paid", "the refund of the same amount takes the credit note")
        self.tell(facts[3:])
        self.assertEqual(note.payment_state, "not_paid", "its money came back")
        self.assertEqual(self.balances(), {"clearing": 70, "receivable": -10})
        self.assertTied()

    def test_scenario_12_refund_after_payout_makes_the_next_one_negative(self):
        facts = [
            fact("capture", "ch", 10000, 0, settlement_key="po_1"),
            fact("fee", "fee", 250, 0, settlement_key="po_1"),
            self.paid_out("po_1", 9750, DAY),
            fact("refund", "re", 10000, 9 * DAY, group="re", settlement_key="po_2"),
            self.paid_out("po_2", -10000, 10 * DAY),
        ]
        settlements = (self.payout("po_1", 9750), self.payout("po_2", -10000))
        expected = {"in_transit": -2.5, "fees": 2.5}
        self.in_every_order(facts, expected, [facts, facts[::-1]], settlements=settlements)
        self.tell(facts, settlements=settlements)
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.provider.in_transit_account_id.id)], order="id"
        )
        self.assertEqual(lines.mapped("balance"), [97.5, -100], "one item a payout, for its bank line")
        self.assertEqual(lines.finance_movement_id.mapped("kind"), ["payout", "payout"])

    def test_scenario_14_chargeback_won_then_a_second_one_lost(self):
        inquiry = fact("dispute_update", "dp/inquiry", 0, DAY, group="dp")
        first = fact("dispute_open", "dp/1", 10000, 2 * DAY, group="dp")
        fee = fact("dispute_fee", "dp/1", 1500, 2 * DAY, group="dp")
        won = fact("dispute_won", "dp/1", 10000, 30 * DAY, group="dp")
        second = fact("dispute_open", "dp/2", 10000, 40 * DAY, group="dp")
        lost = fact("dispute_lost", "dp/2", 10000, 60 * DAY, group="dp")
        everything = [fact("capture", "ch", 10000), inquiry, first, fee, won, second, lost]
        expected = {"clearing": -15, "fees": 15, "chargeback": 100, "unapplied": -100}
        self.in_every_order(everything, expected, [everything[::-1]])
        self.tell([fact("capture", "ch", 10000), inquiry], payments=(self.info(),))
        self.assertEqual(self.balances(), {"clearing": 100, "unapplied": -100})
        self.tell([first, fee])
        self.assertEqual(self.balances(), {"clearing": -15, "disputes": 100, "fees": 15, "unapplied": -100})
        self.tell([won])
        self.assertEqual(self.balances(), {"clearing": 85, "fees": 15, "unapplied": -100})
        self.tell([second, lost])
        self.assertEqual(self.balances(), {"clearing": -15, "fees": 15, "chargeback": 100, "unapplied": -100})
        self.assertTied()

    def test_scenario_16_payout_is_the_sum_of_its_lines(self):
        facts = [
            fact("capture", "ch_1", 60000, 0, settlement_key="po_1"),
            fact("capture", "ch_2", 40000, 3, key="pi_2", settlement_key="po_1"),
            fact("fee", "ch_1", 1800, 0, settlement_key="po_1"),
            fact("fee", "ch_2", 900, 3, key="pi_2", settlement_key="po_1"),
            fact("fee_tax", "ch_2", 171, 3, key="pi_2", settlement_key="po_1"),
            self.paid_out("po_1", 97129, 2 * DAY),
        ]
        settlements = (self.payout("po_1", 97129),)
        expected = {"in_transit": 971.29, "fees": 27, "fee_tax": 1.71, "unapplied": -1000}
        self.in_every_order(facts, expected, [facts, facts[::-1]], settlements=settlements)
        self.provider.posting_mode = "per_settlement"
        self.tell(facts, together=True, settlements=settlements)
        settlement = self.env["finance.settlement"].search([("provider_id", "=", self.provider.id)])
        entries = settlement.move_ids.sorted("date")
        self.assertEqual([str(entry.date) for entry in entries], ["2026-03-02", "2026-03-04"], "one entry a payout and day")
        self.assertEqual([len(entry.line_ids) for entry in entries], [6, 2], "two lines a kind of movement")

    def test_scenario_16_what_is_no_receipt_is_one_entry_a_day_when_receipts_are_single(self):
        facts = [
            fact("capture", "ch_1", 60000, 0, settlement_key="po_1"),
            fact("fee", "ch_1", 1800, 0, settlement_key="po_1"),
            self.paid_out("po_1", 58200, 2 * DAY),
        ]
        self.tell(facts, together=True, settlements=(self.payout("po_1", 58200),))
        settlement = self.env["finance.settlement"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual(
            [str(day) for day in settlement.move_ids.sorted("date").mapped("date")],
            ["2026-03-02", "2026-03-02", "2026-03-04"],
            "the receipt, the fee of its day, and the payout",
        )

    def test_scenario_18_a_paid_payout_fails_and_is_paid_again(self):
        facts = [
            fact("capture", "ch", 10000, 0),
            self.paid_out("po_1", 10000, DAY),
            fact("payout_paid", "po_1", 0, 2 * DAY, key=None, settlement_key="po_1", group="po_1"),
            self.paid_out("po_1", 10000, 5 * DAY, "payout_fail"),
            self.paid_out("po_2", 10000, 8 * DAY),
        ]
        settlements = (self.payout("po_1", 10000), self.payout("po_2", 10000))
        expected = {"in_transit": 100, "unapplied": -100}
        self.in_every_order(facts, expected, [facts, facts[::-1]], settlements=settlements)
        self.tell(facts, settlements=settlements)
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.provider.in_transit_account_id.id)], order="id"
        )
        self.assertEqual(lines.mapped("reconciled"), [True, True, False], "only the second one waits for the bank")
        self.verify()
        self.assertEqual(self.exceptions("payout_failed").amount_at_risk, 100)

    def test_scenario_23_conversion_by_the_provider_and_refund_at_another_rate(self):
        facts = [
            fact("capture", "ch", 10000, 0),
            fact("fx", "txn_1", 10834, 1, currency="USD", counter_amount=Money(10000, "EUR")),
            fact("fee", "txn_1", 344, 1, currency="USD"),
            fact("refund", "re", 5000, 9 * DAY, group="re"),
            fact("fx", "txn_2", -5600, 9 * DAY, currency="USD", counter_amount=Money(-5000, "EUR")),
            self.paid_out_usd("po_1", 4890, 10 * DAY),
        ]
        settlements = (self.payout("po_1", 4890, "USD"),)
        for order in (facts, facts[::-1]):
            provider = self.make_provider(name="Stripe again", posting_mode="per_settlement")
            with self.env.cr.savepoint() as savepoint:
                self.tell(order, provider, settlements=settlements)
                self.assertEqual(self.balance(provider.clearing_account_id, self.eur), 0)
                self.assertEqual(self.balance(provider.clearing_account_id, self.usd), 0)
                self.assertEqual(self.balance(provider.in_transit_account_id, self.usd), 48.9)
                self.assertTied(provider)
                savepoint.rollback()

    def paid_out_usd(self, key, minor, minutes):
        return fact("payout", key, minor, minutes, key=None, settlement_key=key, group=key, currency="USD")
