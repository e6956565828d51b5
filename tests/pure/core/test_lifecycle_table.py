"""The table of states: total, in order, no row out of reach; and the rules that feed it."""

from itertools import product

import pytest

from fc.core.lifecycle import STATES, fold
from fc.core.lifecycle_table import BIT, CONDITIONS, TABLE, state_of

from .facts_dsl import euro, fact


def vector(names):
    return sum(BIT[name] for name in names)


def test_every_combination_of_conditions_has_exactly_one_state():
    reached = set()
    for answers in product((False, True), repeat=len(CONDITIONS)):
        true = {name for name, answer in zip(CONDITIONS, answers, strict=True) if answer}
        fitting = [row for row in TABLE if true.issuperset(row.needs) and true.isdisjoint(row.lacks)]
        assert fitting, f"no state for {true}"
        assert state_of(vector(true)) == fitting[0].state
        reached.add(fitting[0])
    assert reached == set(TABLE), "a row is hidden by the rows above it"
    assert {row.state for row in TABLE} == set(STATES)


def test_rows_name_known_conditions_and_say_why():
    for row in TABLE:
        assert set(row.needs) | set(row.lacks) <= set(CONDITIONS)
        assert row.why


@pytest.mark.parametrize(
    ("true", "state"),
    [
        ((), "pending"),
        (("authorized",), "authorized"),
        (("failed",), "failed"),
        (("failed", "voided"), "voided"),
        (("failed", "voided", "expired"), "expired"),
        (("failed", "authorized"), "authorized"),
        (("has_capture", "captured", "voided", "failed"), "captured"),
        (("has_capture", "captured", "below_authorized", "expired"), "partially_captured"),
        (("has_capture", "captured", "refunded", "below_authorized"), "partially_refunded"),
        (("has_capture", "captured", "refunded", "refunded_all"), "refunded"),
        (("has_capture", "captured", "refunded", "refunded_all", "contested"), "disputed"),
        (("has_capture", "captured", "contested", "lost"), "charged_back"),
        (("has_capture", "refunded", "refunded_all"), "failed"),
        (("has_capture", "authorized"), "failed"),
        (("orphan", "lost", "authorized"), "unknown"),
    ],
)
def test_precedence(true, state):
    assert state_of(vector(true)) == state


@pytest.mark.parametrize(("ending", "state"), [("void", "voided"), ("expire", "expired"), ("fail", "failed")])
def test_an_ended_authorization(ending, state):
    authorize = fact("authorize", 5000, at=1, group="a")
    assert fold([authorize, fact(ending, 0, at=2, group="a")]).state == state
    assert fold([authorize, fact(ending, 0, at=1, group="a")]).state == state, "ended at the same instant"
    assert fold([authorize, fact(ending, 0, at=2)]).state == state, "the whole payment ended"
    assert fold([authorize, fact(ending, 0, at=2, group="b")]).state == "authorized", "another attempt ended"
    assert fold([fact(ending, 0, at=0), authorize]).state == "authorized", "authorised after an earlier attempt"
    assert fold([authorize, fact(ending, 0, at=2, group="a")]).authorized == euro(5000)


def test_a_retried_payment_counts_the_attempt_that_stands():
    facts = [
        fact("authorize", 5000, at=1, group="a"),
        fact("void", 0, at=2, group="a"),
        fact("authorize", 5000, at=3, group="b"),
        fact("capture", 5000, at=4, group="b"),
    ]
    state = fold(facts)
    assert (state.state, state.authorized, state.contradictions) == ("captured", euro(5000), ())


def test_the_rest_of_an_authorization_may_be_voided_under_another_group_than_the_capture():
    facts = [
        fact("authorize", 10000, at=1, group="original"),
        fact("capture", 6000, at=2, group="capture_1"),
        fact("void", 4000, at=3, group="original"),
    ]
    state = fold(facts)
    assert (state.state, state.authorized, state.contradictions) == ("partially_captured", euro(10000), ())


def test_ended_authorizations_count_when_the_standing_ones_do_not_cover_the_capture():
    facts = [
        fact("authorize", 10000, at=1, group="a"),
        fact("capture", 6000, at=2, group="a"),
        fact("void", 4000, at=3, group="a"),
        fact("authorize", 2000, at=4, group="b"),
    ]
    state = fold(facts)
    assert (state.state, state.authorized, state.contradictions) == ("partially_captured", euro(12000), ())


def test_a_raised_authorization_replaces_the_first_and_the_newest_counts():
    facts = [
        fact("authorize", 5000, at=1, group="a"),
        fact("authorize_adjust", 9000, at=5, group="a"),
        fact("authorize_adjust", 7000, at=3, group="a"),
    ]
    assert fold(facts).authorized == euro(9000)
    assert fold([*facts, fact("authorize", 100, group="b")]).authorized == euro(9100)
    captured = fold([*facts, fact("capture", 9000, at=6, group="a")])
    assert (captured.state, captured.contradictions) == ("captured", ())


def test_of_authorizations_at_one_instant_the_last_id_counts():
    facts = [fact("authorize_adjust", minor, external_id=f"x{minor}", at=1) for minor in (200, 100, 300)]
    assert fold(facts).authorized == euro(300)


def test_captures_of_several_groups_add_up_and_running_totals_do_not():
    facts = [
        fact("authorize", 10000),
        fact("capture", 2000, group="a", cumulative=True),
        fact("capture", 5000, group="a", cumulative=True),
        fact("capture", 1000, group="b"),
        fact("capture", 1500, group="b"),
    ]
    state = fold(facts)
    assert (state.state, state.captured) == ("partially_captured", euro(7500))


def test_a_failed_refund_never_takes_more_than_its_own_refund():
    facts = [
        fact("capture", 10000),
        fact("refund", 3000, group="re_1"),
        fact("refund", 1000, group="re_2"),
        fact("refund_fail", 9000, group="re_1"),
    ]
    assert fold(facts).refunded == euro(1000)


def test_disputes_are_counted_by_group():
    facts = [
        fact("capture", 10000),
        fact("dispute_open", 4000, at=1, group="dp_1"),
        fact("dispute_open", 3000, at=1, group="dp_2"),
        fact("dispute_lost", 3000, at=2, group="dp_2"),
    ]
    state = fold(facts)
    assert (state.state, state.disputed) == ("charged_back", euro(7000))
    won = fold([*facts, fact("dispute_won", 3000, at=3, group="dp_2")])
    assert (won.state, won.disputed) == ("disputed", euro(4000))
    part = fold([*facts, fact("dispute_won", 1000, at=1, group="dp_2")])
    assert (part.state, part.disputed) == ("charged_back", euro(6000))


def test_a_verdict_counts_by_its_instant_and_an_opening_told_late_does_not_reopen():
    capture, won = fact("capture", 100), fact("dispute_won", 40, at=5, group="d")
    lost = fact("dispute_lost", 0, at=6, group="d")
    assert fold([capture, fact("dispute_open", 100, at=9, group="d"), lost]).state == "charged_back"
    assert fold([capture, fact("dispute_open", 100, at=1, group="d"), won, lost]).state == "charged_back"
    together = fact("dispute_won", 40, at=6, group="d")
    assert fold([capture, fact("dispute_open", 100, group="d"), together, lost]).state == "charged_back"
    later = fact("dispute_won", 40, at=7, group="d")
    assert fold([capture, fact("dispute_open", 100, at=1, group="d"), later, lost]).state == "disputed"


def test_a_review_is_open_until_its_own_closing():
    opened = fact("review_open", 0, at=2, group="r1")
    assert fold([opened]).under_review
    assert fold([opened]).state == "pending"
    assert fold([opened, fact("review_close", 0, at=1, group="r1")]).under_review
    assert fold([opened, fact("review_close", 0, at=3, group="r2")]).under_review
    assert not fold([opened, fact("review_close", 0, at=2, group="r1")]).under_review
    assert not fold([fact("review_close", 0, at=3, group="r1")]).under_review


def test_fees_stay_in_their_own_currency():
    facts = [
        fact("capture", 10000),
        fact("fee", 250),
        fact("fee_tax", 50),
        fact("dispute_fee", 1500),
        fact("fee_refund", 100),
        fact("fee", 33, currency="USD"),
    ]
    state = fold(facts)
    assert {code: fee.minor for code, fee in state.fees.items()} == {"EUR": 1700, "USD": 33}
    assert state.fee == euro(1700)
    assert {code: net.minor for code, net in state.net.items()} == {"EUR": 8300, "USD": -33}
