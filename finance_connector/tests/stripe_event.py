"""Signed Stripe events for the Odoo tests, by the published algorithm."""

import hashlib
import hmac
import json
import time


def event_body(event_id="evt_1", event_type="customer.created", padding="", **obj):
    """The bytes of an event."""
    return json.dumps(
        {
            "id": event_id,
            "object": "event",
            "type": event_type,
            "created": 1772445600,
            "livemode": False,
            "padding": padding,
            "data": {"object": {"id": "cus_1", "object": "customer", **obj}},
        }
    ).encode()


def signature(body, secret, timestamp=None):
    """The value of the Stripe-Signature header for ``body``."""
    timestamp = int(time.time()) if timestamp is None else timestamp
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
