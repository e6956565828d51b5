"""Bank lines that another bank line may answer: the other side of a transfer between own accounts, and a payment that the bank
takes back."""

from odoo import models

from ..core.matching import Candidate
from ..core.matching.named import named_at_amount
from .reconcile_pool import LINE_FROM, _money

# Open lines that have the opposite amount of one of another bank journal; only these can be two sides of one transfer.
_TRANSFERS = f"""
WITH amounts AS (SELECT amount, min(journal_id) AS first, max(journal_id) AS last
                   FROM account_bank_statement_line WHERE id = ANY(%(lines)s) GROUP BY amount)
SELECT l.id, m.date, l.amount::text, COALESCE(jc.name, cc.name), b.sanitized_acc_number
  {LINE_FROM}
  JOIN res_partner_bank b ON b.id = j.bank_account_id
  JOIN amounts o ON o.amount = -l.amount AND (o.first != l.journal_id OR o.last != l.journal_id)
 WHERE l.id = ANY(%(lines)s)
 ORDER BY l.id
"""

# The last of the open lines of each account and amount, and what a later one of them may take back: an earlier line of the same
# account that has the opposite amount and an id of the bank or the payer; how it was explained does not matter. (The two sides of
# a transfer may share an end-to-end id too, but are on different accounts.)
_TAKEN_BACK = f"""
WITH newest AS (
    SELECT DISTINCT ON (o.journal_id, o.amount) o.journal_id, -o.amount AS amount, om.date, o.id
      FROM account_bank_statement_line o JOIN account_move om ON om.id = o.move_id
     WHERE o.id = ANY(%(lines)s)
     ORDER BY o.journal_id, o.amount, om.date DESC, o.id DESC)
SELECT l.id, m.date, l.amount::text, COALESCE(jc.name, cc.name), l.fc_bank_id, l.fc_end_to_end_id
  {LINE_FROM}
  JOIN newest o ON o.journal_id = l.journal_id AND o.amount = l.amount AND (o.date, o.id) > (m.date, l.id)
 WHERE l.company_id = %(company)s AND m.state = 'posted' AND (l.fc_bank_id != '' OR l.fc_end_to_end_id != '')
   AND NOT EXISTS (SELECT 1 FROM finance_match x WHERE x.line_id = l.id AND x.state = 'applied' AND x.candidate_key LIKE 'r:%%')
 ORDER BY l.id
"""
# Lines that may be taken back, read at a time: an account may have had the same amount a million times.
_AT_ONCE = 100_000


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _other_lines(self, company, lines):
        """The bank lines of ``company`` that open ``lines`` may answer, as candidates."""
        return [*self._transfers(lines), *self._taken_back(company, lines)]

    def _transfers(self, lines):
        amounts = {(line.amount.minor, line.amount.currency) for line in lines}
        if not any((-minor, currency) in amounts for minor, currency in amounts):
            return []
        self.env.cr.execute(_TRANSFERS, {"lines": [line.id for line in lines]})
        return [
            Candidate(f"l:{line_id}", "transfer", -money, date=day, accounts=(account,))
            for line_id, day, amount, currency, account in self.env.cr.fetchall()
            if (money := _money(amount, currency))
        ]

    def _taken_back(self, company, lines):
        """A bank names what it takes back by its own id, or by the end-to-end id of the payment."""
        shortest = self._policy(company).min_reference_length
        self.env.cr.execute(_TAKEN_BACK, {"company": company.id, "lines": [line.id for line in lines]})
        found = []
        while rows := self.env.cr.fetchmany(_AT_ONCE):
            found += named_at_amount(lines, filter(None, map(_reversal, rows)), shortest)
        return found


def _reversal(row):
    """The candidate of a row of _TAKEN_BACK; None for an amount that nothing can take back."""
    line_id, day, amount, currency, bank_id, end_to_end = row
    money = _money(amount, currency)
    if not money:
        return None
    return Candidate(f"r:{line_id}", "reversal", -money, tuple(filter(None, (bank_id, end_to_end))), date=day)
