"""Creating, changing and deleting rows with all that hangs on them.

One request is one transaction: nested entities are written with their owner or not at
all, see docs/sdata.md 5.
"""

from __future__ import annotations

from collections.abc import Mapping

from .audit import Audit
from .context import Context
from .drafts import Draft, DraftReader, database_error
from .formats import PayloadError
from .model import Collection, Entity, Reference
from .resources import Payload
from .rules import ADDRESSES, Rules
from .store import VERSION

#: What goes with a row: (entity, column that holds its key).
_CASCADES = {
    "Lead": (
        ("LeadAddress", "LEADID"),
        ("History", "LEADID"),
        ("Activity", "LEADID"),
        ("CampaignTarget", "ENTITYID"),
    ),
    "Contact": (
        ("Address", "ENTITYID"),
        ("History", "CONTACTID"),
        ("Activity", "CONTACTID"),
        ("CampaignTarget", "ENTITYID"),
    ),
    "Account": (
        ("Address", "ENTITYID"),
        ("Contact", "ACCOUNTID"),
        ("History", "ACCOUNTID"),
        ("Activity", "ACCOUNTID"),
    ),
    "Activity": (("UserActivity", "ACTIVITYID"),),
    "Campaign": (("CampaignTarget", "CAMPAIGNID"),),
}


class Writer:
    """Writes for one request. Callers hold the transaction."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state
        self._model = context.state.model
        self._store = context.state.store
        switches = context.state.switches
        now = context.state.clock.now()
        self._rules = Rules(self._store, switches, context.user, now)
        self._audit = Audit(
            self._store, switches, context.user, now, context.state.new_key
        )

    def create(
        self,
        entity: Entity,
        payload: Payload,
        preset: Mapping[str, object] | None = None,
    ) -> str:
        """The new row's key; `preset` are columns that the place decides."""
        draft = Draft(entity, self._state.new_key(entity))
        self._reader(entity).fill(draft, payload)
        draft.values |= preset or {}
        self._link(draft)
        self._own_address(draft)
        self._rules.before_save(draft)
        self._rules.stamp(draft)
        values = {entity.key_column: draft.key, **draft.values, VERSION: 1}
        self._store.insert(entity, [values])
        self._rules.after_save(draft)
        self._audit.saved(draft)
        self._children(draft)
        return draft.key

    def update(self, entity: Entity, key: str, payload: Payload) -> None:
        """Merges; a payload that changes nothing saves nothing."""
        draft = Draft(entity, key, old=self.row(entity, key))
        self._reader(entity).fill(draft, payload)
        self._link(draft)
        if draft.changes():
            self._rules.before_save(draft)
            self._rules.stamp(draft)
            version = int(str(draft.old[VERSION])) + 1
            self._store.update(entity, key, {**draft.changes(), VERSION: version})
            self._rules.after_save(draft)
            self._audit.saved(draft)
        self._children(draft)

    def delete(self, entity: Entity, key: str) -> None:
        gone = self.row(entity, key)
        for name, column in _CASCADES.get(entity.name, ()):
            child = self._model.by_name[name]
            sql = f"SELECT {child.key_column} FROM {child.table} WHERE {column} = ?"
            for row in self._store.rows(sql, (key,)):
                self.delete(child, row[0])
        sql = f"DELETE FROM {entity.table} WHERE {entity.key_column} = ?"
        self._store.run(sql, (key,))
        self._audit.deleted(entity, gone)

    def row(self, entity: Entity, key: str) -> dict[str, object]:
        """The row by column, empty where there is none."""
        sql = f"SELECT * FROM {entity.table} WHERE {entity.key_column} = ?"
        names, rows = self._store.table(sql, (key,))
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def _reader(self, entity: Entity) -> DraftReader:
        switches = self._state.switches
        locked = self._context.rights.locked(entity)
        return DraftReader(switches, switches.zone, locked)

    # References

    def _link(self, draft: Draft) -> None:
        for relation, payload in draft.references:
            draft.values[relation.column] = self._target(draft, relation, payload)

    def _target(
        self, draft: Draft, relation: Reference, payload: Payload | None
    ) -> str | None:
        """The key to link; fields of a nested entity are written to it."""
        if payload is None:
            return None
        target = self._model.by_name[relation.entity]
        key = str(payload.get("$key") or "").strip()
        fields = {k: v for k, v in payload.items() if not k.startswith("$")}
        if not key and not fields:
            return draft.old.get(relation.column)
        if not key:
            key = str(draft.old.get(relation.column) or "")
        if not key:
            return self._new_target(draft, target, payload)
        if not self.row(target, key):
            raise database_error(
                draft.entity,
                "The INSERT statement conflicted with the FOREIGN KEY constraint "
                f"on column '{relation.column}'.",
            )
        if fields and not target.read_only:
            self.update(target, key, payload)
        return key

    def _new_target(self, draft: Draft, target: Entity, payload: Payload) -> str | None:
        if target.read_only:
            raise PayloadError(f"A new {target.name} cannot be made on the way.")
        return self.create(target, payload, _belongs_to(target, draft))

    def _own_address(self, draft: Draft) -> None:
        """A new person or account has an address row, if only an empty one."""
        columns = ADDRESSES.get(draft.entity.name, ())
        if not columns:
            return
        target_name = "LeadAddress" if draft.entity.name == "Lead" else "Address"
        first = columns[0]
        if not draft.values.get(first):
            target = self._model.by_name[target_name]
            payload: Payload = {
                "Description": "Office",
                "IsPrimary": True,
                "IsMailing": True,
            }
            draft.values[first] = self.create(
                target, payload, _belongs_to(target, draft)
            )
        for other in columns[1:]:
            if not draft.values.get(other):
                draft.values[other] = draft.values[first]

    # Collections

    def _children(self, draft: Draft) -> None:
        for relation, payload in draft.collections:
            items = payload.get("$resources") or []
            if not isinstance(items, list):
                raise PayloadError(f"{relation.name}.$resources is not an array.")
            kept = {self._child(draft, relation, item) for item in items}
            if payload.get("$deleteMissing"):
                self._delete_missing(draft, relation, kept)

    def _child(self, draft: Draft, relation: Collection, item: object) -> str | None:
        if not isinstance(item, dict):
            raise PayloadError(f"A member of {relation.name} is not an object.")
        entity = self._model.by_name[relation.entity]
        key = str(item.get("$key") or "").strip()
        if not key:
            return self.create(entity, item, {relation.column: draft.key})
        if self.row(entity, key).get(relation.column) != draft.key:
            raise PayloadError(f"{relation.name} has no '{key}'.")
        if item.get("$isDeleted"):
            self.delete(entity, key)
            return None
        self.update(entity, key, item)
        return key

    def _delete_missing(
        self, draft: Draft, relation: Collection, kept: set[str | None]
    ) -> None:
        entity = self._model.by_name[relation.entity]
        sql = (
            f"SELECT {entity.key_column} FROM {entity.table} "
            f"WHERE {relation.column} = ?"
        )
        for row in self._store.rows(sql, (draft.key,)):
            if row[0] not in kept:
                self.delete(entity, row[0])


def _belongs_to(target: Entity, draft: Draft) -> dict[str, object]:
    """The column by which an address knows whose it is."""
    if target.name == "LeadAddress":
        return {"LEADID": draft.key}
    return {"ENTITYID": draft.key} if target.name == "Address" else {}
