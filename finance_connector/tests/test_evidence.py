"""Messages, movements and audit entries cannot be changed or removed, by nobody, and the audit chain shows tampering."""

import psycopg2
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import FinanceCase, fact


class TestEvidence(FinanceCase):
    def refused_by_sql(self, statement):
        with self.assertRaises(psycopg2.Error) as caught, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(statement)
        self.assertIn("append-only", str(caught.exception))

    def test_inv_11_evidence_refuses_update_and_delete_in_orm_and_sql(self):
        message = self.keep("evt_1", b'{"a": 1}')
        movement = self.absorb(fact("capture", "ch_1", 100), message=message).movement_ids
        entry = self.env["finance.audit.entry"]._record("test.act", self.provider, {"x": 1})
        for record, column in ((message, "body_size"), (movement, "amount"), (entry, "at")):
            with self.subTest(record._name):
                value = record[column]
                with self.assertRaises(UserError):
                    record.write({column: value})
                with self.assertRaises(UserError):
                    record.unlink()
                table = record._table
                self.refused_by_sql(f"UPDATE {table} SET {column} = {column} WHERE id = {record.id}")
                self.refused_by_sql(f"DELETE FROM {table} WHERE id = {record.id}")
                self.refused_by_sql(f"TRUNCATE {table} CASCADE")

    def test_inv_11_a_sealed_entry_cannot_be_sealed_anew(self):
        entry = self.env["finance.audit.entry"]._record("test.act", self.provider, {"x": 1})
        self.env["finance.audit.entry"]._seal()
        self.refused_by_sql(f"UPDATE finance_audit_entry SET hash = 'x' WHERE id = {entry.id}")

    def test_inv_11_the_chain_verifies_and_shows_a_change(self):
        audit = self.env["finance.audit.entry"]
        entry = audit._record("test.act", self.provider, {"amount": "10.00"})
        audit._record("test.act", self.provider, {"amount": "11.00"})
        self.assertTrue(audit.verify_chain()["ok"])
        self.env.cr.execute("ALTER TABLE finance_audit_entry DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE finance_audit_entry SET payload = %s WHERE id = %s", ['{"amount":"99.00"}', entry.id]
        )
        self.env.cr.execute("ALTER TABLE finance_audit_entry ENABLE TRIGGER USER")
        entry.invalidate_recordset()
        verdict = audit.verify_chain()
        self.assertFalse(verdict["ok"])
        self.assertEqual(verdict["first_bad"], entry.sequence)

    def test_a_provider_with_messages_cannot_be_deleted(self):
        self.keep()
        with self.assertRaises(UserError):
            self.provider.unlink()

    def test_a_provider_with_messages_cannot_be_deleted_in_sql(self):
        self.keep()
        with self.assertRaises(psycopg2.IntegrityError) as caught, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM finance_provider WHERE id = %s", [self.provider.id])
        self.assertIn("is referred to by finance_message", str(caught.exception))

    def test_storing_a_message_locks_no_row_that_another_one_needs(self):
        """A foreign key of the table would lock the connection's and the company's row in every call (decision 0006)."""
        keys = """SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'finance_message'::regclass"""
        model = self.env["finance.message"]
        self.env.cr.execute(keys)
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.env.cr.execute("ALTER TABLE finance_message ADD FOREIGN KEY (provider_id) REFERENCES finance_provider(id)")
        model._fields["provider_id"].update_db_foreign_key(model, None)
        self.env.cr.execute(keys)
        self.assertEqual(self.env.cr.fetchone(), (0,), "an upgrade from a version that had one leaves none")
