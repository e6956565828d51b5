"""Why a bank line is not explained: the open items that are nearest to it, and for each what speaks for it and what against."""

from dataclasses import dataclass

from . import close
from .names import likeness, name_tokens
from .pool import Pool
from .records import DIVISIBLE, Candidate, Line, Policy

_FOR_NAME, _FOR_AMOUNT, _FOR_PARTNER, _FOR_SIGN = 60, 40, 30, 10


@dataclass(frozen=True, slots=True)
class Nearest:
    """One open item near a line. ``nearness`` orders them; ``speaks_for`` and ``refused_by`` are dicts of code and text."""

    candidate_id: object
    nearness: int
    speaks_for: tuple
    refused_by: tuple


def nearest(line: Line, candidates, policy: Policy | None = None, most: int = 5) -> list[Nearest]:
    """The at most ``most`` items of ``candidates`` that are nearest to ``line``, the nearest first."""
    policy = policy or Policy()
    pool = Pool([line], candidates, policy)
    named = {one.id for one in pool.named(line)}
    # A text that names something says by that what it does not mean.
    close_to = {} if named else {pair.candidate.id: pair for pair in close.pairs(pool, line) or ()}
    found = [_look(line, one, policy, one.id in named, close_to.get(one.id)) for one in pool.candidates]
    return sorted((one for one in found if one.speaks_for), key=lambda one: (-one.nearness, one.candidate_id))[:most]


def _look(line, candidate: Candidate, policy, is_named, pair):
    speaks_for, refused_by = [], []
    nearness = _amount(line, candidate, speaks_for, refused_by)
    if is_named:
        nearness += _FOR_NAME
        speaks_for.append({"code": "reference", "text": "The text names it."})
    if pair:
        nearness += pair.weight - close.AMOUNT
        speaks_for += pair.factors
    elif line.partner_id is not None and candidate.partner_id is not None:
        nearness += _partner(line, candidate, speaks_for, refused_by)
    if not is_named and not pair:
        refused_by.append({"code": "not_named", "text": "The text does not name it."})
        refused_by += _other_name(line, candidate, policy)
    refused_by += _day(line, candidate, policy)
    return Nearest(candidate.id, nearness, tuple(speaks_for), tuple(refused_by))


def _amount(line, candidate, speaks_for, refused_by):
    amount, residual = line.amount, candidate.residual
    if amount.currency != residual.currency:
        refused_by.append({"code": "currency", "text": f"It is in {residual.currency}, the line in {amount.currency}."})
        return 0
    if amount == residual:
        speaks_for.append({"code": "amount", "text": "The amount is equal."})
        return _FOR_AMOUNT
    if (amount.minor < 0) != (residual.minor < 0):
        refused_by.append({"code": "direction", "text": "Its money goes the other way."})
        return 0
    difference = amount - residual
    more = "more" if abs(amount.minor) > abs(residual.minor) else "less"
    refused_by.append({"code": "amount_differs", "text": f"Open is {residual}; the line is {abs(difference)} {more}."})
    small, large = sorted((abs(amount.minor), abs(residual.minor)))
    return small * _FOR_SIGN // large


def _partner(line, candidate, speaks_for, refused_by):
    if line.partner_id == candidate.partner_id:
        speaks_for.append({"code": "partner", "text": "It is of the partner."})
        return _FOR_PARTNER
    refused_by.append({"code": "other_partner", "text": "It is of another partner."})
    return 0


def _other_name(line, candidate, policy):
    if line.counterparty_name and candidate.name and candidate.kind in DIVISIBLE:
        alike = likeness(name_tokens(line.counterparty_name), name_tokens(candidate.name))
        if alike < policy.min_likeness:
            yield {"code": "other_name", "text": f"The bank tells {line.counterparty_name}, it is of {candidate.name}."}


def _day(line, candidate, policy):
    if candidate.kind != "settlement" or candidate.date is None:
        return
    days = (line.date - candidate.date).days
    if not -policy.days_before <= days <= policy.days_after:
        yield {"code": "day", "text": f"It is expected on {candidate.date}, {abs(days)} days away."}
