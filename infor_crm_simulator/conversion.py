"""What people at the CRM do to records without SData: convert a lead, merge two.

Afterwards a key is gone and what hung on it belongs to somebody else, see
docs/sdata.md 8.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .context import Context, dynamic_contract
from .entities.lead_history import COPIED
from .http import Request
from .model import Entity
from .resources import Payload
from .state import State
from .store import VERSION, columns_of
from .users import User
from .writer import Writer

Row = dict[str, object]

#: Columns of a lead that mean something else on a contact, or are the server's.
_NOT_TAKEN = frozenset(
    [
        "STATUS",
        "TYPE",
        "GLOBALSYNCID",
        "CREATEDATE",
        "CREATEUSER",
        "MODIFYDATE",
        "MODIFYUSER",
    ]
) | {VERSION}
_ACCOUNT_TAKES = (
    "SECCODEID",
    "ACCOUNTMANAGERID",
    "LEADSOURCEID",
    "INDUSTRY",
    "WEBADDRESS",
)


class UnknownRecord(LookupError):
    """No record has this key."""


def convert_lead(
    state: State,
    lead: str,
    contact: str | None = None,
    account: str | None = None,
    user: str = "admin",
) -> dict[str, str]:
    """The keys of lead, contact and account; `contact` takes a lead that is merged.

    Without `account` a new contact gets a new one, named like the lead's company.
    """
    with state.store.transaction():
        return _Conversion(_Desk(state, user), lead, contact, account).run()


def merge(
    state: State, kind: str, winner: str, loser: str, user: str = "admin"
) -> dict[str, str]:
    """The loser disappears; what it had belongs to the winner. Contacts or accounts."""
    entity = state.model.by_path.get(kind.lower())
    if entity is None or entity.name not in _MERGES:
        raise UnknownRecord(f"{kind!r} cannot be merged: only contacts and accounts")
    with state.store.transaction():
        desk = _Desk(state, user)
        kept, gone = desk.row(entity, winner), desk.row(entity, loser)
        _MERGES[entity.name](desk, kept, gone)
        desk.touch(entity, winner, {})
        desk.writer.delete(entity, loser)
    return {"winner": winner, "loser": loser}


class _Desk:
    """Where somebody at the CRM works."""

    def __init__(self, state: State, login: str) -> None:
        user = state.users.find(login)
        if user is None:
            raise UnknownRecord(f"no login {login!r}")
        self.state = state
        self.user: User = user
        self.now = state.clock.now()
        request = Request("POST", "/", "", {}, b"", "")
        contract = dynamic_contract(state)
        self.writer = Writer(Context(state, request, user, "", True, contract))

    def entity(self, name: str) -> Entity:
        return self.state.model.by_name[name]

    def row(self, entity: Entity, key: str) -> Row:
        row = self.writer.row(entity, key)
        if not row:
            raise UnknownRecord(f"no {entity.name} has the key {key!r}")
        return row

    def touch(self, entity: Entity, key: str, values: Mapping[str, object]) -> None:
        """A save: stamps and etag move with the values."""
        version = int(str(self.row(entity, key)[VERSION])) + 1
        stamps = {"MODIFYDATE": self.now, "MODIFYUSER": self.user.user_id}
        self.state.store.update(entity, key, {**values, **stamps, VERSION: version})

    def move(self, table: str, column: str, key: str, values: Row) -> None:
        """Rows that name `key` in `column` name what `values` say instead."""
        stamps = {"MODIFYDATE": self.now, "MODIFYUSER": self.user.user_id}
        changed = {**values, **stamps}
        names = ", ".join(f"{name} = ?" for name in changed)
        sql = f"UPDATE {table} SET {names}, ROWVER = ROWVER + 1 WHERE {column} = ?"
        self.state.store.run(sql, [*changed.values(), key])


def _name(row: Row) -> str:
    parts = (row["LASTNAME"], row["FIRSTNAME"])
    return ", ".join(str(part) for part in parts if part)[:64]


def _of_contact(contact: Row) -> Row:
    """The columns by which history and activities name a contact."""
    return {
        "CONTACTID": contact["CONTACTID"],
        "CONTACTNAME": _name(contact),
        "ACCOUNTID": contact["ACCOUNTID"],
        "ACCOUNTNAME": contact["ACCOUNTNAME"],
    }


def _merge_contacts(desk: _Desk, kept: Row, gone: Row) -> None:
    winner, loser = str(kept["CONTACTID"]), str(gone["CONTACTID"])
    for table in ("HISTORY", "ACTIVITY"):
        desk.move(table, "CONTACTID", loser, _of_contact(kept))
    desk.move("CAMPAIGNTARGET", "ENTITYID", loser, {"ENTITYID": winner})
    moved = {"ENTITYID": winner, "ISPRIMARY": 0, "ISMAILING": 0}
    desk.move("ADDRESS", "ENTITYID", loser, moved)


def _merge_accounts(desk: _Desk, kept: Row, gone: Row) -> None:
    winner, loser = str(kept["ACCOUNTID"]), str(gone["ACCOUNTID"])
    values = {"ACCOUNTID": winner, "ACCOUNTNAME": kept["ACCOUNTNAME"]}
    for table in ("CONTACT", "HISTORY", "ACTIVITY"):
        desk.move(table, "ACCOUNTID", loser, values)
    moved = {"ENTITYID": winner, "ISPRIMARY": 0, "ISMAILING": 0}
    desk.move("ADDRESS", "ENTITYID", loser, moved)
    desk.move("ACCOUNT", "PARENTID", loser, {"PARENTID": winner})


_MERGES = {"Contact": _merge_contacts, "Account": _merge_accounts}


@dataclass
class _Conversion:
    desk: _Desk
    lead: str
    contact: str | None
    account: str | None

    def run(self) -> dict[str, str]:
        desk = self.desk
        lead = desk.row(desk.entity("Lead"), self.lead)
        merged = self.contact is not None
        if self.contact is None:
            contact = self._new_contact(lead)
        else:
            contact = self.contact
            self._fill(contact, lead)
        person = desk.row(desk.entity("Contact"), contact)
        self._move(person)
        self._remember(lead, person, merged)
        desk.writer.delete(desk.entity("Lead"), self.lead)
        account = str(person["ACCOUNTID"])
        return {"lead": self.lead, "contact": contact, "account": account}

    def _taken(self, lead: Row) -> Row:
        """What leads and contacts both have."""
        columns = set(columns_of(self.desk.entity("Contact"))) - _NOT_TAKEN
        return {name: value for name, value in lead.items() if name in columns}

    def _new_contact(self, lead: Row) -> str:
        account = self.account or self._new_account(lead)
        payload: Payload = {"Address": self._address(lead)}
        preset = {**self._taken(lead), "ACCOUNTID": account}
        return self.desk.writer.create(self.desk.entity("Contact"), payload, preset)

    def _new_account(self, lead: Row) -> str:
        payload: Payload = {
            "AccountName": str(lead["COMPANY"] or "").strip() or _name(lead),
            "MainPhone": lead["WORKPHONE"],
            "Address": self._address(lead),
        }
        preset = {name: lead[name] for name in _ACCOUNT_TAKES}
        return self.desk.writer.create(self.desk.entity("Account"), payload, preset)

    def _address(self, lead: Row) -> Payload:
        source = self.desk.entity("LeadAddress")
        row = self.desk.writer.row(source, str(lead["LEAD_ADDRESSID"]))
        target = self.desk.entity("Address")
        return {
            prop.name: row[prop.column]
            for prop in target.properties
            if prop.column in row and not prop.read_only
        }

    def _fill(self, contact: str, lead: Row) -> None:
        """The contact keeps what it has."""
        entity = self.desk.entity("Contact")
        before = self.desk.row(entity, contact)
        empty = {
            name: value
            for name, value in self._taken(lead).items()
            if before[name] in (None, "") and value not in (None, "")
        }
        self.desk.touch(entity, contact, empty)

    def _move(self, contact: Row) -> None:
        values = {**_of_contact(contact), "LEADID": None, "LEADNAME": None}
        for table in ("HISTORY", "ACTIVITY"):
            self.desk.move(table, "LEADID", self.lead, values)
        target = {"ENTITYID": contact["CONTACTID"], "TARGETTYPE": "Contact"}
        self.desk.move("CAMPAIGNTARGET", "ENTITYID", self.lead, target)

    def _remember(self, lead: Row, contact: Row, merged: bool) -> None:
        desk = self.desk
        entity = desk.entity("LeadHistory")
        now, user = desk.now, desk.user.user_id
        values: Row = {prop.column: lead[prop.column] for prop in COPIED}
        values |= {
            "LEADHISTID": desk.state.new_key(entity),
            "LEADID": self.lead,
            "CONTACTID": contact["CONTACTID"],
            "ACCOUNTID": contact["ACCOUNTID"],
            "CONTACTMERGED": int(merged),
            "ACCOUNTMERGED": int(merged or self.account is not None),
            "LEADPROCESSEDDATE": now,
            "LEADPROCESSEDBY": user,
            "CREATEDATE": now,
            "CREATEUSER": user,
            "MODIFYDATE": now,
            "MODIFYUSER": user,
        }
        desk.state.store.insert(entity, [values])
