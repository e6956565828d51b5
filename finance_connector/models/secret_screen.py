"""What a secret is for and how long it is valid, in words."""

from odoo import fields, models
from odoo.tools import format_datetime


class FinanceProviderSecret(models.Model):
    _inherit = "finance.provider.secret"

    label = fields.Char(compute="_compute_validity", string="Secret")
    validity = fields.Char(compute="_compute_validity", string="Valid")

    def _compute_validity(self):
        now = fields.Datetime.now()
        for secret in self:
            if secret.feed_id:
                secret.label = secret.feed_id._adapter().secret_names.get(secret.name, secret.name)
            else:
                secret.label = secret.provider_id._adapter().secret_help.get(secret.name, (secret.name,))[0]
            if not secret.expires_at:
                secret.validity = self.env._("Valid")
            elif secret.expires_at > now:
                secret.validity = self.env._("Replaced, valid until %s", format_datetime(self.env, secret.expires_at))
            else:
                secret.validity = self.env._("Expired %s", format_datetime(self.env, secret.expires_at))
