"""Open items beside invoices: what a payment that was registered left on its outstanding account, what an entry left open."""

from odoo import Command

from .bank_common import ReconcileCase
from .camt_file import entry


class TestReconcilePayments(ReconcileCase):
    def register(self, *documents, journal=None):
        """Odoo's own "Register payment" for ``documents``; the payments."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=[one.id for one in documents]
        )
        journal = journal or self.bank
        return wizard.create({"journal_id": journal.id, "payment_date": "2026-03-01"})._create_payments()

    def open_items(self, payment):
        return payment.move_id.line_ids.filtered(lambda item: item.account_id == payment.outstanding_account_id)

    def test_a_payment_that_was_registered_meets_its_bank_line_and_leaves_it_again(self):
        invoice = self.invoice(100, ref="A-2026-1")
        payment = self.register(invoice)
        self.assertFalse(self.open_items(payment).reconciled)
        line = self.bank_entries(entry("100.00", text="Payment A-2026-1"))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertTrue(self.open_items(payment).reconciled)
        self.assertEqual((payment.state, payment.is_matched, invoice.payment_state), ("paid", True, "paid"))
        match = line.fc_match_ids
        self.assertEqual((match.score, match.move_line_ids), (100, self.open_items(payment)))
        match.action_undo()
        self.assertOpen(line)
        self.assertFalse(payment.is_matched)

    def test_a_bill_that_was_paid_by_hand(self):
        bill = self.invoice(80, ref="BILL-77", move_type="in_invoice")
        payment = self.register(bill)
        line = self.bank_entries(entry("-80.00", text="BILL-77"))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertTrue(payment.is_matched)

    def test_several_payments_come_in_one_line(self):
        payments = [self.register(self.invoice(amount, ref=f"A-2026-{amount}")) for amount in (60, 50, 49)]
        line = self.bank_entries(entry("110.00", text="A-2026-60 and A-2026-50"))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertEqual([payment.is_matched for payment in payments], [True, True, False])

    def test_a_payment_is_found_by_its_payer_and_amount(self):
        payment = self.register(self.invoice(100, ref="A-2026-1"))
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertTrue(payment.is_matched)
        self.assertIn("open item of this amount", line.fc_match_ids.explanation)

    def test_a_customer_tells_the_order_instead_of_the_invoice(self):
        invoice = self.invoice(100, ref="A-2026-1", invoice_origin="S00041, S00042")
        self.register(self.invoice(90, ref="A-2026-2", invoice_origin="S00043"))
        told = entry("100.00", text="your order S00042"), entry("90.00", text="order S00043", bank_id="B2")
        first, second = self.bank_entries(*told)
        self.assertEqual([first.is_reconciled, second.is_reconciled], [True, True], self.exceptions().mapped("detail"))
        self.assertEqual(invoice.payment_state, "paid")

    def test_inv_8_a_payment_and_an_invoice_of_one_amount_are_a_question(self):
        self.register(self.invoice(100, ref="A-2026-1"))
        self.invoice(100, ref="A-2026-2")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        self.assertOpen(line)
        self.assertEqual(len(line.fc_match_ids), 2)

    def test_what_was_open_when_the_books_were_opened(self):
        receivable = self.partner.with_company(self.company).property_account_receivable_id
        other = self.make_account("Opening", "999001", "equity")
        move = self.env["account.move"].create(
            {
                "company_id": self.company.id,
                "date": "2026-01-01",
                "ref": "OLD-5512",
                "line_ids": [
                    Command.create({"account_id": receivable.id, "partner_id": self.partner.id, "debit": 70}),
                    Command.create({"account_id": other.id, "credit": 70}),
                ],
            }
        )
        move.action_post()
        line = self.bank_entries(entry("70.00", text="our bill OLD-5512"))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertTrue(move.line_ids.filtered("account_id.reconcile").reconciled)

    def test_what_a_provider_holds_is_no_business_of_the_bank(self):
        payment = self.register(self.invoice(100, ref="A-2026-1"), journal=self.provider.journal_id)
        self.assertEqual(self.open_items(payment).mapped("reconciled"), [False])
        line = self.bank_entries(entry("100.00", text="A-2026-1", name=self.partner.name))
        self.assertOpen(line)
        self.assertFalse(payment.is_matched)

    def test_credit_cards_and_cash_have_lines_like_a_bank_account(self):
        for kind in ("credit", "cash"):
            with self.subTest(kind=kind):
                journal = self.env["account.journal"].create(
                    {"name": f"Of {kind}", "code": f"X{kind[:3].upper()}", "type": kind, "company_id": self.company.id}
                )
                bill = self.invoice(30, ref=f"BILL-{kind}-1", move_type="in_invoice")
                line = self.env["account.bank.statement.line"].create(
                    {"journal_id": journal.id, "date": "2026-03-02", "payment_ref": f"Paid BILL-{kind}-1", "amount": -30}
                )
                workbench = self.env["finance.workbench"].with_context(allowed_company_ids=self.company.ids)
                self.assertIn(line.id, [row["id"] for row in workbench.get_lines({"journal_id": journal.id})["lines"]])
                self.reconcile()
                self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
                self.assertEqual(bill.payment_state, "paid")
