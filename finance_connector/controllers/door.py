"""What the webhook door does with one call: judge it on its raw bytes and store it. Nothing is looked up or understood here
(INV-1, INV-2, INV-3).

Two ways lead through it. The usual call, genuine and well formed, is taken at once, while Odoo still looks for the route: that
spares a third of a request's work, and providers send in bursts. Every other call, and the usual one whenever something goes
wrong, takes the route in `webhook`, which refuses, traces and answers errors.
"""

import logging
from datetime import datetime, timezone

import psycopg2
from odoo import SUPERUSER_ID, api
from odoo.http import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, abort

from .. import providers
from ..core.errors import FinanceError, ProviderUnavailable, storable
from ..core.records import Request, Trust
from ..models.limits import limit
from ..models.provider_call import asked_at

_logger = logging.getLogger(__name__)
PATH = "/finance/webhook/"
_STORE_TRIES = 3
_CHUNK = 64 * 1024
# Headers that are no evidence, or that could carry a credential of a proxy in front of us.
_DROPPED_HEADERS = frozenset(("authorization", "cookie", "proxy-authorization", "connection", "content-length"))


class Refused(Exception):
    """The call is not taken: ``status`` to answer and ``reason`` in a word; ``target`` is the connection, None if unknown."""

    def __init__(self, status, reason, target=None):
        super().__init__(reason)
        self.status, self.reason, self.target = status, reason, target


def take_at_once(path):
    """Take the usual call and answer it by `abort`, as Odoo does when it redirects; returns if the call is another one.

    Called with the request's first cursor, before its route is looked for.
    """
    httprequest = request.httprequest
    token = path[len(PATH) :]
    if httprequest.method != "POST" or "/" in token or request.env.cr.readonly or not httprequest.content_length:
        return
    env = api.Environment(request.env.cr, SUPERUSER_ID, {})
    try:
        read_body(httprequest, limit(env, "body_bytes"))
        response = take(env, token)
        env.cr.commit()
    except Exception:  # the route meets it again and tells it
        return
    request.session.can_save = False
    abort(response)


def take(env, token):
    """Judge the current request, store it and return the answer that the provider takes for "stored". Raises Refused."""
    target, adapter, messages, call = _judge(env, token)
    if _store(env, target, messages, call):
        env["finance.provider"]._wake_inbox_soon()
    status, body, content_type = adapter.acknowledge()
    return request.make_response(body, headers=[("Content-Type", content_type)], status=status)


def _judge(env, token):
    httprequest = request.httprequest
    target = env["finance.provider"]._webhook_target(token)
    if target is None:
        raise Refused(404, "unknown_token")
    adapter = providers.get(target.code)
    call = Request(body=httprequest.get_data(), headers=tuple(httprequest.headers.items()), url=target.url)
    now = datetime.now(timezone.utc)
    try:
        verdict = adapter.verify(call, target.active_secrets(now), now, _trust(env, adapter, target, call))
    except ProviderUnavailable as error:
        _logger.warning("A call for connection %s cannot be verified now: %s", target.provider_id, error)
        raise Refused(503, "certificate", target) from error
    if not verdict.ok:
        raise Refused(401, verdict.reason, target)
    try:
        return target, adapter, adapter.messages(call), call
    except FinanceError as error:
        _logger.info("Signed but malformed message for connection %s: %s", target.provider_id, error)
        raise Refused(400, "malformed", target) from error


def _trust(env, adapter, target, call):
    """What a signature by certificate is verified with; None for an adapter that needs none, or a call that names none.

    Raises ProviderUnavailable: then the provider must send again.
    """
    url = adapter.certificate_url(call, target.environment) if "certificate" in adapter.capabilities else None
    if not url:
        return None
    return Trust(env["finance.provider"]._certificate(asked_at(url, target.stand_in)), target.anchors)


def _store(env, target, messages, call):
    """Keep the messages of a call, all or none; whether one is new. A copy of one that is already here is no error.

    A copy that another worker commits at the same moment makes PostgreSQL refuse our snapshot; with a fresh snapshot the
    unique index answers. (Odoo's own retry would do the same after a pause that the provider need not wait for.)
    """
    headers = [(storable(name), storable(value)) for name, value in call.headers if name.lower() not in _DROPPED_HEADERS]
    keep, tries_left = env["finance.message"]._store, _STORE_TRIES
    while True:
        try:
            stored = [
                keep(env.cr, target.provider_id, target.company_id, "webhook", message.envelope, message.body, headers)
                for message in messages
            ]
            return any(stored)
        except psycopg2.errors.SerializationFailure:
            env.cr.rollback()
            tries_left -= 1
            if not tries_left:
                raise


def read_body(httprequest, most):
    """Read the body once, before form parsing consumes the stream and leaves no bytes to verify.

    Raises RequestEntityTooLarge beyond ``most`` bytes, BadRequest for a body that is not framed as it says. Werkzeug before
    2.3, which Odoo pins for some versions of Python, limits forms only, and a chunked body announces no length at all: so
    the bytes are counted here.
    """
    if (httprequest.content_length or 0) > most:
        raise RequestEntityTooLarge
    werkzeug_request = httprequest._HTTPRequest__wrapped
    if getattr(werkzeug_request, "_cached_data", None) is not None:
        return
    stream, chunks, size = werkzeug_request.stream, [], 0
    while chunk := _read(stream, min(most + 1 - size, _CHUNK)):
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise RequestEntityTooLarge
    # Where werkzeug's own get_data() and form parser look first.
    werkzeug_request._cached_data = b"".join(chunks)


def _read(stream, most):
    try:
        return stream.read(most)
    except OSError as error:
        # How werkzeug says that the chunks of a body are damaged; nobody is left to read the answer when the caller is gone.
        raise BadRequest(f"The body cannot be read: {error}.") from error
