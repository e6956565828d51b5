"""What a payment has come to, told from its acts alone: the truth that the subledger's fold is compared with.

Written from the meaning of the states, not from the product's table, so that both can be wrong only in different ways.
"""
from __future__ import annotations

from dataclasses import dataclass

from .truth import Payment


@dataclass(frozen=True, slots=True)
class Outcome:
    """State and amounts (minor units of the payment's currency)."""

    state: str
    authorized: int
    captured: int
    refunded: int
    disputed: int


def outcome(payment: Payment) -> Outcome:
    """The outcome of what has happened so far."""
    total: dict[str, int] = {}
    held, returned, open_disputes, lost = 0, {}, {}, 0
    ended = ""
    for act in payment.acts:
        total[act.kind] = total.get(act.kind, 0) + act.amount
        if act.kind == "authorize":
            held, ended = act.amount, ""
        elif act.kind in ("void", "expire", "fail"):
            ended = act.kind
        elif act.kind in ("refund", "refund_fail"):
            returned[act.ref] = act.amount if act.kind == "refund" else 0
        elif act.kind == "dispute":
            open_disputes[act.ref] = act.amount
        elif act.kind == "dispute_won":
            del open_disputes[act.ref]
        elif act.kind == "dispute_lost":
            lost += open_disputes.pop(act.ref)
    captured = total.get("capture", 0) - total.get("capture_fail", 0)
    refunded, contested = sum(returned.values()), sum(open_disputes.values())
    state = _state(total, ended, held, captured, refunded, contested, lost)
    return Outcome(state, held, captured, refunded, contested + lost)


def _state(total, ended, held, captured, refunded, contested, lost) -> str:
    if lost:
        return "charged_back"
    if contested:
        return "disputed"
    if captured:
        if refunded:
            return "refunded" if refunded == captured else "partially_refunded"
        return "captured" if captured == held else "partially_captured"
    if "capture" in total:
        return "failed"
    return {"void": "voided", "expire": "expired", "fail": "failed", "": "authorized" if held else "pending"}[ended]
