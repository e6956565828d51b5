"""Short forms for the facts of the tests: `capture(100, at=2)` is a Movement of 1.00 EUR two hours into the
story."""

from datetime import datetime, timedelta, timezone
from itertools import count

from fc.core.money import Money
from fc.core.records import Movement

START = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)
_numbers = count(1)


def at_hour(hour):
    """The instant ``hour`` hours into the story."""
    return START + timedelta(hours=hour)


def fact(kind, minor, at=0, external_id=None, currency="EUR", counter=None, **fields):
    """A Movement of ``kind``; without ``external_id`` it is a fact of its own."""
    return Movement(
        kind,
        external_id or f"{kind}_{next(_numbers)}",
        Money(minor, currency),
        at_hour(at),
        counter_amount=counter,
        **fields,
    )


def euro(minor):
    return Money(minor, "EUR")


def codes(state):
    """The codes of a state's contradictions."""
    return [contradiction.code for contradiction in state.contradictions]
