"""Receipts that Odoo's own checkout made already: ours links to them and never posts twice."""

from odoo import fields, models

from ..core.errors import FinanceError
from ..core.money import Money, minor_units


class AccountPayment(models.Model):
    _inherit = "account.payment"

    finance_movement_id = fields.Many2one(
        "finance.movement",
        string="Movement",
        readonly=True,
        copy=False,
        help="The fact at the payment provider that this payment books.",
    )

    _finance_movement_uniq = models.UniqueIndex(
        "(finance_movement_id) WHERE finance_movement_id IS NOT NULL", "A movement is booked by one payment."
    )


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    def _link_receipts(self, rows):
        """Set `Row.receipt` where the online payment of the row has a posted receipt or refund of the same amount.

        Raises FinanceError where there is one, but of another amount.
        """
        online = [row for row in rows if row.info.online_id and row.kind in ("capture", "refund")]
        if not online:
            return
        transactions = self.env["payment.transaction"].sudo().browse({row.info.online_id for row in online})
        available = {
            (transaction.id, kind): self._unclaimed_payments(transaction, kind)
            for transaction in transactions
            for kind in ("capture", "refund")
        }
        for row in online:
            candidates = available[row.info.online_id, row.kind]
            if candidates:
                row.receipt = self._same_amount(row, candidates)
                candidates.remove(row.receipt)

    def _unclaimed_payments(self, transaction, kind):
        """The posted payments of an online payment (and of its partial captures or refunds) that no movement has."""
        children = transaction.child_transaction_ids
        if kind == "refund":
            related = children.filtered(lambda child: child.operation == "refund")
        else:
            related = transaction | children.filtered(lambda child: child.operation != "refund")
        direction = "outbound" if kind == "refund" else "inbound"
        return [
            payment
            for payment in related.payment_id
            if payment.move_id.state == "posted"
            and payment.payment_type == direction
            and not payment.finance_movement_id
        ]

    def _same_amount(self, row, candidates):
        amount = Money(row.to_post, row.currency)
        for payment in candidates:
            decimals = payment.currency_id.decimal_places
            booked = minor_units(f"{payment.amount:.{decimals}f}", payment.currency_id.name)
            if payment.currency_id.name == row.currency and booked == row.to_post:
                return payment
        booked = ", ".join(f"{payment.name} ({payment.amount} {payment.currency_id.name})" for payment in candidates)
        raise FinanceError(
            f"Odoo's checkout booked {booked} for {row.info.label}, but the provider reports {amount}. Correct or cancel "
            f"that receipt, then retry; nothing was booked twice."
        )
