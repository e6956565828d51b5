"""Which order, invoice or online payment a payment at the provider belongs to: by equality of references, unique or
not at all (INV-8), set-based and within one company (INV-15)."""

from collections import defaultdict

from odoo import api, models

from .patience import patiently

BATCH = 2_000
# Documents in the order in which they decide; the first tier that knows a reference decides.
# `d` is the transaction: reference, base (the reference without the number of the attempt), provider_reference.
_ONLINE = """SELECT d.id, {tier}, 'payment.transaction', p.id, p.reference, p.partner_id
  FROM due d JOIN payment_transaction p ON {match}
 WHERE p.company_id = d.company_id AND p.source_transaction_id IS NULL"""
_INVOICE = """SELECT d.id, {tier}, 'account.move', i.id, i.name, i.partner_id
  FROM due d JOIN account_move i ON {match}
 WHERE i.company_id = d.company_id AND i.move_type IN ('out_invoice', 'out_receipt') AND i.state = 'posted'"""
_ORDER = """SELECT d.id, {tier}, 'sale.order', o.id, o.name, o.partner_id
  FROM due d JOIN sale_order o ON {match}
 WHERE o.company_id = d.company_id AND o.state != 'cancel'"""
_TIERS = (
    (_ONLINE, "p.reference = d.reference"),
    (_ONLINE, "p.provider_reference = d.provider_reference"),
    (_ONLINE, "p.reference = d.base"),
    (_INVOICE, "i.name = d.reference"),
    (_INVOICE, "i.payment_reference = d.reference"),
    (_INVOICE, "i.ref = d.reference"),
    (_ORDER, "o.name = d.reference"),
    (_INVOICE, "i.name = d.base"),
    (_INVOICE, "i.payment_reference = d.base"),
    (_INVOICE, "i.ref = d.base"),
    (_ORDER, "o.name = d.base"),
    (_INVOICE, "i.invoice_origin = d.reference"),
    (_INVOICE, "i.invoice_origin = d.base"),
)
# Tiers of one rank are one: an invoice found by its name and another by its payment reference are two candidates.
_RANKS = (0, 1, 2, 3, 3, 3, 4, 5, 5, 5, 6, 7, 7)
_BASE = r"regexp_replace(t.reference, '-[0-9]+$', '')"
_DUE = f"""WITH due AS (
    SELECT t.id, t.company_id, t.reference, {_BASE} AS base, t.provider_reference
      FROM finance_transaction t WHERE t.id = ANY(%(ids)s))"""


class FinanceDocumentLink(models.AbstractModel):
    _name = "finance.document.link"
    _description = "Document linking"

    @api.model
    def _link(self, provider):
        """Find the documents of what is not linked yet, move online payments on, apply receipts to what was found.

        Returns the ids of the transactions that were linked. Commits between batches.
        """
        linked, after = [], 0
        while batch := patiently(self.env, self._link_next, provider, after):
            ids, found = batch
            after = ids[-1]
            linked += found
        patiently(self.env, self.env["finance.payment.advance"]._advance, provider)
        while patiently(self.env, self._follow_documents, provider):
            pass
        patiently(self.env, self._report_missing, provider)
        return linked

    def _link_next(self, provider, after):
        """Link one batch of what is due behind id ``after`` and commit; (ids, ids that were linked), None at the end."""
        ids = self._due_ids(provider, after)
        if not ids:
            return None
        found = self._link_batch(provider, ids)
        if found:
            self.env["finance.posting"]._apply_documents(provider, found)
        self.env["ir.cron"]._commit_progress()
        return ids, found

    def _due_ids(self, provider, after):
        self.env["finance.transaction"].flush_model()
        self.env.cr.execute(
            """SELECT id FROM finance_transaction
                WHERE provider_id = %s AND linked_at IS NULL AND id > %s
                  AND (link_after IS NULL OR link_after <= (now() AT TIME ZONE 'UTC'))
                ORDER BY id LIMIT %s""",
            [provider.id, after, BATCH],
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _link_batch(self, provider, ids):
        """Link those of the transactions that have one candidate; note when to look again for the others.

        During the first day at every run, because the order often comes soon after the payment; then more and more rarely.
        """
        links, ambiguous = self._candidates(ids)
        self._store_links(links)
        ambiguous |= self._link_invoices(provider, list(links))
        for kind in ("no_document", "match_ambiguous") if links else ():
            causes = [key for key in links if key not in ambiguous]
            self.env["finance.exception"]._clear_many(
                kind, causes, provider.company_id, self.env._("Its document was found.")
            )
        self.env.cr.execute(
            """UPDATE finance_transaction SET link_after = (now() AT TIME ZONE 'UTC') + CASE
                      WHEN create_date > (now() AT TIME ZONE 'UTC') - interval '1 day' THEN interval '0'
                      ELSE least(interval '1 day', ((now() AT TIME ZONE 'UTC') - create_date) / 24) END
                WHERE id = ANY(%s) AND linked_at IS NULL""",
            [ids],
        )
        self.env["finance.transaction"].invalidate_model()
        self._report_ambiguous(provider, ambiguous)
        return sorted(links)

    def _candidates(self, ids):
        """({transaction id: (model, record id, name, partner id)}, {transaction id: [names]}): unique or ambiguous."""
        self._flush_documents()
        with_orders = "sale.order" in self.env
        parts = [
            template.format(tier=rank, match=match)
            for rank, (template, match) in zip(_RANKS, _TIERS, strict=True)
            if with_orders or template is not _ORDER
        ]
        self.env.cr.execute(f"{_DUE} {' UNION '.join(parts)} ORDER BY 1, 2", {"ids": list(ids)})
        ranks = defaultdict(lambda: defaultdict(list))
        for transaction_id, rank, *document in self.env.cr.fetchall():
            ranks[transaction_id][rank].append(tuple(document))
        links, ambiguous = {}, {}
        for transaction_id, by_rank in ranks.items():
            documents = by_rank[min(by_rank)]
            if len(documents) == 1:
                links[transaction_id] = documents[0]
            else:
                ambiguous[transaction_id] = [f"{name} ({model})" for model, _id, name, _partner in documents]
        return links, ambiguous

    def _flush_documents(self):
        for name in ("account.move", "payment.transaction", "sale.order", "finance.transaction"):
            if name in self.env:
                self.env[name].flush_model()

    def _store_links(self, links):
        if not links:
            return
        self.env.cr.execute_values(
            """UPDATE finance_transaction t SET partner_id = v.partner, document_model = v.model,
                      document_name = v.name, linked_at = (now() AT TIME ZONE 'UTC'), link_after = NULL,
                      payment_transaction_id = COALESCE(v.online, t.payment_transaction_id)
                 FROM (VALUES %s) AS v (id, model, name, partner, online) WHERE t.id = v.id""",
            [
                (key, model, name, partner, record if model == "payment.transaction" else None)
                for key, (model, record, name, partner) in links.items()
            ],
            template="(%s, %s, %s, %s::int, %s::int)",
            page_size=1000,
        )
        self._add_invoices([(key, link[1]) for key, link in links.items() if link[0] == "account.move"])

    def _add_invoices(self, pairs):
        if pairs:
            self.env.cr.execute_values(
                """INSERT INTO finance_transaction_invoice_rel (finance_transaction_id, account_move_id) VALUES %s
                   ON CONFLICT DO NOTHING""",
                pairs,
            )
            self.env["finance.transaction"].invalidate_model(["invoice_ids"])

    # --- invoices of orders and online payments -----------------------------------------------------------------------

    def _link_invoices(self, provider, ids):
        """The invoices of transactions whose document is an order or an online payment: those that the online payment
        names, else the only one that names the order. Returns what is ambiguous: {transaction id: [names]}."""
        if not ids:
            return {}
        self._flush_documents()
        self.env.cr.execute(
            f"""{_DUE}, open AS (
                    SELECT d.*, t.document_name, t.payment_transaction_id FROM due d
                      JOIN finance_transaction t ON t.id = d.id
                     WHERE t.document_model != 'account.move' AND NOT EXISTS (
                           SELECT 1 FROM finance_transaction_invoice_rel r WHERE r.finance_transaction_id = d.id)
                ), named AS (
                    SELECT o.id, i.id AS invoice FROM open o
                      JOIN account_invoice_transaction_rel r ON r.transaction_id = o.payment_transaction_id
                      JOIN account_move i ON i.id = r.invoice_id
                     WHERE i.state = 'posted' AND i.move_type IN ('out_invoice', 'out_receipt')
                ), origin AS (
                    SELECT o.id, min(i.id) AS invoice, count(*) AS candidates, string_agg(i.name, ', ') AS names
                      FROM open o JOIN account_move i ON i.company_id = o.company_id
                       AND i.invoice_origin IN (o.document_name, o.base)
                     WHERE i.state = 'posted' AND i.move_type IN ('out_invoice', 'out_receipt')
                       AND NOT EXISTS (SELECT 1 FROM named n WHERE n.id = o.id)
                     GROUP BY o.id
                )
                SELECT id, invoice, 1, NULL FROM named UNION ALL SELECT id, invoice, candidates, names FROM origin""",
            {"ids": list(ids)},
        )
        found = self.env.cr.fetchall()
        self._add_invoices([(key, invoice) for key, invoice, candidates, _names in found if candidates == 1])
        return {key: [names] for key, _invoice, candidates, names in found if candidates > 1}

    def _follow_documents(self, provider):
        """Apply what invoices and credit notes bring that were posted after their transaction was linked: one batch.

        Returns its transaction ids.
        """
        self.env["finance.transaction"].flush_model()
        self.env.cr.execute(
            "SELECT id FROM finance_transaction WHERE provider_id = %s AND documents_changed ORDER BY id LIMIT %s",
            [provider.id, BATCH],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        if ids:
            self.env.cr.execute("UPDATE finance_transaction SET documents_changed = false WHERE id = ANY(%s)", [ids])
            self.env["finance.transaction"].invalidate_model(["documents_changed"])
            self._report_ambiguous(provider, self._link_invoices(provider, ids))
            self.env["finance.posting"]._apply_documents(provider, ids)
            self.env["ir.cron"]._commit_progress()
        return ids

    # --- exceptions ---------------------------------------------------------------------------------------------------

    def _report_ambiguous(self, provider, ambiguous):
        for transaction_id, names in ambiguous.items():
            transaction = self.env["finance.transaction"].browse(transaction_id)
            self.env["finance.exception"]._raise_once(
                "match_ambiguous",
                transaction_id,
                provider.company_id,
                self.env._("%s fits several documents", transaction.reference or transaction.provider_reference),
                detail=self.env._(
                    "Candidates: %s.\n\nNone was chosen. Give all but one of them another reference, or reconcile the "
                    "receipt by hand.",
                    ", ".join(names),
                ),
                record=transaction,
                provider=provider,
                amount=transaction.amount_captured,
                currency=transaction.currency_id,
            )

    def _report_missing(self, provider):
        """One exception for each payment that took money and has had no document for longer than the grace time.

        One that a person closed stays closed; one that closed itself is opened again when there is cause again.
        """
        self._review_missing(provider)
        self.env.cr.execute(
            """SELECT t.id FROM finance_transaction t
                WHERE t.provider_id = %s AND t.linked_at IS NULL AND t.amount_captured > 0
                  AND t.create_date <= (now() AT TIME ZONE 'UTC') - %s * interval '1 minute'
                  AND NOT EXISTS (SELECT 1 FROM finance_exception e WHERE e.company_id = t.company_id
                      AND e.cause_key = 'no_document:' || t.id
                      AND (e.state IN ('open', 'in_progress') OR e.resolved_by_id IS NOT NULL))
                ORDER BY t.id""",
            [provider.id, provider.grace_minutes],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        for start in range(0, len(ids), 200):
            for transaction in self.env["finance.transaction"].browse(ids[start : start + 200]):
                self._raise_missing(provider, transaction)
            self.env["ir.cron"]._commit_progress()

    def _review_missing(self, provider):
        """Close what is about money that went back since, and keep the money at risk of the others true."""
        self.env["finance.exception"].flush_model()
        self.env.cr.execute(
            """SELECT t.id, t.amount_captured > 0 FROM finance_exception e
                 JOIN finance_transaction t ON t.id = e.res_id
                WHERE e.kind = 'no_document' AND e.provider_id = %s AND e.state IN ('open', 'in_progress')
                  AND e.res_model = 'finance.transaction' AND e.amount_at_risk != t.amount_captured""",
            [provider.id],
        )
        rows = self.env.cr.fetchall()
        self.env["finance.exception"]._clear_many(
            "no_document",
            [transaction_id for transaction_id, holds in rows if not holds],
            provider.company_id,
            self.env._("The payment failed after all: its money went back."),
        )
        for transaction_id, holds in rows:
            if holds:
                self._raise_missing(provider, self.env["finance.transaction"].browse(transaction_id))

    def _raise_missing(self, provider, transaction):
        label = transaction.reference or transaction.provider_reference
        self.env["finance.exception"].with_context(mail_create_nolog=True, tracking_disable=True)._raise(
            "no_document",
            transaction.id,
            provider.company_id,
            self.env._("No order or invoice for %s", label),
            detail=self.env._(
                "The customer paid %(amount)s with reference “%(reference)s”, which no online payment, invoice or order has. "
                "The money is booked as an unapplied receipt. It is applied by itself when the document appears.",
                amount=transaction.currency_id.format(transaction.amount_captured),
                reference=transaction.reference or "",
            ),
            record=transaction,
            provider=provider,
            amount=transaction.amount_captured,
            currency=transaction.currency_id,
        )
