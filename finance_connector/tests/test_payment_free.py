"""Payments without a bill, and salaries: entered or selected, paid by the same approval, booked when the bank has executed."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from .camt_file import entry
from .payment_common import PaymentCase


class TestPaymentFree(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owed = cls.vendors[0].with_company(cls.company).property_account_payable_id
        cls.rent = cls.account("601234", "Rent", "expense")
        cls.wages = cls.account("211234", "Net salaries", "liability_current", reconcile=True)
        cls.staff = [
            cls.vendor(name, iban) for name, iban in (("Anna", "DE02100100100006820101"), ("Ben", "DE02300209000106531065"))
        ]

    @classmethod
    def account(cls, code, name, kind, **values):
        return cls.env["account.account"].create(
            {"code": code, "name": name, "account_type": kind, "company_ids": [(6, 0, cls.company.ids)], **values}
        )

    def free(self, amount=500, **values):
        """An order with one payment entered by hand on the form."""
        orders = self.env["finance.payment.order"].with_user(self.maker).with_context(allowed_company_ids=self.company.ids)
        order = orders.create({"journal_id": self.bank.id, "company_id": self.company.id})
        with Form(order) as form, form.instruction_ids.new() as line:
            line.partner_id = self.vendors[0]
            self.assertEqual(line.bank_account_id, self.vendors[0].bank_ids, "the account of the payee is filled in")
            line.amount = amount
            line.text = "Rent of March"
            for name, value in values.items():
                setattr(line, name, value)
        return order

    def payroll(self, account, *amounts):
        """A posted entry that owes ``amounts`` to the staff."""
        owed = [
            Command.create({"account_id": account.id, "partner_id": person.id, "name": f"Salary {person.name}", "credit": amount})
            for person, amount in zip(self.staff, amounts, strict=True)
        ]
        move = self.env["account.move"].create(
            {
                "company_id": self.company.id,
                "ref": "Payroll of March",
                "line_ids": [*owed, Command.create({"account_id": self.rent.id, "name": "Wages", "debit": sum(amounts)})],
            }
        )
        move.action_post()
        return move

    def go(self, order):
        """Submit, approve and send ``order``, and have the bank execute it; its bank lines."""
        order.action_submit()
        order.with_user(self.treasurer).action_approve()
        order.action_send()
        order.with_user(self.other_maker).action_confirm_sent()
        ordered = order.instruction_ids.sorted("id")
        self.bank_entries(*(entry(f"-{one.amount:.2f}", ref=one.end_to_end_id, bank_id=f"B{one.id}") for one in ordered))
        self.assertEqual(order.state, "executed")
        return order.instruction_ids.bank_line_ids

    def counterpart(self, line):
        return line.move_id.line_ids.filtered(lambda item: item.account_id != self.bank.default_account_id)

    def test_a_payment_without_bill_is_booked_on_its_account_when_it_was_executed(self):
        order = self.free(account_id=self.rent)
        self.assertEqual(order.instruction_ids.currency_id, self.company.currency_id)
        line = self.go(order)
        booked = self.counterpart(line)
        self.assertEqual((booked.account_id, booked.debit, booked.partner_id), (self.rent, 500, self.vendors[0]))
        self.assertTrue(line.is_reconciled)

    def test_without_an_account_it_waits_on_the_payable_account_for_the_bill(self):
        line = self.go(self.free())
        booked = self.counterpart(line)
        self.assertEqual((booked.account_id, booked.amount_residual, booked.partner_id), (self.owed, 500, self.vendors[0]))
        bill = self.bill(500, ref="LATE")
        (booked | self.payable_items(bill)).reconcile()
        self.assertEqual(bill.payment_state, "paid")

    def payable_items(self, bill):
        return bill.line_ids.filtered(lambda item: item.account_id == self.owed)

    def came_back(self, account):
        """The journal items on ``account`` of a payment that was executed and came back."""
        order = self.free(account_id=account)
        line = self.go(order)
        returned = entry("500.00", day="2026-03-03", text="return", bank_id="RET1", ref=order.instruction_ids.end_to_end_id)
        self.bank_entries(returned, opening=-500)
        self.assertEqual(order.instruction_ids.state, "returned")
        back = order.instruction_ids.bank_line_ids - line
        self.assertTrue(back.is_reconciled)
        items = self.counterpart(line) | self.counterpart(back)
        self.assertEqual((items.account_id, sum(items.mapped("balance"))), (account, 0))
        return items

    def test_what_came_back_is_taken_off_the_account_again(self):
        self.came_back(self.rent)

    def test_what_waited_for_the_bill_waits_no_more_when_it_came_back(self):
        self.assertEqual(self.came_back(self.owed).mapped("reconciled"), [True, True])

    def test_what_came_back_can_be_made_anew_on_the_same_account(self):
        items = self.came_back(self.rent)
        order = self.env["finance.payment.instruction"].search([("account_id", "=", self.rent.id)]).order_id.with_user(self.maker)
        self.assertEqual(order.failed_count, 1)
        again = self.env["finance.payment.order"].browse(order.action_pay_failed()["res_id"])
        self.assertEqual((again.instruction_ids.account_id, again.amount_total), (items.account_id, 500))
        order.invalidate_recordset(["failed_count"])
        self.assertEqual(order.failed_count, 0)

    def test_inv_10_the_account_that_is_booked_on_is_approved_with_it(self):
        order = self.free(account_id=self.rent)
        order.action_submit()
        order.with_user(self.treasurer).action_approve()
        order.instruction_ids.account_id = self.wages
        self.assertEqual(order.state, "to_approve")

    def test_an_account_of_nothing_that_can_be_booked_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Choose another account"):
            self.free(account_id=self.bank.default_account_id)
        order = self.order(self.bill(100), submit=False)
        with self.assertRaisesRegex(ValidationError, "Leave the account empty"):
            order.instruction_ids.account_id = self.rent

    def test_a_payment_by_hand_without_account_of_the_payee_is_told(self):
        order = self.free(bank_account_id=self.env["res.partner.bank"])
        with self.assertRaisesRegex(UserError, "account of the payee"):
            order.action_submit()

    def salaries(self, account):
        """Pay a payroll entry that owes on ``account``."""
        items = self.payroll(account, 2000, 1800).line_ids.filtered("credit").with_user(self.maker)
        action = items.with_context(allowed_company_ids=self.company.ids).action_finance_pay()
        order = self.env["finance.payment.order"].with_user(self.maker).browse(action["res_id"])
        order.category_purpose = "SALA"
        self.assertEqual(sorted(order.instruction_ids.mapped("text")), ["Salary Anna", "Salary Ben"])
        lines = self.go(order)
        self.assertIn(b"<CtgyPurp><Cd>SALA</Cd></CtgyPurp>", order.sudo().file_ids._bytes())
        self.assertEqual(lines.mapped("is_reconciled"), [True, True])
        self.assertEqual(items.mapped("reconciled"), [True, True])

    def test_salaries_are_paid_from_the_payroll_entry_and_told_as_such(self):
        self.salaries(self.owed)

    def test_salaries_on_an_account_of_their_own_are_paid_too(self):
        self.salaries(self.wages)

    def test_open_items_are_added_to_a_draft_and_to_nothing_else(self):
        order = self.order(self.bill(100), submit=False)
        move = self.payroll(self.wages, 2000, 1800)
        more = self.bill(50, vendor=1, ref="R-2")
        context = order.with_context(allowed_company_ids=self.company.ids).action_pick_items()["context"]
        pick = self.env["finance.payment.pick"].with_user(self.maker).with_context(**context)
        chosen = move.line_ids.filtered("credit") | self.payable_items(more)
        pick.create({"item_ids": chosen.ids}).action_confirm()
        self.assertEqual(sorted(order.instruction_ids.mapped("amount")), [50, 100, 1800, 2000])
        with self.assertRaisesRegex(UserError, "at least one item"):
            pick.create({"item_ids": move.line_ids.filtered("debit").ids}).action_confirm()
        order.action_submit()
        with self.assertRaisesRegex(UserError, "Take it back"):
            order.action_pick_items()

    def test_a_proposal_looks_at_salaries_when_it_is_asked_to(self):
        move = self.payroll(self.wages, 2000, 1800)
        wizard = self.env["finance.payment.proposal"].with_user(self.maker)
        wizard = wizard.create({"journal_id": self.bank.id, "company_id": self.company.id})
        wizard.action_propose()
        self.assertNotIn(move, wizard.line_ids.move_id)
        wizard.with_entries = True
        wizard.action_propose()
        self.assertEqual(wizard.line_ids.filtered(lambda one: one.move_id == move).mapped("is_chosen"), [True, True])
