"""Which items make an amount: exactly, and with proof whether there is another way."""
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.matching import grouping
from fc.core.matching.grouping import LIMIT, NONE, ONLY, SEVERAL, Grouping, only_sum


@pytest.mark.parametrize(("amounts", "target", "expected"), [
    ([60, 50, 50], 100, Grouping(ONLY, (1, 2))),
    ([60, 50, 40], 100, Grouping(ONLY, (0, 2))),
    ([100], 100, Grouping(ONLY, (0,))),
    ([70, -20, 50, 9], 100, Grouping(ONLY, (0, 1, 2))),
    ([60, 50], 100, Grouping(NONE)),
    ([], 100, Grouping(NONE)),
    ([5, -5, 7], 7, None),
    ([50, 50, 50], 100, None),
    ([100, 60, 40], 100, None),
])
def test_the_answer_and_whether_there_is_another(amounts, target, expected):
    found = only_sum(amounts, target)
    if expected is None:
        assert found.verdict == SEVERAL
        assert found.chosen != found.other
        assert sum(amounts[place] for place in found.chosen) == sum(amounts[place] for place in found.other) == target
    else:
        assert found == expected


def test_nothing_is_not_an_answer():
    assert only_sum([5, 6], 0) == Grouping(NONE)
    assert only_sum([5, -5, 7], 0) == Grouping(ONLY, (0, 1))


def test_what_takes_too_long_is_not_known():
    amounts = [3**power % 99991 for power in range(40)]
    assert only_sum(amounts, sum(amounts[::2]), max_states=1000).verdict == LIMIT


amounts = st.lists(st.integers(-40, 60).filter(bool), max_size=9)


def by_trying(numbers, target):
    subsets = chain.from_iterable(combinations(range(len(numbers)), size) for size in range(1, len(numbers) + 1))
    return [subset for subset in subsets if sum(numbers[place] for place in subset) == target]


@given(amounts, st.integers(-100, 200), st.sampled_from([1, 60, 200_000]))
@settings(max_examples=400)
def test_the_verdict_is_that_of_trying_everything(numbers, target, max_states):
    found, ways = only_sum(numbers, target, max_states), by_trying(numbers, target)
    if found.verdict == LIMIT:
        assert max_states < 200_000
        return
    assert found.verdict == (NONE, ONLY, SEVERAL)[min(2, len(ways))]
    assert {way for way in (found.chosen, found.other) if way} <= set(ways)


@given(amounts, st.integers(-100, 200))
@settings(max_examples=200)
def test_both_ways_of_searching_find_the_same(numbers, target):
    reached = grouping._reachable(numbers, target, 10**6)
    assert set(grouping._ways_back(numbers, target, reached)) == set(grouping._ways_of_halves(numbers, target))
