"""Rows as entries: what JSON and Atom are both written from.

Nested entities are fetched for a whole page at once, one statement per relation.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .model import Entity
from .query.paths import RowFilter
from .query.select import CompiledQuery
from .resources import CollectionStub, Entry, Feed, ReferenceStub
from .shape import (
    DESCRIPTOR,
    KEY,
    UPDATED,
    VERSION_AT,
    Shape,
    WantedCollection,
    WantedReference,
)
from .store import Store
from .urls import Links

_CHUNK = 500
_MIX = 0x9E3779B97F4A7C15
_MASK = 0xFFFFFFFFFFFFFFFF


def etag(key: str, version: int) -> str:
    """Base64 of 8 bytes; another one after each save."""
    number = (version * _MIX ^ zlib.crc32(key.strip().encode()) << 20) & _MASK
    return base64.b64encode(number.to_bytes(8, "little")).decode()


@dataclass(frozen=True)
class Reader:
    """Reads for one login; `rights` are its row rights."""

    store: Store
    switches: Mapping[str, object]
    links: Links
    rights: RowFilter

    def rows(
        self, query: CompiledQuery, shape: Shape, limit: int | None, offset: int = 0
    ) -> list[tuple]:
        sql = query.sql_rows(limit, offset, shape.columns)
        return self.store.rows(sql, query.params)

    def total(self, query: CompiledQuery) -> int:
        if query.volatile:
            return self.store.row(query.sql_count(), query.params)[0]
        return self.store.total(query.sql_count(), query.params)

    def entries(self, shape: Shape, rows: list[tuple]) -> list[Entry]:
        nested = Nested(self, shape, rows)
        return [self._entry(shape, row, nested) for row in rows]

    def _entry(self, shape: Shape, row: tuple, nested: Nested) -> Entry:
        key = row[KEY]
        values = dict(zip(shape.names, row[shape.first :], strict=False))
        for name in shape.booleans:
            if values[name] is not None:
                values[name] = bool(values[name])
        entry = Entry(
            entity=shape.entity,
            key=key,
            url=self.links.entry(shape.entity, key),
            etag=etag(key, row[VERSION_AT]),
            updated=row[UPDATED],
            descriptor=row[DESCRIPTOR] or "",
            lookup=self.links.kind(shape.entity),
            values=values,
            types=shape.types,
            http_status=200,
        )
        self._relate(entry, shape, row, nested)
        if shape.permissions is not None:
            entry.extra["$permissions"] = list(shape.permissions)
        return entry

    def _relate(self, entry: Entry, shape: Shape, row: tuple, nested: Nested) -> None:
        for wanted in shape.references:
            name, key = wanted.relation.name, row[wanted.index]
            if not key:
                if self.switches["null_references"] == "null":
                    entry.references[name] = None
            elif wanted.nested:
                entry.references[name] = nested.reference(name, key)
            else:
                entry.references[name] = self._stub(wanted.target, key)
        for item in shape.collections:
            name = item.relation.name
            url = self.links.related(shape.entity, entry.key, name)
            if item.nested:
                children = nested.children(name, entry.key)
                entry.collections[name] = Feed(
                    url=url, entries=children, entity=item.target
                )
            elif self.switches["collection_stubs"] == "url":
                entry.collections[name] = CollectionStub(url)
            elif self.switches["collection_stubs"] == "null":
                entry.collections[name] = None

    def _stub(self, target: Entity, key: str) -> ReferenceStub:
        return ReferenceStub(
            key,
            self.links.entry(target, key),
            self.links.kind(target),
            entity=target,
        )

    def allowed(self, entity: Entity, alias: str) -> tuple[str, tuple]:
        """Row rights as " AND …" with parameters."""
        condition = self.rights(entity) if callable(self.rights) else None
        if not condition:
            return "", ()
        sql = condition[0].replace("{t}", alias)
        return f" AND ({sql.replace('{owner}', entity.owner_column)})", condition[1]

    def related(self, shape: Shape, column: str, keys: Iterable[str]) -> list[tuple]:
        """Rows of the shape, each led by the column it was found by."""
        ordered = sorted(key.strip() for key in keys)
        listed = ", ".join(c.sql.replace("{t}", "t") for c in shape.columns)
        rights, params = self.allowed(shape.entity, "t")
        rows: list[tuple] = []
        for start in range(0, len(ordered), _CHUNK):
            chunk = ordered[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            sql = (
                f"SELECT t.{column}, {listed} FROM {shape.entity.table} t "
                f"WHERE t.{column} IN ({marks}){rights} "
                f"ORDER BY t.{shape.entity.key_column}"
            )
            rows += self.store.rows(sql, (*chunk, *params))
        return rows


class Nested:
    """The related entities of one page, by relation and key."""

    def __init__(self, reader: Reader, shape: Shape, rows: list[tuple]) -> None:
        self._reader = reader
        self._references: dict[str, dict[str, Entry]] = {}
        self._children: dict[str, dict[str, list[Entry]]] = {}
        for wanted in shape.references:
            if wanted.nested:
                keys = {row[wanted.index] for row in rows if row[wanted.index]}
                self._references[wanted.relation.name] = self._targets(wanted, keys)
        for item in shape.collections:
            if item.nested:
                keys = {row[KEY] for row in rows}
                self._children[item.relation.name] = self._members(item, keys)

    def reference(self, name: str, key: str) -> Entry | None:
        return self._references[name].get(key.strip())

    def children(self, name: str, key: str) -> list[Entry]:
        return self._children[name].get(key.strip(), [])

    def _targets(self, wanted: WantedReference, keys: set[str]) -> dict[str, Entry]:
        shape = wanted.nested
        rows = self._reader.related(shape, shape.entity.key_column, keys)
        entries = self._reader.entries(shape, [row[1:] for row in rows])
        return {entry.key.strip(): entry for entry in entries}

    def _members(
        self, wanted: WantedCollection, keys: set[str]
    ) -> dict[str, list[Entry]]:
        shape = wanted.nested
        rows = self._reader.related(shape, wanted.relation.column, keys)
        entries = self._reader.entries(shape, [row[1:] for row in rows])
        found: dict[str, list[Entry]] = {}
        for row, entry in zip(rows, entries, strict=True):
            found.setdefault(row[0].strip(), []).append(entry)
        return found
