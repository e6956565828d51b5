"""The life of a payment, folded from its movements: the same facts in any order, any number of times, give
one state (INV-4).

How the facts are counted is decided here; which state follows is decided by `lifecycle_table`, what
contradicts what by `contradictions`, the life of payouts by `settlement_life`. No fact is dropped: what does
not fit is counted and named.
"""

from typing import NamedTuple

from .contradictions import Contradiction, find
from .facts import distinct
from .lifecycle_table import BIT, STATES, state_of
from .money import NO_CURRENCY, Money
from .settlement_life import SETTLEMENT_STATES, SettlementState, fold_settlement, settlement_state
from .tally import Tally

__all__ = [
    "NO_CURRENCY", "SETTLEMENT_STATES", "STATES", "Contradiction", "SettlementState", "TransactionState",
    "fold", "fold_settlement", "settlement_state",
]  # fmt: skip

_AFTER_CAPTURE = ("refund", "refund_fail", "dispute_open", "dispute_won", "dispute_lost", "capture_fail")
_ENDING_BIT = {"void": BIT["voided"], "expire": BIT["expired"], "fail": BIT["failed"]}


class TransactionState(NamedTuple):
    """A payment as its facts tell it.

    ``authorized`` is the newest total of each authorisation (of the standing ones only, if they cover what is
    captured); ``captured`` is net of failed captures, ``refunded`` net of failed refunds; ``disputed`` is
    what disputes took and did not give back, lost ones included. These four are in ``currency``, that of the
    payment (XXX if there are no facts), and never negative. ``fees`` and ``net`` are dicts currency -> Money,
    signed, for a provider may charge and settle in another currency (zero ones are left out): ``net`` =
    captured - refunded - disputed
    - fees + adjustments + transfers + conversions, which equals what the facts add to the clearing and
    reserve accounts.
    """

    state: str
    currency: str
    authorized: Money
    captured: Money
    refunded: Money
    disputed: Money
    fees: dict
    net: dict
    under_review: bool
    contradictions: tuple

    @property
    def fee(self):
        """The fees charged in the payment's own currency (Money)."""
        return self.fees.get(self.currency) or Money(0, self.currency)


def fold(movements):
    """The state of one payment: `TransactionState`.

    ``movements``: any iterable of `records.Movement` or light facts (`core.facts`) of one payment. Copies
    (same kind and external id) count once. Raises FinanceError for a kind that has no balance effect; nothing
    else in the facts makes it fail: what does not fit together is in ``contradictions``.
    """
    facts, conflicts = distinct(movements)
    tally = Tally(facts.values())
    currency = tally.currency
    _authorizations(tally)
    _disputes(tally)
    _amounts(tally)
    return TransactionState(
        state_of(_vector(tally)),
        currency,
        Money(tally.authorized, currency),
        Money(tally.captured, currency),
        Money(tally.refunded, currency),
        Money(tally.disputed, currency),
        {code: Money(minor, code) for code, minor in tally.fees.items() if minor},
        {code: Money(minor, code) for code, minor in tally.net.items() if minor},
        _under_review(tally.latest),
        find(tally, conflicts),
    )


def _authorizations(tally):
    """Find the authorisations that stand: not voided, expired or failed since.

    An ending with no group of its own ends every authorisation told before it or at the same instant.
    """
    if not tally.endings:
        tally.standing = tally.authorizations
        return
    tally.standing = {
        group: newest
        for group, newest in tally.authorizations.items()
        if not any(at >= newest[0] and (not ended or ended == group) for at, _kind, ended in tally.endings)
    }


def _disputes(tally):
    """Sum what disputes took and did not give back, apart for the lost and the undecided.

    A dispute is lost when its last verdict is (appeals and second chargebacks change verdicts); its opening
    may be told with a later instant than its loss, so openings do not count as news here.
    """
    lost = contested = 0
    if "dispute_open" in tally.totals:
        sums, latest = tally.sums, tally.latest
        for (kind, group), opened in sums.items():
            if kind == "dispute_open":
                outstanding = opened - sums.get(("dispute_won", group), 0)
                if outstanding > 0:
                    lost_at, won_at = latest.get(("dispute_lost", group)), latest.get(("dispute_won", group))
                    if lost_at is not None and (won_at is None or lost_at >= won_at):
                        lost += outstanding
                    else:
                        contested += outstanding
    tally.lost, tally.contested, tally.disputed = lost, contested, lost + contested


def _amounts(tally):
    """Conclude the amounts that are reported, never below zero: an excess is for `contradictions` to name."""
    sums, totals = tally.sums, tally.totals
    tally.captured = max(0, totals.get("capture", 0) - totals.get("capture_fail", 0))
    tally.refunded = 0
    if "refund" in totals:
        for (kind, group), minor in sums.items():
            if kind == "refund":
                tally.refunded += max(0, minor - sums.get(("refund_fail", group), 0))
    # A retried payment has one authorisation per attempt; the ended ones count only when the capture used
    # them.
    standing = sum(newest[3] for newest in tally.standing.values())
    if standing > 0 and standing >= tally.captured or tally.standing is tally.authorizations:
        tally.authorized = standing
    else:
        tally.authorized = sum(newest[3] for newest in tally.authorizations.values())


def _vector(tally):
    """The conditions of `lifecycle_table` as bits."""
    totals, vector = tally.totals, 0
    if totals.get("capture", 0) > 0:
        vector |= BIT["has_capture"]
    elif any(totals.get(kind) for kind in _AFTER_CAPTURE):
        vector |= BIT["orphan"]
    if tally.captured > 0:
        vector |= BIT["captured"]
        if tally.captured < tally.authorized:
            vector |= BIT["below_authorized"]
    if tally.refunded > 0:
        vector |= BIT["refunded"]
        if tally.refunded >= tally.captured:
            vector |= BIT["refunded_all"]
    if tally.lost:
        vector |= BIT["lost"]
    if tally.contested:
        vector |= BIT["contested"]
    if tally.standing:
        vector |= BIT["authorized"]
    for _at, kind, _group in tally.endings:
        vector |= _ENDING_BIT[kind]
    return vector


def _under_review(latest):
    """Whether a review was opened and not closed since; a closing at the same instant closes it."""
    for (kind, group), opened in latest.items():
        if kind == "review_open":
            closed = latest.get(("review_close", group))
            if closed is None or closed < opened:
                return True
    return False
