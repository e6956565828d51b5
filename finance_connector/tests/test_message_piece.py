"""Large files lie in pieces, and are read, shown and kept like any other."""

import base64
from unittest.mock import patch

import psycopg2
from odoo.addons.finance_connector.models import message, message_piece
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import FinanceCase

BODY = bytes(range(256)) * 41


class TestMessagePiece(FinanceCase):
    def setUp(self):
        super().setUp()
        for module in (message, message_piece):
            self.enterContext(patch.object(module, "PIECE", 1000))

    def pieces(self, record):
        return self.env["finance.message.piece"].search([("message_id", "=", record.id)])

    def test_a_large_file_is_whole_wherever_it_is_read(self):
        record = self.keep("file_1", BODY, "file")
        self.assertEqual(self.pieces(record).mapped("number"), list(range(11)))
        self.assertEqual(b"".join(base64.b64decode(piece.content) for piece in self.pieces(record)), BODY)
        self.env.cr.execute("SELECT body IS NULL FROM finance_message WHERE id = %s", [record.id])
        self.assertEqual(self.env.cr.fetchone(), (True,))
        self.assertEqual((record._raw(), base64.b64decode(record.body), record.body_size), (BODY, BODY, len(BODY)))
        self.assertIn("kB", str(record.with_context(bin_size=True).body))

    def test_what_is_small_and_what_workers_read_is_in_one(self):
        for name, body, source in (("file_1", BODY[:1000], "file"), ("evt_1", BODY, "poll")):
            record = self.keep(name, body, source)
            self.assertFalse(self.pieces(record))
            self.assertEqual((record._raw(), base64.b64decode(record.body)), (body, body))

    def test_inv_3_the_same_file_is_kept_once(self):
        imports = self.env["finance.import"]
        first, second = (imports.import_file(BODY, "unknown.bin", provider_id=self.provider.id) for _n in range(2))
        self.assertEqual(first.message_id, second.message_id)
        self.assertEqual(len(self.pieces(first.message_id)), 11)
        self.assertEqual(first.message_id._raw(), BODY)

    def test_inv_11_pieces_are_never_changed(self):
        record = self.keep("file_1", BODY, "file")
        piece = self.pieces(record)[0]
        with self.assertRaises(UserError):
            piece.write({"number": 20})
        with self.assertRaises(UserError):
            piece.unlink()
        for statement in ("UPDATE finance_message_piece SET content = ''", "DELETE FROM finance_message_piece"):
            with self.assertRaises(psycopg2.Error) as caught, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute(statement)
            self.assertIn("append-only", str(caught.exception))
