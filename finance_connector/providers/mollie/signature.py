"""Whether a call comes from Mollie (INV-2).

The new webhooks are signed: `X-Mollie-Signature: sha256=<hex>`, once for each secret that is valid while one is replaced.
The classic ones (`id=tr_...` as a form) are not signed; an endpoint takes them only if it was opened for them, by a secret
that begins with ``classic:``, and then as a `hint` to ask Mollie. There is no time in either.
"""

import re

from ...core.records import Verdict
from .. import hmac_check

CLASSIC = "classic:"
HINT = re.compile(rb"id=([a-z]{2,8}_[A-Za-z0-9]{4,64})", re.ASCII)
_VALUE = re.compile(r"(sha256=)?[0-9a-fA-F]{64}", re.ASCII)


def verify(request, secrets):
    """`Verdict` on ``request``; see `base.Adapter.verify`."""
    known = list(secrets or ())
    opened = next((index for index, secret in hmac_check.usable(known) if secret.startswith(CLASSIC)), None)
    signing = [None if secret and secret.startswith(CLASSIC) else secret for secret in known]
    told = [part.strip() for value in request.header_values("X-Mollie-Signature") for part in value.split(",") if part.strip()]
    if not told and opened is not None and HINT.fullmatch(request.body):
        return Verdict(True, "hint", opened)
    verdict = hmac_check.judged([value.removeprefix("sha256=").lower() for value in told], signing, request.body, _VALUE)
    if verdict.reason == "no_secret" and opened is not None:
        return Verdict(False, "missing" if not told else "mismatch")
    return verdict
