"""The workbench says of a line that it is with `account_reconcile_oca`."""

from odoo import api, models


class FinanceWorkbench(models.AbstractModel):
    _inherit = "finance.workbench"

    @api.model
    def get_line(self, line_id):
        told = super().get_line(line_id)
        reconciliation = self.env["finance.reconciliation"]
        held = reconciliation._held([line_id])
        if line_id in held:
            told["facts"].append({"name": self.env._("Left alone"), "value": reconciliation._why_held(held[line_id])})
        return told
