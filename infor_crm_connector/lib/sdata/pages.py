"""The words of a paged read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import UnreadableAnswer
from .record import Record


@dataclass(frozen=True)
class Ask:
    """Rows with ``after < Id <= upto`` in the server's order, at most ``count``.

    ``start`` is set only where rows cannot be asked for by key.
    """

    after: str | None
    upto: str | None
    count: int
    start: int | None = None


@dataclass(frozen=True)
class Feed:
    """The answer: rows, the total of the whole range asked for, the page size that
    the server says it used, and whether it offers a next page."""

    rows: Sequence[Record]
    total: int | None = None
    per_page: int | None = None
    more: bool = False


@dataclass(frozen=True)
class Page:
    """Rows to use, each key once. ``last_key`` is where a later read may resume."""

    records: tuple[Record, ...]
    last_key: str
    number: int
    last: bool


@dataclass(frozen=True)
class Notice:
    """Something odd: repeated, shrunk, empty, missing, repaired, drift, smaller,
    offset, incomplete, fewer (counted in the end than given). ``facts`` hold the
    numbers."""

    what: str
    facts: dict[str, Any] = field(default_factory=dict)


def key_of(row: Record) -> str:
    key = row.key
    if not key:
        raise UnreadableAnswer(reason="a row without key")
    return key
