"""Small pieces of SQL with the parameters that go with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Entity, Property

#: What a piece of SQL yields. "id" and "enum" compare as they are; "text" by the
#: collation; "reference" is the column behind a reference; "null" the literal.
KINDS = ("text", "id", "enum", "number", "boolean", "datetime", "reference", "null")

_KIND_OF_TYPE = {
    "id": "id",
    "string": "text",
    "memo": "text",
    "boolean": "boolean",
    "datetime": "datetime",
    "integer": "number",
    "decimal": "number",
    "enum": "enum",
}

_BIGGEST = 2**63 - 1
_GROUP = 100
_STACK = 90
_PARENTHESIS = re.compile(r"\w?\(|\)")


@dataclass(frozen=True)
class Fragment:
    """SQL with its positional parameters; `prop` where it is a plain property."""

    sql: str
    kind: str
    params: tuple[object, ...] = ()
    prop: Property | None = None


def kind_of(prop: Property) -> str:
    return _KIND_OF_TYPE[prop.type]


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def column(alias: str, name: str) -> str:
    return f"{alias}.{identifier(name)}"


def property_sql(prop: Property, alias: str) -> str:
    """A property of the row `alias`; its column is named like it unless it says so."""
    if prop.expression:
        return f"({prop.expression.replace('{t}', alias)})"
    return column(alias, prop.column or prop.name)


def key_sql(entity: Entity, alias: str) -> str:
    return column(alias, entity.key_column)


def join_params(fragments: Iterable[Fragment]) -> tuple[object, ...]:
    return tuple(param for fragment in fragments for param in fragment.params)


def chained(word: str, parts: Sequence[str]) -> str:
    """Parts joined by AND or OR, in groups: SQLite limits a tree's depth to 1000."""
    while len(parts) > _GROUP:
        groups = [parts[i : i + _GROUP] for i in range(0, len(parts), _GROUP)]
        parts = [chained(word, group) for group in groups]
    joined = f" {word} ".join(parts)
    return joined if len(parts) == 1 else f"({joined})"


def is_too_deep(sql: str) -> bool:
    """Whether SQLite's parser, whose stack holds 100 symbols, might overflow.

    A parenthesis costs up to three of them, five behind the name of a function.
    """
    costs = [0]
    for match in _PARENTHESIS.finditer(sql):
        if match[0] == ")":
            costs.pop()
        else:
            costs.append(costs[-1] + (3 if match[0] == "(" else 5))
            if costs[-1] > _STACK:
                return True
    return False


def bindable(number: float) -> int | float:
    """SQLite holds 64 bits; larger numbers become approximate."""
    return number if abs(number) <= _BIGGEST else float(number)
