"""The dynamic contract: a feed per business entity, see docs/sdata.md 1 and 4."""

from __future__ import annotations

from dataclasses import dataclass

from .context import Context
from .http import Answer, Refusal, refuse
from .model import Entity
from .paging import page
from .query import Key, compile_select, parse_predicate_or_key
from .query.select import CompiledQuery
from .reader import Reader
from .resources import Diagnosis, Entry, Feed
from .rowpage import lazy_entries
from .urls import Segment

_TRACE = "   at Sage.Platform.SData.RequestHandlerBase`3.GetEntity(SDataUri uri)"


@dataclass(frozen=True)
class Target:
    """What a path names: a collection, or one row of it where `key` is set.

    `parent` (column, key) narrows it; `reference` marks a row reached through a
    many-to-one relation, which is only for reading.
    """

    entity: Entity
    parent: tuple[str, str] | None = None
    key: str | None = None
    reference: bool = False
    rest: tuple[Segment, ...] = ()


def locate(context: Context, path: list[Segment]) -> Target:
    """Follows a path below the contract; `rest` begins at the first ``$`` segment."""
    entity = context.contract.model.by_path.get(path[0].name.lower())
    if entity is None:
        raise unknown_kind(context)
    context.rights.check_kind(entity)
    target = _select(context, Target(entity), path[0])
    for index, segment in enumerate(path[1:], start=1):
        if segment.name.startswith("$"):
            rest = tuple(path[index:])
            return Target(
                target.entity, target.parent, target.key, target.reference, rest
            )
        target = _step(context, target, segment)
    return target


def unknown_kind(context: Context) -> Refusal:
    """The recorded answer for a kind that does not exist, docs/sdata.md 5.6."""
    split = context.request.split_path
    path = split[1].strip("/") if split else ""
    message = f"Unable to locate a handler to process the request '{path}'"
    return refuse(404, message, "ApplicationNotFound")


def missing(context: Context) -> Refusal:
    status = int(str(context.state.switches["missing_status"]))
    trace = _TRACE if status == 500 else ""
    return Refusal(status, Diagnosis("Entity does not exist", stack_trace=trace))


def query_of(context: Context, target: Target, **more: object) -> CompiledQuery:
    contract = context.contract
    return compile_select(
        contract.model,
        target.entity,
        parent=target.parent,
        row_filter=context.rights.rows,
        switches=contract.switches,
        server_timezone=context.state.switches.zone,
        **more,
    )


def _select(context: Context, target: Target, segment: Segment) -> Target:
    """Narrows a collection to the row its selector names."""
    if not segment.selector:
        return target
    selector = parse_predicate_or_key(segment.selector)
    if isinstance(selector, Key):
        key = selector.value
    else:
        query = query_of(context, target, where=selector.expression)
        shape = context.shape(target.entity)
        rows = context.reader.rows(query, shape, 1)
        if not rows:
            raise missing(context)
        key = rows[0][0].strip()
    return Target(target.entity, target.parent, key, target.reference)


def _step(context: Context, target: Target, segment: Segment) -> Target:
    """From a row along one of its relations."""
    if target.key is None:
        raise unknown_kind(context)
    entity, model = target.entity, context.contract.model
    if item := entity.collections_by_name.get(segment.name.lower()):
        require(context, target)
        child = model.by_name[item.entity]
        context.rights.check_kind(child)
        found = Target(child, (item.column, target.key))
        return _select(context, found, segment)
    if relation := entity.references_by_name.get(segment.name.lower()):
        require(context, target)
        sql = (
            f"SELECT {relation.column} FROM {entity.table} "
            f"WHERE {entity.key_column} = ?"
        )
        row = context.contract.store.row(sql, (target.key,))
        if not row or not row[0]:
            raise missing(context)
        other = model.by_name[relation.entity]
        context.rights.check_kind(other)
        return Target(other, key=row[0], reference=True)
    raise unknown_kind(context)


def require(context: Context, target: Target) -> None:
    """Refusal where the row of a target is missing or hidden."""
    query = by_key(context, target)
    if not context.reader.total(query):
        raise missing(context)


def by_key(context: Context, target: Target) -> CompiledQuery:
    """The query of the one row of a target, row rights included."""
    narrowed = Target(target.entity, (target.entity.key_column, target.key or ""))
    return query_of(context, narrowed)


def read_entry(context: Context, target: Target) -> Entry:
    """One resource, Refusal where it is missing or hidden."""
    shape = context.shape(target.entity)
    rows = context.reader.rows(by_key(context, target), shape, 1)
    if not rows:
        raise missing(context)
    return context.reader.entries(shape, rows)[0]


def read_feed(context: Context, target: Target) -> Feed:
    params, switches = context.params, context.state.switches
    wanted = page(
        params,
        default=context.contract.default_count,
        cap=int(str(switches["page_cap"])),
    )
    depth = int(str(switches["paging_depth"]))
    if depth and wanted.start > depth:
        raise refuse(500, "Timeout expired while reading the result.")
    query = query_of(
        context, target, where=params.get("where"), order_by=params.get("orderby")
    )
    total = context.reader.total(query)
    shape = context.shape(target.entity)
    rows = context.reader.rows(query, shape, wanted.count, wanted.offset)
    feed = Feed(
        descriptor=f"Sage SalesLogix | {target.entity.plural}", entity=target.entity
    )
    # Only the dynamic contract leaves entries as they are read.
    in_bulk = context.json and context.contract.name == "dynamic"
    read = lazy_entries if in_bulk else Reader.entries
    feed.entries = read(context.reader, shape, rows)
    return wanted.link(feed, context.request.url, total)


def get(context: Context, target: Target) -> Answer:
    """Feed or entry, with 304 for a client that has it already."""
    if target.key is None:
        return Answer(read_feed(context, target))
    entry = read_entry(context, target)
    known = context.request.header("if-none-match").strip().strip('"')
    if known and known == entry.etag:
        return Answer(None, 304, {"ETag": f'"{entry.etag}"'})
    return Answer(entry)


def kinds(context: Context) -> Answer:
    """The list of a contract's feeds, which starts at ``…/slx/dynamic/-/``."""
    for_reading(context)
    entries = [
        Entry(
            key=entity.path,
            url=context.links.kind(entity),
            descriptor=entity.plural,
            name="ResourceKind",
            values={"name": entity.path, "entity": entity.name},
        )
        for entity in context.contract.model.entities
        if entity.has_feed
    ]
    title = f"Sage SalesLogix | {context.contract.name.title()}"
    return plain_feed(context, title, entries)


def for_reading(context: Context) -> None:
    """Refusal 405 for any method but those that read."""
    method = context.request.method
    if method not in ("GET", "HEAD"):
        raise refuse(405, f"The method {method} is not allowed here.")


def plain_feed(context: Context, title: str, entries: list[Entry]) -> Answer:
    """A feed of everything there is, without pages."""
    feed = Feed(context.request.url, title, entries, len(entries), 1, len(entries))
    return Answer(feed)
