"""Receipts whose money the provider has paid out already cannot be cancelled or reset: the money has moved."""

from odoo import api, models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _refuse_if_settled(self):
        """Raise for a payment whose transaction is in a settlement."""
        movements = self.env["finance.movement"].sudo()
        booked = movements.search(
            [
                ("id", "in", self.sudo().finance_movement_id.ids),
                ("transaction_id.settlement_state", "!=", "unsettled"),
            ],
            limit=1,
        )
        if booked:
            payout = booked.transaction_id.settlement_ids[:1].external_id
            raise UserError(
                self.env._(
                    "The payment of %(payment)s is part of the payout %(payout)s of %(provider)s, so it cannot be "
                    "cancelled, reset or deleted. Refund the customer, or reverse the entry and reconcile by hand.",
                    payment=booked.transaction_id.display_name,
                    payout=payout or "?",
                    provider=booked.provider_id.name,
                )
            )

    def action_cancel(self):
        self._refuse_if_settled()
        return super().action_cancel()

    def action_draft(self):
        self._refuse_if_settled()
        return super().action_draft()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._refuse_if_settled()
