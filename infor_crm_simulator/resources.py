"""Neutral answers: what the server says before it is written as JSON or Atom.

Values are plain Python scalars: str, int, float, bool or None. A property of type
"datetime" is an int, milliseconds since 1970 in UTC (may be negative); the format
modules turn it into their own spelling. `Entry.type_of` tells which is which.

Parsing goes the other way, into a *payload*: a plain dict shaped like the JSON of
docs/sdata.md 3.2, whatever came over the wire:

- system members keep their ``$`` name: ``$key``, ``$etag``, ``$ifMatch``,
  ``$httpMethod``, ``$isDeleted``, ``$deleteMissing``, ``$url``;
- scalars are left as they came (JSON scalars, or text from Atom; None for null and
  ``xsi:nil``): types are applied later, by the entity's properties;
- a reference or nested entity is a dict; a collection is
  ``{"$resources": [dict, …], …}``, and so is a whole feed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .model import Entity

Scalar = str | int | float | bool | None
Payload = dict[str, object]


@dataclass
class Diagnosis:
    """One fault as SData tells it, see docs/sdata.md 5.6.

    `application_code`, `stack_trace` and `payload_path` may be None: recorded bodies
    have both empty strings and nulls.
    """

    message: str
    sdata_code: str = "ApplicationDiagnosis"
    severity: str = "Error"
    application_code: str | None = ""
    stack_trace: str | None = ""
    payload_path: str | None = ""


@dataclass
class ReferenceStub:
    """A many-to-one relation that is only named: ``{"$key": …, "$url": …}``."""

    key: str
    url: str
    lookup: str = ""
    descriptor: str = ""
    entity: Entity | None = None


@dataclass
class CollectionStub:
    """A one-to-many relation that is only named: ``{"$url": …}``."""

    url: str


@dataclass
class Entry:
    """One resource.

    `name` is the element name in Atom and `namespace` its prefix's namespace key
    ("dynamic" or "system"); `types` gives the types of properties no `entity` knows.
    `extra` holds further members that JSON shows as they are (``$permissions``,
    bare arrays such as ``adHocIds``, nested plain objects such as ``response``).
    """

    entity: Entity | None = None
    key: str = ""
    url: str = ""
    etag: str = ""
    updated: int | None = None
    descriptor: str | None = None
    lookup: str = ""
    name: str = ""
    namespace: str = "dynamic"
    values: dict[str, Scalar] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    references: dict[str, ReferenceStub | Entry | None] = field(default_factory=dict)
    collections: dict[str, CollectionStub | Feed | None] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)
    http_status: int | None = None
    http_method: str = ""
    http_message: str = ""
    location: str = ""
    diagnoses: Sequence[Diagnosis] = ()

    def type_of(self, name: str) -> str:
        """The property type of a value, "string" where nobody knows."""
        if name in self.types:
            return self.types[name]
        prop = self.entity.properties_by_name.get(name.lower()) if self.entity else None
        return prop.type if prop else "string"

    @property
    def element(self) -> str:
        return self.name or (self.entity.name if self.entity else "Resource")


@dataclass
class Feed:
    """A page of resources. Counts are None where the server does not tell them.

    A nested feed (an included collection) has only `url` and `entries`.
    """

    url: str = ""
    descriptor: str = ""
    entries: list[Entry] = field(default_factory=list)
    total_results: int | None = None
    start_index: int | None = None
    items_per_page: int | None = None
    first: str = ""
    previous: str = ""
    next: str = ""
    last: str = ""
    updated: int | None = None
    entity: Entity | None = None
