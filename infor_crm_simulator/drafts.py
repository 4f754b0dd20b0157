"""From what a client sent to column values of one row, see docs/sdata.md 5.3 and 5.4.

Absent members mean "not modified"; null clears; read-only ones are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from .formats import PayloadError, read_scalar
from .http import Refusal, refuse
from .model import Collection, Entity, Property, Reference
from .resources import Diagnosis, Payload

#: What SQL Server can hold: 1753-01-01 to the end of 9999, in milliseconds.
_EARLIEST, _LATEST = -6_847_804_800_000, 253_402_300_799_999
_STAMPS = ("CreateDate", "CreateUser", "ModifyDate", "ModifyUser")
_TRACE = (
    "NHibernate.Exceptions.GenericADOException: could not save: "
    "[Sage.SalesLogix.Entities.{entity}]\r\n ---> System.Data.SqlClient.SqlException: "
    "{message}"
)


@dataclass
class Draft:
    """`values` by column; relations are kept for the writer, which knows the rows.

    `old` is the row as it was, empty for a new one.
    """

    entity: Entity
    key: str
    values: dict[str, object] = field(default_factory=dict)
    references: list[tuple[Reference, Payload | None]] = field(default_factory=list)
    collections: list[tuple[Collection, Payload]] = field(default_factory=list)
    old: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return not self.old

    def get(self, column: str) -> object:
        """The value after this write."""
        return self.values.get(column, self.old.get(column))

    def changes(self) -> dict[str, object]:
        """Only what differs from the old row."""
        return {
            column: value
            for column, value in self.values.items()
            if self.is_new or self.old.get(column) != value
        }


@dataclass(frozen=True)
class DraftReader:
    """`locked` are lower-case names this login must not write."""

    switches: Mapping[str, object]
    zone: tzinfo
    locked: frozenset[str]

    def fill(self, draft: Draft, payload: Payload) -> Draft:
        """PayloadError or Refusal where a member cannot be taken."""
        for name, raw in payload.items():
            if not name.startswith("$"):
                self._member(draft, name, raw)
        return draft

    def _member(self, draft: Draft, name: str, raw: object) -> None:
        entity, lowered = draft.entity, name.lower()
        found = (
            entity.properties_by_name.get(lowered)
            or entity.references_by_name.get(lowered)
            or entity.collections_by_name.get(lowered)
        )
        if found is not None and self._in_other_case(name, found.name):
            found = None
        if found is not None and lowered in self.locked:
            self._locked(entity, found.name)
        elif isinstance(found, Property):
            if self._is_writable(found):
                draft.values[found.column] = self.scalar(entity, found, raw)
        elif isinstance(found, Reference):
            draft.references.append((found, _resource(name, raw)))
        elif isinstance(found, Collection):
            if (children := _resource(name, raw)) is not None:
                draft.collections.append((found, children))
        elif lowered != "id" and self.switches["unknown_members"] == "error":
            raise refuse(500, f"Unknown property: {name} of {entity.name}")

    def _is_writable(self, prop: Property) -> bool:
        kept = self.switches["client_stamps"] == "kept" and prop.name in _STAMPS
        return kept or not (prop.read_only or prop.hidden)

    def _locked(self, entity: Entity, name: str) -> None:
        if self.switches["locked_writes"] == "error":
            message = f"You do not have rights to change {name} of {entity.name}."
            raise refuse(500, message)

    def _in_other_case(self, name: str, known: str) -> bool:
        return self.switches["member_case"] == "sensitive" and name != known

    def scalar(self, entity: Entity, prop: Property, raw: object) -> object:
        if prop.type == "enum":
            return self._enum(prop, raw)
        value = read_scalar(raw, prop.type, prop.name, self.zone)
        if isinstance(value, bool):
            return int(value)
        if prop.type == "datetime" and isinstance(value, int):
            return _moment(entity, value)
        if prop.type == "id" and isinstance(value, str):
            value = value.strip() or None
        if not isinstance(value, str):
            return value
        # Halves of surrogate pairs are no characters; no database takes them.
        value = value.encode("utf-8", "replace").decode()
        if prop.length and len(value) > prop.length:
            return self._too_long(entity, prop, value)
        return value

    def _too_long(self, entity: Entity, prop: Property, value: str) -> str:
        if self.switches["text_overflow"] == "truncate":
            return value[: prop.length]
        message = "String or binary data would be truncated."
        raise database_error(entity, f"{message}\r\nThe statement has been terminated.")

    def _enum(self, prop: Property, raw: object) -> str | None:
        if raw is None or raw == "":
            return None
        text = str(raw).strip()
        for name in prop.names:
            if name.lower() == text.lower():
                return name
        if text.lstrip("-").isdigit() and self.switches["enum_numbers"] == "accepted":
            by_code = dict(zip(prop.codes, prop.names, strict=True))
            if int(text) in by_code:
                return by_code[int(text)]
        raise refuse(500, f"Requested value '{text}' was not found.")


def _moment(entity: Entity, value: int) -> int:
    if not _EARLIEST <= value <= _LATEST:
        raise database_error(
            entity,
            "SqlDateTime overflow. Must be between 1/1/1753 12:00:00 AM and "
            "12/31/9999 11:59:59 PM.",
        )
    return value


def _resource(name: str, raw: object) -> Payload | None:
    """A nested resource; None for null."""
    if raw is None or isinstance(raw, dict):
        return raw
    if isinstance(raw, list):
        return {"$resources": raw}
    raise PayloadError(f"The value of {name} is not a resource.")


def database_error(entity: Entity, message: str) -> Refusal:
    """What the mapper makes of a statement the database refuses."""
    trace = _TRACE.format(entity=entity.name, message=message)
    return Refusal(500, Diagnosis(message, stack_trace=trace))
