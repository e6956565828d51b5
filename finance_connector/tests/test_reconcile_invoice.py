"""Invoices, bills and their bank lines: by exact reference, or by amount and partner, unique or not at all
(INV-8)."""

from unittest.mock import patch

from odoo import Command
from odoo.addons.finance_connector.models import reconciliation
from odoo.addons.finance_connector.models.reconcile_apply import FinanceReconciliation as Apply
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .bank_common import ReconcileCase
from .camt_file import entry


class TestReconcileInvoice(ReconcileCase):
    def test_by_reference(self):
        invoice = self.invoice(350, ref="INV/2026/00017")
        other = self.invoice(350, ref="INV/2026/00018")
        line = self.bank_entries(entry("350.00", text="Payment INV/2026/00017 thank you"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(other.payment_state, "not_paid")
        self.assertEqual(line.partner_id, self.partner)
        self.assertIn("INV/2026/00017", line.fc_match_ids.explanation)

    def test_by_amount_and_partner_name(self):
        marco = self.env["res.partner"].create({"name": "Marco Neri"})
        invoice = self.invoice(218.75, ref="A-1001", partner=marco)
        other = self.invoice(218.75, ref="A-1002")
        line = self.bank_entries(entry("218.75", text="thank you for the goods", name="MARCO NERI"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual((invoice.payment_state, other.payment_state), ("paid", "not_paid"))
        self.assertEqual(line.fc_match_ids.score, 80)
        self.assertEqual(line.partner_id, marco)

    def test_two_partners_of_one_name_are_none(self):
        marco, _other = self.env["res.partner"].create([{"name": "Marco Neri"}, {"name": "Marco Neri"}])
        invoice = self.invoice(218.75, ref="A-1001", partner=marco)
        self.assertOpen(self.bank_entries(entry("218.75", text="thanks", name="Marco Neri")))
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_ambiguous_is_never_applied_until_a_person_does(self):
        first, second = self.invoice(100, ref="A-1001"), self.invoice(100, ref="A-1002")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        self.assertOpen(line)
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "not_paid"))
        self.assertEqual(len(self.exceptions("match_ambiguous")), 1)
        match = line.fc_match_ids.filtered(lambda row: row.move_line_ids.move_id == second)
        user = new_test_user(
            self.env, "clerk", groups="finance_connector.group_user", company_id=self.company.id
        )
        match.with_user(user).action_apply()
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "paid"))
        self.assertEqual(line.fc_match_ids, match, "the alternatives are gone")
        self.assertEqual(match.applied_by_id, user)
        self.assertFalse(self.exceptions("match_ambiguous"))

    def test_rejected_candidates_are_not_proposed_again(self):
        self.invoice(100, ref="A-1001"), self.invoice(100, ref="A-1002")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        rejected, kept = line.fc_match_ids.sorted("id")
        rejected.action_reject()
        self.reconcile()
        self.assertOpen(line)
        self.assertEqual(rejected.state, "rejected")
        self.assertEqual(kept.exists().state, "proposed", "one is left, and it waits for a person")
        kept.action_apply()
        self.assertTrue(line.is_reconciled)

    def test_an_auditor_only_reads(self):
        self.invoice(100, ref="A-1001"), self.invoice(100, ref="A-1002")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        auditor = new_test_user(
            self.env, "auditor", groups="finance_connector.group_auditor", company_id=self.company.id
        )
        match = line.fc_match_ids[0].with_user(auditor)
        self.assertIn("2 open items", match.explanation)
        for action in (match.action_apply, match.action_reject, match.action_undo):
            with self.assertRaises(UserError):
                action()

    def test_all_rejected(self):
        self.invoice(100, ref="A-1001"), self.invoice(100, ref="A-1002")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        line.fc_match_ids.action_reject()
        self.assertFalse(self.exceptions("match_ambiguous"))
        self.reconcile()
        self.assertOpen(line)

    def test_two_lines_for_one_invoice(self):
        self.invoice(100, ref="A-1001")
        lines = self.bank_entries(
            entry("100.00", text="A-1001", bank_id="B1"), entry("100.00", text="A-1001 again", bank_id="B2")
        )
        for line in lines:
            self.assertOpen(line)
        self.assertEqual(len(self.exceptions("match_ambiguous")), 2)

    def test_vendor_bill(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-03-01",
                "ref": "BILL-2026-9",
                "invoice_line_ids": [Command.create({"name": "Paper", "price_unit": 80, "tax_ids": []})],
            }
        )
        bill.action_post()
        line = self.bank_entries(entry("-80.00", text="your bill BILL-2026-9"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(bill.payment_state, "paid")

    def rounds(self, find_takes, apply_takes):
        """Whether each of two rounds had time for all, when finding and applying (a match at a time) take so many seconds and
        Odoo's time is used up."""
        model, now = type(self.env["finance.reconciliation"]), [0]
        find, apply = model._find, model._apply_batch

        def found(*arguments):
            now[0] += find_takes
            return find(*arguments)

        def applied(*arguments):
            now[0] += apply_takes
            return apply(*arguments)

        with (
            patch.object(model, "_find", found),
            patch.object(model, "_apply_batch", applied),
            patch.object(reconciliation, "BATCH", 1),
            patch.object(reconciliation, "TOLD", 1),
            patch.object(reconciliation.time, "monotonic", lambda: now[0]),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_told, **_more: 0),
        ):
            return [self.env["finance.reconciliation"]._reconcile_company(self.company) for _run in range(2)]

    def three_paid(self):
        """Bank lines of three invoices."""
        self.take_good(*(entry(f"{100 + number}.00", text=f"A-2026-{number}", bank_id=f"B{number}") for number in range(1, 4)))
        for number in range(1, 4):
            self.invoice(100 + number, ref=f"A-2026-{number}")

    def test_what_took_long_to_find_is_applied_for_as_long(self):
        """With many open lines finding takes longer than Odoo means a run to last: each would apply one batch, and find anew."""
        self.three_paid()
        self.assertEqual(self.rounds(10, 6), [False, True], "10 to find, 6 and 6 to apply: the third has to wait")
        self.assertTrue(all(self.lines().mapped("is_reconciled")))

    def test_after_a_minute_a_run_takes_one_step_at_most(self):
        """Odoo ends a run of two minutes, and what it did not commit is lost."""
        self.three_paid()
        self.assertEqual(self.rounds(70, 6), [False, False])
        self.assertEqual(self.lines().mapped("is_reconciled").count(True), 2)

    def test_unexplained_lines_are_told_in_steps_each_once(self):
        """Those for which there was no time are told by the next run."""
        self.take_good(*(entry(f"{100 + number}.00", text="who is this", bank_id=f"B{number}") for number in range(1, 4)))
        self.assertEqual(self.rounds(0, 0), [False, False])
        self.assertEqual(len(self.exceptions("match_missing")), 2)
        self.assertEqual(self.rounds(10, 0), [True, True])
        self.assertEqual(len(self.exceptions("match_missing")), 3)

    def test_foreign_currency_journal(self):
        dollars = self.make_bank("Dollars", "BNKU", "GB33BUKB20201555555555", self.usd)
        invoice = self.invoice(125, ref="USD-2026-1", currency=self.usd)
        self.take_good(entry("125.00", text="USD-2026-1"), iban="GB33BUKB20201555555555", currency="USD")
        self.reconcile()
        line = self.lines(dollars)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")

    def test_line_with_an_original_amount(self):
        """The bank booked euros for dollars; the invoice in euros is paid to the cent."""
        more = (
            '<AmtDtls><InstdAmt><Amt Ccy="USD">125.00</Amt></InstdAmt>'
            '<TxAmt><Amt Ccy="{currency}">100.00</Amt></TxAmt></AmtDtls>'
        )
        invoice = self.invoice(100, ref="A-2026-1")
        line = self.bank_entries(entry("100.00", text="A-2026-1", more=more))
        self.assertTrue(line.is_reconciled, self.exceptions().mapped("detail"))
        self.assertEqual(invoice.payment_state, "paid")

    def test_locked_period(self):
        self.take_good(entry("100.00", text="A-2026-1"))
        invoice = self.invoice(100, ref="A-2026-1")
        with patch.object(
            type(self.company), "_get_lock_date_violations", lambda *a, **k: [(a[1], "hard_lock_date")]
        ):
            self.reconcile()
        line = self.lines()
        self.assertOpen(line)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertIn("locked", self.exceptions("posting_failed").detail)
        self.reconcile()
        self.assertTrue(line.is_reconciled)
        self.assertFalse(self.exceptions("posting_failed"))

    def test_dust_of_floats_behind_an_amount_does_not_hide_a_line(self):
        invoice = self.invoice(11.12, ref="A-2026-1")
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": "2026-03-02", "payment_ref": "A-2026-1", "amount": 11.12}
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_bank_statement_line SET amount = 11.120000000000001 WHERE id = %s", [line.id])
        self.env.invalidate_all()
        self.reconcile()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")

    def test_one_failure_does_not_stop_the_others(self):
        self.take_good(entry("100.00", text="A-2026-1"), entry("200.00", text="A-2026-2"))
        good, bad = self.invoice(100, ref="A-2026-1"), self.invoice(200, ref="A-2026-2")
        refuse = Apply._refuse_unfit

        def failing(self, bundle):
            if bundle.targets.move_id == bad:
                raise RuntimeError("not this one")
            return refuse(self, bundle)

        with patch.object(Apply, "_refuse_unfit", failing):
            self.reconcile()
        self.assertEqual((good.payment_state, bad.payment_state), ("paid", "not_paid"))
        self.assertEqual(self.exceptions("posting_failed").detail, "not this one")

    def test_undo_restores(self):
        invoice = self.invoice(100, ref="A-2026-1")
        line = self.bank_entries(entry("100.00", text="A-2026-1"))
        line.fc_match_ids.action_undo()
        self.assertOpen(line)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(invoice.amount_residual, 100)
        audit = self.env["finance.audit.entry"].search([("action", "=", "match.undo")])
        self.assertEqual(len(audit), 1)

    def test_old_unexplained_line(self):
        line = self.bank_entries(entry("12.00", text="who knows"))
        told = self.exceptions("match_missing")
        self.assertEqual((told.res_id, told.severity), (line.id, "low"))
        self.reconcile()
        self.assertEqual(self.exceptions("match_missing"), told)
        self.assertEqual(told.count, 1)
        self.invoice(12, ref="A-2026-1")
        line.action_undo_reconciliation()
        line.write({"payment_ref": "A-2026-1"})
        self.reconcile()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(told.state, "resolved")

    def test_young_unexplained_line_waits(self):
        self.env["ir.config_parameter"].set_param("finance_connector.match_missing_days", "100000")
        self.bank_entries(entry("12.00", text="who knows"))
        self.assertFalse(self.exceptions("match_missing"))

    def test_batch_of_many(self):
        invoices = [self.invoice(100 + number, ref=f"A-2026-{number:03d}") for number in range(12)]
        self.bank_entries(
            *[entry(f"{100 + n}.00", text=f"A-2026-{n:03d}", bank_id=f"B{n}") for n in range(12)]
        )
        self.assertEqual({invoice.payment_state for invoice in invoices}, {"paid"})
        self.assertEqual(self.env["finance.audit.entry"].search_count([("action", "=", "match.apply")]), 1)
