"""Whether a call comes from Stripe: the HMAC is checked by the official library, the time by us (INV-2).

The library compares the timestamp with its own clock and only against the past; here it is told not to, and
both sides are checked against the given ``now``. Source: `stripe.WebhookSignature`, scheme ``v1`` (``v0`` is
for tests).
"""

import re
from datetime import datetime, timezone

from ...core.records import Verdict

TOLERANCE_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def verify(request, secrets, now):
    """`Verdict` on ``request``; see `base.Adapter.verify`. A body that is not UTF-8 is `malformed`: Stripe
    sends JSON.

    The time is judged after the HMAC, so `stale` and `future` are said of genuine calls only.
    """
    usable = [(index, secret) for index, secret in enumerate(secrets or ()) if secret and secret.strip()]
    if not usable:
        return Verdict(False, "no_secret")
    values = [value for value in request.header_values("Stripe-Signature") if value]
    if not values:
        return Verdict(False, "missing")
    header = values[0] if len(values) == 1 else ""
    timestamp, digests = _parts(header)
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError:
        return Verdict(False, "malformed")
    if timestamp is None or not digests:
        return Verdict(False, "malformed")
    # Rebuilt from the parts that were checked: the library takes more forms of a header than Stripe sends.
    header = ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])
    matched = next((index for index, secret in usable if _matches(text, header, secret)), None)
    if matched is None:
        return Verdict(False, "mismatch")
    age = _seconds(now) - timestamp
    if abs(age) > TOLERANCE_SECONDS:
        return Verdict(False, "stale" if age > 0 else "future", matched)
    return Verdict(True, "", matched)


def _parts(header):
    """(timestamp, v1 digests) of a Stripe-Signature header; the timestamp is None unless there is exactly
    one."""
    timestamps, digests = [], []
    for part in header.split(","):
        scheme, _equals, value = part.strip().partition("=")
        if scheme == "t":
            timestamps.append(value)
        elif scheme == "v1" and _DIGEST.fullmatch(value):
            digests.append(value)
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
        return None, digests
    return int(timestamps[0]), digests


def _matches(text, header, secret):
    # Loaded here: the library takes most of a second to import, and only a server that receives webhooks
    # needs it.
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        return bool(WebhookSignature.verify_header(text, header, secret, tolerance=None))
    except SignatureVerificationError:
        return False


def _seconds(now):
    if isinstance(now, datetime):
        now = now if now.tzinfo else now.replace(tzinfo=timezone.utc)
        return now.timestamp()
    return now
