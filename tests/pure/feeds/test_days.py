"""Days: what is proven, what is missing, and where the next pull begins."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from fc.feeds.days import KnownDays, Stated, ask_from, carried, holes, merged

from .asked import TODAY, march

SPANS = st.lists(st.tuples(st.integers(1, 31), st.integers(1, 31)).map(lambda pair: tuple(map(march, pair))), max_size=6)


def test_spans_that_touch_are_one():
    assert merged([(march(5), march(7)), (march(1), march(4)), (march(9), march(9))]) == [
        (march(1), march(7)),
        (march(9), march(9)),
    ]


def test_a_hole_is_asked_for_again_with_some_days_before_it():
    proven = [(march(1), march(5)), (march(9), march(19))]
    assert holes(proven, march(1), march(19)) == [(march(6), march(8))]
    assert ask_from(proven, march(1), None, TODAY, 3) == march(3)


def test_when_all_is_proven_the_last_days_are_asked_for_again():
    assert ask_from([(march(1), march(19))], march(1), None, TODAY, 3) == march(17)
    assert ask_from([], TODAY, None, TODAY, 3) == march(19)


def test_what_the_bank_does_not_give_is_not_asked_for():
    assert ask_from([(march(9), march(19))], march(1), march(8), TODAY, 0) == march(8)


@given(SPANS)
def test_each_day_is_either_in_a_span_or_in_a_hole(spans):
    days = [march(1) + timedelta(days=n) for n in range(31)]
    inside = {day for first, last in spans for day in days if first <= day <= last}
    missing = {day for first, last in holes(spans, days[0], days[-1]) for day in days if first <= day <= last}
    assert inside | missing == set(days)
    assert not inside & missing


def test_days_between_statements_whose_balances_meet_are_carried():
    one, other = Stated(march(1), march(3), 0, 5, 7), Stated(march(6), march(6), 5, 9, 8)
    assert carried([other, one]) == [(march(4), march(5))]
    for another in (other._replace(opening=6), other._replace(number=9), other._replace(opening=None)):
        assert carried([one, another]) == []
    assert carried([one._replace(closing=None), other._replace(opening=None)]) == [], "nothing is told of either"
    assert carried([one._replace(number=None), other]) == [(march(4), march(5))]
    assert carried([one, other._replace(first=march(4))]) == []


def test_each_day_has_one_state():
    known = KnownDays(march(3), [(march(3), march(5)), (march(9), march(10))], [(march(6), march(6))], march(10))
    told = {known.state(march(day), march(12)): day for day in range(14, 0, -1)}
    assert told == {"before": 1, "proven": 3, "carried": 6, "missing": 7, "awaited": 11, "open": 12}
    assert known._replace(until=None).state(march(11), march(12)) == "missing", "who is asked every day owes it"
    assert KnownDays(None, []).state(march(11), march(12)) == "before"
