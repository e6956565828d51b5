"""The connection's screen in a real browser: what is missing, a secret that goes in and never comes out."""

from pathlib import Path

import certifi
from odoo.exceptions import AccessError, UserError, ValidationError

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

    def item(self, provider, label, user=None):
        provider.invalidate_recordset()
        checklist = provider.with_user(user or self.administrator).checklist
        return next(item for item in checklist if item["label"] == label)

    def test_each_adapter_says_what_its_secrets_are(self):
        for code, secret, key, words in (
            ("paypal", "Webhook id", "Client id and secret", "client id:secret"),
            ("adyen", "HMAC key", "Report user or key", "user:password"),
            ("gocardless", "Webhook endpoint secret", "Access token", "read-only"),
            ("mollie", "Webhook signing secret", "API key", "organisation access token"),
        ):
            made = self.env["finance.provider"].create({"name": code, "code": code, "company_id": self.company.id})
            self.assertIn(words, self.item(made, key)["hint"])
            item = self.item(made, secret)
            self.assertEqual((item["state"], item["method"]), ("missing", "action_set_secret"))
            action = made.with_context(**item["context"]).action_set_secret()
            wizard = self.env["finance.provider.secret.set"].with_context(**action["context"]).new({})
            self.assertTrue(wizard.told.startswith(secret), wizard.told)
        mollie = self.env["finance.provider"].search([("code", "=", "mollie"), ("company_id", "=", self.company.id)])
        self.assertIn("classic:", self.item(mollie, "Webhook signing secret")["hint"])

    def test_the_address_is_there_to_copy_and_a_refused_call_is_told(self):
        item = self.item(self.draft, "First message received")
        self.assertEqual(item["copy"], self.draft.webhook_url)
        self.assertNotIn("copy", self.item(self.draft, "First message received", self.user))
        target = (self.draft.id, self.company.id)
        self.env["finance.message.rejection"]._trace(self.env.cr, target, 401, "mismatch", "127.0.0.1", b"x")
        self.assertIn("was refused (mismatch)", self.item(self.draft, "First message received")["hint"])

    def test_files_by_profile_ask_for_a_profile(self):
        files = self.env["finance.provider"].create({"name": "Files", "code": "generic", "company_id": self.company.id})
        item = self.item(files, "A settlement profile that is approved")
        self.assertEqual((item["state"], item["method"]), ("advice", "action_define_settlement_profile"))

    def test_inv_10_a_connection_is_approved_by_a_second_person_and_a_change_voids_it(self):
        label = "Approved by a second person"
        draft = self.env["finance.provider"].with_user(self.administrator).create({"name": "Two", "company_id": self.company.id})
        self.administrator.group_ids |= self.env.ref("finance_connector.group_approver")
        with self.assertRaisesRegex(UserError, "nobody approves their own"):
            draft.action_approve_connection()
        with self.assertRaisesRegex(UserError, "Only an approver"):
            draft.with_user(self.user).action_approve_connection()
        self.assertEqual(self.item(draft, label, self.approver)["button"], "Approve")
        draft.with_user(self.approver).action_approve_connection()
        self.assertEqual(self.item(draft, label)["state"], "done")
        self.assertTrue(self.audited("provider.approve", draft))
        draft.posting_mode = "per_settlement"
        self.assertIn("changed since Screen Approver", self.item(draft, label)["hint"])
        with self.assertRaisesRegex(UserError, "by its button"):
            draft.write({"approved_hash": draft.sudo()._connection_hash()})

    def test_further_certificates_are_checked_and_known_to_the_webhook(self):
        with self.assertRaisesRegex(ValidationError, "no certificates"):
            self.draft.certificate_anchors = "nonsense"
        pem = Path(certifi.where()).read_text()
        pem = pem[pem.index("-----BEGIN") : pem.index("-----END CERTIFICATE-----") + len("-----END CERTIFICATE-----")]
        self.provider._webhook_target(self.provider.webhook_token)
        self.provider.certificate_anchors = pem
        self.assertEqual(self.provider._webhook_target(self.provider.webhook_token).anchors, pem.encode())

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

    def test_the_screen_asks_for_what_the_adapter_takes(self):
        files = self.env["finance.provider"].create({"name": "Files", "code": "generic", "company_id": self.company.id})
        names = ("has_webhook", "has_poll", "has_secrets", "has_certificate")
        for code, takes in (
            ("generic", (False, False, False, False)),
            ("adyen", (True, False, True, False)),
            ("paypal", (True, True, True, True)),
        ):
            made = files if code == "generic" else files.copy({"name": code, "code": code})
            self.assertEqual(tuple(made[name] for name in names), takes, code)
        files.action_activate()
        # Nothing of it is ever heard but files, which are expected on no day.
        self.assertEqual((files.state, files.message_warning, files.poll_warning), ("active", False, False))
