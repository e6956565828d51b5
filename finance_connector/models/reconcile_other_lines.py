"""Bank lines that another bank line may answer: the other side of a transfer between own accounts, and a payment that the bank
takes back."""

from odoo import models

from ..core.matching import Candidate
from .reconcile_pool import _money, _spellings

# Open lines of two bank journals with opposite amounts; only these can be two sides of one transfer.
_TRANSFERS = """
SELECT a.id, m.date, a.amount::text, COALESCE(jc.name, cc.name), b.sanitized_acc_number
  FROM account_bank_statement_line a
  JOIN account_move m ON m.id = a.move_id
  JOIN account_journal j ON j.id = a.journal_id
  JOIN res_partner_bank b ON b.id = j.bank_account_id
  JOIN res_company c ON c.id = a.company_id
  JOIN res_currency cc ON cc.id = c.currency_id
  LEFT JOIN res_currency jc ON jc.id = j.currency_id
 WHERE a.id = ANY(%(lines)s)
   AND EXISTS (SELECT 1 FROM account_bank_statement_line o
                WHERE o.id = ANY(%(lines)s) AND o.amount = -a.amount AND o.journal_id != a.journal_id)
 ORDER BY a.id
"""

# Lines whose amount is taken back by an open one that names them; how they were explained does not matter.
_TAKEN_BACK = """
SELECT l.id, m.date, l.amount::text, COALESCE(jc.name, cc.name), l.fc_bank_id, l.fc_end_to_end_id
  FROM account_bank_statement_line l
  JOIN account_move m ON m.id = l.move_id
  JOIN account_journal j ON j.id = l.journal_id
  JOIN res_company c ON c.id = l.company_id
  JOIN res_currency cc ON cc.id = c.currency_id
  LEFT JOIN res_currency jc ON jc.id = j.currency_id
 WHERE l.company_id = %(company)s AND m.state = 'posted' AND -l.amount = ANY(%(amounts)s::numeric[])
   AND (regexp_replace(upper(l.fc_bank_id), '[\\W_]', '', 'g') = ANY(%(spellings)s)
        OR regexp_replace(upper(l.fc_end_to_end_id), '[\\W_]', '', 'g') = ANY(%(spellings)s))
   AND NOT EXISTS (SELECT 1 FROM finance_match x WHERE x.line_id = l.id AND x.state = 'applied' AND x.candidate_key LIKE 'r:%%')
 ORDER BY l.id
"""


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _other_lines(self, company, lines):
        """The bank lines of ``company`` that open ``lines`` may answer, as candidates."""
        return [*self._transfers(lines), *self._taken_back(company, lines)]

    def _transfers(self, lines):
        self.env.cr.execute(_TRANSFERS, {"lines": [line.id for line in lines]})
        return [
            Candidate(f"l:{line_id}", "transfer", -money, date=day, accounts=(account,))
            for line_id, day, amount, currency, account in self.env.cr.fetchall()
            if (money := _money(amount, currency))
        ]

    def _taken_back(self, company, lines):
        """A bank names what it takes back by its own id, or by the end-to-end id of the payment."""
        amounts = {line.amount.to_decimal() for line in lines}
        values = {"company": company.id, "amounts": sorted(amounts), "spellings": sorted(_spellings(lines))}
        self.env.cr.execute(_TAKEN_BACK, values)
        return [
            Candidate(f"r:{line_id}", "reversal", -money, tuple(filter(None, (bank_id, end_to_end))), date=day)
            for line_id, day, amount, currency, bank_id, end_to_end in self.env.cr.fetchall()
            if (money := _money(amount, currency))
        ]
