"""How each fact moves the four balances held at a provider: clearing, reserve, disputes, in transit (DESIGN
6, INV-7).

The general ledger is posted by this table and the subledger is summed by it, so the two can be compared at
any time.
"""

from .errors import FinanceError
from .facts import COUNTER_CURRENCY, COUNTER_MINOR, CURRENCY, KIND, MINOR, distinct, increment_over, levelled
from .money import Money

__all__ = [
    "EFFECTS", "ROLES", "balance_effects", "balance_totals", "effect_of", "increment_over", "increments",
]  # fmt: skip

ROLES = ("clearing", "reserve", "disputes", "in_transit")

_NONE = (0, 0, 0, 0)

# kind -> the sign with which its amount enters clearing, reserve, disputes, in transit.
EFFECTS = {
    "authorize": _NONE,
    "authorize_adjust": _NONE,
    "void": _NONE,
    "expire": _NONE,
    "fail": _NONE,
    "capture": (+1, 0, 0, 0),
    "capture_fail": (-1, 0, 0, 0),
    "refund": (-1, 0, 0, 0),
    "refund_fail": (+1, 0, 0, 0),
    # The provider takes the disputed money at once; it stays ours, contested, until the dispute is decided.
    "dispute_open": (-1, 0, +1, 0),
    "dispute_update": _NONE,
    "dispute_won": (+1, 0, -1, 0),
    "dispute_lost": (0, 0, -1, 0),
    "dispute_fee": (-1, 0, 0, 0),
    "fee": (-1, 0, 0, 0),
    "fee_refund": (+1, 0, 0, 0),
    "fee_tax": (-1, 0, 0, 0),
    "reserve_hold": (-1, +1, 0, 0),
    "reserve_release": (+1, -1, 0, 0),
    "adjustment": (+1, 0, 0, 0),
    # fx: what came in here; what left in the other currency is the counter amount, see balance_effects.
    "fx": (+1, 0, 0, 0),
    "payout": (-1, 0, 0, +1),
    # The bank line, not the provider's word, takes the money out of transit.
    "payout_paid": _NONE,
    "payout_fail": (+1, 0, 0, -1),
    "transfer": (+1, 0, 0, 0),
    "review_open": _NONE,
    "review_close": _NONE,
    "mandate_create": _NONE,
    "mandate_activate": _NONE,
    "mandate_end": _NONE,
}


def effect_of(kind):
    """The signs of ``kind`` over ROLES. Raises FinanceError for a kind that no table row decides."""
    try:
        return EFFECTS[kind]
    except KeyError:
        raise FinanceError(
            f"No balance effect is defined for movements of kind {kind!r}; add the kind to the table of core/balances.py."
        ) from None


def balance_effects(kind, amount, counter_amount=None):
    """What one fact does to the balances: a tuple of (role, signed Money), without the zero ones.

    ``amount`` is the amount of the fact, or its increment if it is a running total (`increments`,
    `increment_over`); ``counter_amount`` is what left the balance in the other currency, for `fx` only.
    """
    effects = [
        (role, amount if sign > 0 else -amount)
        for role, sign in zip(ROLES, effect_of(kind), strict=True)
        if sign and amount.minor
    ]
    if kind == "fx" and counter_amount is not None and counter_amount.minor:
        effects.append(("clearing", -counter_amount))
    return tuple(effects)


def increments(movements):
    """How much each distinct fact adds: a dict (kind, external id) -> Money.

    A running total (``cumulative``) adds what it has over the next lower one of its kind and group, every
    other fact its own amount. Independent of order and copies. To count totals as they arrive, use
    `increment_over`.
    """
    facts, _conflicts = distinct(movements)
    return {fact[:2]: Money(fact[MINOR], fact[CURRENCY]) for fact in levelled(facts.values())}


def balance_totals(movements):
    """The balances that a set of facts leaves behind: a dict (role, currency) -> minor units, zero ones
    included once met.

    Independent of order and copies; running totals count once.
    """
    facts, _conflicts = distinct(movements)
    totals = {}
    for fact in levelled(facts.values()):
        for role, sign in zip(ROLES, effect_of(fact[KIND]), strict=True):
            if sign:
                key = role, fact[CURRENCY]
                totals[key] = totals.get(key, 0) + sign * fact[MINOR]
        if fact[KIND] == "fx" and fact[COUNTER_MINOR] is not None:
            key = "clearing", fact[COUNTER_CURRENCY]
            totals[key] = totals.get(key, 0) - fact[COUNTER_MINOR]
    return totals
