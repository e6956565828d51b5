"""How an import is worked: small files within the call, bigger ones in steps by the scheduled action.

Every step ends with a commit and is found again after a crash by what it left: `staged`, `planned`, the
staged entries without a bank line, the lines without a statement. The last step makes coverage and the state `imported` appear
together; until then the import is `received` and shows its progress.
"""

import logging
import random
import time
from datetime import timedelta

import psycopg2.errors
from odoo import api, fields, models

from ..core import retry
from ..core.errors import FinanceError
from .import_account import ImportRefused
from .inbox import CONCURRENCY
from .limits import limit

_logger = logging.getLogger(__name__)

_CONFLICTS = 5
# Another worker's fresh rows make ours a repeat: only a new snapshot can tell.
COLLISIONS = (*CONCURRENCY, psycopg2.errors.UniqueViolation)


class FinanceImport(models.Model):
    _inherit = "finance.import"

    attempts = fields.Integer(readonly=True)
    next_attempt_at = fields.Datetime(readonly=True)

    # --- within the call ------------------------------------------------------------------------------------

    def _work_now(self, data):
        """Do what can be done at once; the rest is left to the scheduled action."""
        self.ensure_one()
        try:
            if not self._guarded(self._read, data):
                return
        except psycopg2.errors.UniqueViolation:
            _logger.info("Import %s met another one that tells the same; the scheduled action goes on", self.id)
        if self.state == "received" and self.staged and self.line_count <= limit(self.env, "import_entries"):
            try:
                with self.env.cr.savepoint():
                    if self._is_next():
                        self._guarded(self._book_all)
            except COLLISIONS:
                _logger.info(
                    "Import %s met another one of its journal; the scheduled action goes on", self.id
                )
        if self.state == "received":
            self.env["finance.provider"]._wake("finance_connector.cron_import_statements")

    def _read(self, data):
        """Take a provider's report whole, or stage a bank file (unless it is so big that the call should not
        wait)."""
        if self._take_report(data):
            return
        if len(data) <= limit(self.env, "import_bytes"):
            self._stage(data)

    def _book_all(self):
        self._plan()
        while self._create_chunk(limit(self.env, "import_chunk")):
            pass
        self._make_statements()
        self._finish()

    def _guarded(self, step, *arguments):
        """Run ``step`` in a savepoint; what refuses the file makes it `rejected`. Whether the step went
        through."""
        try:
            with self.env.cr.savepoint():
                step(*arguments)
            return True
        except COLLISIONS:
            raise
        except (ImportRefused, FinanceError) as error:
            self._reject(str(error), getattr(error, "line", None), getattr(error, "way_out", False))
        except Exception as error:
            _logger.warning("Import %s (%s) failed", self.id, self.filename, exc_info=True)
            self._reject(
                self.env._(
                    "The file could not be taken over: %s. Nothing of it was booked; it is kept, so that it "
                    "can be tried again when the cause is mended.",
                    error,
                )
            )
        return False

    def _is_next(self):
        """Whether this import may book now: nobody else books in its journals, and no earlier file of them
        waits."""
        journal_ids = sorted(self.coverage_ids.journal_id.ids)
        for journal_id in journal_ids:
            self.env.cr.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext('finance.import'), %s)", [journal_id]
            )
            if not self.env.cr.fetchone()[0]:
                return False
        self.env.cr.execute(
            """SELECT 1 FROM finance_coverage c JOIN finance_import i ON i.id = c.import_id
                WHERE c.journal_id = ANY(%s) AND i.state = 'received' AND i.id < %s LIMIT 1""",
            [journal_ids, self.id],
        )
        return not self.env.cr.fetchone()

    # --- by the scheduled action ----------------------------------------------------------------------------

    @api.model
    def _cron_import_statements(self):
        """Scheduled action: collect the drop folders, then go on with every import that is due, oldest
        first."""
        cron = self.env["ir.cron"]
        if not cron._commit_progress(remaining=1):
            return
        self._collect_drop_folders()
        due = self._due()
        cron._commit_progress(remaining=len(due))
        for position, record in enumerate(due, 1):
            record = record.with_company(record.company_id)
            if not record._work_in_steps():
                return
            if not cron._commit_progress(1, remaining=len(due) - position):
                return

    @api.model
    def _due(self):
        now = fields.Datetime.now()
        return self.sudo().search(
            [
                ("state", "=", "received"),
                "|",
                ("next_attempt_at", "=", False),
                ("next_attempt_at", "<=", now),
            ],
            order="id",
        )

    def _work_in_steps(self):
        """Work off one import, committing after every step. Whether there is time for more."""
        conflicts = 0
        while self.exists() and self.state == "received":
            try:
                outcome = self._next_step()
            except COLLISIONS:
                conflicts += 1
                self.env.cr.rollback()
                if conflicts > _CONFLICTS:
                    return True
                time.sleep(random.SystemRandom().uniform(0, 0.05 * 2**conflicts))
                self._plan_again()
                continue
            except Exception as error:
                self.env.cr.rollback()
                self._step_failed(error)
                self.env["ir.cron"]._commit_progress()
                return True
            if outcome == "waits":
                return bool(self.env["ir.cron"]._commit_progress())
            # A step is work done, though the file is not: a job without any is not called again.
            if not self.env["ir.cron"]._commit_progress(1, remaining=1):
                return False
        return True

    def _next_step(self):
        """Do the next piece of work; the caller commits. `waits`: an earlier file of the journal comes
        first."""
        if not self.staged:
            data = self.message_id._raw()
            if not self._take_report(data):
                self._stage(data)
            return "staged"
        if not self._is_next():
            self.reason = self.env._("Waits for an earlier file of the same account.")
            return "waits"
        if not self.planned:
            self._plan()
            return "planned"
        if self._create_chunk(limit(self.env, "import_chunk")):
            return "booked"
        if self._make_statements(limit(self.env, "statement_lines")):
            return "stated"
        self._finish()
        return "finished"

    def _plan_again(self):
        """Decide anew about the entries that have no bank line yet: somebody else may have brought them
        meanwhile."""
        if self.planned:
            self.planned = False

    def _step_failed(self, error):
        """Refuse the file if nothing of it is booked yet; else keep what is there, tell it, and try again
        later."""
        refused = isinstance(error, (ImportRefused, FinanceError))
        if not refused:
            _logger.warning("Import %s (%s) failed", self.id, self.filename, exc_info=error)
        if not self.created_count:
            self._reject(str(error), getattr(error, "line", None), getattr(error, "way_out", False))
            return
        attempts = self.attempts + 1
        delay = retry.next_delay(attempts, random.SystemRandom())
        reason = self.env._(
            "Stopped after %(done)s of %(all)s entries: %(error)s The scheduled action goes on from there "
            "when the cause is mended.",
            done=self.created_count,
            all=self.line_count,
            error=error,
        )
        self.write(
            {
                "attempts": attempts,
                "next_attempt_at": fields.Datetime.now() + timedelta(seconds=delay),
                "reason": reason,
            }
        )
        self.env["finance.exception"]._raise(
            "import_rejected",
            self.checksum,
            self.company_id,
            self.env._("%s is stuck half-way", self.filename),
            detail=reason,
            record=self,
        )
