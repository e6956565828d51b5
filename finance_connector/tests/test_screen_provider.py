"""The connection's screen in a real browser: what is missing, a secret that goes in and never comes out."""

from odoo.exceptions import AccessError, UserError

from .screen_common import ScreenCase

SECRET = "whsec_from_the_screen"


class TestScreenProvider(ScreenCase):
    def setUp(self):
        super().setUp()
        self.draft = self.env["finance.provider"].create(
            {"name": "Screen draft", "code": "stripe", "company_id": self.company.id}
        )

    def test_set_a_secret_activate_and_revoke(self):
        self.tour(f"/odoo/finance-providers/{self.draft.id}", "provider_secret", "screen_administrator")
        self.assertEqual(self.draft.state, "active")
        self.assertEqual(self.draft._secret_values("webhook_secret"), [SECRET])
        self.assertEqual(self.draft._secret_values("api_key"), [])
        self.assertTrue(self.audited("provider.secret_revoked", self.draft))
        self.env.cr.execute("SELECT count(*) FROM finance_provider_secret_set WHERE to_jsonb(finance_provider_secret_set)"
                            "::text LIKE %s", [f"%{SECRET}%"])  # fmt: skip
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_the_wizard_never_answers_with_the_secret(self):
        wizards = self.env["finance.provider.secret.set"].with_user(self.administrator)
        values = {"provider_id": self.draft.id, "name": "webhook_secret", "value": f"  {SECRET}\n"}
        answer = wizards.web_save(values, {"name": {}, "value": {}, "replaces": {}})
        self.assertNotIn(SECRET, str(answer))
        self.assertEqual(self.draft._secret_values("webhook_secret"), [SECRET])

    def test_an_empty_secret_changes_nothing(self):
        wizards = self.env["finance.provider.secret.set"].with_user(self.administrator)
        with self.assertRaises(UserError):
            wizards.create({"provider_id": self.draft.id, "name": "webhook_secret", "value": "  "})
        self.assertEqual(self.draft._secret_values("webhook_secret"), [])

    def test_only_an_administrator_sets_secrets(self):
        for user in (self.user, self.approver, self.auditor):
            wizards = self.env["finance.provider.secret.set"].with_user(user)
            with self.assertRaises(AccessError):
                wizards.create({"provider_id": self.draft.id, "name": "webhook_secret", "value": SECRET})

    def test_checklist_names_what_is_missing(self):
        states = {item["label"]: item["state"] for item in self.draft.checklist}
        self.assertEqual(states["Webhook signing secret"], "missing")
        self.assertEqual(states["API key"], "advice")
        self.assertEqual(states["An account for every role"], "done")
        self.assertFalse(self.draft.ready)
        self.draft.fee_account_id = False
        item = next(item for item in self.draft.checklist if item["label"] == "An account for every role")
        self.assertEqual((item["state"], item["hint"]), ("missing", "Missing: Fees."))

    def test_silence_says_so(self):
        self.assertFalse(self.provider.message_warning)
        self.env.cr.execute(
            "ALTER TABLE finance_message DISABLE TRIGGER finance_message_no_update;"
            "UPDATE finance_message SET received_at = received_at - interval '2 days' WHERE provider_id = %s;"
            "ALTER TABLE finance_message ENABLE TRIGGER finance_message_no_update",
            [self.provider.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.provider.message_warning, "Quiet for more than 24 hours")
        self.assertEqual(self.provider.poll_warning, "Cannot be asked: no API key")
        self.provider.set_secret("api_key", "rk_test")
        self.env.invalidate_all()
        self.assertEqual(self.provider.poll_warning, "Never asked completely")
