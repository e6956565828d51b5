"""A feed of files: picked up from a real SFTP server, imported like files, and put away after the commit that says so."""

import shutil
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from odoo.addons.finance_connector.models.feed_files import FinanceFeed as Files
from odoo.exceptions import UserError

from .bank_common import BankCase
from .camt_file import entry, file_of
from .feed_common import ROOT  # makes the simulator importable

try:
    import paramiko

    from simulator.sftp_server import HOST, PASSWORD, USER, SftpBank
except ImportError:
    paramiko = None


@unittest.skipUnless(paramiko and ROOT, "SFTP is tested with paramiko; install requirements.txt")
class TestSftpFeed(BankCase):
    def setUp(self):
        super().setUp()
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.server = SftpBank(self.root).start()
        self.addCleanup(self.server.stop)
        self.feed = self.env["finance.feed"].create(
            {
                "name": "Bank by SFTP", "code": "sftp", "company_id": self.company.id, "host": HOST, "port": self.server.port,
                "username": USER, "host_key": self.server.host_key, "folder": "/", "journal_id": self.bank.id,
            }
        )  # fmt: skip
        self.feed.set_secret("password", PASSWORD)
        self.feed.action_activate()

    def collect(self, looks=2):
        for _look in range(looks):
            self.cron("cron_pull_statements")
        return self.env["finance.import"].search([("feed_id", "=", self.feed.id)], order="id")

    def names(self):
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file())

    def put(self, name, *entries, **values):
        (self.root / name).write_bytes(file_of(*entries, **values))

    def test_good_and_bad_files(self):
        self.put("a.xml", entry("5.00"))
        (self.root / "b.xml").write_bytes(b"<Document>")
        self.assertFalse(self.collect(looks=1), "a file may still be written: it takes two looks")
        self.assertEqual(self.collect(looks=1).mapped("state"), ["imported", "rejected"])
        self.assertEqual(self.names(), ["done/a.xml", "rejected/b.xml"])
        self.assertEqual([line.amount for line in self.lines()], [5])
        self.assertTrue(self.feed.pulled_at)
        self.feed.journal_id = False
        self.assertEqual(self.feed.file_journal_ids, self.bank, "the days of the account are those of its files")
        self.assertTrue(self.bank.fc_calendar)
        self.feed.journal_id = self.bank
        self.assertEqual(len(self.collect()), 2)

    def test_killed_between_commit_and_putting_away(self):
        self.put("a.xml", entry("5.00"))
        with patch.object(Files, "_put_away"):
            self.collect()
        self.assertEqual(self.names(), ["taken/a.xml"])
        self.assertEqual(len(self.collect()), 1, "it is put away, not read again")
        self.assertEqual(self.names(), ["done/a.xml"])

    def test_killed_between_taking_and_commit(self):
        self.put("a.xml", entry("5.00"))
        (self.root / "taken").mkdir()
        (self.root / "a.xml").rename(self.root / "taken" / "a.xml")
        self.assertEqual(self.collect(looks=1).state, "imported")
        self.assertEqual(self.names(), ["done/a.xml"])

    def test_nothing_is_deleted_before_it_is_committed(self):
        self.feed.after_pickup = "delete"
        self.put("a.xml", entry("5.00"))
        self.collect(looks=1)
        with self.enter_registry_test_mode():
            self.feed.action_pull()
        self.assertEqual(self.names(), ["taken/a.xml"], "the button's own transaction is not committed yet")
        self.collect(looks=1)
        self.assertEqual((self.names(), len(self.lines())), ([], 1))

    def test_a_bank_that_allows_reading_only(self):
        self.feed.after_pickup = "leave"
        self.put("a.xml", entry("5.00"))
        self.assertEqual(len(self.collect(looks=4)), 1)
        self.put("a.xml", entry("5.00"), entry("6.00"))
        self.assertEqual(len(self.collect()), 2, "a file that changed is another one")
        self.assertEqual(self.names(), ["a.xml"])

    def test_another_host_key_stops_everything_and_is_said(self):
        self.put("a.xml", entry("5.00"))
        self.server.key = paramiko.RSAKey.generate(2048)
        self.collect()
        told = self.exceptions("feed_failed")
        self.assertIn("another host key", told.detail)
        self.assertEqual((self.server.offered, self.names()), ([], ["a.xml"]))
        self.assertTrue(self.feed.warning)
        with self.assertRaisesRegex(UserError, "another host key"):
            self.feed.action_test_connection()
        self.feed.host_key = self.server.host_key
        self.collect()
        self.assertEqual((told.state, self.names()), ("resolved", ["done/a.xml"]))

    def test_a_connection_that_breaks_is_taken_up_again(self):
        self.put("a.xml", entry("5.00"))
        self.collect(looks=1)
        for operations in range(2, 7):
            self.server.cut_after = operations
            self.collect(looks=1)
        self.server.cut_after = None
        self.collect()
        self.assertEqual((self.names(), len(self.lines())), (["done/a.xml"], 1))
        self.assertFalse(self.exceptions("feed_failed"))

    def test_what_is_missing_is_said(self):
        feed = self.env["finance.feed"].create({"name": "New", "code": "sftp", "company_id": self.company.id})
        with self.assertRaisesRegex(UserError, r"Server.*User.*Host Key.*password"):
            feed.action_activate()
