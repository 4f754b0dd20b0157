"""Rows of the store straight to JSON: the fast way for large pages.

A plan is made once per query shape. Each member of the entry has its name written
already and an encoder for its column; a page is one string made of all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring

from .json_text import dumps
from .scalars import DateWriter, plain_date

#: A column's value to the JSON text of the member.
Encoder = Callable[[object], str]


@dataclass(frozen=True)
class Member:
    """One member of an entry: its name, the column of the row, how to write it."""

    name: str
    column: int
    encode: Encoder


def value(
    name: str, column: int, kind: str = "string", dates: DateWriter = plain_date
) -> Member:
    """A scalar of a property type, see `model.PROPERTY_TYPES`."""
    if kind == "datetime":
        return Member(name, column, _date_encoder(dates))
    return Member(name, column, _ENCODERS.get(kind, encode_text))


def address(name: str, column: int, kind_url: str) -> Member:
    """``$url``: `kind_url` with the key, ``…/contacts('K')``."""
    return Member(name, column, lambda key: encode_basestring(f"{kind_url}('{key}')"))


def collection(name: str, column: int, kind_url: str, segment: str) -> Member:
    """A collection that is only named, by the key of its owner."""

    def encode(key: object) -> str:
        url = encode_basestring(f"{kind_url}('{key}')/{segment}")
        return f'{{"$url":{url}}}'

    return Member(name, column, encode)


def reference(name: str, column: int, kind_url: str = "") -> Member:
    """The stub of a reference, null without one; only its key without `kind_url`."""
    if not kind_url:
        return Member(name, column, _key_stub)
    prefix, suffix = encode_basestring(f"{kind_url}('")[:-1], "')\"}"

    def encode(key: object) -> str:
        if key is None:
            return "null"
        text = encode_basestring(str(key))
        return f'{{"$key":{text},"$url":{prefix}{text[1:-1]}{suffix}'

    return Member(name, column, encode)


def nested(name: str, column: int, entries: Mapping[object, str]) -> Member:
    """A related entry rendered before, by its key; null where it is not to be seen."""
    return Member(name, column, lambda key: entries.get(key, "null"))


def constant(name: str, json_value: object) -> Member:
    """The same in every entry."""
    text = dumps(json_value)
    return Member(name, 0, lambda _value: text)


class EntryPlan:
    """Writes entries of one shape. Names must be unique; order is as given."""

    def __init__(self, members: Sequence[Member]) -> None:
        names = [encode_basestring(member.name) for member in members]
        slots = ",".join(f"{name.replace('%', '%%')}:%s" for name in names)
        self._template = f"{{{slots}}}"
        self._steps = [(member.encode, member.column) for member in members]

    def render(self, row: Sequence[object]) -> str:
        """One entry as a JSON object."""
        return self._template % tuple([code(row[i]) for code, i in self._steps])

    def render_rows(self, rows: Iterable[Sequence[object]]) -> str:
        """The inside of ``$resources``: see `json_format.render_feed`."""
        template, steps = self._template, self._steps
        return ",".join(
            [template % tuple([code(row[i]) for code, i in steps]) for row in rows]
        )


def encode_text(text: object) -> str:
    if text is None:
        return "null"
    return encode_basestring(text if text.__class__ is str else str(text))


def encode_boolean(flag: object) -> str:
    if flag is None:
        return "null"
    return "true" if flag else "false"


def encode_number(number: object) -> str:
    """A number; text in a number's column, SQLite allows it, stays text."""
    if number is None:
        return "null"
    return repr(number) if isinstance(number, (int, float)) else dumps(number)


def _date_encoder(dates: DateWriter) -> Encoder:
    if dates is plain_date:
        return _encode_plain_date
    return lambda moment: "null" if moment is None else f'"{dates(int(moment))}"'


def _encode_plain_date(moment: object) -> str:
    return "null" if moment is None else f'"/Date({moment})/"'


def _key_stub(key: object) -> str:
    return "null" if key is None else f'{{"$key":{encode_basestring(str(key))}}}'


_ENCODERS: Mapping[str, Encoder] = {
    "boolean": encode_boolean,
    "integer": encode_number,
    "decimal": encode_number,
}
