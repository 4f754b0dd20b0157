"""When something that repeats runs next: arithmetic with wall clocks.

A schedule is what people mean by "every Monday at 02:30 in Vienna". They mean the clock
on the wall there, which is put forward and back; so a run's moment is worked out anew
each time, never by adding days to the last one.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# Whatever repeats does so within a month; what is not found in so many days never is.
SEARCH_DAYS = 32


@dataclass(frozen=True)
class Schedule:
    """What repeats, on the clocks of ``zone`` (a name of the IANA database).

    ``frequency``: "daily", "weekly" (on ``weekdays``, 0 is Monday) or "monthly" (on
    ``month_day``, 1 to 31; in shorter months on the last day, so that 31 always means
    that). ``start_date``: the first day that may have a run; None: any.
    """

    frequency: str
    weekdays: frozenset[int] = frozenset()
    month_day: int = 1
    hour: int = 0
    minute: int = 0
    start_date: date | None = None
    zone: str = "UTC"

    def next_after(self, moment: datetime) -> datetime | None:
        """The first run later than ``moment`` (aware); aware UTC.

        A time that the clocks jump over means the first moment after the jump, a time
        that they show twice the first of the two. None: it never runs again.
        ``zoneinfo.ZoneInfoNotFoundError`` when this machine does not know the zone.
        """
        clocks = ZoneInfo(self.zone)
        try:
            return self._search(moment, clocks)
        except OverflowError:
            return None  # the end of the calendar

    def _search(self, moment: datetime, clocks: ZoneInfo) -> datetime | None:
        day = moment.astimezone(clocks).date()
        if self.start_date:
            day = max(day, self.start_date)
        for ahead in range(SEARCH_DAYS):
            run = self._run_on(day + ahead * DAY, clocks)
            if run and run > moment:
                return run
        return None

    def _run_on(self, day: date, clocks: ZoneInfo) -> datetime | None:
        if not self._wants(day):
            return None
        return first_moment(datetime.combine(day, time(self.hour, self.minute)), clocks)

    def _wants(self, day: date) -> bool:
        if self.frequency == "weekly":
            return day.weekday() in self.weekdays
        if self.frequency == "monthly":
            return day.day == min(self.month_day, monthrange(day.year, day.month)[1])
        return True


def first_moment(wall: datetime, clocks: ZoneInfo) -> datetime:
    """When ``clocks`` first show ``wall`` (naive) or, if they jump over it, what comes
    after the jump; aware UTC."""
    moment = wall.replace(tzinfo=clocks).astimezone(timezone.utc)
    if moment.astimezone(clocks).replace(tzinfo=None) == wall:
        return moment
    # Jumped over. By the rules before the jump the time would be after it, and by those
    # after it before, so the two readings hold the jump between them.
    before = wall.replace(tzinfo=clocks, fold=1).astimezone(timezone.utc)
    return _jump_between(before, moment, clocks)


def _jump_between(before: datetime, after: datetime, clocks: ZoneInfo) -> datetime:
    """The second at which the clocks were changed; it is later than ``before``."""
    rules = before.astimezone(clocks).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(clocks).utcoffset() == rules:
            before = middle
        else:
            after = middle
    return after
