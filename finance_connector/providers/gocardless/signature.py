"""Whether a call comes from GoCardless: HMAC-SHA256 of the raw body, in lower-case hex, in `Webhook-Signature` (INV-2).

Source: `gocardless_pro.webhooks`. There is no time in it, so copies are told apart by the ids of the events.
"""

import re

from .. import hmac_check

_VALUE = re.compile(r"[0-9a-f]{64}", re.ASCII)


def verify(request, secrets):
    """`Verdict` on ``request``; see `base.Adapter.verify`."""
    told = [value.strip() for value in request.header_values("Webhook-Signature") if value.strip()]
    return hmac_check.judged(told, secrets, request.body, _VALUE)
