"""What of an entity an answer shows: select and include turned into columns.

A shape is compiled once per query; `reader` then turns rows into entries with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .http import refuse
from .model import Collection, Entity, EntityModel, Property, Reference
from .query import Column, NameTree
from .store import VERSION

#: Columns every shape begins with.
KEY, VERSION_AT, UPDATED, DESCRIPTOR = range(4)
_FIRST = 4

HiddenFields = Callable[[Entity], frozenset[str]]


@dataclass(frozen=True)
class WantedReference:
    """`index` is the column with the key; without `nested` it is shown as a stub."""

    relation: Reference
    target: Entity
    index: int
    nested: Shape | None


@dataclass(frozen=True)
class WantedCollection:
    relation: Collection
    target: Entity
    nested: Shape | None


@dataclass(frozen=True)
class Shape:
    """`names` and `properties` are those of the columns from `first` on."""

    entity: Entity
    columns: tuple[Column, ...]
    properties: tuple[Property, ...]
    names: tuple[str, ...]
    references: tuple[WantedReference, ...]
    collections: tuple[WantedCollection, ...]
    types: dict[str, str]
    permissions: tuple[dict[str, str], ...] | None = None
    first: int = _FIRST

    @cached_property
    def booleans(self) -> tuple[str, ...]:
        """Names of the values that SQLite keeps as 1 and 0."""
        return tuple(p.name for p in self.properties if p.type == "boolean")


@dataclass(frozen=True)
class Shaper:
    """Makes shapes for one login on one model."""

    model: EntityModel
    switches: Mapping[str, object]
    hidden: HiddenFields
    permissions: Callable[[Entity], tuple[dict[str, str], ...]]
    _key_property: Property = field(default=Property("Id", "id"), repr=False)

    def shape(self, entity: Entity, select: NameTree, include: NameTree) -> Shape:
        """An empty select is everything; a name in include comes nested."""
        self._check(entity, select)
        properties = self._properties(entity, select)
        columns = [*self._first(entity)]
        columns += [self._column(entity, prop) for prop in properties]
        references = []
        for relation in entity.references:
            if self._wanted(relation.name, select, include):
                target = self.model.by_name[relation.entity]
                nested = self._nested(target, relation.name, select, include)
                references.append(
                    WantedReference(relation, target, len(columns), nested)
                )
                columns.append(Column(relation.name, self._id(relation.column)))
        return Shape(
            entity,
            tuple(columns),
            tuple(properties),
            tuple(prop.name for prop in properties),
            tuple(references),
            tuple(self._collections(entity, select, include)),
            {"Id": "id"},
            self._permissions(entity, include),
        )

    def _first(self, entity: Entity) -> tuple[Column, ...]:
        names = entity.properties_by_name
        updated = "{t}.MODIFYDATE" if "modifydate" in names else "NULL"
        display = names[entity.display.lower()]
        return (
            Column("$key", self._id(entity.key_column)),
            Column("$version", f"{{t}}.{VERSION}"),
            Column("$updated", updated),
            Column("$descriptor", display.expression or f"{{t}}.{display.column}"),
        )

    def _properties(self, entity: Entity, select: NameTree) -> list[Property]:
        everything = not select or select.everything
        absent: frozenset[str] = frozenset()
        if self.switches["hidden_values"] == "absent":
            absent = self.hidden(entity)
        shown = [
            prop
            for prop in entity.properties
            if not prop.hidden
            and (everything or prop.name in select)
            and prop.name.lower() not in absent
        ]
        echo = self.switches["echo_id"]
        asked = "Id" in select or "$key" in select
        if echo == "always" or (echo == "selected" and asked):
            shown.insert(0, self._key_property)
        return shown

    def _column(self, entity: Entity, prop: Property) -> Column:
        if prop is self._key_property:
            return Column("Id", self._id(entity.key_column))
        if prop.name.lower() in self.hidden(entity):
            return Column(prop.name, "NULL")
        if prop.expression:
            return Column(prop.name, prop.expression)
        if prop.type == "id":
            return Column(prop.name, self._id(prop.column))
        return Column(prop.name, f"{{t}}.{prop.column}")

    def _id(self, column: str) -> str:
        """char(12) columns come back padded."""
        if not self.switches["pad_ids"]:
            return f"{{t}}.{column}"
        return (
            f"CASE WHEN LENGTH({{t}}.{column})<12 "
            f"THEN SUBSTR({{t}}.{column}||'            ',1,12) ELSE {{t}}.{column} END"
        )

    @staticmethod
    def _wanted(name: str, select: NameTree, include: NameTree) -> bool:
        return not select or select.wants(name) or name in include

    def _nested(
        self, target: Entity, name: str, select: NameTree, include: NameTree
    ) -> Shape | None:
        if not select.below(name) and name not in include:
            return None
        return self.shape(target, select.below(name), include.below(name))

    def _collections(
        self, entity: Entity, select: NameTree, include: NameTree
    ) -> list[WantedCollection]:
        wanted = []
        for relation in entity.collections:
            target = self.model.by_name[relation.entity]
            nested = self._nested(target, relation.name, select, include)
            if nested is None and "$children" in include:
                nested = self.shape(target, NameTree(), NameTree())
            if nested or self._wanted(relation.name, select, include):
                wanted.append(WantedCollection(relation, target, nested))
        return wanted

    def _permissions(
        self, entity: Entity, include: NameTree
    ) -> tuple[dict[str, str], ...] | None:
        known = self.switches["generation"] == "8" and self.switches["permissions"]
        if "$permissions" not in include or not known:
            return None
        return self.permissions(entity)

    def _check(self, entity: Entity, select: NameTree) -> None:
        """Unknown names are ignored, or refused where the switch says so."""
        if self.switches["unknown_select"] != "error":
            return
        known = {"id", *entity.properties_by_name, *entity.references_by_name}
        known |= set(entity.collections_by_name)
        for name in select:
            if name.lower() not in known and not name.startswith("$"):
                message = (
                    f"could not resolve property: {name} of: "
                    f"Sage.SalesLogix.Entities.{entity.name}"
                )
                raise refuse(500, message)
