"""Feeds as JSON straight from rows, without making their entries.

What is written here is what `reader` and `formats.json_format` would write together;
a test compares the two. Building the entries of a page took most of its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .formats import json_plan
from .formats.json_plan import EntryPlan, LazyEntry, Member
from .formats.scalars import DateWriter
from .reader import Reader, etag
from .resources import Entry
from .shape import (
    DESCRIPTOR,
    KEY,
    UPDATED,
    VERSION_AT,
    Shape,
    WantedCollection,
    WantedReference,
)

Row = tuple


def lazy_entries(reader: Reader, shape: Shape, rows: Sequence[Row]) -> list[LazyEntry]:
    """One per row; they share what the page has in common."""
    page = _Page(reader, shape, rows)
    return [RowEntry(page, row) for row in rows]


class RowEntry(LazyEntry):
    """A row of a page, to become an entry or its JSON."""

    __slots__ = ("_page", "_row")

    def __init__(self, page: _Page, row: Row) -> None:
        self._page = page
        self._row = row

    def entry(self) -> Entry:
        return self._page.reader.entries(self._page.shape, [self._row])[0]

    def json_text(self, compact: bool, dates: DateWriter) -> str:
        return self._page.plan(compact, dates).render(self._row)


class _Page:
    """Rows of one shape; the plan is made when the first of them is written."""

    def __init__(self, reader: Reader, shape: Shape, rows: Sequence[Row]) -> None:
        self.reader = reader
        self.shape = shape
        self._rows = rows
        self._plans: dict[tuple[bool, DateWriter], EntryPlan] = {}

    def plan(self, compact: bool, dates: DateWriter) -> EntryPlan:
        plan = self._plans.get((compact, dates))
        if plan is None:
            planner = _Planner(self.reader, self.shape, self._rows, compact, dates)
            plan = self._plans[compact, dates] = EntryPlan(planner.members())
        return plan


@dataclass(frozen=True)
class _Planner:
    """Plans a page; related entities are fetched and written for all of it at once."""

    reader: Reader
    shape: Shape
    rows: Sequence[Row]
    compact: bool
    dates: DateWriter

    @cached_property
    def _kind_url(self) -> str:
        return self.reader.links.kind(self.shape.entity)

    def members(self) -> list[Member]:
        """Optional ones in the middle: the descriptor is always there."""
        references = [self._reference(wanted) for wanted in self.shape.references]
        return [
            json_plan.value("$key", KEY),
            *self._addresses(),
            self._updated(),
            *(member for member in references if member.optional),
            Member("$etag", slice(KEY, VERSION_AT + 1), _etag),
            Member("$descriptor", DESCRIPTOR, json_plan.encode_text, null='""'),
            *self._values(),
            *(member for member in references if not member.optional),
            *self._collections(),
            *self._permissions(),
        ]

    def _addresses(self) -> list[Member]:
        if self.compact:
            return []
        return [
            json_plan.address("$url", KEY, self._kind_url),
            json_plan.constant("$lookup", self._kind_url),
            json_plan.constant("$httpStatus", 200),
        ]

    def _updated(self) -> Member:
        stamp = json_plan.value("$updated", UPDATED, "datetime", self.dates)
        return Member(stamp.name, stamp.column, stamp.encode, optional=True)

    def _values(self) -> list[Member]:
        shape = self.shape
        return [
            json_plan.value(prop.name, shape.first + index, prop.type, self.dates)
            for index, prop in enumerate(shape.properties)
        ]

    def _reference(self, wanted: WantedReference) -> Member:
        name, column = wanted.relation.name, wanted.index
        optional = self.reader.switches["null_references"] != "null"
        if wanted.nested:
            texts = self._written(wanted.nested, wanted.target.key_column, column)
            single = {key: found[0] for key, found in texts.items()}
            return json_plan.nested(name, column, single, optional)
        url = "" if self.compact else self.reader.links.kind(wanted.target)
        return json_plan.reference(name, column, url, optional, lookup=True)

    def _collections(self) -> list[Member]:
        members = (self._collection(item) for item in self.shape.collections)
        return [member for member in members if member]

    def _collection(self, wanted: WantedCollection) -> Member | None:
        name = wanted.relation.name
        segment = name[0].lower() + name[1:]
        entries = None
        if wanted.nested:
            entries = self._written(wanted.nested, wanted.relation.column, KEY)
        elif self.reader.switches["collection_stubs"] == "null":
            return json_plan.constant(name, None)
        elif self.reader.switches["collection_stubs"] != "url":
            return None
        return json_plan.collection(
            name, KEY, self._kind_url, segment, entries, self.compact
        )

    def _permissions(self) -> list[Member]:
        found = self.shape.permissions
        return [] if found is None else [json_plan.constant("$permissions", found)]

    def _written(self, shape: Shape, column: str, key_at: int) -> dict[str, list[str]]:
        """Related entries as JSON by the value of `column`, for the whole page."""
        keys = {row[key_at] for row in self.rows if row[key_at]}
        found = self.reader.related(shape, column, keys)
        rows = [row[1:] for row in found]
        planner = _Planner(self.reader, shape, rows, self.compact, self.dates)
        plan = EntryPlan(planner.members())
        written: dict[str, list[str]] = {}
        for row in found:
            written.setdefault(row[0].strip(), []).append(plan.render(row[1:]))
        return written


def _etag(key_and_version: Row) -> str:
    return f'"{etag(*key_and_version)}"'
