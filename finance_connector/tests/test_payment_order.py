"""From bills to the bank and back: an order is made, approved, sent once, answered, executed, and the bills are paid then."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..models.inbox import CONCURRENCY
from .camt_file import entry
from .payment_common import PaymentCase


class TestPaymentOrder(PaymentCase):
    def test_bills_are_paid_when_the_bank_has_executed_not_when_the_file_was_sent(self):
        first, second = self.bill(100), self.bill(50, vendor=1, ref="R-2")
        order = self.sent(first, second)
        self.assertEqual(order.amount_total, 150)
        self.assertEqual(set(order.instruction_ids.mapped("state")), {"sent"})
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "not_paid"))
        told = self.env["finance.import"].preview_file(self.answer(order, p1="ACSP", p2=("RJCT", "AC04")), "answer.xml")
        self.assertEqual((told["verdict"], told["format"]), ("good", "Answer to payments (pain.002)"), told)
        self.assertEqual(set(order.instruction_ids.mapped("state")), {"sent"}, "a preview changes nothing")
        taken = self.take(self.answer(order, p1="ACSP", p2=("RJCT", "AC04")), "answer.xml")
        self.assertEqual((taken.state, taken.format), ("imported", "pain.002"), taken.reason)
        one, other = order.instruction_ids.sorted("id")
        self.assertEqual((one.state, other.state, order.state), ("accepted", "rejected", "partially_accepted"))
        self.assertIn("AC04", other.reason_text)
        self.assertTrue(other.advice)
        self.assertEqual(first.payment_state, "not_paid")
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        self.bank_entries(self.executed(order)[0])
        self.assertEqual((one.state, order.state), ("executed", "executed"))
        self.assertEqual((first.payment_state, second.payment_state), ("paid", "not_paid"))
        self.assertEqual(one.bank_line_ids.amount, -100)
        self.assertTrue(one.bank_line_ids.is_reconciled)

    def test_a_copy_of_an_answer_is_nothing_new(self):
        order = self.sent(self.bill(100))
        self.take(self.answer(order, p1="ACSP"), "answer.xml")
        before = len(order.instruction_ids.fact_ids)
        again = self.take(self.answer(order, p1="ACSP").replace(b"</Document>", b"</Document>\n"), "copy.xml")
        self.assertEqual(again.state, "imported")
        self.assertEqual(len(order.instruction_ids.fact_ids), before)

    def test_an_answer_to_what_was_never_sent_from_here_is_told_and_applied_to_nothing(self):
        order = self.sent(self.bill(100))
        strange = self.answer(order, p1="ACSP").replace(order.file_ids.message_name.encode(), b"SOMEBODYELSES")
        self.take(strange, "answer.xml")
        self.assertEqual(order.instruction_ids.state, "sent")
        self.assertEqual(len(self.exceptions("payment_answer")), 1)

    def test_a_return_opens_the_bill_again_and_it_can_be_paid_anew_once(self):
        bill = self.bill(100)
        order = self.sent(bill)
        self.bank_entries(*self.executed(order))
        self.assertEqual(bill.payment_state, "paid")
        one = order.instruction_ids
        back = entry("100.00", day="2026-03-03", text="return", bank_id="RET1", ref=one.end_to_end_id)
        self.bank_entries(back, opening=900 - 1000)
        self.assertEqual((one.state, one.amount_returned), ("returned", 100))
        self.assertEqual(bill.payment_state, "not_paid")
        again = self.env["finance.payment.order"].browse(one.with_user(self.maker).action_pay_again()["res_id"])
        self.assertEqual(again.instruction_ids.item_ids.move_line_id, self.payable(bill))
        again.with_user(self.maker).action_submit()
        self.assertNotEqual(again.instruction_ids.intent_key, one.intent_key)
        with self.assertRaisesRegex(UserError, "paid again already"):
            one.with_user(self.maker).action_pay_again()

    def test_inv_3_a_bill_is_in_one_open_order(self):
        bill = self.bill(100)
        order = self.order(bill, submit=False)
        with self.assertRaisesRegex(UserError, f"{bill.name} .*{order.name}"):
            self.order(bill)
        item = order.instruction_ids.item_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            item.copy({"instruction_id": order.instruction_ids.id})
            self.env.flush_all()
        order.action_cancel()
        self.assertEqual(self.order(bill).state, "to_approve")

    def test_credit_notes_are_taken_off_and_booked_with_the_payment(self):
        bill, note = self.bill(100), self.bill(30, ref="C-1", move_type="in_refund")
        order = self.sent(bill, note)
        self.assertEqual(order.instruction_ids.amount, 70)
        self.bank_entries(*self.executed(order))
        self.assertEqual((bill.payment_state, note.payment_state), ("paid", "paid"))

    def test_inv_5_a_sum_that_floats_miss_is_booked(self):
        amounts = (0.1, 0.2, 0.3)
        self.assertNotEqual(sum(amounts), 0.6, "the amounts must be some that floats do not add up")
        bills = [self.bill(amount, ref=f"R-{number}") for number, amount in enumerate(amounts, 1)]
        order = self.sent(*bills)
        self.bank_entries(*self.executed(order))
        self.assertEqual({bill.payment_state for bill in bills}, {"paid"})
        # By the payment that the line names, not by what the matching makes of its text.
        match = self.env["finance.match"].search([("line_id", "=", order.instruction_ids.bank_line_ids.id)])
        self.assertEqual([reason["code"] for reason in match.reasons], ["by_hand"])

    def test_a_collision_while_a_line_is_booked_is_no_exception_of_the_queue(self):
        order = self.sent(self.bill(100))
        self.bank_entries(*self.executed(order))
        line, books = order.instruction_ids.bank_line_ids, self.env["finance.reconciliation"]

        def fail(code):
            self.env.cr.execute(f"DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{code}'; END $$")

        with mute_logger("odoo.sql_db"):
            for code, error in zip(("40001", "40P01", "55P03"), CONCURRENCY, strict=True):
                with self.assertRaises(error):
                    books._book_safely(self.company, line, order.instruction_ids, lambda code=code: fail(code))
            self.assertFalse(self.exceptions("posting_failed"))
            books._book_safely(self.company, line, order.instruction_ids, lambda: fail("22012"))
        self.assertEqual(len(self.exceptions("posting_failed")), 1)

    def test_what_was_perhaps_paid_before_needs_an_answer(self):
        self.sent(self.bill(100, ref="R-77"))
        twin = self.bill(100, ref="R-77 ", date=fields.Date.today())
        order = self.order(twin, submit=False)
        self.assertIn("compare the documents", order.suspicion_text)
        with self.assertRaisesRegex(UserError, "may have been paid before"):
            order.action_submit()
        order.suspicion_answer = "Two deliveries with one number"
        order.action_submit()
        self.assertEqual(order.state, "to_approve")

    def test_what_cannot_be_written_is_told_at_submission_with_all_that_is_wrong(self):
        self.vendors[0].bank_ids.acc_number = "GB29NWBK60161331926819"
        order = self.order(self.bill(100), self.bill(50, vendor=1, ref="R-2"), submit=False)
        order.instruction_ids.sorted("id")[1].text = "x" * 200
        with self.assertRaises(UserError) as raised:
            order.action_submit()
        self.assertIn("BIC", str(raised.exception))
        self.assertIn("Vendor 2", str(raised.exception))
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.file_ids)

    def test_the_proposal_says_of_every_bill_why_it_is_paid_or_left(self):
        due = fields.Date.today()
        bill = self.bill(100, invoice_date_due=due, invoice_payment_term_id=False)
        later = self.bill(60, ref="R-2", invoice_date_due=fields.Date.add(due, days=60), invoice_payment_term_id=False)
        blocked = self.bill(40, vendor=1, ref="R-3", invoice_date_due=due, invoice_payment_term_id=False)
        blocked.fc_payment_block = "quality dispute"
        wizard = (
            self.env["finance.payment.proposal"]
            .with_user(self.maker)
            .create({"journal_id": self.bank.id, "company_id": self.company.id})
        )
        wizard.action_propose()
        told = {line.move_id: (line.is_chosen, line.reason) for line in wizard.line_ids}
        self.assertEqual({move: chosen for move, (chosen, _reason) in told.items()}, {bill: True, later: False, blocked: False})
        self.assertIn("quality dispute", told[blocked][1])
        self.assertIn("next run", told[later][1])
        order = self.env["finance.payment.order"].browse(wizard.action_make_order()["res_id"])
        self.assertEqual(order.instruction_ids.item_ids.move_id, bill)
