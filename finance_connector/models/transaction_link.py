"""What linking notes on a transaction, and what the retry button of its exceptions does."""

from odoo import api, fields, models


class FinanceTransaction(models.Model):
    _inherit = "finance.transaction"

    link_after = fields.Datetime(readonly=True, help="Its document is not looked for again before.")
    documents_changed = fields.Boolean(readonly=True, help="An invoice or credit note of it was posted since.")

    _to_link_idx = models.Index("(provider_id, id) WHERE linked_at IS NULL")
    _changed_idx = models.Index("(provider_id, id) WHERE documents_changed")

    @api.depends("movement_ids.move_id", "movement_ids.applied_move_id", "payment_id.move_id")
    def _compute_move_ids(self):
        super()._compute_move_ids()
        for transaction in self:
            transaction.move_ids |= transaction.movement_ids.applied_move_id

    def _retry_exception(self, exception):
        """Look for the document again and post what waits, at once. Users may ask for it, but not write these rows."""
        waiting = self.sudo()
        waiting.write({"link_after": False, "documents_changed": True})
        waiting.movement_ids._try_again()
        self.env["finance.payment.advance"].sudo()._retry(waiting)
        self.env["finance.provider"]._wake("finance_connector.cron_post")

    def _documents_posted(self, company, references, online_ids=(), invoice_ids=()):
        """Invoices or credit notes with these references were posted: look at their transactions again.

        One statement for all; most invoices concern no transaction, and then nothing is written.
        """
        self.flush_model()
        self.env.cr.execute(
            """UPDATE finance_transaction t SET documents_changed = true, link_after = NULL
                WHERE company_id = %(company)s AND NOT COALESCE(documents_changed, false) AND id IN (
                      SELECT id FROM finance_transaction WHERE reference = ANY(%(references)s)
                      UNION ALL SELECT a.id FROM unnest(%(references)s) named(reference)
                        CROSS JOIN LATERAL (
                          SELECT id, reference FROM finance_transaction
                           WHERE reference ~>=~ (named.reference || '-') AND reference ~<~ (named.reference || '.') OFFSET 0) a
                       WHERE regexp_replace(a.reference, '-[0-9]+$', '') = named.reference
                      UNION ALL SELECT id FROM finance_transaction WHERE payment_transaction_id = ANY(%(online)s)
                      UNION ALL SELECT finance_transaction_id FROM finance_transaction_invoice_rel
                       WHERE account_move_id = ANY(%(invoices)s))""",
            {
                "company": company.id,
                "references": sorted(references),
                "online": list(online_ids),
                "invoices": list(invoice_ids),
            },
        )
        if self.env.cr.rowcount:
            self.invalidate_model(["documents_changed", "link_after"])
            self.env["finance.provider"]._wake("finance_connector.cron_post")


class FinanceSettlement(models.Model):
    _inherit = "finance.settlement"

    def _retry_exception(self, exception):
        """Post what waits of this payout, and check it again, at once."""
        self.movement_ids._try_again()
        self.env["finance.provider"]._wake("finance_connector.cron_post", "finance_connector.cron_verify")


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    def _retry_exception(self, exception):
        """Exceptions of posting are tried again by posting; all others by asking the provider."""
        if exception.kind not in ("posting_failed", "books_differ"):
            return super()._retry_exception(exception)
        movements = self.env["finance.movement"]
        movements.search([("provider_id", "in", self.ids), ("post_after", "!=", False)])._try_again()
        return self._wake("finance_connector.cron_post", "finance_connector.cron_verify")
