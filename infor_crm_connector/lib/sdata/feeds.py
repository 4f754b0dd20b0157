"""JSON documents → feeds, records and identities (docs/sdata.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import codec
from .errors import NotFound, UnreadableAnswer
from .pages import Feed
from .record import Identity, Record


def feed_of(data: Any) -> Feed:
    """A JSON feed → :class:`Feed`; raises when it is none."""
    rows = data.get("$resources") if isinstance(data, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnreadableAnswer(reason="not a feed")
    return Feed(
        rows=[Record(row) for row in rows],
        total=_natural(data.get("$totalResults")),
        per_page=_natural(data.get("$itemsPerPage")) or None,
        more=bool(data.get("$next")),
    )


def identity_of(data: Any) -> Identity:
    """The answer of ``getCurrentUser``."""
    response = data.get("response") if isinstance(data, Mapping) else None
    if not isinstance(response, Mapping):
        raise UnreadableAnswer(reason="getCurrentUser without response")
    found = Record(response)
    actions = found.get("securedActions")
    known = isinstance(actions, list)
    return Identity(
        user_id=codec.key(found.get("userId") or ""),
        user_name=codec.key(found.get("userName") or ""),
        pretty_name=codec.key(found.get("prettyName") or ""),
        roles=tuple(str(role) for role in found.get("roles") or ()),
        secured_actions=frozenset(str(a) for a in actions or ()) if known else None,
        generation="8" if known else "7.5",
    )


def _natural(value: Any) -> int | None:
    """A count; some servers write numbers as text, some −1 for "unknown"."""
    try:
        number = codec.decode(value, "integer")
    except ValueError:
        return None
    return number if number is not None and number >= 0 else None


def record_of(data: Any, kind: str, key: str) -> Record:
    """A single entry, bare or as the only row of a feed."""
    if isinstance(data, Mapping) and isinstance(data.get("$resources"), list):
        rows = data["$resources"]
        if not rows:
            raise NotFound(kind=kind, key=key)
        data = rows[0]
    if not isinstance(data, dict):
        raise UnreadableAnswer(reason="not an entry", kind=kind, key=key)
    return Record(data)
