"""A document that a payment pays, or that is taken off it: it is in one open payment only."""

from decimal import Decimal

from odoo import api, fields, models

from ..core.money import Money


class FinancePaymentItem(models.Model):
    _name = "finance.payment.item"
    _description = "Document of a payment"
    _order = "instruction_id, id"
    _rec_name = "move_line_id"
    _log_access = False

    instruction_id = fields.Many2one("finance.payment.instruction", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="instruction_id.company_id")
    move_line_id = fields.Many2one("account.move.line", string="Open item", required=True, index=True, ondelete="restrict")
    move_id = fields.Many2one(related="move_line_id.move_id", string="Bill")
    due = fields.Date(related="move_line_id.date_maturity", string="Due")
    currency_id = fields.Many2one(related="instruction_id.currency_id")
    amount = fields.Monetary(required=True, help="What is paid of it; negative for a credit note that is taken off.")
    takes_discount = fields.Boolean(string="Cash discount taken")
    is_open = fields.Boolean(default=True, readonly=True, copy=False)

    # Credit notes may be taken off several payments; what is paid is in one of them.
    _open_uniq = models.UniqueIndex(
        "(move_line_id) WHERE is_open AND amount > 0", "A bill that is in an open payment order cannot enter another one."
    )

    def _minor(self):
        self.ensure_one()
        return Money.from_decimal(Decimal(str(round(self.amount, 6))), self.currency_id.name).minor

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made.instruction_id.order_id._edited()
        return made

    def write(self, vals):
        result = super().write(vals)
        if set(vals) - {"is_open"}:
            self.instruction_id.order_id._edited()
        return result

    @api.ondelete(at_uninstall=False)
    def _edit_order(self):
        self.instruction_id.order_id._edited()
