"""Rows of the store straight to JSON: the fast way for large pages.

A plan is made once per query shape. Each member of the entry has its name written
already and an encoder for its column; a page is one string made of all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from urllib.parse import quote

from ..resources import Entry
from .json_text import dumps
from .scalars import DateWriter, plain_date

#: A column's value to the JSON text of the member.
Encoder = Callable[[object], str]


class LazyEntry:
    """An entry of a feed that has not been made: JSON does not need it to be."""

    __slots__ = ()

    def entry(self) -> Entry:
        raise NotImplementedError

    def json_text(self, compact: bool, dates: DateWriter) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Member:
    """One member of an entry: its name, the column of the row, how to write it.

    `null` is written for a null. An `optional` member is left out instead. A slice
    of the row is a column too; without a column the member is `null` in every entry.
    """

    name: str
    column: int | slice | None
    encode: Encoder
    optional: bool = False
    null: str = "null"


def value(
    name: str, column: int, kind: str = "string", dates: DateWriter = plain_date
) -> Member:
    """A scalar of a property type, see `model.PROPERTY_TYPES`."""
    if kind == "datetime":
        return Member(name, column, _date_encoder(dates))
    return Member(name, column, _ENCODERS.get(kind, encode_text))


def address(name: str, column: int, kind_url: str) -> Member:
    """``$url``: `kind_url` with the key, ``…/contacts('K')``."""
    return Member(name, column, lambda key: f'"{_url(kind_url, key)}"')


def collection(
    name: str,
    column: int,
    kind_url: str,
    segment: str,
    entries: Mapping[str, Sequence[str]] | None = None,
    compact: bool = False,
) -> Member:
    """A collection by the key of its owner: only named, or with `entries` as JSON."""

    def encode(key: object) -> str:
        url = "" if compact else f'"$url":"{_url(kind_url, key)}/{segment}"'
        if entries is None:
            return f"{{{url}}}"
        inside = ",".join(entries.get(str(key).strip(), ()))
        return f'{{{url}{"," if url else ""}"$resources":[{inside}]}}'

    return Member(name, column, encode)


def reference(
    name: str,
    column: int,
    kind_url: str = "",
    optional: bool = False,
    lookup: bool = False,
) -> Member:
    """The stub of a reference, null without one; only its key without `kind_url`."""
    tail = f'","$lookup":"{kind_url}"}}' if lookup else '"}'

    def encode(key: object) -> str:
        if not key:
            return "null"
        if not kind_url:
            return f'{{"$key":{encode_basestring(str(key))}}}'
        return (
            f'{{"$key":{encode_basestring(str(key))},'
            f'"$url":"{_url(kind_url, key)}{tail}'
        )

    return Member(name, column, encode, optional)


def _url(kind_url: str, key: object) -> str:
    text = str(key)
    safe = text if text.isalnum() and text.isascii() else quote(text)
    return f"{kind_url}('{safe}')"


def nested(
    name: str, column: int, entries: Mapping[str, str], optional: bool = False
) -> Member:
    """A related entry written before, by its key; null where it is not to be seen."""

    def encode(key: object) -> str:
        return entries.get(str(key).strip(), "null") if key else "null"

    return Member(name, column, encode, optional)


def constant(name: str, json_value: object) -> Member:
    """The same in every entry."""
    return Member(name, None, str, null=dumps(json_value))


class EntryPlan:
    """Writes entries of one shape. Names must be unique; order is as given.

    An optional member writes its own name and comma, so the last must not be one.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        slots = [_slot(member) for member in members]
        self._template = f"{{{''.join(slots).removesuffix(',')}}}"
        self._steps = [_step(m) for m in members if m.column is not None]

    def render(self, row: Sequence[object]) -> str:
        """One entry as a JSON object."""
        texts = [
            null if (column := row[place]) is None else encode(column)
            for place, encode, null in self._steps
        ]
        return self._template % tuple(texts)


def _slot(member: Member) -> str:
    """The place of a member in the template, where "%" stands for itself twice."""
    if member.optional:
        return "%s"
    name = encode_basestring(member.name).replace("%", "%%")
    if member.column is None:
        return f"{name}:{member.null.replace('%', '%%')},"
    return f"{name}:%s,"


def _step(member: Member) -> tuple[int | slice | None, Encoder, str]:
    if not member.optional:
        return member.column, member.encode, member.null
    opening = encode_basestring(member.name) + ":"

    def encode(column: object) -> str:
        return "" if column == "" else f"{opening}{member.encode(column)},"

    return member.column, encode, ""


def encode_text(text: object) -> str:
    return encode_basestring(text if text.__class__ is str else str(text))


def encode_boolean(flag: object) -> str:
    return "true" if flag else "false"


def encode_number(number: object) -> str:
    """A number; text in a number's column, SQLite allows it, stays text."""
    return repr(number) if isinstance(number, (int, float)) else dumps(number)


def _date_encoder(dates: DateWriter) -> Encoder:
    return lambda moment: f'"{dates(int(moment))}"'


_ENCODERS: Mapping[str, Encoder] = {
    "boolean": encode_boolean,
    "integer": encode_number,
    "decimal": encode_number,
}
