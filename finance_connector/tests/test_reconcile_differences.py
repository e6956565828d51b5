"""Differences that have a name: the cash discount of payment terms, charges that the bank took off; and how long payouts took."""

from odoo.exceptions import UserError
from odoo.fields import Command

from .bank_common import ReconcileCase
from .camt_file import entry

_CHARGES = (
    '<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>'
)


class TestReconcileDifferences(ReconcileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loss = cls.make_account("Cash discounts given", "709700", "income")
        cls.company.account_journal_early_pay_discount_loss_account_id = cls.loss
        cls.terms = cls.env["account.payment.term"].create(
            {
                "name": "2 % in ten days", "company_id": cls.company.id, "early_discount": True, "discount_percentage": 2,
                "discount_days": 10, "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )  # fmt: skip

    def discounted(self):
        """An invoice of 100.00 with 2 % cash discount until 2026-03-11."""
        return self.invoice(100, ref="A-2026-1", invoice_payment_term_id=self.terms.id)

    def test_a_cash_discount_in_time_is_proposed_and_booked_as_the_terms_say(self):
        invoice = self.discounted()
        line = self.bank_entries(entry("98.00", "2026-03-09", "A-2026-1"))
        self.assertFalse(line.is_reconciled)
        match = line.fc_match_ids
        self.assertEqual((match.state, match.difference), ("proposed", -2))
        self.assertIn("cash discount of 2.00 EUR", match.explanation)
        self.assertTrue(self.env["finance.workbench"].get_line(line.id)["matches"][0]["is_complete"])
        match.action_apply()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(line.move_id.line_ids.filtered(lambda item: item.account_id == self.loss).balance, 2)
        line.fc_match_ids.action_undo()
        self.assertEqual((line.is_reconciled, invoice.payment_state), (False, "not_paid"))

    def test_a_cash_discount_too_late_is_a_difference_of_another_amount(self):
        self.discounted()
        line = self.bank_entries(entry("98.00", "2026-03-12", "A-2026-1"))
        self.assertFalse(line.fc_match_ids)
        self.assertIn("open is 100.00 EUR", self.exceptions("match_missing").detail)

    def test_without_its_account_a_cash_discount_is_refused_by_name(self):
        self.company.account_journal_early_pay_discount_loss_account_id = False
        self.discounted()
        line = self.bank_entries(entry("98.00", "2026-03-09", "A-2026-1"))
        with self.assertRaisesRegex(UserError, "account for cash discounts"):
            line.fc_match_ids.action_apply()
        self.assertFalse(line.is_reconciled)

    def test_charges_that_the_bank_took_off_explain_the_difference(self):
        self.invoice(100, ref="A-2026-1")
        line = self.bank_entries(entry("97.00", text="A-2026-1", more=_CHARGES))
        self.assertEqual((line.fc_match_ids.state, line.fc_match_ids.difference), ("proposed", -3))
        self.assertIn("the bank says that it took off: 3.00 EUR", line.fc_match_ids.explanation)
        self.assertFalse(self.env["finance.workbench"].get_line(line.id)["matches"][0]["is_complete"])

    def test_how_long_payouts_took_tells_equal_ones_apart(self):
        for number in range(1, 6):
            self.paid_out(f"po_{number}", 9700 + number, trace=f"TRACE7700{number}", arrival=f"2026-03-0{number}")
        early = [entry(f"97.0{n}", f"2026-03-0{n + 1}", f"TRACE7700{n}", bank_id=f"B{n}") for n in range(1, 6)]
        self.bank_entries(*early)
        first, second = (self.paid_out(f"po_1{n}", 5000, trace=None, arrival=f"2026-03-1{n}") for n in (0, 1))
        more = [entry("50.00", f"2026-03-1{n + 1}", "PAYOUT", bank_id=f"C{n}") for n in (0, 1)]
        lines = self.bank_entries(*more, opening="485.15", name="STMT-2", first="2026-03-11")
        self.assertEqual(lines[-2:].mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        self.assertEqual((first.bank_line_ids, second.bank_line_ids), (lines[-2], lines[-1]))
        self.assertIn("going by how long others took", lines[-1].fc_match_ids.explanation)

    def test_lines_that_pay_the_invoices_that_they_name_together(self):
        first, second = self.invoice(70, ref="A-2026-1"), self.invoice(40, ref="A-2026-2")
        lines = self.bank_entries(
            entry("60.00", text="A-2026-1 A-2026-2", bank_id="B1"), entry("50.00", text="A-2026-2 and A-2026-1", bank_id="B2")
        )
        self.assertEqual(lines.mapped("is_reconciled"), [True, True], self.exceptions().mapped("detail"))
        self.assertEqual((first.payment_state, second.payment_state), ("paid", "paid"))
        lines[0].fc_match_ids.action_undo()
        self.assertEqual(lines.mapped("is_reconciled"), [False, False])
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "not_paid"))
