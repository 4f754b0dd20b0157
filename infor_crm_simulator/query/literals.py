"""Literals of a where clause as parameters of the property they are compared with."""

from __future__ import annotations

import contextlib
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation

from ..model import Property
from .dates import milliseconds, parse_date
from .errors import bad_cast
from .nodes import LiteralValue
from .sql import bindable


def kind_of_literal(value: LiteralValue) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, datetime):
        return "datetime"
    return "text" if isinstance(value, str) else "number"


def as_parameter(
    value: LiteralValue, kind: str, prop: Property | None, server_timezone: tzinfo
) -> object:
    """What SQLite gets for a literal that meets an operand of `kind`.

    Raises QueryError 500, like the mapper's casts, where the two do not fit.
    """
    if value is None:
        return None
    if kind == "boolean":
        return _boolean(value)
    if kind == "number":
        return _number(value)
    if kind == "datetime":
        return _moment(value, server_timezone)
    if kind == "enum" and prop is not None and prop.names:
        return _enum(value, prop)
    return _text(value, kind)


def _boolean(value: LiteralValue) -> int:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return int(value.lower() == "true")
    if isinstance(value, (bool, int, Decimal)):
        return int(bool(value))
    raise bad_cast(f"The value '{value}' cannot be converted to Boolean.")


def _number(value: LiteralValue) -> int | float:
    if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            whole = number == number.to_integral_value() and abs(number) < 2**63
            return bindable(int(number) if whole else float(number))
    raise bad_cast(f"The value '{value}' cannot be converted to Decimal.")


def _moment(value: LiteralValue, server_timezone: tzinfo) -> int:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = parse_date(value)
    if isinstance(value, datetime):
        return milliseconds(value, server_timezone)
    raise bad_cast(f"The value '{value}' cannot be converted to DateTime.")


def _enum(value: LiteralValue, prop: Property) -> str:
    """The name of an enum's member: written in any case, or given by its number."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        members = prop.codes or tuple(range(len(prop.names)))
        found = dict(zip(members, prop.names, strict=True)).get(int(value))
        return found if found is not None else str(value)
    for name in prop.names:
        if isinstance(value, str) and name.lower() == value.lower():
            return name
    raise bad_cast(f"The member '{value}' was not found in {prop.name}.")


def _text(value: LiteralValue, kind: str) -> str:
    if isinstance(value, (bool, datetime)):
        raise bad_cast(f"The value '{value}' cannot be converted to String.")
    return str(value).rstrip(" ") if kind == "id" else str(value)
