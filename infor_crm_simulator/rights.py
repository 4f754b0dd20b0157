"""What a login may see and do, see docs/sdata.md 9."""

from __future__ import annotations

from dataclasses import dataclass

from .http import refuse
from .model import Entity
from .query.paths import Condition
from .switches import Switches
from .users import User

_OF_NOTES = (
    ("ACCOUNTID", "ACCOUNT", "ACCOUNTID"),
    ("CONTACTID", "CONTACT", "CONTACTID"),
    ("LEADID", "LEAD", "LEADID"),
)
#: Whose rows an entity's rows belong to: (column, table, key column).
_PARENTS = {
    "LeadAddress": (("LEADID", "LEAD", "LEADID"),),
    "Address": (
        ("ENTITYID", "ACCOUNT", "ACCOUNTID"),
        ("ENTITYID", "CONTACT", "CONTACTID"),
    ),
    "History": _OF_NOTES,
    "Activity": _OF_NOTES,
    "CampaignTarget": (
        ("ENTITYID", "CONTACT", "CONTACTID"),
        ("ENTITYID", "LEAD", "LEADID"),
    ),
}


@dataclass(frozen=True)
class Rights:
    user: User
    switches: Switches

    def rows(self, entity: Entity) -> Condition | None:
        """SQL over ``{t}`` that keeps only visible rows, None where all are."""
        owners = self.user.owners
        if owners is None:
            return None
        if entity.owner_column:
            marks = ", ".join("?" * len(owners))
            return f"{{t}}.{entity.owner_column} IN ({marks})", tuple(owners)
        if self.switches["history_rights"] == "open":
            return None
        return self._of_parents(entity, owners)

    @staticmethod
    def _of_parents(entity: Entity, owners: tuple[str, ...]) -> Condition | None:
        """No hidden parent: a row without any parent stays visible."""
        parents = _PARENTS.get(entity.name, ())
        marks = ", ".join("?" * len(owners))
        hidden = [
            f"NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{key} = {{t}}.{column} "
            f"AND (r.SECCODEID IS NULL OR r.SECCODEID NOT IN ({marks})))"
            for column, table, key in parents
        ]
        return (" AND ".join(hidden), owners * len(parents)) if hidden else None

    def check_kind(self, entity: Entity, *, write: bool = False) -> None:
        """Refusal 403 where the login may not read, or not write, a kind."""
        refused = {kind.lower() for kind in self.user.kinds_refused}
        if write:
            refused |= {kind.lower() for kind in self.user.kinds_read_only}
        if entity.path.lower() in refused:
            verb = "change" if write else "view"
            raise refuse(403, f"You do not have rights to {verb} {entity.plural}.")

    def check_metadata(self) -> None:
        refused = self.switches["metadata"] == "refused" and not self.user.is_admin
        if refused or not self.user.metadata:
            raise refuse(403, "You do not have rights to the metadata contract.")

    def hidden(self, entity: Entity) -> frozenset[str]:
        """Lower-case names that come back null."""
        return _of_entity(self.user.hidden_fields, entity)

    def locked(self, entity: Entity) -> frozenset[str]:
        """Lower-case names that a write must not touch; hidden ones included."""
        return _of_entity(self.user.locked_fields, entity) | self.hidden(entity)

    def permissions(self, entity: Entity) -> tuple[dict[str, str], ...]:
        """``$permissions``: only what is restricted."""
        hidden = self.hidden(entity)
        return tuple(
            {"name": prop.name, "access": "NoAccess" if name in hidden else "ReadOnly"}
            for name, prop in entity.properties_by_name.items()
            if name in self.locked(entity)
        )


def _of_entity(words: tuple[str, ...], entity: Entity) -> frozenset[str]:
    pairs = (word.lower().partition(".") for word in words)
    return frozenset(name for kind, _dot, name in pairs if kind == entity.name.lower())
