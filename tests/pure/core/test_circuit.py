"""The circuit breaker: opens after failures in a row, lets one through after a rest, and closes when that one is answered."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from fc.core.circuit import CLOSED, HALF_OPEN, OPEN, Circuit, after_failure, after_success, rest_of, state

NOW = datetime(2026, 3, 2, 10, tzinfo=timezone.utc)
REST = rest_of(15)


def failed(count, circuit=None, limit=3, now=NOW):
    for _time in range(count):
        circuit = after_failure(circuit or Circuit(), now, limit)
    return circuit


def test_it_opens_with_the_failure_that_reaches_the_limit():
    assert state(failed(2), NOW, REST) == CLOSED
    assert state(failed(3), NOW, REST) == OPEN
    assert state(failed(3), NOW + REST - timedelta(seconds=1), REST) == OPEN
    assert state(failed(3), NOW + REST, REST) == HALF_OPEN


def test_a_failed_trial_begins_the_rest_anew_and_an_answer_ends_it():
    later = NOW + REST
    trial = after_failure(failed(3), later, 3)
    assert state(trial, later + REST - timedelta(seconds=1), REST) == OPEN
    assert state(after_success(trial), later, REST) == CLOSED


def test_success_forgets_earlier_failures():
    assert state(failed(2, after_success(failed(2))), NOW, REST) == CLOSED


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 5))
def test_it_is_open_exactly_when_the_last_answers_are_missing_often_enough(answers, limit):
    circuit = Circuit()
    for answered in answers:
        circuit = after_success(circuit) if answered else after_failure(circuit, NOW, limit)
    missing = next((place for place, answered in enumerate(reversed(answers)) if answered), len(answers))
    assert (state(circuit, NOW, REST) == OPEN) == (missing >= limit)
