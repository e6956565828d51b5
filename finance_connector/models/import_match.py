"""Bank lines whose match is known before they are made: they are made with what they pay as their counterpart, so that no
suspense line has to be rewritten.

Only what the text names beyond doubt (a reference, the trace of a payout) is taken this early; weaker evidence waits for the
reconciliation, which sees the lines of all accounts at once (INV-8).
"""

import json
import logging

from odoo import models

from ..core.matching import MATCHED, Line, LineMatch, match
from ..core.money import Money, minor_units
from .inbox import CONCURRENCY
from .reconcile_answer import JOIN, Answer

_logger = logging.getLogger(__name__)
# The score from which a text names what it pays.
_NAMED = 93


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _foresee(self):
        """Note at every new entry what its bank line pays, if its text names that."""
        reconciliation = self.env["finance.reconciliation"]
        lines, candidates = reconciliation._pool(self.company_id, [], self.id)
        results = match(lines, candidates, reconciliation._policy(self.company_id)).by_line.values() if lines else ()
        named = [one for one in results if one.state == MATCHED and one.score >= _NAMED and _is_plain(one)]
        contended = self._contended({key for one in named for key in one.candidate_ids})
        rows = [
            (-one.line_id, json.dumps({"key": JOIN.join(one.candidate_ids), **_told(one)}))
            for one in named
            if contended.isdisjoint(one.candidate_ids)
        ]
        self.env.cr.execute("UPDATE finance_import_entry SET foreseen = NULL WHERE import_id = %s", [self.id])
        if rows:
            self.env.cr.execute_values(
                "UPDATE finance_import_entry e SET foreseen = v.told::jsonb FROM (VALUES %s) AS v (id, told) WHERE e.id = v.id",
                rows,
                page_size=1000,
            )

    def _contended(self, keys):
        """Those of ``keys`` that bank lines which are here already may pay."""
        self.env.cr.execute(
            """SELECT 's:' || m.settlement_id FROM finance_match m
                WHERE m.state IN ('proposed', 'ambiguous') AND 's:' || m.settlement_id = ANY(%(keys)s)
               UNION
               SELECT 'i:' || r.account_move_line_id FROM finance_match_move_line_rel r
                 JOIN finance_match m ON m.id = r.finance_match_id
                WHERE m.state IN ('proposed', 'ambiguous') AND r.account_move_line_id = ANY(%(items)s)""",
            {"keys": list(keys), "items": [int(key[2:]) for key in keys if key.startswith("i:")]},
        )
        return {row[0] for row in self.env.cr.fetchall()}

    def _make_lines(self, journal, rows, vals_list):
        """The bank lines of staged ``rows``; those whose match is foreseen are reconciled at once."""
        paid = self._still_open(journal, rows)
        if paid:
            try:
                with self.env.cr.savepoint():
                    return self._make_reconciled(journal, rows, vals_list, paid)
            except CONCURRENCY:
                raise
            except Exception:
                _logger.info("Lines of import %s could not be made reconciled; they wait for it", self.id, exc_info=True)
        return self.env["account.bank.statement.line"].with_company(journal.company_id)._create_batch(vals_list)

    def _make_reconciled(self, journal, rows, vals_list, paid):
        company = journal.company_id
        books = self.env["finance.reconciliation"]._books(company)
        made = [vals | _counterpart(paid.get(row["id"])) for row, vals in zip(rows, vals_list, strict=True)]
        lines = self.env["account.bank.statement.line"].with_company(company)._create_batch(made)
        pairs, answers = [], []
        for row, line in zip(rows, lines.with_env(books.env), strict=True):
            if row["id"] in paid:
                _liquidity, _suspense, counterpart = line._seek_for_lines()
                pairs.append(counterpart | paid[row["id"]].with_env(books.env))
                answers.append(_answer(row, line, journal))
        books._reconcile_pairs(pairs)
        books._store(company, answers, "proposed")
        books._note_applied(books._stored(answers), company, None)
        return lines

    def _still_open(self, journal, rows):
        """Row id -> the open journal items that its bank line will pay exactly, all on one account."""
        keys = {row["id"]: row["foreseen"]["key"].split(JOIN) for row in rows if row["foreseen"]}
        in_transit = self.env["finance.reconciliation"]._in_transit(
            [int(key[2:]) for own in keys.values() for key in own if key.startswith("s:")]
        )
        found, taken = {}, set()
        for row in rows:
            ids = [
                item_id
                for key in keys.get(row["id"], ())
                for item_id in (in_transit.get(int(key[2:]), ()) if key.startswith("s:") else [int(key[2:])])
            ]
            items = self.env["account.move.line"].browse(ids).exists()
            if items and taken.isdisjoint(ids) and len(items) == len(ids) and _fits(journal, items, float(row["amount"])):
                found[row["id"]] = items
                taken.update(ids)
        return found


def _fits(journal, items, amount):
    """Whether a bank line of ``amount`` pays ``items`` exactly."""
    currency = journal.currency_id or journal.company_id.currency_id
    return (
        not any(items.mapped("reconciled"))
        and items.currency_id == currency
        and len(items.account_id) == 1
        and items.company_id == journal.company_id
        and not currency.compare_amounts(sum(items.mapped("amount_residual_currency")), amount)
    )


def _is_plain(result):
    """Whether the line alone pays open items: no other line belongs to the answer."""
    return not result.with_lines and all(key[0] in "is" for key in result.candidate_ids)


def _told(result):
    return {"score": result.score, "runner_up_score": result.runner_up_score, "reasons": result.reasons}


def _counterpart(items):
    """The columns of a bank line that pays ``items``; none if there are none."""
    if not items:
        return {}
    partner = {"partner_id": items.partner_id.id} if len(items.partner_id) == 1 else {}
    return {"counterpart_account_id": items.account_id.id, **partner}


def _answer(row, line, journal):
    """What was foreseen, as the answer of the matching for the bank line that was made."""
    told, currency = row["foreseen"], (journal.currency_id or journal.company_id.currency_id).name
    keys = tuple(told["key"].split(JOIN))
    result = LineMatch(line.id, MATCHED, keys, told["score"], told["runner_up_score"], tuple(told["reasons"]))
    return Answer(Line(line.id, Money(minor_units(row["amount"], currency), currency), line.date), result, keys)
