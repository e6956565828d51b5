"""The exception queue in a real browser: taken, resolved with a reason, tried again, and its source opened."""

from .screen_common import ScreenCase


class TestScreenExceptions(ScreenCase):
    def test_assign_and_resolve_with_a_reason(self):
        self.tour("/odoo/finance-exceptions", "exception_resolve", "screen_user")
        self.assertEqual(self.exception.user_id, self.user)
        self.assertEqual(self.exception.state, "resolved")
        self.assertEqual(self.exception.resolution, "The customer paid twice; refunded at the provider.")
        self.assertEqual(self.exception.resolved_by_id, self.user)
        entry = self.audited("exception.resolved", self.exception)
        self.assertEqual(entry.user_id, self.user)
        self.assertIn("refunded at the provider", entry.payload)

    def test_retry_and_open_source(self):
        self.tour("/odoo/finance-exceptions", "exception_retry", "screen_user")
        self.assertEqual(self.dead.state, "received")
        self.assertEqual(self.dead.attempts, 0)
        self.assertTrue(self.audited("message.replay", self.dead))

    def test_a_board_by_severity(self):
        self.tour("/odoo/finance-exceptions?view_type=kanban", "exception_board", "screen_user")

    def test_every_kind_says_what_to_do_next(self):
        model = self.env["finance.exception"]
        for kind in dict(model._fields["kind"].selection):
            row = model._raise(kind, "guidance", self.company, "something")
            self.assertTrue(row.meaning, kind)
            self.assertTrue(row.next_step, kind)

    def test_filters(self):
        model = self.env["finance.exception"].with_user(self.user)
        self.assertFalse(model.search([("overdue", "=", True), ("company_id", "=", self.company.id)]))
        self.exception.write({"deadline": "2026-01-01 00:00:00"})
        self.assertEqual(model.search([("overdue", "=", True), ("company_id", "=", self.company.id)]).ids, self.exception.ids)
        self.assertNotIn(self.exception.id, model.search([("overdue", "=", False)]).ids)

    def test_a_source_that_may_not_be_read_is_not_offered(self):
        row = self.env["finance.exception"]._raise(
            "books_differ", "users", self.company, "about a user", record=self.env["ir.cron"].search([], limit=1)
        )
        self.assertTrue(row.can_open)
        self.assertFalse(row.with_user(self.auditor).can_open)

    def test_retry_is_offered_where_it_can_help(self):
        raised = self.env["finance.exception"]._raise
        self.assertTrue(self.exception.can_retry)
        dispute = raised("dispute", "screen", self.company, "pi_screen is disputed", record=self.payment)
        self.assertFalse(dispute.can_retry)
        self.assertFalse(raised("posting_failed", "screen", self.company, "something").can_retry)

    def test_a_user_may_retry_whatever_is_offered(self):
        for source in (self.payment, self.bad, self.provider, self.dead):
            row = self.env["finance.exception"]._raise("posting_failed", f"{source}", self.company, "x", record=source)
            row = row.with_user(self.user)
            self.assertTrue(row.can_retry, source)
            row.action_retry()
            self.assertEqual(self.audited("exception.retry", row).user_id, self.user)
