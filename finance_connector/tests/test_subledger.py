"""Facts become rows once, and what is derived from them depends on the set alone."""

from itertools import permutations

import psycopg2
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import PaymentInfo, SettlementInfo, SettlementLine
from odoo.tools import mute_logger

from .common import FinanceCase, at, fact

STORY = (
    fact("authorize", "ch_1", 10000, 0, group="ch_1"),
    fact("capture", "ch_1/6000", 6000, 5, group="ch_1", cumulative=True),
    fact("refund", "re_1", 1500, 9, group="re_1"),
    fact("dispute_open", "dp_1", 2000, 20, group="dp_1"),
    fact("dispute_won", "dp_1", 2000, 40, group="dp_1"),
)


class TestSubledger(FinanceCase):
    def snapshot(self, provider):
        transactions = self.env["finance.transaction"].search([("provider_id", "=", provider.id)])
        names = (
            "provider_reference", "state", "settlement_state", "amount", "amount_authorized", "amount_captured",
            "amount_refunded", "amount_disputed", "amount_net", "reference", "customer_name", "contradiction",
        )  # fmt: skip
        return sorted(tuple(transaction[name] for name in names) for transaction in transactions)

    def test_inv_4_any_order_and_number_of_copies_gives_the_same_transaction(self):
        results = set()
        for number, order in enumerate(list(permutations(STORY))[::7]):
            provider = self.make_provider(name=f"Stripe {number}")
            for step, one in enumerate(order):
                info = PaymentInfo("pi_1", at(step), reference=f"SO{step}", customer_name="Ada" if step % 2 else None)
                self.absorb(one, one, provider=provider, payments=(info,) if number % 2 else ())
            if not number % 2:
                self.absorb(*order, provider=provider)
            results.add((number % 2, tuple(self.snapshot(provider))))
        self.assertEqual(len(results), 2, "the same facts gave different transactions")
        with_info = next(rows for told, rows in results if told)[0]
        self.assertEqual(with_info[1], "partially_refunded")
        self.assertEqual(with_info[5], 60.0)
        self.assertEqual(with_info[9], "SO4")

    def test_inv_3_a_fact_told_twice_is_one_movement(self):
        self.absorb(STORY[0])
        self.absorb(STORY[0], STORY[0])
        self.assertEqual(self.env["finance.movement"].search_count([("provider_id", "=", self.provider.id)]), 1)

    def test_a_fact_told_with_two_amounts_is_kept_twice_and_reported(self):
        transaction = self.absorb(fact("refund", "re_1", 500), fact("capture", "ch_1", 1000))
        self.absorb(fact("refund", "re_1", 700))
        self.assertEqual(len(transaction.movement_ids), 3)
        self.assertEqual(transaction.amount_refunded, 7.0)
        self.assertIn("re_1", transaction.contradiction)

    def test_three_decimals_and_none_are_exact(self):
        dinar = self.absorb(fact("capture", "ch_k", 1234567, currency="KWD", key="pi_k"))
        yen = self.absorb(fact("capture", "ch_y", 1234, currency="JPY", key="pi_y"))
        self.assertEqual((dinar.amount_captured, dinar.currency_id.name), (1234.567, "KWD"))
        self.assertEqual((yen.amount_captured, yen.currency_id.name), (1234, "JPY"))

    def settle(self, net_minor=9700, **values):
        line = SettlementLine(
            settlement_key="po_1",
            external_id="txn_1",
            kind="capture",
            gross=Money(10000, "EUR"),
            fee=Money(300, "EUR"),
            tax=Money(0, "EUR"),
            net=Money(9700, "EUR"),
            occurred_at=at(60),
            transaction_key="pi_1",
        )
        info = SettlementInfo("po_1", Money(net_minor, "EUR"), at(60), **values)
        return info, line

    def test_a_settlement_adds_up_and_settles_its_transactions(self):
        transaction = self.absorb(fact("capture", "ch_1", 10000, group="ch_1"))
        info, line = self.settle(complete=True)
        self.absorb(
            fact("payout", "po_1", 9700, 61, key=None, settlement_key="po_1"), settlements=(info,), lines=(line,)
        )
        settlement = self.env["finance.settlement"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual(
            (settlement.state, settlement.amount_gross, settlement.amount_fee, settlement.amount_net),
            ("in_transit", 100.0, 3.0, 97.0),
        )
        self.assertEqual(settlement.difference, 0)
        self.assertEqual(transaction.settlement_state, "settled")
        self.assertEqual(transaction.settlement_ids, settlement)

    def test_the_payout_outranks_the_sum_of_a_report(self):
        info, line = self.settle(complete=True)
        self.absorb(settlements=(info,), lines=(line,))
        self.absorb(fact("payout", "po_1", 9800, 10, key=None, settlement_key="po_1"), settlements=(info,))
        settlement = self.env["finance.settlement"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual((settlement.amount_net, settlement.difference), (98.0, 1.0))

    def test_inv_4_a_line_of_a_payout_ends_with_all_that_is_known_whoever_is_heard_first(self):
        info, line = self.settle()
        report = line._replace(kind="unknown", description="")
        told_by_api = line._replace(fee=Money(252, "EUR"), tax=Money(48, "EUR"), source_id="ch_1", description="Order 7")
        ends = set()
        for number, order in enumerate(permutations((report, line, told_by_api))):
            provider = self.make_provider(name=f"Stripe {number}")
            for lines in [(one,) for one in order] if number % 2 else [order]:
                self.absorb(provider=provider, settlements=(info,), lines=lines)
            kept = self.env["finance.settlement.line"].search([("provider_id", "=", provider.id)])
            ends.add((kept.kind, kept.fee, kept.tax, kept.net, kept.source_key, kept.description))
        self.assertEqual(ends, {("capture", 2.52, 0.48, 97.0, "ch_1", "Order 7")})

    def test_what_is_told_of_a_line_of_a_payout_stays(self):
        info, line = self.settle()
        self.absorb(settlements=(info,), lines=(line,))
        for change in ("net = 1", "kind = 'refund'", "fee = 1", "occurred_at = now()"):
            with (
                self.subTest(change),
                self.assertRaises(psycopg2.IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(f"UPDATE finance_settlement_line SET {change}")

    def test_a_failed_payout_stays_failed_when_paid_is_told_later(self):
        info, _line = self.settle()
        facts = [
            fact("payout", "po_1", 9700, 1, key=None, settlement_key="po_1"),
            fact("payout_fail", "po_1", 9700, 3, key=None, settlement_key="po_1"),
            fact("payout_paid", "po_1", 0, 2, key=None, settlement_key="po_1"),
        ]
        for one in facts:
            self.absorb(one, settlements=(info,))
        settlement = self.env["finance.settlement"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual(settlement.state, "failed")

    def test_a_payout_fails_by_a_fact_that_comes_alone(self):
        info, _line = self.settle()
        self.absorb(fact("payout", "po_1", 9700, 1, key=None, settlement_key="po_1"), settlements=(info,))
        self.absorb(fact("payout_fail", "po_1", 9700, 3, key=None, settlement_key="po_1"))
        settlement = self.env["finance.settlement"].search([("provider_id", "=", self.provider.id)])
        self.assertEqual(settlement.state, "failed")

    def test_inv_4_what_names_a_refund_alone_is_of_its_payment_in_any_order(self):
        told = (
            fact("capture", "ch_1", 10000, 0),
            fact("refund", "re_1", 3000, 5, group="re_1"),
            fact("refund_fail", "re_1", 3000, 9, key=None, group="re_1"),
            fact("fee", "back_1", 90, 9, key=None, group="re_1"),
        )
        results = set()
        for number, order in enumerate(permutations(told)):
            provider = self.make_provider(name=f"PayPal {number}")
            for one in order:
                self.absorb(one, provider=provider)
            (payment,) = self.env["finance.transaction"].search([("provider_id", "=", provider.id)])
            results.add((payment.state, payment.amount_refunded, payment.amount_fee, payment.contradiction))
        self.assertEqual(results, {("captured", 0.0, 0.9, False)})

    def test_inv_11_the_payment_of_a_fact_is_told_once(self):
        self.absorb(fact("capture", "ch_1", 1000), fact("capture", "ch_2", 1000, key="pi_2"))
        one, other = self.env["finance.movement"].search([("provider_id", "=", self.provider.id)])
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute(
                "UPDATE finance_movement SET transaction_id = %s WHERE id = %s", [other.transaction_id.id, one.id]
            )
