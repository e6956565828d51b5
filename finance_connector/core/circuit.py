"""A circuit breaker as plain values: when a counterpart that fails again and again is left alone, and when it is tried again."""

from datetime import datetime, timedelta
from typing import NamedTuple

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half_open"


class Circuit(NamedTuple):
    """``failures``: in a row; ``opened_at``: aware instant of the failure that opened it, None while it is closed."""

    failures: int = 0
    opened_at: datetime | None = None


def state(circuit, now, rest):
    """`closed`: calls go through; `open`: none does for the time ``rest`` (timedelta); `half_open`: one may, as a trial."""
    if circuit.opened_at is None:
        return CLOSED
    return OPEN if now < circuit.opened_at + rest else HALF_OPEN


def after_success(_circuit):
    """The `Circuit` after a call that was answered, whatever the answer."""
    return Circuit()


def after_failure(circuit, now, limit):
    """The `Circuit` after a call without answer. The ``limit``-th in a row opens it; a failed trial begins the rest anew."""
    failures = circuit.failures + 1
    return Circuit(failures, now if failures >= limit or circuit.opened_at is not None else None)


def rest_of(minutes):
    """The time that an open circuit rests, of whole ``minutes``."""
    return timedelta(minutes=minutes)
