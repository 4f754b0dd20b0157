"""Quiet hours of a day: arithmetic with clocks that are put forward and back."""

from datetime import timedelta

import pytz

DAY = timedelta(days=1)


def quiet_until(now, start, end, zone):
    """When the quiet that holds at ``now`` ends; None when none holds.

    ``now`` and the result are naive UTC; ``start`` and ``end`` are hours of the day
    on the clocks of ``zone`` (22.5 is half past ten in the evening). An ``end`` not
    after ``start`` belongs to the next day. Where putting the clocks makes a time
    happen twice or not at all, the longer quiet counts.
    """
    timezone = pytz.timezone(zone)
    today = pytz.utc.localize(now).astimezone(timezone).replace(tzinfo=None)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    length = DAY if end <= start else timedelta()
    for day in (midnight - DAY, midnight, midnight + DAY):
        begins = min(_instants(day, start, timezone))
        ends = max(_instants(day + length, end, timezone))
        if begins <= now < ends:
            return ends
    return None


def wall_time(moment, zone):
    """``HH:MM`` on the clocks of ``zone`` at a naive UTC moment."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).strftime("%H:%M")


def _instants(day, hours, timezone):
    """What the clock's time can mean, in naive UTC: two moments around a change."""
    wall = day + timedelta(minutes=round(hours * 60))
    for summer in (False, True):
        local = timezone.localize(wall, is_dst=summer)
        yield local.astimezone(pytz.utc).replace(tzinfo=None)
