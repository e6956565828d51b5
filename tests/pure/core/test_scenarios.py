"""Scenarios of real payments at the level of the fold: what the facts of each say about state, amounts and
balances."""

from itertools import permutations

import pytest

from fc.core.balances import balance_effects, balance_totals
from fc.core.lifecycle import fold, fold_settlement, settlement_state
from fc.core.money import Money

from .facts_dsl import codes, euro, fact


def in_every_order(facts, fold=fold):
    """The one state that ``facts`` fold to in every order and with every one of them told twice."""
    states = {repr(fold(order)) for order in permutations(facts)}
    assert len(states) == 1
    assert repr(fold([*facts, *reversed(facts)])) in states
    return fold(facts)


def test_scenario_01_partial_capture_rest_released():
    facts = [
        fact("authorize", 10000, at=0, group="ch_1"),
        fact("capture", 6000, at=2, group="ch_1", cumulative=True),
        fact("fee", 120, at=2),
    ]
    state = in_every_order(facts)
    assert (state.state, state.captured, state.authorized) == ("partially_captured", euro(6000), euro(10000))
    assert state.net == {"EUR": euro(5880)}
    released = in_every_order([*facts, fact("void", 4000, at=3, group="ch_1")])
    assert released == state, "the release of the rest changes nothing, and is no contradiction"
    assert not released.contradictions


def test_scenario_05_capture_failed_days_later():
    facts = [fact("authorize", 5000), fact("capture", 5000, at=1), fact("capture_fail", 5000, at=120)]
    state = in_every_order(facts)
    assert (state.state, state.captured, state.net) == ("failed", euro(0), {})
    assert not state.contradictions
    assert in_every_order([*facts, fact("capture", 5000, at=130, group="second")]).state == "captured"


def test_scenario_06_capture_before_authorization_refund_before_capture_dispute_before_settlement():
    authorize, capture = fact("authorize", 8000, at=0), fact("capture", 8000, at=1)
    refund = fact("refund", 3000, at=5, group="re_1")
    assert fold([capture]).state == "captured"
    assert fold([capture, authorize]) == fold([authorize, capture])

    early = fold([refund])
    assert (early.state, codes(early)) == ("unknown", ["refund_without_capture"])
    assert not early.contradictions[0].definite
    assert early.contradictions[0].amount == euro(3000)
    state = in_every_order([refund, capture, authorize])
    assert (state.state, codes(state)) == ("partially_refunded", [])

    dispute = fact("dispute_open", 5000, at=9, group="dp_1")
    early = fold([authorize, dispute])
    assert (early.state, codes(early)) == ("unknown", ["dispute_without_capture"])
    assert in_every_order([dispute, authorize, capture]).state == "disputed"


def test_scenario_07_exact_duplicates_and_one_fact_under_two_events():
    capture = fact("capture", 4200, at=1, external_id="ch_7")
    refund = fact("refund", 200, at=2, external_id="re_7", group="re_7")
    once = fold([capture, refund])
    assert fold([refund, capture, refund, capture, capture]) == once
    retold = fact("capture", 4200, at=30, external_id="ch_7")
    assert in_every_order([capture, refund, retold]) == once
    assert once.captured == euro(4200)

    altered = in_every_order([capture, refund, fact("capture", 4300, at=30, external_id="ch_7")])
    assert (altered.captured, codes(altered)) == (euro(4300), ["conflicting_amounts"])
    assert altered.contradictions[0].definite
    assert altered.contradictions[0].amount == euro(100)
    assert "42.00 EUR and 43.00 EUR" in altered.contradictions[0].text


def test_scenario_11_partial_refunds_one_fails_afterwards():
    facts = [fact("capture", 10000)]
    facts += [fact("refund", minor, at=at, group=f"re_{at}") for at, minor in ((1, 3000), (2, 3000), (3, 4000))]
    state = in_every_order(facts)
    assert (state.state, state.refunded) == ("refunded", euro(10000))
    state = in_every_order([*facts, fact("refund_fail", 4000, at=50, group="re_3")])
    assert (state.state, state.refunded) == ("partially_refunded", euro(6000))
    assert state.net == {"EUR": euro(4000)}
    assert not state.contradictions


def test_scenario_11_refund_refused_before_money_moved():
    state = in_every_order([fact("capture", 10000), fact("refund_fail", 0, at=2, group="re_1")])
    assert (state.state, state.refunded, state.contradictions) == ("captured", euro(0), ())


def test_scenario_12_refund_after_payout_with_the_fee_kept():
    capture, fee = fact("capture", 10000, settlement_key="po_1"), fact("fee", 250, settlement_key="po_1")
    refund = fact("refund", 10000, at=400, group="re_1", settlement_key="po_2")
    state = in_every_order([capture, fee, refund])
    assert (state.state, state.net) == ("refunded", {"EUR": euro(-250)})
    second = [refund, fact("payout", -10000, at=500, settlement_key="po_2")]
    assert balance_totals(second) == {("clearing", "EUR"): 0, ("in_transit", "EUR"): -10000}
    settlement = in_every_order(second, fold_settlement)
    assert (settlement.state, settlement.amount) == ("in_transit", euro(-10000))
    returned = in_every_order([capture, fee, refund, fact("fee_refund", 250, at=401)])
    assert (returned.net, returned.fees) == ({}, {})


def test_scenario_14_inquiry_chargeback_won_second_chargeback_lost():
    facts = [fact("capture", 10000), fact("dispute_update", 0, at=10, group="dp", reason="inquiry")]
    assert in_every_order(facts).state == "captured"

    facts += [fact("dispute_open", 10000, at=20, group="dp"), fact("dispute_fee", 1500, at=20, group="dp")]
    state = in_every_order(facts)
    assert (state.state, state.disputed, state.net) == ("disputed", euro(10000), {"EUR": euro(-1500)})

    facts.append(fact("dispute_won", 10000, at=30, group="dp"))
    state = in_every_order(facts)
    assert (state.state, state.disputed, state.net) == ("captured", euro(0), {"EUR": euro(8500)})

    facts.append(fact("dispute_open", 10000, at=40, group="dp"))
    assert in_every_order(facts).state == "disputed"
    facts.append(fact("dispute_lost", 10000, at=50, group="dp"))
    state = fold(facts)
    assert (state.state, state.disputed, state.net) == ("charged_back", euro(10000), {"EUR": euro(-1500)})
    assert fold(reversed(facts)) == state
    assert not state.contradictions
    assert balance_totals(facts)["disputes", "EUR"] == 0


def test_scenario_14_lost_dispute_won_on_appeal_names_the_loss_to_take_back():
    facts = [
        fact("capture", 10000),
        fact("dispute_open", 10000, at=20, group="dp"),
        fact("dispute_lost", 10000, at=30, group="dp"),
    ]
    assert in_every_order(facts).state == "charged_back"
    won = in_every_order([*facts, fact("dispute_won", 10000, at=60, group="dp")])
    assert (won.state, won.disputed, codes(won)) == ("captured", euro(0), ["dispute_won_and_lost"])
    assert won.contradictions[0].amount == euro(10000)


@pytest.mark.parametrize("amount", [97300, -2700])
def test_scenario_16_payout_equals_the_sum_of_its_lines(amount):
    lines = [fact("capture", 60000), fact("capture", 40000, group="b"), fact("fee", 2700)]
    if amount < 0:
        lines += [fact("refund", 100000, group="re")]
    payout = fact("payout", amount)
    assert balance_totals([*lines, payout])["clearing", "EUR"] == 0
    assert balance_totals([*lines, payout])["in_transit", "EUR"] == amount
    assert in_every_order([payout, *lines[:2]], fold_settlement).amount == euro(amount)
    assert settlement_state(euro(60000), euro(0)) == "unsettled"
    assert settlement_state(euro(60000), euro(59999)) == "partial"
    assert settlement_state(euro(60000), euro(60000)) == "settled"


def test_scenario_18_payout_paid_then_failed():
    payout, paid, fail = (
        fact("payout", 9000),
        fact("payout_paid", 9000, at=24),
        fact("payout_fail", 9000, at=72),
    )
    assert fold_settlement([]).state == "open"
    assert fold_settlement([payout]).state == "in_transit"
    assert in_every_order([payout, paid], fold_settlement).state == "paid"
    state = in_every_order([payout, paid, fail], fold_settlement)
    assert (state.state, state.amount, state.contradictions) == ("failed", euro(9000), ())
    assert set(balance_totals([payout, paid, fail]).values()) == {0}


def test_scenario_23_conversion_at_settlement():
    dollars = Money(10834, "USD")
    facts = [
        fact("authorize", 10000),
        fact("capture", 10000, at=1),
        fact("fx", 10834, at=2, currency="USD", counter=euro(10000)),
        fact("fee", 344, at=2, currency="USD"),
    ]
    state = in_every_order(facts)
    assert (state.state, state.currency, state.captured) == ("captured", "EUR", euro(10000))
    assert (state.fees, state.fee) == ({"USD": Money(344, "USD")}, euro(0))
    assert state.net == {"USD": Money(10490, "USD")}
    assert not state.contradictions
    assert balance_effects("fx", dollars, euro(10000)) == (("clearing", dollars), ("clearing", euro(-10000)))
    refunded = [
        *facts,
        fact("refund", 10000, at=90, group="re"),
        fact("fx", -10900, at=90, currency="USD", counter=euro(-10000), external_id="fx_back"),
    ]
    state = fold(refunded)
    assert (state.state, state.net) == ("refunded", {"USD": Money(-410, "USD")})
