"""The nightly reconciliation: every open bank line is matched at once; what is certain is applied, the rest
is told.

Restartable at any point: what was applied is no longer open, and the next run starts from what is.
"""

import logging
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models

from ..core.matching import AMBIGUOUS, match
from .inbox import CONCURRENCY
from .limits import limit
from .reconcile_answer import JOIN, Answer

_logger = logging.getLogger(__name__)
# Matches applied per transaction.
BATCH = 100
# Days after which a bank line that nothing explains becomes an exception.


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _cron_reconcile(self):
        """Scheduled action: match and apply, company by company."""
        self.env["ir.cron"]._commit_progress(remaining=1)
        companies = self.env["account.journal"].sudo().search([("type", "=", "bank")]).company_id
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
        self._adopt_by_hand(company)
        self._clear_explained(company)
        lines, candidates = self._pool(company)
        if not lines:
            return True
        results = match(lines, candidates, self._policy(company)).by_line
        by_id = {line.id: line for line in lines}
        answers = [Answer.of(by_id[result.line_id], result) for result in results.values()]
        blocked = self._blocked(by_id)
        certain, others = self._certain(answers, blocked)
        # What is taken back is explained first, so that its books are the same whether both lines came together or not.
        first = [group for group in certain if not group[0].other_lines("r:")]
        then = [group for group in certain if group[0].other_lines("r:")]
        failed, finished = self._apply_certain(company, first)
        if finished:
            later, finished = self._apply_certain(company, then)
            failed += later
        others = self._apply_rules(company, others, blocked)
        doubtful = [answer for answer in others if answer.keys]
        self._tell_doubtful(company, doubtful + failed)
        return finished and self._tell_unexplained(company, [answer for answer in others if not answer.is_doubt])

    def _certain(self, answers, blocked):
        """(answers that may be applied, grouped by bundle; all others), after what people have ruled out."""
        open_ = [answer.without(blocked[answer.line.id]) for answer in answers]
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

    def _apply_certain(self, company, groups):
        """Apply in batches with a commit each: (those that could not be applied, whether there was time for all)."""
        failed, batch, size = [], [], 0
        for place, group in enumerate(groups, 1):
            batch.append(group)
            size += len(group)
            if size < BATCH and place < len(groups):
                continue
            failed += self._apply_batch(company, batch)
            if not self.env["ir.cron"]._commit_progress(size, remaining=1):
                return failed, False
            batch, size = [], 0
        return failed, True

    def _apply_batch(self, company, groups):
        try:
            with self.env.cr.savepoint():
                self._apply(self._store(company, [answer for group in groups for answer in group], "proposed"))
            return []
        except CONCURRENCY:
            raise
        except Exception as error:
            if len(groups) == 1:
                self._tell_failed(company, groups[0][0].line, error)
                return groups[0]
        _logger.info("A batch of %s matches failed as a whole; trying one by one", len(groups), exc_info=True)
        return [answer for group in groups for answer in self._apply_batch(company, [group])]

    def _tell_failed(self, company, line, error):
        _logger.info("Bank line %s could not be reconciled", line.id, exc_info=True)
        self.env["finance.exception"]._raise(
            "posting_failed",
            f"line-{line.id}",
            company,
            self.env._("Bank line %s could not be reconciled", _short(line)),
            detail=str(error),
            record=self.env["account.bank.statement.line"].browse(line.id),
            amount=abs(line.amount.to_decimal()),
            currency=self._currency(line),
        )

    # --- rows that say why ----------------------------------------------------------------------------------

    def _store(self, company, answers, state):
        """The `finance.match` rows of ``answers`` in ``state``: made, or brought up to date."""
        matches = self.env["finance.match"]
        known = {
            (row.line_id.id, row.candidate_key): row
            for row in matches.search(
                [("line_id", "in", [answer.line.id for answer in answers]), ("state", "in", ("proposed", "ambiguous"))]
            )
        }
        fresh, kept = [], matches
        for answer in answers:
            for key in answer.rows:
                result = answer.result
                vals = {
                    "state": state if len(answer.rows) > 1 else "proposed",
                    "score": result.score,
                    "runner_up_score": result.runner_up_score,
                    "reasons": list(result.reasons),
                    "bundle": answer.bundle,
                    "difference": result.difference.to_decimal() if result.difference else 0,
                }
                row = known.pop((answer.line.id, key), None)
                if row:
                    row.write(vals)
                    kept |= row
                else:
                    fresh.append(vals | self._identity(company, answer.line, key))
        matches.browse([row.id for row in known.values()]).unlink()
        return kept | matches.create(fresh)

    def _identity(self, company, line, key):
        ids = {kind: [] for kind in "silr"}
        for part in key.split(JOIN):
            kind, _colon, record_id = part.partition(":")
            ids[kind].append(int(record_id))
        return {
            "line_id": line.id,
            "company_id": company.id,
            "candidate_key": key,
            "settlement_id": ids["s"][0] if ids["s"] else False,
            "move_line_ids": [fields.Command.set(ids["i"])] if ids["i"] else False,
            "other_line_id": (ids["l"] + ids["r"] + [False])[0],
            "amount": line.amount.to_decimal(),
            "currency_id": self._currency(line).id,
        }

    def _currency(self, line):
        ids = self.env["finance.subledger"]._currency_ids()
        return self.env["res.currency"].browse(ids[line.amount.currency])

    def _tell_doubtful(self, company, doubtful):
        """Show what is in doubt, each line once, and take away what no longer is."""
        told = {answer.line.id for answer in doubtful}
        matches = self.env["finance.match"]
        stale = matches.search(
            [("company_id", "=", company.id), ("state", "in", ("proposed", "ambiguous")), ("rule_id", "=", False)]
        )
        stale = stale.filtered(lambda row: row.line_id.id not in told)
        gone = stale.line_id.ids
        stale.unlink()
        exceptions = self.env["finance.exception"]
        exceptions._clear_many("match_ambiguous", gone, company, self.env._("The doubt is gone."))
        rows = self._store(company, doubtful, "ambiguous")
        by_line = rows.grouped(lambda row: row.line_id.id)
        known = self._open_causes(company, "match_ambiguous")
        for answer in doubtful:
            line, result = answer.line, answer.result
            if result.state != AMBIGUOUS or f"match_ambiguous:{line.id}" in known:
                continue
            exceptions._raise(
                "match_ambiguous",
                line.id,
                company,
                self.env._("Bank line %s may pay several things", _short(line)),
                detail="\n".join(
                    [
                        *(reason["text"] for reason in result.reasons),
                        self.env._("Candidates: %s.", "; ".join(by_line[line.id].mapped("candidate_name"))),
                        self.env._("Open the bank line and apply the right one."),
                    ]
                ),
                record=self.env["account.bank.statement.line"].browse(line.id),
                amount=abs(line.amount.to_decimal()),
                currency=self._currency(line),
            )
        self.env["ir.cron"]._commit_progress()

    def _tell_unexplained(self, company, unexplained):
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
        while batch := list(islice(queue, BATCH)):
            for line, result in batch:
                exceptions._raise(
                    "match_missing",
                    line.id,
                    company,
                    self.env._("Bank line %s is not explained", _short(line)),
                    detail="\n".join(reason["text"] for reason in result.reasons),
                    record=self.env["account.bank.statement.line"].browse(line.id),
                    amount=abs(line.amount.to_decimal()),
                    currency=self._currency(line),
                )
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=1):
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
