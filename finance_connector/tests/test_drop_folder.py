"""Drop folders: what lies there is imported and moved away after the commit, and no path leads out of the root."""

import os
import shutil
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from odoo.addons.finance_connector.models.import_drop import FinanceImport as Drop
from odoo.exceptions import ValidationError
from odoo.tests import Form

from .bank_common import BankCase
from .camt_file import entry, file_of


class TestDropFolder(BankCase):
    def setUp(self):
        super().setUp()
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.env["ir.config_parameter"].set_param("finance_connector.drop_root", str(self.root))
        environment = patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("FINANCE_CONNECTOR_DROP_ROOT", None)
        self.folder = self.root / "main"
        self.folder.mkdir()
        self.bank.fc_drop_folder = "main"

    def drop(self, name, content, age=60):
        path = self.folder / name
        path.write_bytes(content)
        os.utime(path, (time.time() - age, time.time() - age))
        return path

    def collect(self):
        self.cron("cron_import_statements")

    def imports(self):
        return self.env["finance.import"].search([("journal_id", "=", self.bank.id)], order="id")

    def test_good_and_bad_file(self):
        good, bad = self.drop("a.xml", file_of(entry("5.00"))), self.drop("b.xml", b"<Document>")
        self.collect()
        self.assertEqual(self.imports().mapped("state"), ["imported", "rejected"])
        self.assertFalse(good.exists() or bad.exists())
        self.assertTrue((self.folder / "done" / "a.xml").is_file())
        self.assertTrue((self.folder / "rejected" / "b.xml").is_file())
        self.assertEqual(len(self.lines()), 1)
        self.collect()
        self.assertEqual(len(self.imports()), 2, "what was moved is not read again")

    def test_killed_between_commit_and_move(self):
        path = self.drop("a.xml", file_of(entry("5.00")))
        with patch.object(Drop, "_move_finished"):
            self.collect()
        self.assertTrue(path.exists())
        self.assertEqual(self.imports().state, "imported")
        self.collect()
        self.assertFalse(path.exists())
        self.assertEqual(len(self.imports()), 1, "it was moved, not read again")
        self.assertEqual(len(self.lines()), 1)

    def test_big_file_stays_until_it_is_imported(self):
        self.env["ir.config_parameter"].set_param("finance_connector.import_entry_limit", "1")
        path = self.drop("a.xml", file_of(entry("5.00"), entry("6.00")))
        with patch.object(type(self.env["finance.import"]), "_work_in_steps", lambda record: True):
            self.collect()
            self.collect()
        self.assertEqual(self.imports().state, "received")
        self.assertTrue(path.exists())
        self.collect()
        self.assertEqual(self.imports().state, "imported")
        self.collect()
        self.assertFalse(path.exists())

    def test_file_that_is_still_written_waits(self):
        self.drop("a.xml", file_of(entry("5.00")), age=0)
        self.collect()
        self.assertFalse(self.imports())

    def test_same_name_twice_keeps_both(self):
        self.drop("a.xml", file_of(entry("5.00")))
        self.collect()
        self.drop("a.xml", file_of(entry("6.00", "2026-03-03"), opening="5.00", first="2026-03-03"))
        self.collect()
        self.assertEqual(len(list((self.folder / "done").iterdir())), 2)

    def test_links_are_left_alone(self):
        secret = self.root / "secret.xml"
        secret.write_bytes(file_of(entry("5.00")))
        link = self.folder / "link.xml"
        link.symlink_to(secret)
        os.utime(link, (time.time() - 60, time.time() - 60), follow_symlinks=False)
        self.collect()
        self.assertFalse(self.imports())
        self.assertTrue(secret.exists())
        self.assertFalse(self.exceptions())

    def test_paths_outside_are_refused(self):
        for path in ("..", "../other", "/etc", ".", str(self.root)):
            with self.assertRaises(ValidationError, msg=path):
                self.bank.fc_drop_folder = path

    def test_folder_that_becomes_a_link_outwards_is_not_read(self):
        outside = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, outside)
        (outside / "a.xml").write_bytes(file_of(entry("5.00")))
        self.folder.rmdir()
        self.folder.symlink_to(outside)
        self.collect()
        self.assertFalse(self.imports())
        told = self.exceptions("import_rejected")
        self.assertIn("not inside", told.detail)
        self.folder.unlink()
        self.folder.mkdir()
        self.collect()
        self.assertEqual(told.state, "resolved")

    def test_no_root_no_folder(self):
        self.bank.fc_drop_folder = False
        self.env["ir.config_parameter"].set_param("finance_connector.drop_root", "")
        with self.assertRaises(ValidationError):
            self.bank.fc_drop_folder = "main"


class TestImportScreens(BankCase):
    def test_screens_open(self):
        record = self.take_good(entry("5.00"))
        for model, view in (
            ("finance.import", "view_import_form"),
            ("account.bank.statement.line", "view_bank_line_form"),
        ):
            target = record if model == "finance.import" else record.line_ids
            Form(target, view=f"finance_connector.{view}")
