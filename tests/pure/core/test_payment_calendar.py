"""Days and cut-off times: TARGET by rule, others by what was entered, and never a day that is too late."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.payment_calendar import TARGET, Calendar, CalendarError, CutOff, target_holidays

BERLIN = ZoneInfo("Europe/Berlin")
CUT_OFF = CutOff(time(14, 0), BERLIN)


@pytest.mark.parametrize(
    ("year", "good_friday", "easter_monday"),
    [(2024, (3, 29), (4, 1)), (2025, (4, 18), (4, 21)), (2026, (4, 3), (4, 6)), (2027, (3, 26), (3, 29))],
)
def test_target_holidays(year, good_friday, easter_monday):
    fixed = {date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26)}
    assert target_holidays(year) == fixed | {date(year, *good_friday), date(year, *easter_monday)}


def test_open_days():
    assert not TARGET.is_open(date(2026, 4, 3)) and not TARGET.is_open(date(2026, 3, 7))
    assert TARGET.next_open(date(2026, 4, 3)) == date(2026, 4, 7)
    assert TARGET.previous_open(date(2026, 4, 6)) == date(2026, 4, 2)
    assert TARGET.add(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert TARGET.add(date(2026, 4, 7), -1) == date(2026, 4, 2)
    assert TARGET.add(date(2026, 4, 3), 0) == date(2026, 4, 7)


def test_a_calendar_that_was_entered_knows_its_years_only():
    fed = Calendar("Fed", {2026: frozenset((date(2026, 7, 3),))})
    assert not fed.is_open(date(2026, 7, 3)) and fed.is_open(date(2026, 7, 6))
    with pytest.raises(CalendarError, match="2027"):
        fed.next_open(date(2027, 1, 4))
    closed = Calendar("closed", weekend=frozenset(range(7)))
    with pytest.raises(CalendarError, match="no open day"):
        closed.next_open(date(2026, 1, 1))


def at(day, hour, minute=0):
    return datetime(2026, 4, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "lead", "day"),
    [
        (at(1, 13, 59), 0, 1), (at(1, 14), 0, 2), (at(1, 13), 1, 2), (at(1, 14), 1, 7), (at(2, 14), 0, 7), (at(4, 9), 0, 7),
        (datetime(2026, 4, 1, 11, 59, tzinfo=timezone.utc), 0, 1), (datetime(2026, 4, 1, 12, 0, tzinfo=timezone.utc), 0, 2),
    ],
)  # fmt: skip
def test_the_first_day_of_execution(now, lead, day):
    assert CutOff(time(14, 0), BERLIN, lead_days=lead).earliest(now) == date(2026, 4, day)


def test_wanted_days_are_kept_or_moved_with_a_word():
    now = at(1, 10)
    assert CUT_OFF.execution(date(2026, 4, 2), now) == (date(2026, 4, 2), "")
    day, remark = CUT_OFF.execution(date(2026, 3, 30), now)
    assert day == date(2026, 4, 1) and "no longer possible" in remark
    day, remark = CUT_OFF.execution(date(2026, 4, 3), now)
    assert day == date(2026, 4, 7) and "closed (TARGET)" in remark
    with pytest.raises(CalendarError, match="2026-04-07"):
        CUT_OFF.latest(date(2026, 4, 3))


def test_instant_payments_have_no_closed_day():
    instant = CutOff(time(0, 0), BERLIN, always=True)
    assert instant.earliest(at(4, 23)) == date(2026, 4, 4)
    assert instant.execution(date(2026, 4, 5), at(4, 23)) == (date(2026, 4, 5), "")
    assert instant.latest(date(2026, 4, 5)) > at(5, 23)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(timezone.utc)), st.integers(0, 5),
    st.times().filter(lambda one: one.hour > 3), st.sampled_from((BERLIN, ZoneInfo("America/New_York"), timezone.utc)),
)  # fmt: skip
def test_the_first_day_is_the_first_that_is_in_time(now, lead, clock, zone):
    cut_off = CutOff(clock, zone, lead_days=lead)
    first = cut_off.earliest(now)
    assert TARGET.is_open(first)
    assert cut_off.latest(first) > now
    before = TARGET.previous_open(first - timedelta(1))
    assert cut_off.latest(before) <= now
