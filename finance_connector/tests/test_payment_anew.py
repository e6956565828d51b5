"""What failed is paid anew, in whatever order the bank tells of it: a bill is paid when its payee has the money."""

from .camt_file import entry
from .payment_common import PaymentCase


class TestPaymentAnew(PaymentCase):
    def line(self, one, amount, bank_id, day="2026-03-02"):
        return entry(f"{amount:.2f}", day=day, text="payment", ref=one.end_to_end_id, bank_id=bank_id)

    def again(self, one):
        """The payment that was sent in the place of a failed one."""
        order = self.env["finance.payment.order"].browse(one.with_user(self.maker).action_pay_again()["res_id"])
        order.with_user(self.maker).action_submit()
        order.with_user(self.treasurer).action_approve()
        order.with_user(self.maker).action_send()
        order.with_user(self.other_maker).action_confirm_sent()
        return order.instruction_ids

    def returned_by_notice(self, one):
        """The bank has told by a pacs.004 that it came back; no statement shows it yet."""
        one.sudo()._tell("execute", "N1", source="pacs.004", amount=one._money())
        one.sudo()._tell("return", "N2", source="pacs.004", amount=one._money(), reasons=("AC04",))
        self.env.flush_all()

    def test_a_rejected_bill_is_proposed_again_and_takes_the_place_of_the_rejected_payment(self):
        bill = self.bill(100)
        first = self.sent(bill).instruction_ids
        self.take(self.answer(first.order_id, p1=("RJCT", "AC04")), "answer.xml")
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        second = self.sent(bill).instruction_ids
        self.assertEqual(second.replaces_id, first)
        self.assertNotEqual(second.end_to_end_id, first.end_to_end_id)
        self.bank_entries(self.line(second, -100, "B1"))
        self.assertEqual(bill.payment_state, "paid")
        self.assertFalse(self.exceptions("payment_failed"), "what it was to pay is paid")

    def test_a_failure_of_two_bills_is_told_until_both_are_paid(self):
        bills = self.bill(100), self.bill(50, ref="R-2")
        failed = self.sent(*bills).instruction_ids
        self.take(self.answer(failed.order_id, p1=("RJCT", "AC04")), "answer.xml")
        one = self.sent(bills[0]).instruction_ids
        self.bank_entries(self.line(one, -100, "B1"))
        self.assertEqual(len(self.exceptions("payment_failed")), 1)
        other = self.sent(bills[1]).instruction_ids
        self.bank_entries(self.line(other, -50, "B2", day="2026-03-03"), opening="-100.00", first="2026-03-03", name="STMT-2")
        self.assertFalse(self.exceptions("payment_failed"))

    def test_a_batch_of_which_the_bank_rejected_some_is_no_other_amount(self):
        bills = self.bill(100), self.bill(50, vendor=1, ref="R-2")
        order = self.sent(*bills, batch_booking=True)
        xml, amount = entry("-100.00", text="batch", bank_id="B1")
        batch = f"<Btch><PmtInfId>{order.file_ids.message_name}1</PmtInfId></Btch>"
        self.bank_entries((xml.replace("<NtryDtls>", f"<NtryDtls>{batch}"), amount))
        self.assertEqual(len(self.exceptions("payment_answer")), 1, "who was not paid is not known yet")
        self.take(self.answer(order, p1="ACSP", p2=("RJCT", "AC04")), "answer.xml")
        self.reconcile()
        self.reconcile()
        self.assertEqual([bill.payment_state for bill in bills], ["paid", "not_paid"])
        self.assertFalse(self.exceptions("payment_answer"))

    def test_the_second_payment_may_be_booked_before_the_return_of_the_first(self):
        bill = self.bill(100)
        first = self.sent(bill).instruction_ids
        self.bank_entries(self.line(first, -100, "B1"))
        self.returned_by_notice(first)
        second = self.again(first)
        self.bank_entries(self.line(second, -100, "B2", "2026-03-04"), opening="-100.00", first="2026-03-04", name="STMT-3")
        self.bank_entries(self.line(first, 100, "R1", "2026-03-03"), opening="-100.00", first="2026-03-03", name="STMT-2")
        self.assertEqual((first.state, second.state, bill.payment_state), ("returned", "executed", "paid"))
        self.assertTrue(all(line.is_reconciled for line in self.lines()))

    def test_statements_of_a_payment_and_its_return_may_come_after_that_of_the_second_payment(self):
        bill = self.bill(100)
        first = self.sent(bill).instruction_ids
        self.returned_by_notice(first)
        second = self.again(first)
        self.bank_entries(self.line(second, -100, "B2", "2026-03-04"), opening="0.00", first="2026-03-04", name="STMT-3")
        self.assertEqual(bill.payment_state, "paid")
        self.bank_entries(self.line(first, 100, "R1", "2026-03-03"), opening="-100.00", first="2026-03-03", name="STMT-2")
        self.bank_entries(self.line(first, -100, "B1"), name="STMT-1")
        self.assertEqual((second.state, bill.payment_state), ("executed", "paid"))
        self.assertTrue(all(line.is_reconciled for line in self.lines()))
