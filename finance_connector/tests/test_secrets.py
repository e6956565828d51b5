"""Secrets: encrypted at rest, several valid during a rotation, readable nowhere (INV-15)."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import WEBHOOK_SECRET, FinanceCase


class TestSecrets(FinanceCase):
    def test_inv_15_the_database_holds_no_secret_in_clear(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(s)::text FROM finance_provider_secret s")
        stored = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertTrue(stored)
        self.assertNotIn(WEBHOOK_SECRET, stored)
        self.env.cr.execute("SELECT payload FROM finance_audit_entry WHERE action LIKE 'provider.secret%'")
        self.assertNotIn(WEBHOOK_SECRET, " ".join(row[0] for row in self.env.cr.fetchall()))

    def test_inv_15_no_user_can_read_the_cipher_text(self):
        admin = new_test_user(
            self.env, "fc_admin", "finance_connector.group_administrator", company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        secret = self.provider.secret_ids.with_user(admin)
        self.assertTrue(secret.mark)
        with self.assertRaises(AccessError):
            secret.read(["cipher_text"])

    def test_a_replaced_secret_stays_valid_for_its_rotation_time(self):
        self.provider.set_secret("webhook", "whsec_new")
        self.assertEqual(self.provider._secret_values("webhook_secret"), ["whsec_new", WEBHOOK_SECRET])
        old = self.provider.secret_ids.filtered("expires_at")
        old.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.provider._secret_values("webhook_secret"), ["whsec_new"])

    def test_revoking_ends_a_secret_at_once(self):
        self.provider.set_secret("webhook_secret", "whsec_new")
        self.provider.secret_ids.filtered("expires_at").action_revoke()
        self.assertEqual(self.provider._secret_values("webhook_secret"), ["whsec_new"])

    def test_a_connection_without_secret_cannot_be_activated(self):
        provider = self.env["finance.provider"].create({"name": "New", "code": "stripe"})
        with self.assertRaisesRegex(UserError, "signing secret"):
            provider.action_activate()
