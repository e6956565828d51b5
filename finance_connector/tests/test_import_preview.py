"""The preview of an import says what the import then does, and leaves nothing behind."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .camt_file import IBAN, OTHER_IBAN, entry, file_of, zipped
from .test_import_formats import QIF
from .test_settlement_profile import report
from .test_table_profile import RUNNING, ProfileCase


class TestImportPreview(ProfileCase):
    def preview(self, content, filename="statement.xml", **target):
        """The preview as a plain user sees it; nothing of it stays."""
        before = self.traces()
        imports = self.env["finance.import"].with_user(self.plain)
        told = imports.preview_file(base64.b64encode(content).decode(), filename, **target)
        self.assertEqual(self.traces(), before, "a preview stores nothing")
        return told

    def traces(self):
        models = ("finance.import", "finance.message", "finance.coverage", "finance.import.entry", "finance.exception",
                  "account.bank.statement.line", "finance.audit.entry")  # fmt: skip
        return [self.env[model].search_count([]) for model in models]

    def test_what_is_new_known_and_proven(self):
        content = file_of(entry("10.00"), entry("5.00"))
        told = self.preview(content)
        self.assertEqual((told["verdict"], told["format"], told["entry_count"]), ("good", "camt.053", 2), told)
        (one,) = told["statements"]
        self.assertEqual((one["account"], one["new"], one["known"], one["is_proven"]), (IBAN, 2, 0, True))
        self.assertIn("15.00", one["closing"])
        self.assertEqual([row["decision"] for row in told["entries"]], ["New", "New"])
        self.take_good(entry("10.00"), entry("5.00"))
        self.assertEqual(self.preview(content)["verdict"], "duplicate")
        again = self.preview(content + b" ")["statements"][0]
        self.assertEqual((again["new"], again["known"]), (0, 2))

    def test_a_refusal_has_the_line_and_the_reason_that_the_import_gives(self):
        bad = file_of(entry("10.00"), opening="5.00", closing="16.00")
        told = self.preview(bad)
        record = self.take(bad)
        self.assertEqual((told["verdict"], told["reason"]), ("refused", record.reason))
        of_others = self.preview(file_of(entry("1.00"), iban=OTHER_IBAN))["reason"]
        self.assertIn(OTHER_IBAN, of_others)
        # Whoever refuses it, the line is named, and once.
        self.assertEqual([reason.lower().count("line ") for reason in (told["reason"], of_others)], [1, 1])
        self.assertEqual(self.preview(b"what is this", "x.txt")["verdict"], "refused")

    def test_each_statement_of_an_archive(self):
        self.make_bank("Other bank", "BNKB", OTHER_IBAN)
        told = self.preview(zipped(a=file_of(entry("1.00")), b=file_of(entry("2.00"), iban=OTHER_IBAN)), "month.zip")
        seen = [(one["member"], one["account"]) for one in told["statements"]]
        self.assertEqual(seen, [("a.xml", IBAN), ("b.xml", OTHER_IBAN)])

    def test_the_way_out_is_told(self):
        self.assertEqual(self.preview(QIF.encode(), "bank.qif", journal_id=self.bank.id)["way_out"], "word")
        self.assertEqual(self.preview(RUNNING, "feb.csv", journal_id=self.bank.id)["way_out"], "profile")
        self.profile()
        told = self.preview(RUNNING, "feb.csv")
        self.assertEqual((told["verdict"], told["profile"], told["target"]), ("good", "Online banking (v1)", "Main bank"))
        self.assertEqual(told["statements"][0]["proof"], "A balance after each entry")

    def test_a_settlement_report(self):
        made = self.env["finance.provider"].create({"name": "Nordpay", "code": "generic", "company_id": self.company.id})
        made.action_activate()
        self.assertIn("No profile", self.preview(report(), "march.csv", provider_id=made.id)["reason"])

    def test_a_large_file_is_left_to_the_scheduled_action(self):
        self.env["ir.config_parameter"].set_param("finance_connector.import_byte_limit", "10")
        self.assertEqual(self.preview(file_of(entry("1.00")))["verdict"], "large")

    def test_targets_and_roles(self):
        targets = self.env["finance.import"].with_user(self.plain).import_targets()
        self.assertIn(self.bank.id, [one["id"] for one in targets["journals"]])
        self.assertNotIn(self.provider.journal_id.id, [one["id"] for one in targets["journals"]])
        self.assertEqual([one["id"] for one in targets["providers"]], [self.provider.id])
        self.assertFalse(targets["may_define"])
        auditor = new_test_user(self.env, "preview_auditor", groups="finance_connector.group_auditor", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.env["finance.import"].with_user(auditor).preview_file("", "x")
