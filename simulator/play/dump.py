"""Books as text: what must be the same after a crash, another order, or a second run.

Nothing of it depends on ids (end-to-end ids are minted for each database, those of mock-bank as it gets to them), on the
clock, or on how the work was cut into batches: a receipt whose order was unknown when it was booked goes by way of unapplied
receipts, and ends on the same accounts. A receipt of Odoo's checkout is in the journal, and of the day, of whoever came
first, Odoo or we; if Odoo did, the money goes by way of outstanding receipts.
"""
from __future__ import annotations

_QUERIES = {
    "message": "SELECT external_id, state FROM finance_message WHERE source != 'file'",
    "file": "SELECT filename, state, format, line_count, created_count FROM finance_import WHERE state != 'duplicate'",
    "transaction": """
        SELECT t.provider_reference, t.state, t.settlement_state, t.reference, t.amount, t.amount_authorized,
               t.amount_captured, t.amount_refunded, t.amount_disputed, t.amount_fee, t.amount_net, p.name,
               t.document_model, t.document_name, t.contradiction,
               (SELECT string_agg(m.name, ',' ORDER BY m.name) FROM finance_transaction_invoice_rel r
                  JOIN account_move m ON m.id = r.account_move_id WHERE r.finance_transaction_id = t.id)
          FROM finance_transaction t LEFT JOIN res_partner p ON p.id = t.partner_id""",
    "movement": """
        SELECT kind, external_id, amount, posted_at IS NOT NULL, posted_amount, unapplied FROM finance_movement""",
    "settlement": """
        SELECT s.external_id, s.state, s.amount_gross, s.amount_fee, s.amount_net, s.difference, s.complete, s.trace,
               (SELECT count(*) FROM finance_settlement_bank_line_rel r WHERE r.finance_settlement_id = s.id)
          FROM finance_settlement s""",
    "settlement line": """
        SELECT external_id, kind, gross, fee, tax, net FROM finance_settlement_line""",
    "ledger": """
        SELECT a.name->>'en_US', CASE WHEN of_checkout THEN 'checkout' ELSE j.code END,
               CASE WHEN a.account_type = 'asset_receivable' THEN p.name END, CASE WHEN NOT of_checkout THEN l.date END,
               sum(l.balance), sum(l.amount_residual)
          FROM account_move_line l JOIN account_account a ON a.id = l.account_id
          JOIN account_journal j ON j.id = l.journal_id LEFT JOIN res_partner p ON p.id = l.partner_id
          CROSS JOIN LATERAL (
               SELECT a.name->>'en_US' = 'Outstanding Receipts'
                   OR a.account_type = 'asset_receivable' AND (
                       EXISTS (SELECT 1 FROM account_payment r
                                WHERE r.move_id = l.move_id AND r.payment_transaction_id IS NOT NULL)
                       OR EXISTS (SELECT 1 FROM finance_movement f JOIN finance_transaction t ON t.id = f.transaction_id
                                   WHERE f.move_id = l.move_id AND t.payment_transaction_id IS NOT NULL)
                   ) AS of_checkout) c
         WHERE l.parent_state = 'posted' GROUP BY 1, 2, 3, 4 HAVING sum(l.balance) != 0""",
    "invoice": """
        SELECT name, payment_state, amount_residual FROM account_move WHERE move_type = 'out_invoice'""",
    "bank line": """
        SELECT m.date, NULLIF(l.payment_ref, l.fc_end_to_end_id), l.amount, l.is_reconciled,
               CASE WHEN NOT starts_with(l.fc_bank_id, 'MB-') THEN l.fc_bank_id END, p.name
          FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id
          LEFT JOIN res_partner p ON p.id = l.partner_id""",
    "statement": "SELECT name, balance_start, balance_end_real, is_complete FROM account_bank_statement",
    "order": "SELECT name, state FROM sale_order",
    "online payment": "SELECT reference, state, is_post_processed FROM payment_transaction",
    "exception": """
        SELECT kind, amount_at_risk, severity FROM finance_exception WHERE state IN ('open', 'in_progress')""",
}


# What any messages that tell the same must lead to, in whatever order and pieces they come (INV-4). The day of an entry is that
# of who told of it first, and what of a fee is tax is known only if the provider was asked (decisions 0005 and 0007).
_WHATEVER_ORDER = {
    **{name: _QUERIES[name] for name in ("transaction", "settlement", "invoice", "bank line", "order", "online payment")},
    "movement": """
        SELECT kind, COALESCE(group_key, external_id), bool_and(posted_at IS NOT NULL), sum(posted_amount)
          FROM finance_movement WHERE kind != 'fee_tax' AND right(external_id, 4) != '/tax' GROUP BY 1, 2""",
    "settlement line": "SELECT external_id, kind, gross, fee + tax, net FROM finance_settlement_line",
    "ledger": """
        SELECT CASE WHEN f.id IS NULL THEN a.name->>'en_US' ELSE 'fees and tax' END, l.company_id,
               CASE WHEN a.account_type = 'asset_receivable' THEN p.name END, sum(l.balance), sum(l.amount_residual)
          FROM account_move_line l JOIN account_account a ON a.id = l.account_id
          LEFT JOIN res_partner p ON p.id = l.partner_id
          LEFT JOIN finance_provider f ON a.id IN (f.fee_account_id, f.fee_tax_account_id)
         WHERE l.parent_state = 'posted' GROUP BY 1, 2, 3 HAVING sum(l.balance) != 0""",
}


def dump(place) -> list[str]:
    """The books of ``place`` (its method `rows` answers queries), one sorted line a fact."""
    return _lines(place, _QUERIES)


def whatever_order(place) -> list[str]:
    """That part of the books which must not depend on the order of the messages, one sorted line a fact."""
    return _lines(place, _WHATEVER_ORDER)


def _lines(place, queries: dict[str, str]) -> list[str]:
    return [f"{name}: " + " | ".join(map(str, row)) for name, query in queries.items()
            for row in sorted(place.rows(query), key=repr)]


def duplicates(place) -> list[tuple]:
    """What is there twice although it happened once: facts booked twice, bank lines of one bank id, receipts."""
    return place.rows("""
        SELECT 'movement', kind || ' ' || external_id, count(*) FROM finance_movement GROUP BY 1, 2 HAVING count(*) > 1
        UNION ALL SELECT 'bank line', fc_bank_id, count(*) FROM account_bank_statement_line
         WHERE fc_bank_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1
        UNION ALL SELECT 'receipt', finance_movement_id::text, count(*) FROM account_payment
         WHERE finance_movement_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1""")
