"""Setting a secret of a bank feed: like that of a provider, with the names that its service has."""

from odoo import api, fields, models

from .. import feeds


class FinanceFeedSecretSet(models.TransientModel):
    _name = "finance.feed.secret.set"
    _inherit = "finance.provider.secret.set"
    _description = "Set a secret of a bank feed"

    provider_id = fields.Many2one(required=False)
    feed_id = fields.Many2one("finance.feed", required=True, readonly=True)
    name = fields.Selection(selection="_names", required=True, default=lambda self: self._first_missing())
    allowed = fields.Char(compute="_compute_allowed")
    # A private key has lines.
    value = fields.Text(compute="_compute_value", inverse="_inverse_value", help="It cannot be read again after saving.")

    @api.model
    def _names(self):
        return sorted({pair for code in feeds.codes() for pair in feeds.get(code).secret_names.items()})

    @api.model
    def _first_missing(self):
        feed = self.env["finance.feed"].browse(self.env.context.get("default_feed_id"))
        held = feed.secret_ids.mapped("name")
        names = list(feed._adapter().secret_names) if feed else []
        return next((name for name in names if name not in held), names[0] if names else False)

    @api.depends("feed_id")
    def _compute_allowed(self):
        for wizard in self:
            wizard.allowed = ",".join(wizard.feed_id._adapter().secret_names) if wizard.feed_id else ""

    def _owner(self):
        return self.feed_id

    @api.depends("feed_id", "name")
    def _compute_replaces(self):
        super()._compute_replaces()
