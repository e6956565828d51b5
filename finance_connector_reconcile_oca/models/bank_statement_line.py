"""The lines of the connector are kept from what `account_reconcile_oca` does by itself, and from what it would overwrite."""

from odoo import models
from odoo.exceptions import UserError


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def _auto_reconcile(self):
        return super(AccountBankStatementLine, self - self._of_connector())._auto_reconcile()

    def _retrieve_partner(self):
        """A partner guessed by a part of the name would be taken for one that the bank has told."""
        return super(AccountBankStatementLine, self - self._of_connector())._retrieve_partner()

    def _of_connector(self):
        """Those that the connector has imported, and those about which it asks a person or has decided."""
        imported = self.filtered("fc_import_id")
        asked = self.env["finance.match"].sudo().search(
            [("line_id", "in", (self - imported).ids), ("state", "in", ("proposed", "ambiguous", "applied"))]
        )  # fmt: skip
        return imported | asked.line_id.with_env(self.env)

    def reconcile_bank_line(self):
        """A screen that was opened before the connector reconciled the line would book it a second time."""
        if self._is_applied():
            raise UserError(
                self.env._(
                    "%s has been reconciled meanwhile. Load it again; to change it, unreconcile it first.", self.display_name
                )
            )
        return super().reconcile_bank_line()

    def action_to_check(self):
        """Marks the entry as not checked; a line that is reconciled stays so."""
        if self._is_applied():
            return self.move_id.write({"checked": False})
        return super().action_to_check()

    def _is_applied(self):
        self.ensure_one()
        return self.is_reconciled and "applied" in self.sudo().fc_match_ids.mapped("state")

    def _forget_draft(self):
        """What the other addon noted of the entry as it was; how it would take its own booking back."""
        noted = self.filtered(lambda line: line.reconcile_data or line.reconcile_mode)
        noted.write({"reconcile_data": False, "reconcile_mode": False})
