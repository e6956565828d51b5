"""A bounded, redacted trace of refused webhook calls: enough to see an attack or a wrong secret, never trusted data."""

import hashlib

from odoo import SUPERUSER_ID, api, fields, models
from odoo.http import request

CAPACITY = 1000

# A ring: the slot comes from a sequence, so the table never grows beyond CAPACITY and callers do not share a row.
_TRACE = """
INSERT INTO finance_message_rejection (slot, provider_id, company_id, at, status, reason, remote, body_size, body_hash)
VALUES (nextval('finance_message_rejection_ring') %% %s, %s, %s, now() AT TIME ZONE 'UTC', %s, %s, %s, %s, %s)
ON CONFLICT (slot) DO UPDATE SET provider_id = EXCLUDED.provider_id, company_id = EXCLUDED.company_id,
    at = EXCLUDED.at, status = EXCLUDED.status, reason = EXCLUDED.reason, remote = EXCLUDED.remote,
    body_size = EXCLUDED.body_size, body_hash = EXCLUDED.body_hash
"""


class FinanceMessageRejection(models.Model):
    _name = "finance.message.rejection"
    _description = "Refused webhook call"
    _order = "at desc, id desc"
    _rec_name = "reason"
    _log_access = False

    slot = fields.Integer(required=True, readonly=True)
    provider_id = fields.Many2one("finance.provider", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    at = fields.Datetime(readonly=True, required=True)
    status = fields.Integer(readonly=True, help="The HTTP status the caller got.")
    reason = fields.Char(readonly=True, required=True)
    remote = fields.Char(readonly=True)
    body_size = fields.Integer(readonly=True)
    body_hash = fields.Char(readonly=True, help="SHA-256 of the body; the body itself is not kept.")

    _slot_uniq = models.UniqueIndex("(slot)")

    def init(self):
        super().init()
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS finance_message_rejection_ring MINVALUE 0 START 0 CYCLE")

    @api.model
    def _trace(self, cr, provider, status, reason, remote, body):
        """Note one refused call; ``provider`` is (id, company id) or None when the token names no connection."""
        provider_id, company_id = provider or (None, None)
        digest = hashlib.sha256(body).hexdigest()
        cr.execute(_TRACE, (CAPACITY, provider_id, company_id, status, reason, remote, len(body), digest))

    @api.model
    def _trace_alone(self, token, status, reason):
        """Note a call that is refused by an error, in a transaction of its own: the error rolls back the request's."""
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            target = env["finance.provider"]._webhook_target(token)
            provider = (target.provider_id, target.company_id) if target else None
            env[self._name]._trace(cr, provider, status, reason, request.httprequest.remote_addr, b"")
