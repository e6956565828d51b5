"""The webhook door: verify on the raw bytes, store, answer. Nothing is looked up or understood here (INV-1, INV-2, INV-3)."""

import json
import logging
from datetime import datetime, timezone

import psycopg2
from odoo import SUPERUSER_ID, api, http
from odoo.http import request

from .. import providers
from ..core.errors import FinanceError, ProviderUnavailable, storable
from ..core.records import Request, Trust

_logger = logging.getLogger(__name__)
_STORE_TRIES = 3


class WebhookController(http.Controller):
    @http.route(
        "/finance/webhook/<string:token>",
        type="http",
        auth="none",
        methods=["POST", "GET"],
        csrf=False,
        save_session=False,
        readonly=False,
        finance_raw_body=True,
    )
    def webhook(self, token, **_form):
        """Take one call of a provider; see DESIGN section 9 for the answers."""
        if not request.db:
            return _unavailable()
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        target = env["finance.provider"]._webhook_target(token)
        httprequest = request.httprequest
        if httprequest.method == "GET":
            return _answer(405, "A webhook is sent by POST.") if target else _answer(404, "Unknown address.")
        body = httprequest.get_data()
        if target is None:
            return _refuse(env, None, 404, "unknown_token", body)
        adapter = providers.get(target.code)
        call = Request(body=body, headers=tuple(httprequest.headers.items()), url=target.url)
        now = datetime.now(timezone.utc)
        try:
            verdict = adapter.verify(call, target.active_secrets(now), now, _trust(env, adapter, target, call))
        except ProviderUnavailable as error:
            _logger.warning("A call for connection %s cannot be verified now: %s", target.provider_id, error)
            return _refuse(env, target, 503, "certificate", body)
        if not verdict.ok:
            return _refuse(env, target, adapter.refusal_status, verdict.reason, body)
        try:
            messages = adapter.messages(call)
        except FinanceError as error:
            _logger.info("Signed but malformed message for connection %s: %s", target.provider_id, error)
            return _refuse(env, target, 400, "malformed", body)
        _store(env, target, messages, call)
        return _acknowledge(adapter)

    @http.route("/finance/health", type="http", auth="none", methods=["GET"], csrf=False, save_session=False)
    def health(self):
        """200 while messages can be stored, else 503; a small body without secrets."""
        if not request.db:
            return _unavailable()
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        return request.make_json_response(env["finance.message"]._health())


def _trust(env, adapter, target, call):
    """What a signature by certificate is verified with; None for an adapter that needs none, or a call that names none."""
    url = adapter.certificate_url(call, target.environment) if "certificate" in adapter.capabilities else None
    return Trust(env["finance.provider"]._certificate(url)) if url else None


def _store(env, target, messages, call):
    """Keep the messages of a call, all or none; a copy of one that is already here is no error.

    A copy that another worker commits at the same moment makes PostgreSQL refuse our snapshot; with a fresh snapshot the
    unique index answers. (Odoo's own retry would do the same after a pause that the provider need not wait for.)
    """
    for attempt in range(1, _STORE_TRIES + 1):
        try:
            keep, headers = env["finance.message"]._store, _kept_headers(call)
            stored = [
                keep(env.cr, target.provider_id, target.company_id, "webhook", message.envelope, message.body, headers)
                for message in messages
            ]
            break
        except psycopg2.errors.SerializationFailure:
            env.cr.rollback()
            if attempt == _STORE_TRIES:
                raise
    if any(stored):
        env["finance.provider"]._wake_inbox_soon()


# Headers that are no evidence, or that could carry a credential of a proxy in front of us.
_DROPPED_HEADERS = frozenset(("authorization", "cookie", "proxy-authorization", "connection", "content-length"))


def _kept_headers(call):
    return [(storable(name), storable(value)) for name, value in call.headers if name.lower() not in _DROPPED_HEADERS]


def _refuse(env, target, status, reason, body):
    """Answer ``status`` and leave a bounded trace. Returned, not raised: a raised error would roll the trace back."""
    provider = (target.provider_id, target.company_id) if target else None
    env["finance.message.rejection"]._trace(env.cr, provider, status, reason, request.httprequest.remote_addr, body)
    return _answer(status, reason)


def _acknowledge(adapter):
    status, body, content_type = adapter.acknowledge()
    return request.make_response(body, headers=[("Content-Type", content_type)], status=status)


def _answer(status, reason):
    return request.make_response(
        json.dumps({"status": status, "reason": reason}), headers=[("Content-Type", "application/json")], status=status
    )


def _unavailable():
    """The database cannot be reached: the provider must keep the message and send it again."""
    response = _answer(503, "The database is not reachable; send the message again later.")
    response.headers["Retry-After"] = "60"
    return response
