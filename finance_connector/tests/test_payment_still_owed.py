"""What was paid otherwise is neither submitted, approved nor sent."""

from odoo.exceptions import UserError

from .channel_common import FolderCase


class TestPaymentStillOwed(FolderCase):
    def pay_in_odoo(self, bill, amount=None):
        """Odoo's own "Register payment"."""
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=bill.ids)
        values = {"journal_id": self.bank.id, "payment_date": "2026-03-01"}
        wizard.create(values | ({"amount": amount} if amount else {}))._create_payments()

    def test_what_was_paid_meanwhile_is_not_submitted_or_approved(self):
        bill, other = self.bill(100), self.bill(50, vendor=1)
        order = self.order(bill, other, submit=False)
        self.pay_in_odoo(bill)
        with self.assertRaisesRegex(UserError, f"(?s){bill.name}.*remove"):
            order.action_submit()
        order.instruction_ids.filtered(lambda one: one.amount == 100).unlink()
        order.suspicion_answer = "Another bill."
        order.action_submit()
        self.pay_in_odoo(other, 20)
        with self.assertRaisesRegex(UserError, f"(?s){other.name}.*50.*30"):
            order.with_user(self.treasurer).action_approve()
        self.assertEqual(order.state, "to_approve")

    def test_what_was_paid_after_the_approval_does_not_leave(self):
        bill = self.bill(100)
        order = self.approved(bill)
        self.pay_in_odoo(bill)
        with self.assertRaisesRegex(UserError, bill.name):
            order.action_send()
        self.assertEqual((order.state, self.files()), ("approved", []))

    def test_what_was_paid_while_it_waited_to_be_sent_does_not_leave(self):
        bill = self.bill(100)
        order = self.approved(bill)
        order.action_send()
        self.pay_in_odoo(bill)
        self.send()
        self.assertEqual((order.state, self.files()), ("approved", []))
        self.assertIn(bill.name, order.request_ids.error)

    def test_a_bill_that_was_taken_back_to_the_draft_does_not_leave(self):
        bill = self.bill(100)
        order = self.approved(bill)
        bill.button_draft()
        with self.assertRaisesRegex(UserError, bill.name or "BILL"):
            order.action_send()
