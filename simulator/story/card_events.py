"""The story as Stripe's events: what the webhooks carry, in the order in which things happened.

Ids follow from the story, so that a second run sends the same bytes as the first.
"""
from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from simulator import stripe_objects as stripe

from . import story
from .company import email_of

PAYOUT = "po_demo_1"
TRACE = "DEMOTRACE0001"
DESCRIPTOR = "DEMO RETAIL PAYOUT"


def instant(today: date, day: int, minute: int = 0) -> int:
    """Seconds since 1970 of ten o'clock UTC and ``minute`` minutes, ``day`` days after ``today``."""
    at = datetime.combine(today + timedelta(days=day), time(10), timezone.utc)
    return int(at.timestamp()) + 60 * minute


class CardEvents:
    """Builds the events of the story as of ``today``; ``documents``: its keys -> numbers in Odoo."""

    def __init__(self, today: date, documents: dict[str, str]):
        self.today, self.documents = today, documents
        self.events: list[dict] = []
        for number, payment in enumerate(story.PAYMENTS):
            self._pay(payment, instant(today, payment.day, 10 * number))
        self._customer()
        self._payout()

    def undelivered(self) -> set[str]:
        """The ids of the events that no webhook ever carries."""
        quiet = [payment.key for payment in story.PAYMENTS if not payment.delivered]
        return {event["id"] for event in self.events if any(f"_{key}_" in event["id"] for key in quiet)}

    def charge(self, payment: story.Payment, captured: int | None = None, **fields) -> dict:
        """The charge of a payment; by default as it is in the end."""
        said = self._said(payment)
        return stripe.charge(
            f"ch_demo_{payment.key}", payment.authorized or payment.total, "eur", self._begun(payment),
            f"pi_demo_{payment.key}", payment.captured if captured is None else captured, **{
                "billing_details": {"address": {"country": "DE"}, "email": email_of(payment.customer),
                                    "name": payment.customer},
                **said, **fields})

    def intent(self, payment: story.Payment, status: str, **fields) -> dict:
        """The PaymentIntent of a payment in a state of its life."""
        amount = payment.authorized or payment.total
        return stripe.payment_intent(
            f"pi_demo_{payment.key}", amount, "eur", self._begun(payment), status,
            f"ch_demo_{payment.key}", **{
                **self._said(payment), "receipt_email": email_of(payment.customer), **fields})

    def refund(self, payment: story.Payment, status: str = "succeeded") -> dict:
        """The refund of a payment."""
        return stripe.refund(
            f"re_demo_{payment.key}", payment.refunded or payment.refund_failed, f"ch_demo_{payment.key}",
            "eur", instant(self.today, story.PAYOUT_DAY - 1), f"pi_demo_{payment.key}", status)

    def dispute(self, payment: story.Payment, listed: bool = True) -> dict:
        """The dispute of a payment, with its balance transactions."""
        own_id, at = f"du_demo_{payment.key}", instant(self.today, story.PAYOUT_DAY - 1, 30)
        lines = stripe.dispute_transactions(own_id, payment.disputed, "eur", at, payment.dispute_fee)
        return stripe.dispute(
            own_id, payment.disputed, f"ch_demo_{payment.key}", "eur", at, f"pi_demo_{payment.key}",
            balance_transactions=lines if listed else [])

    def payout(self, status: str, **fields) -> dict:
        """The payout of the story."""
        at = instant(self.today, story.PAYOUT_DAY)
        arrival = instant(self.today, story.ARRIVAL_DAY) // 86400 * 86400
        return stripe.payout(
            PAYOUT, story.payout_amount(), "eur", at, status,
            **{"arrival_date": arrival, "statement_descriptor": DESCRIPTOR, **fields})

    def _begun(self, payment: story.Payment) -> int:
        return instant(self.today, payment.day, 10 * story.PAYMENTS.index(payment))

    def _said(self, payment: story.Payment) -> dict:
        """How the payment names its document: Odoo's own checkout puts it into the description."""
        number = self.documents[payment.key]
        if payment.document == story.CHECKOUT:
            return {"description": number}
        return {"metadata": {"order_reference": number}}

    def _event(self, kind: str, resource: dict, at: int, key: str, **fields) -> None:
        count = sum(f"_{key}_" in event["id"] for event in self.events)
        self.events.append(stripe.event(kind, resource, at, f"evt_demo_{key}_{count + 1}", **fields))

    def _pay(self, payment: story.Payment, at: int) -> None:
        if payment.ends == "failed":
            self._fail(payment, at)
        elif payment.captured == payment.authorized:
            self._capture_at_once(payment, at)
        else:
            self._authorize(payment, at)
        if payment.refunded or payment.refund_failed:
            self._refund(payment)
        if payment.disputed:
            self._dispute(payment)

    def _capture_at_once(self, payment: story.Payment, at: int) -> None:
        key = payment.key
        if payment.document == story.CHECKOUT:
            self._event("payment_intent.created", self.intent(payment, "requires_payment_method"), at, key)
        self._event("charge.succeeded", self.charge(payment), at + 5, key)
        if payment.delivered:
            self._event("payment_intent.succeeded", self.intent(payment, "succeeded"), at + 6, key)

    def _authorize(self, payment: story.Payment, at: int) -> None:
        """Reserve the money; then take a part of it, give it up, or leave it as it is."""
        key, held = payment.key, self.intent(payment, "requires_capture")
        self._event("payment_intent.amount_capturable_updated", held, at + 4, key)
        self._event("charge.succeeded", self.charge(payment, captured=0), at + 5, key)
        if payment.captured:
            self._event("charge.captured", self.charge(payment), at + 3600, key)
            received = self.intent(payment, "succeeded", amount_received=payment.captured)
            self._event("payment_intent.succeeded", received, at + 3601, key)
        elif payment.ends == "voided":
            gone = self.intent(payment, "canceled", cancellation_reason="requested_by_customer")
            self._event("payment_intent.canceled", gone, at + 600, key)

    def _fail(self, payment: story.Payment, at: int) -> None:
        declined = {"charge": f"ch_demo_{payment.key}", "decline_code": "insufficient_funds"}
        charge = self.charge(payment, captured=0, status="failed", failure_code="card_declined", paid=False)
        self._event("charge.failed", charge, at + 5, payment.key)
        intent = self.intent(payment, "requires_payment_method", last_payment_error=declined)
        self._event("payment_intent.payment_failed", intent, at + 6, payment.key)

    def _refund(self, payment: story.Payment) -> None:
        at = instant(self.today, story.PAYOUT_DAY - 1)
        self._event("refund.created", self.refund(payment), at, payment.key)
        if payment.refund_failed:
            self._event("refund.failed", self.refund(payment, "failed"), at + 3600, payment.key)
            return
        charge = self.charge(payment, amount_refunded=payment.refunded)
        self._event("charge.refunded", charge, at + 1, payment.key)
        # Stripe may describe one change in two events.
        self._event("refund.created", self.refund(payment), at, payment.key)

    def _dispute(self, payment: story.Payment) -> None:
        at = instant(self.today, story.PAYOUT_DAY - 1, 30)
        self._event("charge.dispute.created", self.dispute(payment, listed=False), at, payment.key)
        self._event("charge.dispute.funds_withdrawn", self.dispute(payment), at + 1, payment.key)

    def _customer(self) -> None:
        customer = {"id": "cus_demo_anna", "object": "customer", "email": email_of("Anna Berg")}
        self._event("customer.created", customer, instant(self.today, -8), "cus")

    def _payout(self) -> None:
        made, arrived = instant(self.today, story.PAYOUT_DAY), instant(self.today, story.ARRIVAL_DAY)
        trace = {"trace_id": {"status": "supported", "value": TRACE}}
        self._event("payout.created", self.payout("pending"), made, "po")
        self._event("payout.paid", self.payout("paid", **trace), arrived, "po")
        done = self.payout("paid", reconciliation_status="completed", **trace)
        self._event("payout.reconciliation_completed", done, arrived + 60, "po")
