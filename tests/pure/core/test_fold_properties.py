"""Properties of the fold that hold for any facts: order, copies, conservation of money, totality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.balances import EFFECTS, balance_effects, balance_totals, increment_over, increments
from fc.core.errors import FinanceError
from fc.core.facts import light
from fc.core.lifecycle import STATES, fold, fold_settlement
from fc.core.money import Money
from fc.core.records import KINDS

from .facts_dsl import at_hour, euro, fact
from .strategies import facts


@st.composite
def retold(draw):
    """A list of facts, and the same facts shuffled with some of them told again."""
    told = draw(facts())
    again = [*told, *(draw(st.lists(st.sampled_from(told), max_size=8)) if told else [])]
    return told, draw(st.permutations(again))


@given(retold())
def test_order_and_copies_do_not_matter(both):
    told, again = both
    assert fold(told) == fold(again)
    assert fold_settlement(told) == fold_settlement(again)
    assert increments(told) == increments(again)
    assert balance_totals(told) == balance_totals(again)


@given(facts())
def test_light_facts_fold_like_movements(told):
    assert fold(light(one) for one in told) == fold(told)


@given(facts())
def test_every_set_of_facts_has_a_state_and_amounts_that_are_not_negative(told):
    state = fold(told)
    assert state.state in STATES
    amounts = state.authorized, state.captured, state.refunded, state.disputed
    assert all(amount.minor >= 0 and amount.currency == state.currency for amount in amounts)
    assert all(text.code and "{" not in text.text for text in state.contradictions)


@given(facts())
def test_net_is_what_the_facts_add_to_clearing_and_reserve(told):
    totals = balance_totals(told)
    net = {}
    for (role, currency), minor in totals.items():
        if role in ("clearing", "reserve"):
            net[currency] = net.get(currency, 0) + minor
    assert {code: money.minor for code, money in fold(told).net.items()} == {k: v for k, v in net.items() if v}


PLAIN = "authorize", "capture", "refund", "dispute_open", "dispute_won", "fee", "fee_tax", "fee_refund"


@given(facts(kinds=PLAIN, currencies=("EUR",)))
def test_without_contradiction_net_is_captured_less_what_went_back(told):
    state = fold(told)
    if not state.contradictions:
        net = state.captured - state.refunded - state.disputed - state.fee
        assert state.net.get(state.currency, Money(0, state.currency)) == net


@given(facts(groups=("a",)), facts(groups=("b",)))
def test_balances_of_two_payments_add_up(one, other):
    other = [fact(m.kind, m.amount.minor, at=2, external_id=f"other_{m.external_id}", group="b",
                  currency=m.amount.currency, counter=m.counter_amount, cumulative=m.cumulative)
             for m in other]  # fmt: skip
    both, first, second = balance_totals(one + other), balance_totals(one), balance_totals(other)
    assert both == {key: first.get(key, 0) + second.get(key, 0) for key in both}
    assert both.keys() == first.keys() | second.keys()


@given(facts())
def test_effects_posted_one_by_one_are_the_totals(told):
    distinct = {(m.kind, m.external_id): m for m in told if m.kind != "fx"}
    told, totals = list(distinct.values()), {}
    for (kind, _external_id), amount in increments(told).items():
        for role, money in balance_effects(kind, amount):
            totals[role, money.currency] = totals.get((role, money.currency), 0) + money.minor
    assert {key: minor for key, minor in totals.items() if minor} == {
        key: minor for key, minor in balance_totals(told).items() if minor
    }


@given(st.permutations([6000, 8000, 8000, 10000]))
def test_running_totals_posted_in_any_order_add_up_to_the_highest(order):
    posted = highest = 0
    for total in order:
        step = increment_over(euro(total), euro(highest))
        assert step.minor >= 0
        posted, highest = posted + step.minor, max(highest, total)
    assert posted == 10000
    running = [fact("capture", total, at=index, group="a", cumulative=True) for index, total in enumerate(order)]
    assert sum(money.minor for money in increments(running).values()) == 10000
    assert fold(running).captured == euro(10000)


def test_increments_climb_within_their_group_and_leave_other_facts_alone():
    told = [
        fact("capture", 10000, external_id="c3", group="a", cumulative=True),
        fact("capture", 4000, external_id="c1", group="a", cumulative=True),
        fact("capture", 7500, external_id="c2", group="a", cumulative=True),
        fact("capture", 500, external_id="d1", group="b", cumulative=True),
        fact("capture", 90, external_id="e1", group="a"),
        fact("authorize", 9000, external_id="a1", group="a", cumulative=True),
        fact("authorize", 10000, external_id="a2", group="a", cumulative=True),
    ]
    assert {external_id: money.minor for (_kind, external_id), money in increments(told).items()} == {
        "c1": 4000, "c2": 3500, "c3": 2500, "d1": 500, "e1": 90, "a1": 9000, "a2": 10000,
    }  # fmt: skip


def test_every_kind_has_one_row_of_balance_effects():
    assert set(EFFECTS) == set(KINDS)
    assert all(len(row) == 4 and set(row) <= {-1, 0, 1} for row in EFFECTS.values())
    inside = {"reserve_hold", "reserve_release", "dispute_open", "dispute_won", "payout", "payout_fail"}
    assert {kind for kind, row in EFFECTS.items() if any(row) and not sum(row)} == inside


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("capture", {"clearing": 1}),
        ("capture_fail", {"clearing": -1}),
        ("refund", {"clearing": -1}),
        ("refund_fail", {"clearing": 1}),
        ("dispute_open", {"clearing": -1, "disputes": 1}),
        ("dispute_won", {"clearing": 1, "disputes": -1}),
        ("dispute_lost", {"disputes": -1}),
        ("dispute_fee", {"clearing": -1}),
        ("fee", {"clearing": -1}),
        ("fee_tax", {"clearing": -1}),
        ("fee_refund", {"clearing": 1}),
        ("reserve_hold", {"clearing": -1, "reserve": 1}),
        ("reserve_release", {"clearing": 1, "reserve": -1}),
        ("payout", {"clearing": -1, "in_transit": 1}),
        ("payout_fail", {"clearing": 1, "in_transit": -1}),
        ("payout_paid", {}),
        ("adjustment", {"clearing": 1}),
        ("transfer", {"clearing": 1}),
        ("authorize", {}),
        ("void", {}),
    ],
)
def test_effect_of_each_kind(kind, expected):
    assert balance_effects(kind, euro(50)) == tuple((role, euro(50 * sign)) for role, sign in expected.items())
    assert balance_effects(kind, euro(0)) == ()


def test_conversion_moves_both_currencies_in_both_directions():
    yen = Money(16000, "JPY")
    assert balance_effects("fx", yen, euro(10000)) == (("clearing", yen), ("clearing", euro(-10000)))
    assert balance_effects("fx", -yen, euro(-10000)) == (("clearing", -yen), ("clearing", euro(10000)))


def test_an_unknown_kind_is_refused_by_name():
    for attempt in (
        lambda: fold([fact("mandate_signed", 1)]),
        lambda: balance_effects("mandate_signed", euro(1)),
    ):
        with pytest.raises(FinanceError, match="mandate_signed"):
            attempt()


def test_a_payment_without_facts_is_pending():
    state = fold([])
    assert (state.state, state.currency, state.captured) == ("pending", "XXX", Money(0, "XXX"))
    assert (state.fees, state.net, state.contradictions, state.under_review) == ({}, {}, (), False)


def test_of_copies_that_differ_only_in_their_group_the_named_one_counts():
    capture, failed = fact("capture", 500), fact("refund_fail", 100, group="re")
    grouped = fact("refund", 100, at=1, external_id="r", group="re")
    bare = fact("refund", 100, at=1, external_id="r")
    assert fold([capture, failed, grouped, bare]) == fold([capture, failed, bare, grouped])
    assert fold([capture, failed, bare, grouped]).contradictions == ()


def test_copies_of_a_conversion_that_disagree_about_the_other_currency():
    one, other, silent = (
        fact("fx", 10834, currency="USD", external_id="fx", counter=counter) for counter in (euro(-10000), euro(-9900), None)
    )
    for order in ([one, other], [other, one]):
        state = fold(order)
        assert [(found.code, found.amount) for found in state.contradictions] == [("conflicting_amounts", euro(100))]
        assert state.net["EUR"] == euro(9900)
    for order in ([one, silent], [silent, one]):
        assert (fold(order).net["EUR"], fold(order).contradictions) == (euro(10000), ())


def test_of_copies_that_differ_only_in_their_instant_the_earliest_counts():
    late, early = (fact("void", 0, at=hour, external_id="v", group="a") for hour in (9, 1))
    authorize = fact("authorize", 100, at=5, group="a")
    assert fold([late, authorize]).state == "voided"
    assert fold([late, early, authorize]).state == "authorized"
    assert fold([early, late, authorize]).state == "authorized"
    assert early.occurred_at == at_hour(1)
