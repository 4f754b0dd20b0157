"""Values: from the wire and back (docs/sdata.md 3.5).

Types are those of :class:`sdata.FieldInfo`: ``string memo boolean datetime integer
decimal enum reference``. Everything that comes from the CRM is untrusted: a value
that cannot be read as its type raises ``ValueError``, it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# the oldest date production clients dare to write (docs/sdata.md 3.5)
OLDEST = datetime(1901, 1, 1, tzinfo=UTC)
_TICKS = re.compile(r"\s*\\?/Date\((-?\d{1,17})([+-]\d{4})?\)\\?/\s*\Z")
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?\s*\Z"
)
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_TRUE = frozenset({"true", "t", "y", "yes", "1", "+"})
_FALSE = frozenset({"false", "f", "n", "no", "0", "-"})


def decode(value: Any, type: str) -> Any:
    """A value of the wire as Python value; None stays None.

    string, enum → ``str`` (trimmed) · memo → ``str`` (lines end with ``\\n``) ·
    boolean → ``bool`` · datetime → aware ``datetime`` in UTC · integer → ``int`` ·
    decimal → ``float`` · reference → key (``str``). Blank text that stands for
    another type is None.
    """
    if value is None:
        return None
    return _DECODERS[type](value)


def encode(value: Any, type: str) -> Any:
    """The counterpart of :func:`decode`, ready for ``json.dumps``."""
    if value is None:
        return None
    return _ENCODERS[type](value)


def text(value: Any) -> str:
    """Text that every database accepts: no NUL, BOM, control or half characters."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("not a text")
    return _UNWANTED.sub("", str(value))


def key(value: Any) -> str:
    """A record's key; the server pads short ones with blanks (docs/sdata.md 8.0)."""
    return text(value).strip()


def moment(value: Any) -> datetime | None:
    """``/Date(ms±hhmm)/`` or ISO → aware UTC; the "no date" of year 1 → None.

    The offset in the first form is decoration: the milliseconds are UTC. A time
    without zone is taken as UTC.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str):
        raise ValueError("not a date")
    if not value.strip():
        return None
    result = _from_ticks(value) or _from_iso(value)
    if result is None:
        raise ValueError("not a date")
    return None if result.year <= 1 else result


def _from_ticks(value: str) -> datetime | None:
    match = _TICKS.match(value)
    if not match:
        return None
    try:
        return EPOCH + timedelta(milliseconds=int(match[1]))
    except OverflowError:
        raise ValueError("a date out of range") from None


def _from_iso(value: str) -> datetime | None:
    match = _ISO.match(value.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    clock = (int(hour or 0), int(minute or 0), int(second or 0), micro)
    local = datetime(int(year), int(month), int(day), *clock, tzinfo=_zone(zone))
    return local.replace(tzinfo=UTC) if local.year <= 1 else local.astimezone(UTC)


def _zone(text: str | None) -> timezone:
    if not text or text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _string(value: Any) -> str:
    return text(value).strip()


def _memo(value: Any) -> str:
    return text(value).replace("\r\n", "\n").replace("\r", "\n")


def _boolean(value: Any) -> bool | None:
    """``true``, but also the ``T``/``F`` of the database columns."""
    if isinstance(value, bool):
        return value
    word = text(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if word == "":
        return None
    raise ValueError("neither true nor false")


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return Decimal(int(value))
    written = text(value).strip()
    if not written:
        return None
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("not a number we can hold")
    return number


def _integer(value: Any) -> int | None:
    number = _number(value)
    if number is None:
        return None
    if number != int(number):
        raise ValueError("not a whole number")
    return int(number)


def _decimal(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else float(number)


def _reference(value: Any) -> str | None:
    """``{"$key": …}``, as entries hold it, or a bare key."""
    if isinstance(value, Mapping):
        value = value.get("$key")
        if value is None:
            return None
    return key(value) or None


def _to_ticks(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("a date needs its time zone")
    if value < OLDEST:
        raise ValueError("a date before 1901")
    return f"/Date({(value - EPOCH) // timedelta(milliseconds=1)})/"


def _to_memo(value: Any) -> str:
    return _memo(value).replace("\n", "\r\n")


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "enum": _string,
    "memo": _memo,
    "boolean": _boolean,
    "datetime": moment,
    "integer": _integer,
    "decimal": _decimal,
    "reference": _reference,
}
_ENCODERS: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "enum": _string,
    "memo": _to_memo,
    "boolean": _boolean,
    "datetime": _to_ticks,
    "integer": _integer,
    "decimal": _decimal,
    "reference": lambda value: {"$key": key(value)},
}
