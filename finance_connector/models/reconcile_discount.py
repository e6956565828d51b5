"""The cash discount that payment terms grant: booked as Odoo itself would, on the accounts of the company and with its tax."""

from odoo import models
from odoo.exceptions import UserError

from .reconcile_choice import Row

_OWN = ("account_id", "amount_currency", "balance", "currency_id", "name", "partner_id")


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _discount_choice(self, item):
        """The choice that pays ``item`` but for its cash discount."""
        whole = {"id": item.id, "amount": str(self._exact(item.amount_residual_currency))}
        return {"items": [whole], "discounts": [item.id]}

    def _discount_rows(self, line, item):
        """The rows of the cash discount of ``item``'s invoice. Raises UserError where there is none that the line may take."""
        invoice, told = item.move_id, {"item": item.display_name}
        if item.currency_id != line.currency_id or not item.discount_date or line.date > item.discount_date:
            raise UserError(self.env._("%(item)s grants no cash discount to this bank line.", **told))
        kind = "loss" if invoice.is_inbound(include_receipts=True) else "gain"
        if not line.company_id[f"account_journal_early_pay_discount_{kind}_account_id"]:
            raise UserError(
                self.env._("Set the account for cash discounts in the accounting settings; then %(item)s can be paid.", **told)
            )
        return self._rows_of_discount(item)

    def _rows_of_discount(self, item):
        """The rows of the cash discount of ``item``'s invoice, whenever it was or is taken."""
        parts = item.move_id._get_invoice_counterpart_amls_for_early_payment_discount_per_payment_term_line()
        return [
            Row(
                self.env["account.account"].browse(vals["account_id"]),
                self.env["res.partner"].browse(vals.get("partner_id") or False),
                vals["name"],
                -self._exact(vals["amount_currency"]),
                vals={name: value for name, value in vals.items() if name not in _OWN},
            )
            for kind in ("term_lines", "tax_lines", "base_lines")
            for group, rest in parts[kind][item].items()
            for vals in [{**group, **rest}]
        ]
