"""Setting a secret of a bank feed or a payment channel: like that of a provider, with the names that its adapter has."""

from odoo import api, fields, models

from .. import channels, feeds


class FinanceAdapterSecretSet(models.AbstractModel):
    _name = "finance.adapter.secret.set"
    _description = "Set a secret that an adapter names"

    # The column that names whose secret it is, and the registry of its adapters.
    _owner_column = ""
    _adapters = None

    provider_id = fields.Many2one("finance.provider")
    name = fields.Selection(selection="_names", required=True, default=lambda self: self._first_missing())
    allowed = fields.Char(compute="_compute_allowed")
    # A private key has lines.
    value = fields.Text(compute="_compute_value", inverse="_inverse_value", help="It cannot be read again after saving.")

    @api.model
    def _names(self):
        registry = self._adapters
        return sorted({pair for code in registry.codes() for pair in registry.get(code).secret_names.items()}) if registry else []

    @api.model
    def _first_missing(self):
        owner = self[self._owner_column].browse(self.env.context.get(f"default_{self._owner_column}"))
        held = owner.secret_ids.mapped("name")
        names = list(owner._adapter().secret_names) if owner else []
        return next((name for name in names if name not in held), names[0] if names else False)

    @api.depends(lambda self: (self._owner_column,) if self._owner_column else ())
    def _compute_allowed(self):
        for wizard in self:
            wizard.allowed = ",".join(wizard._owner()._adapter().secret_names) if wizard._owner() else ""

    def _owner(self):
        return self[self._owner_column]

    @api.depends(lambda self: (self._owner_column, "name") if self._owner_column else ())
    def _compute_replaces(self):
        super()._compute_replaces()


class FinanceFeedSecretSet(models.TransientModel):
    _name = "finance.feed.secret.set"
    _inherit = ["finance.adapter.secret.set", "finance.provider.secret.set"]
    _description = "Set a secret of a bank feed"
    _owner_column = "feed_id"
    _adapters = feeds

    provider_id = fields.Many2one(required=False)
    feed_id = fields.Many2one("finance.feed", required=True, readonly=True)


class FinancePaymentChannelSecretSet(models.TransientModel):
    _name = "finance.payment.channel.secret.set"
    _inherit = ["finance.adapter.secret.set", "finance.provider.secret.set"]
    _description = "Set a secret of a payment channel"
    _owner_column = "channel_id"
    _adapters = channels

    provider_id = fields.Many2one(required=False)
    channel_id = fields.Many2one("finance.payment.channel", required=True, readonly=True)
