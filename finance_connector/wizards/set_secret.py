"""Setting a secret: the value goes straight to the encrypted store, never into the wizard's own row."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class FinanceProviderSecretSet(models.TransientModel):
    _name = "finance.provider.secret.set"
    _description = "Set a secret"

    provider_id = fields.Many2one("finance.provider", required=True, readonly=True)
    name = fields.Selection(
        [("webhook_secret", "Webhook signing secret"), ("api_key", "API key")],
        required=True,
        default="webhook_secret",
    )
    value = fields.Char(compute="_compute_value", inverse="_inverse_value", help="It cannot be read again after saving.")
    told = fields.Char(compute="_compute_told")
    replaces = fields.Char(compute="_compute_replaces")

    def _compute_value(self):
        # INV-15: there is no way to read a secret back, not even from the cache of the request that set it.
        self.value = False

    def _inverse_value(self):
        for wizard in self.filtered("value"):
            owner = wizard._owner()
            owner.check_access("write")
            owner.set_secret(wizard.name, wizard.value.strip())
        self.invalidate_recordset(["value"])

    def _owner(self):
        """Whose secret it is."""
        return self.provider_id

    @api.depends("provider_id", "name")
    def _compute_told(self):
        """What the provider calls it, and where it is found."""
        for wizard in self:
            label, told = wizard.provider_id._adapter().secret_help.get(wizard.name, ("", "")) if wizard.provider_id else ("", "")
            wizard.told = f"{label}: {told}" if label else False

    @api.depends("provider_id", "name")
    def _compute_replaces(self):
        for wizard in self:
            current = wizard._owner().secret_ids.filtered(
                lambda secret, name=wizard.name: secret.name == name and not secret.expires_at
            )
            wizard.replaces = current[:1].mark or False

    @api.model_create_multi
    def create(self, vals_list):
        if not all((vals.get("value") or "").strip() for vals in vals_list):
            raise UserError(self.env._("Enter the value of the secret; nothing was changed."))
        return super().create(vals_list)

    def action_confirm(self):
        """Close: the value was stored when the wizard was saved."""
        return {"type": "ir.actions.act_window_close"}
