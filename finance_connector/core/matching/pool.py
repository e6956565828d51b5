"""What speaks for a bank line paying an open item: the candidates of a line per kind of evidence, found by hash.

Only candidates of equal amount and currency are options; what a text names at another amount is kept as `named`.
"""

from bisect import bisect_left, bisect_right
from datetime import timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from ..errors import FinanceError
from .records import CANDIDATE_KINDS, DIVISIBLE
from .references import ReferenceIndex, is_number, joined

# A group so short is looked through again each time.
_FEW = 8


class Options(NamedTuple):
    """The candidates that one kind of evidence gives a line; ``conflict`` tells that the text speaks for
    something else as well. If there are too many to look at one by one, ``wide`` is their number, ``bucket``
    names the index entry that they come from, and ``candidates`` has the first few."""

    candidates: list
    conflict: bool = False
    bucket: tuple = ()
    wide: int = 0

    @property
    def total(self):
        """How many candidates there are."""
        return self.wide or len(self.candidates)


NOTHING = Options([])
_PARTNER = attrgetter("partner_id")
_NONE = frozenset()


class Pool:
    """The lines and candidates of one matching, indexed by reference, amount, partner and date."""

    def __init__(self, lines, candidates, policy):
        """Index them. Raises FinanceError for a repeated id or an unknown kind of candidate."""
        self.policy = policy
        self.lines = _by_id(lines, "bank line")
        self.candidates = _by_id(candidates, "candidate")
        self.taken = {}
        self._parts, self._payouts, self._payout_dates = {}, {}, {}
        self._of_amount, self._open_of_partner, self._transfers = {}, {}, {}
        self._numbers_of, self._descriptors_of = {}, {}
        self._numbers, self._descriptors = (ReferenceIndex(policy.min_reference_length) for _ in range(2))
        for candidate in self.candidates:
            self._add(candidate)
        for key, payouts in self._payouts.items():
            payouts.sort(key=lambda candidate: (candidate.date, candidate.id))
            self._payout_dates[key] = [candidate.date for candidate in payouts]
        # Line id -> the `Reference`s that its text names, in order.
        self.names, self.descriptors = self._find(self._numbers), self._find(self._descriptors)

    def _add(self, candidate):
        if candidate.kind not in CANDIDATE_KINDS:
            raise FinanceError(
                f"Candidate {candidate.id!r} is of kind {candidate.kind!r}; matching knows {', '.join(CANDIDATE_KINDS)} only."
            )
        residual = candidate.residual
        if not residual:
            return
        amount = residual.currency, residual.minor
        for reference in sorted(set(candidate.references)):
            self._add_reference(candidate, reference)
        if candidate.kind in DIVISIBLE:
            self._of_amount.setdefault(amount, []).append(candidate)
            if candidate.partner_id is not None:
                self._open_of_partner.setdefault((residual.currency, candidate.partner_id), []).append(candidate)
        elif candidate.kind == "transfer":
            self._transfers.setdefault(amount, []).append(candidate)
        elif candidate.kind == "settlement" and candidate.date is not None:
            self._payouts.setdefault(("payouts", *amount), []).append(candidate)

    def _add_reference(self, candidate, reference):
        """A reference with a digit is a number and identifies; one without is a name, of use for payouts only."""
        if is_number(reference):
            self._numbers.add(reference, candidate)
        elif candidate.kind == "settlement" and (descriptor := self._descriptors.add(reference, candidate)):
            self._descriptors_of.setdefault(candidate.id, set()).add(descriptor)

    def _find(self, index):
        if not index:
            return dict.fromkeys((line.id for line in self.lines), ())
        return {line.id: index.find(line.text, line.reference) for line in self.lines}

    def buckets_of(self, candidate):
        """The index entries that ``candidate`` is in, as `Options.bucket` names them."""
        amount = _amount(candidate)
        for form in self._numbers_held(candidate):
            yield "reference", *amount, form
        if candidate.kind in DIVISIBLE:
            yield "partner", *amount, candidate.partner_id
        elif candidate.kind == "settlement":
            yield "payouts", *amount

    def _numbers_held(self, candidate):
        """The references of ``candidate`` as a text spells them, joined."""
        held = self._numbers_of.get(candidate.id)
        if held is None:
            held = self._numbers_of[candidate.id] = frozenset(map(joined, candidate.references))
        return held

    def _holds(self, candidate, references):
        return self._numbers_held(candidate).issuperset(one.joined for one in references)

    def _part(self, key, group, told, wanted):
        """Those of ``group`` of whom ``told`` says ``wanted``. A long group is sorted once, and remembered by ``key``."""
        if len(group) <= _FEW:
            return [one for one in group if told(one) == wanted]
        parts = self._parts.get(key)
        if parts is None:
            parts = self._parts[key] = {}
            for one in group:
                parts.setdefault(told(one), []).append(one)
        return parts.get(wanted, ())

    def quoted(self, line):
        """What the text of ``line`` names, as its items spell it."""
        return _spelled(self.names[line.id])

    def shown(self, line):
        """The descriptors that the text of ``line`` shows, as their payouts spell them."""
        return _spelled(self.descriptors[line.id])

    def _holding(self, references):
        found = {}
        for reference in references:
            for candidate in reference.holders[: self.policy.max_alternatives]:
                found[candidate.id] = candidate
        return [found[key] for key in sorted(found)]

    def named(self, line):
        """All that the text of ``line`` names, whatever its amount, at most `max_alternatives` a reference."""
        return self._holding(self.names[line.id])

    def all_named(self, line):
        """All that the text of ``line`` names; nothing if a reference is held by more than are looked at one by one."""
        return self._all_holding(self.names[line.id])

    def all_named_by(self, *texts):
        """As `all_named`, for ``texts``."""
        return self._all_holding(self._numbers.find(*texts))

    def _all_holding(self, references):
        most = self.policy.max_alternatives
        return [] if any(len(one.holders) > most for one in references) else self._holding(references)

    def by_own_reference(self, line):
        """The one candidate that has every reference the text names, and at least one of them alone."""
        for reference in self.names[line.id]:
            if len(reference.holders) == 1:
                return self._sole(reference, line)
        return NOTHING

    def _sole(self, reference, line):
        """The only candidate with ``reference``, if it has the amount and everything else that the text names."""
        (sole,) = reference.holders
        if sole.residual != line.amount or self._is_taken(sole):
            return NOTHING
        names = self.names[line.id]
        return Options([sole]) if len(names) == 1 or self._holds(sole, names) else NOTHING

    def by_shared_reference(self, line):
        """The candidates that have every reference the text names; in conflict when each has only some of them."""
        names = self.names[line.id]
        if not names:
            return NOTHING
        if len(names) == 1 and len(names[0].holders) == 1:
            return self._sole(names[0], line)
        amount = line.amount.currency, line.amount.minor
        groups = []
        for reference in names:
            group = self._part(("reference", reference.joined), reference.holders, _amount, amount)
            if len(group) > self.policy.max_considered:
                return self._wide(("reference", *amount, reference.joined), group, len(group))
            groups.append(group)
        complete = [one for one in min(groups, key=len) if not self._is_taken(one) and self._holds(one, names)]
        if complete:
            return Options(complete)
        partial = {one.id: one for group in groups for one in group if not self._is_taken(one)}
        return Options([partial[key] for key in sorted(partial)], conflict=True) if partial else NOTHING

    def _is_taken(self, candidate):
        return candidate.id in self.taken

    def by_partner(self, line):
        """The invoices of the partner of ``line`` with its amount."""
        if line.partner_id is None:
            return NOTHING
        amount = line.amount.currency, line.amount.minor
        group = self._part(("partner", *amount), self._of_amount.get(amount, ()), _PARTNER, line.partner_id)
        return self._open(("partner", *amount, line.partner_id), group, line)

    def by_transfer(self, line):
        """The lines of other own accounts that show the same transfer: the bank names the account, the day is about the
        same."""
        group = self._transfers.get((line.amount.currency, line.amount.minor), ())
        near = timedelta(self.policy.days_after)
        return self._of(
            [one for one in group if line.counterparty_account in one.accounts and one.date and abs(one.date - line.date) <= near]
        )

    def of_amount(self, line):
        """All open items of the amount of ``line`` that are left, or None if they are too many to be compared."""
        group = self._of_amount.get((line.amount.currency, line.amount.minor), ())
        if len(group) > self.policy.max_considered:
            return None
        return [candidate for candidate in group if not self._is_taken(candidate)]

    def of_partner(self, line):
        """The open items of the partner of ``line``, of whatever amount, that are left."""
        group = self._open_of_partner.get((line.amount.currency, line.partner_id), ())
        return [candidate for candidate in group if not self._is_taken(candidate)]

    def _of(self, group):
        candidates = [candidate for candidate in group if not self._is_taken(candidate)]
        return Options(candidates) if candidates else NOTHING

    def by_window(self, line):
        """The payouts with the amount of ``line`` that are expected about its date."""
        key = ("payouts", line.amount.currency, line.amount.minor)
        dates = self._payout_dates.get(key)
        if not dates:
            return NOTHING
        # The line may be days_after later than the payout's day, so the payout may be that much earlier than
        # the line.
        first = bisect_left(dates, line.date - timedelta(self.policy.days_after))
        last = bisect_right(dates, line.date + timedelta(self.policy.days_before))
        if last - first > self.policy.max_considered:
            return self._wide(key, self._payouts[key], last - first, first)
        options = self._open(key, self._payouts[key][first:last], line)
        if options.wide or line.partner_id is None:
            return options
        own = [one for one in options.candidates if one.partner_id in (None, line.partner_id)]
        return Options(own, options.conflict) if own else NOTHING

    def by_descriptor(self, line):
        """Those of `by_window` whose descriptor the text shows."""
        shown = self.descriptors[line.id]
        if not shown:
            return NOTHING
        options = self.by_window(line)
        if options.wide:
            return options
        own = [one for one in options.candidates if not self._descriptors_of.get(one.id, _NONE).isdisjoint(shown)]
        return Options(own, options.conflict) if own else NOTHING

    def by_lag(self, line):
        """Those of `by_window` that come as many days after their day as payouts like them did so far."""
        options = self.by_window(line)
        if options.wide:
            return options
        usual = [one for one in options.candidates if one.lag and one.lag[0] <= (line.date - one.date).days <= one.lag[1]]
        return Options(usual, options.conflict) if usual else NOTHING

    def _wide(self, key, group, total, first=0):
        return Options(group[first : first + self.policy.max_alternatives], bucket=key, wide=total)

    def _open(self, key, group, line):
        if len(group) > self.policy.max_considered:
            return self._wide(key, group, len(group))
        candidates = [candidate for candidate in group if not self._is_taken(candidate)]
        # A text that names something speaks against everything else of the same amount.
        return Options(candidates, conflict=bool(self.names[line.id])) if candidates else NOTHING


def _spelled(references):
    return ", ".join(sorted(one.spelling for one in references))


def _amount(candidate):
    return candidate.residual.currency, candidate.residual.minor


def _by_id(records, what):
    """The records in the order of their ids, so that the order of the input cannot matter."""
    ordered = sorted(records, key=lambda record: record.id)
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise FinanceError(f"Two records have the id {one.id!r}; give every {what} an id of its own.")
    return ordered
