"""The inbox worker: claims stored messages in batches, has them understood, and says of each how far it came.

Each message is isolated: what one of them breaks is rolled back alone, kept, tried again with growing pauses, and after the
limit given up with an exception. A killed worker leaves its batch as it was before the claim (INV-1).
"""

import base64
import logging
import random
import time
from datetime import datetime, timedelta, timezone

import psycopg2.errors
from odoo import api, models

from ..core import retry
from ..core.errors import FinanceError, PayloadError, UnknownStatus, storable
from ..core.records import Parsed
from .limits import limit

_logger = logging.getLogger(__name__)
BATCH = 500
# Errors of the transaction as a whole: a savepoint cannot cure them, only a fresh snapshot can.
CONCURRENCY = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
# A connection whose settings wait for a second person is heard, and not worked (INV-10).
_WORKED = """source != 'file' AND provider_id IS NOT NULL
   AND provider_id NOT IN (SELECT id FROM finance_provider WHERE held)"""
_CLAIM = f"""
SELECT id, provider_id, attempts, event_type, external_id, convert_from(body, 'UTF8')
  FROM finance_message
 WHERE state IN ('received', 'failed') AND next_attempt_at <= (now() AT TIME ZONE 'UTC')
   AND {_WORKED} AND bucket %% %s = %s
 ORDER BY next_attempt_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""


class FinanceInbox(models.AbstractModel):
    _name = "finance.inbox"
    _description = "Inbox worker"

    @api.model
    def _cron_process(self, shard=0, of=1):
        """Scheduled action: work off the buckets of ``shard`` (of ``of``) until nothing is due or time is up."""
        cron = self.env["ir.cron"]
        if not cron._commit_progress(remaining=self._due(shard, of)):
            return
        conflicts = 0
        while True:
            try:
                done = self._process_batch(shard, of)
            except CONCURRENCY:
                self.env.cr.rollback()
                conflicts += 1
                if conflicts > 5:
                    _logger.warning("Inbox shard %s met %s conflicts in a row; it goes on later", shard, conflicts)
                    return
                time.sleep(random.uniform(0, 0.05 * 2**conflicts))  # noqa: S311 (spreads workers, no secret)
                continue
            conflicts = 0
            if not done:
                return
            if not cron._commit_progress(done, remaining=self._due(shard, of)):
                return

    @api.model
    def _due(self, shard, of):
        self.env.cr.execute(
            f"""SELECT count(*) FROM finance_message WHERE state IN ('received', 'failed')
                   AND next_attempt_at <= (now() AT TIME ZONE 'UTC') AND {_WORKED} AND bucket %% %s = %s""",
            [of, shard],
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _process_batch(self, shard=0, of=1, size=BATCH):
        """Claim and handle one batch; returns how many messages were handled. The caller commits.

        The claim is one statement and must be the first of its transaction (REPEATABLE READ: a row that another worker
        finished after our snapshot cannot be locked).
        """
        self.env.cr.execute(_CLAIM, [of, shard, size])
        claimed = self.env.cr.fetchall()
        by_provider = {}
        for row in claimed:
            by_provider.setdefault(row[1], []).append(row)
        for provider_id, rows in by_provider.items():
            self._process_provider(self.env["finance.provider"].browse(provider_id), rows)
        return len(claimed)

    def _process_provider(self, provider, rows):
        provider = provider.with_company(provider.company_id)
        understood, outcomes = [], {}
        for row in rows:
            try:
                understood.append((row[0], self._understand(provider, row)))
            except Exception as error:  # whatever one message breaks, the others go on
                outcomes[row[0]] = error
        self._absorb_isolated(provider, understood, outcomes)
        self._record_outcomes(provider, rows, dict(understood), outcomes)
        if understood:
            self.env["finance.provider"]._wake("finance_connector.cron_post")

    def _understand(self, provider, row):
        _id, _provider, _attempts, event_type, external_id, body = row
        parsed = provider._understand(event_type, external_id, base64.b64decode(body))
        if parsed.live is not None and parsed.live != (provider.environment == "live"):
            kind = "live" if parsed.live else "test"
            return Parsed(ignored=f"A {kind} event at a connection that is set to {provider.environment}")
        if parsed.account and parsed.account != provider.account_key:
            return Parsed(ignored=f"An event of connected account {parsed.account}, which is not this connection's account")
        for fetch in parsed.fetches:
            provider._fetch(fetch)
        return parsed

    def _absorb_isolated(self, provider, understood, outcomes):
        """Store all at once; if that fails, one by one, so that only the culprit fails."""
        facts = [(message_id, parsed) for message_id, parsed in understood if not parsed.ignored]
        if not facts:
            return
        subledger = self.env["finance.subledger"]
        try:
            with self.env.cr.savepoint():
                touched = subledger._absorb(provider, facts)
        except CONCURRENCY:
            raise
        except Exception:
            _logger.info("A batch of %s messages failed as a whole; trying one by one", len(facts), exc_info=True)
            touched = []
            for message_id, parsed in facts:
                try:
                    with self.env.cr.savepoint():
                        touched += subledger._absorb(provider, [(message_id, parsed)])
                except CONCURRENCY:
                    raise
                except Exception as error:
                    outcomes[message_id] = error
        self.env["finance.transaction"]._check_contradictions(provider, touched)

    # --- what became of each message ----------------------------------------------------------------------------------

    def _record_outcomes(self, provider, rows, understood, outcomes):
        finished, ignored, failed = [], [], []
        for row in rows:
            message_id = row[0]
            if message_id in outcomes:
                failed.append((row, outcomes[message_id]))
            elif understood[message_id].ignored:
                ignored.append((message_id, understood[message_id].ignored))
            else:
                finished.append(message_id)
        self._finish(finished, ignored)
        for row, error in failed:
            self._fail(provider, row, error)
        self.env["finance.message"].invalidate_model()

    def _finish(self, finished, ignored):
        cr = self.env.cr
        if finished:
            cr.execute(
                """UPDATE finance_message SET state = 'done', error = NULL, outcome = NULL,
                       attempts = attempts + 1, done_at = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)""",
                [finished],
            )
        if ignored:
            cr.execute_values(
                """UPDATE finance_message m SET state = 'ignored', error = NULL, outcome = v.outcome,
                       attempts = attempts + 1, done_at = now() AT TIME ZONE 'UTC'
                     FROM (VALUES %s) AS v (id, outcome) WHERE m.id = v.id""",
                ignored,
            )
        self._clear_exceptions(finished + [message_id for message_id, _why in ignored])

    def _clear_exceptions(self, message_ids):
        if not message_ids:
            return
        open_rows = self.env["finance.exception"].search(
            [
                ("res_model", "=", "finance.message"),
                ("res_id", "in", message_ids),
                ("kind", "in", ("message_dead", "unknown_status")),
                ("state", "in", ("open", "in_progress")),
            ]
        )
        open_rows._close("resolved", self.env._("The message was processed."), automatic=True)

    def _fail(self, provider, row, error):
        message_id, _provider, attempts, event_type, external_id = row[:5]
        attempts += 1
        # Time does not teach the adapter a new status or a new shape: a person must look first.
        hopeless = isinstance(error, (UnknownStatus, PayloadError))
        dead = hopeless or retry.is_exhausted(attempts, limit(self.env, "attempts"))
        # What cannot be stored would fail the whole batch here, again and again.
        text = storable(str(error) if isinstance(error, FinanceError) else f"{type(error).__name__}: {error}")
        delay = timedelta(seconds=float(retry.next_delay(attempts, random.SystemRandom())))
        self.env.cr.execute(
            """UPDATE finance_message SET state = %s, attempts = %s, error = %s, next_attempt_at = %s WHERE id = %s""",
            [
                "dead" if dead else "failed",
                attempts,
                text,
                datetime.now(timezone.utc).replace(tzinfo=None) + delay,
                message_id,
            ],
        )
        if not isinstance(error, FinanceError):
            _logger.warning("Message %s (%s) failed, attempt %s", external_id, event_type, attempts, exc_info=error)
        if dead:
            kind = "unknown_status" if isinstance(error, UnknownStatus) else "message_dead"
            self.env["finance.exception"]._raise(
                kind,
                message_id,
                provider.company_id,
                self.env._("%(type)s %(id)s could not be processed", type=event_type, id=external_id),
                detail=self.env._(
                    "%(error)s\n\nTried %(attempts)s times. The message is kept as it came. When the cause is mended, "
                    "retry: the facts it carries are taken up once.",
                    error=text,
                    attempts=attempts,
                ),
                record=self.env["finance.message"].browse(message_id),
                provider=provider,
            )


class FinanceMessage(models.Model):
    _inherit = "finance.message"

    def _retry_exception(self, exception):
        """The exception's retry button: another round at once."""
        self.action_replay()

    @api.model
    def _health(self):
        """What the health address tells: whether messages can be stored, and how old the oldest unprocessed one is."""
        self.env.cr.execute(
            """SELECT count(*), COALESCE(extract(epoch FROM (now() AT TIME ZONE 'UTC') - min(received_at)), 0)::int
                 FROM finance_message WHERE state = 'received' AND source != 'file'"""
        )
        waiting, oldest = self.env.cr.fetchone()
        return {"status": "ok", "waiting": waiting, "oldest_waiting_seconds": oldest}
