"""Which days of an account are proven, which are not, and from which day the bank is asked next (INV-12, INV-13)."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

_DAY = timedelta(days=1)


class KnownDays(NamedTuple):
    """What is known of an account's days: ``start``, where its history begins for us (None: nothing is known), the spans that are
    ``proven``, those over which the balance was ``carried``, and ``until`` when its statements reach (None: it is asked for
    every day)."""

    start: date | None
    proven: list
    carried: list = []
    until: date | None = None

    def state(self, on, today):
        """Of the day ``on``: `proven`, `carried` (no statement, but the balances around it meet), `before` the history begins,
        `open` (not over yet), `awaited` (no statement reaches it yet), or `missing`."""
        for name, spans in (("proven", self.proven), ("carried", self.carried)):
            if any(first <= on <= last for first, last in spans):
                return name
        if self.start is None or on < self.start:
            return "before"
        if on >= today:
            return "open"
        return "awaited" if self.until is not None and on > self.until else "missing"


def merged(spans):
    """``spans`` ((first, last) dates, both included) in order, those that touch or overlap made one."""
    found = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def holes(spans, first, last):
    """The days from ``first`` to ``last`` that no span holds, as spans in order."""
    found, reached = [], first
    for begin, end in merged(spans):
        if begin > last:
            break
        if begin > reached:
            found.append((reached, begin - _DAY))
        reached = max(reached, end + _DAY)
    if reached <= last:
        found.append((reached, last))
    return found


def ask_from(spans, start, floor, today, overlap):
    """The first day to ask for: ``overlap`` days before the first one that is not proven, since banks book late; never before
    ``start`` (where the account's history begins for us) or ``floor`` (what the bank is known to give, or None)."""
    yesterday = today - _DAY
    begin = max(filter(None, (start, floor)))
    unproven = holes(spans, begin, yesterday)
    first = unproven[0][0] if unproven else today
    return min(max(begin, first - timedelta(days=overlap)), yesterday)


class Stated(NamedTuple):
    """A statement: its ``first`` and ``last`` day, its balances and its number in the year, None for what it does not tell."""

    first: date
    last: date
    opening: Decimal | None = None
    closing: Decimal | None = None
    number: int | None = None


def carried(statements):
    """The days between `Stated` ones on which nothing was booked, as spans: the next statement opens with the balance that the
    one before closed with, and no number is left out."""
    spans = merged([(one.first, one.last) for one in statements])
    between = holes(spans, spans[0][0], spans[-1][1]) if spans else []
    ends, begins = defaultdict(list), defaultdict(list)
    for one in statements:
        ends[one.last + _DAY].append(one)
        begins[one.first - _DAY].append(one)
    return [
        (first, last)
        for first, last in between
        if any(_follows(one, other) for one in ends[first] for other in begins[last])
    ]


def _follows(one, other):
    if one.closing is None or one.closing != other.opening:
        return False
    numbered = one.number and other.number and one.last.year == other.first.year
    return not numbered or other.number <= one.number + 1
