"""The world's own books of a merchant's money at the provider: what each act, line, payout and bank entry does to them.

Four accounts a currency: `clearing` (the balance), `reserve`, `disputes`, `in_transit`. What only settlement lines tell
(fees, conversions, reserves) can be left out for lines that nobody could have been told of.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable

from .truth import Act, BalanceLine, Payment, Payout

# act -> (clearing, disputes): the sign of its amount in each.
_ACTS = {
    "capture": (1, 0), "capture_fail": (-1, 0), "refund": (-1, 0), "refund_fail": (1, 0),
    "dispute": (-1, 1), "dispute_won": (1, -1), "dispute_lost": (0, -1),
}  # fmt: skip


class Ledger:
    """Balances by (account, currency), in minor units."""

    def __init__(self):
        self.balances: dict[tuple[str, str], int] = {}

    def add(self, account: str, currency: str, amount: int) -> None:
        key = account, currency
        self.balances[key] = self.balances.get(key, 0) + amount

    def act(self, payment: Payment, act: Act) -> None:
        clearing, disputes = _ACTS.get(act.kind, (0, 0))
        self.add("clearing", payment.currency, clearing * act.amount)
        self.add("disputes", payment.currency, disputes * act.amount)

    def line(self, line: BalanceLine, told: bool, dispute_costs: bool = True) -> None:
        """``told``: somebody could hear of the line itself, and not only of the act behind it. ``dispute_costs``: the dispute's
        own events tell what it cost."""
        if dispute_costs and line.category in ("dispute", "dispute_reversal"):
            self.add("clearing", line.currency, -line.fee - line.tax)
            line_cost = 0
        else:
            line_cost = line.fee + line.tax
        if not told:
            return
        self.add("clearing", line.currency, -line_cost)
        if line.original:
            self.add("clearing", line.currency, line.gross)
            self.add("clearing", line.original[1], -line.original[0])
        elif line.category == "fee":
            self.add("clearing", line.currency, line.gross)
        elif line.category == "risk_reserved_funds":
            self.add("clearing", line.currency, line.gross)
            self.add("reserve", line.currency, -line.gross)

    def payout(self, payout: Payout, arrived: bool) -> None:
        self.add("clearing", payout.currency, -payout.amount)
        self.add("in_transit", payout.currency, payout.amount)
        if payout.failed_at:
            self.add("clearing", payout.currency, payout.amount)
            self.add("in_transit", payout.currency, -payout.amount)
        elif arrived:
            self.add("in_transit", payout.currency, -payout.amount)

    def nonzero(self) -> dict[tuple[str, str], int]:
        return {key: amount for key, amount in sorted(self.balances.items()) if amount}


def balances(payments: Iterable[Payment], lines: Iterable[BalanceLine], payouts: Iterable[Payout],
             told: Callable[[BalanceLine], bool], arrived: Callable[[Payout], bool],
             dispute_costs: bool = True) -> dict[tuple[str, str], int]:
    """The non-zero balances that all of it leaves behind."""
    ledger = Ledger()
    for payment in payments:
        for act in payment.acts:
            ledger.act(payment, act)
    for line in lines:
        ledger.line(line, told(line), dispute_costs)
    for payout in payouts:
        ledger.payout(payout, arrived(payout))
    return ledger.nonzero()
