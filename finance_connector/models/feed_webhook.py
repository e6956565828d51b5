"""What a feed's webhook does: judged by the service's own key, kept, and taken as a reason to ask. It brings no entries."""

import hashlib
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models

from ..core.errors import FinanceError, ProviderUnavailable
from ..core.records import Envelope, Verdict

# How long a key is used before it is fetched again, to see whether it was withdrawn.
_KEY_LIFE = timedelta(hours=24)
# Unknown key ids cost a call each: so many are looked up in an hour, whoever makes them up.
_FETCHES_AN_HOUR = 10


class FinanceFeed(models.Model):
    _inherit = "finance.feed"

    webhook_keys = fields.Json(readonly=True, copy=False, help="Public keys of the service, as they were fetched.")

    @api.model
    def _by_token(self, token):
        """The active feed with webhook ``token`` (any text) that can receive webhooks, or none."""
        feed = self.sudo().search([("webhook_token", "=", token), ("state", "=", "active")], limit=1)
        return feed if feed.has_webhook else self.browse()

    def _judge(self, call, now=None):
        """The `core.records.Verdict` on a webhook (INV-2)."""
        self.ensure_one()
        adapter, now = self._adapter(), now or datetime.now(timezone.utc)
        key_id = adapter.key_id(call)
        if key_id is None:
            return adapter.verify(call, None, now)
        try:
            return adapter.verify(call, self._webhook_key(key_id), now)
        except ProviderUnavailable:
            return Verdict(False, "no_secret")
        except FinanceError:
            return Verdict(False, "malformed")

    def _webhook_key(self, key_id):
        """The public key ``key_id``, from what was fetched before or from the service; None beyond the limit of fetches."""
        now, held = fields.Datetime.now(), dict(self.webhook_keys or {})
        known = held.get(key_id)
        if known and fields.Datetime.to_datetime(known["at"]) > now - _KEY_LIFE:
            return known["key"]
        fetched = [at for at in held.get("", []) if fields.Datetime.to_datetime(at) > now - timedelta(hours=1)]
        if len(fetched) >= _FETCHES_AN_HOUR:
            return None
        stamp = fields.Datetime.to_string(now)
        self.sudo().webhook_keys = held | {"": [*fetched, stamp]}
        key = self._adapter().fetch_key(self._caller("key of a webhook"), key_id)
        self.sudo().webhook_keys = self.webhook_keys | {key_id: {"at": stamp, "key": key}}
        return key

    def _take_webhook(self, call):
        """Keep a genuine webhook and act on its news. Raises PayloadError when it is no message."""
        self.ensure_one()
        news = self._adapter().news(call)
        digest = hashlib.sha256(b"\n".join([call.body, *(value.encode() for _name, value in call.headers)])).hexdigest()
        envelope = Envelope(f"feed-{self.id}:{digest}", news.event_type, f"feed-{self.id}")
        store = self.env["finance.message"]
        message_id = store._store(self.env.cr, None, self.company_id.id, "webhook", envelope, call.body)
        if message_id is None:
            return
        outcome = self.env._("Noted.")
        if news.consent:
            self.consent_changed, outcome = True, self.env._("The consent is looked up.")
        if news.pull:
            self.account_ids.next_pull_at, outcome = False, self.env._("The feed is asked.")
        store.browse(message_id).write({"state": "done", "outcome": outcome, "done_at": fields.Datetime.now()})
        if news.consent or news.pull:
            self.env["finance.provider"]._wake("finance_connector.cron_pull_statements")
