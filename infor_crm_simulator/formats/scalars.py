"""Values on the wire, both ways (docs/sdata.md 3.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation

from ..query.dates import EPOCH, milliseconds, parse_date
from ..resources import Scalar
from .errors import PayloadError

#: Milliseconds since 1970 (UTC) to the text between the quotes.
DateWriter = Callable[[int], str]


#: What .NET writes for a moment that is not there.
NO_MOMENT = "0001-01-01T00:00:00+00:00"

_TICKS = re.compile(r"\\?/Date\((-?\d+)(?:[+-]\d{4})?\)\\?/")


def moment(ticks: int) -> datetime:
    """As a datetime in UTC, at the ends of the calendar where it lies beyond."""
    try:
        return EPOCH + timedelta(milliseconds=ticks)
    except OverflowError:
        edge = datetime.max if ticks > 0 else datetime.min
        return edge.replace(tzinfo=timezone.utc)


def iso(ticks: int, zone: str = "Z") -> str:
    """``2014-01-01T00:00:00Z``; milliseconds only where there are some."""
    spec = "milliseconds" if ticks % 1000 else "seconds"
    return moment(ticks).replace(tzinfo=None).isoformat(timespec=spec) + zone


def atom_date(ticks: int) -> str:
    return iso(ticks, "+00:00")


def plain_date(ticks: int) -> str:
    return f"/Date({ticks})/"


def date_writer(style: str, server_timezone: tzinfo = timezone.utc) -> DateWriter:
    """How JSON tells dates: "date", "date_offset" (the server's zone) or "iso".

    The offset is for display: the number is UTC with or without it.
    """

    def with_offset(ticks: int) -> str:
        try:
            offset = moment(ticks).astimezone(server_timezone).strftime("%z")
        except OverflowError:
            offset = "+0000"
        return f"/Date({ticks}{offset[:5]})/"

    writers = {"date": plain_date, "date_offset": with_offset, "iso": iso}
    return writers[style]


def read_scalar(
    raw: object, kind: str, name: str = "", zone: tzinfo = timezone.utc
) -> Scalar:
    """A value of a payload as its property type stores it; dates in milliseconds.

    `raw` may be a JSON scalar or text from Atom. `zone` is that of ISO dates without
    one. PayloadError where the two do not fit.
    """
    if raw is None:
        return None
    reader = _READERS.get(kind)
    try:
        if reader is not None:
            return reader(raw)
        return _read_date(raw, zone) if kind == "datetime" else _read_text(raw)
    except (TypeError, ValueError, OverflowError, InvalidOperation):
        shown = name or "the property"
        raise PayloadError(f"The value of {shown} is not a valid {kind}.") from None


def _read_text(raw: object) -> str:
    if isinstance(raw, bool):
        return "True" if raw else "False"
    if isinstance(raw, (str, int, float)):
        return str(raw)
    raise TypeError


def _read_boolean(raw: object) -> bool | None:
    text = str(raw).strip().lower()
    if text not in ("true", "false", "1", "0", ""):
        raise ValueError
    return None if not text else text in ("true", "1")


def _read_integer(raw: object) -> int | None:
    number = _read_number(raw)
    if number is None:
        return None
    if number != number.to_integral_value() or abs(number) >= 2**63:
        raise ValueError
    return int(number)


def _read_decimal(raw: object) -> float | None:
    number = _read_number(raw)
    return None if number is None else float(number)


def _read_number(raw: object) -> Decimal | None:
    if isinstance(raw, (bool, dict, list)):
        raise TypeError
    text = str(raw).strip()
    number = Decimal(text) if text else None
    if number is not None and not number.is_finite():
        raise ValueError
    return number


def _read_date(raw: object, zone: tzinfo) -> int | None:
    if not isinstance(raw, str):
        raise TypeError
    text = raw.strip()
    if ticks := _TICKS.fullmatch(text):
        return int(ticks[1])
    if not text or text.startswith("0001-01-01"):
        return None
    return milliseconds(parse_date(text), zone)


_READERS: dict[str, Callable[[object], Scalar]] = {
    "boolean": _read_boolean,
    "integer": _read_integer,
    "decimal": _read_decimal,
}
