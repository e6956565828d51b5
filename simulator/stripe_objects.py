"""Stripe's objects and events as Stripe would send them: the shapes that tests, demo and benchmarks speak in.

Amounts are integers as Stripe's API sends them, times are seconds since 1970, ids are given by the caller, so
the same arguments give the same bytes. Every builder takes keyword arguments that replace fields of the
object. Shapes: API reference of `stripe` 16.
"""

import hashlib
import hmac
import json

from simulator.stripe_report import REPORT_COLUMNS as REPORT_COLUMNS
from simulator.stripe_report import report as report

API_VERSION = "2026-10-28.endive"


def sign(body, secret, timestamp, *more_secrets):
    """The Stripe-Signature header of ``body`` (bytes) at ``timestamp``; one ``v1`` for each secret."""
    parts = [f"t={timestamp}"]
    for key in (secret, *more_secrets):
        digest = hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        parts.append(f"v1={digest}")
    return ",".join(parts)


def encode(document):
    """The bytes of an object as Stripe writes them (indented JSON)."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def event(event_type, resource, created, event_id, previous=None, **fields):
    """An event of ``event_type`` about ``resource``; ``previous``: the values that changed."""
    data = {"object": resource}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": event_id,
        "object": "event",
        "api_version": API_VERSION,
        "created": created,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
        **fields,
    }


def thin_event(event_type, created, event_id, **fields):
    """An event of API v2, which names its object and does not carry it; ``created`` is an ISO 8601 text."""
    return {
        "id": event_id,
        "object": "v2.core.event",
        "created": created,
        "livemode": False,
        "related_object": {"id": "obj_1", "type": "thing", "url": "/v2/things/obj_1"},
        "type": event_type,
        **fields,
    }


def charge(charge_id, amount, currency="eur", created=0, intent=None, captured=None, **fields):
    """A charge; ``captured`` is the amount captured (default: all of it; 0 leaves it an authorisation)."""
    taken = amount if captured is None else captured
    return {
        "id": charge_id,
        "object": "charge",
        "amount": amount,
        "amount_captured": taken,
        "amount_refunded": 0,
        "application_fee_amount": None,
        "balance_transaction": f"txn_{charge_id}" if taken else None,
        "billing_details": {"address": {"country": "DE"}, "email": "buyer@example.com", "name": "Anna Buyer"},
        "captured": taken > 0,
        "created": created,
        "currency": currency,
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": intent,
        "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}, "type": "card"},
        "receipt_email": None,
        "refunded": False,
        "review": None,
        "status": "succeeded",
        "transfer_group": None,
        **fields,
    }


def payment_intent(intent_id, amount, currency="eur", created=0, status="succeeded", charge_id=None, **fields):
    """A PaymentIntent; amounts received and capturable follow from ``status`` unless given."""
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": amount if status == "requires_capture" else 0,
        "amount_received": amount if status == "succeeded" else 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "created": created,
        "currency": currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": charge_id,
        "livemode": False,
        "metadata": {},
        "payment_method_types": ["card"],
        "receipt_email": None,
        "status": status,
        "transfer_group": None,
        **fields,
    }


def checkout_session(session_id, amount, currency="eur", created=0, intent=None, **fields):
    """A Checkout Session."""
    return {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "client_reference_id": None,
        "created": created,
        "currency": currency,
        "customer": None,
        "customer_details": {"email": "buyer@example.com", "name": "Anna Buyer"},
        "customer_email": None,
        "livemode": False,
        "metadata": {},
        "mode": "payment",
        "payment_intent": intent,
        "payment_status": "unpaid",
        "status": "open",
        **fields,
    }


def refund(refund_id, amount, charge_id, currency="eur", created=0, intent=None, status="succeeded", **fields):
    """A refund; its balance transaction is there as soon as money has left."""
    left = status in ("pending", "succeeded", "failed")
    return {
        "id": refund_id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": f"txn_{refund_id}" if left else None,
        "charge": charge_id,
        "created": created,
        "currency": currency,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "failure_balance_transaction": f"txn_{refund_id}_back" if status == "failed" else None,
        "failure_reason": "expired_or_canceled_card" if status == "failed" else None,
        "metadata": {},
        "payment_intent": intent,
        "reason": "requested_by_customer",
        "receipt_number": None,
        "status": status,
        **fields,
    }


def dispute(dispute_id, amount, charge_id, currency="eur", created=0, intent=None, status="needs_response", **fields):
    """A dispute; ``balance_transactions`` is empty unless given (see `dispute_transactions`)."""
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge_id,
        "created": created,
        "currency": currency,
        "evidence_details": {"due_by": created + 7 * 86400, "has_evidence": False, "submission_count": 0},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent,
        "reason": "fraudulent",
        "status": status,
        **fields,
    }


def dispute_transactions(dispute_id, amount, currency="eur", created=0, fee=1500, turns=1, fee_back=0):
    """The balance transactions of a dispute that changed hands ``turns`` times: 1 withdrawn, 2 reinstated, 3
    withdrawn again. ``fee_back`` is what of the fee comes back with a reinstatement."""
    found = []
    for turn in range(turns):
        back = turn % 2
        found.append(
            balance_transaction(
                f"txn_{dispute_id}_{turn + 1}",
                amount if back else -amount,
                dispute_id,
                "dispute_reversal" if back else "dispute",
                currency,
                created + turn * 86400,
                fee=-fee_back if back else fee,
            )
        )
    return found


def review(review_id, charge_id, created=0, intent=None, closed=None, **fields):
    """A review; ``closed`` is the reason why it was closed."""
    return {
        "id": review_id,
        "object": "review",
        "charge": charge_id,
        "closed_reason": closed,
        "created": created,
        "livemode": False,
        "open": closed is None,
        "opened_reason": "rule",
        "payment_intent": intent,
        "reason": closed or "rule",
        **fields,
    }


def early_fraud_warning(warning_id, charge_id, created=0, intent=None, actionable=True, **fields):
    """An early fraud warning of a card network."""
    return {
        "id": warning_id,
        "object": "radar.early_fraud_warning",
        "actionable": actionable,
        "charge": charge_id,
        "created": created,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": intent,
        **fields,
    }


def payout(payout_id, amount, currency="eur", created=0, status="pending", **fields):
    """A payout to a bank account, arriving two days after it was made."""
    return {
        "id": payout_id,
        "object": "payout",
        "amount": amount,
        "arrival_date": (created // 86400 + 2) * 86400,
        "automatic": True,
        "balance_transaction": f"txn_{payout_id}",
        "created": created,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_1",
        "failure_balance_transaction": f"txn_{payout_id}_back" if status in ("failed", "canceled") else None,
        "failure_code": "account_closed" if status == "failed" else None,
        "failure_message": "The bank account has been closed" if status == "failed" else None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": status,
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
        **fields,
    }


def balance_transaction(transaction_id, amount, source, category, currency="eur", created=0, fee=0, tax=0, **fields):
    """A balance transaction; ``source`` is an id or, expanded, the object; ``tax`` is the part of ``fee``
    that is tax."""
    details = [{"amount": fee - tax, "currency": currency, "description": "Stripe fees", "type": "stripe_fee"}]
    if tax:
        details.append({"amount": tax, "currency": currency, "description": "VAT", "type": "tax"})
    return {
        "id": transaction_id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created + 2 * 86400,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "available",
        "type": _TYPES.get(category, category),
        **fields,
    }


# The balance transaction type behind a reporting category, where the two differ.
_TYPES = {
    "dispute": "adjustment", "dispute_reversal": "adjustment", "partial_capture_reversal": "refund",
    "fee": "stripe_fee", "charge_failure": "payment_failure_refund", "payout_reversal": "payout_failure",
    "tax": "tax_fee",
}  # fmt: skip
