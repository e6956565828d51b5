"""Stripe's events: the event around an object; its fields are read by `providers.reading`."""

from dataclasses import dataclass
from datetime import datetime, timezone

from ...core.errors import PayloadError
from ...core.records import Envelope
from .. import reading
from ..reading import ID, described, identifier, instant, integer, made_at, mapping, objects, own_id, text

__all__ = [
    "Event", "described", "envelope", "identifier", "instant", "integer", "load", "made_at", "mapping", "objects",
    "own_id", "read_event", "text",
]  # fmt: skip



@dataclass(frozen=True, slots=True)
class Event:
    """One Stripe event. ``resource`` is the object it is about, as it was when the event happened; None for a
    thin event (API v2), which carries no object. ``account`` is set when it happened in a connected account.
    """

    id: str
    type: str
    created: datetime | None
    live: bool | None
    account: str | None
    resource: dict | None


def load(body):
    """The JSON object in ``body`` (bytes). Raises PayloadError for anything else."""
    return reading.load(body, "Stripe")


def read_event(body):
    """The `Event` in ``body``. Raises PayloadError naming what is missing."""
    document = load(body)
    event_id, event_type = identifier(document, "id"), identifier(document, "type")
    if not event_id or not event_type:
        raise PayloadError("The body has no id or no type; it is not a Stripe event.")
    live = document.get("livemode")
    live = live if type(live) is bool else None
    account = identifier(document, "account")
    if str(document.get("object"))[:3] == "v2.":
        return Event(event_id, event_type, _iso(document.get("created")), live, account, None)
    data = document.get("data")
    resource = data.get("object") if type(data) is dict else None
    if type(resource) is not dict:
        raise PayloadError(f"Event {event_id} has no data.object; it is not a Stripe event.")
    return Event(event_id, event_type, instant(document, "created"), live, account, resource)


def envelope(body):
    """`core.records.Envelope` of an event: its own id, and the payment or payout it is about as the lane."""
    event = read_event(body)
    return Envelope(event.id, event.type, _lane(event), event.created, event.live)


def _lane(event):
    resource = event.resource or {}
    for field in ("payment_intent", "charge", "id"):
        value = resource.get(field)
        if type(value) is dict:
            value = value.get("id")
        if type(value) is str and ID.fullmatch(value):
            return value
    return event.id


def _iso(text):
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None
