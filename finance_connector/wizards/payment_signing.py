"""Approving several orders at once, after a summary by payee that shows what is new; and rejecting one with a reason."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.set_insert import insert

_LINE = (
    ("partner_id", "int"),
    ("currency_id", "int"),
    ("amount", "numeric"),
    ("count", "int"),
    ("news", "text"),
    ("accounts", "text"),
)


class FinancePaymentSigning(models.TransientModel):
    _name = "finance.payment.signing"
    _description = "Approve payment orders"

    order_ids = fields.Many2many("finance.payment.order", required=True, readonly=True)
    line_ids = fields.One2many("finance.payment.signing.line", "signing_id", readonly=True)
    content = fields.Json(readonly=True, help="The hash of each order as it was shown.")
    refusals = fields.Text(readonly=True, string="Not these")
    news_count = fields.Integer(compute="_compute_news_count", string="New or changed payees")

    @api.depends("line_ids.news")
    def _compute_news_count(self):
        for one in self:
            one.news_count = len(one.line_ids.filtered("news"))

    @api.model
    def _for_orders(self, orders):
        """The dialogue for those of ``orders`` that the user may sign, and why not for the others."""
        refused = [
            f"{order.name}: {order.my_reasons or self.env._('It does not wait for an approval.')}"
            for order in orders
            if not order.may_sign
        ]
        mine = orders.filtered("may_sign")
        if not mine:
            raise UserError("\n".join(refused) or self.env._("Choose orders that wait for an approval."))
        content = {str(order.id): order.sudo()._content_now() for order in mine}
        made = self.create({"order_ids": mine.ids, "content": content, "refusals": "\n".join(refused)})
        insert(made.line_ids, _LINE, mine._payees(), signing_id=made.id)
        made.invalidate_recordset(["line_ids"])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve payments"),
            "res_model": self._name,
            "res_id": made.id,
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
        }

    def action_confirm(self):
        """Sign them: exactly what was shown, or none of it."""
        self.ensure_one()
        for order in self.order_ids:
            if order.sudo()._content_now() != (self.content or {}).get(str(order.id)):
                raise UserError(self.env._("%s was changed since it was shown to you. Look at it again.", order.name))
        self.order_ids.action_approve()
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class FinancePaymentSigningLine(models.TransientModel):
    _name = "finance.payment.signing.line"
    _description = "Payee of the approved orders"
    _order = "news, amount desc, id"

    signing_id = fields.Many2one("finance.payment.signing", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Payee")
    accounts = fields.Char()
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary()
    count = fields.Integer(string="Payments")
    news = fields.Selection([("changed", "Changed account"), ("new", "New payee")])


class FinancePaymentRejection(models.TransientModel):
    _name = "finance.payment.rejection"
    _description = "Reject payment orders"

    order_ids = fields.Many2many("finance.payment.order", required=True, readonly=True)
    reason = fields.Text(required=True, help="What is wrong, so that its maker can correct it.")

    def action_confirm(self):
        """Send them back."""
        self.order_ids.action_reject(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def action_open_signing(self):
        """What would be approved, by payee, before it is."""
        return self.env["finance.payment.signing"]._for_orders(self)

    def action_open_rejection(self):
        """Ask for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "finance.payment.rejection",
            "context": {"default_order_ids": self.ids},
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
        }
