"""A call of Adyen's standard webhook: its items, cut out with the bytes they came in, and the signed fields of each.

An item is known by event code, PSP reference and outcome: Adyen sends the same fact again with another date.
"""

import hashlib
from typing import NamedTuple

from ...core.errors import PayloadError, storable
from ...core.records import Envelope, Message
from .. import json_parts
from ..reading import iso_instant, mapping

BATCH = "batch"
_LONGEST = 200


class Item(NamedTuple):
    """One item: its ``fields``, and the text it stood in."""

    fields: dict
    text: str


class Call(NamedTuple):
    """A call: whether it is of the live platform (None: it does not say), and its items."""

    live: bool | None
    items: tuple


def read(body):
    """The `Call` in ``body`` (bytes). Raises PayloadError when it is none."""
    members = json_parts.members(
        body, ("notificationItems",), "The body is not JSON", "Adyen's webhook must be of the JSON kind"
    )
    listed = members.get("notificationItems")
    if type(listed) is not list or not listed:
        raise PayloadError("The body has no notificationItems; only Adyen's standard webhook is read.")
    found = []
    for value, text in listed:
        fields = value.get("NotificationRequestItem") if type(value) is dict else None
        if type(fields) is not dict:
            raise PayloadError("The body holds an item without NotificationRequestItem; it is no standard webhook.")
        found.append(Item(fields, text))
    return Call({"true": True, "false": False}.get(str(members.get("live")).lower()), tuple(found))


def signed(fields):
    """The eight signed fields as Adyen joins them; what is missing is empty."""
    amount = mapping(fields, "amount")
    values = [
        *(fields.get(name) for name in ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")),
        amount.get("value"),
        amount.get("currency"),
        fields.get("eventCode"),
        fields.get("success"),
    ]
    return [_text(value) for value in values]


def _text(value):
    if value is None:
        return ""
    return str(value).lower() if type(value) is bool else str(value)


def messages(body):
    """The `Message`s of a call: itself, when it has one item; else itself as evidence and one for each item."""
    call = read(body)
    if len(call.items) == 1:
        return (Message(_envelope(call.items[0]), body),)
    digest = hashlib.sha256(body).hexdigest()
    whole = Message(Envelope(f"{BATCH}/{digest}", BATCH, digest, live=call.live), body)
    live = "null" if call.live is None else f'"{str(call.live).lower()}"'
    parts = []
    for item in call.items:
        text = f'{{"live":{live},"notificationItems":[{item.text}]}}'
        parts.append(Message(_envelope(item), text.encode()))
    return (whole, *parts)


def _envelope(item):
    reference, original, _merchant, _reference, _value, _currency, code, success = signed(item.fields)
    if not reference or not code:
        raise PayloadError("An item has no pspReference or no eventCode; it cannot be told apart from others.")
    key = storable(f"{code}/{reference}/{success}")[:_LONGEST]
    return Envelope(key, storable(code)[:_LONGEST], storable(original or reference)[:_LONGEST], _when(item.fields))


def _when(fields):
    try:
        return iso_instant(fields, "eventDate")
    except PayloadError:
        return None
