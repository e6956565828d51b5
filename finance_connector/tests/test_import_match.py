"""Bank lines that are made with what they pay as their counterpart, because their text names it."""

from unittest.mock import patch

from odoo.addons.finance_connector.models.reconcile_apply import FinanceReconciliation as Apply
from odoo.tools import mute_logger

from .bank_common import ReconcileCase
from .camt_file import entry, file_of


class TestImportMatch(ReconcileCase):
    def assertMadeReconciled(self, line, account):
        """``line`` was made with its counterpart, and its match says why."""
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.move_id.line_ids.account_id, self.bank.default_account_id | account)
        self.assertRecordValues(line.fc_match_ids, [{"state": "applied", "score": 100, "applied_by_id": False}])

    def test_an_invoice_that_a_line_names_is_paid_by_the_import(self):
        invoice = self.invoice(100, ref="A-2026-1")
        with patch.object(Apply, "_move_to_counterpart", side_effect=AssertionError("a suspense line was rewritten")):
            self.take_good(entry("100.00", text="Payment A-2026-1", bank_id="B1"), entry("7.00", text="thanks", bank_id="B2"))
        line, other = self.lines()
        self.assertMadeReconciled(line, self.receivable)
        self.assertEqual((invoice.payment_state, line.partner_id), ("paid", self.partner))
        self.assertIn("The text names A-2026-1", line.fc_match_ids.explanation)
        self.assertEqual(len(self.env["finance.audit.entry"].search([("action", "=", "match.apply")])), 1)
        self.assertOpen(other)
        line.fc_match_ids.action_undo()
        self.assertOpen(line)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.reconcile()
        self.assertOpen(line)

    def test_a_payout_whose_trace_a_line_shows(self):
        settlement = self.paid_out()
        self.take_good(entry("97.00", "2026-03-05", "STRIPE PAYOUT TRACE77001"))
        self.assertMadeReconciled(self.lines(), self.provider.in_transit_account_id)
        self.assertEqual((settlement.state, settlement.bank_line_ids), ("reconciled", self.lines()))
        self.assertTied()

    def test_weaker_evidence_waits_for_the_reconciliation(self):
        invoice = self.invoice(100, ref="A-2026-1")
        self.take_good(entry("100.00", text="thanks", name=self.partner.name))
        self.assertOpen(self.lines())
        self.reconcile()
        self.assertEqual(invoice.payment_state, "paid")

    def test_two_lines_that_name_one_invoice_are_left_alone(self):
        invoice = self.invoice(100, ref="A-2026-1")
        self.take_good(*(entry("100.00", text="A-2026-1", bank_id=f"B{number}") for number in (1, 2)))
        self.assertEqual(self.lines().mapped("is_reconciled"), [False, False])
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_what_an_earlier_line_may_pay_is_left_to_the_reconciliation(self):
        self.take_good(*(entry("100.00", text="A-2026-1", bank_id=f"B{number}") for number in (1, 2)))
        invoice = self.invoice(100, ref="A-2026-1")
        self.reconcile()
        self.take_good(entry("100.00", text="A-2026-1", bank_id="B3"), opening="200.00", name="STMT-2")
        self.assertEqual(self.lines().mapped("is_reconciled"), [False, False, False])
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_what_was_paid_meanwhile_is_not_paid_twice(self):
        invoice = self.invoice(100, ref="A-2026-1")
        self.env["ir.config_parameter"].set_param("finance_connector.import_entry_limit", "1")
        record = self.take(self.file("A-2026-1", "A-2026-9"))
        self.assertEqual(record._next_step(), "planned")
        foreseen = self.env["finance.import.entry"].search([("import_id", "=", record.id), ("foreseen", "!=", False)])
        self.assertEqual(foreseen.foreseen["key"], f"i:{self.open_item(invoice).id}")
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        ).action_create_payments()
        while record.state == "received":
            record._next_step()
        self.assertEqual(self.lines().mapped("is_reconciled"), [False, False])

    @mute_logger("odoo.addons.finance_connector.models.import_match")
    def test_lines_that_cannot_be_reconciled_at_once_are_made_open(self):
        invoice = self.invoice(100, ref="A-2026-1")
        with patch.object(Apply, "_reconcile_pairs", side_effect=RuntimeError("not now")):
            self.take_good(entry("100.00", text="A-2026-1"))
        self.assertOpen(self.lines())
        self.assertFalse(self.lines().fc_match_ids)
        self.reconcile()
        self.assertEqual(invoice.payment_state, "paid")

    def open_item(self, invoice):
        return invoice.line_ids.filtered(lambda item: item.account_id == self.receivable)

    def file(self, *references):
        """A statement with a line of 100.00 for each of ``references``."""
        return file_of(*(entry("100.00", text=reference, bank_id=reference) for reference in references))
