"""Filters. Nothing else in the addon assembles the text of a ``where``.

Grammar: docs/sdata.md 4.2. Values pass through :func:`quote`, names through
:func:`name`; a clause is a plain ``str`` that is complete in itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal

KEYS_PER_LIST = 100
_NAME = re.compile(r"\$?[A-Za-z_]\w*(\.\$?[A-Za-z_]\w*)*\Z", re.ASCII)

_FUNCTIONS = frozenset({"lower(%s)", "lower(trim(%s))"})

Value = None | bool | int | float | Decimal | str | datetime | date


def quote(value: Value | Sequence[Value]) -> str:
    """The value as a literal of the filter language.

    >>> quote("O'Hara"), quote(True), quote(None), quote(["a", 1])
    ("'O''Hara'", 'true', 'null', "('a',1)")

    A ``datetime`` must know its zone; it is sent as UTC, cut to whole seconds
    because fractions are not known to be understood everywhere. A naive one, a
    number without value (nan) and a NUL character raise ``ValueError``.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return f"@{value.isoformat()}@"
    if isinstance(value, (list, tuple)):
        return "(" + ",".join(quote(item) for item in value) + ")"
    raise TypeError(f"cannot filter by a {type(value).__name__}")


def _string(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL character cannot be filtered by")
    return "'" + value.replace("'", "''") + "'"


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise ValueError("not a number")
    # never an exponent: the grammar has none
    return format(Decimal(str(value)), "f")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a date with time needs its time zone")
    moment = value.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    return f"@{moment.isoformat()}Z@"


def name(path: str) -> str:
    """The property path, if it is one (``Address.City``); ``ValueError`` otherwise.

    Slashes, as ``select`` writes them, become dots.
    """
    path = path.replace("/", ".")
    if not _NAME.match(path):
        raise ValueError(f"not a property name: {path!r}")
    return path


def eq(field: str, value: Value) -> str:
    return f"{name(field)} eq {quote(value)}"


def ne_or_null(field: str, value: Value) -> str:
    """Rows where the field differs, those without a value included.

    A bare ``ne`` drops the latter (docs/sdata.md 4.2).
    """
    field = name(field)
    return f"({field} ne {quote(value)} or {field} eq null)"


def false_or_null(field: str) -> str:
    """Rows where a flag is not set; flags that were never touched are null."""
    field = name(field)
    return f"({field} eq false or {field} eq null)"


def blank(field: str) -> str:
    field = name(field)
    return f"({field} eq null or {field} eq '')"


def like(field: str, pattern: str) -> str:
    return f"{name(field)} like {quote(pattern)}"


def in_(field: str, values: Iterable[Value]) -> str:
    values = list(values)
    if not values:
        raise ValueError("an empty list matches nothing: do not ask")
    return f"{name(field)} in {quote(values)}"


def one_of(function: str, field: str, values: Iterable[Value]) -> str:
    """``in`` on what a function makes of the field (docs/sdata.md 4.3).

    >>> one_of("lower(trim(%s))", "Email", ["jane@example.com"])
    "lower(trim(Email)) in ('jane@example.com')"
    """
    if function not in _FUNCTIONS:
        raise ValueError(f"not a function to filter by: {function!r}")
    if not (values := list(values)):
        raise ValueError("an empty list matches nothing: do not ask")
    return f"{function % name(field)} in {quote(values)}"


def like_one_of(function: str, field: str, patterns: Iterable[str]) -> str:
    """Any of the patterns, on what a function makes of the field.

    >>> like_one_of("lower(%s)", "Email", ["%jane@example.com%"])
    "lower(Email) like '%jane@example.com%'"
    """
    if function not in _FUNCTIONS:
        raise ValueError(f"not a function to filter by: {function!r}")
    found = or_(*(f"{function % name(field)} like {quote(p)}" for p in patterns))
    if not found:
        raise ValueError("no pattern matches nothing: do not ask")
    return found


def in_chunks(field: str, values: Iterable[Value]) -> Iterator[str]:
    """``in`` clauses of at most :data:`KEYS_PER_LIST` values each."""
    values = list(values)
    for start in range(0, len(values), KEYS_PER_LIST):
        yield in_(field, values[start : start + KEYS_PER_LIST])


def between_dates(field: str, start: datetime | None, end: datetime | None) -> str:
    """The window [start, end): neighbouring windows neither overlap nor leave a gap."""
    field = name(field)
    parts = []
    if start is not None:
        parts.append(f"{field} ge {quote(start)}")
    if end is not None:
        parts.append(f"{field} lt {quote(end)}")
    if not parts:
        raise ValueError("a window needs at least one end")
    return " and ".join(parts)


def gt_key(key: str, field: str = "Id") -> str:
    return f"{name(field)} gt {quote(key)}"


def le_key(key: str, field: str = "Id") -> str:
    return f"{name(field)} le {quote(key)}"


def and_(*clauses: str | None) -> str | None:
    """All of them; None and "" are left out; None when nothing remains."""
    return _joined(" and ", clauses)


def or_(*clauses: str | None) -> str | None:
    return _joined(" or ", clauses)


def _joined(word: str, clauses: Iterable[str | None]) -> str | None:
    parts = [clause for clause in clauses if clause]
    if len(parts) < 2:
        return parts[0] if parts else None
    return word.join(f"({part})" for part in parts)
