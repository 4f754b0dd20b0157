"""Values the client hands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import codec


class Record(dict[str, Any]):
    """One entry as the server sent it; names may be asked for in any case.

    Values are those of the wire (use :func:`codec.decode`). The exact spelling is
    found at dict speed, any other one through an index made on demand.
    """

    def __missing__(self, name: str) -> Any:
        return dict.__getitem__(self, self._spelled(name))

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        if dict.__contains__(self, name):
            return True
        return isinstance(name, str) and name.lower() in self._spellings()

    def _spelled(self, name: str) -> str:
        return self._spellings()[name.lower()]

    def _spellings(self) -> dict[str, str]:
        spellings: dict[str, str] | None = self.__dict__.get("_index")
        if spellings is None or len(spellings) != len(self):
            spellings = self._index = {name.lower(): name for name in self}
        return spellings

    def at(self, path: str, default: Any = None) -> Any:
        """The value at a path as ``select`` writes it: ``Address/City``.

        A reference without content, or a null on the way, gives the default.
        """
        value: Any = self
        for step in path.split("/"):
            if not isinstance(value, Mapping):
                return default
            value = (value if isinstance(value, Record) else Record(value)).get(step)
        return default if value is None else value

    @property
    def key(self) -> str:
        """``$key``, or ``Id`` where a server sends only that; "" when neither."""
        found = self.get("$key") or self.get("Id")
        return codec.key(found) if isinstance(found, (str, int)) else ""

    @property
    def etag(self) -> str | None:
        found = self.get("$etag")
        return found.strip() or None if isinstance(found, str) else None

    @property
    def descriptor(self) -> str:
        found = self.get("$descriptor")
        return codec.text(found) if isinstance(found, str) else ""

    @property
    def updated(self) -> datetime | None:
        """When the record last changed, by the server's clock."""
        for name in ("$updated", "ModifyDate"):
            try:
                found = codec.moment(self.get(name) or "")
            except ValueError:
                continue
            if found:
                return found
        return None


@dataclass(frozen=True)
class Identity:
    """Who is logged in. ``secured_actions`` is None where the server has none (7.5)."""

    user_id: str
    user_name: str
    pretty_name: str
    roles: tuple[str, ...]
    secured_actions: frozenset[str] | None
    generation: str


@dataclass(frozen=True)
class FieldInfo:
    """One field of a kind.

    ``name`` is a path for fields of the record's address (``Address/City``).
    ``type``: string memo boolean datetime integer decimal enum reference.
    ``max_length`` in characters, None when unknown or unlimited. ``custom`` is None
    when it cannot be told. ``picklist`` is the list's name, "" without one.
    ``source`` names the place that offered the field: properties, schema, template,
    or known (the stock model).
    """

    name: str
    label: str
    type: str = "string"
    max_length: int | None = None
    nullable: bool = True
    read_only: bool = False
    custom: bool | None = None
    picklist: str = ""
    source: str = ""


@dataclass(frozen=True)
class PicklistItem:
    text: str
    code: str
    sort: int


@dataclass(frozen=True)
class Picklist:
    """A list of values, in the administrator's order. ``must_exist``: people may enter
    nothing else. ``multiple``: a value holds several items, parted by commas
    (docs/sdata.md 8.13)."""

    items: tuple[PicklistItem, ...]
    must_exist: bool = False
    multiple: bool = False

    def __iter__(self) -> Iterator[PicklistItem]:
        return iter(self.items)


@dataclass(frozen=True)
class Permissions:
    """What the login may do with a kind: "yes", "no" or "unknown"."""

    kind: str
    create: str = "unknown"
    update: str = "unknown"
    read_only_fields: frozenset[str] = field(default_factory=frozenset)
    hidden_fields: frozenset[str] = field(default_factory=frozenset)
