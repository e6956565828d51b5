"""What the tests of bank imports and reconciliation share: a bank journal with an account number, and short views."""

import os
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from .camt_file import IBAN, file_of
from .common import fact
from .posting_common import PostingCase


class BankCase(PostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.make_bank("Main bank", "BNKA", IBAN)

    @classmethod
    def make_bank(cls, name, code, iban, currency=None):
        """A bank journal of the test company with account ``iban``."""
        journal = cls.env["account.journal"].create(
            {
                "name": name,
                "code": code,
                "type": "bank",
                "company_id": cls.company.id,
                "currency_id": currency and currency.id,
            }
        )
        journal.bank_account_id = cls.env["res.partner.bank"].create(
            {"acc_number": iban, "partner_id": cls.company.partner_id.id, "company_id": cls.company.id}
        )
        return journal

    @classmethod
    def make_account(cls, name, code, account_type="expense"):
        """An account of the test company."""
        accounts = cls.env["account.account"].with_company(cls.company)
        return accounts.create({"name": name, "code": code, "account_type": account_type})

    def drop_root(self):
        """The root of drop folders, which is removed when the test ends."""
        root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, root)
        self.env["ir.config_parameter"].set_param("finance_connector.drop_root", str(root))
        environment = patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("FINANCE_CONNECTOR_DROP_ROOT", None)
        return root

    def take(self, content, filename="statement.xml", **target):
        """Import ``content``; the import, read anew."""
        record = self.env["finance.import"].import_file(content, filename, **target)
        self.env.flush_all()
        self.env.invalidate_all()
        return record

    def take_good(self, *entries, **values):
        """Import a statement that must be imported at once."""
        record = self.take(file_of(*entries, **values))
        self.assertEqual(record.state, "imported", record.reason)
        return record

    def lines(self, journal=None):
        """The bank lines of the journal, oldest first."""
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", (journal or self.bank).id)], order="internal_index"
        )

    def amounts(self, journal=None):
        return [Decimal(f"{line.amount:.2f}") for line in self.lines(journal)]

    def assertRefused(self, record, *words):
        """Refused with a reason that has ``words``, an exception that says so, and nothing left of it."""
        self.assertEqual(record.state, "rejected", record.reason)
        for word in words:
            self.assertIn(word, record.reason)
        self.assertFalse(record.line_ids)
        self.assertFalse(record.coverage_ids)
        self.assertFalse(self.env["finance.import.entry"].search([("import_id", "=", record.id)]))
        self.assertTrue(record.message_id, "the bytes are kept")
        raised = self.exceptions("import_rejected").filtered(lambda row: row.res_id == record.id)
        self.assertEqual(len(raised), 1)

    def assertStatementsSound(self, journal=None):
        """Every native statement is complete and valid in Odoo's own eyes."""
        statements = self.env["account.bank.statement"].search(
            [("journal_id", "=", (journal or self.bank).id)]
        )
        for statement in statements:
            self.assertTrue(statement.is_complete, f"{statement.name} is not complete")
            self.assertTrue(statement.is_valid, f"{statement.name} is not valid")
        return statements

    def cron(self, name):
        """Run a scheduled action as it runs, commits included."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"finance_connector.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def reconcile(self):
        self.cron("cron_reconcile")


class ReconcileCase(BankCase):
    def paid_out(self, key="po_1", minor=9700, trace="TRACE77001", arrival="2026-03-05", currency="EUR"):
        """A posted payout of the provider; its settlement."""
        payment = f"pi_{key}"
        self.absorb(
            fact("capture", f"ch_{key}", abs(minor), key=payment, currency=currency),
            fact("payout", key, minor, 600, key=None, currency=currency, settlement_key=key, group=key),
            settlements=(self.payout(key, minor, currency, trace=trace, arrival_date=self.day(arrival)),),
        )
        self.post()
        return self.env["finance.settlement"].search([("external_id", "=", key)])

    def bank_entries(self, *entries, **values):
        """Import and reconcile; the bank lines of the journal."""
        self.take_good(*entries, **values)
        self.reconcile()
        return self.lines()

    def assertOpen(self, line):
        self.assertFalse(line.is_reconciled)
        self.assertEqual(
            line.move_id.line_ids.account_id, self.bank.default_account_id | self.bank.suspense_account_id
        )
