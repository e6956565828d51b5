"""Reading, verifying and exporting the audit chain from the screen."""

from odoo import api, fields, models

from .json_layout import lay_out


class FinanceAuditEntry(models.Model):
    _inherit = "finance.audit.entry"

    payload_line = fields.Char(compute="_compute_payload_pretty", string="In one line")
    payload_pretty = fields.Text(compute="_compute_payload_pretty", string="What was done")

    @api.depends("payload")
    def _compute_payload_pretty(self):
        for entry in self:
            entry.payload_line = entry.payload
            entry.payload_pretty = lay_out(entry.payload or "")

    def action_verify_chain(self):
        """Recompute the whole chain and say in a notification whether it holds."""
        result = self.verify_chain()
        if result["ok"]:
            title, kind = self.env._("The audit chain is intact"), "success"
            message = self.env._("%s entries verified, from the first to the last.", result["checked"])
        else:
            title, kind = self.env._("The audit chain is broken"), "danger"
            message = self.env._(
                "Entry %(entry)s does not verify: %(reason)s. Tell the auditor, and keep a copy of the database as it is.",
                entry=result["first_bad"],
                reason=result["reason"],
            )
        if result["unsealed"]:
            message += " " + self.env._("%s newer entries are not sealed yet.", result["unsealed"])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": title, "message": message, "type": kind, "sticky": not result["ok"]},
        }

    def action_export_chain(self):
        """The chain as JSON lines, for the offline verifier."""
        return {"type": "ir.actions.act_url", "url": "/finance/audit/export", "target": "download"}
