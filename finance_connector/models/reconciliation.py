"""The nightly reconciliation: every open bank line is matched at once; what is certain is applied, the rest
is told.

Restartable at any point: what was applied is no longer open, and the next run starts from what is.
"""

import logging
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models

from ..core.matching import AMBIGUOUS, MATCHED, Policy, match
from .inbox import CONCURRENCY
from .limits import limit

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
        results = match(lines, candidates, Policy()).by_line
        by_id = {line.id: line for line in lines}
        blocked = self._blocked(by_id)
        certain, doubtful, unexplained = [], [], []
        for result in results.values():
            open_ids = [key for key in result.candidate_ids if key not in blocked[result.line_id]]
            if result.state == MATCHED and open_ids:
                certain.append((by_id[result.line_id], result, open_ids))
            elif result.state == AMBIGUOUS and open_ids:
                doubtful.append((by_id[result.line_id], result, open_ids))
            else:
                unexplained.append((by_id[result.line_id], result))
        failed, finished = self._apply_certain(company, certain)
        self._tell_doubtful(company, doubtful + failed)
        return finished and self._tell_unexplained(company, unexplained)

    def _apply_certain(self, company, certain):
        """Apply in batches with a commit each: (those that could not be applied, whether there was time for all)."""
        failed = []
        queue = iter(certain)
        while batch := list(islice(queue, BATCH)):
            failed += self._apply_batch(company, batch)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=1):
                return failed, False
        return failed, True

    def _apply_batch(self, company, batch):
        try:
            with self.env.cr.savepoint():
                self._apply(self._store(company, batch, "proposed"))
            return []
        except CONCURRENCY:
            raise
        except Exception as error:
            if len(batch) == 1:
                self._tell_failed(company, batch[0][0], error)
                return batch
        _logger.info("A batch of %s matches failed as a whole; trying one by one", len(batch), exc_info=True)
        return [item for one in batch for item in self._apply_batch(company, [one])]

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

    def _store(self, company, items, state):
        """The `finance.match` rows of ``items`` (line, result, candidate keys) in ``state``: made, or brought
        up to date."""
        matches = self.env["finance.match"]
        known = {
            (row.line_id.id, row.candidate_key): row
            for row in matches.search(
                [
                    ("line_id", "in", [line.id for line, _r, _k in items]),
                    ("state", "in", ("proposed", "ambiguous")),
                ]
            )
        }
        fresh, kept = [], matches
        for line, result, keys in items:
            for key in keys:
                vals = {
                    "state": state if len(keys) > 1 or state == "proposed" else "proposed",
                    "score": result.score,
                    "runner_up_score": result.runner_up_score,
                    "reasons": list(result.reasons),
                }
                row = known.pop((line.id, key), None)
                if row:
                    row.write(vals)
                    kept |= row
                else:
                    fresh.append(vals | self._identity(company, line, key))
        matches.browse([row.id for row in known.values()]).unlink()
        return kept | matches.create(fresh)

    def _identity(self, company, line, key):
        kind, _colon, record_id = key.partition(":")
        return {
            "line_id": line.id,
            "company_id": company.id,
            "candidate_key": key,
            "settlement_id": int(record_id) if kind == "s" else False,
            "move_line_ids": [fields.Command.link(int(record_id))] if kind == "i" else False,
            "amount": line.amount.to_decimal(),
            "currency_id": self._currency(line).id,
        }

    def _currency(self, line):
        ids = self.env["finance.subledger"]._currency_ids()
        return self.env["res.currency"].browse(ids[line.amount.currency])

    def _tell_doubtful(self, company, doubtful):
        """Show what is in doubt, each line once, and take away what no longer is."""
        told = {line.id for line, _result, _keys in doubtful}
        matches = self.env["finance.match"]
        stale = matches.search([("company_id", "=", company.id), ("state", "in", ("proposed", "ambiguous"))])
        stale = stale.filtered(lambda row: row.line_id.id not in told)
        gone = stale.line_id.ids
        stale.unlink()
        exceptions = self.env["finance.exception"]
        exceptions._clear_many("match_ambiguous", gone, company, self.env._("The doubt is gone."))
        rows = self._store(company, doubtful, "ambiguous")
        by_line = rows.grouped(lambda row: row.line_id.id)
        known = self._open_causes(company, "match_ambiguous")
        for line, result, _keys in doubtful:
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
            (line, result)
            for line, result in unexplained
            if (line.date <= oldest or result.candidate_ids) and f"match_missing:{line.id}" not in known
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

    # --- what people did meanwhile --------------------------------------------------------------------------

    def _clear_explained(self, company):
        """Close the exceptions of lines that were reconciled by hand."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT e.id FROM finance_exception e
                 LEFT JOIN account_bank_statement_line l ON l.id = e.res_id
                WHERE e.company_id = %s AND e.kind IN ('match_ambiguous', 'match_missing')
                  AND e.state IN ('open', 'in_progress') AND e.res_model = 'account.bank.statement.line'
                  AND (l.id IS NULL OR l.is_reconciled)""",
            [company.id],
        )
        rows = self.env["finance.exception"].sudo().browse([row[0] for row in self.env.cr.fetchall()])
        rows._close("resolved", self.env._("The bank line was reconciled."), automatic=True)

    def _adopt_by_hand(self, company):
        """Payouts whose lines in transit somebody reconciled with a bank line himself: link them, derive
        their state."""
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO finance_settlement_bank_line_rel (
                   finance_settlement_id, account_bank_statement_line_id)
               SELECT DISTINCT s.id, l.id
                 FROM finance_settlement s
                 JOIN finance_provider p ON p.id = s.provider_id
                 JOIN finance_movement m ON m.settlement_id = s.id AND m.kind = 'payout'
                 JOIN account_move_line a ON a.move_id = m.move_id AND a.account_id = p.in_transit_account_id
                  AND COALESCE(a.finance_movement_id, m.id) = m.id
                 JOIN account_partial_reconcile r ON a.id IN (r.debit_move_id, r.credit_move_id)
                 JOIN account_move_line b ON b.id IN (r.debit_move_id, r.credit_move_id) AND b.id != a.id
                 JOIN account_bank_statement_line l ON l.move_id = b.move_id
                WHERE s.company_id = %s AND s.state IN ('in_transit', 'paid') AND a.reconciled
               ON CONFLICT DO NOTHING RETURNING finance_settlement_id""",
            [company.id],
        )
        ids = sorted({row[0] for row in self.env.cr.fetchall()})
        if ids:
            settlements = self.env["finance.settlement"].browse(ids)
            settlements.invalidate_recordset(["bank_line_ids"])
            self._derive(settlements)

    @api.model
    def _review_ambiguity(self, lines):
        """After a rejection: a line without open candidates is no longer in doubt; the machine looks
        again."""
        for line in lines:
            if not line.fc_match_ids.filtered(lambda row: row.state in ("proposed", "ambiguous")):
                self.env["finance.exception"]._clear(
                    "match_ambiguous", line.id, line.company_id, self.env._("All candidates were rejected.")
                )
        self.env["finance.provider"]._wake("finance_connector.cron_reconcile")


def _short(line):
    text = " ".join((line.text or "").split())
    return f"{line.date} {line.amount}" + (f" “{text[:60]}”" if text else "")
