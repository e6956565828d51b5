"""What providers say of payments that we ordered: as facts of the payment that they name, and as movements for the books."""

import json

import pytest

from fc.core.errors import UnknownStatus
from fc.core.money import Money
from fc.core.records import Request
from fc.providers import get
from simulator import stripe_objects as stripe

from .told import T0, read

PAYPAL = get("paypal")


def transfer(reversed_minor=0, name="E2E1", **fields):
    back = [
        {
            "id": "trr_1",
            "object": "transfer_reversal",
            "amount": reversed_minor,
            "balance_transaction": "txn_2",
            "currency": "eur",
        }
    ]
    return {
        "id": "tr_1", "object": "transfer", "amount": 12345, "currency": "eur", "created": T0, "balance_transaction": "txn_1",
        "metadata": {"end_to_end_id": name} if name else {}, "reversals": {"data": back if reversed_minor else []}, **fields,
    }  # fmt: skip


def news(parsed):
    return [(one.end_to_end_id, one.kind, one.name, one.amount, one.movement) for one in parsed.news]


def test_a_transfer_that_we_ordered_is_a_movement_and_executed():
    told = read("transfer.created", transfer())
    assert [(one.kind, one.external_id, one.amount) for one in told.movements] == [("transfer", "txn_1", Money(-12345, "EUR"))]
    assert news(told) == [("E2E1", "execute", "tr_1", Money(12345, "EUR"), "transfer/txn_1")]


def test_a_reversal_brings_it_back_whatever_event_is_heard():
    told = read("transfer.reversed", transfer(300))
    assert [(one.external_id, one.amount.minor) for one in told.movements] == [("txn_1", -12345), ("txn_2", 300)]
    assert news(told)[1:] == [("E2E1", "return", "trr_1", Money(300, "EUR"), "transfer/txn_2")]
    assert news(told)[:1] == news(read("transfer.created", transfer()))


def test_the_row_of_the_balance_tells_the_same_movement():
    row = {
        "id": "txn_1", "object": "balance_transaction", "type": "transfer", "reporting_category": "transfer", "amount": -12345,
        "fee": 0, "net": -12345, "currency": "eur", "created": T0, "fee_details": [],
        "source": {"id": "tr_1", "object": "transfer"},
    }  # fmt: skip
    told = get("stripe").parse_settlement(stripe.encode({"data": [row], "has_more": False}), "po_9").movements
    ours = read("transfer.created", transfer()).movements
    assert [(one.kind, one.external_id, one.amount) for one in told] == [(one.kind, one.external_id, one.amount) for one in ours]


def test_a_transfer_of_somebody_else_is_told_by_its_settlement_line():
    told = read("transfer.created", transfer(name=""))
    assert "settlement line" in told.ignored and not told.movements and not told.news


@pytest.mark.parametrize(
    ("status", "kind"),
    [("pending", "accept"), ("in_transit", "accept"), ("paid", "execute"), ("failed", "reject"), ("canceled", "reject")],
)
def test_a_payout_that_we_ordered_says_how_far_it_is(status, kind):
    told = read("payout.updated", stripe.payout("po_1", 500, status=status, metadata={"end_to_end_id": "E2E1"}))
    assert [(one.kind, one.name) for one in told.news] == [(kind, "po_1")]
    assert told.movements[0].external_id == "po_1"
    assert not read("payout.updated", stripe.payout("po_1", 500, status=status)).news


def item(status="SUCCESS", name="E2E1", **fields):
    resource = {
        "payout_item_id": "ITEM1", "transaction_id": "TXN1", "transaction_status": status, "payout_batch_id": "BATCH1",
        "payout_item_fee": {"currency": "EUR", "value": "0.25"}, "time_processed": "2026-03-02T10:00:00Z",
        "payout_item": {"sender_item_id": name, "amount": {"currency": "EUR", "value": "123.45"}, "receiver": "ada@example.com"},
        **fields,
    }  # fmt: skip
    document = {"id": f"WH-{status}", "event_type": f"PAYMENT.PAYOUTS-ITEM.{status}", "create_time": "2026-03-02T10:01:00Z"}
    return Request(json.dumps({**document, "resource_type": "payouts_item", "resource": resource}).encode())


@pytest.mark.parametrize(
    ("status", "kind"),
    [("SUCCESS", "execute"), ("UNCLAIMED", "hold"), ("ONHOLD", "hold"), ("RETURNED", "reject"), ("BLOCKED", "reject"),
     ("REFUNDED", "reject"), ("PENDING", "accept"), ("REVERSED", "reject"), ("FAILED", "reject"), ("DENIED", "reject")],
)  # fmt: skip
def test_an_item_of_paypal_is_a_fact_of_its_payment_and_no_movement(status, kind):
    told = PAYPAL.parse(item(status))
    amount = Money(12345, "EUR") if kind == "execute" else None
    assert news(told) == [("E2E1", kind, f"ITEM1/{status}", amount, "transfer/TXN1/T0001")]
    assert not told.movements, "its row of the ledger is the movement"
    assert PAYPAL.envelope(item(status)).external_id == f"WH-{status}"


def test_an_item_without_our_name_or_with_a_new_status_is_not_guessed():
    assert "names no payment" in PAYPAL.parse(item(name="")).ignored
    with pytest.raises(UnknownStatus):
        PAYPAL.parse(item("TELEPORTED"))
