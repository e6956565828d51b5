"""Money that comes back: the bill is open again, what the bank kept is booked, and so is a cash discount that is given back."""

from datetime import timedelta

from odoo import fields

from .camt_file import entry
from .payment_common import PaymentCase


class TestPaymentReturn(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.charges = cls.make_account("Return charges", "627001")
        cls.company.fc_return_charge_account_id = cls.charges

    def returned(self, one, amount, opening):
        """The bank line by which ``amount`` of a payment comes back."""
        back = entry(amount, day="2026-03-03", text="return", bank_id=f"RET{one.id}", ref=one.end_to_end_id)
        self.bank_entries(back, opening=opening)
        return one.bank_line_ids.filtered(lambda line: line.amount > 0)

    def test_what_the_bank_kept_of_a_return_is_booked_as_charges(self):
        bill = self.bill(100)
        order = self.sent(bill)
        self.bank_entries(*self.executed(order))
        line = self.returned(order.instruction_ids, "97.00", opening=-100)
        self.assertEqual((order.instruction_ids.state, bill.payment_state), ("returned", "not_paid"))
        self.assertTrue(line.is_reconciled)
        booked = line.move_id.line_ids.filtered(lambda item: item.account_id == self.charges)
        self.assertEqual(booked.balance, 3)

    def test_without_an_account_for_charges_the_line_stays_open_for_them(self):
        self.company.fc_return_charge_account_id = False
        bill = self.bill(100)
        order = self.sent(bill)
        self.bank_entries(*self.executed(order))
        line = self.returned(order.instruction_ids, "97.00", opening=-100)
        self.assertEqual(bill.payment_state, "not_paid")
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.amount_residual, 3)

    def test_a_return_that_kept_more_than_the_limit_is_told_and_books_nothing(self):
        bill = self.bill(100)
        order = self.sent(bill)
        self.bank_entries(*self.executed(order))
        self.returned(order.instruction_ids, "40.00", opening=-100)
        self.assertEqual((order.instruction_ids.state, bill.payment_state), ("executed", "paid"))
        self.assertEqual(len(self.exceptions("payment_answer")), 1)

    def test_one_of_two_payments_in_one_bank_line_comes_back(self):
        bills = [self.bill(100), self.bill(50, vendor=1, ref="R-2")]
        order = self.sent(*bills, batch_booking=True)
        xml, amount = entry("-150.00", text="batch", bank_id="B1")
        batch = f"<Btch><PmtInfId>{order.file_ids.message_name}1</PmtInfId></Btch>"
        self.bank_entries((xml.replace("<NtryDtls>", f"<NtryDtls>{batch}"), amount))
        self.assertEqual([bill.payment_state for bill in bills], ["paid", "paid"])
        self.assertTrue(self.returned(order.instruction_ids.sorted("id")[0], "100.00", opening=-150).is_reconciled)
        self.assertEqual([bill.payment_state for bill in bills], ["not_paid", "paid"])

    def test_a_cash_discount_is_given_back_with_the_payment(self):
        gain = self.make_account("Cash discounts taken", "757001", "income")
        self.company.account_journal_early_pay_discount_gain_account_id = gain
        terms = self.env["account.payment.term"].create(
            {
                "name": "2 % in ten days",
                "company_id": self.company.id,
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        bill = self.bill(100, invoice_payment_term_id=terms.id)
        order = self.sent(bill, discounts=self.payable(bill).ids)
        self.assertEqual(order.amount_total, 98)
        day = fields.Date.to_string(fields.Date.today() + timedelta(days=1))
        self.bank_entries(*self.executed(order, day=day))
        self.assertEqual(bill.payment_state, "paid")
        line = self.returned(order.instruction_ids, "98.00", opening=-98)
        self.assertTrue(line.is_reconciled)
        self.assertEqual((bill.payment_state, bill.amount_residual), ("not_paid", 100))
        booked = self.env["account.move.line"].search([("account_id", "=", gain.id)])
        self.assertEqual((len(booked), sum(booked.mapped("balance"))), (2, 0))
