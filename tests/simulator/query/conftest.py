"""A CRM of a few rows, just large enough for every clause to have a catch."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone

import pytest

from infor_crm_simulator import query
from infor_crm_simulator.model import (
    Collection,
    Entity,
    EntityModel,
    Property,
    Reference,
)

#: The server's clock in these tests.
NOW = "2026-06-01T12:00:00"


def ms(text: str) -> int:
    """Milliseconds of a moment in UTC, ``2026-01-01`` or ``2026-01-01T10:00:00``."""
    moment = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    return int(moment.timestamp() * 1000)


def _entity(
    name: str, path: str, table: str, display: str, properties: list, **more: object
) -> Entity:
    key = f"{table}ID"
    properties = [
        prop
        if prop.expression
        else Property(
            prop.name,
            prop.type,
            column=prop.name.upper(),
            names=prop.names,
            codes=prop.codes,
            hidden=prop.hidden,
        )
        for prop in properties
    ]
    return Entity(
        name, path, table, path, key, name[0], display, tuple(properties), **more
    )


def _text(names: str) -> list[Property]:
    return [Property(name) for name in names.split()]


_NAME_LF = Property("NameLF", expression="{t}.LASTNAME || ', ' || {t}.FIRSTNAME")
_AGE = Property(
    "AgeInDays", "integer", expression="((slx_now() - {t}.MODIFYDATE) / 86400000)"
)
_USER_TYPES = ("Network", "Remote", "Concurrent", "WebViewer", "Unknown", "Retired")

MODEL = EntityModel(
    (
        _entity(
            "Owner",
            "owners",
            "SECCODE",
            "OwnerDescription",
            [
                *_text("OwnerDescription"),
                Property("Type", "enum", names=("System", "User", "Department")),
            ],
        ),
        _entity(
            "UserInfo", "userInfo", "USERINFO", "LastName", _text("LastName FirstName")
        ),
        _entity(
            "User",
            "users",
            "USERS",
            "UserName",
            [
                *_text("UserName"),
                Property("Enabled", "boolean"),
                Property("Type", "enum", names=_USER_TYPES),
            ],
            references=(Reference("UserInfo", "UserInfo", "USERSID"),),
        ),
        _entity(
            "Account",
            "accounts",
            "ACCOUNT",
            "AccountName",
            [*_text("AccountName Type Status"), Property("ModifyDate", "datetime")],
            references=(
                Reference("AccountManager", "User", "MANAGERID"),
                Reference("Owner", "Owner", "SECCODEID"),
            ),
            collections=(Collection("Contacts", "Contact", "ACCOUNTID"),),
            owner_column="SECCODEID",
        ),
        _entity(
            "Contact",
            "contacts",
            "CONTACT",
            "NameLF",
            [
                *_text("FirstName LastName LastNameUpper AccountName Status"),
                *_text("Email SecondaryEmail Email3 Subsnum"),
                Property("DoNotEmail", "boolean"),
                Property("IsPrimary", "boolean"),
                Property("Score", "integer"),
                Property("Revenue", "decimal"),
                Property("ModifyDate", "datetime"),
                Property("Internal", hidden=True),
                _NAME_LF,
                _AGE,
            ],
            references=(
                Reference("Account", "Account", "ACCOUNTID"),
                Reference("Address", "Address", "ADDRESSID"),
            ),
            collections=(Collection("Deals", "Participant", "CONTACTID"),),
        ),
        _entity(
            "Address",
            "addresses",
            "ADDRESS",
            "City",
            [*_text("City Country"), Property("ModifyDate", "datetime")],
        ),
        _entity(
            "Participant",
            "participants",
            "PARTICIPANT",
            "Role",
            _text("Role"),
            references=(
                Reference("Contact", "Contact", "CONTACTID"),
                Reference("Deal", "Deal", "DEALID"),
            ),
        ),
        _entity(
            "Deal",
            "deals",
            "DEAL",
            "Title",
            _text("Title"),
            collections=(Collection("Contacts", "Participant", "DEALID"),),
        ),
        _entity(
            "History",
            "history",
            "HISTORY",
            "Description",
            [
                Property(
                    "Type",
                    "enum",
                    names=("atNote", "atEMail", "atDatabaseChange"),
                    codes=(262148, 262154, 262156),
                ),
                Property("ContactId", "id"),
                Property("LeadId", "id"),
                *_text("Category Description UserId"),
                Property("StartDate", "datetime"),
                Property("EndDate", "datetime"),
                Property("Timeless", "boolean"),
            ],
        ),
        _entity(
            "Group",
            "groups",
            "GROUPS",
            "name",
            [
                *_text("family name"),
                Property("pluginId", "id"),
                Property("isAdHoc", "boolean"),
                Property("isHidden", "boolean"),
            ],
        ),
    )
)

#: Entity → rows as "COLUMN=value" words would be too long for; keys come first.
ROWS: dict[str, list[dict[str, object]]] = {
    "Owner": [
        {"SECCODEID": "SYST00000001", "OWNERDESCRIPTION": "Everyone", "TYPE": "System"},
        {
            "SECCODEID": "FDEMOA000001",
            "OWNERDESCRIPTION": "Sales",
            "TYPE": "Department",
        },
        {"SECCODEID": "FDEMOA000002", "OWNERDESCRIPTION": "Lee", "TYPE": "User"},
    ],
    "UserInfo": [
        {"USERINFOID": "UDEMOA000001", "LASTNAME": "Hogan", "FIRSTNAME": "Lee"},
    ],
    "User": [
        {"USERSID": "UDEMOA000001", "USERNAME": "lee", "ENABLED": 1, "TYPE": "Network"},
        {"USERSID": "UDEMOA000002", "USERNAME": "Territory West", "ENABLED": 1}
        | {"TYPE": "WebViewer"},
        {
            "USERSID": "UDEMOA000003",
            "USERNAME": "gone",
            "ENABLED": 0,
            "TYPE": "Retired",
        },
    ],
    "Account": [
        {"ACCOUNTID": "AA2EK0000001", "ACCOUNTNAME": "Abbott Ltd.", "TYPE": "Prospect"}
        | {"STATUS": "Active", "MANAGERID": "UDEMOA000001", "SECCODEID": "SYST00000001"}
        | {"MODIFYDATE": ms("2026-01-10")},
        {"ACCOUNTID": "AA2EK0000002", "ACCOUNTNAME": "Bär GmbH", "TYPE": "Customer"}
        | {"STATUS": "Active", "MANAGERID": None, "SECCODEID": "FDEMOA000001"}
        | {"MODIFYDATE": ms("2026-02-10")},
        {"ACCOUNTID": "AA2EK0000003", "ACCOUNTNAME": "Empty & Co", "TYPE": None}
        | {"STATUS": None, "MANAGERID": None, "SECCODEID": "SYST00000001"}
        | {"MODIFYDATE": None},
    ],
    "Address": [
        {"ADDRESSID": "aA2EK0000001", "CITY": "Linz", "COUNTRY": "Austria"}
        | {"MODIFYDATE": ms("2026-03-01")},
        {"ADDRESSID": "aA2EK0000002", "CITY": "Zürich", "COUNTRY": "Switzerland"}
        | {"MODIFYDATE": ms("2026-01-01")},
    ],
    "Contact": [
        {"CONTACTID": "CA2EK000000a", "FIRSTNAME": "John", "LASTNAME": "Abbott"}
        | {"LASTNAMEUPPER": "ABBOTT", "ACCOUNTNAME": "Abbott Ltd.", "STATUS": "Active"}
        | {"EMAIL": "x@y", "SUBSNUM": None, "DONOTEMAIL": 0, "ISPRIMARY": 1}
        | {"SCORE": 10, "REVENUE": 1.5, "MODIFYDATE": ms("2026-01-15T08:00:00")}
        | {"ACCOUNTID": "AA2EK0000001", "ADDRESSID": "aA2EK0000001"},
        {"CONTACTID": "CA2EK000000B", "FIRSTNAME": "Özgür", "LASTNAME": "Quade"}
        | {"LASTNAMEUPPER": "QUADE", "ACCOUNTNAME": "Bär GmbH", "STATUS": "Inactive"}
        | {"EMAIL": "q@y", "SECONDARYEMAIL": "x@y", "SUBSNUM": "", "DONOTEMAIL": 1}
        | {"SCORE": 7, "REVENUE": -2.5, "MODIFYDATE": ms("2026-02-15T08:00:00")}
        | {"ACCOUNTID": "AA2EK0000002", "ADDRESSID": "aA2EK0000002"},
        {"CONTACTID": "CA2EK000000C", "FIRSTNAME": "Ann", "LASTNAME": "O'Hara"}
        | {"LASTNAMEUPPER": "O'HARA", "ACCOUNTNAME": None, "STATUS": None}
        | {"EMAIL": "X@Y", "SUBSNUM": "17", "DONOTEMAIL": None, "ISPRIMARY": None}
        | {"SCORE": None, "REVENUE": None, "MODIFYDATE": None}
        | {"ACCOUNTID": None, "ADDRESSID": None},
        {"CONTACTID": "CA2EK000000d", "FIRSTNAME": "", "LASTNAME": "Straße"}
        | {"LASTNAMEUPPER": "STRASSE", "ACCOUNTNAME": "Abbott Ltd.", "STATUS": "active"}
        | {"EMAIL": "", "EMAIL3": "x@y", "DONOTEMAIL": 0, "ISPRIMARY": 0}
        | {"SCORE": -3, "REVENUE": 100.0, "MODIFYDATE": ms("2026-03-15T08:00:00")}
        | {"ACCOUNTID": "AA2EK0000001", "ADDRESSID": None},
    ],
    "Deal": [
        {"DEALID": "oA2EK0000001", "TITLE": "Bridge"},
        {"DEALID": "oA2EK0000002", "TITLE": "Tunnel"},
        {"DEALID": "oA2EK0000003", "TITLE": "Nobody's"},
    ],
    "Participant": [
        {"PARTICIPANTID": "p1", "ROLE": "Buyer", "CONTACTID": "CA2EK000000a"}
        | {"DEALID": "oA2EK0000001"},
        {"PARTICIPANTID": "p2", "ROLE": "Advisor", "CONTACTID": "CA2EK000000B"}
        | {"DEALID": "oA2EK0000001"},
        {"PARTICIPANTID": "p3", "ROLE": "Buyer", "CONTACTID": "CA2EK000000B"}
        | {"DEALID": "oA2EK0000002"},
    ],
    "History": [
        {"HISTORYID": "eA2EK0000001", "TYPE": "atNote", "CONTACTID": "CA2EK000000a"}
        | {"USERID": "U1", "TIMELESS": 0, "STARTDATE": ms("2026-05-01T10:00:00")}
        | {"ENDDATE": ms("2026-05-01T11:00:00"), "CATEGORY": None},
        {"HISTORYID": "eA2EK0000002", "TYPE": "atEMail", "LEADID": "QA2EK0000001"}
        | {"USERID": "U1", "TIMELESS": 1, "STARTDATE": ms("2026-05-02T00:00:05")}
        | {"ENDDATE": ms("2026-05-02T00:00:05"), "CATEGORY": "Mailing"},
        {"HISTORYID": "eA2EK0000003", "TYPE": "atDatabaseChange"}
        | {"LEADID": "QA2EK0000001", "CATEGORY": "Database Change"}
        | {"DESCRIPTION": "Change to Status", "STARTDATE": ms("2026-05-03")},
    ],
    "Group": [
        {"GROUPSID": "p6UJ9A000001", "FAMILY": "Contact", "NAME": "Newsletter"}
        | {"PLUGINID": "p6UJ9A000001", "ISADHOC": 1, "ISHIDDEN": 0},
        {"GROUPSID": "p6UJ9A000002", "FAMILY": "CONTACT", "NAME": "All Contacts"}
        | {"PLUGINID": "p6UJ9A000002", "ISADHOC": 0, "ISHIDDEN": None},
        {"GROUPSID": "p6UJ9A000003", "FAMILY": "Lead", "NAME": "Newsletter"}
        | {"PLUGINID": "p6UJ9A000003", "ISADHOC": 1, "ISHIDDEN": 1},
    ],
}

_SQL_TYPES = {"boolean": "INTEGER", "datetime": "INTEGER", "integer": "INTEGER"}
_SQL_TYPES |= {"decimal": "REAL"}


class World:
    """The rows in SQLite, and questions to them."""

    model = MODEL
    ms = staticmethod(ms)

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        query.register_functions(self.connection, lambda: ms(NOW))
        for entity in MODEL.entities:
            self._fill(entity, ROWS[entity.name])

    def _fill(self, entity: Entity, rows: list[dict[str, object]]) -> None:
        columns = {p.column: _SQL_TYPES.get(p.type, "TEXT") for p in entity.properties}
        columns = {entity.key_column: "TEXT PRIMARY KEY"} | columns
        columns |= {r.column: "TEXT" for r in entity.references if r.column != ""}
        columns |= {entity.key_column: "TEXT PRIMARY KEY"}
        columns.pop("", None)
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.connection.execute(f"CREATE TABLE {entity.table} ({listed})")
        for row in rows:
            marks = ", ".join("?" * len(row))
            sql = f"INSERT INTO {entity.table} ({', '.join(row)}) VALUES ({marks})"
            self.connection.execute(sql, tuple(row.values()))

    def compile(
        self, kind: str, where: str | None = None, **options: object
    ) -> query.CompiledQuery:
        return query.compile_select(MODEL, MODEL.by_name[kind], where=where, **options)

    def keys(self, kind: str, where: str | None = None, **options: object) -> list[str]:
        """Keys of the rows found, in the order of the answer."""
        compiled = self.compile(kind, where, **options)
        rows = self.connection.execute(compiled.sql_rows(), compiled.params).fetchall()
        counted = self.connection.execute(compiled.sql_count(), compiled.params)
        assert counted.fetchone()[0] == len(rows)
        return [row[0] for row in rows]

    def ends(self, kind: str, where: str | None = None, **options: object) -> str:
        """The last characters of the keys found: enough to tell the rows apart."""
        return "".join(key[-1] for key in self.keys(kind, where, **options))


@pytest.fixture(scope="session")
def world() -> World:
    return World()
