"""Executing a group: its members as flat rows, see docs/sdata.md 8.12."""

from __future__ import annotations

from dataclasses import dataclass

from .context import Context
from .entities.group import MEMBERS
from .formats.scalars import iso
from .group_layouts import layout
from .http import refuse
from .model import Entity, Property
from .paging import page
from .query import Column, compile_select
from .query.paths import Condition
from .query.select import CompiledQuery
from .resources import Entry, Feed

#: Families whose members are kinds of the practice CRM, by lower-case name.
FAMILIES = {"lead": "Lead", "contact": "Contact", "account": "Account"}


@dataclass(frozen=True)
class Group:
    """A group as it is stored."""

    key: str
    family: str
    name: str
    is_ad_hoc: bool
    condition: str
    user: str


def family_of(context: Context, family: str) -> Entity:
    """The entity of a family; Refusal where there is none."""
    name = FAMILIES.get(family.strip().lower())
    if name is None:
        raise refuse(500, f"The entity '{family}' could not be found.")
    return context.state.model.by_name[name]


def execute(context: Context, group: Group) -> Feed:
    """A page of a group's rows; where, orderBy and select speak of aliases."""
    entity = family_of(context, group.family)
    context.rights.check_kind(entity)
    rows = layout(entity, context.state.model, context.rights).rows
    query = _query(context, group, entity, rows)
    state, params = context.state, context.params
    cap = int(str(state.switches["page_cap"]))
    wanted = page(params, default=context.contract.default_count, cap=cap)
    shown = _shown(context, rows)
    columns = [Column(prop.name, prop.expression) for prop in shown]
    total = state.store.row(query.sql_count(), query.params)[0]
    sql = query.sql_rows(wanted.count, wanted.offset, columns)
    feed = Feed(descriptor=group.name)
    found = state.store.rows(sql, query.params)
    feed.entries = [_entry(context, shown, row) for row in found]
    return wanted.link(feed, context.request.url, total)


def _query(
    context: Context, group: Group, entity: Entity, rows: Entity
) -> CompiledQuery:
    conditions = [members(context, group, entity), context.rights.rows(entity)]
    kept = [condition for condition in conditions if condition]
    sql = " AND ".join(f"({condition[0]})" for condition in kept)
    params = tuple(param for condition in kept for param in condition[1])
    return compile_select(
        context.state.model,
        rows,
        where=context.params.get("where"),
        order_by=context.params.get("orderby"),
        row_filter=lambda _entity: (sql, params),
        switches=context.state.switches,
        server_timezone=context.state.switches.zone,
    )


def members(context: Context, group: Group, entity: Entity) -> Condition | None:
    """SQL over ``{t}`` that holds for the members, None where all are."""
    key = f"{{t}}.{entity.key_column}"
    if group.is_ad_hoc:
        sql = f"{key} IN (SELECT ENTITYID FROM {MEMBERS} WHERE GROUPID = ?)"
        return sql, (group.key,)
    if not group.condition:
        return None
    query = compile_select(
        context.state.model,
        entity,
        where=group.condition.replace(":UserID", context.user.user_id),
        switches=context.state.switches,
        server_timezone=context.state.switches.zone,
    )
    return f"{key} IN (SELECT t0.{entity.key_column} {query.source})", query.params


def _shown(context: Context, rows: Entity) -> list[Property]:
    """The key always, the others as select names them."""
    select = context.select
    key, *others = rows.properties
    if not select or select.everything:
        return [key, *others]
    return [key, *(prop for prop in others if prop.name in select)]


def _entry(context: Context, shown: list[Property], row: tuple) -> Entry:
    values = {prop.name: value for prop, value in zip(shown, row, strict=True)}
    types = {prop.name: prop.type for prop in shown}
    if context.state.switches["group_dates"] == "iso":
        for name, kind in types.items():
            if kind == "datetime" and values[name] is not None:
                values[name], types[name] = iso(values[name]), "string"
    return Entry(
        name="Row", namespace="system", descriptor="", values=values, types=types
    )
