"""Payouts by the API of a provider: each payment by itself, of the bytes that were approved, and never twice."""

from unittest.mock import patch

from odoo.addons.finance_connector.core.errors import ProviderUnavailable
from odoo.addons.finance_connector.models.payment_call import FinancePaymentChannel as Caller
from odoo.exceptions import UserError, ValidationError

from .feed_common import ROOT  # makes the simulator importable
from .payment_common import PaymentCase

assert ROOT
from simulator.payout_apis import PayoutApi, PayPalPayouts, StripePayouts, WisePayouts  # noqa: E402


class PayoutCase(PaymentCase):
    def start(self, code, api, **values):
        """A channel of ``code`` whose calls go to the stand-in ``api``."""
        self.api = api(ProviderUnavailable)
        calls = patch.object(Caller, "_caller", lambda _channel, _request: self.api)
        calls.start()
        self.addCleanup(calls.stop)
        self.way = self.channel(code, file_format="payouts", secrets={"api_key": "sk_test_1"}, **values)

    def queued(self, *bills):
        order = self.approved(*bills)
        order.action_send()
        return order

    def accounts(self, *numbers):
        for vendor, number in zip(self.vendors, numbers, strict=False):
            vendor.bank_ids.acc_number = number

    def paid(self, order):
        return {self.api.paid[one.end_to_end_id] for one in order.instruction_ids}


class TestStripePayouts(PayoutCase):
    def setUp(self):
        super().setUp()
        self.accounts("acct_1", "acct_2", "acct_3")
        self.start("stripe", StripePayouts)

    def test_each_payment_goes_by_itself_and_is_accepted(self):
        order = self.queued(self.bill(100), self.bill(50, vendor=1, ref="R-2"))
        self.assertEqual((order.file_ids.format, len(order.request_ids)), ("payouts", 2))
        self.send()
        self.assertEqual((self.states(order), order.state, self.paid(order)), ({"accepted"}, "accepted", {1}))
        self.assertEqual(set(order.request_ids.mapped("reference")), {"tr_1", "tr_2"})
        self.send()
        self.assertEqual(self.paid(order), {1})

    def test_what_became_of_a_payment_is_asked_for_until_nothing_more_is_expected(self):
        order = self.queued(self.bill(100), self.bill(50, vendor=1, ref="R-2"))
        self.send()
        with self.later(days=1, minutes=1):
            self.cron("cron_send_payments")
        self.assertEqual((self.states(order), order.state), ({"executed"}, "executed"))
        calls = len(self.api.calls)
        self.api.rows["transfers"][0]["reversals"]["data"] = [{"id": "trr_1", "amount": 5000}]
        with self.later(days=1, minutes=2):
            self.cron("cron_send_payments")
            self.assertEqual(len(self.api.calls), calls, "once a day")
        with self.later(days=2, minutes=2):
            self.cron("cron_send_payments")
        back = order.instruction_ids.filtered(lambda one: one.state == "returned")
        self.assertEqual((back.amount, back.amount_returned), (50, 50))
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        with self.later(days=60):
            self.cron("cron_send_payments")
            calls = len(self.api.calls)
            self.cron("cron_send_payments")
            self.assertEqual(len(self.api.calls), calls)
        self.assertFalse(self.exceptions("contradiction"))

    def test_what_is_lost_is_asked_for_and_the_others_go_on(self):
        for loss in (PayoutApi.BEFORE, PayoutApi.AFTER):
            with self.subTest(loss):
                first, second = self.bill(100, ref=f"A-{loss}"), self.bill(50, vendor=1, ref=f"B-{loss}")
                order = self.queued(first, second)
                self.api.lose = loss
                self.send()
                self.assertEqual(self.states(order), {"unknown", "accepted"})
                self.assertEqual(self.paid(order), {1} if loss == PayoutApi.AFTER else {0, 1})
                for minutes in (16, 32):
                    with self.later(minutes=minutes):
                        self.send()
                self.assertEqual((self.states(order), self.paid(order)), ({"accepted"}, {1}))

    def test_a_payment_that_is_refused_for_good_is_rejected_and_its_bill_free(self):
        bill = self.bill(100)
        order = self.queued(bill)
        self.api.refuse = (400, {"error": {"code": "account_invalid", "message": "No such account."}})
        self.send()
        one = order.instruction_ids
        self.assertEqual((one.state, one.reason_codes, order.state), ("rejected", "account_invalid", "rejected"))
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        self.assertFalse(one.item_ids.is_open)
        self.assertFalse(self.exceptions("contradiction"))

    def test_a_payment_for_which_there_is_no_money_can_be_sent_later(self):
        order = self.queued(self.bill(100))
        self.api.refuse = (402, {"error": {"code": "balance_insufficient", "message": "Too little."}})
        self.send()
        self.assertEqual((order.state, order.request_ids.outcome), ("approved", "failed"))
        self.assertIn("Too little", self.exceptions("transmission_failed").detail)
        self.api.refuse = None
        order.action_send()
        self.send()
        self.assertEqual((self.states(order), self.paid(order)), ({"accepted"}, {1}))
        self.assertFalse(self.exceptions("transmission_failed"))

    def test_an_account_that_is_none_there_is_told_at_submission(self):
        self.accounts("DE89370400440532013000")
        order = self.order(self.bill(100), submit=False)
        with self.assertRaisesRegex(UserError, "no account at Stripe"):
            order.action_submit()

    def test_a_channel_goes_by_its_formats_only(self):
        for code, file_format in (("stripe", "csv"), ("manual", "payouts")):
            with self.assertRaises(ValidationError):
                self.channel(code, approve=False, file_format=file_format)


class TestOtherPayouts(PayoutCase):
    def test_paypal_takes_an_order_at_once_and_a_person_says_what_became_of_a_lost_one(self):
        self.accounts("ada@example.com", "+491234567")
        self.start("paypal", PayPalPayouts)
        order = self.queued(self.bill(100), self.bill(50, vendor=1, ref="R-2"))
        self.api.lose = PayoutApi.AFTER
        self.send()
        self.assertEqual((self.states(order), len(order.request_ids)), ({"unknown"}, 1))
        with self.later(minutes=30):
            self.send()
            self.assertEqual(self.states(order), {"unknown"}, "PayPal cannot be asked")
            order.with_user(self.other_maker).action_confirm_sent()
        self.assertEqual((self.states(order), self.paid(order)), ({"sent"}, {1}))

    def test_paypal_tells_of_each_payment_of_an_order(self):
        self.accounts("ada@example.com", "bob@example.com")
        self.start("paypal", PayPalPayouts)
        order = self.queued(self.bill(100), self.bill(50, vendor=1, ref="R-2"))
        self.send()
        first, second = order.instruction_ids.sorted("id")
        for item in self.api.items:
            failed = item["payout_item"]["sender_item_id"] == second.end_to_end_id
            item["transaction_status"] = "FAILED" if failed else "SUCCESS"
        with self.later(days=1, minutes=1):
            self.cron("cron_send_payments")
        self.assertEqual((first.state, second.state), ("executed", "rejected"))

    def test_wise_is_asked_by_the_number_of_its_transfer(self):
        self.start("wise", WisePayouts, profile="42")
        order = self.queued(self.bill(100))
        self.api.lose = PayoutApi.BEFORE
        self.send()
        self.assertEqual((self.states(order), order.request_ids.reference), ({"unknown"}, "1000"))
        for minutes in (16, 32):
            with self.later(minutes=minutes):
                self.send()
        self.assertEqual((self.states(order), len(self.api.transfers)), ({"accepted"}, 1))
        self.assertEqual(set(self.api.paid.values()), {1})
