"""Which entries of a statement are already known, when files overlap, come twice, or come in a newer
version (INV-3, INV-8).

An entry has two ids, and neither is enough. The bank's (``bank_id``) is stable with most banks, but some
change it from file to file, and some give one to several entries (a batch and its charge, a payment and its
return). The fingerprint is what the entry says, with an ordinal among those that say the same; it changes
when the bank adds a text later. So entries are paired one to one with known ones, the surest first; what is
left over is new:

1. same bank id and same content: the same entry;
2. same bank id, booking date and amount, and no other entry has that id: the same entry in other words;
3. same content, and one of the two has no bank id: the same entry. If both have one, and they differ, the
   bank changes its ids: the same entry, provided that no id of that day was kept (by 1 or 2) and that one
   list of the day contains the other completely, as it is when files overlap. Otherwise it is a conflict.

4. a batch on one side and its parts on the other, linked and adding up (`batches`): the same money.

Left over on both sides with the same bank id, or with the same date and amount in other words, is a
conflict too: the bank tells something else now, or two payments look alike. Only a person can tell: such an
entry is not booked and becomes an exception, the others of the file are. ``missing`` are known entries which
the statement should have repeated and did not: the bank took them back.

A statement that begins exactly where a known one ended (`adjoins`) shares no entry with it, even on the
same day. All its entries are new, and those that look like known ones are counted on. This is what keeps
two identical payments of one day two, when the bank cuts the day into two statements.

For the importer, per statement: ``adjoining = adjoins(spans of the account, Span.of(statement))``; then
``decide(known entries of the account with booking dates from span.first_day to span.last_day,
statement.entries, adjoining)``; store ``new`` with the fingerprints given there, which are unique for the
account.
"""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .batches import families
from .fingerprint import compose, content_of

# Why a Pair is one.
SAME = "same"
SAME_ID_OTHER_WORDS = "same-id-other-words"
SAME_CONTENT_OTHER_ID = "same-content-other-id"
SAME_AS_PARTS = "batch-of-known-entries"
SAME_AS_BATCH = "part-of-known-batch"
UNCLEAR_CONTENT = "unclear-same-content-other-id"
UNCLEAR_ID = "unclear-same-id-other-amount-or-date"
UNCLEAR_AMOUNT = "unclear-same-amount-other-words"
UNCLEAR_BATCH = "unclear-batch-and-parts-do-not-add-up"


class Known(NamedTuple):
    """A stored entry; ``fingerprint`` as stored, ``bank_id`` "" or None if it has none, ``key`` for the
    caller, ``links`` as `batches.links_of` gave them when it was stored."""

    bank_id: str | None
    fingerprint: str
    booking_date: date
    amount: Decimal
    key: Any = None
    links: frozenset = frozenset()


class Span(NamedTuple):
    """A statement as an interval: its balances (None: not stated), and the days between which its entries are
    booked."""

    opening: Decimal | None
    closing: Decimal | None
    first_day: date
    last_day: date

    @classmethod
    def of(cls, statement):
        """The span of a `Statement`; one without entries lies on the day of its closing balance."""
        days = [entry.booking_date for entry in statement.entries] or [statement.closing_date or date.max]
        return cls(statement.opening, statement.closing, min(days), max(days))


class New(NamedTuple):
    """An entry to store, and the fingerprint to store it under: its ordinal is the next that is free."""

    entry: Any
    fingerprint: str


class Pair(NamedTuple):
    """An entry and the known one that it repeats or contradicts, and why."""

    entry: Any
    known: Known
    reason: str


class Decisions(NamedTuple):
    """``new``: list of New; ``duplicates`` and ``conflicts``: lists of Pair; ``missing``: list of Known."""

    new: list
    duplicates: list
    conflicts: list
    missing: list


def adjoins(spans, span):
    """Whether the statement ``span`` lies beside the known ``spans`` of its account, sharing no entry with
    them.

    That is proven if all known statements that touch its days, and itself, make one chain in which each
    opens with the balance that the one before it closed with, and if it has at most one day in common with
    each of them. Where a balance is not stated, nothing is proven.
    """
    near = [known for known in spans if known.first_day <= span.last_day and known.last_day >= span.first_day]
    if not near or span in near or any(None in (known.opening, known.closing) for known in (span, *near)):
        return False
    if any(max(known.first_day, span.first_day) != min(known.last_day, span.last_day) for known in near):
        return False
    reached, grown = span.closing, True
    begun = span.opening
    while near and grown:
        grown = False
        for known in near:
            if known.opening == reached and known.last_day >= span.last_day:
                reached, grown = known.closing, True
            elif known.closing == begun and known.first_day <= span.first_day:
                begun, grown = known.opening, True
            if grown:
                near.remove(known)
                break
    return not near


def decide(known, incoming, adjoining=False):
    """Which of the ``incoming`` entries are new: a Decisions.

    ``known``: the stored entries (Known) of the account with booking dates from the first to the last of
    ``incoming``; ``incoming``: the entries of one statement; ``adjoining``: see `adjoins`. Pure; the order
    of ``known`` is irrelevant.
    """
    known, incoming = sorted(known, key=lambda one: (one.booking_date, one.fingerprint)), list(incoming)
    if adjoining:
        return Decisions(_numbered(known, incoming), [], [], [])
    pairing = _Pairing(known, incoming)
    pairing.match(lambda one: one.bank_id and (one.bank_id, content_of(one.fingerprint)), SAME)
    pairing.match(
        lambda one: pairing.is_identity(one) and (one.bank_id, one.booking_date, one.amount),
        SAME_ID_OTHER_WORDS,
    )
    pairing.match_content()
    pairing.match_batches()
    pairing.match_conflicts()
    days = [entry.booking_date for entry in incoming]
    missing = [one for one in pairing.known if days and min(days) < one.booking_date < max(days)]
    return Decisions(_numbered(known, pairing.incoming), pairing.duplicates, pairing.conflicts, missing)


def _numbered(known, entries):
    """``entries`` as New, each with the lowest ordinal that no known or earlier entry of the same content
    has."""
    taken = {one.fingerprint for one in known}
    reached = defaultdict(int)
    numbered = []
    for entry in entries:
        content = content_of(entry.fingerprint)
        reached[content] += 1
        while compose(content, reached[content]) in taken:
            reached[content] += 1
        numbered.append(New(entry, compose(content, reached[content])))
    return numbered


class _Pairing:
    """The entries of both sides that have no partner yet, and the pairs found so far."""

    def __init__(self, known, incoming):
        self.known, self.incoming = known, incoming
        self.duplicates, self.conflicts = [], []
        self.days_with_kept_ids = set()
        self._shared = _repeated_ids(known) | _repeated_ids(incoming)

    def is_identity(self, one):
        """Whether the entry has a bank id, and is the only one of its side that has it."""
        return bool(one.bank_id) and one.bank_id not in self._shared

    def match(self, key, reason):
        """Pairs entries of both sides with an equal ``key``, one to one; a key that is false pairs
        nothing."""
        for entry, known in self._partners(key):
            self.duplicates.append(Pair(entry, known, reason))
            self.days_with_kept_ids.add(entry.booking_date)

    def match_content(self):
        """Pairs entries that say the same under different ids, where the lists of the day show that it is
        the same."""
        contained = self._contained_days()
        for entry, known in self._partners(lambda one: content_of(one.fingerprint)):
            day = entry.booking_date
            certain = not (entry.bank_id and known.bank_id) or (day in contained and day not in self.days_with_kept_ids)
            if certain:
                self.duplicates.append(Pair(entry, known, SAME_CONTENT_OTHER_ID))
            else:
                self.conflicts.append(Pair(entry, known, UNCLEAR_CONTENT))

    def match_batches(self):
        """Pairs batches with the parts of the other side; parts that do not add up are conflicts."""
        for entry, parts, adds_up in families(self.incoming, self.known):
            (self.duplicates if adds_up else self.conflicts).append(
                Pair(entry, parts[0], SAME_AS_PARTS if adds_up else UNCLEAR_BATCH)
            )
            self._take([entry], parts)
        for known, parts, adds_up in families(self.known, self.incoming):
            reason = SAME_AS_BATCH if adds_up else UNCLEAR_BATCH
            (self.duplicates if adds_up else self.conflicts).extend(Pair(part, known, reason) for part in parts)
            self._take(parts, [known])

    def _take(self, incoming, known):
        """Takes entries out of what is left."""
        taken = {id(one) for one in (*incoming, *known)}
        self.incoming = [one for one in self.incoming if id(one) not in taken]
        self.known = [one for one in self.known if id(one) not in taken]

    def match_conflicts(self):
        """Takes out what neither is a known entry nor surely another one."""
        for entry, known in self._partners(
            # A return often carries the id of the payment that it takes back.
            lambda one: self.is_identity(one) and not getattr(one, "is_reversal", False) and one.bank_id
        ):
            self.conflicts.append(Pair(entry, known, UNCLEAR_ID))
        for entry, known in self._partners(lambda one: (one.booking_date, one.amount), self._may_be_same):
            self.conflicts.append(Pair(entry, known, UNCLEAR_AMOUNT))

    def _may_be_same(self, entry, known):
        """False if the bank keeps its ids on that day and these are two: then there are two payments."""
        kept = entry.booking_date in self.days_with_kept_ids
        return not (kept and entry.bank_id and known.bank_id and entry.bank_id != known.bank_id)

    def _partners(self, key, fits=None):
        """(entry, known) for equal keys that fit, in the order of the file; both are taken out of what is
        left."""
        waiting = defaultdict(list)
        for known in self.known:
            if value := key(known):
                waiting[value].append(known)
        found, left = [], []
        for entry in self.incoming:
            candidates = waiting.get(key(entry)) or ()
            known = next((one for one in candidates if fits is None or fits(entry, one)), None)
            if known is None:
                left.append(entry)
            else:
                candidates.remove(known)
                found.append((entry, known))
        if found:
            taken = {id(known) for _entry, known in found}
            self.known = [known for known in self.known if id(known) not in taken]
            self.incoming = left
        return found

    def _contained_days(self):
        """The days on which what is left of one side is contained in what is left of the other, by
        content."""
        surplus = defaultdict(lambda: defaultdict(int))
        for entry in self.incoming:
            surplus[entry.booking_date][content_of(entry.fingerprint)] += 1
        for known in self.known:
            surplus[known.booking_date][content_of(known.fingerprint)] -= 1
        return {
            day
            for day, counts in surplus.items()
            if all(count >= 0 for count in counts.values()) or all(count <= 0 for count in counts.values())
        }


def _repeated_ids(entries):
    """The bank ids that more than one of ``entries`` has."""
    counts = Counter(entry.bank_id for entry in entries)
    return {bank_id for bank_id, count in counts.items() if count > 1}
