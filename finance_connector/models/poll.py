"""Asking the provider: events that were never delivered, and the lines of payouts; a cursor that follows commits (INV-12)."""

import json
import logging
import time
from datetime import datetime, timezone

from odoo import api, fields, models

from ..core.errors import FinanceError, ProviderUnavailable
from ..core.records import Envelope

_logger = logging.getLogger(__name__)


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    def action_poll(self):
        """Ask now, instead of at the next scheduled time."""
        self._wake("finance_connector.cron_poll")
        return True

    @api.model
    def _cron_poll(self):
        """Scheduled action: every active connection with an API key is asked; one that fails does not stop the next."""
        providers = self.search([("state", "=", "active")])
        for provider in providers:
            adapter = provider._adapter()
            if "poll" not in adapter.capabilities or not provider._secret_values("api_key"):
                continue
            provider.with_company(provider.company_id)._poll_isolated()
            self.env["ir.cron"]._commit_progress(1)

    def _poll_isolated(self):
        """Poll; a provider that cannot be asked becomes an exception, and the cursor stays where it was."""
        self.ensure_one()
        exceptions = self.env["finance.exception"]
        try:
            self._poll_events()
            self._poll_settlement_lines()
        except FinanceError as error:
            self.env.cr.rollback()
            exceptions._raise(
                "poll_failed",
                self.id,
                self.company_id,
                self.env._("%s could not be asked for new events", self.name),
                detail=self.env._(
                    "%s\n\nNothing is lost: the next poll goes on where the last complete one ended (%s).",
                    error,
                    self.polled_at or self.env._("never"),
                ),
                record=self,
                provider=self,
            )
        else:
            self.polled_at = fields.Datetime.now()
            exceptions._clear("poll_failed", self.id, self.company_id, self.env._("The provider answered again."))

    def _retry_exception(self, exception):
        """The retry button of an exception about this connection."""
        self.action_poll()

    def _poll_events(self):
        """Store every event since the cursor, oldest first, page by page; each page is committed with its cursor."""
        self.ensure_one()
        adapter = self._adapter()
        for page in adapter.poll(self._caller("poll"), self.poll_cursor or {}):
            if page.gap:
                self._report_gap(page.gap)
            stored = 0
            for body in page.bodies:
                envelope = adapter.envelope_of(body)
                stored += bool(
                    self.env["finance.message"]._store(
                        self.env.cr, self.id, self.company_id.id, "poll", envelope, body
                    )
                )
            self.poll_cursor = page.cursor
            if stored:
                self.env["finance.message"]._trigger_processing()
            self.env["ir.cron"]._commit_progress()

    def _poll_settlement_lines(self):
        """Fetch the lines of every paid-out settlement that has none yet."""
        self.ensure_one()
        adapter = self._adapter()
        if "balance_transactions" not in adapter.capabilities:
            return
        waiting = self.env["finance.settlement"].search(
            [("provider_id", "=", self.id), ("complete", "=", False), ("automatic", "=", True), ("state", "!=", "failed")]
        )
        for settlement in waiting:
            body = adapter.settlement_lines(self._caller(f"lines:{settlement.external_id}"), settlement.external_id)
            if body is None:
                continue
            envelope = Envelope(
                external_id=f"balance_transactions:{settlement.external_id}",
                event_type="balance_transactions",
                lane_key=settlement.external_id,
                occurred_at=datetime.now(timezone.utc),
            )
            self.env["finance.message"]._store(self.env.cr, self.id, self.company_id.id, "poll", envelope, body)
            self.env["finance.message"]._trigger_processing()
            self.env["ir.cron"]._commit_progress()

    def _report_gap(self, text):
        self.env["finance.exception"]._raise(
            "poll_gap",
            self.id,
            self.company_id,
            self.env._("Events of %s may be missing", self.name),
            detail=text,
            record=self,
            provider=self,
        )

    def _caller(self, intent):
        """A function (method, path, params) -> decoded JSON for the adapter; each call is kept in the outbox."""
        self.ensure_one()
        key = self._secret_values("api_key")[0]
        call = self._adapter().connect(key, self.api_base or None)

        def noted_call(method, path, params):
            started = time.monotonic()
            values = {"outcome": "done", "status": 200}
            try:
                return call(method, path, params)
            except ProviderUnavailable as error:
                values = {"outcome": error.outcome, "error": str(error), "status": 0}
                raise
            finally:
                values["latency_ms"] = round((time.monotonic() - started) * 1000)
                self._note_request(intent, method, path, params, values)

        return noted_call

    def _note_request(self, intent, method, path, params, values):
        """Keep the call in the outbox, by a transaction of its own: a failed poll is rolled back, its evidence is not."""
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr)).env["finance.request"].create(
                {
                    "provider_id": self.id,
                    "intent_key": f"{intent}:{json.dumps(params, sort_keys=True)}"[:500],
                    "method": method,
                    "path": path,
                    "attempts": 1,
                    "finished_at": fields.Datetime.now(),
                    **values,
                }
            )
