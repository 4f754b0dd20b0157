"""From dotted names to columns, collecting the joins they need on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..model import Entity, EntityModel
from .errors import unknown_property
from .sql import Fragment, column, identifier, key_sql, kind_of, property_sql

#: A condition with its parameters; ``{t}`` is the alias of the table and ``{owner}``
#: the owner column of its entity.
Condition = tuple[str, tuple[object, ...]]

#: Row rights: one condition for all entities that have owners, or one per entity.
RowFilter = Condition | Callable[[Entity], Condition | None] | None

ROOT = "t0"


@dataclass(frozen=True)
class Join:
    """A joined table. `repeats` where rows of the root may meet it more than once."""

    alias: str
    entity: Entity
    condition: str
    params: tuple[object, ...]
    repeats: bool
    outer: bool = False


class Paths:
    """Looks up the paths of one query. The same path means the same joined row."""

    def __init__(
        self, model: EntityModel, entity: Entity, row_filter: RowFilter = None
    ) -> None:
        self.model = model
        self.entity = entity
        self._row_filter = row_filter
        self._joins: dict[tuple[str, ...], Join] = {}

    @property
    def joins(self) -> Iterator[Join]:
        return iter(self._joins.values())

    def rights(self, entity: Entity, alias: str) -> Condition | None:
        """What row rights demand of `entity`, None without any."""
        if callable(self._row_filter):
            condition = self._row_filter(entity)
        else:
            condition = self._row_filter if entity.owner_column else None
        if not condition or not condition[0]:
            return None
        sql = condition[0].replace("{t}", alias)
        return sql.replace("{owner}", entity.owner_column), tuple(condition[1])

    def resolve(self, parts: tuple[str, ...], *, outer: bool = False) -> Fragment:
        """The column behind a path; `outer` joins keep rows without a reference.

        Raises QueryError 500 "could not resolve property".
        """
        entity, alias = self.entity, ROOT
        for depth in range(1, len(parts)):
            join = self._join(entity, alias, parts[:depth], outer)
            entity, alias = join.entity, join.alias
        return scalar(entity, alias, parts[-1])

    def _join(
        self, entity: Entity, alias: str, parts: tuple[str, ...], outer: bool
    ) -> Join:
        path = tuple(part.lower() for part in parts)
        known = self._joins.get(path)
        if known is None:
            known = self._new_join(entity, alias, parts, outer)
        elif known.outer and not outer:
            known = replace(known, outer=False)
        self._joins[path] = known
        return known

    def _new_join(
        self, entity: Entity, alias: str, parts: tuple[str, ...], outer: bool
    ) -> Join:
        name = parts[-1].lower()
        new = f"t{len(self._joins) + 1}"
        above = self._joins.get(tuple(part.lower() for part in parts[:-1]))
        repeats = above is not None and above.repeats
        if reference := entity.references_by_name.get(name):
            target = self.model.by_name[reference.entity]
            on = f"{key_sql(target, new)} = {column(alias, reference.column)}"
        elif collection := entity.collections_by_name.get(name):
            target = self.model.by_name[collection.entity]
            on = f"{column(new, collection.column)} = {key_sql(entity, alias)}"
            repeats = True
        else:
            raise unknown_property(parts[-1], entity.name)
        rights, params = self.rights(target, new) or ("", ())
        condition = f"{on} AND ({rights})" if rights else on
        return Join(new, target, condition, params, repeats, outer)


def scalar(entity: Entity, alias: str, name: str) -> Fragment:
    """A property, the key, the descriptor or the column behind a reference."""
    lowered = name.lower()
    if lowered in ("id", "$key"):
        return Fragment(key_sql(entity, alias), "id")
    if lowered == "$descriptor":
        lowered = entity.display.lower()
    prop = entity.properties_by_name.get(lowered)
    if prop is not None and (not prop.hidden or name.startswith("$")):
        return Fragment(property_sql(prop, alias), kind_of(prop), prop=prop)
    reference = entity.references_by_name.get(lowered)
    if reference is None:
        raise unknown_property(name, entity.name)
    return Fragment(column(alias, reference.column), "reference")


def join_sql(join: Join) -> str:
    word = "LEFT JOIN" if join.outer else "INNER JOIN"
    table = identifier(join.entity.table)
    return f"{word} {table} {join.alias} ON {join.condition}"
