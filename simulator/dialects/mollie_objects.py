"""Mollie's objects as they are at an instant: payments, refunds, chargebacks, settlements, and what a settlement lists."""
from __future__ import annotations

from datetime import datetime

from simulator.world.truth import Act, BalanceLine, Payment, Payout
from simulator.world.world import Merchant

from .stripe_lines import major

_ENDINGS = {"void": ("canceled", "canceledAt"), "expire": ("expired", "expiredAt"), "fail": ("failed", "failedAt")}


class MollieObjects:
    """The objects of one merchant."""

    def __init__(self, merchant: Merchant):
        self.merchant = merchant
        self._lines = {(id(line.act), line.category): line for line in merchant.lines if line.act}
        self._payouts = {line.key: payout for payout in merchant.payouts if payout.itemized_at for line in payout.lines}

    def key(self, payment: Payment) -> str:
        return payment.key.replace("pi_", "tr_")

    def settlement_key(self, payout: Payout) -> str:
        return payout.key.replace("po_", "stl_")

    # --- payments -------------------------------------------------------------------------------------------------

    def payment(self, payment: Payment, now: datetime, embedded: bool = False) -> dict:
        """A payment; ``embedded`` with its refunds and chargebacks."""
        known = [act for act in payment.acts if act.at <= now]
        told = {
            "resource": "payment", "id": self.key(payment), "mode": "test", "createdAt": payment.begun.isoformat(),
            "amount": _amount(payment.amount, payment.currency), "description": f"Order {payment.reference}",
            "metadata": {"order_id": payment.reference}, "status": "open", "method": "creditcard",
            "details": {"consumerName": payment.customer.name}, **self._settled(known, "capture", "charge", now),
        }  # fmt: skip
        told |= self._reached(payment, known)
        if embedded:
            told["_embedded"] = {
                "refunds": [self.refund(payment, act, now) for act in known if act.kind == "refund"],
                "chargebacks": [self.chargeback(payment, act, now) for act in known if act.kind == "dispute"],
            }
        return told

    def _reached(self, payment: Payment, known: list[Act]) -> dict:
        """How far a payment is. One that is captured in steps is paid with the last of them."""
        captures = [act for act in known if act.kind == "capture"]
        told: dict = {}
        for act in known:
            if act.kind in _ENDINGS:
                status, field = _ENDINGS[act.kind]
                told |= {"status": status, field: act.at.isoformat()}
            elif act.kind == "authorize" and not any(one.at == act.at for one in captures):
                told |= {"status": "authorized", "authorizedAt": act.at.isoformat()}
        if captures:
            told["amountCaptured"] = _amount(sum(act.amount for act in captures), payment.currency)
            if len(captures) == sum(act.kind == "capture" for act in payment.acts):
                told |= {"status": "paid", "paidAt": captures[-1].at.isoformat()}
        return told

    def refund(self, payment: Payment, act: Act, now: datetime) -> dict:
        """A refund, named by any act about it."""
        made = next(one for one in payment.acts if one.ref == act.ref and one.kind == "refund")
        failed = any(one.ref == act.ref and one.kind == "refund_fail" and one.at <= now for one in payment.acts)
        return {
            "resource": "refund", "id": act.ref, "mode": "test", "paymentId": self.key(payment),
            "createdAt": made.at.isoformat(), "status": "failed" if failed else "refunded",
            "amount": _amount(made.amount, payment.currency), **self._settled([made], "refund", "refund", now),
        }  # fmt: skip

    def chargeback(self, payment: Payment, act: Act, now: datetime) -> dict:
        """A chargeback, named by any act about it."""
        made = next(one for one in payment.acts if one.ref == act.ref and one.kind == "dispute")
        told = {
            "resource": "chargeback", "id": act.ref.replace("du_", "chb_"), "paymentId": self.key(payment),
            "createdAt": made.at.isoformat(), "amount": _amount(made.amount, payment.currency),
            "reason": {"code": made.reason}, "reversedAt": None, **self._settled([made], "dispute", "dispute", now),
        }  # fmt: skip
        won = next((one for one in payment.acts if one.ref == act.ref and one.kind == "dispute_won" and one.at <= now), None)
        return {**told, "reversedAt": won.at.isoformat()} if won else told

    def _settled(self, known: list[Act], kind: str, category: str, now: datetime) -> dict:
        """What was settled of an act, once a settlement lists it."""
        for act in known:
            line = self._lines.get((id(act), category)) if act.kind == kind else None
            payout = self._payouts.get(line.key) if line else None
            if payout and payout.itemized_at <= now:
                return {"settlementId": self.settlement_key(payout), "settlementAmount": _amount(line.gross, line.currency)}
        return {}

    # --- settlements ----------------------------------------------------------------------------------------------

    def settlement(self, payout: Payout, now: datetime) -> dict:
        """A settlement with its costs."""
        paid = payout.paid_at if payout.paid_at and payout.paid_at <= now else None
        status = "failed" if payout.failed_at and payout.failed_at <= now else "paidout" if paid else "processing-at-bank"
        return {
            "resource": "settlement", "id": self.settlement_key(payout), "reference": payout.trace,
            "createdAt": payout.at.isoformat(), "settledAt": paid.isoformat() if paid else None,
            "status": status, "amount": _amount(payout.amount, payout.currency),
            "periods": {f"{payout.at:%Y}": {f"{payout.at:%m}": {"revenue": [], "costs": self._costs(payout)}}},
        }  # fmt: skip

    def _costs(self, payout: Payout) -> list[dict]:
        """Fees, what they return, and what the reserve keeps or gives back: each as one cost of the month."""
        found = {}
        for line in payout.lines:
            fee, tax = line.fee, line.tax
            name, method = "Payment fees", "creditcard"
            if line.category == "risk_reserved_funds":
                name, method, fee = "Rolling reserve", "rollingreserve", -line.gross
            elif line.category == "fee":
                name, fee = "Card network costs", -line.gross
            elif line.category.startswith("dispute"):
                name, method = "Chargeback costs", "chargeback"
            if fee or tax:
                key = name, method, fee > 0
                net, vat = found.get(key, (0, 0))
                found[key] = net + fee, vat + tax
        return [{
            "description": name, "method": method, "count": 1, "amountNet": _amount(net, payout.currency),
            "amountVat": _amount(vat, payout.currency) if vat else None, "amountGross": _amount(net + vat, payout.currency),
        } for (name, method, _sign), (net, vat) in found.items()]  # fmt: skip

    def lines(self, payout: Payout, now: datetime) -> dict[str, list[dict]]:
        """What each list of a settlement holds. What left and came back within it is not listed."""
        found: dict[str, list[dict]] = {"payments": [], "captures": [], "refunds": [], "chargebacks": []}
        both = {line.source for line in payout.lines if line.category in ("refund_failure", "dispute_reversal")}
        both &= {line.source for line in payout.lines if line.category in ("refund", "dispute")}
        for line in payout.lines:
            if line.payment and line.source not in both:
                name, told = self._listed(line, now)
                settled = {"settlementId": self.settlement_key(payout), "settlementAmount": _amount(line.gross, line.currency)}
                found[name].append({**told, **settled})
        return found

    def _listed(self, line: BalanceLine, now: datetime) -> tuple[str, dict]:
        payment, act = line.payment, line.act
        if line.category.startswith("refund"):
            return "refunds", self.refund(payment, act, now)
        if line.category.startswith("dispute"):
            return "chargebacks", self.chargeback(payment, act, now)
        if any(one.kind == "authorize" and one.at == act.at for one in payment.acts):
            return "payments", self.payment(payment, now)
        number = [one for one in payment.acts if one.kind == "capture"].index(act) + 1
        return "captures", {
            "resource": "capture", "id": f"cpt_{payment.key[3:]}c{number}", "paymentId": self.key(payment), "status": "succeeded",
            "createdAt": act.at.isoformat(), "amount": _amount(act.amount, payment.currency),
        }  # fmt: skip


def _amount(minor: int, currency: str) -> dict:
    return {"value": major(minor, currency), "currency": currency}
