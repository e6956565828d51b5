"""The inbox: every message as it came in, written before anything is understood, and how far its work has come."""

import base64
import uuid
import zlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .light_reference import LightMany2one
from .message_piece import PIECE, PiecedBinary

# Messages of one transaction share a bucket; a worker takes whole buckets, so they are handled in turn.
BUCKETS = 64

_INSERT = """
INSERT INTO finance_message (provider_id, company_id, source, external_id, event_type, bucket, received_at, occurred_at,
    state, attempts, next_attempt_at, headers, body, body_size)
VALUES (%s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC', %s,
    'received', 0, now() AT TIME ZONE 'UTC', %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""


def bucket_of(key):
    """The bucket of a transaction key: stable over processes and restarts."""
    return zlib.crc32(key.encode()) % BUCKETS


class FinanceMessage(models.Model):
    _name = "finance.message"
    _description = "Message"
    _inherit = ["finance.append.only"]
    _order = "id desc"
    _rec_name = "external_id"
    _log_access = False
    _mutable_columns = frozenset({"state", "attempts", "next_attempt_at", "error", "done_at", "outcome"})

    provider_id = LightMany2one("finance.provider", ondelete="restrict", readonly=True)
    # A company with messages has a connection or an import, whose foreign keys hold it.
    company_id = LightMany2one("res.company", required=True, readonly=True, guarded=False)
    source = fields.Selection(
        [("webhook", "Webhook"), ("poll", "Poll"), ("file", "File"), ("manual", "Manual")], required=True, readonly=True
    )
    external_id = fields.Char(required=True, readonly=True)
    event_type = fields.Char(string="Type", readonly=True)
    bucket = fields.Integer(readonly=True, required=True, default=0)
    received_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    occurred_at = fields.Datetime(readonly=True, help="The provider's clock.")
    headers = fields.Json(readonly=True, groups="finance_connector.group_administrator")
    body = PiecedBinary(attachment=False, readonly=True, help="The raw bytes, exactly as they came in.")
    body_size = fields.Integer(readonly=True)
    body_text = fields.Text(compute="_compute_body_text", string="Content")
    state = fields.Selection(
        [
            ("received", "Received"),
            ("done", "Done"),
            ("ignored", "Ignored"),
            ("failed", "Failed, will be tried again"),
            ("dead", "Given up"),
        ],
        required=True,
        default="received",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_attempt_at = fields.Datetime(readonly=True)
    done_at = fields.Datetime(readonly=True)
    outcome = fields.Char(readonly=True, help="What became of it, in words.")
    error = fields.Text(readonly=True)
    movement_ids = fields.One2many("finance.movement", "message_id", readonly=True)

    # INV-3: the index decides what is a duplicate, for webhooks and polls of a connection and for files of a company.
    _external_uniq = models.UniqueIndex("(provider_id, external_id) WHERE provider_id IS NOT NULL")
    _external_company_uniq = models.UniqueIndex("(company_id, external_id) WHERE provider_id IS NULL")
    _pending_idx = models.Index("(next_attempt_at, id) WHERE state IN ('received', 'failed')")
    _dead_idx = models.Index("(id) WHERE state = 'dead'")

    @api.depends("body")
    def _compute_body_text(self):
        for message in self:
            message.body_text = message._raw().decode("utf-8", "replace") or False

    def _raw(self):
        """The raw bytes of the message."""
        self.ensure_one()
        self.check_access("read")
        return self.env["finance.message.piece"]._raw(self.id) or base64.b64decode(
            self.with_context(bin_size=False).body or b""
        )

    @api.model
    def _store(self, cr, provider_id, company_id, source, envelope, body, headers=()):
        """INV-1, INV-3: keep the bytes; return the new row's id, or None when this message is already here.

        One INSERT and nothing else, so that it can be the whole work of a webhook call. ``envelope`` is a
        `core.records.Envelope`.
        """
        occurred_at = envelope.occurred_at
        external_id = envelope.external_id
        if envelope.repeatable:
            external_id = f"{external_id}/{uuid.uuid4().hex}"
        # Workers of the inbox read the others whole.
        in_pieces = source == "file" and len(body) > PIECE
        cr.execute(
            _INSERT,
            (
                provider_id,
                company_id,
                source,
                external_id,
                envelope.event_type,
                bucket_of(envelope.lane_key),
                occurred_at and occurred_at.replace(tzinfo=None),
                fields.Json().convert_to_column_insert(dict(headers), self) if headers else None,
                None if in_pieces else base64.b64encode(body),
                len(body),
            ),
            # A copy stored at the same moment is no error, and a failed statement would be logged with the whole message.
            log_exceptions=False,
        )
        row = cr.fetchone()
        if row and in_pieces:
            self.env["finance.message.piece"]._keep(cr, row[0], body)
        return row[0] if row else None

    def action_replay(self):
        """Give the message another round from the beginning, at once. Facts it already gave are not given twice."""
        self.check_access("write")
        refused = self.filtered(lambda message: message.state == "received")
        if refused:
            raise UserError(
                self.env._("%s is still waiting for its first round; there is nothing to replay.", refused[0].external_id)
            )
        self.env.cr.execute(
            SQL(
                """UPDATE finance_message SET state = 'received', attempts = 0, error = NULL,
                       next_attempt_at = now() AT TIME ZONE 'UTC' WHERE id IN %s""",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset()
        for message in self:
            self.env["finance.audit.entry"]._record("message.replay", message, {"external_id": message.external_id})
        self._trigger_processing()
        return True

    @api.model
    def _trigger_processing(self):
        """Wake the inbox workers, unless a wake-up is already on its way."""
        for shard in range(2):
            self.env["finance.provider"]._wake(f"finance_connector.cron_inbox_{shard}")
