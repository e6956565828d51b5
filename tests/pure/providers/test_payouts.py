"""Payouts, reviews and fraud warnings."""

from datetime import date
from itertools import permutations

import pytest

from fc.core.errors import UnknownStatus
from fc.core.lifecycle import fold_settlement
from fc.providers.stripe import payouts

from .told import T0, amounts, facts, moment, read, stripe


def payout(status="pending", amount=50000, **fields):
    return stripe.payout("po_1", amount, created=T0, status=status, **fields)


MADE = {("payout", "po_1"): 50000}


@pytest.mark.parametrize(
    ("event_type", "status", "expected", "settlement"),
    [
        ("payout.created", "pending", MADE, "open"),
        ("payout.updated", "in_transit", MADE, "in_transit"),
        ("payout.paid", "paid", {**MADE, ("payout_paid", "po_1"): 0}, "paid"),
        ("payout.reconciliation_completed", "paid", {**MADE, ("payout_paid", "po_1"): 0}, "paid"),
        ("payout.failed", "failed", {**MADE, ("payout_fail", "po_1"): 50000}, "failed"),
        ("payout.canceled", "canceled", {**MADE, ("payout_fail", "po_1"): 50000}, "failed"),
    ],
)
def test_every_state_of_a_payout(event_type, status, expected, settlement):
    parsed = read(event_type, payout(status), at=T0 + 5)
    assert amounts(parsed) == expected
    assert {fact.settlement_key for fact in parsed.movements} == {"po_1"}
    assert {fact.transaction_key for fact in parsed.movements} == {None}
    assert parsed.movements[0].occurred_at == moment(T0)
    (info,) = parsed.settlements
    assert (info.external_id, info.status, info.amount.minor, info.complete) == (
        "po_1",
        settlement,
        50000,
        False,
    )
    assert info.occurred_at == moment(T0 + 5)


def test_all_statuses_are_covered_and_others_refused():
    assert set(payouts.PAYOUT_STATUSES) == {"pending", "in_transit", "paid", "failed", "canceled"}
    with pytest.raises(UnknownStatus, match=r"payout status 'lost' for payout po_1"):
        read("payout.updated", payout("lost"))


def test_what_the_bank_statement_will_show():
    fields = {
        "trace_id": {"status": "supported", "value": "TRACE123"},
        "statement_descriptor": "SHOP",
        "reconciliation_status": "completed",
        "method": "instant",
    }
    (info,) = read("payout.reconciliation_completed", payout("paid", **fields)).settlements
    assert (info.trace, info.descriptor, info.method) == ("TRACE123", "SHOP", "instant")
    assert (info.automatic, info.itemizable) == (True, True)
    assert info.arrival_date == moment(T0).date().replace(day=moment(T0).day + 2)
    (info,) = read("payout.paid", payout("paid", automatic=False, reconciliation_status="completed")).settlements
    assert (info.automatic, info.itemizable, info.trace) == (False, False, None)
    (info,) = read("payout.paid", payout("paid", arrival_date=None)).settlements
    assert info.arrival_date is None
    (info,) = read("payout.failed", payout("failed", arrival_date=0)).settlements
    assert (info.failure, info.arrival_date) == ("The bank account has been closed", date(1970, 1, 1))


def test_a_payout_that_collects_from_us_is_negative_throughout():
    told = facts(read("payout.failed", payout("failed", amount=-700)))
    assert told[("payout", "po_1")][0] == told[("payout_fail", "po_1")][0] == -700


def test_a_payout_made_again_has_a_new_id_and_names_the_old_one():
    parsed = read("payout.created", stripe.payout("po_2", 50000, original_payout="po_1"))
    assert parsed.movements[0].external_id == "po_2"
    assert parsed.movements[0].data == {"original_payout": "po_1"}


def test_paid_then_failed_is_failed_in_any_order():
    story = [
        read("payout.created", payout()),
        read("payout.paid", payout("paid"), at=T0 + 10),
        read("payout.failed", payout("failed"), at=T0 + 20),
    ]
    for order in permutations(story):
        state = fold_settlement([*(f for p in order for f in p.movements), *(s for p in order for s in p.settlements)])
        assert (state.state, state.amount.minor, state.contradictions) == ("failed", 50000, ())


@pytest.mark.parametrize(
    ("event_type", "resource", "kinds"),
    [
        ("review.opened", stripe.review("prv_1", "ch_1", intent="pi_1"), ["review_open"]),
        (
            "review.closed",
            stripe.review("prv_1", "ch_1", intent="pi_1", closed="approved"),
            ["review_open", "review_close"],
        ),
        (
            "radar.early_fraud_warning.created",
            stripe.early_fraud_warning("issfr_1", "ch_1", intent="pi_1"),
            ["review_open"],
        ),
        (
            "radar.early_fraud_warning.updated",
            stripe.early_fraud_warning("issfr_1", "ch_1", intent="pi_1", actionable=False),
            ["review_open", "review_close"],
        ),
    ],
)
def test_reviews_and_warnings_open_and_close(event_type, resource, kinds):
    parsed = read(event_type, resource)
    assert [fact.kind for fact in parsed.movements] == kinds
    assert set(facts(parsed).values()) == {(0, "XXX", resource["id"], "pi_1")}


def test_a_review_in_the_currency_of_its_charge():
    parsed = read("review.opened", stripe.review("prv_1", stripe.charge("ch_1", 100, "usd")))
    assert facts(parsed) == {("review_open", "prv_1"): (0, "USD", "prv_1", "ch_1")}
