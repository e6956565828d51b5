"""The life of a payout, folded from what was told about it, and how far a payment is settled (INV-4).

A payout that was paid may bounce days later, so a failure outlives a payment, whichever was told first.
"""

from typing import NamedTuple

from .contradictions import TEXTS, Contradiction
from .errors import FinanceError
from .money import Money
from .records import SettlementInfo

# In order of precedence, the weakest first.
SETTLEMENT_STATES = ("open", "in_transit", "paid", "failed")
_RANK = {state: rank for rank, state in enumerate(SETTLEMENT_STATES)}
_BY_KIND = {"payout": "in_transit", "payout_paid": "paid", "payout_fail": "failed"}
# The facts that say how far a payout is.
KINDS = frozenset(_BY_KIND)


class SettlementState(NamedTuple):
    """``state`` of SETTLEMENT_STATES; ``amount`` paid out (Money, negative: collected from us; None if never
    told)."""

    state: str
    amount: Money | None
    contradictions: tuple


def fold_settlement(facts):
    """The state of one payout from its facts: Movements, light facts (`core.facts`) and SettlementInfos, in
    any order.

    A failure wins over paid, paid over in transit, that over open; movements of other kinds (the lines of the
    payout) say nothing about it. The amount is that of the `payout` facts and infos; if they disagree the
    largest is kept and `conflicting_amounts` is reported. Raises FinanceError for a status that is none of
    SETTLEMENT_STATES.
    """
    state, told, echoed = "open", set(), set()
    for fact in facts:
        if isinstance(fact, SettlementInfo):
            reached, amount = fact.status, (fact.amount.minor, fact.amount.currency)
            told.add(amount)
            if reached not in _RANK:
                raise FinanceError(
                    f"Settlement {fact.external_id} has status {reached!r}, which is none of "
                    f"{', '.join(SETTLEMENT_STATES)}; correct the adapter that reported it."
                )
        else:
            kind, amount = (fact[0], fact[2:4]) if isinstance(fact, tuple) else (fact.kind, _pair(fact.amount))
            reached = _BY_KIND.get(kind)
            if reached is None:
                continue
            (told if kind == "payout" else echoed).add(amount)
        if _RANK[reached] > _RANK[state]:
            state = reached
    amounts = sorted(told or {pair for pair in echoed if pair[0]}, key=lambda pair: (abs(pair[0]), *pair))
    return SettlementState(state, Money(*amounts[-1]) if amounts else None, _conflict(amounts))


def _pair(amount):
    return amount.minor, amount.currency


def _conflict(amounts):
    if len(amounts) < 2:
        return ()
    definite, text = TEXTS["conflicting_amounts"]
    told = " and ".join(str(Money(*pair)) for pair in amounts)
    one_currency = len({currency for _minor, currency in amounts}) == 1
    spread = abs(Money(*amounts[-1]) - Money(*amounts[0])) if one_currency else None
    return (Contradiction("conflicting_amounts", text.format(detail=f"payout as {told}"), definite, spread),)


def settlement_state(captured, settled):
    """How much of ``captured`` has been through settlements: `unsettled`, `partial` or `settled`.

    Both Money of one currency (MoneyError otherwise), both before fees: ``settled`` is the gross of the
    settlement lines.
    """
    remaining = captured - settled
    if not settled:
        return "unsettled"
    return "partial" if remaining.minor > 0 else "settled"
