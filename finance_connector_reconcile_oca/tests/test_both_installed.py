"""Both reconcilers in one database: what is with the other addon is left to it, what is ours is kept from it.

Odoo's tests switch the automatic reconcile of `account_reconcile_oca` off unless the context asks for it, as it does here.
"""

from math import inf
from unittest.mock import patch

from odoo.addons.finance_connector.tests.bank_common import ReconcileCase
from odoo.addons.finance_connector.tests.camt_file import entry
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

SCREEN = "account_reconcile_oca.bank_statement_line_form_reconcile_view"


class BothCase(ReconcileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, _test_account_reconcile_oca=True))

    def setUp(self):
        super().setUp()
        groups = "base.group_user,finance_connector.group_user"
        clerk = new_test_user(self.env, "both-clerk", groups=groups, company_id=self.company.id)
        self.workbench = self.env["finance.workbench"].with_user(clerk).with_context(allowed_company_ids=self.company.ids)

    def by_hand(self, amount, text, **values):
        """A bank line that another importer, or a person, makes."""
        values = {"journal_id": self.bank.id, "date": "2026-03-02", "amount": amount, "payment_ref": text, **values}
        return self.env["account.bank.statement.line"].create(values)

    def receivable_of(self, invoice):
        return invoice.line_ids.filtered(lambda item: item.account_id == self.receivable)

    def draft(self, line, invoice):
        """A person picks ``invoice`` for ``line`` on the other addon's screen, and turns to something else."""
        with Form(line, view=SCREEN) as screen:
            screen.add_account_move_line_id = self.receivable_of(invoice)

    def keep_suspense(self):
        """The bank journal leaves the entries of its lines as they are."""
        self.bank.suspense_account_id.reconcile = True
        self.bank.reconcile_mode = "keep"

    def left_alone(self, line):
        """What the workbench says of ``line``."""
        return {fact["name"]: fact["value"] for fact in self.workbench.get_line(line.id)["facts"]}["Left alone"]

    def assertApplied(self, line, invoice):
        """Ours reconciled ``line`` with ``invoice``."""
        self.assertEqual((line.is_reconciled, invoice.payment_state), (True, "paid"))
        self.assertEqual(line.fc_match_ids.mapped("state"), ["applied"])


class TestOursAreKept(BothCase):
    def test_an_imported_line_is_not_reconciled_by_a_part_of_a_reference(self):
        invoice, other = self.invoice(350, ref="INV-4711-A"), self.invoice(80, ref="INV-4712-A")
        imported = self.bank_entries(entry("350.00", text="INV-4711"))
        self.assertOpen(imported)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertTrue(self.by_hand(80, "INV-4712").is_reconciled, "the other addon is at work")
        self.assertEqual(other.payment_state, "paid")

    def test_a_file_with_two_lines_of_one_reference_is_imported(self):
        self.invoice(80, ref="INV/2026/00080")
        twice = (entry("80.00", text="INV/2026/00080", bank_id=bank_id) for bank_id in ("BANK-1", "BANK-2"))
        lines = self.bank_entries(*twice)
        self.assertEqual((len(lines), lines.filtered("is_reconciled")), (2, lines.browse()))
        self.assertEqual(len(self.exceptions("match_ambiguous")), 2)

    def test_no_partner_is_guessed_for_an_imported_line(self):
        self.take_good(entry("12.00", text="thanks", name="Ada"))
        self.assertFalse(self.lines().partner_id)
        self.assertEqual(self.by_hand(13, "thanks", partner_name="Ada").partner_id, self.partner)

    def test_what_a_person_is_asked_about_is_not_decided_by_the_other(self):
        line = self.by_hand(100, "C-77", partner_id=self.partner.id)
        self.invoice(100, ref="A-1"), self.invoice(100, ref="A-2")
        self.reconcile()
        self.assertEqual(line.fc_match_state, "ambiguous")
        late = self.invoice(100, ref="C-77-B")
        line._auto_reconcile()
        self.assertEqual((line.is_reconciled, late.payment_state), (False, "not_paid"))

    def test_a_screen_opened_before_does_not_book_again(self):
        paid, other = self.invoice(60, ref="INV/2026/00060"), self.invoice(60, ref="OTHER")
        line = self.bank_entries(entry("60.00", text="Payment INV/2026/00060"))
        self.assertApplied(line, paid)
        line._add_account_move_line(self.receivable_of(other))
        with self.assertRaisesRegex(UserError, "reconciled meanwhile"):
            line.reconcile_bank_line()
        self.assertApplied(line, paid)
        self.assertEqual(other.payment_state, "not_paid")

    def test_to_check_leaves_the_reconciliation(self):
        invoice = self.invoice(60, ref="INV/2026/00061")
        line = self.bank_entries(entry("60.00", text="Payment INV/2026/00061"))
        line.action_to_check()
        self.assertApplied(line, invoice)
        self.assertFalse(line.move_id.checked)

    def test_an_undo_by_the_other_screen_is_ours_too(self):
        invoice = self.invoice(60, ref="INV/2026/00062")
        line = self.by_hand(60, "Payment INV/2026/00062")
        line.reconcile_mode = "keep"  # of an earlier booking, before the journal was changed
        self.reconcile()
        self.assertApplied(line, invoice)
        line.unreconcile_bank_line()
        self.assertEqual(line.fc_match_ids.mapped("state"), ["undone"])
        self.assertOpen(line)
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"), "the invoice is not reversed")


class TestTheirsIsLeft(BothCase):
    def test_a_draft_that_nobody_touched_holds_nothing(self):
        invoice = self.invoice(350, ref="INV/2026/00017")
        line = self.by_hand(350, "Payment INV/2026/00017 thank you")
        self.assertTrue(line.reconcile_data, "the other addon notes every line")
        self.reconcile()
        self.assertApplied(line, invoice)
        self.assertFalse(line.reconcile_data)

    def test_a_line_somebody_works_on_is_left_until_the_draft_is_reset(self):
        self.take_good(entry("350.00", text="Payment INV/2026/00017 thank you"))
        line, invoice = self.lines(), self.invoice(350, ref="INV/2026/00017")
        self.draft(line, self.invoice(20, ref="SOMETHING"))
        self.reconcile()
        self.assertOpen(line)
        self.assertFalse(line.fc_match_ids)
        self.assertIn("draft is open", self.left_alone(line))
        with self.assertRaisesRegex(UserError, "draft is open"):
            self.workbench.choose(line.id, {"items": [{"id": self.receivable_of(invoice).id}]})
        line.clean_reconcile()
        self.reconcile()
        self.assertApplied(line, invoice)

    def test_proposals_go_when_a_person_begins_with_the_line(self):
        first, _second = self.invoice(100, ref="A-1"), self.invoice(100, ref="A-2")
        line = self.bank_entries(entry("100.00", text="thanks", name=self.partner.name))
        match = line.fc_match_ids[:1]
        self.draft(line, first)
        with self.assertRaisesRegex(UserError, "draft is open"):
            match.action_apply()
        self.reconcile()
        self.assertFalse(line.fc_match_ids)
        self.assertFalse(self.exceptions("match_ambiguous"))
        line.reconcile_bank_line()
        self.assertEqual((line.is_reconciled, first.payment_state), (True, "paid"))

    def test_who_begins_while_the_connector_is_at_work_is_not_disturbed(self):
        self.take_good(entry("350.00", text="Payment INV/2026/00017"), entry("40.00", text="Payment INV/2026/00018"))
        invoice, free = self.invoice(350, ref="INV/2026/00017"), self.invoice(40, ref="INV/2026/00018")
        begun, left = self.lines().sorted("amount", reverse=True)
        reconciliation = self.env["finance.reconciliation"].with_company(self.company)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda self, *args, **values: inf):
            certain, _others, _blocked = reconciliation._find(self.company)
            self.draft(begun, free)
            self.assertEqual(reconciliation._apply_certain(self.company, certain)[0], [])
        self.assertOpen(begun)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertApplied(left, free)
        self.assertFalse(self.exceptions("posting_failed"))

    def test_what_a_person_unreconciled_there_is_not_done_again(self):
        invoice = self.invoice(90, ref="INV/2026/00090")
        line = self.by_hand(90, "INV/2026/00090")
        self.assertTrue(line.is_reconciled)
        line.unreconcile_bank_line()
        self.reconcile()
        self.assertOpen(line)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_a_journal_that_keeps_its_suspense_lines_is_theirs(self):
        self.keep_suspense()
        invoice = self.invoice(350, ref="INV/2026/00017")
        line = self.bank_entries(entry("350.00", text="Payment INV/2026/00017"))
        self.assertOpen(line)
        self.assertIn("keeps its suspense lines", self.left_alone(line))
        self.assertEqual(self.workbench.get_nearest(line.id), [])
        self.draft(line, invoice)
        line.reconcile_bank_line()
        self.assertEqual(invoice.payment_state, "paid")

    def test_what_was_kept_is_not_taken_back_by_ours(self):
        self.keep_suspense()
        invoice = self.invoice(80, ref="INV/2026/00080")
        self.take_good(entry("80.00", text="INV/2026/00080", bank_id="BANK0080"))
        line = self.lines()
        line.reconcile_bank_line()  # as the screen proposes
        self.assertTrue(line.is_reconciled)
        self.bank.reconcile_mode = "edit"
        self.take_good(
            entry("-80.00", text="RETURN BANK0080", bank_id="BANK0081", day="2026-03-05"),
            first="2026-03-05", opening="80.00", name="STMT-2",
        )  # fmt: skip
        self.reconcile()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        back = self.lines() - line
        self.assertOpen(back)
        self.assertEqual(self.exceptions("match_missing").mapped("res_id"), back.ids, "it is told, not forgotten")
