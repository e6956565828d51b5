"""Asking the provider: events that were never delivered, and the lines of payouts; a cursor that follows commits (INV-12)."""

import hashlib
import logging
import time
from datetime import datetime, timezone

from odoo import api, fields, models

from ..core.errors import FinanceError
from ..core.records import Envelope, Fetch, Request
from .inbox import CONCURRENCY

_logger = logging.getLogger(__name__)
SETTLEMENT_LINES = "settlement_lines"
FETCHED = "fetched."
# Seconds after which a run ends behind the next page, whatever that says.
LONGEST = 60


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    def action_poll(self):
        """Ask now, instead of at the next scheduled time."""
        self.check_access("write")
        self._wake("finance_connector.cron_poll")
        return True

    def _retry_exception(self, exception):
        """The retry button of an exception about this connection."""
        self.action_poll()

    @api.model
    def _cron_poll(self):
        """Scheduled action: every active connection with an API key is asked, unless it waits for a second person; one that
        fails does not stop the next. What a run has no time for waits for the next, which asks nobody else anew."""
        cron = self.env["ir.cron"]
        if not cron._commit_progress(remaining=1):
            return
        asked = self.search([("state", "=", "active"), ("held", "=", False)]).filtered(
            lambda one: "poll" in one._adapter().capabilities and one._secret_values("api_key")
        )
        if not asked.filtered("poll_due_since"):
            asked.poll_due_since = fields.Datetime.now()
        waiting = asked.filtered("poll_due_since")
        for position, provider in enumerate(waiting, 1):
            since, provider.poll_due_since = provider.poll_due_since, False
            # Kept before it is asked: one at which the run breaks off must not stand before the others for ever.
            cron._commit_progress()
            try:
                finished = provider.with_company(provider.company_id)._poll_isolated(since)
            except CONCURRENCY:
                self.env.cr.rollback()
                _logger.info("The poll of %s met another transaction; it goes on later", provider.name)
                self._wake("finance_connector.cron_poll")
                finished = False
            if not finished:
                provider.poll_due_since = since
                cron._commit_progress()
                return
            if not cron._commit_progress(1, remaining=len(waiting) - position):
                return

    def _poll_isolated(self, since):
        """Poll, as is due ``since``; a provider that cannot be asked becomes an exception, and the cursor stays where it was.
        False when there was no time to ask for all."""
        self.ensure_one()
        exceptions = self.env["finance.exception"]
        try:
            if not (self._poll_events() and self._poll_settlements(since)):
                return False
        except FinanceError as error:
            self.env.cr.rollback()
            exceptions._raise(
                "poll_failed",
                self.id,
                self.company_id,
                self.env._("%s could not be asked for new events", self.name),
                detail=self.env._(
                    "%(error)s\n\nNothing is lost: the next poll goes on where the last complete one ended (%(at)s).",
                    error=error,
                    at=self.polled_at or self.env._("never"),
                ),
                record=self,
                provider=self,
            )
        else:
            self.polled_at = fields.Datetime.now()
            exceptions._clear("poll_failed", self.id, self.company_id, self.env._("The provider answered again."))
        return True

    def _poll_events(self):
        """Store every event since the cursor, oldest first, page by page; each page is committed with its cursor. Whether there
        was time for all."""
        self.ensure_one()
        adapter, until = self._adapter(), time.monotonic() + LONGEST
        for page in adapter.poll(self._caller("poll"), self.poll_cursor or None, datetime.now(timezone.utc)):
            if page.gap:
                self._report_gap(*page.gap)
            new = [message for message in page.requests if self._keep_polled(adapter.envelope(message), message.body)]
            self.poll_cursor = page.cursor
            # A page that says nothing new is no work done: a run that only has such ones and then fails has failed, and one that
            # ended behind what every poll lists again would never come to the payouts.
            has_time = self.env["ir.cron"]._commit_progress(int(bool(new)), remaining=1)
            if not has_time and (new or time.monotonic() > until):
                return False
        return True

    def _poll_settlements(self, since):
        """Fetch the lines of every payout that the provider can list and whose lines are not complete yet, unless that was asked
        ``since``. Whether there was time for all.

        Also of a failed one: its fees were charged, and no other payout lists them.
        """
        self.ensure_one()
        adapter = self._adapter()
        if "balance_transactions" not in adapter.capabilities:
            return True
        waiting = self.env["finance.settlement"].search(
            [
                ("provider_id", "=", self.id),
                ("complete", "=", False),
                ("itemizable", "=", True),
                "|",
                ("asked_at", "=", False),
                ("asked_at", "<", since),
            ]
        )
        for settlement in waiting:
            key = settlement.external_id
            body = adapter.fetch_settlement(self._caller(f"lines of {key}"), key)
            # An early answer may lack lines: only an equal one is a copy.
            digest = hashlib.sha256(body).hexdigest()[:16]
            envelope = Envelope(
                external_id=f"{SETTLEMENT_LINES}:{key}:{digest}",
                event_type=SETTLEMENT_LINES,
                lane_key=key,
                occurred_at=datetime.now(timezone.utc),
            )
            self._keep_polled(envelope, body)
            settlement.asked_at = fields.Datetime.now()
            if not self.env["ir.cron"]._commit_progress(1, remaining=1):
                return False
        return True

    def _keep_polled(self, envelope, body):
        """Keep what was asked for; whether it was not here yet."""
        store = self.env["finance.message"]._store
        kept = store(self.env.cr, self.id, self.company_id.id, "poll", envelope, body)
        if kept:
            self.env["finance.message"]._trigger_processing()
        return bool(kept)

    def _fetch(self, fetch):
        """Ask for what a message only names, and keep the answer as a message of its own (INV-1). Raises FinanceError.

        An answer that is equal to one that is here says nothing new.
        """
        self.ensure_one()
        body = self._adapter().fetch(self._caller(f"{fetch.kind} {fetch.key}"), fetch)
        digest = hashlib.sha256(body).hexdigest()[:16]
        envelope = Envelope(f"{FETCHED}{digest}:{fetch.key}", f"{FETCHED}{fetch.kind}", fetch.key, datetime.now(timezone.utc))
        self._keep_polled(envelope, body)

    def _understand(self, event_type, external_id, body):
        """`core.records.Parsed` of a stored message of this connection."""
        self.ensure_one()
        if event_type.startswith(FETCHED):
            fetch = Fetch(event_type.removeprefix(FETCHED), external_id.partition(":")[2])
            return self._adapter().parse_fetched(fetch, body)
        if event_type == SETTLEMENT_LINES:
            return self._adapter().parse_settlement(body, external_id.split(":")[1])
        return self._adapter().parse(Request(body=body))

    def _report_gap(self, since, until):
        self.env["finance.exception"]._raise(
            "poll_gap",
            f"{self.id}:{since.isoformat()}",
            self.company_id,
            self.env._("Events of %s may be missing", self.name),
            detail=self.env._(
                "The provider no longer lists events between %(since)s and %(until)s, and nobody asked in time. "
                "Import its settlement reports of that period: whatever they show and the subledger lacks is added.",
                since=since,
                until=until,
            ),
            record=self,
            provider=self,
        )
