"""A page of a Stripe list, cut into its objects without rewriting them: each keeps the bytes that Stripe sent
(INV-1)."""

from typing import NamedTuple

from ...core.errors import PayloadError
from .. import json_parts
from .payload import identifier, integer


class Item(NamedTuple):
    """One object of a list: its id, when it was created (seconds since 1970), its bytes."""

    id: str
    created: int
    body: bytes


def read_list(content):
    """``(items, has_more)`` of a list answer, in its order. Raises PayloadError when it is no Stripe list."""
    members = json_parts.members(content, ("data",), "Stripe's answer is not a JSON list", "ask again later")
    if type(members.get("has_more")) is not bool or type(members.get("data")) is not list:
        raise PayloadError("Stripe's answer is not a list with data and has_more; check the API address.")
    items = []
    for value, span in members["data"]:
        own_id = identifier(value, "id") if type(value) is dict else None
        if own_id is None:
            raise PayloadError("Stripe's list holds something without an id; ask again later.")
        items.append(Item(own_id, integer(value, "created"), span.encode()))
    return items, members["has_more"]
