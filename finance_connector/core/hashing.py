"""The audit chain: one canonical form per content, and a hash of each entry that covers all entries before it
(INV-11).

The hashed bytes are ``finance-audit-chain/1``, the previous hash, the sequence and the canonical JSON, each
on its own line, in UTF-8; the hash is written ``v1:`` and the SHA-256 in lower-case hex. The canonical form
can be read back and gives itself again, so an export verifies without the database that wrote it.
"""

import hashlib
import json
import re
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import NamedTuple

from .money import Money

VERSION = "v1"
# The previous hash of the first entry.
GENESIS = f"{VERSION}:{'0' * 64}"

_PREFIX = b"finance-audit-chain/1"
_HASH = re.compile(rf"{VERSION}:[0-9a-f]{{64}}")
# What of an entry is the chain itself; everything else in it is content, and covered by its hash.
CHAIN_FIELDS = ("sequence", "previous_hash", "hash")


def canonical_json(content):
    """The one JSON text of ``content``, as UTF-8 bytes: sorted keys, no spaces, no escapes beyond those JSON
    needs.

    Takes None, bool, int, str, list, tuple and dict with str keys; Decimal becomes its digits as a string,
    Money an object of its currency and minor units, an aware datetime UTC with six decimals and ``Z``, a date
    ``YYYY-MM-DD``. Raises TypeError for anything else, floats above all: their text differs between
    languages, and money is never one.
    """
    return json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _plain(value):
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"The key {key!r} is not a string; keys of audited content must be strings.")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Money):
        return {"currency": value.currency, "minor": value.minor}
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} is no number that can be audited.")
        return format(value, "f")
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise TypeError(f"The datetime {value} has no time zone; give it one (UTC) before it is audited.")
        utc = value.astimezone(timezone.utc).replace(tzinfo=None)
        return utc.isoformat(timespec="microseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} {value!r} has no canonical form; use integers, Decimal, Money or strings.")


def chain_hash(previous_hash, sequence, payload):
    """The hash of entry number ``sequence`` whose content is ``payload`` and which follows ``previous_hash``.

    ``payload`` must hold everything that the entry says (who, when, what, on which record), for only that is
    protected. Raises ValueError if ``previous_hash`` is no hash of this chain or ``sequence`` no integer,
    TypeError as `canonical_json`.
    """
    if not (isinstance(previous_hash, str) and _HASH.fullmatch(previous_hash)):
        raise ValueError(f"{previous_hash!r} is no hash of this audit chain; the first entry follows {GENESIS}.")
    if type(sequence) is not int:
        raise ValueError(f"The sequence of an audit entry is an integer, got {sequence!r}.")
    hashed = b"\n".join((_PREFIX, previous_hash.encode(), str(sequence).encode(), canonical_json(payload)))
    return f"{VERSION}:{hashlib.sha256(hashed).hexdigest()}"


class ChainVerdict(NamedTuple):
    """Whether the chain holds; if not, the ``sequence`` of the first entry that breaks it and why, in
    words."""

    ok: bool
    first_bad_sequence: int | None
    reason: str


def verify_chain(entries, previous_hash=GENESIS, first_sequence=1, head=None):
    """Check ``entries`` in the order of their sequence: a `ChainVerdict`. Reads them once, one at a time.

    An entry is a mapping with ``sequence``, ``previous_hash`` and ``hash``; all its other keys are its
    content. A part of a chain is checked by giving the hash before it and its first sequence. Entries cut off
    at the end can only be noticed against ``head``, the last hash as it was noted elsewhere.
    """
    expected, last = first_sequence, previous_hash
    for entry in entries:
        reason = _broken(entry, expected, last)
        if reason:
            return ChainVerdict(False, expected, reason)
        last, expected = entry["hash"], expected + 1
    if head is not None and head != last:
        return ChainVerdict(False, expected, f"The chain ends with {last}, but its last hash was noted as {head}.")
    return ChainVerdict(True, None, "")


def _broken(entry, expected, last):
    """Why ``entry`` cannot be number ``expected`` after hash ``last``; empty if it can."""
    missing = [name for name in CHAIN_FIELDS if name not in entry]
    if missing:
        return f"Entry {expected} has no {', '.join(missing)}."
    if entry["sequence"] != expected:
        return f"Entry {expected} is missing; the next one found is {entry['sequence']}."
    if entry["previous_hash"] != last:
        return f"Entry {expected} follows {entry['previous_hash']}, but the entry before it has hash {last}."
    content = {key: value for key, value in entry.items() if key not in CHAIN_FIELDS}
    try:
        computed = chain_hash(last, expected, content)
    except (TypeError, ValueError, RecursionError) as error:
        return f"Entry {expected} cannot be hashed: {error}"
    if computed != entry["hash"]:
        return f"Entry {expected} was altered: its content has hash {computed}, recorded is {entry['hash']}."
    return ""
