"""Dropping files by hand: several at once, each with its own result."""

from odoo import fields, models


class FinanceImportWizard(models.TransientModel):
    _name = "finance.import.wizard"
    _description = "Import files"

    journal_id = fields.Many2one(
        "account.journal",
        string="Bank account",
        domain="[('type', 'in', ('bank', 'credit', 'cash')), ('company_id', 'in', allowed_company_ids)]",
        help="Leave it empty to let every file find its account by itself.",
    )
    provider_id = fields.Many2one(
        "finance.provider",
        help="For settlement reports, when there are several connections of a kind.",
    )
    file_ids = fields.Many2many(
        "ir.attachment", string="Files", help="CAMT.053, zip archives of them, settlement reports."
    )
    line_ids = fields.One2many("finance.import.wizard.line", "wizard_id", readonly=True)

    def action_import(self):
        """Import every file; the same dialogue then shows what became of each."""
        self.ensure_one()
        imports = self.env["finance.import"]
        results = [
            imports.import_file(attachment.raw or b"", attachment.name, self.journal_id, self.provider_id)
            for attachment in self.file_ids
        ]
        self.file_ids.unlink()
        self.env["finance.import.wizard.line"].create(
            [{"wizard_id": self.id, "import_id": result.id} for result in results]
        )
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import files"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_show(self):
        """The imports of this dialogue, as a list."""
        action = self.env["ir.actions.act_window"]._for_xml_id("finance_connector.action_finance_import")
        return action | {"domain": [("id", "in", self.line_ids.import_id.ids)]}


class FinanceImportWizardLine(models.TransientModel):
    _name = "finance.import.wizard.line"
    _description = "Imported file"

    wizard_id = fields.Many2one("finance.import.wizard", required=True, ondelete="cascade")
    import_id = fields.Many2one("finance.import", required=True, ondelete="cascade")
    filename = fields.Char(related="import_id.filename")
    state = fields.Selection(related="import_id.state")
    line_count = fields.Integer(related="import_id.line_count")
    created_count = fields.Integer(related="import_id.created_count")
    duplicate_count = fields.Integer(related="import_id.duplicate_count")
    reason = fields.Text(related="import_id.reason")

    def action_open(self):
        """Open the import."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "finance.import",
            "res_id": self.import_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
