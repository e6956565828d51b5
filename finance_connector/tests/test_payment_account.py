"""What a bank sends: on which days, until when, in which currencies; said when an order is submitted, and kept at sending."""

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError, ValidationError

from .payment_common import PaymentCase

FRIDAY, SATURDAY, MONDAY = "2026-11-27", "2026-11-28", "2026-11-30"


class TestPaymentAccount(PaymentCase):
    def test_the_first_possible_day_is_proposed(self):
        self.bank.write({"fc_cut_off": 14.5, "fc_cut_off_zone": "UTC"})
        for now, day in ((f"{FRIDAY} 14:29:00", FRIDAY), (f"{FRIDAY} 14:30:00", MONDAY), (f"{SATURDAY} 09:00:00", MONDAY)):
            with self.subTest(now=now), freeze_time(now):
                self.assertEqual(fields.Date.to_string(self.order(self.bill(100), submit=False).execution_date), day)

    def test_a_day_on_which_the_bank_is_closed_is_refused_with_the_next_one(self):
        with freeze_time(f"{FRIDAY} 09:00:00"):
            order = self.order(self.bill(100), submit=False, execution_date=SATURDAY)
            self.assertIn(MONDAY, order.day_problem)
            with self.assertRaisesRegex(UserError, MONDAY):
                order.action_submit()
            order.execution_date = MONDAY
            self.bank.fc_closed_days = f"2026-12-24\n{MONDAY}"
            with self.assertRaisesRegex(UserError, "2026-12-01"):
                order.action_submit()

    def test_what_comes_after_the_cut_off_is_not_sent(self):
        self.bank.write({"fc_cut_off": 14.5, "fc_cut_off_zone": "UTC", "fc_cut_off_days": 1})
        with freeze_time(f"{FRIDAY} 09:00:00"):
            order = self.approved(self.bill(100))
            self.assertEqual(fields.Date.to_string(order.execution_date), MONDAY)
        with freeze_time(f"{FRIDAY} 15:00:00"), self.assertRaisesRegex(UserError, "2026-12-01"):
            order.action_send()
        self.assertEqual(self.states(order), {"approved"})

    def test_instant_payments_know_no_closed_day(self):
        with freeze_time(f"{SATURDAY} 23:00:00"):
            order = self.order(self.bill(100), scheme="sepa_instant")
            self.assertEqual((order.state, fields.Date.to_string(order.execution_date)), ("to_approve", SATURDAY))

    def test_what_is_no_day_is_no_closed_day(self):
        with self.assertRaisesRegex(ValidationError, "2026-12-24"):
            self.bank.fc_closed_days = "Christmas"

    def test_a_currency_that_the_account_does_not_send_is_refused(self):
        order = self.order(self.bill(100), submit=False)
        self.bank.fc_sent_currency_ids = self.env.ref("base.CHF")
        with self.assertRaisesRegex(UserError, "EUR"):
            order.action_submit()
