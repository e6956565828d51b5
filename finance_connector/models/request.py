"""The outbox: every call out, with its intent key, attempts and outcome."""

from urllib.parse import urlencode

from odoo import api, fields, models


class FinanceRequest(models.Model):
    _name = "finance.request"
    _description = "Outgoing call"
    _order = "id desc"
    _rec_name = "intent_key"

    provider_id = fields.Many2one("finance.provider", readonly=True, index=True, ondelete="restrict")
    feed_id = fields.Many2one("finance.feed", readonly=True, index="btree_not_null", ondelete="restrict")
    feed_account_id = fields.Many2one("finance.feed.account", readonly=True, index="btree_not_null", ondelete="restrict")
    counted = fields.Boolean(readonly=True, help="It used up one of the calls that a bank allows in a day.")
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

    @api.model
    def _note(self, company, intent, method, path, params, noted):
        """Keep a call in the outbox, by a transaction of its own: when a poll is rolled back, its evidence is not.

        ``noted``: the other columns; ``params`` of the address are told in the intent, the body of a call never is.
        """
        with self.env.registry.cursor() as cr:
            self.env(cr=cr)[self._name].sudo().create(
                {
                    "company_id": company.id,
                    "intent_key": f"{intent}?{urlencode(sorted((params or {}).items()), doseq=True)}"[:500],
                    "method": method,
                    "path": path,
                    "attempts": 1,
                    "finished_at": fields.Datetime.now(),
                    **noted,
                }
            )
