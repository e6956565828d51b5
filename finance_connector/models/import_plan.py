"""Deciding which staged entries are new, before anything is booked: overlaps, repeats, and what the bank
changed (INV-3).

The decision itself is `formats.dedupe`; here the entries known before are found for it, and what it says is
written to the staged rows, where it survives a crash.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import models

from ..formats import dedupe
from ..formats.fingerprint import compose
from .bank_links import links_sql

# What is undecided of a statement, as `Staged.of` reads it.
STAGED = f"""
SELECT COALESCE(bank_id, ''), fingerprint, booking_date, amount::text, data ? 'is_reversal', id,
       {links_sql("data->'details'", "data->>'end_to_end_id'")}
  FROM finance_import_entry WHERE coverage_id = %s AND line_id IS NULL ORDER BY sequence
"""
_STORED = f"""
SELECT COALESCE(l.fc_bank_id, ''), l.fc_import_uid, m.date, l.amount::text, l.id,
       {links_sql("l.fc_details", "l.fc_end_to_end_id")}
  FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id
 WHERE l.journal_id = %(journal)s AND l.fc_import_uid IS NOT NULL AND m.date BETWEEN %(first)s AND %(last)s
   AND l.fc_import_id IS DISTINCT FROM %(import)s
"""
# Entries that earlier statements of the same file bring.
_EARLIER = f"""
SELECT COALESCE(bank_id, ''), uid, booking_date, amount::text, line_id,
       {links_sql("data->'details'", "data->>'end_to_end_id'")}
  FROM finance_import_entry
 WHERE import_id = %(import)s AND journal_id = %(journal)s AND coverage_id < %(coverage)s AND decision = 'new'
   AND booking_date BETWEEN %(first)s AND %(last)s
"""


class Staged(NamedTuple):
    """A staged entry as `formats.dedupe` looks at it."""

    bank_id: str
    fingerprint: str
    booking_date: date
    amount: Decimal
    is_reversal: bool
    row_id: int
    links: frozenset

    @classmethod
    def of(cls, row):
        """The entry of a ``row`` of STAGED."""
        return cls(*row[:3], Decimal(row[3]), *row[4:6], frozenset(row[6]))


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _plan(self):
        """Decide about every staged entry that has no bank line yet, and what its line will pay. Raises ImportRefused if a
        new one may not be booked."""
        self._decide()
        self._foresee()

    def _decide(self):
        """Which staged entries are new. Raises ImportRefused if one of them may not be booked."""
        self.ensure_one()
        self.env.flush_all()
        for coverage in self.coverage_ids.sorted("sequence"):
            self._plan_statement(coverage)
        self.env.cr.execute(
            """SELECT journal_id, array_agg(DISTINCT booking_date) FROM finance_import_entry
                WHERE import_id = %s AND decision = 'new' AND line_id IS NULL GROUP BY journal_id""",
            [self.id],
        )
        for journal_id, dates in self.env.cr.fetchall():
            self._refuse_locked(self.env["account.journal"].browse(journal_id), dates)
        self.env.cr.execute(
            """SELECT count(*) FILTER (WHERE decision = 'known'), count(*) FILTER (WHERE decision =
               'conflict')
                 FROM finance_import_entry WHERE import_id = %s""",
            [self.id],
        )
        known, conflicts = self.env.cr.fetchone()
        self.write({"planned": True, "duplicate_count": known, "conflict_count": conflicts})

    def _plan_statement(self, coverage):
        if coverage.provisional:
            self._plan_announced(coverage)
            return
        self.env.cr.execute(STAGED, [coverage.id])
        incoming = [Staged.of(row) for row in self.env.cr.fetchall()]
        days = [entry.booking_date for entry in incoming]
        known = self._known_entries(coverage, min(days), max(days)) if days else []
        adjoining = dedupe.adjoins(self._spans_before(coverage), self._span(coverage))
        decisions = dedupe.decide(known, incoming, adjoining)
        taken = self._uids_of_own_lines(coverage)
        rows = [(entry.row_id, "new", free_uid(uid, taken), None) for entry, uid in decisions.new]
        rows += [
            (pair.entry.row_id, "known", pair.known.fingerprint, pair.reason) for pair in decisions.duplicates
        ]
        rows += [
            (pair.entry.row_id, "conflict", pair.known.fingerprint, pair.reason)
            for pair in decisions.conflicts
        ]
        write_decisions(self.env.cr, rows)
        coverage.write(
            {
                "duplicate_count": len(decisions.duplicates),
                "missing_line_ids": [one.key for one in decisions.missing if one.key],
            }
        )

    def _known_entries(self, coverage, first, last):
        values = {
            "journal": coverage.journal_id.id,
            "import": self.id,
            "coverage": coverage.id,
            "first": first,
            "last": last,
        }
        self.env.cr.execute(f"{_STORED} UNION ALL {_EARLIER}", values)
        return [dedupe.Known(*row[:3], Decimal(row[3]), row[4], frozenset(row[5])) for row in self.env.cr.fetchall()]

    def _uids_of_own_lines(self, coverage):
        """Fingerprints that this import has already given to bank lines of the journal, in a run that was
        stopped."""
        self.env.cr.execute(
            """SELECT uid FROM finance_import_entry
                WHERE import_id = %s AND journal_id = %s AND line_id IS NOT NULL""",
            [self.id, coverage.journal_id.id],
        )
        return {row[0] for row in self.env.cr.fetchall()}

    def _spans_before(self, coverage):
        """What is proven of the account, and what earlier statements of this file say."""
        before = self.env["finance.coverage"].search(
            [
                ("journal_id", "=", coverage.journal_id.id),
                ("provisional", "=", False),
                "|",
                ("state", "=", "proven"),
                "&",
                ("import_id", "=", self.id),
                ("sequence", "<", coverage.sequence),
            ]
        )
        return [self._span(one) for one in before]

    def _span(self, coverage):
        day = coverage.date_to or date.max
        return dedupe.Span(
            Decimal(str(coverage.opening)) if coverage._has_balances() else None,
            Decimal(str(coverage.closing)) if coverage._has_balances() else None,
            coverage.first_day or day,
            coverage.last_day or day,
        )


def write_decisions(cr, rows):
    """Note at staged entries what was decided; ``rows``: (id, decision, uid, reason)."""
    if rows:
        cr.execute_values(
            """UPDATE finance_import_entry e SET decision = v.decision, uid = v.uid, reason = v.reason
                 FROM (VALUES %s) AS v (id, decision, uid, reason) WHERE e.id = v.id""",
            rows,
            page_size=1000,
        )


def free_uid(uid, taken):
    """``uid``, with the next ordinal that is not in ``taken``; it is taken then."""
    content, _colon, number = uid.partition(":")
    ordinal = int(number)
    while compose(content, ordinal) in taken:
        ordinal += 1
    taken.add(compose(content, ordinal))
    return compose(content, ordinal)
