"""Charges, PaymentIntents and Checkout Sessions: which facts, and that both objects tell the same ones."""

import json

import pytest

from fc.core.errors import PayloadError, UnknownStatus
from fc.core.records import Request
from fc.providers.stripe import payments

from .told import STRIPE, T0, amounts, facts, read, stripe


def charge(amount=10000, **fields):
    return stripe.charge("ch_1", amount, intent="pi_1", created=T0, **fields)


def intent(status="succeeded", amount=10000, **fields):
    return stripe.payment_intent("pi_1", amount, status=status, charge_id="ch_1", created=T0, **fields)


AUTHORIZED = {("authorize", "ch_1/10000"): (10000, "EUR", "ch_1", "pi_1")}
CAPTURED = {**AUTHORIZED, ("capture", "ch_1/10000"): (10000, "EUR", "ch_1", "pi_1")}
PARTLY = {**AUTHORIZED, ("capture", "ch_1/6000"): (6000, "EUR", "ch_1", "pi_1")}


@pytest.mark.parametrize(
    ("event_type", "resource", "expected"),
    [
        ("charge.succeeded", charge(captured=0), AUTHORIZED),
        ("payment_intent.amount_capturable_updated", intent("requires_capture"), AUTHORIZED),
        ("charge.succeeded", charge(), CAPTURED),
        ("charge.captured", charge(), CAPTURED),
        ("charge.updated", charge(), CAPTURED),
        ("payment_intent.succeeded", intent(), CAPTURED),
        ("payment_intent.succeeded", intent(latest_charge=charge()), CAPTURED),
        ("charge.captured", charge(captured=6000), PARTLY),
        ("payment_intent.succeeded", intent(amount_received=6000), PARTLY),
        # one of several captures: the rest can still be captured
        ("charge.captured", charge(captured=6000), PARTLY),
        (
            "payment_intent.amount_capturable_updated",
            intent("requires_capture", amount_capturable=4000, amount_received=6000),
            PARTLY,
        ),
        ("charge.pending", charge(status="pending"), {}),
        ("payment_intent.created", intent("requires_payment_method", latest_charge=None), {}),
        ("payment_intent.requires_action", intent("requires_action", latest_charge=None), {}),
        ("payment_intent.processing", intent("processing"), {}),
        ("payment_intent.partially_funded", intent("requires_action", latest_charge=None), {}),
    ],
)
def test_authorised_and_captured(event_type, resource, expected):
    parsed = read(event_type, resource)
    assert facts(parsed) == expected
    assert all(fact.cumulative for fact in parsed.movements)
    assert [info.transaction_key for info in parsed.payments] == ["pi_1"]
    assert parsed.payments[0].amount.minor == 10000
    assert not parsed.ignored


def test_a_raised_authorisation_is_another_total():
    parsed = read("payment_intent.amount_capturable_updated", intent("requires_capture", amount=12000))
    assert amounts(parsed) == {("authorize", "ch_1/12000"): 12000}


def test_an_authorisation_of_less_than_was_asked_for():
    less = intent("requires_capture", amount_capturable=5000)
    assert amounts(read("payment_intent.amount_capturable_updated", less)) == {("authorize", "ch_1/5000"): 5000}


def test_what_expires_is_what_was_not_captured():
    told = amounts(read("charge.expired", charge(captured=6000)))
    assert told == {("authorize", "ch_1/10000"): 10000, ("capture", "ch_1/6000"): 6000, ("expire", "ch_1"): 4000}


def test_a_charge_without_payment_intent_is_its_own_payment():
    parsed = read("charge.succeeded", stripe.charge("py_1", 500))
    assert {fact.transaction_key for fact in parsed.movements} == {"py_1"}
    assert parsed.payments[0].provider_reference == "py_1"
    assert parsed.payments[0].status == "succeeded"


def test_a_charge_that_was_released_tells_no_authorisation():
    released = charge(captured=0, refunded=True, amount_refunded=10000)
    assert not read("charge.updated", released, at=T0 + 86400).movements


def test_the_charge_of_old_api_versions_is_found_in_the_list():
    resource = intent(charges={"object": "list", "data": [charge()]})
    del resource["latest_charge"]
    assert facts(read("payment_intent.succeeded", resource)) == CAPTURED


@pytest.mark.parametrize("status", ["succeeded", "requires_capture"])
def test_money_without_a_charge_is_refused_with_advice(status):
    with pytest.raises(PayloadError, match=r"pi_1.*2022-11-15"):
        read("payment_intent.succeeded", intent(status, latest_charge=None))


def test_a_payment_intent_that_needed_no_money():
    parsed = read("payment_intent.succeeded", intent(latest_charge=None, amount_received=0))
    assert not parsed.movements
    assert parsed.payments


FAILED = {("fail", "ch_1"): (10000, "EUR", "ch_1", "pi_1")}
ERROR = {"code": "card_declined", "decline_code": "insufficient_funds"}


def test_both_events_of_a_failed_attempt_are_one_fact():
    failed = charge(status="failed", captured=0, failure_code="card_declined")
    assert facts(read("charge.failed", failed)) == FAILED
    error = {**ERROR, "charge": "ch_1"}
    told = read("payment_intent.payment_failed", intent("requires_payment_method", last_payment_error=error))
    assert facts(told) == FAILED
    assert told.movements[0].reason == "insufficient_funds"
    assert facts(read("payment_intent.payment_failed", intent("requires_payment_method"))) == FAILED


def test_an_attempt_that_made_no_charge_is_told_apart_by_its_second():
    resource = intent("requires_payment_method", last_payment_error=ERROR)
    told = read("payment_intent.payment_failed", resource, at=T0 + 5)
    assert facts(told) == {("fail", f"pi_1/{T0 + 5}"): (10000, "EUR", f"pi_1/{T0 + 5}", "pi_1")}


@pytest.mark.parametrize(
    "left",
    [
        {"failure_balance_transaction": "txn_2", "captured": 10000},
        {"balance_transaction": "txn_1", "captured": 0},
        {"captured": 10000, "balance_transaction": None},
    ],
)
def test_a_charge_that_failed_after_money_had_come(left):
    told = read("charge.failed", charge(status="failed", failure_code="debit_not_authorized", **left))
    assert amounts(told) == {("capture", "ch_1/10000"): 10000, ("capture_fail", "ch_1"): 10000}


@pytest.mark.parametrize(("reason", "kind"), payments.CANCELLATIONS.items())
def test_every_reason_of_a_cancellation(reason, kind):
    told = read("payment_intent.canceled", intent("canceled", cancellation_reason=reason))
    assert facts(told) == {(kind, "ch_1"): (10000, "EUR", "ch_1", "pi_1")}


def test_a_cancellation_before_any_charge():
    told = read("payment_intent.canceled", intent("canceled", latest_charge=None))
    assert facts(told) == {("void", "pi_1"): (10000, "EUR", "", "pi_1")}


def test_what_was_captured_before_the_cancellation_stays():
    told = read("payment_intent.canceled", intent("canceled", amount_received=6000))
    assert amounts(told) == {("capture", "ch_1/6000"): 6000, ("void", "ch_1"): 4000}


def test_both_events_of_an_expiry_are_one_fact():
    expired = facts(read("charge.expired", charge(captured=0, refunded=True, amount_refunded=10000)))
    assert expired == {**AUTHORIZED, ("expire", "ch_1"): (10000, "EUR", "ch_1", "pi_1")}
    canceled = read("payment_intent.canceled", intent("canceled", cancellation_reason="automatic"))
    assert facts(canceled).items() <= expired.items()


@pytest.mark.parametrize(
    ("event_type", "resource", "field"),
    [
        ("charge.updated", charge(status="melted"), "charge status"),
        ("charge.updated", charge(status=None), "charge status"),
        ("charge.updated", charge(status=["succeeded"]), "charge status"),
        ("payment_intent.created", intent("melted"), "payment_intent status"),
        ("payment_intent.canceled", intent("canceled", cancellation_reason="bored"), "cancellation_reason"),
        ("checkout.session.completed", stripe.checkout_session("cs_1", 1, status="melted"), "session status"),
        (
            "checkout.session.completed",
            stripe.checkout_session("cs_1", 1, payment_status="x"),
            "payment_status",
        ),
    ],
)
def test_a_status_never_seen_is_refused_by_name(event_type, resource, field):
    with pytest.raises(UnknownStatus, match=field) as caught:
        read(event_type, resource)
    assert resource["id"] in str(caught.value)


@pytest.mark.parametrize("status", sorted(payments.CHARGE_STATUSES))
def test_every_charge_status_is_read(status):
    assert read("charge.updated", charge(status=status)).payments


@pytest.mark.parametrize("status", sorted(payments.INTENT_STATUSES))
def test_every_intent_status_is_read(status):
    assert read("payment_intent.created", intent(status)).payments[0].status == status


def test_checkout_sessions_name_the_order_and_end_what_never_came():
    open_session = stripe.checkout_session("cs_1", 10000, intent="pi_1", client_reference_id="S00042")
    told = read("checkout.session.completed", {**open_session, "status": "complete", "payment_status": "paid"})
    info = told.payments[0]
    assert (info.transaction_key, info.reference, info.customer_name) == ("pi_1", "S00042", "Anna Buyer")
    assert not told.movements
    told = read("checkout.session.expired", {**open_session, "status": "expired"})
    assert facts(told) == {("expire", "pi_1"): (10000, "EUR", "", "pi_1")}
    canceled = intent("canceled", latest_charge=None, cancellation_reason="automatic")
    assert facts(read("payment_intent.canceled", canceled)) == facts(told)
    told = read("checkout.session.async_payment_failed", {**open_session, "status": "complete"})
    assert list(facts(told)) == [("fail", f"pi_1/{T0}")]
    assert "names no payment" in read("checkout.session.expired", stripe.checkout_session("cs_1", 1)).ignored
    nothing = stripe.checkout_session("cs_1", None, intent="pi_1")
    assert "names no payment" in read("checkout.session.completed", nothing).ignored


@pytest.mark.parametrize(
    ("fields", "reference"),
    [
        ({"metadata": {"order_id": "S1"}, "description": "S2"}, "S1"),
        ({"metadata": {"odoo_reference": "S1", "order_id": "S2"}}, "S1"),
        ({"metadata": {"invoice": "INV/2026/00001"}}, "INV/2026/00001"),
        ({"metadata": {"colour": "red"}, "description": "S00042-1"}, "S00042-1"),
        ({"description": "My first test charge"}, None),
        ({"description": "x" * 65}, None),
        ({"transfer_group": "ORDER_95"}, "ORDER_95"),
        ({"transfer_group": "group_pi_1"}, None),
        ({"metadata": None}, None),
        ({"metadata": {"order_id": " "}}, None),
        ({"metadata": {"order_id": "S\x001"}}, "S1"),
        ({}, None),
    ],
)
def test_the_reference_of_the_merchant(fields, reference):
    for event_type, resource in (
        ("charge.succeeded", charge(**fields)),
        ("payment_intent.succeeded", intent(**fields)),
    ):
        parsed = read(event_type, resource)
        assert parsed.payments[0].reference == reference
        assert {fact.reference for fact in parsed.movements} == {reference}


def test_objects_older_than_amount_captured():
    old = charge()
    del old["amount_captured"]
    assert facts(read("charge.succeeded", old)) == CAPTURED
    assert facts(read("charge.succeeded", {**old, "captured": False})) == AUTHORIZED
    with pytest.raises(PayloadError, match="amount_captured"):
        read("charge.updated", {**old, "amount_refunded": 4000})


def test_what_no_database_column_can_hold_is_taken_out():
    resource = charge(description="a\x00b", billing_details={"name": "x\ud800y"})
    body = json.dumps(stripe.event("charge.succeeded", resource, T0, "evt_1")).encode()
    info = STRIPE.parse(Request(body)).payments[0]
    assert (info.description, info.customer_name) == ("ab", "x?y")
