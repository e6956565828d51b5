"""A live connection works by settings that a second person approved: what comes in after a change is kept, and used only then."""

import base64

from odoo.exceptions import UserError

from .common import WEBHOOK_SECRET, FinanceCase, fact


class TestProviderHold(FinanceCase):
    def live(self):
        """A live connection that is approved and active."""
        provider = self.env["finance.provider"].create(
            {"name": "Live", "code": "stripe", "company_id": self.company.id, "environment": "live", "grace_minutes": 0}
        )
        provider.set_secret("webhook_secret", WEBHOOK_SECRET)
        with self.assertRaisesRegex(UserError, "approval of a second person"):
            provider.action_activate()
        self.assertEqual({item["state"] for item in provider.checklist if "second person" in item["label"]}, {"missing"})
        self.approve_connection(provider)
        provider.action_activate()
        return provider

    def work(self):
        while self.env["finance.inbox"]._process_batch():
            pass

    def test_inv_10_a_live_connection_is_activated_by_approved_settings_only(self):
        provider = self.live()
        self.assertEqual((provider.state, provider.held), ("active", False))
        self.assertFalse(self.provider.is_approved)
        self.assertEqual((self.provider.state, self.provider.held), ("active", False), "of a test connection it is advice")

    def test_inv_10_a_changed_live_connection_hears_and_uses_nothing_until_it_is_approved(self):
        provider = self.live()
        provider.posting_mode = "per_settlement"
        self.assertTrue(provider.held)
        self.assertEqual(self.exceptions("connection_held").res_id, provider.id)
        message = self.keep("evt_held", body=b'{"id": "evt_held", "type": "balance.available"}', provider=provider)
        self.absorb(fact("capture", "ch_1", 1000), provider=provider)
        self.work()
        self.assertEqual(message.state, "received", "kept, and not worked")
        self.assertEqual(self.env["finance.inbox"]._due(0, 1), 0)
        self.assertEqual(self.env["finance.posting"]._post_provider(provider), 0)
        self.assertFalse(provider.with_context(active_test=False).env["finance.movement"].search(
            [("provider_id", "=", provider.id), ("move_id", "!=", False)]))  # fmt: skip
        self.approve_connection(provider)
        self.assertFalse(provider.held)
        self.assertFalse(self.exceptions("connection_held"))
        self.work()
        self.assertNotEqual(message.state, "received")

    def test_a_report_of_a_held_connection_is_kept_and_refused(self):
        provider = self.live()
        provider.posting_mode = "per_settlement"
        content = base64.b64encode(b"balance_transaction_id,gross\n")
        record = self.env["finance.import"].import_file(content.decode(), "report.csv", provider_id=provider.id)
        self.assertEqual(record.state, "rejected")
        self.assertIn("wait for a second person", record.reason)
        self.assertTrue(record.message_id)

    def test_a_change_that_is_taken_back_lets_the_connection_go(self):
        provider = self.live()
        provider.posting_mode = "per_settlement"
        provider.posting_mode = "per_transaction"
        self.assertFalse(provider.held)
        self.assertFalse(self.exceptions("connection_held"))

    def test_a_connection_that_was_live_before_works_until_it_is_changed(self):
        provider = self.make_provider(name="Old")
        provider.flush_recordset()
        self.env.cr.execute("UPDATE finance_provider SET environment = 'live' WHERE id = %s", [provider.id])
        self.env["finance.provider"]._init_column("predates_approval")
        provider.invalidate_recordset()
        self.env.add_to_compute(provider._fields["held"], provider)
        self.assertTrue(provider.predates_approval)
        self.assertFalse(provider.held)
        provider.name = "Old, renamed"
        self.assertFalse(provider.held)
        provider.account_key = "acct_other"
        self.assertTrue(provider.held)
        self.assertFalse(provider.predates_approval)

    def test_nobody_writes_the_hold_away(self):
        provider = self.live()
        provider.posting_mode = "per_settlement"
        for vals in ({"held": False}, {"predates_approval": True}):
            with self.assertRaisesRegex(UserError, "by its button"):
                provider.write(vals)

    def test_a_test_connection_that_becomes_live_is_held(self):
        self.provider.environment = "live"
        self.assertTrue(self.provider.held)
        self.provider.environment = "test"
        self.assertFalse(self.provider.held)
