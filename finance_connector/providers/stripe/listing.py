"""A page of a Stripe list, cut into its objects without rewriting them: each keeps the bytes that Stripe sent
(INV-1)."""

import json
from typing import NamedTuple

from ...core.errors import PayloadError
from .payload import identifier, integer

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


class Item(NamedTuple):
    """One object of a list: its id, when it was created (seconds since 1970), its bytes."""

    id: str
    created: int
    body: bytes


def read_list(content):
    """``(items, has_more)`` of a list answer, in its order. Raises PayloadError when it is no Stripe list."""
    try:
        members = _members(content.decode("utf-8"))
    except (ValueError, IndexError, RecursionError) as error:
        raise PayloadError(f"Stripe's answer is not a JSON list ({error!s:.120}); ask again later.") from error
    if type(members.get("has_more")) is not bool or type(members.get("data")) is not list:
        raise PayloadError("Stripe's answer is not a list with data and has_more; check the API address.")
    items = []
    for value, span in members["data"]:
        own_id = identifier(value, "id") if type(value) is dict else None
        if own_id is None:
            raise PayloadError("Stripe's list holds something without an id; ask again later.")
        items.append(Item(own_id, integer(value, "created"), span.encode()))
    return items, members["has_more"]


def _members(text):
    """The top-level members of the JSON object ``text``; the elements of `data` as (value, their text)."""
    members, position = {}, _skip(text, 0, "{")
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        if type(key) is not str:
            raise ValueError(f"a member without a name at position {position}")
        position = _skip(text, position, ":")
        if key == "data" and text[position] == "[":
            members[key], position = _elements(text, position)
        else:
            members[key], position = _DECODER.raw_decode(text, position)
        position = _next(text, position, "}")
    return members


def _elements(text, position):
    found, position = [], _skip(text, position, "[")
    while text[position] != "]":
        value, end = _DECODER.raw_decode(text, position)
        found.append((value, text[position:end]))
        position = _next(text, end, "]")
    return found, position + 1


def _skip(text, position, mark):
    """The position of what follows ``mark`` and the space around it. Raises ValueError when the mark is not
    there."""
    position = _space(text, position)
    if text[position] != mark:
        raise ValueError(f"expected {mark} at position {position}")
    return _space(text, position + 1)


def _next(text, position, closing):
    """The position of the next member, or of ``closing``."""
    position = _space(text, position)
    return position if text[position] == closing else _skip(text, position, ",")


def _space(text, position):
    while text[position] in _SPACE:
        position += 1
    return position
