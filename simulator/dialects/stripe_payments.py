"""What Stripe tells of a payment: for each act its events, with charge, intent, refund and dispute as they then were."""
from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from simulator import stripe_objects as stripe
from simulator.world.truth import Act, BalanceLine, Payment

from .stripe_lines import bare_row, seconds, units

Told = Iterator[tuple[datetime, str, dict]]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact(document: dict) -> bytes:
    """JSON bytes, without the indentation that costs most of the time."""
    return _encode(document).encode()


class PaymentStory:
    """Follows one payment act by act. ``disputes``: dispute id -> its balance lines."""

    def __init__(self, payment: Payment, disputes: dict[str, list[BalanceLine]]):
        self.payment, self.disputes = payment, disputes
        self.currency = payment.currency.lower()
        self.charge_id = ""
        self.captured = self.refunded = 0
        self.failed_code: str | None = None
        self.withdrawn = 0
        self.refunds: dict[str, dict] = {}
        self.last_dispute: dict | None = None

    def tell(self, act: Act) -> Told:
        """The events of an act; what an earlier act of the same instant says as well is said once."""
        yield from getattr(self, f"_{act.kind}")(act)

    def source(self, line: BalanceLine) -> dict:
        """The object that a balance line came from, as it is now."""
        if line.category in ("refund", "refund_failure"):
            return self.refunds[line.source]
        if line.category in ("dispute", "dispute_reversal"):
            return self.last_dispute
        return self.charge()

    # --- objects --------------------------------------------------------------------------------------------------

    def charge(self, **fields) -> dict:
        """The charge as it is now."""
        payment = self.payment
        return stripe.charge(
            self.charge_id, self._units(payment.amount), self.currency, seconds(payment.begun), payment.key,
            self._units(self.captured), **{
                "billing_details": {"address": {"country": "DE"}, "email": payment.customer.email,
                                    "name": payment.customer.name},
                "metadata": {"order_reference": payment.reference},
                "amount_refunded": self._units(self.refunded), "failure_code": self.failed_code,
                "status": "failed" if self.failed_code else "succeeded", "paid": not self.failed_code, **fields})

    def intent(self, status: str, **fields) -> dict:
        """The PaymentIntent in a state of its life."""
        payment = self.payment
        return stripe.payment_intent(
            payment.key, self._units(payment.amount), self.currency, seconds(payment.begun), status, self.charge_id, **{
                "metadata": {"order_reference": payment.reference}, "receipt_email": payment.customer.email,
                "amount_received": self._units(self.captured), **fields})

    def _units(self, amount: int) -> int:
        return units(amount, self.payment.currency)

    # --- acts -----------------------------------------------------------------------------------------------------

    def _authorize(self, act: Act) -> Told:
        self.charge_id, self.failed_code = act.ref, None
        if any(other.kind == "capture" and other.at == act.at and other.ref == act.ref for other in self.payment.acts):
            return
        yield act.at, "charge.succeeded", self.charge()
        yield act.at + timedelta(seconds=1), "payment_intent.amount_capturable_updated", self.intent("requires_capture")

    def _capture(self, act: Act) -> Told:
        self.captured += act.amount
        at_once = any(other.kind == "authorize" and other.at == act.at for other in self.payment.acts)
        yield act.at, "charge.succeeded" if at_once else "charge.captured", self.charge()
        following = [other for other in self.payment.acts if other.kind == "capture" and other.at > act.at]
        if not following:
            yield act.at + timedelta(seconds=1), "payment_intent.succeeded", self.intent("succeeded")

    def _void(self, act: Act) -> Told:
        yield act.at, "payment_intent.canceled", self.intent("canceled", cancellation_reason=act.reason)

    def _expire(self, act: Act) -> Told:
        yield act.at, "charge.expired", self.charge()
        yield act.at + timedelta(seconds=1), "payment_intent.canceled", self.intent(
            "canceled", cancellation_reason="automatic")

    def _fail(self, act: Act) -> Told:
        self.charge_id, self.failed_code = act.ref, act.reason
        yield act.at, "charge.failed", self.charge(balance_transaction=None)
        yield act.at + timedelta(seconds=1), "payment_intent.payment_failed", self.intent(
            "requires_payment_method", last_payment_error={"charge": act.ref, "decline_code": act.reason})

    def _capture_fail(self, act: Act) -> Told:
        self.failed_code = act.reason
        yield act.at, "charge.failed", self.charge(
            balance_transaction=f"txn_{act.ref}", failure_balance_transaction=f"txn_{act.ref}_back")

    def _refund(self, act: Act) -> Told:
        self.refunded += act.amount
        self.refunds[act.ref] = refund = self._refund_object(act, "succeeded", act.at)
        yield act.at, "refund.created", refund
        yield act.at + timedelta(seconds=1), "charge.refunded", self.charge()

    def _refund_fail(self, act: Act) -> Told:
        self.refunded -= act.amount
        made = self.refunds[act.ref]
        refund = self.refunds[act.ref] = self._refund_object(act, "failed", made["created"])
        yield act.at, "refund.failed", refund
        yield act.at + timedelta(seconds=1), "charge.refund.updated", refund

    def _refund_object(self, act: Act, status: str, created) -> dict:
        made = created if isinstance(created, int) else seconds(created)
        return stripe.refund(
            act.ref, self._units(act.amount), self.charge_id, self.currency, made, self.payment.key, status)

    def _inquiry(self, act: Act) -> Told:
        yield act.at, "charge.dispute.created", self._dispute_object(act, "warning_needs_response")

    def _inquiry_closed(self, act: Act) -> Told:
        yield act.at, "charge.dispute.closed", self._dispute_object(act, "warning_closed")

    def _dispute(self, act: Act) -> Told:
        self.withdrawn += 1
        first = act.number == 1 and not any(other.kind == "inquiry" for other in self.payment.acts)
        if first:
            yield act.at, "charge.dispute.created", self._dispute_object(act, "needs_response", listed=False)
        status = "needs_response" if act.number == 1 else "under_review"
        yield act.at + timedelta(seconds=1), "charge.dispute.funds_withdrawn", self._dispute_object(act, status)

    def _dispute_won(self, act: Act) -> Told:
        self.withdrawn += 1
        won = self._dispute_object(act, "won")
        yield act.at, "charge.dispute.funds_reinstated", won
        yield act.at + timedelta(seconds=1), "charge.dispute.closed", won

    def _dispute_lost(self, act: Act) -> Told:
        yield act.at, "charge.dispute.closed", self._dispute_object(act, "lost")

    def _dispute_object(self, act: Act, status: str, listed: bool = True) -> dict:
        opened = next(other.at for other in self.payment.acts if other.ref == act.ref)
        lines = self.disputes.get(act.ref, [])[: self.withdrawn] if listed else []
        self.last_dispute = stripe.dispute(
            act.ref, self._units(act.amount), self.charge_id, self.currency, seconds(opened), self.payment.key, status,
            reason=act.reason, balance_transactions=[bare_row(line) for line in lines])
        return self.last_dispute

    def _review_open(self, act: Act) -> Told:
        yield act.at, "review.opened", stripe.review(act.ref, self.charge_id, seconds(act.at), self.payment.key)

    def _review_close(self, act: Act) -> Told:
        yield act.at, "review.closed", stripe.review(
            act.ref, self.charge_id, seconds(act.at), self.payment.key, act.reason)
