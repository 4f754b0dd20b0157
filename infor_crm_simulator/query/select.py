"""A whole query as SQL: which rows of an entity, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from ..model import Entity, EntityModel
from .compiler import Compiler
from .errors import bad_parameter, bad_where
from .grammar import parse_where
from .nodes import Expression
from .paths import ROOT, Join, Paths, RowFilter, join_sql
from .sql import (
    Fragment,
    column,
    identifier,
    is_too_deep,
    key_sql,
    property_sql,
)
from .switches import switch

#: A collection is read below one row: its column that points up, and that row's key.
Parent = tuple[str, str]

_ORDER = re.compile(r"\s*(\$?\w+(?:\.\$?\w+)*)(?:\s+(asc|desc))?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column of the result: a name of the entity and its SQL over ``{t}``."""

    name: str
    sql: str


def columns_of(entity: Entity) -> tuple[Column, ...]:
    """``$key``, every property, and the key behind every reference, in this order."""
    properties = [
        Column(prop.name, property_sql(prop, "{t}")) for prop in entity.properties
    ]
    references = [
        Column(reference.name, column("{t}", reference.column))
        for reference in entity.references
    ]
    return (Column("$key", key_sql(entity, "{t}")), *properties, *references)


@dataclass(frozen=True)
class CompiledQuery:
    """SQL for rows and for their count; both take `params`.

    `volatile`: the result depends on the clock, so that a count must not be kept.
    """

    entity: Entity
    source: str
    order: str
    params: tuple[object, ...]
    volatile: bool = False

    def sql_rows(
        self,
        limit: int | None = None,
        offset: int = 0,
        columns: Iterable[Column] | None = None,
    ) -> str:
        """SELECT of `columns` (default `columns_of`), 0-based offset, in order."""
        wanted = columns_of(self.entity) if columns is None else columns
        listed = ", ".join(c.sql.replace("{t}", ROOT) for c in wanted)
        sql = f"SELECT {listed} {self.source} ORDER BY {self.order}"
        if limit is None and not offset:
            return sql
        return f"{sql} LIMIT {-1 if limit is None else int(limit)} OFFSET {int(offset)}"

    def sql_count(self) -> str:
        return f"SELECT COUNT(*) {self.source}"


def compile_select(
    model: EntityModel,
    entity: Entity,
    *,
    where: str | Expression | None = None,
    order_by: str | None = None,
    parent: Parent | None = None,
    row_filter: RowFilter = None,
    switches: Mapping[str, object] | None = None,
    server_timezone: tzinfo | str = "UTC",
) -> CompiledQuery:
    """The query of a feed, see docs/sdata.md 4.

    `where` and `order_by` are as on the wire. A path through a reference is an inner
    join of the whole query, whatever stands around it. Raises QueryError.
    """
    switches = switches or {}
    zone = ZoneInfo(server_timezone) if isinstance(server_timezone, str) else None
    paths = Paths(model, entity, row_filter)
    compiler = Compiler(paths, switches, zone or server_timezone)
    condition = _condition(compiler, where)
    order = _order(paths, order_by, switches)
    duplicates = switch(switches, "collection_paths") == "join"
    source, params = _source(paths, parent, condition, duplicates)
    # A computed property may look at the clock as well as the clause itself.
    return CompiledQuery(entity, source, order, params, "_now()" in source)


def _condition(compiler: Compiler, where: str | Expression | None) -> Fragment | None:
    if where is None or (isinstance(where, str) and not where.strip()):
        return None
    expression = parse_where(where) if isinstance(where, str) else where
    try:
        condition = compiler.condition(expression)
    except RecursionError:
        condition = None
    if condition is None or is_too_deep(condition.sql):
        raise bad_where("The where clause is nested too deeply.")
    return condition


def _source(
    paths: Paths, parent: Parent | None, condition: Fragment | None, duplicates: bool
) -> tuple[str, tuple[object, ...]]:
    """FROM and WHERE, with the parameters in the order of their question marks."""
    joins = list(paths.joins)
    inside = [] if duplicates else [join for join in joins if join.repeats]
    outside = [join for join in joins if join not in inside]
    tables = [f"FROM {identifier(paths.entity.table)} {ROOT}", *map(join_sql, outside)]
    conditions = list(_own_conditions(paths, parent))
    if inside:
        condition = _existing(inside, condition)
    if condition is not None:
        conditions.append(condition)
    sql = " ".join(tables)
    if conditions:
        sql += " WHERE " + " AND ".join(part.sql for part in conditions)
    params = [param for join in outside for param in join.params]
    params += [param for part in conditions for param in part.params]
    return sql, tuple(params)


def _own_conditions(paths: Paths, parent: Parent | None) -> Iterable[Fragment]:
    if parent is not None:
        sql = f"{column(ROOT, parent[0])} = ?"
        yield Fragment(sql, "boolean", (parent[1],))
    rights = paths.rights(paths.entity, ROOT)
    if rights is not None:
        yield Fragment(f"({rights[0]})", "boolean", rights[1])


def _existing(joins: Sequence[Join], condition: Fragment | None) -> Fragment:
    """There is a combination of joined rows for which the whole condition holds.

    One EXISTS around everything: two criteria on one collection mean the same child.
    """
    tables = ", ".join(f"{identifier(j.entity.table)} {j.alias}" for j in joins)
    checks = [join.condition for join in joins]
    params = [param for join in joins for param in join.params]
    if condition is not None:
        checks.append(condition.sql)
        params += condition.params
    sql = f"EXISTS (SELECT 1 FROM {tables} WHERE {' AND '.join(checks)})"
    return Fragment(sql, "boolean", tuple(params))


def _order(paths: Paths, text: str | None, switches: Mapping[str, object]) -> str:
    """ORDER BY; the key comes last, so that the order is always total."""
    terms = []
    if text and text.strip():
        terms = [_order_term(paths, part, switches) for part in text.split(",")]
    key = key_sql(paths.entity, ROOT) + _id_collation(switches)
    if not any(term.startswith(key) for term in terms):
        terms.append(key)
    return ", ".join(terms)


def _order_term(paths: Paths, text: str, switches: Mapping[str, object]) -> str:
    match = _ORDER.fullmatch(text)
    if match is None:
        raise bad_parameter(f"'{text.strip()}' is nothing to order by.")
    outer = switch(switches, "order_joins") == "left"
    fragment = paths.resolve(tuple(match[1].split(".")), outer=outer)
    if any(join.repeats and f"{join.alias}." in fragment.sql for join in paths.joins):
        raise bad_parameter(f"'{match[1]}' leads to many rows: no order follows.")
    sql = fragment.sql
    if fragment.kind in ("id", "reference"):
        sql += _id_collation(switches)
    elif fragment.kind == "text" and switch(switches, "collation") == "CI":
        sql = f"slx_fold({sql})"
    return f"{sql} DESC" if (match[2] or "").lower() == "desc" else sql


def _id_collation(switches: Mapping[str, object]) -> str:
    binary = switch(switches, "id_collation") == "binary"
    return " COLLATE BINARY" if binary else " COLLATE NOCASE"
