"""Refunds: what left the balance, what came back, and what never was money."""

from itertools import permutations

import pytest

from fc.core.errors import UnknownStatus
from fc.core.lifecycle import fold
from fc.providers.stripe import refunds

from .told import T0, amounts, facts, moment, read, stripe


def refund(status="succeeded", **fields):
    return stripe.refund("re_1", 3000, "ch_1", intent="pi_1", created=T0, status=status, **fields)


WENT = {("refund", "re_1"): 3000}
CAME_BACK = {**WENT, ("refund_fail", "re_1"): 3000}


@pytest.mark.parametrize("event_type", ["refund.created", "refund.updated", "charge.refund.updated"])
@pytest.mark.parametrize("status", ["pending", "succeeded"])
def test_a_refund_is_one_fact_whoever_tells_it(event_type, status):
    parsed = read(event_type, refund(status), at=T0 + 9)
    assert facts(parsed) == {("refund", "re_1"): (3000, "EUR", "re_1", "pi_1")}
    assert parsed.movements[0].occurred_at == moment(T0)


def test_a_refund_without_payment_intent_belongs_to_the_charge():
    parsed = read("refund.created", stripe.refund("re_1", 3000, "py_1"))
    assert parsed.movements[0].transaction_key == "py_1"


@pytest.mark.parametrize("event_type", ["refund.failed", "refund.updated"])
def test_a_failed_refund_says_both_so_that_the_sum_is_nothing(event_type):
    assert amounts(read(event_type, refund("failed"))) == CAME_BACK
    never_left = refund("failed", balance_transaction=None, failure_balance_transaction=None)
    assert amounts(read(event_type, never_left)) == CAME_BACK
    parsed = read(event_type, refund("failed"))
    assert parsed.movements[1].reason == "expired_or_canceled_card"


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        ("succeeded", {"balance_transaction": None}, WENT),
        ("pending", {"balance_transaction": None}, {}),
        (
            "succeeded",
            {"balance_transaction": None, "destination_details": {"card": {"type": "reversal"}}},
            {},
        ),
        ("succeeded", {"destination_details": {"card": {"type": "reversal"}}}, WENT),
        ("succeeded", {"reason": "expired_uncaptured_charge"}, {}),
        ("requires_action", {}, {}),
        ("canceled", {}, {("refund_fail", "re_1"): 0}),
        ("canceled", {"balance_transaction": "txn_1"}, CAME_BACK),
    ],
)
def test_money_that_has_not_left_is_no_refund(status, fields, expected):
    parsed = read("refund.updated", refund(status, **fields))
    assert amounts(parsed) == expected
    assert bool(parsed.ignored) == (not expected)


@pytest.mark.parametrize("status", ["pending", "succeeded", "failed"])
def test_versions_that_say_nothing_about_the_balance(status):
    resource = refund(status)
    del resource["balance_transaction"], resource["failure_balance_transaction"]
    assert WENT.items() <= amounts(read("refund.updated", resource)).items()


@pytest.mark.parametrize("status", sorted(refunds.REFUND_STATUSES))
def test_every_refund_status_is_read(status):
    read("refund.updated", refund(status))


def test_a_status_never_seen_is_refused_by_name():
    with pytest.raises(UnknownStatus, match=r"refund status 'melted' for refund re_1"):
        read("refund.updated", refund("melted"))


def test_a_refunded_charge_tells_the_refunds_it_lists():
    listed = {"object": "list", "data": [refund(), stripe.refund("re_2", 500, "ch_1", intent="pi_1")]}
    told = read("charge.refunded", stripe.charge("ch_1", 10000, intent="pi_1", refunds=listed))
    assert amounts(told) == {("refund", "re_1"): 3000, ("refund", "re_2"): 500}
    total_only = read("charge.refunded", stripe.charge("ch_1", 10000, intent="pi_1", amount_refunded=3500))
    assert not total_only.movements
    assert "carries only a total" in total_only.ignored
    released = read("charge.refunded", stripe.charge("ch_1", 10000, intent="pi_1", captured=0, refunds=listed))
    assert not released.movements


def test_failing_after_success_leaves_nothing_in_any_order():
    story = [
        read("charge.succeeded", stripe.charge("ch_1", 10000, intent="pi_1", created=T0)),
        read("refund.created", refund("pending"), at=T0 + 10),
        read("refund.updated", refund(), at=T0 + 20),
        read("refund.failed", refund("failed"), at=T0 + 30),
    ]
    for order in permutations(story):
        state = fold([fact for parsed in order for fact in parsed.movements])
        assert (state.state, state.refunded.minor, state.contradictions) == ("captured", 0, ())
    only_the_end = fold([*story[0].movements, *story[3].movements])
    assert (only_the_end.state, only_the_end.contradictions) == ("captured", ())
