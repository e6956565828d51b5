"""The nightly reconciliation: every open bank line is matched at once; what is certain is applied, the rest
is told.

Restartable at any point: what was applied is no longer open, and the next run starts from what is.
"""

import logging
import time
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models

from ..core.collection import no_collection
from ..core.matching import AMBIGUOUS, match
from .inbox import CONCURRENCY
from .limits import limit
from .reconcile_answer import Answer
from .statement_journals import STATEMENT_TYPES

_logger = logging.getLogger(__name__)
# Matches applied per transaction: measured, 100 take a quarter longer a match, and more than 500 no less.
BATCH = 500
# Exceptions raised per transaction, which take a hundredth of the time.
TOLD = 5_000
# Seconds after which a run does not go on, however long finding took: Odoo ends one of two minutes.
LONGEST = 60


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _cron_reconcile(self):
        """Scheduled action: match and apply, company by company."""
        if not self.env["ir.cron"]._commit_progress(remaining=1):
            return
        companies = self.env["account.journal"].sudo().search([("type", "in", STATEMENT_TYPES)]).company_id
        for company in companies:
            try:
                if not self.with_company(company)._reconcile_company(company):
                    return
            except CONCURRENCY:
                self.env.cr.rollback()
                _logger.info("Reconciliation of %s met another transaction; it goes on later", company.name)
                self.env["finance.provider"]._wake("finance_connector.cron_reconcile")
        self.env["ir.cron"]._commit_progress(1, remaining=0)

    @api.model
    def _reconcile_company(self, company):
        """One round for ``company``. Whether there was time for all of it."""
        started = time.monotonic()
        self._adopt_by_hand(company)
        self._clear_explained(company)
        certain, others, blocked = self._find(company)
        # The next run finds it all anew: no more than half of the time should go into that.
        found = time.monotonic()
        until = min(2 * found - started, started + LONGEST)
        # What is taken back is explained first, so that its books are the same whether both lines came together or not.
        certain.sort(key=lambda group: bool(group[0].other_lines("r:")))
        failed, waiting = self._apply_certain(company, certain, until)
        others = self._apply_rules(company, others, blocked)
        doubtful = [answer for answer in others if answer.keys]
        self._tell_doubtful(company, doubtful + failed, waiting)
        unexplained = [answer for answer in others if not answer.is_doubt]
        return not waiting and self._tell_unexplained(company, unexplained, until)

    @api.model
    @no_collection()
    def _find(self, company):
        """Match all open lines of ``company``: (answers that may be applied, a list for each bundle; all others; what people have
        ruled out). What may be applied is written down with its reasons."""
        lines, candidates = self._pool(company)
        by_id = {line.id: line for line in lines}
        results = match(lines, candidates, self._policy(company)).by_line.values() if lines else ()
        blocked = self._blocked(by_id)
        certain, others = self._certain([Answer.of(by_id[result.line_id], result) for result in results], blocked)
        self._store(company, [answer for group in certain for answer in group], "proposed")
        self.env["ir.cron"]._commit_progress()
        return certain, others, blocked

    def _certain(self, answers, blocked):
        """(answers that may be applied, grouped by bundle; all others), after what people have ruled out."""
        open_ = [answer.without(blocked[answer.line.id]) if answer.line.id in blocked else answer for answer in answers]
        taken_back = {key for answer in open_ if answer.is_certain for key in answer.other_lines("r:")}
        certain, others = {}, []
        keys = {(answer.line.id, answer.keys) for answer in open_ if answer.is_certain}
        for answer in open_:
            if answer.line.id in taken_back and not answer.is_certain:
                # It is explained by being taken back.
                continue
            mutual = all((other, (f"l:{answer.line.id}",)) in keys for other in answer.other_lines("l:"))
            if answer.is_certain and mutual:
                certain.setdefault(answer.bundle or answer.line.id, []).append(answer)
            else:
                others.append(answer)
        whole = {name: group for name, group in certain.items() if len(group) == group[0].expected}
        others += [answer for name, group in certain.items() if name not in whole for answer in group]
        return list(whole.values()), others

    def _goes_on(self, done, until):
        """Commit what was ``done``; whether there is time for more, ``until`` (monotonic) in any case."""
        return bool(self.env["ir.cron"]._commit_progress(done, remaining=1)) or time.monotonic() < until

    def _apply_certain(self, company, groups, until=0):
        """Apply in batches with a commit each, ``until`` (monotonic) in any case: (those that could not be applied, those for
        which there was no time)."""
        failed, batch, size = [], [], 0
        for place, group in enumerate(groups, 1):
            batch.append(group)
            size += len(group)
            if size < BATCH and place < len(groups):
                continue
            failed += self._apply_batch(company, batch)
            if not self._goes_on(size, until):
                return failed, [answer for group in groups[place:] for answer in group]
            batch, size = [], 0
        return failed, []

    def _apply_batch(self, company, groups):
        try:
            with self.env.cr.savepoint():
                self._apply(self._stored([answer for group in groups for answer in group]))
            return []
        except CONCURRENCY:
            raise
        except Exception as error:
            if len(groups) == 1:
                self._tell_failed(company, groups[0][0].line, error)
                return groups[0]
        _logger.info("A batch of %s matches failed as a whole; trying its halves", len(groups), exc_info=True)
        half = len(groups) // 2
        return self._apply_batch(company, groups[:half]) + self._apply_batch(company, groups[half:])

    def _tell_failed(self, company, line, error):
        _logger.info("Bank line %s could not be reconciled", line.id, exc_info=True)
        self.env["finance.exception"]._raise(
            "posting_failed",
            f"line-{line.id}",
            company,
            self.env._("Bank line %s could not be reconciled", _short(line)),
            detail=str(error),
            **self._about(line),
        )

    def _about(self, line):
        """What an exception says of the bank ``line`` beside its text."""
        record = self.env["account.bank.statement.line"].browse(line.id)
        return {"record": record, "amount": abs(line.amount.to_decimal()), "currency": self._currency(line)}

    def _tell_doubtful(self, company, doubtful, waiting):
        """Show what is in doubt, each line once, and take away what no longer is; what is ``waiting`` to be applied stays."""
        told = {answer.line.id for answer in [*doubtful, *waiting]}
        matches = self.env["finance.match"]
        stale = matches.search(
            [("company_id", "=", company.id), ("state", "in", ("proposed", "ambiguous")), ("rule_id", "=", False)]
        )
        stale = stale.filtered(lambda row: row.line_id.id not in told)
        gone = stale.line_id.ids
        stale.unlink()
        exceptions = self.env["finance.exception"]
        exceptions._clear_many("match_ambiguous", gone, company, self.env._("The doubt is gone."))
        self._store(company, doubtful, "ambiguous")
        by_line = self._stored(doubtful).grouped(lambda row: row.line_id.id)
        known = self._open_causes(company, "match_ambiguous")
        raised = []
        for answer in doubtful:
            line, result = answer.line, answer.result
            if result.state != AMBIGUOUS or f"match_ambiguous:{line.id}" in known:
                continue
            detail = [
                *(reason["text"] for reason in result.reasons),
                self.env._("Candidates: %s.", "; ".join(by_line[line.id].mapped("candidate_name"))),
                self.env._("Open the bank line and apply the right one."),
            ]
            summary = self.env._("Bank line %s may pay several things", _short(line))
            raised.append({"cause": line.id, "summary": summary, "detail": "\n".join(detail), **self._about(line)})
        exceptions._raise_new("match_ambiguous", company, raised)
        self.env["ir.cron"]._commit_progress()

    def _tell_unexplained(self, company, unexplained, until):
        """One exception for each line that nothing explains for too long, or that names an item of another
        amount."""
        oldest = fields.Date.today() - timedelta(days=limit(self.env, "match_days"))
        known = self._open_causes(company, "match_missing")
        waiting = [
            (answer.line, answer.result)
            for answer in unexplained
            if (answer.line.date <= oldest or answer.names_another_amount) and f"match_missing:{answer.line.id}" not in known
        ]
        exceptions = self.env["finance.exception"].with_context(tracking_disable=True, mail_create_nolog=True)
        queue = iter(waiting)
        while batch := list(islice(queue, TOLD)):
            told = [
                {
                    "cause": line.id,
                    "summary": self.env._("Bank line %s is not explained", _short(line)),
                    "detail": "\n".join(reason["text"] for reason in result.reasons),
                    **self._about(line),
                }
                for line, result in batch
            ]
            exceptions._raise_new("match_missing", company, told)
            if not self._goes_on(len(batch), until):
                return False
        return True

    def _open_causes(self, company, kind):
        rows = (
            self.env["finance.exception"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", kind),
                    ("state", "in", ("open", "in_progress", "ignored")),
                ]
            )
        )
        return set(rows.mapped("cause_key"))


def _short(line):
    text = " ".join((line.text or "").split())
    return f"{line.date} {line.amount}" + (f" “{text[:60]}”" if text else "")
