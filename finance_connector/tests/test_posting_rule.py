"""Posting rules: the most specific one in force, approved by a second person, and never one that breaks the proof."""

from datetime import date

from odoo import Command
from odoo.addons.finance_connector.core.balances import EFFECTS
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from ..models.posting_rule import BOOKED_KINDS
from .common import fact
from .posting_common import PostingCase


class TestPostingRule(PostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        both = "finance_connector.group_administrator,finance_connector.group_approver"
        cls.maker = new_test_user(cls.env, "rule_maker", both, **companies)
        cls.checker = new_test_user(cls.env, "rule_checker", both, **companies)

    def rule(self, user=None, **values):
        return self.env["finance.posting.rule"].with_user(user or self.maker).create(
            {
                "kind": "dispute_lost", "debit_role": "adjustment", "credit_role": "disputes",
                "company_id": self.company.id, "valid_from": "2026-01-01", **values,
            }
        )  # fmt: skip

    def test_the_shipped_rules_are_approved_and_move_what_the_provider_moves(self):
        book = self.env["finance.posting.rule"]._book_of(self.provider)
        for kind in BOOKED_KINDS:
            rule = book.pick(kind, date(2026, 3, 2))
            self.assertTrue(rule, kind)
            self.assertEqual(rule._effect(), EFFECTS[kind])

    def test_inv_10_nobody_approves_their_own_rule(self):
        rule = self.rule()
        with self.assertRaisesRegex(UserError, "your own change|their own change"):
            rule.action_approve()
        rule.with_user(self.checker).write({"valid_from": "2026-02-01"})
        with self.assertRaisesRegex(UserError, "their own change"):
            rule.with_user(self.checker).action_approve()
        with self.assertRaisesRegex(UserError, "their own change"):
            rule.with_user(self.maker).action_approve()
        third = new_test_user(self.env, "rule_third", "finance_connector.group_approver", company_id=self.company.id,
                              company_ids=[Command.set(self.company.ids)])  # fmt: skip
        rule.with_user(third).action_approve()
        self.assertEqual((rule.state, rule.approved_by_id), ("approved", third))

    def test_a_user_without_the_role_neither_makes_nor_approves(self):
        user = new_test_user(self.env, "rule_user", "finance_connector.group_user", company_id=self.company.id,
                             company_ids=[Command.set(self.company.ids)])  # fmt: skip
        with self.assertRaises(AccessError):
            self.rule(user)
        with self.assertRaisesRegex(UserError, "Only an approver"):
            self.rule().with_user(user).action_approve()

    def test_the_state_cannot_be_written(self):
        rule = self.rule()
        for values in ({"state": "approved"}, {"approved_hash": "x"}, {"edited_by_id": self.checker.id}):
            with self.assertRaisesRegex(UserError, "by its button"):
                rule.write(values)
        with self.assertRaisesRegex(UserError, "by its button"):
            self.rule(state="approved")

    def test_an_approved_rule_stays_and_an_edit_behind_its_back_voids_it(self):
        rule = self.rule()
        rule.with_user(self.checker).action_approve()
        with self.assertRaisesRegex(UserError, "new version"):
            rule.write({"debit_role": "fees"})
        with self.assertRaisesRegex(UserError, "evidence"):
            rule.unlink()
        self.assertTrue(rule._is_valid())
        self.env.flush_all()
        self.env.cr.execute("UPDATE finance_posting_rule SET debit_role = 'fees' WHERE id = %s", [rule.id])
        rule.invalidate_recordset()
        self.assertFalse(rule._is_valid())

    def test_a_rule_cannot_break_the_proof(self):
        for values in (
            {"credit_role": "clearing"},
            {"debit_role": "clearing"},
            {"kind": "payout", "debit_role": "fees", "credit_role": "clearing"},
        ):
            with self.assertRaises(ValidationError):
                self.rule(**values)

    def test_the_most_specific_then_newest_then_highest_rule_is_used(self):
        book_of = self.env["finance.posting.rule"]._book_of
        day = date(2026, 3, 2)
        company = self.rule()
        self.assertNotEqual(book_of(self.provider).pick("dispute_lost", day), company, "a draft is not used")
        company.with_user(self.checker).action_approve()
        self.assertEqual(book_of(self.provider).pick("dispute_lost", day), company)
        newer = self.rule(valid_from="2026-03-01", debit_role="fees")
        newer.with_user(self.checker).action_approve()
        later = self.rule(valid_from="2026-03-03", debit_role="fx")
        later.with_user(self.checker).action_approve()
        self.assertEqual(book_of(self.provider).pick("dispute_lost", day), newer)
        self.assertEqual(book_of(self.provider).pick("dispute_lost", date(2026, 3, 3)), later)
        second = self.env["finance.posting.rule"].browse(newer.with_user(self.maker).action_new_version()["res_id"])
        self.assertEqual((second.version, second.state), (2, "draft"))
        second.with_user(self.maker).valid_from = "2026-03-01"
        second.with_user(self.checker).action_approve()
        self.assertEqual(book_of(self.provider).pick("dispute_lost", day), second)
        special = self.rule(provider_id=self.provider.id, valid_from="2020-01-01", debit_role="chargeback")
        special.with_user(self.checker).action_approve()
        self.assertEqual(book_of(self.provider).pick("dispute_lost", day), special)
        other = self.make_provider(name="Other")
        self.assertEqual(book_of(other).pick("dispute_lost", day), second)

    def test_a_company_may_charge_lost_disputes_to_the_customer_again(self):
        rule = self.rule(debit_role="receivable")
        rule.with_user(self.checker).action_approve()
        self.invoice(100)
        self.absorb(
            fact("capture", "ch_1", 10000), fact("dispute_open", "dp", 10000, 9), fact("dispute_lost", "dp", 10000, 99),
            payments=(self.info(),),
        )  # fmt: skip
        self.post_now()
        self.assertEqual(self.balances(), {"receivable": 100})
        self.assertTied()

    def test_every_change_is_in_the_audit_chain(self):
        rule = self.rule()
        rule.write({"debit_role": "fees"})
        rule.with_user(self.checker).action_approve()
        entries = self.env["finance.audit.entry"].search(
            [("res_model", "=", rule._name), ("res_id", "=", rule.id)], order="id"
        )
        self.assertEqual(
            entries.mapped("action"), ["posting_rule.create", "posting_rule.change", "posting_rule.approve"]
        )
        self.assertEqual(entries[-1].user_id, self.checker)
