"""Days: which are business days, and which stretches of time a world may live in, days of a changed clock among them."""
from __future__ import annotations

from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

_EARLIEST, _LATEST = date(2024, 2, 1), date(2026, 6, 30)
# The Sundays on which clocks change in Europe and in the United States.
CLOCK_CHANGES = (
    date(2024, 3, 10), date(2024, 3, 31), date(2024, 10, 27), date(2024, 11, 3), date(2025, 3, 9), date(2025, 3, 30),
    date(2025, 10, 26), date(2025, 11, 2), date(2026, 3, 8), date(2026, 3, 29),
)  # fmt: skip


def first_day(rng: Random, days: int) -> date:
    """The day on which a world of ``days`` days begins; every second one has a day of a changed clock in it."""
    if rng.random() < 0.5:
        return rng.choice(CLOCK_CHANGES) - timedelta(days=rng.randint(1, days - 2))
    return _EARLIEST + timedelta(days=rng.randint(0, (_LATEST - _EARLIEST).days - days))


def next_business_day(day: date) -> date:
    """``day`` itself unless it is on a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def zone(name: str) -> ZoneInfo:
    """The time zone of a name."""
    return ZoneInfo(name)
