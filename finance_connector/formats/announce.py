"""What becomes of entries that were announced (camt.052, camt.054, MT942, interim BAI2) when the statement comes.

Announced entries are never booked. A statement confirms those that it lists, and drops those of its days that it does not
list; the others wait. Intraday reports repeat each other: `formats.dedupe.decide` says which announcements are new, with
the announced ones as known.

An announced entry is the booked one, the surest first: by bank id and amount; by what it says (the fingerprint without
its ordinal); by a reference of its own and the amount; as a batch and its parts (`batches`), either way round; by amount
and day. The last is only about what is shown: no money depends on which of two alike was announced.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from .batches import families, links_of
from .fingerprint import content_of

BY_ID, BY_CONTENT, BY_REFERENCE, AS_BATCH, AS_PARTS, BY_AMOUNT = (
    "same-id", "same-content", "same-reference", "announced-parts-booked-as-batch", "announced-batch-booked-in-parts",
    "same-amount-and-day",
)  # fmt: skip


class Confirmed(NamedTuple):
    """Announced entries and the booked ones that they became, and how that is known."""

    announced: tuple
    booked: tuple
    reason: str


class Settled(NamedTuple):
    """``confirmed``: list of Confirmed; ``dropped``: announced entries that the statement should have and has not;
    ``waiting``: those that it is too early for; ``unannounced``: booked entries that nobody announced."""

    confirmed: list
    dropped: list
    waiting: list
    unannounced: list


def settle(announced, booked, last_day):
    """What the entries ``booked`` of a proven statement say of those that were ``announced``: Settled.

    ``announced``: the announced entries of the account that wait, ``booked``: all booked entries of the statement, known
    before or not; both have bank_id, fingerprint, booking_date, amount, and what `batches.links_of` reads. ``last_day``:
    the day of its closing balance; what was announced for later days waits. Pure; the order of ``announced`` is
    irrelevant.
    """
    sides = _Sides(announced, booked)
    sides.match(lambda one: one.bank_id and (one.bank_id, one.amount), BY_ID)
    sides.match(lambda one: content_of(one.fingerprint), BY_CONTENT)
    sides.match_references()
    sides.match_families()
    sides.match(lambda one: (one.booking_date, one.amount), BY_AMOUNT)
    early = [one for one in sides.announced if _due(one) > last_day]
    late = [one for one in sides.announced if _due(one) <= last_day]
    return Settled(sides.confirmed, late, early, sides.booked)


def _due(one) -> date:
    """The day by which a statement has an announced entry: expected entries are booked on their value date."""
    return max(one.booking_date, getattr(one, "value_date", None) or one.booking_date)


class _Sides:
    """The announced and the booked entries that have no partner yet."""

    def __init__(self, announced, booked):
        self.announced = sorted(announced, key=lambda one: (one.booking_date, one.fingerprint))
        self.booked = list(booked)
        self.confirmed = []
        self._taken = set()

    def match(self, key, reason):
        """Pairs entries of an equal ``key``, one to one; a key that is false pairs nothing."""
        waiting = defaultdict(list)
        for one in self.announced:
            if value := key(one):
                waiting[value].append(one)
        for candidates in waiting.values():
            candidates.reverse()
        for entry in self.booked:
            if candidates := waiting.get(key(entry)):
                self._confirm([candidates.pop()], [entry], reason)
        self._take_out()

    def match_references(self):
        """Pairs entries of one amount that have a reference in common, if no other pair has it."""
        found = defaultdict(lambda: ([], []))
        for side, entries in enumerate((self.announced, self.booked)):
            for one in entries:
                for link in links_of(one):
                    found[link, one.amount][side].append(one)
        for announced, booked in found.values():
            if len(announced) == len(booked) == 1 and not {id(announced[0]), id(booked[0])} & self._taken:
                self._confirm(announced, booked, BY_REFERENCE)
        self._take_out()

    def match_families(self):
        """Pairs batches with their parts, where they add up."""
        for batch, parts, adds_up in families(self.booked, self.announced):
            if adds_up:
                self._confirm(parts, [batch], AS_BATCH)
        self._take_out()
        for batch, parts, adds_up in families(self.announced, self.booked):
            if adds_up:
                self._confirm([batch], parts, AS_PARTS)
        self._take_out()

    def _confirm(self, announced, booked, reason):
        self.confirmed.append(Confirmed(tuple(announced), tuple(booked), reason))
        self._taken.update(map(id, (*announced, *booked)))

    def _take_out(self):
        self.announced = [one for one in self.announced if id(one) not in self._taken]
        self.booked = [one for one in self.booked if id(one) not in self._taken]
