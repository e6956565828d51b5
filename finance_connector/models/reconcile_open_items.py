"""The open items of a company that bank lines may pay, read by SQL, as candidates of the matching.

A payout is open while its lines on the account for money in transit are; an invoice while its receivable or payable line is. Of
invoices only those are read that have the amount of a line, a reference that stands in its text, or its partner, unless there
are so few that all are read.
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

_OPEN_ITEMS = """
      FROM account_move_line a
      JOIN account_account t ON t.id = a.account_id
      JOIN account_move m ON m.id = a.move_id
     WHERE a.company_id = %(company)s AND a.reconciled IS NOT TRUE AND a.parent_state = 'posted'
       AND t.account_type IN ('asset_receivable', 'liability_payable')
       AND m.move_type IN ('out_invoice', 'out_refund', 'in_invoice', 'in_refund', 'out_receipt', 'in_receipt')
"""

_COUNT_INVOICES = f"SELECT count(*) {_OPEN_ITEMS}"

_INVOICES = f"""
WITH spellings AS (SELECT unnest(%(spellings)s::text[]) AS spelling),
     amounts AS (SELECT * FROM unnest(%(amounts)s::numeric[], %(currencies)s::text[]) AS t (amount, currency)),
items AS (
    SELECT a.id, m.name, m.payment_reference, m.ref, a.amount_residual_currency AS residual, a.currency_id, a.partner_id,
           a.date_maturity, a.account_id,
           -- What the payment terms take off a whole payment until a day (signed as what is open).
           CASE WHEN a.amount_residual_currency = a.amount_currency THEN a.discount_date END AS discount_date,
           a.amount_currency - a.discount_amount_currency AS discount
      {_OPEN_ITEMS}
), open_items AS (
    SELECT i.*, c.name AS currency, p.commercial_partner_id, p.name AS partner_name
      FROM items i JOIN res_currency c ON c.id = i.currency_id LEFT JOIN res_partner p ON p.id = i.partner_id
)
SELECT o.id, o.name, o.payment_reference, o.ref, o.residual::text, o.currency, o.commercial_partner_id,
       o.date_maturity, o.partner_name, o.account_id, o.discount_date, o.discount::text
  FROM open_items o
 WHERE %(all)s
    -- Each of these is asked of a hash, so that a line with many members costs no more an item than one with none.
    OR (o.residual, o.currency) IN (SELECT amount, currency FROM amounts)
    OR regexp_replace(upper(o.name), '[\\W_]', '', 'g') IN (SELECT spelling FROM spellings)
    OR regexp_replace(upper(o.payment_reference), '[\\W_]', '', 'g') IN (SELECT spelling FROM spellings)
    OR regexp_replace(upper(o.ref), '[\\W_]', '', 'g') IN (SELECT spelling FROM spellings)
    OR o.commercial_partner_id = ANY(%(partners)s)
"""


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

    def _open_invoices(self, company, lines):
        values = {"company": company.id, "all": True, "spellings": [], "amounts": [], "currencies": [], "partners": []}
        self.env.cr.execute(_COUNT_INVOICES, values)
        if self.env.cr.fetchone()[0] > _FEW * len(lines):
            amounts = sorted({(line.amount.to_decimal(), line.amount.currency) for line in lines})
            values |= {
                "all": False,
                "spellings": sorted(_spellings(lines)),
                "amounts": [amount for amount, _currency in amounts],
                "currencies": [currency for _amount, currency in amounts],
                "partners": sorted({line.partner_id for line in lines if line.partner_id is not None}),
            }
        self.env.cr.execute(_INVOICES, values)
        rows = self.env.cr.fetchall()
        shared = self._shared_names({row[8] for row in rows if row[8]})
        return [
            Candidate(
                id=f"i:{row[0]}",
                kind="invoice",
                residual=_money(row[4], row[5]),
                references=tuple(dict.fromkeys(filter(None, row[1:4]))),
                partner_id=row[6],
                date=row[7],
                name="" if row[8] in shared else row[8] or "",
                ledger=row[9],
                discount=_money(row[11], row[5]) if row[10] else None,
                discount_until=row[10],
            )
            for row in rows
            if _money(row[4], row[5])
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
