"""A report in parts of some thousand rows: most rows are a settled capture by themselves, the others are told as they are."""

from collections import Counter
from dataclasses import replace

# Rows that are taken up at once. The first are few, so that whoever takes them up begins soon, and each part has at most twice
# those of the one before, so that the next is there when it is wanted.
PART = 10_000
_FIRST = 500


def apart(rows, is_for_later, keep):
    """Iterate over the ``rows`` that are told by themselves; those that are not go to ``keep``."""
    for row in rows:
        if is_for_later(row):
            keep(row)
        else:
            yield row


def numbered(rows, order):
    """Iterate over ``rows`` with the ``number`` of each among those that have its settlement ``key`` and its ``line_id``: by
    ``order``, so that it is the same in whatever order a file has them."""
    seen = Counter()
    for row in sorted(rows, key=order):
        own = row.key, row.line_id
        seen[own] += 1
        yield row._replace(number=seen[own])


def in_parts(rows, usual, told):
    """Iterate over ``rows`` as `core.records.Parsed`s. ``usual(row)`` is the `SettledCapture` that a row is, or None;
    ``told(rows)`` the `Parsed` of some that are none. What two rows of a part both name (payment, line, fact) is a capture only
    of the first, so that captures of a part can be taken up in any order."""
    captures, others, named, size = [], [], set(), min(_FIRST, PART)
    for row in rows:
        capture = usual(row)
        if capture is None:
            others.append(row)
        else:
            own = (capture.info.transaction_key, capture.line_id, capture.capture_id, capture.fee_id)
            if named.isdisjoint(own):
                captures.append(capture)
            else:
                others.append(row)
            named.update(own)
        if len(captures) + len(others) == size:
            yield replace(told(others), captures=tuple(captures))
            captures, others, named, size = [], [], set(), min(2 * size, PART)
    if captures or others:
        yield replace(told(others), captures=tuple(captures))
