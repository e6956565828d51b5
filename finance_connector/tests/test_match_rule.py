"""Match rules: what they book and propose, what they tolerate, rehearsed on history, in force by a second person only."""

from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user

from .bank_common import ReconcileCase
from .camt_file import entry


class TestMatchRule(ReconcileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.costs = cls.make_account("Bank costs", "627000")
        cls.other = cls.make_account("Other costs", "628000")
        groups = "base.group_user,finance_connector.group_{}"
        cls.maker, cls.approver = (
            new_test_user(cls.env, login, groups=groups.format(role), company_id=cls.company.id, company_ids=cls.company.ids)
            for login, role in (("maker", "user"), ("second", "approver"))
        )

    def rule(self, approve=True, **values):
        values = {"name": "Costs", "company_id": self.company.id, "label_regex": "account m.*ment", "account_id": self.costs.id,
                  "mode": "auto", **values}  # fmt: skip
        rule = self.env["finance.match.rule"].with_user(self.maker).create(values)
        if approve:
            rule.with_user(self.approver).action_approve()
        return rule

    def counterparts(self, line):
        _liquidity, suspense, other = line._seek_for_lines()
        return {item.account_id.code: item.balance for item in suspense | other}

    def test_a_line_that_fits_is_booked_by_itself(self):
        rule = self.rule()
        line = self.bank_entries(entry("-7.50", text="ACCOUNT MANAGEMENT Q1"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.counterparts(line), {"627000": 7.5})
        match = line.fc_match_ids
        self.assertEqual((match.rule_id, match.applied_by_id), (rule.sudo(), self.env["res.users"]))
        self.assertIn("Costs", match.explanation)

    def test_a_rule_that_proposes_waits_for_a_person(self):
        self.rule(mode="propose")
        line = self.bank_entries(entry("-7.50", text="ACCOUNT MANAGEMENT Q1"))
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.fc_match_ids.mapped("state"), ["proposed"])
        self.reconcile()
        self.assertEqual(len(line.fc_match_ids), 1)
        line.fc_match_ids.with_user(self.maker).action_apply()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.counterparts(line), {"627000": 7.5})

    def test_conditions_hold_together(self):
        rule = self.rule(direction="out", amount_min=5, amount_max=10, bank_code="PMNT", approve=False)
        lines = self.bank_entries(
            entry("-7.50", text="account management"), entry("7.50", text="account management"),
            entry("-4.99", text="account management"), entry("-10.01", text="account management"),
            entry("-7.00", text="something else"))  # fmt: skip
        self.assertEqual([rule._fits(line) for line in lines], [True, False, False, False, False])
        rule.write({"bank_code": "ACMT"})
        self.assertFalse(rule._fits(lines[0]))

    def test_an_open_invoice_outranks_a_rule(self):
        self.rule(label_regex="A-2026")
        invoice = self.invoice(100, ref="A-2026-1")
        line = self.bank_entries(entry("100.00", text="A-2026-1"))
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(line.fc_match_ids.rule_id)

    def test_a_tolerated_difference_is_booked_to_the_account_of_the_rule(self):
        self.rule(purpose="difference", label_regex=False, tolerance=1, tolerance_percent=2, name="Cents")
        paid, kept = self.invoice(100, ref="A-2026-1"), self.invoice(40, ref="A-2026-2")
        lines = self.bank_entries(entry("99.10", text="A-2026-1"), entry("39.10", text="A-2026-2"))
        self.assertEqual((paid.payment_state, kept.payment_state), ("paid", "not_paid"), "2.25 % are above 2 %")
        self.assertEqual(self.counterparts(lines[0]), {self.receivable.code: -100, "627000": 0.9})
        self.assertFalse(lines[1].is_reconciled)

    def test_undone_by_a_person_a_rule_does_not_come_back(self):
        self.rule()
        line = self.bank_entries(entry("-7.50", text="ACCOUNT MANAGEMENT Q1"))
        line.fc_match_ids.action_undo()
        self.reconcile()
        self.assertFalse(line.is_reconciled)

    def test_inv_10_a_draft_does_nothing_and_nobody_approves_his_own(self):
        rule = self.rule(approve=False)
        line = self.bank_entries(entry("-7.50", text="ACCOUNT MANAGEMENT Q1"))
        self.assertFalse(line.is_reconciled)
        with self.assertRaises(UserError):
            rule.with_user(self.maker).action_approve()
        rule.with_user(self.approver).write({"amount_max": 50})
        with self.assertRaises(UserError):
            rule.with_user(self.approver).action_approve()
        with self.assertRaises(UserError):
            rule.write({"state": "approved"})

    def test_inv_10_an_edit_voids_the_approval_in_whatever_way_it_is_made(self):
        rule = self.rule()
        with self.assertRaises(UserError):
            rule.write({"amount_max": 50})
        self.env.cr.execute("UPDATE finance_match_rule SET account_id = %s WHERE id = %s", [self.other.id, rule.id])
        self.env.invalidate_all()
        line = self.bank_entries(entry("-7.50", text="ACCOUNT MANAGEMENT Q1"))
        self.assertFalse(line.is_reconciled)

    def test_a_new_version_takes_the_place_of_the_old_one(self):
        rule = self.rule()
        action = rule.with_user(self.maker).action_new_version()
        newer = self.env["finance.match.rule"].browse(action["res_id"])
        self.assertEqual((newer.version, newer.state), (2, "draft"))
        newer.with_user(self.maker).account_id = self.other
        newer.with_user(self.approver).action_approve()
        self.assertFalse(rule.active)
        line = self.bank_entries(entry("-7.50", text="ACCOUNT MANAGEMENT Q1"))
        self.assertEqual(self.counterparts(line), {"628000": 7.5})

    def test_inv_10_a_replaced_version_does_not_come_back_by_itself(self):
        rule = self.rule()
        rule.with_user(self.maker).write({"active": False})
        with self.assertRaises(UserError):
            rule.with_user(self.maker).write({"active": True})

    def test_a_rehearsal_tells_what_the_rule_would_have_done(self):
        lines = self.bank_entries(*(entry(f"-{amount}.00", text="account management") for amount in (5, 6, 7)),
                                entry("-8.00", text="something else"))  # fmt: skip
        choose = self.env["finance.reconciliation"]._choose
        for line, account, amount in ((lines[0], self.costs, "-5.00"), (lines[1], self.other, "-6.00")):
            choose(line, {"write_offs": [{"account_id": account.id, "amount": amount}]}, self.env.user)
        rule = self.rule(approve=False)
        self.assertFalse(rule.is_rehearsed)
        rule.action_rehearse()
        figures = (rule.rehearsed_new, rule.rehearsed_same, rule.rehearsed_other, rule.rehearsed_amount, rule.rehearsed_precision)
        self.assertEqual(figures, (1, 1, 1, 18, 50))
        told = {row.line_id: row.outcome for row in rule.sudo().rehearsal_ids}
        self.assertEqual(told, {lines[0]: "same", lines[1]: "moved", lines[2]: "new"})
        self.assertTrue(rule.is_rehearsed)
        self.assertFalse(lines[2].is_reconciled)
        rule.write({"label_regex": "management"})
        self.assertFalse(rule.is_rehearsed)

    def test_a_long_rehearsal_goes_on_in_steps_and_can_be_stopped(self):
        self.bank_entries(*(entry(f"-{amount}.00", text="account management") for amount in range(1, 8)))
        rule = self.rule(approve=False)
        with patch("odoo.addons.finance_connector.models.match_rehearsal.STEP", 3):
            rule.action_rehearse()
            self.assertEqual((rule.rehearsal_state, rule.rehearsal_done, rule.rehearsal_total), ("running", 3, 7))
            self.assertFalse(rule.is_rehearsed)
            self.cron("cron_rehearse")
            self.assertEqual((rule.rehearsal_state, rule.rehearsal_done, rule.rehearsed_new), ("done", 7, 7))
            self.assertTrue(rule.is_rehearsed)
            rule.action_rehearse()
            rule.action_stop_rehearsal()
            self.cron("cron_rehearse")
        self.assertEqual((rule.rehearsal_state, rule.rehearsal_done, len(rule.rehearsal_ids)), ("stopped", 3, 3))
        self.assertFalse(rule.is_rehearsed)

    def test_a_rehearsal_tells_what_the_version_in_force_explains_and_this_one_not(self):
        self.rule(mode="auto")
        line = self.bank_entries(entry("-5.00", text="account management"))
        self.assertTrue(line.is_reconciled)
        draft = self.rule(approve=False, label_regex="account fee")
        draft.action_rehearse()
        self.assertEqual((draft.rehearsed_lost, draft.rehearsal_ids.outcome), (1, "lost"))

    def test_what_makes_no_sense_is_refused(self):
        for values, word in (
            ({"label_regex": "("}, "regular expression"),
            ({"label_regex": False}, "every bank line"),
            ({"amount_min": 10, "amount_max": 5}, "no amount"),
            ({"purpose": "difference"}, "tolerates nothing"),
        ):
            with self.subTest(word), self.assertRaisesRegex(ValidationError, word):
                self.rule(approve=False, **values)
