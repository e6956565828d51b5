"""Reading Stripe's JSON without trusting its shape: typed access to fields, the event around an object."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone

from ...core.errors import PayloadError, storable
from ...core.records import Envelope

_ID = re.compile(r"[!-~]{1,255}", re.ASCII)
_LAST_SECOND = 253402300799  # 9999-12-31 23:59:59 UTC


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
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"The body is not JSON ({error!s:.120}); Stripe sends nothing else.") from error
    if type(document) is not dict:
        raise PayloadError("The body is JSON but not an object; Stripe sends an event object.")
    return document


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")


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
        if type(value) is str and _ID.fullmatch(value):
            return value
    return event.id


def _iso(text):
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None


def described(resource):
    """A short name of an API object for messages to users, which are stored."""
    kind, own_id = resource.get("object"), resource.get("id")
    kind = kind if type(kind) is str else "object"
    return storable(f"{kind:.60} {own_id:.80}" if type(own_id) is str else f"{kind:.60} without id")


def identifier(resource, field):
    """The id in ``field``, which Stripe may send as text or expanded to the whole object; None when it is
    null."""
    value = resource.get(field)
    if type(value) is dict:
        value = value.get("id")
    if value is None:
        return None
    if type(value) is str and _ID.fullmatch(value):
        return value
    raise PayloadError(f"{described(resource)} has no usable id in {field} ({value!r:.60}).")


def own_id(resource):
    """The object's own id. Raises PayloadError when it has none."""
    value = identifier(resource, "id")
    if value is None:
        raise PayloadError(f"{described(resource)} has no id; it cannot be told apart from others.")
    return value


def integer(resource, field):
    """The integer in ``field``. Raises PayloadError when it is missing or is not an integer."""
    value = resource.get(field)
    if type(value) is not int:
        raise PayloadError(f"{described(resource)} has no integer in {field} ({value!r:.60}).")
    return value


def instant(resource, field):
    """The Unix time in ``field`` as an aware UTC datetime."""
    value = integer(resource, field)
    if not 0 <= value <= _LAST_SECOND:
        raise PayloadError(f"{described(resource)} has an impossible time in {field} ({value!r:.60}).")
    return datetime.fromtimestamp(value, timezone.utc)


def made_at(resource, default):
    """When the object was created; ``default``, the instant of its event, when it does not say."""
    return instant(resource, "created") if resource.get("created") is not None else default


def mapping(resource, field):
    """The object in ``field``; an empty one when it is null or a bare id."""
    value = resource.get(field)
    return value if type(value) is dict else {}


def objects(resource, field):
    """The objects of a plain list or of a Stripe list object in ``field``; none when it is null or absent."""
    value = resource.get(field)
    if type(value) is dict:
        value = value.get("data")
    if value is None:
        return []
    if type(value) is not list or not all(type(item) is dict for item in value):
        raise PayloadError(f"{described(resource)} has no list of objects in {field}.")
    return value


def text(resource, field):
    """The text in ``field`` or None, without what no database column holds (NUL, halves of a character)."""
    value = resource.get(field)
    if type(value) is not str:
        return None
    return storable(value).strip() or None
