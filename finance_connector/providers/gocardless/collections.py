"""Collections that we ordered: what the events of a payment say of the collection that its metadata names.

The money comes in when it is confirmed, and may leave again, by a late failure or a chargeback, and come back. A failure after
which GoCardless tries again by itself is no end of it. Each fact is named as the movement that it goes with, and a further one of
its kind is numbered alike.
"""

from collections import Counter

from ...core.records import PaymentNews
from ..reading import first_text, iso_instant, mapping, own_id, text

# Written by the payment channel into what it orders.
NAME = "end_to_end_id"
_RECEIVED = ("confirmed", "paid_out")
_ENDED = ("cancelled", "customer_approval_denied")
_WAY = {"created": "receive", "submitted": "accept", "resubmission_requested": "accept"}


def numbered(own, number):
    """The name of the fact of a payment ``own`` that is the ``number``-th of its kind."""
    return own if number < 2 else f"{own}/{number}"


def news(resource, history, amount):
    """The `PaymentNews` of a payment; none of one that no order names. ``history``: its events, oldest first."""
    name = text(mapping(resource, "metadata"), NAME)
    if name is None:
        return ()
    told, counts, holds = [], Counter(), False
    for event in history:
        kind = _kind(event, holds)
        if kind is None:
            continue
        holds = {"execute": True, "return": False}.get(kind, holds)
        counts[kind] += 1
        details = mapping(event, "details")
        code = first_text(details, ("reason_code", "cause"))
        money = amount if kind in ("execute", "return") else None
        why = text(details, "description") or text(event, "action") or ""
        own = numbered(own_id(resource), counts[kind])
        told.append(PaymentNews(name, kind, own, iso_instant(event, "created_at"), money, (code,) if code else (), why))
    return tuple(told)


def _kind(event, holds):
    """The fact of an instruction that an event is; None for no news. ``holds``: GoCardless has the money then."""
    action = text(event, "action") or ""
    if action in _RECEIVED or action == "chargeback_cancelled":
        return None if holds else "execute"
    if action == "charged_back":
        return "return" if holds else None
    if action == "failed":
        if holds:
            return "return"
        return "hold" if mapping(event, "details").get("will_attempt_retry") is True else "reject"
    return "reject" if action in _ENDED else _WAY.get(action)
