"""Whether a webhook comes from Plaid, and what it says (INV-2).

`Plaid-Verification` is a token signed with ES256 by a key that Plaid publishes under the token's `kid`; its claims are the time
and the SHA-256 of the raw body.
"""

import hashlib
import hmac
import json
from datetime import datetime, timezone

from ...core.errors import PayloadError
from ...core.records import Verdict
from .. import jws
from ..base import News
from ..values import child, text
from .client import ask_object

HEADER = "Plaid-Verification"
TOLERANCE_SECONDS = 300
_KEY_ID_LENGTH = 128
# Webhook code -> what it means for us. Codes that say nothing about entries or consent are kept and done.
_PULL = {"SYNC_UPDATES_AVAILABLE", "INITIAL_UPDATE", "HISTORICAL_UPDATE", "DEFAULT_UPDATE", "TRANSACTIONS_REMOVED"}
_CONSENT = {
    "ERROR", "PENDING_EXPIRATION", "PENDING_DISCONNECT", "LOGIN_REPAIRED", "USER_PERMISSION_REVOKED",
    "USER_ACCOUNT_REVOKED",
}  # fmt: skip


def key_id(request):
    """See `base.FeedAdapter.key_id`."""
    token = _token(request)
    told = jws.parts(token) if token else None
    kid = told[0].get("kid") if told and told[0].get("alg") == "ES256" else None
    return kid if isinstance(kid, str) and 0 < len(kid) <= _KEY_ID_LENGTH else None


def fetch_key(call, wanted):
    """See `base.FeedAdapter.fetch_key`."""
    key = child(ask_object(call, "/webhook_verification_key/get", {"key_id": wanted}), "key")
    if text(key.get("kid")) != wanted:
        raise PayloadError(f"Plaid gave another key than {wanted!r:.60}; the webhook is refused.")
    return {name: key.get(name) for name in ("kid", "kty", "crv", "x", "y", "expired_at")}


def verify(request, key, now):
    """See `base.FeedAdapter.verify`. The time is judged after the signature: `stale` and `future` are said of genuine calls."""
    token = _token(request)
    if not token:
        return Verdict(False, "missing")
    told = jws.parts(token)
    if told is None or told[0].get("alg") != "ES256" or type(told[1].get("iat")) is not int:
        return Verdict(False, "malformed")
    if not key or key.get("expired_at") or key.get("kid") != told[0].get("kid"):
        return Verdict(False, "no_secret")
    _header, claims, signed, signature = told
    digest = claims.get("request_body_sha256")
    if not jws.es256_holds(signed, signature, key) or not isinstance(digest, str):
        return Verdict(False, "mismatch")
    if not hmac.compare_digest(digest.encode(), hashlib.sha256(request.body).hexdigest().encode()):
        return Verdict(False, "mismatch")
    age = _seconds(now) - claims["iat"]
    if abs(age) > TOLERANCE_SECONDS:
        return Verdict(False, "stale" if age > 0 else "future")
    return Verdict(True, "", 0)


def news(request):
    """See `base.FeedAdapter.news`."""
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"Plaid's webhook is not JSON ({error!s:.120}).") from error
    if type(told) is not dict or not text(told.get("webhook_code")):
        raise PayloadError("Plaid's webhook has no webhook_code.")
    code = text(told["webhook_code"])
    return News(f"{text(told.get('webhook_type'))}.{code}", pull=code in _PULL, consent=code in _CONSENT)


def _token(request):
    values = request.header_values(HEADER)
    return values[0] if len(values) == 1 else ""


def _seconds(now):
    if isinstance(now, datetime):
        now = now if now.tzinfo else now.replace(tzinfo=timezone.utc)
        return now.timestamp()
    return now
