"""What came back, in whatever order the bank tells it: each bill is open or paid as its payee has the money or not."""

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

    def test_a_return_of_one_of_a_batch_opens_its_bill_alone(self):
        bills = self.bill(100), self.bill(50, vendor=1, ref="R-2")
        order = self.sent(*bills)
        one, other = order.instruction_ids.sorted("id")
        xml, signed = entry("-150.00", text="payments", bank_id="B1")
        members = "".join(
            f"<TxDtls><Refs><EndToEndId>{each.end_to_end_id}</EndToEndId></Refs><Amt Ccy='{{currency}}'>{each.amount:.2f}</Amt>"
            "<CdtDbtInd>DBIT</CdtDbtInd></TxDtls>"
            for each in (one, other)
        )
        head, tail = xml.split("<TxDtls>")[0], xml.split("</TxDtls>")[-1]
        self.bank_entries((f"{head}{members}{tail}", signed))
        self.assertEqual([bill.payment_state for bill in bills], ["paid", "paid"])
        self.bank_entries(self.line(other, 50, "R1", day="2026-03-03"), opening="-150.00", first="2026-03-03", name="STMT-2")
        self.assertEqual([bill.payment_state for bill in bills], ["paid", "not_paid"])
        self.assertTrue(all(line.is_reconciled for line in self.lines()))

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

    def test_what_the_bank_kept_of_a_return_is_booked_as_charges(self):
        account = self.make_account("Return charges", "627001")
        self.company.fc_return_charge_account_id = account
        bill = self.bill(100)
        one = self.sent(bill).instruction_ids
        self.bank_entries(self.line(one, -100, "B1"))
        self.bank_entries(self.line(one, 97, "R1", day="2026-03-03"), opening="-100.00", first="2026-03-03", name="STMT-2")
        self.assertEqual((one.state, bill.amount_residual), ("returned", 100))
        charged = self.lines().move_id.line_ids.filtered(lambda item: item.account_id == account)
        self.assertEqual(charged.balance, 3)
        self.assertTrue(all(line.is_reconciled for line in self.lines()))
