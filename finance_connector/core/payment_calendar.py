"""On which days a payment can be executed, and until when it has to be at the bank for it.

TARGET days are computed (ECB guideline on TARGET: Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and
26 December). Holidays of other calendars are given by the bank's profile, year by year: a year that nobody gave is an
error, for a holiday that is not known is a payment that comes late.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from dateutil.easter import easter

from .errors import FinanceError

SATURDAY, SUNDAY = 5, 6
# How far ahead a day is looked for; no calendar has so many holidays in a row.
MAX_DAYS_AHEAD = 60


class CalendarError(FinanceError, ValueError):
    """A day that the calendar cannot judge, or a payment that cannot be in time."""


@lru_cache(maxsize=256)
def target_holidays(year):
    """The closing days of TARGET in ``year`` beside Saturdays and Sundays: a frozenset of dates."""
    sunday = easter(year)
    return frozenset((
        date(year, 1, 1), sunday - timedelta(2), sunday + timedelta(1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26),
    ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calendar:
    """``holidays``: year -> dates, for the years that are known; ``is_target``: computed instead. ``weekend``: weekdays that
    are closed, Monday is 0. ``closed``: single days on which this bank works not either."""

    name: str
    holidays: dict = field(default_factory=dict)
    weekend: frozenset = frozenset((SATURDAY, SUNDAY))
    is_target: bool = False
    closed: frozenset = frozenset()

    def is_open(self, day):
        """Whether payments are executed on ``day``. Raises CalendarError for a year that is not known."""
        if day.weekday() in self.weekend or day in self.closed:
            return False
        if self.is_target:
            return day not in target_holidays(day.year)
        if day.year not in self.holidays:
            text = f"The calendar {self.name} does not know the holidays of {day.year}; enter them in the bank's profile."
            raise CalendarError(text)
        return day not in self.holidays[day.year]

    def next_open(self, day):
        """The first open day from ``day`` on. Raises CalendarError as `is_open`, and if there is none for long."""
        return self._look(day, 1)

    def previous_open(self, day):
        """The last open day up to ``day``. Raises as `next_open`."""
        return self._look(day, -1)

    def add(self, day, count):
        """The ``count``-th open day after ``day`` (before it, if negative); for 0 the first one from ``day`` on."""
        step = -1 if count < 0 else 1
        found = self._look(day, step) if count == 0 else day
        for _number in range(abs(count)):
            found = self._look(found + timedelta(step), step)
        return found

    def _look(self, day, step):
        for _number in range(MAX_DAYS_AHEAD):
            if self.is_open(day):
                return day
            day += timedelta(step)
        raise CalendarError(f"The calendar {self.name} has no open day within {MAX_DAYS_AHEAD} days; correct its holidays.")


TARGET = Calendar("TARGET", is_target=True)


@dataclass(frozen=True, slots=True)
class CutOff:
    """Until ``clock`` in ``zone`` a bank takes files for execution ``lead_days`` open days later (0: the same day).

    ``always``: at any time and on any day (instant payments).
    """

    clock: time
    zone: tzinfo
    calendar: Calendar = TARGET
    lead_days: int = 0
    always: bool = False

    def earliest(self, now: datetime):
        """The first day on which a file that is handed over at ``now`` (aware) can be executed."""
        local = now.astimezone(self.zone)
        day = local.date()
        if self.always:
            return day
        if not self.calendar.is_open(day) or local.time() >= self.clock:
            day = self.calendar.next_open(day + timedelta(1))
        return self.calendar.add(day, self.lead_days)

    def latest(self, execution_date):
        """The last instant at which a file for ``execution_date`` has to be there (aware).

        Raises CalendarError if that day is closed.
        """
        if self.always:
            return datetime.combine(execution_date, time(23, 59, 59), self.zone)
        if not self.calendar.is_open(execution_date):
            following = self.calendar.next_open(execution_date)
            raise CalendarError(f"{execution_date} is closed ({self.calendar.name}); the next open day is {following}.")
        day = self.calendar.add(execution_date, -self.lead_days) if self.lead_days else execution_date
        return datetime.combine(day, self.clock, self.zone)

    def execution(self, wanted, now):
        """(day, remark): ``wanted`` if it is open and in time, else the first later day that is, with the reason in words."""
        first = self.earliest(now)
        if wanted < first:
            return first, f"{wanted} is no longer possible; the first day is {first}."
        if self.always or self.calendar.is_open(wanted):
            return wanted, ""
        following = self.calendar.next_open(wanted)
        return following, f"{wanted} is closed ({self.calendar.name}); moved to {following}."
