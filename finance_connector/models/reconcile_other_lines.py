"""Bank lines that another bank line may answer: the other side of a transfer between own accounts, and a payment that the bank
takes back."""

from odoo import models

from ..core.matching import Candidate
from .reconcile_pool import LINE_FROM, _money, _spellings

# Open lines of two bank journals with opposite amounts; only these can be two sides of one transfer.
_TRANSFERS = f"""
SELECT l.id, m.date, l.amount::text, COALESCE(jc.name, cc.name), b.sanitized_acc_number
  {LINE_FROM}
  JOIN res_partner_bank b ON b.id = j.bank_account_id
 WHERE l.id = ANY(%(lines)s)
   AND EXISTS (SELECT 1 FROM account_bank_statement_line o
                WHERE o.id = ANY(%(lines)s) AND o.amount = -l.amount AND o.journal_id != l.journal_id)
 ORDER BY l.id
"""

# Open lines that may take an earlier one back.
_TAKING_BACK = f"""
SELECT l.id
  {LINE_FROM}
 WHERE l.id = ANY(%(lines)s)
   AND EXISTS (SELECT 1 FROM account_bank_statement_line o JOIN account_move om ON om.id = o.move_id
                WHERE o.company_id = l.company_id AND o.amount = -l.amount AND o.journal_id = l.journal_id
                  AND om.state = 'posted' AND (om.date, o.id) < (m.date, l.id))
"""

# Lines that a later open one of the same account may take back, since it names them and has the opposite amount; how they were
# explained does not matter. (The two sides of a transfer may share an end-to-end id too, but are on different accounts.)
_TAKEN_BACK = f"""
SELECT l.id, m.date, l.amount::text, COALESCE(jc.name, cc.name), l.fc_bank_id, l.fc_end_to_end_id
  {LINE_FROM}
 WHERE l.company_id = %(company)s AND m.state = 'posted'
   AND EXISTS (SELECT 1 FROM account_bank_statement_line o JOIN account_move om ON om.id = o.move_id
                WHERE o.id = ANY(%(lines)s::int[]) AND o.amount = -l.amount AND o.journal_id = l.journal_id
                  AND (om.date, o.id) > (m.date, l.id))
   AND (regexp_replace(upper(l.fc_bank_id), '[\\W_]', '', 'g') = ANY(%(spellings)s::text[])
        OR regexp_replace(upper(l.fc_end_to_end_id), '[\\W_]', '', 'g') = ANY(%(spellings)s::text[]))
   AND NOT EXISTS (SELECT 1 FROM finance_match x WHERE x.line_id = l.id AND x.state = 'applied' AND x.candidate_key LIKE 'r:%%')
 ORDER BY l.id
"""


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
        self.env.cr.execute(_TAKING_BACK, {"lines": [line.id for line in lines]})
        ids = {row[0] for row in self.env.cr.fetchall()}
        spellings = sorted(_spellings([line for line in lines if line.id in ids]))
        # Each as one text: of a list psycopg2 makes an expression for every element, and a night may have millions.
        self.env.cr.execute(_TAKEN_BACK, {"company": company.id, "lines": _array(ids), "spellings": _array(spellings)})
        return [
            Candidate(f"r:{line_id}", "reversal", -money, tuple(filter(None, (bank_id, end_to_end))), date=day)
            for line_id, day, amount, currency, bank_id, end_to_end in self.env.cr.fetchall()
            if (money := _money(amount, currency))
        ]


def _array(values):
    """An array of numbers or of letters and digits, as PostgreSQL reads it from a text."""
    quoted = '","'.join(map(str, values))
    return f'{{"{quoted}"}}' if quoted else "{}"
