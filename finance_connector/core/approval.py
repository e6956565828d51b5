"""Who may approve a payment order, and whether it is approved (INV-10). Pure: the caller brings the facts.

A person signs once per order, for one level. Creator, last editor, and whoever edited a payee's bank account within
the cooling-off period cannot sign, neither themselves nor through a deputy; being an administrator changes nothing.
A signature counts for the content that was signed: any edit voids it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from .approval_policy import ALL, Policy
from .money import Money


class Reason(NamedTuple):
    """``code`` names the rule, ``text`` tells a user what it is about and what to do."""

    code: str
    text: str


class AccountEdit(NamedTuple):
    """``editor`` changed the bank account of ``payee`` at ``at``."""

    payee: str
    editor: str
    at: datetime


class Signature(NamedTuple):
    """``person`` approved ``content`` (a hash) at ``at`` for level ``level``; ``for_person``: whom they stood in for."""

    person: str
    content: str
    at: datetime
    level: int = 1
    for_person: str = ""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the policy looks at. ``content``: the hash of the order as it stands. ``amounts``: currency -> (total,
    largest instruction) in minor units. ``account_edits``: those of the accounts that this order pays to."""

    content: str
    company: str
    journal: str
    creator: str
    last_editor: str
    amounts: dict
    has_new_payee: bool = False
    account_edits: tuple = ()


class Seat(NamedTuple):
    """A place that a person may sign at: the level, and whom they stand in for ("" for themselves)."""

    level: int
    group: str
    for_person: str = ""


class Verdict(NamedTuple):
    """Whether a person may approve; ``seat`` where, ``reasons`` why not."""

    ok: bool
    seat: Seat | None
    reasons: tuple


class Standing(NamedTuple):
    """How far the approval of an order is. ``level``: the one that is asked next (None: approved, or nobody can);
    ``counted``: signatures that count with their seat; ``void``: pairs of signature and Reason; ``missing``: what is
    still asked for, in words."""

    approved: bool
    level: int | None
    counted: tuple
    void: tuple
    missing: tuple


def excluded(policy, order, person, now):
    """Why ``person`` cannot approve ``order`` at all: a tuple of `Reason`, empty if nothing speaks against it."""
    reasons = []
    if person == order.creator:
        reasons.append(Reason("creator", "You made this order; a second person has to approve it."))
    if person == order.last_editor:
        reasons.append(Reason("last_editor", "You changed this order last; a second person has to approve it."))
    for edit in order.account_edits:
        until = edit.at + policy.cooling_off
        if edit.editor == person and now < until:
            text = f"You changed the bank account of {edit.payee}; until {until:%Y-%m-%d %H:%M} another person has to approve."
            reasons.append(Reason("account_editor", text))
    return tuple(reasons)


def may_approve(policy: Policy, order, signatures, person, now, signed_today=None):
    """Whether ``person`` may sign ``order`` at ``now``, and at which seat: a `Verdict`.

    ``signatures``: those that are there. ``signed_today``: (person, currency) -> minor units that they signed today in
    other orders. A `Seat` of their own is taken before one that they fill as a deputy.
    """
    reasons = list(excluded(policy, order, person, now))
    standing = evaluate(policy, order, signatures, now)
    levels, gaps = policy.levels(order)
    if gaps:
        reasons.append(_gap(gaps))
    elif standing.approved:
        reasons.append(Reason("approved", "The order is approved already."))
    if any(signature.person == person for signature, _seat in standing.counted):
        reasons.append(Reason("signed", "You approved this order already; each person signs once."))
    reasons += _over_limit(policy, order, person, signed_today or {})
    if reasons:
        return Verdict(False, None, tuple(reasons))
    open_levels = [level for level in levels if level.number == standing.level]
    taken = {(seat.group, seat.for_person or signature.person) for signature, seat in standing.counted}
    seats = [seat for level in open_levels for seat in _seats(policy, level, person, now)]
    free = [seat for seat in seats if (seat.group, seat.for_person or person) not in taken]
    free = [seat for seat in free if not _complete(policy, seat.group, open_levels, standing.counted)]
    allowed = [seat for seat in free if not seat.for_person or not excluded(policy, order, seat.for_person, now)]
    if allowed:
        return Verdict(True, allowed[0], ())
    return Verdict(False, None, (_no_seat(free, open_levels),))


def evaluate(policy: Policy, order, signatures, now):
    """The `Standing` of ``order`` with ``signatures`` (any order of them; they are looked at as they were given, and at
    one instant by person, so that two at the same second give one answer)."""
    levels, gaps = policy.levels(order)
    counted, void = [], []
    for signature in sorted(signatures, key=lambda one: (one.at, one.person, one.level, one.for_person, one.content)):
        seat, reason = _counts(policy, order, levels, counted, signature)
        if seat is None:
            void.append((signature, reason))
        else:
            counted.append((signature, seat))
    if gaps:
        return Standing(False, None, tuple(counted), tuple(void), (_gap(gaps).text,))
    level = _next_level(policy, levels, counted)
    missing = [_missing(policy, one, counted) for one in levels if not _done(policy, one, counted)]
    return Standing(level is None, level, tuple(counted), tuple(void), tuple(missing))


def signed_by_day(signed, day: date):
    """``(person, currency) -> minor units`` of ``signed``: pairs of `Signature` and the order's ``amounts``, on ``day``
    (in the time zone of the instants)."""
    sums = Counter()
    for signature, amounts in signed:
        if signature.at.date() == day:
            for currency, (total, _largest) in amounts.items():
                sums[signature.person, currency] += total
    return dict(sums)


def _counts(policy, order, levels, counted, signature):
    """(Seat, None) of a signature that counts, else (None, Reason)."""
    if signature.content != order.content:
        return None, Reason("other_content", "The order was changed after this approval; it has to be approved again.")
    reasons = excluded(policy, order, signature.person, signature.at)
    if signature.for_person:
        reasons += excluded(policy, order, signature.for_person, signature.at)
    if reasons:
        return None, reasons[0]
    if any(one.person == signature.person for one, _seat in counted):
        return None, Reason("signed", "This person approved the order already; each person signs once.")
    if signature.level != _next_level(policy, levels, counted):
        return None, Reason("not_their_turn", f"Level {signature.level} was not the one to sign then.")
    open_levels = [level for level in levels if level.number == signature.level]
    for level in open_levels:
        for seat in _seats(policy, level, signature.person, signature.at):
            taken = any(at.group == seat.group and (at.for_person or one.person) == (seat.for_person or signature.person)
                        for one, at in counted)  # fmt: skip
            if seat.for_person == signature.for_person and not taken and not _done(policy, level, counted):
                return seat, None
    return None, Reason("no_seat", f"{signature.person} could not sign at level {signature.level} then.")


def _seats(policy, level, person, now):
    """The seats of ``level`` that ``person`` may take at ``now``: their own first."""
    members = policy.groups[level.group]
    own = [Seat(level.number, level.group)] if person in members else []
    absent = sorted(
        deputy.person
        for deputy in policy.deputies
        if deputy.deputy == person and deputy.person in members and deputy.start <= now < deputy.end
    )
    return own + [Seat(level.number, level.group, one) for one in absent if one != person]


def _next_level(policy, levels, counted):
    return next((level.number for level in levels if not _done(policy, level, counted)), None)


def _signed(level, counted):
    return [signature for signature, seat in counted if (seat.level, seat.group) == (level.number, level.group)]


def _needed(policy, level):
    return len(policy.groups[level.group]) if level.mode == ALL else level.count


def _done(policy, level, counted):
    return len(_signed(level, counted)) >= _needed(policy, level)


def _complete(policy, group, levels, counted):
    return all(_done(policy, level, counted) for level in levels if level.group == group)


def _missing(policy, level, counted):
    open_seats = _needed(policy, level) - len(_signed(level, counted))
    return f"Level {level.number}: {open_seats} more of {level.group}"


def _gap(gaps):
    text = f"No rule of the approval policy covers this amount in {', '.join(gaps)}; add one before it can be approved."
    return Reason("no_rule", text)


def _no_seat(free, levels):
    if free:
        return Reason("deputy_of_excluded", f"You stand in for {free[0].for_person}, who cannot approve this order.")
    groups = " and ".join(dict.fromkeys(level.group for level in levels))
    return Reason("no_seat", f"It is the turn of {groups}; you are not one of them, nor a deputy of one whose turn it is.")


def _over_limit(policy, order, person, signed_today):
    """The limits that signing this order would break."""
    for limit in policy.limits:
        total = order.amounts.get(limit.currency, (0, 0))[0]
        if limit.person != person or not total:
            continue
        if limit.per_order is not None and total > limit.per_order:
            most = Money(limit.per_order, limit.currency)
            yield Reason("limit_order", f"You may approve orders of up to {most}; this one has {Money(total, limit.currency)}.")
        already = signed_today.get((person, limit.currency), 0)
        if limit.per_day is not None and already + total > limit.per_day:
            most, sofar = Money(limit.per_day, limit.currency), Money(already, limit.currency)
            yield Reason("limit_day", f"You may approve {most} a day and approved {sofar} today; ask somebody else.")
