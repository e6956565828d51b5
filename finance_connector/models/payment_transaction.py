"""Odoo's checkout that comes second: it takes the receipt that is booked already instead of making another one."""

from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # Core has no index on it, and every payment at a provider is looked up by it.
    _finance_provider_reference_idx = models.Index("(provider_reference) WHERE provider_reference IS NOT NULL")

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: the receipt that the connector booked, if it did.

        Returns it, or an empty recordset if the money is booked in an entry of its own (aggregated, or unapplied until
        its document is known), which is then applied to the invoice.
        """
        self.ensure_one()
        booked = self.sudo()._finance_booked()
        if not booked:
            return super()._create_payment(**extra_create_values)
        payment = self.env["account.payment"].sudo().search([("finance_movement_id", "in", booked.ids)], limit=1)
        if payment:
            self.payment_id = payment
            if not payment.payment_transaction_id:
                payment.payment_transaction_id = self
        self._finance_follow(booked.transaction_id)
        if booked.kind == "capture" and self.currency_id.compare_amounts(booked.posted_amount, abs(self.amount)):
            self.env["finance.payment.advance"].sudo()._refuse_amount(booked.transaction_id, self)
        return payment

    def _finance_booked(self):
        """The posted movement that this online payment (or refund) is about: the one of its amount, else the first."""
        source = self.source_transaction_id or self
        transactions = self.env["finance.transaction"].search(
            [
                ("company_id", "=", self.company_id.id),
                "|",
                ("payment_transaction_id", "=", source.id),
                "&",
                ("payment_transaction_id", "=", False),
                "|",
                ("reference", "=", source.reference),
                ("provider_reference", "in", [source.provider_reference or "-"]),
            ]
        )
        kind = "refund" if self.operation == "refund" or self.amount < 0 else "capture"
        movements = transactions.movement_ids.filtered(
            lambda movement: movement.kind == kind and movement.posted_at and movement.posted_amount
        )
        taken = self.search([("payment_id.finance_movement_id", "in", movements.ids), ("id", "!=", self.id)])
        free = movements - taken.payment_id.finance_movement_id
        exact = free.filtered(
            lambda movement: (
                movement.currency_id == self.currency_id
                and not self.currency_id.compare_amounts(movement.posted_amount, abs(self.amount))
            )
        )
        return (exact or free)[:1]

    def _finance_follow(self, transactions):
        """Have the connector apply the receipt to the invoices of this online payment."""
        unlinked = transactions.filtered(lambda transaction: not transaction.payment_transaction_id)
        if unlinked:
            unlinked.write({"payment_transaction_id": (self.source_transaction_id or self).id})
        transactions.write({"documents_changed": True, "link_after": False})
        self.env["finance.provider"]._wake("finance_connector.cron_post")
