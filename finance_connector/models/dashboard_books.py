"""The dashboard's proof: whether the general ledger and the subledger agree, with both figures (INV-7)."""

from odoo import api, models


class FinanceDashboard(models.AbstractModel):
    _inherit = "finance.dashboard"

    def _books(self):
        """{tied, rows, unposted}: every clearing balance and every other one that differs, these first."""
        proof = self.env["finance.tie.out"]._rows()
        shown = [row for row in proof if row["role"] == "clearing" or row["difference"]]
        shown.sort(key=lambda row: (not row["difference"], row["provider"].sequence, row["provider"].id))
        return {
            "tied": not any(row["difference"] for row in proof),
            "rows": [self._books_row(row) for row in shown],
            "unposted": self.env["finance.movement"].search_count([("posted_at", "=", False)]),
        }

    def _books_row(self, row):
        provider, currency = row["provider"], row["currency"]
        screen = self.env["finance.screen"]
        labels = {
            "clearing": self.env._("Clearing"),
            "reserve": self.env._("Reserve"),
            "disputes": self.env._("Disputes"),
            "in_transit": self.env._("In transit"),
        }
        return {
            "key": f"{provider.id}-{row['role']}-{currency.id}",
            "provider_id": provider.id,
            "provider": provider.name,
            "currency_id": currency.id,
            "role": row["role"],
            "role_label": labels[row["role"]],
            "ledger": screen._money_text(row["ledger"], currency),
            "subledger": screen._money_text(row["subledger"], currency),
            "difference": screen._money_text(row["difference"], currency, signed=True),
            "tied": not row["difference"],
        }

    @api.model
    def action_open_books(self, provider_id, role, currency_id):
        """The posted journal items behind one ledger figure."""
        provider = self.env["finance.provider"].browse(provider_id)
        account = provider._role_account(role)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal items of %s", account.display_name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("account_id", "=", account.id),
                ("currency_id", "=", currency_id),
                ("parent_state", "=", "posted"),
            ],
        }
