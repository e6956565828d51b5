"""Adding open items to a draft order: bills, refunds, and items of entries such as salaries."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..core import netting
from ..models.payment_build import OWED, OWED_BY_ENTRIES


class FinancePaymentPick(models.TransientModel):
    _name = "finance.payment.pick"
    _description = "Add open items to a payment order"

    order_id = fields.Many2one("finance.payment.order", required=True, readonly=True)
    company_id = fields.Many2one(related="order_id.company_id")
    item_ids = fields.Many2many(
        "account.move.line",
        string="Open items",
        domain=f"""[
            ('company_id', '=', company_id), ('parent_state', '=', 'posted'), ('reconciled', '=', False),
            ('account_id.reconcile', '=', True), ('partner_id', '!=', False), ('amount_residual_currency', '!=', 0),
            '|', ('account_type', 'in', {OWED}),
            '&', ('move_id.move_type', '=', 'entry'), ('account_type', 'in', {OWED_BY_ENTRIES})]""",
    )
    together = fields.Boolean(string="One payment a payee", default=True)

    def action_confirm(self):
        """Add payments for them to the order."""
        self.ensure_one()
        items = self.order_id._owed(self.item_ids)
        if not items:
            raise UserError(self.env._("Choose at least one item that is open."))
        items._refuse_blocked()
        self.order_id._check_draft()
        self.order_id._pay_items(items, netting.ALL, self.together)
        return {"type": "ir.actions.act_window_close"}


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def action_pick_items(self):
        """Choose open items to be paid by the order."""
        self.ensure_one()
        self._check_draft()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add bills and salaries"),
            "res_model": "finance.payment.pick",
            "context": {"default_order_id": self.id},
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
        }

    def _check_draft(self):
        if self.state != "draft":
            raise UserError(self.env._("%s is submitted. Take it back to the draft before you add payments.", self.name))
