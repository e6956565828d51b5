"""The audit chain on screen: verified, exported, and only by those who may."""

import json

from .screen_common import ScreenCase


class TestScreenAudit(ScreenCase):
    def test_verify_the_chain(self):
        self.tour("/odoo/finance-audit", "audit_verify", "screen_auditor")

    def test_a_broken_chain_says_so(self):
        self.env["finance.audit.entry"]._seal()
        entry = self.env["finance.audit.entry"].search([("hash", "!=", False)], order="sequence", limit=1)
        self.env.cr.execute(
            "ALTER TABLE finance_audit_entry DISABLE TRIGGER USER;"
            "UPDATE finance_audit_entry SET action = 'nothing.happened' WHERE id = %s;"
            "ALTER TABLE finance_audit_entry ENABLE TRIGGER USER",
            [entry.id],
        )
        self.env.invalidate_all()
        params = self.env["finance.audit.entry"].action_verify_chain()["params"]
        self.assertEqual((params["type"], params["sticky"]), ("danger", True))
        self.assertIn(f"Entry {entry.sequence} does not verify", params["message"])

    def test_export(self):
        self.env["finance.audit.entry"]._seal()
        self.auditor.company_ids = self.env["res.company"].search([])
        self.authenticate("screen_auditor", "screen_auditor")
        answer = self.url_open("/finance/audit/export")
        self.assertEqual(answer.status_code, 200)
        links = [json.loads(line) for line in answer.text.splitlines()]
        self.assertEqual([link["sequence"] for link in links], list(range(1, len(links) + 1)))

    def test_export_is_refused_to_users_and_to_those_who_may_see_a_part_only(self):
        self.env["finance.audit.entry"]._seal()
        for login in ("screen_user", "screen_auditor"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open("/finance/audit/export").status_code, 403)
