"""What the login may do, found out without writing anything (docs/sdata.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import urls
from .door import Door
from .errors import (
    BadRequest,
    KindNotFound,
    NotSData,
    RightsRefused,
    SDataError,
    ServerFault,
    UnreadableAnswer,
)
from .facts import entity_name
from .record import Identity, Permissions

# a question the server need not understand; anything else is told to the caller
NOT_ANSWERED = (
    RightsRefused,
    KindNotFound,
    BadRequest,
    NotSData,
    ServerFault,
    UnreadableAnswer,
)


class Inspector:
    def __init__(self, door: Door) -> None:
        self._door = door

    def permissions(self, kind: str, identity: Identity) -> Permissions:
        """From secured actions (8.0 on) and ``$permissions`` (8.2 on)."""
        restricted = self._restricted(kind)
        return Permissions(
            kind=kind,
            create=_granted(identity, entity_name(kind), "Add"),
            update=_granted(identity, entity_name(kind), "Edit"),
            read_only_fields=_with_access(restricted, "readonly"),
            hidden_fields=_with_access(restricted, "noaccess"),
        )

    def _restricted(self, kind: str) -> list[Mapping[str, Any]]:
        params = [("select", "Id"), ("include", "$permissions"), ("count", "1")]
        call = self._door.get(urls.kind_path(kind), params, kind=kind)
        try:
            data = self._door.json(call, attempts=1)
        except NOT_ANSWERED:
            return []
        rows = data.get("$resources") if isinstance(data, Mapping) else None
        row = rows[0] if isinstance(rows, list) and rows else {}
        found = row.get("$permissions") if isinstance(row, Mapping) else None
        return [f for f in found or () if isinstance(f, Mapping)]


def _granted(identity: Identity, entity: str, action: str) -> str:
    """Unknown without a list, or when it does not speak of this entity at all."""
    actions = {action.lower() for action in identity.secured_actions or ()}
    prefix = f"entities/{entity.lower()}/"
    if not any(known.startswith("entities/") for known in actions):
        return "unknown"
    return "yes" if prefix + action.lower() in actions else "no"


def _with_access(found: list[Mapping[str, Any]], access: str) -> frozenset[str]:
    return frozenset(
        str(entry.get("name"))
        for entry in found
        if str(entry.get("access", "")).lower() == access
    )


def cannot_tell(error: SDataError) -> bool:
    return isinstance(error, NOT_ANSWERED)
