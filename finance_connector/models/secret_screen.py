"""How long a secret is valid, in words."""

from odoo import fields, models
from odoo.tools import format_datetime


class FinanceProviderSecret(models.Model):
    _inherit = "finance.provider.secret"

    validity = fields.Char(compute="_compute_validity", string="Valid")

    def _compute_validity(self):
        now = fields.Datetime.now()
        for secret in self:
            if not secret.expires_at:
                secret.validity = self.env._("Valid")
            elif secret.expires_at > now:
                secret.validity = self.env._(
                    "Replaced, valid until %s", format_datetime(self.env, secret.expires_at)
                )
            else:
                secret.validity = self.env._("Expired %s", format_datetime(self.env, secret.expires_at))
