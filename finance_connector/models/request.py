"""The outbox: every call out, with its intent key, attempts and outcome."""

from odoo import fields, models


class FinanceRequest(models.Model):
    _name = "finance.request"
    _description = "Outgoing call"
    _order = "id desc"
    _rec_name = "intent_key"

    provider_id = fields.Many2one("finance.provider", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    intent_key = fields.Char(required=True, readonly=True, help="Names what is wanted; a repeated try has the same key.")
    method = fields.Char(readonly=True)
    path = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True, default=0)
    outcome = fields.Selection(
        [("pending", "Pending"), ("done", "Done"), ("failed", "Failed"), ("unknown", "Unknown")],
        required=True,
        default="pending",
        readonly=True,
        index=True,
    )
    status = fields.Integer(string="HTTP status", readonly=True)
    latency_ms = fields.Integer(readonly=True)
    error = fields.Char(readonly=True)
    created_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    finished_at = fields.Datetime(readonly=True)
