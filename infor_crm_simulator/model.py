"""What an entity of Infor CRM is made of.

The vocabulary shared by store, queries and formats. Pure data: `entities` fills it
with the fields of Infor CRM; nothing here knows SQL or HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

#: Types of a property as the entity model names them, see docs/sdata.md 6.4.
#: "id" is char(12); "datetime" is kept as milliseconds since 1970 (UTC);
#: "boolean" as 1, 0 or NULL; "enum" by its name ("atNote").
PROPERTY_TYPES = (
    "id",
    "string",
    "memo",
    "boolean",
    "datetime",
    "integer",
    "decimal",
    "enum",
)


@dataclass(frozen=True)
class Property:
    """A scalar of an entity.

    `expression` makes it computed (and read-only): SQL over the row, where ``{t}``
    stands for the alias of the entity's table. The numbers in `codes` belong to the
    enum `names` at the same position; the store keeps the name. `mandatory` is what
    ``$schema`` tells of it, the rules decide for themselves. A `hidden` one serves
    ``$descriptor`` alone and never goes over the wire.
    """

    name: str
    type: str = "string"
    length: int | None = None
    nullable: bool = True
    read_only: bool = False
    label: str = ""
    column: str = ""
    custom: bool = False
    picklist: str = ""
    names: tuple[str, ...] = ()
    expression: str = ""
    codes: tuple[int, ...] = ()
    precision: int | None = None
    scale: int | None = None
    mandatory: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Reference:
    """A many-to-one relation: `column` of this table holds the key of `entity`."""

    name: str
    entity: str
    column: str
    nullable: bool = True


@dataclass(frozen=True)
class Collection:
    """A one-to-many relation: `column` of `entity`'s table holds our key."""

    name: str
    entity: str
    column: str


@dataclass(frozen=True)
class Entity:
    """One business entity with a feed of its own.

    `path` is the segment in URLs ("leads"), `display` the property behind
    ``$descriptor``, `owner_column` the column that row rights look at, or "".
    Without `has_feed` the entity is reached only through its relations.
    """

    name: str
    path: str
    table: str
    plural: str
    key_column: str
    key_letter: str
    display: str
    properties: tuple[Property, ...]
    references: tuple[Reference, ...] = ()
    collections: tuple[Collection, ...] = ()
    owner_column: str = ""
    read_only: bool = False
    has_feed: bool = True
    label: str = ""
    extra: dict[str, object] = field(default_factory=dict, compare=False, hash=False)

    @cached_property
    def properties_by_name(self) -> dict[str, Property]:
        """Properties by lower-case name: names are case-insensitive on the wire."""
        return {prop.name.lower(): prop for prop in self.properties}

    @cached_property
    def references_by_name(self) -> dict[str, Reference]:
        return {reference.name.lower(): reference for reference in self.references}

    @cached_property
    def collections_by_name(self) -> dict[str, Collection]:
        return {item.name.lower(): item for item in self.collections}


@dataclass(frozen=True)
class EntityModel:
    """All entities of one server (generation and custom fields included)."""

    entities: tuple[Entity, ...]

    @cached_property
    def by_name(self) -> dict[str, Entity]:
        return {entity.name: entity for entity in self.entities}

    @cached_property
    def by_path(self) -> dict[str, Entity]:
        return {
            entity.path.lower(): entity for entity in self.entities if entity.has_feed
        }
