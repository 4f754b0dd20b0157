"""Business rules that run on each save, see docs/sdata.md 5.2 and 8.

Which rules exist is known from the product's model; where their exact conditions are
not, they are our assumption (docs/simulator.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import activities
from .drafts import Draft, database_error
from .http import Refusal
from .model import Entity
from .resources import Diagnosis
from .seed.keys import EVERYONE
from .store import Store
from .texts import capitals
from .users import User

#: Column → column that follows it in capitals.
_CAPITALS = {
    "Lead": {"LASTNAME": "LASTNAMEUPPER", "COMPANY": "COMPANYUPPER"},
    "Contact": {"LASTNAME": "LASTNAMEUPPER"},
    "Account": {"ACCOUNTNAME": "ACCOUNTNAMEUPPER"},
}
#: Columns a rule asks for, with the label its message uses.
_REQUIRED = {
    "Lead": {"LASTNAME": "Last Name", "COMPANY": "Company"},
    "Contact": {"LASTNAME": "Last Name", "ACCOUNTID": "Account"},
    "Account": {"ACCOUNTNAME": "Account Name"},
}
#: The link to the own address, and to the one for shipping.
ADDRESSES = {
    "Lead": ("LEAD_ADDRESSID",),
    "Contact": ("ADDRESSID", "SHIPPINGID"),
    "Account": ("ADDRESSID", "SHIPPINGID"),
}
_TRACE = (
    "Sage.Platform.Application.ValidationException: {message}\r\n"
    "   at Sage.SalesLogix.{entity}.Rules.Validate{entity}(I{entity} entity)"
)


@dataclass(frozen=True)
class Rules:
    """Rules of one save by one login; `now` in milliseconds."""

    store: Store
    switches: Mapping[str, object]
    user: User
    now: int

    def before_save(self, draft: Draft) -> None:
        """Completes the draft; Refusal where it must not be saved."""
        if draft.is_new:
            self._owner(draft)
            if draft.entity.name == "History":
                self._new_history(draft)
            elif draft.entity.name == "Activity":
                activities.fill_new(draft, self.user, self.now)
            elif draft.entity.name == "Lead":
                draft.values.setdefault("ASSIGNDATE", self.now)
        if draft.entity.name == "Contact" and "ACCOUNTID" in draft.values:
            self._account_name(draft)
        for source, target in _CAPITALS.get(draft.entity.name, {}).items():
            if source in draft.values:
                text = draft.values[source]
                draft.values[target] = capitals(text) if isinstance(text, str) else None
        self._require(draft)
        self._database_columns(draft)

    def stamp(self, draft: Draft) -> None:
        """The server's stamps; those a client sent give way unless switched."""
        values = {"MODIFYDATE": self.now, "MODIFYUSER": self.user.user_id}
        if draft.is_new:
            values["CREATEDATE"] = self.now
            values["CREATEUSER"] = self.user.user_id
        keep = self.switches["client_stamps"] == "kept"
        for column, value in values.items():
            if not (keep and draft.values.get(column) is not None):
                draft.values[column] = value

    def _owner(self, draft: Draft) -> None:
        column = draft.entity.owner_column
        if column and not draft.values.get(column):
            by_login = self.switches["default_owner"] == "login"
            draft.values[column] = self.user.default_owner if by_login else EVERYONE

    def _account_name(self, draft: Draft) -> None:
        """A contact carries its account's name."""
        row = self.store.row(
            "SELECT ACCOUNTNAME FROM ACCOUNT WHERE ACCOUNTID = ?",
            (draft.values["ACCOUNTID"],),
        )
        if row:
            draft.values["ACCOUNTNAME"] = row[0]

    def _require(self, draft: Draft) -> None:
        if self.switches["required_fields"] != "rules":
            return
        for column, label in _REQUIRED.get(draft.entity.name, {}).items():
            value = draft.get(column)
            if not (value.strip() if isinstance(value, str) else value):
                raise _invalid(draft.entity, f"{label} is required.")

    @staticmethod
    def _database_columns(draft: Draft) -> None:
        """NOT NULL columns, whatever the rules say; an update checks what it sets."""
        required = [p.column for p in draft.entity.properties if not p.nullable]
        required += [r.column for r in draft.entity.references if not r.nullable]
        for column in required:
            checked = draft.is_new or column in draft.values
            if checked and draft.get(column) is None:
                raise database_error(
                    draft.entity,
                    f"Cannot insert the value NULL into column '{column}', table "
                    f"'{draft.entity.table}'; column does not allow nulls.",
                )

    def _new_history(self, draft: Draft) -> None:
        """Zeros and empty text come from .NET; dates only where the switch says so."""
        values: dict[str, object] = {
            "TYPE": "atNote",
            "LONGNOTES": "",
            "DURATION": 0,
            "TIMELESS": 0,
            "ATTACHMENT": 0,
            "USERID": self.user.user_id,
            "USERNAME": self.user.pretty_name,
        }
        if self.switches["history_dates"] == "filled":
            start = draft.values.get("STARTDATE") or self.now
            values |= {"STARTDATE": start, "ORIGINALDATE": start}
            values["COMPLETEDDATE"] = start
        for column, value in values.items():
            if draft.values.get(column) is None:
                draft.values[column] = value

    def after_save(self, draft: Draft) -> None:
        """What follows for other rows: a renamed account renames its contacts."""
        if draft.is_new and draft.entity.name == "Activity":
            activities.add_leader(self.store, draft)
        if draft.entity.name != "Account" or draft.is_new:
            return
        name = draft.values.get("ACCOUNTNAME")
        if name is not None and name != draft.old.get("ACCOUNTNAME"):
            self.store.run(
                "UPDATE CONTACT SET ACCOUNTNAME = ?, MODIFYDATE = ?, MODIFYUSER = ?, "
                "ROWVER = ROWVER + 1 WHERE ACCOUNTID = ?",
                (name, self.now, self.user.user_id, draft.key),
            )


def _invalid(entity: Entity, message: str) -> Refusal:
    trace = _TRACE.format(message=message, entity=entity.name)
    return Refusal(500, Diagnosis(message, stack_trace=trace))
