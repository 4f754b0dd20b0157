"""Audit rows: history of type atDatabaseChange, see docs/sdata.md 7.

Which entities are audited and whether deletions are is a customer's choice: a switch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .drafts import Draft
from .entities.history import HISTORY
from .formats.scalars import iso
from .model import Entity, Property
from .store import Store
from .users import User

_AUDITED = ("Lead", "Contact", "Account")


@dataclass(frozen=True)
class Audit:
    """Writes the audit rows of one login's saves; `now` in milliseconds."""

    store: Store
    switches: Mapping[str, object]
    user: User
    now: int
    new_key: Callable[[Entity], str]

    def saved(self, draft: Draft) -> None:
        """After a row was made or changed."""
        row = {**draft.old, **draft.values, draft.entity.key_column: draft.key}
        if draft.is_new:
            self._write(draft.entity, row, "Insert", f"New {draft.entity.name}", "")
            return
        changes = list(_changes(draft))
        if changes:
            names = ", ".join(name for name, _new, _old in changes)
            notes = "\r\n".join(
                f"{name}: {new}\r\n  Old Value: {old}" for name, new, old in changes
            )
            self._write(draft.entity, row, "Update", f"Change to {names}", notes)

    def deleted(self, entity: Entity, row: Mapping[str, object]) -> None:
        if self.switches["audit"] == "all":
            self._write(entity, row, "Delete", f"Deleted {entity.name}", "")

    def _write(
        self,
        entity: Entity,
        row: Mapping[str, object],
        result: str,
        description: str,
        notes: str,
    ) -> None:
        if self.switches["audit"] == "off" or entity.name not in _AUDITED:
            return
        values: dict[str, object] = {
            "HISTORYID": self.new_key(HISTORY),
            "TYPE": "atDatabaseChange",
            "CATEGORY": "Database Change",
            "RESULT": result,
            "DESCRIPTION": description[:64],
            "NOTES": notes[:250],
            "LONGNOTES": notes,
            **dict.fromkeys(("STARTDATE", "ORIGINALDATE", "COMPLETEDDATE"), self.now),
            **dict.fromkeys(("CREATEDATE", "MODIFYDATE"), self.now),
            **dict.fromkeys(("CREATEUSER", "MODIFYUSER", "USERID"), self.user.user_id),
            "USERNAME": self.user.pretty_name,
            **dict.fromkeys(("DURATION", "TIMELESS", "ATTACHMENT"), 0),
            **_whose(entity, row),
        }
        self.store.insert(HISTORY, [values])


def _whose(entity: Entity, row: Mapping[str, object]) -> dict[str, object]:
    """The columns by which history names a record."""
    if entity.name == "Account":
        return {"ACCOUNTID": row["ACCOUNTID"], "ACCOUNTNAME": row.get("ACCOUNTNAME")}
    parts = (row.get("LASTNAME"), row.get("FIRSTNAME"))
    name = ", ".join(str(part) for part in parts if part)[:64]
    if entity.name == "Lead":
        return {
            "LEADID": row["LEADID"],
            "LEADNAME": name,
            "ACCOUNTNAME": row.get("COMPANY"),
        }
    return {
        "CONTACTID": row["CONTACTID"],
        "CONTACTNAME": name,
        "ACCOUNTID": row.get("ACCOUNTID"),
        "ACCOUNTNAME": row.get("ACCOUNTNAME"),
    }


def _changes(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Name, new and old value of each field and relation that a client set."""
    changed = draft.changes()
    for prop in draft.entity.properties:
        if prop.column in changed and not prop.read_only:
            new, old = changed[prop.column], draft.old.get(prop.column)
            yield prop.name, _text(prop, new), _text(prop, old)
    for relation in draft.entity.references:
        if relation.column in changed:
            new, old = changed[relation.column], draft.old.get(relation.column)
            yield relation.name, str(new or ""), str(old or "")


def _text(prop: Property, value: object) -> str:
    if value is None:
        return ""
    if prop.type == "boolean":
        return str(bool(value))
    return iso(int(str(value))) if prop.type == "datetime" else str(value)
