"""What there is to match: the open bank lines of a company, read by SQL, as records of the matching, and with them all that
they may pay (`reconcile_open_items`, `reconcile_other_lines`).
"""

import logging
from collections import defaultdict
from decimal import Decimal

from odoo import api, models

from ..core.errors import MoneyError
from ..core.matching import Line, Part
from ..core.matching.references import tokens
from ..core.money import Money, minor_units
from .statement_journals import IS_STATEMENT_JOURNAL

_logger = logging.getLogger(__name__)
# Tokens that may make up one reference, and characters of the longest; a reference beyond them is found by
# amount only.
_MAX_TOKENS = 8
_MAX_CHARACTERS = 40
_MIN_CHARACTERS = 4
_DUST = Decimal("0.000001")

# A bank line ``l`` with its entry ``m``, its account ``j`` and the currency that it is in, `COALESCE(jc.name, cc.name)`.
LINE_FROM = """
      FROM account_bank_statement_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_journal j ON j.id = l.journal_id
      JOIN res_company c ON c.id = l.company_id
      JOIN res_currency cc ON cc.id = c.currency_id
      LEFT JOIN res_currency jc ON jc.id = j.currency_id
"""

# The payer is the partner of the line, else the only partner whose account it is or who has paid from it before, else the only
# one whose name is the one that the bank gives.
_LINES = f"""
WITH open_lines AS (
    SELECT l.id, m.date, l.amount, COALESCE(jc.name, cc.name) AS currency, l.payment_ref, m.ref,
           l.fc_structured_reference, l.fc_end_to_end_id, l.partner_id, NULLIF(l.account_number, '') AS account,
           lower(btrim(l.partner_name)) AS name, l.partner_name,
           CASE WHEN l.fc_details->>'members_state' = 'proven' THEN l.fc_details->'members' END AS members,
           l.fc_details->'charges' AS charges
      {LINE_FROM}
      LEFT JOIN finance_import i ON i.id = l.fc_import_id
     WHERE l.company_id = %(company)s AND l.is_reconciled IS NOT TRUE AND m.state = 'posted' AND {IS_STATEMENT_JOURNAL}
       AND (%(lines)s::int[] IS NULL OR l.id = ANY(%(lines)s))
       AND (i.id IS NULL OR i.state = 'imported')
       AND NOT EXISTS (SELECT 1 FROM finance_provider f WHERE f.journal_id = l.journal_id)
       AND NOT EXISTS (SELECT 1 FROM account_move_line o WHERE o.move_id = l.move_id
                          AND o.account_id NOT IN (j.default_account_id, j.suspense_account_id))
    UNION ALL
    SELECT -e.id, e.booking_date, e.amount, COALESCE(jc.name, cc.name), e.data->>'text', e.data->>'reference',
           e.data->>'structured_reference', e.data->>'end_to_end_id', NULL, NULLIF(e.counterparty_account, ''),
           lower(btrim(e.data->>'name')), e.data->>'name',
           CASE WHEN e.data->'details'->>'members_state' = 'proven' THEN e.data->'details'->'members' END,
           e.data->'details'->'charges'
      FROM finance_import_entry e
      JOIN account_journal j ON j.id = e.journal_id
      JOIN res_company c ON c.id = j.company_id
      JOIN res_currency cc ON cc.id = c.currency_id
      LEFT JOIN res_currency jc ON jc.id = j.currency_id
     WHERE e.import_id = %(import)s AND e.decision = 'new' AND e.line_id IS NULL AND j.company_id = %(company)s
       AND {IS_STATEMENT_JOURNAL} AND NOT EXISTS (SELECT 1 FROM finance_provider f WHERE f.journal_id = j.id)
), accounts AS (
    SELECT account, min(partner_id) AS partner_id FROM (
        SELECT o.account, p.commercial_partner_id AS partner_id
          FROM open_lines o JOIN res_partner_bank b ON b.sanitized_acc_number = upper(o.account)
          JOIN res_partner p ON p.id = b.partner_id
         WHERE p.active AND (p.company_id IS NULL OR p.company_id = %(company)s)
        UNION
        SELECT o.account, p.commercial_partner_id
          FROM open_lines o JOIN account_bank_statement_line e ON e.account_number = o.account
          JOIN res_partner p ON p.id = e.partner_id
         WHERE e.company_id = %(company)s AND e.is_reconciled
    ) known GROUP BY account HAVING count(DISTINCT partner_id) = 1
), names AS (
    SELECT lower(btrim(name)) AS name, min(commercial_partner_id) AS partner_id
      FROM res_partner
     WHERE active AND (company_id IS NULL OR company_id = %(company)s)
       AND lower(btrim(name)) IN (SELECT name FROM open_lines WHERE partner_id IS NULL AND name != '')
     GROUP BY 1 HAVING count(DISTINCT commercial_partner_id) = 1
)
SELECT l.id, l.date, l.amount::text, l.currency, l.payment_ref, l.ref, l.fc_structured_reference, l.fc_end_to_end_id,
       -- Account and name of different partners tell nobody.
       COALESCE(p.commercial_partner_id, CASE WHEN a.partner_id != n.partner_id THEN NULL
                                              ELSE COALESCE(a.partner_id, n.partner_id) END),
       l.account, l.partner_name, l.members, l.charges,
       CASE WHEN l.partner_id IS NOT NULL THEN '' WHEN a.partner_id IS NOT NULL THEN 'account'
            WHEN n.partner_id IS NOT NULL THEN 'name' ELSE '' END
  FROM open_lines l
  LEFT JOIN res_partner p ON p.id = l.partner_id
  LEFT JOIN accounts a ON a.account = l.account AND l.partner_id IS NULL
  LEFT JOIN names n ON n.name = l.name AND l.partner_id IS NULL
"""

class FinanceReconciliation(models.AbstractModel):
    _name = "finance.reconciliation"
    _description = "Reconciliation"

    @api.model
    def _pool(self, company, line_ids=None, import_id=None):
        """(bank lines, candidates) of ``company`` as records of `core.matching`; ``line_ids``: of these bank lines only;
        ``import_id``: also the entries of this import that will become bank lines, with minus their id.

        Candidate ids are ``s:<settlement id>``, ``i:<journal item id>``, and of other bank lines ``l:<line id>`` for the other
        side of a transfer between own accounts, ``r:<line id>`` for one that is taken back.
        """
        self.env.flush_all()
        # A night's lines are more than the database expects of one query; without room it sorts and joins them on disk.
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")
        lines = self._open_lines(company, line_ids, import_id)
        if not lines:
            return [], []
        candidates = [
            *self._open_settlements(company),
            *self._open_items(company, lines),
            *self._other_lines(company, lines),
        ]
        return lines, candidates

    def _open_lines(self, company, line_ids, import_id):
        self.env.cr.execute(_LINES, {"company": company.id, "lines": line_ids, "import": import_id})
        return [line for row in self.env.cr.fetchall() if (line := self._line(row))]

    def _line(self, row):
        """The `Line` of a row of _LINES; None for an amount that nothing can equal."""
        line_id, day, amount, currency, text, ref, structured, end_to_end, *row = row
        partner_id, account, name, members, charges, payer = row
        money = _money(amount, currency)
        if money is None:
            return None
        return Line(
            id=line_id,
            date=day,
            amount=money,
            text="\n".join(filter(None, (text, end_to_end if structured else None))),
            reference=structured or end_to_end or ref or "",
            partner_id=partner_id,
            counterparty_account=account,
            counterparty_name=name or "",
            parts=tuple(_part(member, currency) for member in members or ()),
            payer=self._payer(payer, account, name) if payer else "",
            charges=_taken_off(charges, currency) if charges else None,
        )

    def _payer(self, how, account, name):
        """The sentence that says how the partner of a line was found."""
        if how == "account":
            return self.env._("The account %s is one that the partner pays from.", account)
        return self.env._("The bank tells the name of the partner: %s.", name)

    @api.model
    def _blocked(self, line_ids):
        """line id -> candidate keys that a person has rejected or undone."""
        blocked = defaultdict(set)
        self.env.cr.execute(
            "SELECT line_id, candidate_key FROM finance_match WHERE line_id = ANY(%s) AND state IN "
            "('rejected', 'undone')",
            [list(line_ids)],
        )
        for line_id, key in self.env.cr.fetchall():
            blocked[line_id].add(key)
        return blocked


def _money(text, currency):
    """The Money of a numeric column; None for an amount that its currency cannot have, which nothing can equal.

    What other importers wrote as a sum of floats may have dust behind its decimals.
    """
    try:
        return Money(minor_units(text, currency), currency)
    except MoneyError:
        rounded = Money.rounded(Decimal(text), currency)
        if abs(rounded.to_decimal() - Decimal(text)) < _DUST:
            return rounded
        _logger.warning("%s %s is no exact amount of its currency; it is not matched", text, currency)
        return None


def _taken_off(charges, currency):
    """What of the ``charges`` that the import has noted the bank has taken off the amount; None if it says nothing of it."""
    own = [_money(one["amount"], currency) for one in charges if one.get("included") and one["currency"] == currency]
    return sum(own, Money.zero(currency)) if own and all(own) else None


def _part(member, currency):
    """The `Part` of a member of a batch as the import has noted it."""
    references = member.get("references") or {}
    named = [*member.get("structured", ()), *member.get("documents", ()), *references.values()]
    text = [*member.get("remittance", ()), member.get("information", "")]
    return Part(_money(member["amount"], currency), "\n".join(text), "\n".join(named))


def _spellings(lines):
    """Every way in which tokens of the lines' texts, joined, may spell a reference that has a digit."""
    found = set()
    for line in lines:
        for text in (line.text, line.reference, *(f"{part.reference}\n{part.text}" for part in line.parts)):
            parts = tokens(text)
            for start in range(len(parts)):
                joined = ""
                for part in parts[start : start + _MAX_TOKENS]:
                    joined += part
                    if len(joined) > _MAX_CHARACTERS:
                        break
                    if len(joined) >= _MIN_CHARACTERS and not joined.isalpha():
                        found.add(joined)
    return found
