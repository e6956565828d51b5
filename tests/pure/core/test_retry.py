"""Backoff: the range of each delay, what a provider's Retry-After changes, and the end of trying."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.retry import MAX_ATTEMPTS, RETRY_AFTER_CAP_SECONDS, is_exhausted, next_delay


def seeded(seed):
    return Random(seed)  # noqa: S311 - it spreads calls, it keeps no secret


class Extreme:
    """A random source that always draws one end of the range."""

    def __init__(self, end):
        self.end = end

    def uniform(self, low, high):
        return (low, high)[self.end]


LOWEST, HIGHEST = Extreme(0), Extreme(1)


def test_the_range_doubles_up_to_the_cap():
    assert [next_delay(attempt, HIGHEST, base=5, cap=60) for attempt in range(1, 7)] == [
        5,
        10,
        20,
        40,
        60,
        60,
    ]
    assert {next_delay(attempt, LOWEST) for attempt in range(1, 7)} == {0}
    assert next_delay(10**6, HIGHEST, base=0.5, cap=60) == 60


@given(st.integers(1, 10**6), st.integers(0, 2**32), st.one_of(st.none(), st.integers(-5, 10**7)))
def test_delays_stay_in_their_range_and_repeat_with_the_seed(attempt, seed, retry_after):
    delay = next_delay(attempt, seeded(seed), retry_after=retry_after)
    assert 0 <= delay <= RETRY_AFTER_CAP_SECONDS + 5
    assert delay == next_delay(attempt, seeded(seed), retry_after=retry_after)


def test_delays_are_spread_over_the_whole_range():
    rng = seeded(1)
    delays = [next_delay(3, rng, base=5, cap=60) for _ in range(200)]
    assert min(delays) < 2
    assert max(delays) > 18
    assert len(set(delays)) > 190


def test_retry_after_is_waited_for_but_not_without_limit():
    assert next_delay(1, LOWEST, retry_after=120) == 120
    assert next_delay(1, HIGHEST, base=5, retry_after=120) == 125
    assert next_delay(1, LOWEST, retry_after=10**9) == RETRY_AFTER_CAP_SECONDS
    assert next_delay(4, HIGHEST, base=5, retry_after=0) == 40


def test_attempts_are_counted_from_one_and_end():
    with pytest.raises(ValueError, match="counted from 1"):
        next_delay(0, LOWEST)
    assert not is_exhausted(MAX_ATTEMPTS - 1)
    assert is_exhausted(MAX_ATTEMPTS)
    assert is_exhausted(3, limit=3)
