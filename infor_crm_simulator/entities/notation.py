"""Writing field lists the way the product's model prints them.

One word per field: ``Name:64`` is text of 64, ``Name:memo``, ``Name:bool``,
``Name:date``, ``Name:int``, ``Name:dec``, ``Name:id``. A trailing ``!`` is a NOT NULL
column, ``~`` a read-only one, ``?Title`` binds the picklist "Title" (write ``_`` for
spaces).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import Property

_TYPES = {
    "memo": "memo",
    "bool": "boolean",
    "date": "datetime",
    "int": "integer",
    "dec": "decimal",
    "id": "id",
}
_WORD = re.compile(
    r"(?P<name>\w+):(?P<type>\w+)(?P<marks>[!~]*)(\?(?P<picklist>[\w-]+))?$"
)
_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])")


def fields(text: str, *, custom: bool = False) -> tuple[Property, ...]:
    """Properties of a field list; ValueError on a word that cannot be read."""
    return tuple(_field(word, custom) for word in text.split())


def _field(word: str, custom: bool) -> Property:
    match = _WORD.match(word)
    if not match:
        raise ValueError(f"cannot read field {word!r}")
    kind = match["type"]
    type_ = _TYPES.get(kind, "string")
    length = int(kind) if kind.isdigit() else 12 if kind == "id" else None
    return Property(
        name=match["name"],
        type=type_,
        length=length,
        nullable="!" not in match["marks"],
        read_only="~" in match["marks"],
        label=label(match["name"]),
        column=match["name"].upper(),
        custom=custom,
        picklist=(match["picklist"] or "").replace("_", " "),
        precision=17 if kind == "dec" else None,
        scale=4 if kind == "dec" else None,
    )


def label(name: str) -> str:
    """ "LeadNameLastFirst" reads "Lead Name Last First"."""
    return _BREAKS.sub(" ", name)


def computed(name: str, expression: str, type_: str = "string") -> Property:
    """A read-only property that SQL computes; ``{t}`` is the table's alias."""
    return Property(
        name=name, type=type_, read_only=True, label=label(name), expression=expression
    )


def enum(
    name: str, values: Iterable[tuple[str, int]], *, nullable: bool = True
) -> Property:
    names, codes = zip(*values, strict=True)
    return Property(
        name=name,
        type="enum",
        nullable=nullable,
        label=label(name),
        column=name.upper(),
        names=names,
        codes=codes,
    )


#: Every entity carries these; the server keeps them, see docs/sdata.md 8.
STAMPS = fields("CreateDate:date~ CreateUser:id~ ModifyDate:date~ ModifyUser:id~")


def joined(*columns: str, separator: str = " ") -> str:
    """SQL that joins the columns that hold something, with one separator between."""
    parts = [
        f"CASE WHEN COALESCE({{t}}.{column},'')='' THEN '' "
        f"ELSE '{separator}'||{{t}}.{column} END"
        for column in columns
    ]
    return f"SUBSTR({'||'.join(parts)},{len(separator) + 1})"
