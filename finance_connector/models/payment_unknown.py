"""Where the money is: payments whose outcome stays unknown longer than the limit are an exception until it is known (INV-9)."""

from datetime import timedelta

from odoo import api, fields, models

from .limits import limit


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    @api.model
    def _cron_unknown(self):
        """Scheduled action: tell every order with payments of unknown outcome, and take back what is known meanwhile."""
        before = fields.Datetime.now() - timedelta(minutes=limit(self.env, "payment_unknown_minutes"))
        doubtful = self.env["finance.payment.instruction"].search([("state", "=", "unknown"), ("in_doubt_since", "<=", before)])
        told = self.env["finance.exception"].search(
            [("kind", "=", "payment_unknown"), ("state", "in", ("open", "in_progress")), ("res_model", "=", self._name)]
        )
        known = {(row.res_id, row.amount_at_risk) for row in told}
        for order in doubtful.order_id:
            payments = doubtful.filtered(lambda one, order=order: one.order_id == order)
            # A person who closes it has not found the money: it is told again while it is unknown.
            if (order.id, sum(payments.mapped("amount"))) not in known:
                order._tell_unknown(payments)
        for order in self.browse(told.mapped("res_id")) - doubtful.order_id:
            order._clear_unknown()

    def _tell_unknown(self, payments):
        self.ensure_one()
        asked = self.request_ids.filtered(lambda one: one.outcome == "unknown" and one.error).mapped("error")
        self.env["finance.exception"]._raise(
            "payment_unknown", f"order-{self.id}", self.company_id,
            self.env._("Nobody knows whether the bank has %(order)s (%(count)s payments)", order=self.name, count=len(payments)),
            detail="\n".join(
                [self.env._("Unknown since %s UTC. Nothing of it is sent again before that is known.",
                            min(payments.mapped("in_doubt_since"))),
                 *dict.fromkeys(asked)]
            ),
            record=self, amount=sum(payments.mapped("amount")), currency=self.currency_id,
        )  # fmt: skip

    def _clear_unknown(self):
        self.ensure_one()
        if "unknown" not in self.instruction_ids.mapped("state"):
            self.env["finance.exception"]._clear(
                "payment_unknown", f"order-{self.id}", self.company_id, self.env._("It is known what became of it.")
            )

    def _retry_exception(self, exception):
        """The retry button of an exception about an order: the bank is asked at once, and what waits is sent."""
        for request in self.sudo().request_ids.filtered(lambda one: one.outcome in ("pending", "unknown")):
            request.next_attempt_at = False
        self.env["finance.provider"]._wake("finance_connector.cron_send_payments")


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _refold(self, orders=None):
        orders = orders or self._orders()
        super()._refold(orders)
        for order in orders.filtered("request_ids"):
            order.sudo()._clear_unknown()
