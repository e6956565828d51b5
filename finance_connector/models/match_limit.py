"""The amount above which a match is only proposed: a company's own limit, in every currency at the day's rate."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    fc_match_limit = fields.Monetary(
        string="Reconcile by itself up to",
        help="A bank line above this amount is only proposed, however certain its match is. Nothing: no limit.",
    )

    def _match_limits(self):
        """ISO code -> the limit in minor units, for all active currencies; nothing if there is no limit."""
        self.ensure_one()
        if not self.fc_match_limit:
            return {}
        today = fields.Date.context_today(self)
        return {
            currency.name: round(
                self.currency_id._convert(self.fc_match_limit, currency, self, today) * 10**currency.decimal_places
            )
            for currency in self.env["res.currency"].search([("active", "=", True)])
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    fc_match_limit = fields.Monetary(related="company_id.fc_match_limit", readonly=False)
