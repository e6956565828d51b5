"""Online payments of Odoo's own checkout that still wait although the provider has decided: moved on by Odoo's own
methods, so that the order is released."""

from odoo import api, models

from .inbox import CONCURRENCY

# state of our transaction -> what the online payment must become
_PAID = ("captured", "partially_refunded", "refunded", "disputed", "charged_back")
_TARGETS = dict.fromkeys(_PAID, "done") | {"authorized": "authorized", "failed": "error", "voided": "cancel", "expired": "cancel"}
_ALLOWED = {
    "done": ("draft", "pending", "authorized", "error"),
    "authorized": ("draft", "pending"),
    "error": ("draft", "pending", "authorized"),
    "cancel": ("draft", "pending", "authorized"),
}
BATCH = 200


class FinancePaymentAdvance(models.AbstractModel):
    _name = "finance.payment.advance"
    _description = "Moving online payments on"

    @api.model
    def _advance(self, provider):
        """Move on every linked online payment of ``provider`` that lags behind; each on its own."""
        self._clear_processed(provider)
        after = 0
        while ids := self._lagging(provider, after):
            after = ids[-1]
            for transaction in self.env["finance.transaction"].browse(ids):
                self._advance_one(transaction)
            self.env["ir.cron"]._commit_progress()

    def _retry(self, transactions):
        """The retry button: also those whose processing failed before."""
        for transaction in transactions.filtered("payment_transaction_id"):
            self._advance_one(transaction, again=True)

    def _lagging(self, provider, after):
        self.env["finance.transaction"].flush_model()
        self.env["payment.transaction"].flush_model()
        pairs = [(state, current) for state, target in _TARGETS.items() for current in _ALLOWED[target]]
        self.env.cr.execute(
            """SELECT t.id FROM finance_transaction t JOIN payment_transaction p ON p.id = t.payment_transaction_id
                WHERE t.provider_id = %s AND t.id > %s AND (t.state, p.state) IN %s
                  AND NOT EXISTS (SELECT 1 FROM finance_exception e WHERE e.company_id = t.company_id
                      AND e.state IN ('open', 'in_progress') AND e.cause_key = 'posting_failed:online:' || t.id)
                ORDER BY t.id LIMIT %s""",
            [provider.id, after, tuple(pairs), BATCH],
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _advance_one(self, transaction, again=False):
        online = transaction.payment_transaction_id.sudo().with_company(transaction.company_id)
        target = _TARGETS.get(transaction.state)
        if target and online.state in _ALLOWED[target]:
            if target == "done" and self._refuse_amount(transaction, online):
                return
            if target == "authorized" and not online.provider_id.support_manual_capture:
                return
            self._isolated(transaction, online, lambda: self._set(transaction, online, target))
            again = True
        if again and online.state in ("done", "authorized", "cancel") and not online.is_post_processed:
            self._isolated(transaction, online, online._post_process)

    def _set(self, transaction, online, target):
        if target == "done":
            if not online.provider_reference:
                online.provider_reference = transaction.provider_reference
            online._set_done()
        elif target == "authorized":
            online._set_authorized()
        elif target == "cancel":
            online._set_canceled()
        else:
            online._set_error(self.env._("The provider reports that the payment failed."))

    def _refuse_amount(self, transaction, online):
        """Report an online payment of another amount than was captured; Odoo would take all of it for paid."""
        captured, currency = transaction.amount_captured, transaction.currency_id
        if currency == online.currency_id and not currency.compare_amounts(captured, online.amount):
            return False
        self._report(
            transaction,
            self.env._(
                "%(captured)s was captured, but the online payment %(reference)s is over %(expected)s. Capture or void the "
                "rest in Odoo, or confirm the order by hand.",
                captured=currency.format(captured),
                reference=online.reference,
                expected=online.currency_id.format(online.amount),
            ),
        )
        return True

    def _isolated(self, transaction, online, step):
        """Do ``step`` in a savepoint; what goes wrong in it (a mail, a missing PDF renderer) stops nothing of ours."""
        try:
            with self.env.cr.savepoint():
                step()
        except CONCURRENCY:
            raise
        except Exception as error:  # foreign code: an order confirmation may raise anything
            self._report(
                transaction,
                self.env._(
                    "Odoo could not process the online payment %(reference)s: %(error)s\n\nThe money is booked. Correct the "
                    "cause, then retry, so that the order is released.",
                    reference=online.reference,
                    error=error,
                ),
            )

    def _report(self, transaction, reason):
        self.env["finance.exception"]._raise(
            "posting_failed",
            f"online:{transaction.id}",
            transaction.company_id,
            self.env._("The online payment of %s could not be moved on", transaction.display_name),
            detail=reason,
            record=transaction,
            provider=transaction.provider_id,
            amount=transaction.amount_captured,
            currency=transaction.currency_id,
        )

    def _clear_processed(self, provider):
        """Close the exceptions of online payments that went on since, by whatever way."""
        rows = self.env["finance.exception"].search(
            [
                ("provider_id", "=", provider.id),
                ("kind", "=", "posting_failed"),
                ("cause_key", "=like", "posting_failed:online:%"),
                ("state", "in", ("open", "in_progress")),
            ]
        )
        for row in rows:
            online = self.env["finance.transaction"].browse(row.res_id).payment_transaction_id.sudo()
            if online.state in ("done", "authorized") and online.is_post_processed:
                row._close("resolved", self.env._("Odoo has processed the online payment."), automatic=True)
