"""The matrix of capabilities for its screen, as the adapters declare it."""

from odoo import api, models
from odoo.exceptions import AccessError

from .. import capabilities


class FinanceCapability(models.AbstractModel):
    _name = "finance.capability"
    _description = "Capabilities"

    @api.model
    def matrix(self):
        """[{title, columns, rows: [{name, marks}], unverified: [{label, sentences}]}] of providers, feeds and formats."""
        if not any(map(self.env.user.has_group, ("finance_connector.group_user", "finance_connector.group_auditor"))):
            raise AccessError(self.env._("You may not see this. Ask an administrator for a role of Finance Connector."))
        tables = (
            (self.env._("Providers"), capabilities.provider_matrix()),
            (self.env._("Bank feeds"), capabilities.feed_matrix()),
            (self.env._("Statement formats"), capabilities.format_matrix()),
        )
        return [
            {
                "title": title,
                "columns": [{"label": label, "doubts": len(dict(unverified).get(label, ()))} for label in columns],
                "rows": [{"name": name, "marks": marks} for name, marks in rows],
                "unverified": [{"label": label, "sentences": sentences} for label, sentences in unverified],
            }
            for title, (columns, rows, unverified) in tables
        ]
