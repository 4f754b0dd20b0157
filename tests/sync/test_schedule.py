"""A schedule goes by the clock on the wall, also on days when that clock is changed."""

from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.schedule import Schedule

VIENNA, NEW_YORK = "Europe/Vienna", "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"  # changes its clocks by half an hour
# (zone, days around its changes of 2024 to 2026); the last have none
CHANGES = {
    VIENNA: ["2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25"],
    NEW_YORK: ["2025-03-09", "2025-11-02", "2026-03-08", "2026-11-01"],
    LORD_HOWE: ["2025-04-06", "2025-10-05", "2026-04-05", "2026-10-04"],
    # the whole of 30 December never happened there
    "Pacific/Apia": ["2011-12-30"],
    # at midnight, from Saturday into Saturday
    "America/Sao_Paulo": ["2018-02-18", "2018-11-04"],
    "Asia/Kolkata": ["2025-03-30", "2024-02-29"],
    "UTC": ["2025-10-26", "2024-12-31"],
}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def at(wall: str, **values) -> Schedule:
    hour, minute = map(int, wall.split(":"))
    values = {"frequency": "daily", "zone": VIENNA, **values}
    return Schedule(hour=hour, minute=minute, **values)


def runs(schedule: Schedule, after: datetime, until: datetime) -> list[datetime]:
    found = []
    while (after := schedule.next_after(after)) and after < until:
        found.append(after)
    return found


def days_of(schedule: Schedule, start: str, end: str) -> list[str]:
    clocks = ZoneInfo(schedule.zone)
    found = runs(schedule, utc(start), utc(end))
    return [f"{run.astimezone(clocks):%m-%d}" for run in found]


@pytest.mark.parametrize(
    ("zone", "wall", "after", "expected"),
    [
        # an ordinary day: later today, or tomorrow
        (VIENNA, "02:30", "2025-01-15 01:29", "2025-01-15 01:30"),
        (VIENNA, "02:30", "2025-01-15 01:30", "2025-01-16 01:30"),
        (VIENNA, "02:30", "2025-07-15 00:29", "2025-07-15 00:30"),
        # the clock is put forward: 02:00 becomes 03:00
        (VIENNA, "02:30", "2025-03-29 12:00", "2025-03-30 01:00"),
        (VIENNA, "02:00", "2025-03-29 12:00", "2025-03-30 01:00"),
        (VIENNA, "01:59", "2025-03-29 12:00", "2025-03-30 00:59"),
        (VIENNA, "03:00", "2025-03-29 12:00", "2025-03-30 01:00"),
        (VIENNA, "02:30", "2025-03-30 01:00", "2025-03-31 00:30"),
        # the clock is put back: 03:00 becomes 02:00
        (VIENNA, "02:30", "2025-10-25 12:00", "2025-10-26 00:30"),
        (VIENNA, "02:30", "2025-10-26 00:30", "2025-10-27 01:30"),
        (VIENNA, "02:30", "2025-10-26 01:15", "2025-10-27 01:30"),
        (VIENNA, "03:00", "2025-10-25 12:00", "2025-10-26 02:00"),
        (NEW_YORK, "02:30", "2025-03-08 12:00", "2025-03-09 07:00"),
        (NEW_YORK, "01:30", "2025-11-01 12:00", "2025-11-02 05:30"),
        (NEW_YORK, "01:30", "2025-11-02 05:30", "2025-11-03 06:30"),
        # by half an hour: 02:00 becomes 02:30, and back to 01:30
        (LORD_HOWE, "02:15", "2025-10-04 02:00", "2025-10-04 15:30"),
        (LORD_HOWE, "02:30", "2025-10-04 02:00", "2025-10-04 15:30"),
        (LORD_HOWE, "01:45", "2025-04-05 02:00", "2025-04-05 14:45"),
        (LORD_HOWE, "01:45", "2025-04-05 14:45", "2025-04-06 15:15"),
        # a day that was left out: the next valid time is the next day's first
        ("Pacific/Apia", "12:00", "2011-12-29 23:00", "2011-12-30 10:00"),
        ("Pacific/Apia", "12:00", "2011-12-30 10:00", "2011-12-30 22:00"),
    ],
)
def test_the_next_run_goes_by_the_clock_on_the_wall(zone, wall, after, expected):
    assert at(wall, zone=zone).next_after(utc(after)) == utc(expected)


def test_weekly_on_one_or_more_days():
    mondays_and_fridays = at("02:30", frequency="weekly", weekdays=frozenset({0, 4}))
    days = days_of(mondays_and_fridays, "2025-03-24 12:00", "2025-04-08")
    assert days == ["03-28", "03-31", "04-04", "04-07"]


def test_weekly_without_a_day_never_runs():
    assert at("02:30", frequency="weekly").next_after(utc("2025-01-01")) is None


def test_monthly_on_the_thirty_first_means_the_last_day():
    last = at("02:30", frequency="monthly", month_day=31)
    days = days_of(last, "2024-01-01", "2024-07-01")
    assert days == ["01-31", "02-29", "03-31", "04-30", "05-31", "06-30"]


def test_monthly_on_a_day_that_a_month_lacks_is_its_last():
    days = days_of(
        at("12:00", frequency="monthly", month_day=30), "2025-01-01", "2025-05-01"
    )
    assert days == ["01-30", "02-28", "03-30", "04-30"]


def test_monthly_on_the_first():
    days = days_of(at("00:00", frequency="monthly"), "2024-12-15", "2025-03-15")
    assert days == ["01-01", "02-01", "03-01"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (VIENNA, "2025-06-09 22:30"),
        (NEW_YORK, "2025-06-10 04:30"),
        (LORD_HOWE, "2025-06-09 14:00"),
    ],
)
def test_the_start_date_is_a_day_in_the_schedules_own_zone(zone, expected):
    schedule = at("00:30", start_date=date(2025, 6, 10), zone=zone)
    assert schedule.next_after(utc("2025-01-01")) == utc(expected)


def test_a_start_date_that_is_past_changes_nothing():
    after = utc("2025-06-10 12:00")
    past = at("02:30", start_date=date(2020, 1, 1))
    assert past.next_after(after) == at("02:30").next_after(after)


def test_a_start_date_between_two_wanted_days_waits_for_the_next():
    monthly = at("02:30", frequency="monthly", month_day=5, start_date=date(2025, 6, 6))
    assert monthly.next_after(utc("2025-01-01")) == utc("2025-07-05 00:30")


def test_it_ends_with_the_calendar_not_with_an_error():
    assert at("02:30", start_date=date.max, zone="UTC").next_after(
        utc("2025-01-01")
    ) == utc("9999-12-31 02:30")
    assert at("02:30").next_after(utc("9999-12-31 12:00")) is None
    assert (
        at("23:30", zone=NEW_YORK, start_date=date.max).next_after(utc("2025-01-01"))
        is None
    )


def test_a_zone_that_nobody_knows_is_said():
    with pytest.raises(ZoneInfoNotFoundError):
        at("02:30", zone="Middle/Earth").next_after(utc("2025-01-01"))


# --- against counting minutes -------------------------------------------------------


def first_minutes(schedule: Schedule, day: date, days: int) -> dict[date, datetime]:
    """By brute force: {wanted local day: first minute whose clock shows its time or a
    later one}, watching the clocks minute by minute."""
    clocks = ZoneInfo(schedule.zone)
    wanted = {
        day + DAY * ahead: datetime(day.year, day.month, day.day)
        + DAY * ahead
        + timedelta(hours=schedule.hour, minutes=schedule.minute)
        for ahead in range(days)
        if wants(schedule, day + DAY * ahead)
    }
    found: dict[date, datetime] = {}
    minute = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) - DAY
    for _ in range((days + 2) * 24 * 60):
        shown = minute.astimezone(clocks).replace(tzinfo=None)
        for wanted_day, wall in wanted.items():
            if shown >= wall:
                found.setdefault(wanted_day, minute)
        minute += MINUTE
    return found


def wants(schedule: Schedule, day: date) -> bool:
    if schedule.start_date and day < schedule.start_date:
        return False
    if schedule.frequency == "weekly":
        return day.weekday() in schedule.weekdays
    if schedule.frequency == "monthly":
        is_last = (day + DAY).month != day.month
        return day.day == schedule.month_day or (
            is_last and day.day < schedule.month_day
        )
    return True


@st.composite
def schedules_at_a_change(draw):
    """A schedule, and a day about three days before the clocks of its zone change."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = date.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    first = day - DAY * draw(st.integers(1, 3))
    start = st.integers(-2, 4).map(lambda ahead: first + DAY * ahead)
    schedule = Schedule(
        frequency=draw(st.sampled_from(["daily", "daily", "weekly", "monthly"])),
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), max_size=7))),
        month_day=draw(st.integers(1, 31)),
        hour=draw(st.integers(0, 3) | st.integers(0, 23)),
        minute=draw(st.sampled_from([0, 1, 29, 30, 31, 59])),
        start_date=draw(st.none() | start),
        zone=zone,
    )
    return schedule, first


@settings(max_examples=60, deadline=None)
@given(schedules_at_a_change())
def test_across_a_change_every_wanted_day_has_its_run_once(case):
    schedule, first = case
    expected = first_minutes(schedule, first, 5)
    # what is due before the first day belongs to nobody here
    before = datetime(first.year, first.month, first.day)
    after = before.replace(tzinfo=ZoneInfo(schedule.zone)) - MINUTE
    last = (before + 5 * DAY).replace(tzinfo=ZoneInfo(schedule.zone))
    got = runs(schedule, after.astimezone(timezone.utc), last.astimezone(timezone.utc))
    assert got == sorted(set(expected.values()))


@st.composite
def schedules(draw):
    frequency = draw(st.sampled_from(["daily", "weekly", "monthly"]))
    return Schedule(
        frequency=frequency,
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        month_day=draw(st.integers(1, 31)),
        hour=draw(st.integers(0, 23)),
        minute=draw(st.integers(0, 59)),
        zone=draw(st.sampled_from([*CHANGES, "Africa/Casablanca", "Asia/Tehran"])),
    )


moments = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=timezone.utc)
)


@given(schedules(), moments)
def test_runs_follow_each_other_and_none_is_passed_over(schedule, moment):
    following = schedule.next_after(moment)
    assert following > moment
    # asked at any time before it, the answer is the same
    half = moment + (following - moment) / 2
    assert schedule.next_after(half) == following
    assert schedule.next_after(following - timedelta(microseconds=1)) == following
    assert schedule.next_after(following) > following


@given(schedules(), moments)
def test_a_year_has_as_many_runs_as_wanted_days(schedule, moment):
    clocks = ZoneInfo(schedule.zone)
    year = moment.year
    # no zone here left out or repeated a day since 2012
    if year < 2012:
        year += 30
    found = runs(
        schedule,
        datetime(year, 1, 1, tzinfo=clocks) - timedelta(microseconds=1),
        datetime(year + 1, 1, 1, tzinfo=clocks),
    )
    assert all(one < other for one, other in pairwise(found))
    days = [run.astimezone(clocks).date() for run in found]
    every = [date(year, 1, 1) + DAY * ahead for ahead in range(366)]
    assert days == [d for d in every if d.year == year and wants(schedule, d)]


@pytest.mark.parametrize("zone", [VIENNA, NEW_YORK, LORD_HOWE, "Asia/Kolkata", "UTC"])
def test_every_minute_of_the_day_across_all_changes_of_two_years(zone):
    """Daily at each time that a change may touch, from 00:00 to 04:00."""
    for text in CHANGES[zone]:
        first = date.fromisoformat(text) - DAY
        for minute in range(0, 240, 15):
            schedule = Schedule(
                "daily", hour=minute // 60, minute=minute % 60, zone=zone
            )
            expected = list(first_minutes(schedule, first, 3).values())
            got = runs(schedule, expected[0] - MINUTE, expected[-1] + MINUTE)
            assert got == expected, (text, minute)
