"""The double-payment radar of an order: what looks as if it was paid before is looked at by a person, who says why not."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import double_payment
from ..core.money import Money


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    suspicion_text = fields.Text(compute="_compute_suspicion_text", string="Perhaps paid before")
    suspicion_answer = fields.Char(string="Why it is no double payment", copy=False, tracking=True)

    @api.depends("instruction_ids.amount", "instruction_ids.item_ids", "execution_date")
    def _compute_suspicion_text(self):
        for order in self:
            order.suspicion_text = "\n".join(one.text for one in order._suspicions())

    def _suspicions(self, levels=(double_payment.HOLD, double_payment.LOOK)):
        """What the radar finds for the payments of the order."""
        self.ensure_one()
        mine = [one for instruction in self.instruction_ids for one in instruction._as_paid()]
        around = double_payment.WINDOW + timedelta(days=1)
        others = (
            self.env["finance.payment.instruction"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("order_id", "!=", self._origin.id),
                    ("order_id.state", "!=", "draft"),
                    ("state", "not in", ("cancelled", "rejected", "returned")),
                    ("order_id.kind", "=", self.kind),
                    ("execution_date", ">=", (self.execution_date or fields.Date.today()) - around),
                    "|",
                    ("partner_id", "in", self.instruction_ids.partner_id.ids),
                    (
                        "bank_account_id.sanitized_acc_number",
                        "in",
                        self.instruction_ids.bank_account_id.mapped("sanitized_acc_number"),
                    ),
                ]
            )
        )
        history = [one for instruction in others for one in instruction._as_paid()]
        history += self._paid_otherwise()
        return [one for one in double_payment.suspicions(mine, history) if one.level in levels]

    def _paid_otherwise(self):
        """Payments by Odoo's own means to the same payees, also those whose reconciliation was undone: the money is gone all the
        same."""
        direction = "inbound" if self.is_collection else "outbound"
        payments = (
            self.env["account.payment"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("payment_type", "=", direction),
                    ("state", "in", ("in_process", "paid")),
                    ("partner_id", "in", self.instruction_ids.partner_id.ids),
                    ("date", ">=", (self.execution_date or fields.Date.today()) - double_payment.WINDOW),
                ]
            )
        )
        return [
            double_payment.Payment(
                one.name or "/",
                str(one.partner_id.commercial_partner_id.id),
                one.partner_bank_id.sanitized_acc_number or "",
                Money.from_decimal(Decimal(str(round(one.amount, 6))), one.currency_id.name),
                one.memo or "",
                one.date,
                self.env._("paid in Odoo"),
            )
            for one in payments
        ]

    def _refuse_suspicions(self):
        """What is nearly certain to be a double payment is not submitted before somebody has said why it is none."""
        found = self._suspicions((double_payment.HOLD,))
        if found and not (self.suspicion_answer or "").strip():
            raise UserError(
                self.env._(
                    "This may have been paid before:\n%s\nCompare the documents. If it is no double payment, say why on the "
                    "order, and submit it then.",
                    "\n".join(one.text for one in found),
                )
            )


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _as_paid(self):
        """The documents of the payment as the radar compares them."""
        self.ensure_one()
        label = dict(self._fields["state"]._description_selection(self.env))[self.state]
        told = self.env._("%(state)s in %(order)s", state=label.lower(), order=self.order_id.name)
        payee, account = str(self.partner_id.id), self.bank_account_id.sanitized_acc_number or ""
        day = self.execution_date or fields.Date.today()
        if not self.item_ids:
            return [
                double_payment.Payment(
                    self.display_name, payee, account, self._money(), self.reference or self.text or "", day, told
                )
            ]
        return [
            double_payment.Payment(
                item.move_id.name or "/",
                payee,
                account,
                Money(item._minor(), self.currency_id.name),
                item.move_id.ref or item.move_id.payment_reference or "",
                day,
                told,
            )
            for item in self.item_ids
            if item.amount > 0
        ]
