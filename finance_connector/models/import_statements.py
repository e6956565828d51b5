"""From the bank lines of an import to statements that Odoo finds complete.

An overlapping file brings only its new entries. Each unbroken run of new entries becomes one native statement, whose balances
are the running balance of the file before and after the run: so every statement is complete, and valid after the one that
brought the known entries. A run with more lines than can be put into a statement at once becomes several that follow each other
(decision 0043).
"""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import Command, models

from .limits import limit

# The statements of the bank whose new lines are not all in one of ours.
_OPEN = """
SELECT DISTINCT e.coverage_id FROM finance_import_entry e JOIN account_bank_statement_line l ON l.id = e.line_id
 WHERE e.import_id = %s AND e.decision = 'new' AND l.statement_id IS NULL
"""
_ENTRIES = """
SELECT e.amount::text, e.decision, e.line_id, e.booking_date, coalesce(made.statement_id, known.statement_id)
  FROM finance_import_entry e
  LEFT JOIN account_bank_statement_line made ON made.id = e.line_id AND e.decision = 'new'
  LEFT JOIN account_bank_statement_line known
         ON known.journal_id = e.journal_id AND known.fc_import_uid = e.uid AND e.decision = 'known'
 WHERE e.coverage_id = %s ORDER BY e.sequence
"""


class _Entry(NamedTuple):
    """A staged entry with its new bank line, and the statement that this one, or the known one, is in."""

    amount: Decimal
    decision: str
    line_id: int | None
    date: object
    statement_id: int | None


class _Run(NamedTuple):
    """Entries that become one native statement, and its balances."""

    opening: Decimal
    closing: Decimal
    entries: list


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _make_statements(self, most=None):
        """Make the native statements that are still to be made, until ``most`` lines or more are in one. How many were made."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(_OPEN, [self.id])
        waiting = self.env["finance.coverage"].browse(row[0] for row in self.env.cr.fetchall())
        made = size = 0
        for coverage in waiting.sorted("sequence"):
            # A native statement has two balances; where the bank states none, its lines stand alone (decision 0020).
            if not coverage._has_balances():
                continue
            runs = self._statements_of(coverage)
            for number, run in enumerate(runs, 1):
                if all(entry.statement_id for entry in run.entries):
                    continue
                if most is not None and size >= most:
                    return made
                self._make_statement(coverage, run, coverage.name if len(runs) == 1 else f"{coverage.name} ({number})")
                made, size = made + 1, size + len(run.entries)
        return made

    def _make_statement(self, coverage, run, name):
        self.env["account.bank.statement"].create(
            {
                "name": name,
                "reference": self.filename,
                "balance_start": run.opening,
                "balance_end_real": run.closing,
                "line_ids": [Command.set([entry.line_id for entry in run.entries])],
                "fc_coverage_id": coverage.id,
            }
        )
        # The ORM would compute what hangs on many statements later in one go, and longer than a step may take.
        self.env.flush_all()

    def _statements_of(self, coverage):
        """The `_Run`s of ``coverage``, made or not, each with as many lines as fit into a statement."""
        opening = Decimal(str(coverage.opening))
        self.env.cr.execute(_ENTRIES, [coverage.id])
        entries = [_Entry(Decimal(amount), *others) for amount, *others in self.env.cr.fetchall()]
        most = limit(self.env, "statement_lines")
        return [part for run in _runs(opening, entries, self._statement_ends) for part in _parts(run, most)]

    def _statement_ends(self, statement_id):
        return Decimal(str(self.env["account.bank.statement"].browse(statement_id).balance_end_real))


def _runs(balance, entries, end_of):
    """The `_Run`s of new ``entries``, which come in the order of the file, from the ``balance`` before them.

    A run in the midst of entries of one earlier statement stands behind that statement (``end_of`` gives its closing
    balance): the bank put it in afterwards.
    """
    runs, before, inserted, groups = [], None, defaultdict(Decimal), []
    for entry in entries:
        if not groups or (groups[-1][-1].decision == "new") != (entry.decision == "new"):
            groups.append([])
        groups[-1].append(entry)
    for place, group in enumerate(groups, 1):
        moved = sum((entry.amount for entry in group), Decimal(0))
        if group[0].decision == "new":
            after = groups[place][0].statement_id if place < len(groups) else None
            opening = balance
            if before and before == after:
                opening = end_of(before) + inserted[before]
                inserted[before] += moved
            runs.append(_Run(opening, opening + moved, group))
        else:
            before = group[-1].statement_id
        balance += moved
    return runs


def _parts(run, most):
    """``run`` in parts of at most ``most`` entries, in the order in which Odoo has the lines: so each follows the one before."""
    if len(run.entries) <= most:
        return [run]
    parts, balance = [], run.opening
    ordered = sorted(run.entries, key=lambda entry: (entry.date, entry.line_id))
    for start in range(0, len(ordered), most):
        entries = ordered[start : start + most]
        parts.append(_Run(balance, balance + sum((entry.amount for entry in entries), Decimal(0)), entries))
        balance = parts[-1].closing
    return parts
