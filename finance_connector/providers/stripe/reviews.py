"""What reviews and early fraud warnings say: someone must look at a payment. No money moves.

Both are `review_open` and `review_close` of the review's or warning's own id, amount zero. Neither object has
a currency: that of the charge is used when Stripe sends the whole charge, else XXX, ISO 4217 for "no
currency". A warning closes when it is no longer actionable (refunded in full, or disputed).
"""

from ...core.money import NO_CURRENCY, Money
from .amounts import currency_of
from .facts import Facts, payment_key
from .payload import mapping, own_id, text


def review(event):
    """`review.opened` and `review.closed`."""
    reason = text(event.resource, "closed_reason") or text(event.resource, "reason") or ""
    return _open_and_close(event, reason, closed=event.type == "review.closed")


def fraud_warning(event):
    """`radar.early_fraud_warning.created` and `.updated`."""
    reason = text(event.resource, "fraud_type") or ""
    return _open_and_close(event, reason, closed=event.resource.get("actionable") is False)


def _open_and_close(event, reason, closed):
    resource = event.resource
    facts = Facts(event.created, payment_key(resource))
    charge = mapping(resource, "charge")
    nothing = Money.zero(currency_of(charge) if charge.get("currency") else NO_CURRENCY)
    own = own_id(resource)
    facts.add("review_open", own, nothing, own, reason=reason)
    if closed:
        facts.add("review_close", own, nothing, own, reason=reason)
    return facts.parsed()
