"""When facts that do not fit together become exceptions: at once if nothing can explain them, else after the grace time."""

from datetime import timedelta

from odoo import api, fields, models


class FinanceTransaction(models.Model):
    _inherit = "finance.transaction"

    @api.model
    def _check_contradictions(self, provider, transaction_ids=None):
        """Raise and clear `contradiction` exceptions of ``provider``.

        ``transaction_ids``: only these (those a batch touched); None: all that have waited longer than the grace time.
        A missing earlier message is not reported until it has had ``grace_minutes`` to arrive.
        """
        ready_before = fields.Datetime.now() - timedelta(minutes=provider.grace_minutes)
        domain = [("provider_id", "=", provider.id), ("contradiction", "!=", False)]
        if transaction_ids is not None:
            domain += [("id", "in", transaction_ids)]
        for transaction in self.search(domain):
            if transaction.contradiction_definite or transaction.contradiction_since <= ready_before:
                transaction._raise_contradiction()
        self._clear_contradictions(provider, transaction_ids)

    def _raise_contradiction(self):
        self.ensure_one()
        at_risk = max(self.amount_captured, self.amount_refunded, self.amount_disputed)
        self.env["finance.exception"]._raise(
            "contradiction",
            self.id,
            self.company_id,
            self.env._("%s: the provider's messages contradict each other", self.provider_reference),
            detail=self.contradiction,
            record=self,
            provider=self.provider_id,
            amount=at_risk,
            currency=self.currency_id,
        )

    @api.model
    def _clear_contradictions(self, provider, transaction_ids):
        domain = [
            ("kind", "=", "contradiction"),
            ("provider_id", "=", provider.id),
            ("res_model", "=", self._name),
            ("state", "in", ("open", "in_progress")),
        ]
        if transaction_ids is not None:
            domain += [("res_id", "in", transaction_ids)]
        rows = self.env["finance.exception"].search(domain)
        solved = self.browse(rows.mapped("res_id")).filtered(lambda transaction: not transaction.contradiction)
        rows.filtered(lambda row: row.res_id in solved.ids)._close(
            "resolved", self.env._("A later message explains it."), automatic=True
        )
