"""Feeds and entries as JSON, and payloads out of it (docs/sdata.md 3.2).

`compact` answers ``_compact=true``: addresses, lookups and statuses are left out.
What exactly a real server leaves out is not known (docs/sdata.md 3.3).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..resources import (
    CollectionStub,
    Entry,
    Feed,
    Payload,
    ReferenceStub,
    Scalar,
)
from .diagnoses import as_objects
from .errors import PayloadError
from .json_plan import LazyEntry
from .json_text import dumps, encoded
from .scalars import DateWriter, plain_date

CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class _Style:
    """How one answer is written; `conversions` remembers what its entries share."""

    compact: bool
    dates: DateWriter
    conversions: dict[object, list[tuple[str, str]]] = field(default_factory=dict)


def render_feed(
    feed: Feed, compact: bool = False, dates: DateWriter = plain_date
) -> bytes:
    """A feed; entries that are lazy are written without being made."""
    style = _Style(compact, dates)
    items = [
        item.json_text(compact, dates)
        if isinstance(item, LazyEntry)
        else dumps(_entry(item, style))
        for item in feed.entries
    ]
    opening = dumps(_feed_head(feed, style))[1:-1]
    separator = "," if opening else ""
    return encoded(f'{{{opening}{separator}"$resources":[{",".join(items)}]}}')


def render_entry(
    entry: Entry, compact: bool = False, dates: DateWriter = plain_date
) -> bytes:
    """A single resource: the bare object."""
    return encoded(dumps(_entry(entry, _Style(compact, dates))))


def _present(members: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Members that have something to tell; zero does."""
    return {name: value for name, value in members if value not in (None, "")}


def _feed_head(feed: Feed, style: _Style) -> dict[str, object]:
    links = {"$next": feed.next}
    if not style.compact:
        links = {
            "$first": feed.first,
            "$previous": feed.previous,
            "$next": feed.next,
            "$last": feed.last,
        }
    about = {} if style.compact else {"$descriptor": feed.descriptor, "$url": feed.url}
    counts = {
        "$totalResults": feed.total_results,
        "$startIndex": feed.start_index,
        "$itemsPerPage": feed.items_per_page,
    }
    updated = None if feed.updated is None else style.dates(feed.updated)
    return _present(({**about, "$updated": updated, **counts, **links}).items())


def _entry(entry: Entry, style: _Style) -> dict[str, object]:
    return {
        **_system_members(entry, style),
        **_values(entry, style),
        **{name: _related(item, style) for name, item in entry.references.items()},
        **{name: _related(item, style) for name, item in entry.collections.items()},
        **entry.extra,
    }


def _system_members(entry: Entry, style: _Style) -> dict[str, object]:
    full = not style.compact
    members = _present(
        {
            "$key": entry.key,
            "$url": entry.url if full else "",
            "$lookup": entry.lookup if full else "",
            "$httpMethod": entry.http_method,
            "$httpStatus": entry.http_status if full or entry.http_method else None,
            "$httpMessage": entry.http_message,
            "$location": entry.location,
            "$etag": entry.etag,
            "$updated": None if entry.updated is None else style.dates(entry.updated),
        }.items()
    )
    if entry.descriptor is not None:
        members["$descriptor"] = entry.descriptor
    if entry.diagnoses:
        members["$diagnoses"] = as_objects(entry.diagnoses)
    return members


def _values(entry: Entry, style: _Style) -> dict[str, Scalar]:
    values = dict(entry.values)
    for name, kind in _conversions(entry, style):
        value = values[name]
        if value is not None:
            is_date = kind == "datetime"
            values[name] = style.dates(int(value)) if is_date else bool(value)
    return values


def _conversions(entry: Entry, style: _Style) -> list[tuple[str, str]]:
    """Names whose values JSON spells in its own way, with their types.

    Entries of one page have the same names: they are looked at once.
    """
    shape = (entry.entity and entry.entity.name, id(entry.types), tuple(entry.values))
    found = style.conversions.get(shape)
    if found is None:
        kinds = [(name, entry.type_of(name)) for name in entry.values]
        found = [pair for pair in kinds if pair[1] in ("datetime", "boolean")]
        style.conversions[shape] = found
    return found


def _related(item: object, style: _Style) -> object:
    if isinstance(item, Entry):
        return _entry(item, style)
    if isinstance(item, Feed):
        entries = [_entry(entry, style) for entry in item.entries]
        return {**_feed_head(item, style), "$resources": entries}
    if isinstance(item, ReferenceStub):
        return _stub(item, style)
    if isinstance(item, CollectionStub):
        return {} if style.compact else {"$url": item.url}
    return item


def _stub(stub: ReferenceStub, style: _Style) -> dict[str, object]:
    if style.compact:
        return {"$key": stub.key}
    members = {
        "$key": stub.key,
        "$url": stub.url,
        "$lookup": stub.lookup,
        "$descriptor": stub.descriptor,
    }
    return _present(members.items())


def parse_entry(body: bytes) -> Payload:
    """The object a client sent; PayloadError if it is none."""
    payload = _load(body)
    if not isinstance(payload, dict):
        raise PayloadError("The payload is not a JSON object.")
    return payload


def parse_feed(body: bytes) -> Payload:
    """A feed such as a batch: its ``$resources`` are all objects."""
    payload = parse_entry(body)
    resources = payload.get("$resources")
    if not isinstance(resources, list):
        raise PayloadError("The payload has no $resources.")
    if not all(isinstance(item, dict) for item in resources):
        raise PayloadError("A member of $resources is not a JSON object.")
    return payload


def _load(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"The payload is not JSON: {error}") from None


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number")
