"""Payments that left from the balance at a provider: webhooks move them, and what they paid is reconciled when the provider
executed them, open again when the money came back; ledger and subledger tie all the time."""

from itertools import permutations

from odoo.exceptions import UserError, ValidationError

from .common import START
from .feed_common import ROOT  # makes the simulator importable
from .test_payment_payouts import PayoutCase

assert ROOT
from simulator import stripe_objects as stripe  # noqa: E402
from simulator.payout_apis import PayoutApi, PayPalPayouts, StripePayouts, WisePayouts  # noqa: E402

T0 = int(START.timestamp())


class SettleCase(PayoutCase):
    def hear(self, event_type, resource, number=None, provider=None):
        """A webhook that was stored: the inbox works it."""
        self.number = getattr(self, "number", 0) + 1
        own = number or f"evt_{self.number}"
        body = stripe.encode(stripe.event(event_type, resource, T0 + self.number, own))
        self.work(own, event_type, body, provider)

    def work(self, own, event_type, body, provider=None):
        self.keep(own, body, provider=provider, event_type=event_type)
        while self.env["finance.inbox"]._process_batch():
            pass
        self.env.invalidate_all()

    def transfer(self, row, *reversals):
        back = [
            {"id": f"trr_{n}", "amount": minor, "balance_transaction": f"txn_back_{n}", "created": T0 + n}
            for n, minor in enumerate(reversals, 1)
        ]
        return {**row, "created": T0, "reversals": {"data": back}}

    def paid_by(self, order):
        return order.instruction_ids.item_ids.move_id.mapped("payment_state")


class TestStripeSettles(SettleCase):
    def setUp(self):
        super().setUp()
        self.accounts("acct_1", "acct_2", "acct_3")
        self.start("stripe", StripePayouts)
        self.assertEqual(self.way.provider_id, self.provider, "the only connection is proposed")

    def test_a_transfer_pays_its_bills_when_it_is_executed_and_the_books_tie(self):
        bills = self.bill(100), self.bill(50, vendor=1, ref="R-2")
        order = self.queued(*bills)
        self.send()
        self.post()
        self.assertEqual(self.paid_by(order), ["not_paid"] * 2, "taken is not executed")
        for row in self.api.rows["transfers"]:
            self.hear("transfer.created", self.transfer(row))
        self.assertEqual((self.states(order), self.paid_by(order)), ({"executed"}, ["not_paid"] * 2))
        self.post()
        self.assertEqual(self.paid_by(order), ["paid"] * 2)
        self.assertEqual(self.balances(), {"clearing": -150})
        unapplied = self.provider.unapplied_account_id
        open_items = self.env["account.move.line"].search([("account_id", "=", unapplied.id), ("reconciled", "=", False)])
        self.assertFalse(open_items)
        self.assertTied()
        self.post()
        self.assertEqual(self.balances(), {"clearing": -150}, "once")

    def test_inv_4_any_order_and_number_of_copies_books_the_same(self):
        found = set()
        for number, places in enumerate(permutations(range(3))):
            bill = self.bill(100, ref=f"P-{number}")
            order = self.queued(bill)
            self.send()
            row = self.api.rows["transfers"][0]
            events = [("created", ()), ("updated", (4000,)), ("reversed", (4000, 6000))]
            row = {**row, "balance_transaction": f"txn_{number}"}
            for place in (*places, *places[:2]):
                name, back = events[place]
                resource = self.transfer(row, *back)
                for one in resource["reversals"]["data"]:
                    one["balance_transaction"] += f"_{number}"
                    one["id"] += f"_{number}"
                self.hear(f"transfer.{name}", resource)
                if place == 1:
                    self.post()
            self.post()
            one = order.instruction_ids
            found.add((one.state, one.amount_returned, one.amount_settled, bill.payment_state, bill.amount_residual))
            self.assertTied()
        self.assertEqual(found, {("returned", 100, 0, "not_paid", 100)})
        self.assertFalse(self.balances(), "all of it came back")

    def test_what_comes_back_in_part_opens_that_part(self):
        bill = self.bill(100)
        self.queued(bill)
        self.send()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        self.post()
        self.hear("transfer.reversed", self.transfer(self.api.rows["transfers"][0], 4000))
        self.post()
        self.assertEqual((bill.payment_state, bill.amount_residual), ("partial", 40))
        self.assertEqual(self.balances()["clearing"], -60)
        self.assertTied()

    def test_a_payout_is_in_transit_until_it_is_paid_and_comes_back_when_it_fails(self):
        self.vendors[0].bank_ids.acc_number = "ba_1"
        bill = self.bill(100)
        order = self.queued(bill)
        self.send()
        row = self.api.rows["payouts"][0]

        def told(status):
            made = stripe.payout(row["id"], 10000, status=status, created=T0, automatic=False, metadata=row["metadata"])
            self.hear(f"payout.{'created' if status == 'pending' else status}", made)
            self.post()
            self.assertTied()
            return order.instruction_ids.state, bill.payment_state, self.balances()

        self.assertEqual(told("pending"), ("accepted", "not_paid", {"clearing": -100, "in_transit": 100}))
        self.assertEqual(told("paid"), ("executed", "paid", {"clearing": -100}))
        settlement = self.env["finance.settlement"].search([("external_id", "=", row["id"])])
        self.assertEqual(settlement.state, "reconciled", "no bank line of ours is waited for")
        self.assertEqual(told("failed"), ("returned", "not_paid", {}))
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        self.assertFalse(order.instruction_ids.item_ids.is_open, "the bill can be paid anew")
        self.assertEqual(told("paid")[0], "returned", "an older event that comes late")

    def test_asking_tells_the_same_fact_as_the_webhook(self):
        bill = self.bill(100)
        order = self.queued(bill)
        self.send()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        facts = len(order.instruction_ids.fact_ids)
        with self.later(days=1, minutes=1):
            self.cron("cron_send_payments")
        self.assertEqual(len(order.instruction_ids.fact_ids), facts)

    def test_without_webhooks_what_is_asked_for_pays_the_bills_and_the_report_meets_it(self):
        bill = self.bill(100)
        self.queued(bill)
        self.send()
        with self.later(days=1, minutes=1):
            self.cron("cron_send_payments")
        self.post()
        self.assertEqual((bill.payment_state, self.balances()), ("paid", {"unapplied": -100}))
        self.assertTied()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        self.post()
        self.assertEqual(self.balances(), {"clearing": -100})
        self.assertTied()

    def test_an_answer_before_the_sending_is_recorded_is_kept(self):
        bill = self.bill(100)
        order = self.queued(bill)
        self.api.lose = PayoutApi.AFTER
        self.send()
        self.assertEqual(self.states(order), {"unknown"})
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        self.assertEqual(self.states(order), {"executed"})
        with self.later(minutes=20):
            self.send()
        self.assertEqual((self.paid(order), order.request_ids.outcome), ({1}, "done"))

    def test_a_payment_that_nobody_ordered_here_is_told(self):
        row = {"id": "tr_9", "object": "transfer", "amount": 700, "currency": "eur", "metadata": {"end_to_end_id": "STRANGER"}}
        self.hear("transfer.created", {**row, "balance_transaction": "txn_9", "created": T0})
        raised = self.exceptions("payment_answer")
        self.assertEqual((raised.amount_at_risk, raised.provider_id), (7, self.provider))
        self.assertIn("STRANGER", raised.summary)

    def test_a_bill_that_was_paid_otherwise_leaves_the_money_on_the_payees_account(self):
        bill = self.bill(100)
        self.queued(bill)
        self.send()
        credit = self.bill(100, move_type="in_refund", ref="C-1")
        self.payable(bill, credit).reconcile()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        self.post()
        payable = self.payable(bill).account_id
        self.assertEqual((self.balance(payable), self.balances()), (100, {"clearing": -100}))

    def test_the_entry_of_an_execution_is_not_undone_by_hand(self):
        order = self.queued(self.bill(100))
        self.send()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        self.post()
        with self.assertRaisesRegex(UserError, "what the provider executed"):
            order.instruction_ids.settle_move_id.button_draft()

    def test_what_cannot_be_booked_is_an_exception_and_done_later(self):
        bill = self.bill(100)
        self.queued(bill)
        self.send()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        account, self.provider.unapplied_account_id = self.provider.unapplied_account_id, False
        self.post()
        self.assertIn("unapplied", self.exceptions("posting_failed").mapped("detail")[-1])
        self.provider.unapplied_account_id = account
        self.env["finance.movement"].search([]).write({"post_after": False})
        self.post()
        self.assertEqual((bill.payment_state, len(self.exceptions("posting_failed"))), ("paid", 0))

    def test_a_cash_discount_is_taken_with_the_payment_and_given_back_with_it(self):
        gain = self.make_account("Cash discounts taken", "757001", "income")
        self.company.account_journal_early_pay_discount_gain_account_id = gain
        terms = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "company_id": self.company.id,
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        bill = self.bill(100, invoice_payment_term_id=terms.id)
        order = self.order(bill, discounts=self.payable(bill).ids)
        order.with_user(self.treasurer).action_approve()
        order.action_send()
        self.send()
        row = self.api.rows["transfers"][0]
        self.hear("transfer.created", self.transfer(row))
        self.post()
        self.assertEqual((bill.amount_residual, self.balance(gain), self.balances()), (0, -2, {"clearing": -98}))
        self.hear("transfer.reversed", self.transfer(row, 9800))
        self.post()
        self.assertEqual((bill.amount_residual, self.balance(gain), self.balances()), (100, 0, {}))
        self.assertTied()

    def test_a_payment_in_another_currency_leaves_the_balance_in_it(self):
        self.policy("Dollars", [(1, "Treasury", self.treasurer)], currency_id=self.usd.id)
        bill = self.bill(100, currency_id=self.usd.id)
        order = self.queued(bill)
        self.send()
        self.assertEqual(self.api.rows["transfers"][0]["currency"], "usd")
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        self.post()
        self.assertEqual((bill.payment_state, order.instruction_ids.amount_settled), ("paid", 100))
        self.assertEqual(self.balance(self.provider.clearing_account_id, self.usd), -100)
        self.assertTied()

    def test_a_credit_note_that_was_taken_off_is_netted(self):
        bill, note = self.bill(100), self.bill(30, move_type="in_refund", ref="C-1")
        self.queued(bill, note)
        self.send()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        self.post()
        self.assertEqual((bill.amount_residual, note.amount_residual, self.balances()), (0, 0, {"clearing": -70}))

    def test_two_processes_or_two_runs_make_one_entry(self):
        order = self.queued(self.bill(100))
        self.send()
        self.hear("transfer.created", self.transfer(self.api.rows["transfers"][0]))
        for _run in range(3):
            order.instruction_ids._refold()
            self.post()
        made = self.env["account.move"].search([("finance_instruction_id", "=", order.instruction_ids.id)])
        self.assertEqual(made, order.instruction_ids.settle_move_id)


class TestOtherProvidersSettle(SettleCase):
    def test_paypal_pays_when_its_item_succeeds_and_its_row_and_fee_are_the_money(self):
        self.accounts("ada@example.com", "bob@example.com")
        paypal = self.env["finance.provider"].create({"name": "PayPal", "code": "paypal", "company_id": self.company.id})
        self.start("paypal", PayPalPayouts)
        self.assertEqual(self.way.provider_id, paypal)
        bills = self.bill(100), self.bill(50, vendor=1, ref="R-2")
        order = self.queued(*bills)
        self.send()
        first, second = order.instruction_ids.sorted("id")
        for one, status in ((first, "SUCCESS"), (second, "UNCLAIMED"), (second, "RETURNED")):
            self.item(paypal, one, status)
        self.assertEqual((first.state, second.state), ("executed", "rejected"))
        self.row(paypal, first, "T0001", "-100.00", "-0.25")
        self.row(paypal, second, "T0001", "-50.00", "-0.25")
        self.row(paypal, second, "T1115", "50.00", "0.25", own="TXNBACK")
        paypal.state = "active"
        self.post()
        self.assertEqual(self.paid_by(order), ["paid", "not_paid"])
        self.assertEqual(self.balances(paypal), {"clearing": -100.25, "fees": 0.25})
        self.assertTied(paypal)

    def item(self, provider, one, status):
        item = next(row for row in self.api.items if row["payout_item"]["sender_item_id"] == one.end_to_end_id)
        document = {
            "id": f"WH-{status}-{one.id}", "event_type": f"PAYMENT.PAYOUTS-ITEM.{status}", "create_time": "2026-03-02T10:01:00Z",
            "resource": {**item, "transaction_status": status},
        }  # fmt: skip
        self.work(document["id"], document["event_type"], stripe.encode(document), provider)

    def row(self, provider, one, code, gross, fee, own=None):
        """A row of transaction search."""
        money = {"currency_code": "EUR"}
        info = {
            "transaction_id": own or f"TXN{one.end_to_end_id}", "transaction_event_code": code, "transaction_status": "S",
            "transaction_initiation_date": "2026-03-02T10:00:00+0000", "transaction_amount": {**money, "value": gross},
            "fee_amount": {**money, "value": fee}, "paypal_reference_id": f"TXN{one.end_to_end_id}",
        }  # fmt: skip
        self.work(f"row-{own or one.id}-{code}", f"transaction.{code}", stripe.encode({"transaction_info": info}), provider)

    def test_wise_has_no_connection_and_the_screen_says_so_when_it_is_put_into_force(self):
        self.start("wise", WisePayouts, profile="42", approve=False)
        self.assertFalse(self.way.provider_id)
        told = self.way.with_user(self.chief).action_approve()
        self.assertIn("No provider connection", told["params"]["message"])
        self.assertIn(self.bank.name, self.way.provider_note)

    def test_a_connection_of_another_provider_is_refused(self):
        self.start("paypal", PayPalPayouts)
        self.assertFalse(self.way.provider_id)
        self.assertIn("Choose a connection", self.way.provider_note)
        self.way.action_revise()
        with self.assertRaises(ValidationError):
            self.way.provider_id = self.provider
