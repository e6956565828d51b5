"""Large files of the inbox lie in pieces: written, compressed and read one after the other, so that neither Odoo nor PostgreSQL
ever holds several times the file.

One value of a hundred megabytes would be held by both sides, as base64, as text of the statement and as a row, all at once.
"""

import io
import struct

from odoo import api, fields, models
from odoo.tools import SQL

from .light_reference import LightMany2one

# Bytes of one piece; a file that is not longer stays in its message.
PIECE = 1024 * 1024

# PostgreSQL's binary form of COPY: a signature, rows of (number of columns, then length and bytes of each), an end.
_BEGIN = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_END = struct.pack("!h", -1)
_ROW = struct.Struct("!h ii ii i")
_COPY = "COPY finance_message_piece (message_id, number, content) FROM STDIN (FORMAT binary)"
# PostgreSQL's own compression takes longer than writing the bytes does; lz4, where it was built with it, hardly any time.
_HAS_LZ4 = "SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"


class RawBinary(fields.Binary):
    """A Binary whose column holds the bytes themselves; the ORM reads them as base64, as of any other. Written by SQL only."""

    def to_sql(self, model, alias):
        """Base64, as the ORM expects it."""
        return SQL("convert_to(encode(%s, 'base64'), 'UTF8')", super().to_sql(model, alias))


class PiecedBinary(fields.Binary):
    """A Binary of `finance.message` whose content may lie in pieces: then its own column is empty."""

    def to_sql(self, model, alias):
        """The column, or its pieces put together as base64."""
        return SQL(
            """COALESCE(%s, (SELECT convert_to(encode(string_agg(p.content, '' ORDER BY p.number), 'base64'), 'UTF8')
                               FROM finance_message_piece p WHERE p.message_id = %s))""",
            super().to_sql(model, alias),
            SQL.identifier(alias, "id"),
        )


class FinanceMessagePiece(models.Model):
    _name = "finance.message.piece"
    _description = "Piece of a message"
    _inherit = ["finance.append.only"]
    _order = "message_id, number"
    _log_access = False

    message_id = LightMany2one("finance.message", required=True, readonly=True, ondelete="restrict", guarded=False)
    number = fields.Integer(required=True, readonly=True)
    content = RawBinary(attachment=False, readonly=True)

    _number_uniq = models.UniqueIndex("(message_id, number)")

    def init(self):
        super().init()
        self.env.cr.execute(_HAS_LZ4)
        if self.env.cr.fetchone():
            self.env.cr.execute("ALTER TABLE finance_message_piece ALTER COLUMN content SET COMPRESSION lz4")
        else:
            self.env.cr.execute("ALTER TABLE finance_message_piece ALTER COLUMN content SET STORAGE EXTERNAL")

    @api.model
    def _keep(self, cr, message_id, body):
        """Store ``body`` (bytes) as the pieces of the message."""
        cr.copy_expert(_COPY, _Pieces(message_id, body), size=PIECE)

    @api.model
    def _raw(self, message_id):
        """The bytes of all pieces of the message, put together; nothing when there are none."""
        whole = io.BytesIO()
        self.env.cr.execute("SELECT id FROM finance_message_piece WHERE message_id = %s ORDER BY number", [message_id])
        for (piece_id,) in self.env.cr.fetchall():
            self.env.cr.execute("SELECT content FROM finance_message_piece WHERE id = %s", [piece_id])
            whole.write(self.env.cr.fetchone()[0])
        return whole.getvalue()


class _Pieces:
    """The rows of a body's pieces as a file to be copied; each is made when it is read."""

    def __init__(self, message_id, body):
        self._parts, self._rest = self._rows(message_id, memoryview(body)), memoryview(b"")

    @staticmethod
    def _rows(message_id, body):
        yield _BEGIN
        for number, start in enumerate(range(0, len(body), PIECE)):
            piece = body[start : start + PIECE]
            yield _ROW.pack(3, 4, message_id, 4, number, len(piece))
            yield piece
        yield _END

    def read(self, size):  # pylint: disable=method-required-super
        """At most ``size`` bytes of what is next; none at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._parts, b""))
        piece, self._rest = self._rest[:size], self._rest[size:]
        return bytes(piece)
