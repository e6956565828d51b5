"""One call to a feed's API: signed, sent with limits, and kept in the outbox without its secrets."""

import time
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models

from ..core.errors import ProviderUnavailable
from ..feeds.base import CallsUsedUp, Settings
from .limits import limit
from .provider_call import send

_DAY = timedelta(hours=24)


class FinanceFeed(models.Model):
    _inherit = "finance.feed"

    def _settings(self):
        """What the adapter knows of the feed; nothing of it is secret."""
        self.ensure_one()
        feed = self.sudo()
        return Settings(
            application=feed.application or "",
            bank=feed.bank_name or "",
            country=feed.country_id.code or "",
            business=feed.business,
            consent=feed.consent_reference or "",
            return_url=f"{feed.get_base_url()}/finance/feed/consent",
            webhook_url=feed.webhook_url if feed.has_webhook and feed.environment == "live" else "",
            language=(self.env.lang or "en")[:2],
        )

    def _caller(self, intent, account=None, owner=None):
        """``call(method, path, params=None, body=None) -> bytes`` for the adapter. ``intent`` says in the outbox what it is for.

        ``account``: the `finance.feed.account` that is asked for; ``owner``: HTTP headers that say that a person is there, so
        that the bank does not count the call.
        """
        self.ensure_one()
        adapter, settings, held = self._adapter(), self._settings(), self._secrets()
        base = (self.sudo().api_base or adapter.api_bases[self.environment]).rstrip("/")

        def call(method, path, params=None, body=None):
            headers = adapter.headers(settings, held, datetime.now(timezone.utc)) | (owner or {})
            content = {"params": params} if params else {}
            sent = adapter.body(settings, held, body)
            if sent is not None:
                content["json"] = sent
            # What is asked of a bank changes nothing there; only a consent that is being given does.
            lost = "unknown" if account is None and method != "GET" else "failed"
            started, noted = time.monotonic(), {"outcome": "done", "status": 200}
            try:
                return send(self.name, method, base + path, headers, lost, **content)
            except ProviderUnavailable as error:
                noted = {"outcome": error.outcome, "error": str(error), "status": error.status}
                raise
            finally:
                noted |= {
                    "latency_ms": round((time.monotonic() - started) * 1000),
                    "feed_id": self.id,
                    "feed_account_id": account.id if account else False,
                    "counted": bool(account) and not owner and adapter.is_counted(method, path, params),
                }
                self.env["finance.request"]._note(self.company_id, intent, method, path, params, noted)

        return call


class FinanceFeedAccount(models.Model):
    _inherit = "finance.feed.account"

    calls_limit = fields.Integer(compute="_compute_calls_left", string="Calls a day")
    calls_left = fields.Integer(compute="_compute_calls_left", string="Calls left today")

    @api.depends("feed_id.code")
    def _compute_calls_left(self):
        most = limit(self.env, "feed_calls")
        for account in self:
            counted = account.feed_id._adapter().calls_are_counted
            account.calls_limit = most if counted else 0
            account.calls_left = max(0, most - len(account._counted_calls())) if counted else 0

    def _counted_calls(self):
        """The calls of the last 24 hours that the bank counts, oldest first."""
        self.ensure_one()
        since = fields.Datetime.now() - _DAY
        return (
            self.env["finance.request"]
            .sudo()
            .search(
                [("feed_account_id", "=", self.id), ("counted", "=", True), ("finished_at", ">", since)], order="finished_at"
            )
        )

    def _require_call(self):
        """Raises CallsUsedUp when no call is left: the bank is not even asked then (INV-14)."""
        if not self.feed_id._adapter().calls_are_counted:
            return
        used = self._counted_calls()
        if len(used) >= limit(self.env, "feed_calls"):
            free = used[-limit(self.env, "feed_calls")].finished_at + _DAY
            raise CallsUsedUp(
                f"All calls of 24 hours are used up; the next is free at {free} UTC.",
                (free - fields.Datetime.now()).total_seconds(),
            )

    def _spacing(self):
        """The time between two calls without a person."""
        counted = self.feed_id._adapter().calls_are_counted
        return _DAY / limit(self.env, "feed_calls") if counted else timedelta(hours=6)
