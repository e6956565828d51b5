"""The open items of a company that bank lines may pay, read by SQL, as candidates of the matching.

A payout is open while its lines on the account for money in transit are; an invoice while its receivable or payable line is; a
payment that somebody registered while its line on the outstanding account is. Of items only those are read that have the amount
of a line, a reference that stands in its text, or its partner, unless there are so few that all are read.
"""

from decimal import Decimal

from odoo import models

from ..core.matching import Candidate
from .reconcile_pool import _money, _spellings

# Up to so many open items a line all are read: that takes less than telling the database what the lines may name.
_FEW = 4
_SETTLEMENTS = """
SELECT s.id, s.provider_id, s.external_id, s.trace, s.descriptor, s.arrival_date, s.amount_net::text, c.name,
       sum(a.amount_residual_currency)::text, min(ac.name), max(ac.name)
  FROM finance_settlement s
  JOIN finance_provider p ON p.id = s.provider_id
  JOIN res_currency c ON c.id = s.currency_id
  JOIN LATERAL (SELECT move_id, min(id) AS movement_id FROM finance_movement
                 WHERE settlement_id = s.id AND kind = 'payout' AND move_id IS NOT NULL GROUP BY move_id) v
                     ON true
  JOIN account_move_line a ON a.move_id = v.move_id AND a.account_id = p.in_transit_account_id
   AND COALESCE(a.finance_movement_id, v.movement_id) IN
       (SELECT id FROM finance_movement WHERE settlement_id = s.id AND kind = 'payout')
  JOIN res_currency ac ON ac.id = a.currency_id
 WHERE s.company_id = %(company)s AND s.state IN ('in_transit', 'paid')
   AND a.parent_state = 'posted' AND a.reconciled IS NOT TRUE
 GROUP BY s.id, c.name ORDER BY s.id
"""

# How long a provider's payouts took is known from so many of them, and only the newest tell.
_LAG_LEAST, _LAG_NEWEST = 5, 20
_LAGS = """
SELECT provider_id, min(days), max(days) FROM (
    SELECT s.provider_id, m.date - s.arrival_date AS days,
           row_number() OVER (PARTITION BY s.provider_id ORDER BY s.arrival_date DESC, s.id DESC) AS place
      FROM finance_settlement s
      JOIN finance_settlement_bank_line_rel r ON r.finance_settlement_id = s.id
      JOIN account_bank_statement_line l ON l.id = r.account_bank_statement_line_id AND l.is_reconciled
      JOIN account_move m ON m.id = l.move_id
     WHERE s.company_id = %(company)s AND s.arrival_date IS NOT NULL
) known WHERE place <= %(newest)s GROUP BY provider_id HAVING count(*) >= %(least)s
"""

# What is open of invoices and bills; and of other entries: what a payment that was registered left on its outstanding account,
# and what a plain entry left on a receivable or payable one. What providers hold and what our own entries book is neither.
_OPEN_INVOICES = """
      FROM account_move_line a
      JOIN account_account t ON t.id = a.account_id
      JOIN account_move m ON m.id = a.move_id
     WHERE a.company_id = %(company)s AND a.reconciled IS NOT TRUE AND a.parent_state = 'posted'
       AND t.account_type IN ('asset_receivable', 'liability_payable')
       AND m.move_type IN ('out_invoice', 'out_refund', 'in_invoice', 'in_refund', 'out_receipt', 'in_receipt')
"""
_OPEN_ENTRIES = """
      FROM account_move_line a
      JOIN account_account t ON t.id = a.account_id
      JOIN account_move m ON m.id = a.move_id
      LEFT JOIN account_payment p ON p.id = m.origin_payment_id
     WHERE a.company_id = %(company)s AND a.reconciled IS NOT TRUE AND a.parent_state = 'posted' AND m.move_type = 'entry'
       AND t.reconcile
       AND (t.account_type IN ('asset_receivable', 'liability_payable') OR a.account_id = p.outstanding_account_id)
       AND m.statement_line_id IS NULL AND m.finance_instruction_id IS NULL AND a.finance_movement_id IS NULL
       AND p.payment_transaction_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM finance_provider f JOIN account_journal fj ON fj.id = f.journal_id
                        WHERE f.company_id = a.company_id AND (f.journal_id = a.journal_id OR a.account_id IN
                              (fj.default_account_id, f.in_transit_account_id, f.unapplied_account_id)))
"""
_COUNT = f"SELECT (SELECT count(*) {_OPEN_INVOICES}) + (SELECT count(*) {_OPEN_ENTRIES})"
# What a bank text may name the items by, an array each: number, reference of the payer, other reference, the orders it is of.
_OF_INVOICE = "ARRAY[m.name, m.payment_reference, m.ref] || string_to_array(m.invoice_origin, ', ')::varchar[]"
# A payment has the names of what it paid, which its payer tells.
_OF_ENTRY = """
ARRAY[m.name, m.ref, p.memo, p.payment_reference] || ARRAY(
    SELECT unnest(ARRAY[d.name, d.payment_reference, d.ref] || string_to_array(d.invoice_origin, ', ')::varchar[])
      FROM account_move_line own
      JOIN account_partial_reconcile r ON own.id IN (r.debit_move_id, r.credit_move_id)
      JOIN account_move_line o ON o.id IN (r.debit_move_id, r.credit_move_id) AND o.id != own.id
      JOIN account_move d ON d.id = o.move_id
     WHERE own.move_id = p.move_id)
"""
_ITEMS = """
WITH spellings AS (SELECT unnest(%(spellings)s::text[]) AS spelling),
     amounts AS (SELECT * FROM unnest(%(amounts)s::numeric[], %(currencies)s::text[]) AS t (amount, currency)),
items AS (
    SELECT a.id, {names} AS names, a.amount_residual_currency AS residual, a.currency_id, a.partner_id,
           a.date_maturity, a.account_id,
           -- What the payment terms take off a whole payment until a day (signed as what is open).
           CASE WHEN a.amount_residual_currency = a.amount_currency THEN a.discount_date END AS discount_date,
           a.amount_currency - a.discount_amount_currency AS discount
      {source}
), open_items AS (
    SELECT i.*, c.name AS currency, p.commercial_partner_id, p.name AS partner_name
      FROM items i JOIN res_currency c ON c.id = i.currency_id LEFT JOIN res_partner p ON p.id = i.partner_id
)
SELECT o.id, o.names, o.residual::text, o.currency, o.commercial_partner_id,
       o.date_maturity, o.partner_name, o.account_id, o.discount_date, o.discount::text
  FROM open_items o
  -- A join, so that a line with many members costs no more an item than one with none.
  LEFT JOIN (SELECT DISTINCT i.id FROM items i CROSS JOIN LATERAL unnest(i.names) name
               JOIN spellings ON spelling = regexp_replace(upper(name), '[\\W_]', '', 'g')) named ON named.id = o.id
 WHERE %(all)s
    OR (o.residual, o.currency) IN (SELECT amount, currency FROM amounts)
    OR named.id IS NOT NULL
    OR o.commercial_partner_id = ANY(%(partners)s)
"""
_KINDS = (
    ("invoice", _ITEMS.format(names=_OF_INVOICE, source=_OPEN_INVOICES)),
    ("item", _ITEMS.format(names=_OF_ENTRY, source=_OPEN_ENTRIES)),
)


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _open_settlements(self, company):
        """Payouts whose open lines in transit are exactly what is paid out; others are in doubt and no
        candidates."""
        self.env.cr.execute(_SETTLEMENTS, {"company": company.id})
        rows, found = self.env.cr.fetchall(), []
        lags = self._lags(company) if rows else {}
        for settlement_id, provider_id, external_id, trace, descriptor, arrival, net, currency, open_, first, last in rows:
            if first == last == currency and Decimal(net) == Decimal(open_) and _money(net, currency):
                found.append(
                    Candidate(
                        id=f"s:{settlement_id}",
                        kind="settlement",
                        residual=_money(net, currency),
                        references=tuple(filter(None, (external_id, trace, descriptor))),
                        date=arrival,
                        lag=lags.get(provider_id),
                    )
                )
        return found

    def _lags(self, company):
        """Provider id -> (fewest, most) days from the expected day of its last payouts to their bank lines."""
        self.env.cr.execute(_LAGS, {"company": company.id, "newest": _LAG_NEWEST, "least": _LAG_LEAST})
        return {provider_id: (fewest, most) for provider_id, fewest, most in self.env.cr.fetchall()}

    def _open_items(self, company, lines):
        """Invoices, bills and other open items that ``lines`` may pay."""
        values = {"company": company.id, "all": True, "spellings": [], "amounts": [], "currencies": [], "partners": []}
        self.env.cr.execute(_COUNT, values)
        if self.env.cr.fetchone()[0] > _FEW * len(lines):
            amounts = sorted({(line.amount.to_decimal(), line.amount.currency) for line in lines})
            values |= {
                "all": False,
                "spellings": sorted(_spellings(lines)),
                "amounts": [amount for amount, _currency in amounts],
                "currencies": [currency for _amount, currency in amounts],
                "partners": sorted({line.partner_id for line in lines if line.partner_id is not None}),
            }
        found = []
        for kind, query in _KINDS:
            self.env.cr.execute(query, values)
            found += [(kind, row) for row in self.env.cr.fetchall()]
        shared = self._shared_names({row[6] for _kind, row in found if row[6]})
        return [
            Candidate(
                id=f"i:{item_id}",
                kind=kind,
                residual=money,
                references=tuple(dict.fromkeys(filter(None, names))),
                partner_id=partner_id,
                date=due,
                name="" if partner in shared else partner or "",
                ledger=account_id,
                discount=_money(discount, currency) if until else None,
                discount_until=until,
            )
            for kind, (item_id, names, residual, currency, partner_id, due, partner, account_id, until, discount) in found
            if (money := _money(residual, currency))
        ]

    def _shared_names(self, names):
        """Those of ``names`` that several partners have, so that they tell nobody."""
        self.env.cr.execute(
            """SELECT array_agg(DISTINCT name) FROM res_partner
                WHERE active AND lower(btrim(name)) = ANY(%s)
                GROUP BY lower(btrim(name)) HAVING count(DISTINCT commercial_partner_id) > 1""",
            [sorted({name.strip().lower() for name in names})],
        )
        return {name for (spellings,) in self.env.cr.fetchall() for name in spellings}
