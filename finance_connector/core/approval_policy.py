"""The approval policy: which rules ask for whose signatures, by amount, currency, journal and payee.

All rules that fit an order add up: each level is asked for once, in its strictest form. An order that no rule fits in
one of its currencies cannot be approved by anybody: a gap in the policy never opens a door.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from .errors import FinanceError

ANY, ALL = "any", "all"
COOLING_OFF = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of signatures: ``count`` members of ``group``, or all of them (``mode`` ALL). Lower numbers sign first.

    All means all: an order made by a member of such a group has to be made anew by somebody else.
    """

    number: int
    group: str
    mode: str = ANY
    count: int = 1

    def __post_init__(self):
        if self.mode not in (ANY, ALL) or self.count < 1:
            raise FinanceError(f"Level {self.number} of the policy asks for {self.count} ({self.mode}) of {self.group}.")


@dataclass(frozen=True, slots=True)
class Rule:
    """``levels`` are needed for orders in ``currency`` from ``from_minor`` to below ``below_minor`` (None: without end).

    The amount is the total of the order in that currency, or with ``per_instruction`` its largest instruction.
    ``companies`` and ``journals``: only these; empty: all. ``only_new_payees``: only orders that hold a payee who is
    new or was changed since the last payment.
    """

    currency: str
    levels: tuple
    from_minor: int = 0
    below_minor: int | None = None
    companies: frozenset = frozenset()
    journals: frozenset = frozenset()
    only_new_payees: bool = False
    per_instruction: bool = False

    def __post_init__(self):
        if not self.levels:
            raise FinanceError(f"A rule of the policy for {self.currency} asks for no signature; name at least one level.")


class Deputy(NamedTuple):
    """``deputy`` may sign for ``person`` from ``start`` until before ``end``."""

    person: str
    deputy: str
    start: datetime
    end: datetime


class Limit(NamedTuple):
    """What ``person`` may sign in ``currency``: at most ``per_order`` and ``per_day`` minor units (None: no limit)."""

    person: str
    currency: str
    per_order: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """``groups``: name -> frozenset of persons. ``cooling_off``: how long the editor of a payee's account is kept from
    approving payments to it."""

    rules: tuple
    groups: dict
    deputies: tuple = ()
    limits: tuple = ()
    cooling_off: timedelta = COOLING_OFF

    def __post_init__(self):
        for rule in self.rules:
            for level in rule.levels:
                members = self.groups.get(level.group, ())
                if len(members) < (level.count if level.mode == ANY else 1):
                    raise FinanceError(
                        f"Level {level.number} asks for signatures of {level.group}, which has {len(members)} members; "
                        "correct the policy or the group."
                    )

    def levels(self, order):
        """``(levels, gaps)`` for an `approval.OrderFacts`: the strictest `Level` per number and group, in the order in
        which they sign, and the currencies that no rule covers."""
        wanted, gaps = {}, []
        for currency, (total, largest) in sorted(order.amounts.items()):
            fitting = [rule for rule in self.rules if _fits(rule, order, currency, largest if rule.per_instruction else total)]
            # A rule about new payees asks for more; it does not say what is needed for all others.
            if not any(not rule.only_new_payees for rule in fitting):
                gaps.append(currency)
            for level in (level for rule in fitting for level in rule.levels):
                key = level.number, level.group
                wanted[key] = _stricter(wanted.get(key, level), level)
        return tuple(wanted[key] for key in sorted(wanted)), tuple(gaps)


def _fits(rule, order, currency, minor):
    return (
        rule.currency == currency
        and rule.from_minor <= minor
        and (rule.below_minor is None or minor < rule.below_minor)
        and (not rule.companies or order.company in rule.companies)
        and (not rule.journals or order.journal in rule.journals)
        and (not rule.only_new_payees or order.has_new_payee)
    )


def _stricter(one, other):
    if ALL in (one.mode, other.mode):
        return one if one.mode == ALL else other
    return max(one, other, key=lambda level: level.count)
