"""Decides how an input is damaged: bytes, pieces that mean something, values of a JSON document, and splices of two."""
from __future__ import annotations

import copy
import json
import random

# A random byte almost never gets past the first check; these do.
PIECES = tuple(
    '"" "\\u0000" "\\ud800" [] {} null true -1 0 1e400 9007199254740993 NaN "eur" "jpy" "succeeded" "ch_1" , : { } [ ] '
    '<Ntry> </Ntry> <Stmt> </Stmt> <Bal/> <Ntry/> <TxDtls/> <Acct/> <Dt/> <Cd/> &amp; &x; <![CDATA[ ]]> <!-- --> <?x?> '
    '<!DOCTYPE 9999-12-31 0001-01-01 0000-00-00 CRDT DBIT BOOK PDNG XXX KWD 24:00:00 - . 99999999999999999999 PK\x03\x04 '
    'PK\x05\x06 "" \'\' \r\n \n ;'.split(" ")
)
VALUES = (
    None, True, False, 0, -1, 10**30, 10**4400, 1.5, 1e308, "", " ", "\0", "a\0b", "\ud800", "x" * 300, "ch_1", "eur", "XXX",
    "succeeded", "canceled", "lost", "won", [], {}, [{}], {"id": "\0"}, {"data": None}, {"data": [1]}, 253402300800,
)  # fmt: skip
_MOST = 64 * 1024


def damaged(rng: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """``content`` after one to four mutations; never more than 64 KiB longer than it was."""
    most = len(content) + _MOST
    changes = _OF_JSON if content[:1] == b"{" and rng.random() < 0.7 else _OF_BYTES
    for _number in range(rng.choice((1, 1, 2, 4))):
        change = rng.choice(changes)
        content = change(rng, content, others)[:most]
    return content


def _place(rng: random.Random, content: bytes, longest: int = 40) -> tuple[int, int]:
    start = rng.randint(0, len(content))
    return start, min(len(content), start + rng.randint(0, longest))


def _flip(rng: random.Random, content: bytes, _others: list[bytes]) -> bytes:
    start, _end = _place(rng, content)
    return content[:start] + bytes([rng.randrange(256)]) + content[start + 1 :]


def _piece(rng: random.Random, content: bytes, _others: list[bytes]) -> bytes:
    start, end = _place(rng, content)
    return content[:start] + rng.choice(PIECES).encode() + content[end:]


def _cut(rng: random.Random, content: bytes, _others: list[bytes]) -> bytes:
    start, end = _place(rng, content, longest=len(content))
    return content[:start] + content[end:]


def _repeat(rng: random.Random, content: bytes, _others: list[bytes]) -> bytes:
    start, end = _place(rng, content, longest=200)
    return content[:end] + content[start:end] * rng.choice((1, 2, 50, 1000)) + content[end:]


def _splice(rng: random.Random, content: bytes, others: list[bytes]) -> bytes:
    other = rng.choice(others)
    return content[: rng.randint(0, len(content))] + other[rng.randint(0, len(other)) :]


def _value(rng: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """One value of a JSON document replaced, so that it stays JSON; of anything else, a piece."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return _piece(rng, content, others)
    places = list(_places(document))
    if not places:
        return _piece(rng, content, others)
    holder, key = rng.choice(places)
    holder[key] = copy.deepcopy(rng.choice((*VALUES, holder[rng.choice(list(_keys(holder)))])))
    return encoded(document)


# JSON that stays JSON gets deeper into a parser than text that is no longer any.
_OF_JSON = (_value,)
_OF_BYTES = (_flip, _piece, _piece, _cut, _repeat, _splice, _value)


def encoded(document: object) -> bytes:
    """The JSON of ``document``, also of numbers that Python refuses to write because they are long."""
    try:
        return json.dumps(document).encode()
    except ValueError:
        return json.dumps(_written(document)).replace('"' + _LONG + '"', "1" + "0" * 4400).encode()


_LONG = "a number of 4401 digits"


def _written(value: object) -> object:
    if isinstance(value, dict):
        return {key: _written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_written(inner) for inner in value]
    return _LONG if type(value) is int and value.bit_length() > 10_000 else value


def _keys(holder: dict | list) -> range | list:
    return list(holder) if isinstance(holder, dict) else range(len(holder))


def _places(document: object):
    """Every (container, key) in ``document``."""
    if isinstance(document, (dict, list)):
        for key in _keys(document):
            yield document, key
            yield from _places(document[key])
