"""The queue: one row a cause, closed only with a reason or by the cause going away."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import FinanceCase, fact


class TestException(FinanceCase):
    def raise_one(self, **values):
        return self.env["finance.exception"]._raise(
            "contradiction", "cause", self.company, "It happened", record=self.provider, **values
        )

    def test_one_row_a_cause_with_a_count(self):
        first = self.raise_one(amount=5)
        again = self.raise_one(amount=7)
        self.assertEqual(first, again)
        self.assertEqual((first.count, first.amount_at_risk, first.severity), (2, 7, "high"))
        self.assertTrue(first.deadline > first.first_seen)

    def test_a_closed_cause_that_returns_is_a_new_row(self):
        first = self.raise_one()
        self.env["finance.exception"]._clear("contradiction", "cause", self.company, "gone")
        self.assertEqual((first.state, first.resolution), ("resolved", "gone"))
        self.assertNotEqual(self.raise_one(), first)

    def test_many_at_once_and_one_of_them_is_there_already(self):
        queue = self.env["finance.exception"]
        there = self.raise_one(amount=5)
        told = [{"cause": name, "summary": name, "amount": 7, "record": self.provider} for name in ("first", "cause", "last")]
        queue._raise_new("contradiction", self.company, told[::2])
        rows = queue.search([("cause_key", "in", ("contradiction:first", "contradiction:last"))])
        self.assertEqual([(row.count, row.amount_at_risk, row.res_id) for row in rows], [(1, 7, self.provider.id)] * 2)
        # Somebody else was quicker.
        queue._raise_new("contradiction", self.company, [told[1], {"cause": "new", "summary": "new"}])
        self.assertEqual((there.count, there.amount_at_risk, there.summary), (2, 7, "cause"))
        self.assertEqual(queue.search_count([("cause_key", "=", "contradiction:new")]), 1)

    def test_resolving_needs_a_reason_and_is_audited(self):
        exception = self.raise_one()
        action = exception.action_resolve()
        wizard = self.env["finance.exception.resolve"].with_context(**action["context"]).create({"reason": "Called bank"})
        wizard.action_confirm()
        self.assertEqual((exception.state, exception.resolution), ("resolved", "Called bank"))
        self.assertEqual(exception.resolved_by_id, self.env.user)
        entry = self.env["finance.audit.entry"].search([("action", "=", "exception.resolved")], limit=1)
        self.assertIn("Called bank", entry.payload)

    def test_exceptions_cannot_be_deleted(self):
        with self.assertRaises(UserError):
            self.raise_one().unlink()

    def test_a_contradiction_waits_its_grace_time_unless_nothing_can_explain_it(self):
        self.provider.grace_minutes = 60
        late = self.absorb(fact("refund", "re_1", 500, key="pi_late"))
        never = self.absorb(fact("void", "ch_2", 0, 1, key="pi_never"), fact("capture", "ch_2", 500, 2, key="pi_never"))
        transactions = self.env["finance.transaction"]
        transactions._check_contradictions(self.provider, (late | never).ids)
        self.assertEqual(self.exceptions("contradiction").mapped("res_id"), never.ids)
        self.provider.grace_minutes = 0
        transactions._check_contradictions(self.provider)
        self.assertEqual(sorted(self.exceptions("contradiction").mapped("res_id")), sorted((late | never).ids))
        self.absorb(fact("capture", "ch_1", 500, -5, key="pi_late"))
        transactions._check_contradictions(self.provider, late.ids)
        self.assertEqual(self.exceptions("contradiction").mapped("res_id"), never.ids)

    def test_closing_without_a_reason_is_refused_by_the_server(self):
        with self.assertRaisesRegex(UserError, "Resolve"):
            self.raise_one().write({"state": "resolved"})

    def test_an_auditor_reads_everything_and_changes_nothing(self):
        auditor = new_test_user(
            self.env, "fc_auditor", "finance_connector.group_auditor", company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )  # fmt: skip
        message, exception = self.keep(), self.raise_one()
        for record in (message, exception, self.provider):
            self.assertTrue(record.with_user(auditor).read(["display_name"]))
        acts = (
            message.with_user(auditor).action_replay,
            exception.with_user(auditor).action_retry,
            exception.with_user(auditor).action_assign_to_me,
            self.provider.with_user(auditor).action_pause,
            self.provider.with_user(auditor).action_rotate_token,
            self.provider.with_user(auditor).action_poll,
            lambda: self.provider.with_user(auditor).set_secret("api_key", "sk"),
            lambda: self.provider.secret_ids.with_user(auditor).action_revoke(),
        )
        for act in acts:
            with self.assertRaises(AccessError):
                act()

    def test_inv_15_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "fc_stranger", "finance_connector.group_administrator", company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        transaction = self.absorb(fact("capture", "ch_1", 100))
        records = [self.provider, self.raise_one(), self.keep(), transaction, transaction.movement_ids]
        for record in records:
            model = record.with_user(stranger).with_context(allowed_company_ids=other.ids)
            self.assertFalse(model.search([("id", "in", record.ids)]), record._name)
            with self.assertRaises(AccessError):
                model.read(["display_name"])
