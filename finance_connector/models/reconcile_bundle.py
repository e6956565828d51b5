"""What is reconciled in one: the lines, what they pay, and the account on which they meet.

One line and the items it pays; several lines that pay one item; two lines that answer each other, as a transfer between own
accounts or a payment that the bank takes back.
"""

from dataclasses import dataclass
from typing import Any

from odoo import models
from odoo.exceptions import UserError


@dataclass(frozen=True)
class Bundle:
    """``lines`` are bank lines with their ``suspense`` items in the same order, ``targets`` the open items that they pay, on
    ``account``; all of them recordsets."""

    matches: Any
    lines: Any
    suspense: Any
    targets: Any
    account: Any
    partner: Any
    wants_targets: bool = True

    @property
    def currency(self):
        """The one currency of the lines; several if they do not fit."""
        return self.lines.currency_id


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _bundles(self, matches):
        """The `Bundle`s of ``matches``. Raises UserError for a line that is explained already."""
        targets = self._targets(matches)
        return [
            self._line_with_line(group) if group[0].other_line_id else self._lines_with_items(group, targets[group[0].id])
            for group in matches.grouped(lambda match: match.bundle or match.id).values()
        ]

    def _lines_with_items(self, matches, targets):
        lines = matches.line_id
        suspense = self.env["account.move.line"].union(*(self._suspense_line(matches, line) for line in lines))
        return Bundle(matches, lines, suspense, targets, targets.account_id[:1], targets.partner_id)

    def _line_with_line(self, matches):
        """Two lines that answer each other: what was paid by the one that is taken back is open again."""
        match = matches[0]
        line, other = match.line_id, match.other_line_id
        items = self.env["account.move.line"]
        account, partner = line.company_id.transfer_account_id, self.env["res.partner"]
        if match.candidate_key.startswith("r:"):
            _liquidity, _suspense, items = other._seek_for_lines()
            if items:
                account, partner = items.account_id[:1], items.partner_id[:1]
                other.action_undo_reconciliation()
        lines = line | other
        suspense = items.browse().union(*(self._suspense_line(match, one) for one in lines))
        return Bundle(matches, lines, suspense, items.browse(), account, partner, wants_targets=False)

    def _suspense_line(self, match, line):
        _liquidity, suspense, other = line._seek_for_lines()
        if len(suspense) != 1 or other:
            raise UserError(
                self.env._(
                    "%s is already explained, in part or as a whole. Undo that first.", match[:1].display_name
                )
            )
        return suspense

    def _complete(self, matches):
        """``matches`` with a match for every line that is answered by one of them: a line that is taken back has none yet."""
        missing = matches.filtered(lambda match: match.other_line_id and match.other_line_id not in matches.line_id)
        rows = self.env["finance.match"]
        open_rows = rows.search([("line_id", "in", missing.other_line_id.ids), ("state", "in", ("proposed", "ambiguous"))])
        open_rows.unlink()
        return matches | rows.create(
            [
                {
                    "line_id": match.other_line_id.id,
                    "company_id": match.company_id.id,
                    "candidate_key": f"{match.candidate_key[0]}:{match.line_id.id}",
                    "other_line_id": match.line_id.id,
                    "bundle": match.bundle,
                    "score": match.score,
                    "runner_up_score": match.runner_up_score,
                    "reasons": match.reasons,
                    "amount": match.other_line_id.amount,
                    "currency_id": match.currency_id.id,
                }
                for match in missing
            ]
        )
