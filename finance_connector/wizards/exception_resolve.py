"""Closing exceptions by hand: always with a reason, always in the audit chain."""

from odoo import fields, models


class FinanceExceptionResolve(models.TransientModel):
    _name = "finance.exception.resolve"
    _description = "Resolve exceptions"

    exception_ids = fields.Many2many("finance.exception", required=True)
    outcome = fields.Selection(
        [("resolved", "Resolved: the cause is dealt with"), ("ignored", "Ignored: nothing needs to be done")],
        required=True,
        default="resolved",
    )
    reason = fields.Text(required=True, help="What you found and did. Auditors will read it.")

    def action_confirm(self):
        """Close the exceptions with the reason."""
        self.ensure_one()
        self.exception_ids.check_access("write")
        self.exception_ids._close(self.outcome, self.reason)
        return {"type": "ir.actions.act_window_close"}
