"""Moments in text and as the store keeps them: milliseconds since 1970, UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)

_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)


def parse_date(text: str) -> datetime:
    """A moment in ISO 8601; naive where no zone was given.

    Raises ValueError. Digits of a second beyond the microsecond are dropped.
    """
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is not a date")
    *numbers, fraction, zone = match.groups()
    year, month, day, hour, minute, second = (int(n or 0) for n in numbers)
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    moment = datetime(year, month, day, hour, minute, second, micro)
    return moment.replace(tzinfo=_zone(zone)) if zone else moment


def _zone(text: str) -> timezone:
    if text in "Zz":
        return timezone.utc
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def milliseconds(moment: datetime, zone: tzinfo) -> int:
    """Milliseconds since 1970; `zone` is that of a moment without one."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - EPOCH) // _MILLISECOND
