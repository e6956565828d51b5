"""The lines of the story's payout, as Stripe's API lists them and as its report file has them.

A partial capture is two lines: the whole charge, and a `partial_capture_reversal` of what was not captured.
"""
from __future__ import annotations

from datetime import datetime, timezone

from simulator import stripe_objects as stripe

from . import story
from .card_events import PAYOUT, TRACE, CardEvents, instant

# Metadata columns are added to a report by whoever asks for it.
_REFERENCE = "payment_metadata[order_reference]"


def balance_transactions(cards: CardEvents) -> list[dict]:
    """The balance transactions of the payout, its own among them, with their sources expanded."""
    lines = []
    for payment in story.PAYMENTS:
        if payment.captured and payment.settled:
            lines += _lines_of(cards, payment)
    made = instant(cards.today, story.PAYOUT_DAY)
    lines.append(stripe.balance_transaction(
        "txn_demo_costs", -story.NETWORK_COSTS, None, "fee", "eur", made - 60,
        description="Card payments: Transaction network costs"))
    lines.append(stripe.balance_transaction(
        f"txn_{PAYOUT}", -story.payout_amount(), cards.payout("paid"), "payout", "eur", made))
    return lines


def _lines_of(cards: CardEvents, payment: story.Payment) -> list[dict]:
    charge = cards.charge(payment)
    at, own_id = charge["created"], charge["id"]
    lines = [stripe.balance_transaction(
        f"txn_{own_id}", payment.authorized, charge, "charge", "eur", at, payment.fee)]
    if payment.captured < payment.authorized:
        rest = payment.captured - payment.authorized
        lines.append(stripe.balance_transaction(
            f"txn_{own_id}_rest", rest, charge, "partial_capture_reversal", "eur", at))
    if payment.refunded or payment.refund_failed:
        refund = cards.refund(payment, "failed" if payment.refund_failed else "succeeded")
        lines.append(stripe.balance_transaction(
            f"txn_{refund['id']}", -refund["amount"], refund, "refund", "eur", refund["created"]))
        if payment.refund_failed:
            lines.append(stripe.balance_transaction(
                f"txn_{refund['id']}_back", refund["amount"], refund, "refund_failure", "eur",
                refund["created"] + 3600))
    if payment.disputed:
        dispute = cards.dispute(payment)
        lines += [line | {"source": dispute} for line in dispute["balance_transactions"]]
    return lines


def report(cards: CardEvents) -> bytes:
    """The file payout_reconciliation.itemized.5 of the payout; amounts are in euros."""
    payments = {f"pi_demo_{payment.key}": payment for payment in story.PAYMENTS}
    lines = balance_transactions(cards)
    rows = [_row(line, payments) for line in lines if line["reporting_category"] != "payout"]
    arrival = _time(instant(cards.today, story.ARRIVAL_DAY))
    for row in rows:
        row |= {
            "automatic_payout_id": PAYOUT, "automatic_payout_effective_at": arrival,
            "automatic_payout_effective_at_utc": arrival, "trace_id": TRACE, "trace_id_status": "supported"}
    return stripe.report(rows, (*stripe.REPORT_COLUMNS, _REFERENCE))


def _row(line: dict, payments: dict[str, story.Payment]) -> dict:
    source = line["source"] or {}
    payment = payments.get(source.get("payment_intent"))
    created, available = _time(line["created"]), _time(line["available_on"])
    row = {
        "balance_transaction_id": line["id"], "currency": line["currency"], "created_utc": created,
        "created": created, "available_on_utc": available, "available_on": available,
        "gross": euros(line["amount"]), "fee": euros(line["fee"]), "net": euros(line["net"]),
        "reporting_category": line["reporting_category"], "source_id": source.get("id", ""),
        "description": line["description"] or source.get("description") or "",
    }
    if payment:
        row |= {
            "payment_intent_id": source["payment_intent"], "charge_id": source.get("charge") or source["id"],
            "customer_name": payment.customer, "payment_method_type": "card", "card_brand": "visa",
            "customer_facing_amount": euros(abs(line["amount"])),
            "customer_facing_currency": line["currency"],
            _REFERENCE: source.get("metadata", {}).get("order_reference", ""),
            "dispute_reason": source.get("reason") if source["object"] == "dispute" else "",
        }
    return row


def euros(cents: int) -> str:
    """An amount of cents as a decimal text."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M:%S}"
