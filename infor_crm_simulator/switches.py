"""Behaviours that differ between real servers, or that nobody could tell us.

Each has a default, the values it may take and a line for docs/simulator.md. The
query side's own switches (collation …) are among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .entities import GENERATIONS


class UnknownSwitch(ValueError):
    """No such switch, or a value it cannot take."""


@dataclass(frozen=True)
class Switch:
    default: object
    choices: tuple[object, ...] | None
    about: str

    def check(self, name: str, value: object) -> object:
        if self.choices is not None:
            if value in self.choices and type(value) is type(self.choices[0]):
                return value
            raise UnknownSwitch(f"{name} takes one of {list(self.choices)}")
        if isinstance(value, bool) or not isinstance(value, type(self.default)):
            kind = type(self.default).__name__
            raise UnknownSwitch(f"{name} takes a value of type {kind}")
        return value


def _either(default: str, other: str, about: str, *more: str) -> Switch:
    return Switch(default, (default, other, *more), about)


def _flag(default: bool, about: str) -> Switch:
    return Switch(default, (True, False), about)


SWITCHES: dict[str, Switch] = {
    "generation": Switch("8", GENERATIONS, "which generation of the product answers"),
    # Logging in
    "login_failure": _either(
        "auto", "401", "status of a refused login; auto goes by the request", "403"
    ),
    "retired_login": _either("401", "403", "status for a retired user"),
    "credentials_charset": _either(
        "auto", "utf-8", "of Basic credentials; auto is latin-1 on 7.5.4", "latin-1"
    ),
    "load_balancer": _either(
        "none", "sticky", "its cookie; strict: a session without it is lost", "strict"
    ),
    # Reading
    "default_count": Switch(100, None, "page size of a dynamic feed without count"),
    "page_cap": Switch(500, None, "most rows per page whatever count says; 0 is none"),
    "paging_depth": Switch(0, None, "last row that startIndex reaches; 0 is any"),
    "echo_id": _either(
        "selected", "never", "does an entry show its key as Id", "always"
    ),
    "unknown_select": _either("ignored", "error", "unknown names in select"),
    "select_users_500": _flag(False, "select on users fails"),
    "null_references": _either("null", "absent", "a reference to nothing is shown as"),
    "collection_stubs": _either(
        "url", "null", "a collection nobody asked for is shown as", "absent"
    ),
    "pad_ids": _flag(True, "char(12) values are padded with blanks"),
    "missing_status": Switch(404, (404, 410, 500), "status for a key nobody has"),
    "history_rights": _either(
        "follow", "open", "do rows without an owner follow their lead or contact"
    ),
    "url_limit": Switch(0, None, "longest query string the web server takes; 0: any"),
    "json_dates": _either(
        "date", "date_offset", "how JSON spells dates: number, with offset, ISO", "iso"
    ),
    "plus_in_query": _either("space", "literal", "what + means in a query string"),
    "timezone": Switch("UTC", None, "the server's, for dates without a zone"),
    "collation": _either("CI", "CS", "does text compare without regard to case"),
    "id_collation": _either("binary", "CI", "the same for keys"),
    "collection_paths": _either(
        "exists", "join", "does a where path through a collection repeat its parents"
    ),
    "order_joins": _either(
        "inner", "left", "ordering by a reference drops rows without one"
    ),
    "hidden_values": _either("null", "absent", "fields hidden from a login come as"),
    "permissions": _flag(True, "does generation 8 tell $permissions (8.2 and later)"),
    # Writing
    "locked_writes": _either("ignored", "error", "writes of fields that are locked"),
    "etag_required": _flag(False, "dynamic updates without If-Match are refused"),
    "unknown_members": _either("ignored", "error", "unknown names in a body"),
    "member_case": _either(
        "insensitive", "sensitive", "do names in a body match in any case"
    ),
    "required_fields": _either(
        "rules", "database", "who asks for last name, company, account"
    ),
    "text_overflow": _either("error", "truncate", "text longer than its column"),
    "default_owner": _either("login", "everyone", "owner of records sent without one"),
    "client_stamps": _either("overwritten", "kept", "stamps that a client sends"),
    "history_dates": _either("filled", "required", "history dates that are missing"),
    "enum_numbers": _either("accepted", "error", "numbers sent for an enum"),
    "patch": Switch(405, (405, 404), "status for PATCH"),
    "location_header": _flag(True, "does 201 carry Location"),
    "batch": _either("open", "refused", "is $batch served"),
    "batch_failure": _either(
        "item", "container", "an item that fails: alone, or the whole batch with it"
    ),
    "batch_limit": Switch(0, None, "most items of a batch; 0 is any number"),
    "audit": _either(
        "off", "changes", "are audit rows written; all has deletions too", "all"
    ),
    # Feeds of some customers
    "campaign_target_feed": _either(
        "generation", "on", "has campaignTargets a feed; generation: in 8 only", "off"
    ),
    "lead_history_feed": _flag(False, "has leadHistory a feed"),
    # Groups
    "adhoc_put": _either(
        "replace", "merge", "adHocIds of a PUT: all members, or further ones"
    ),
    "adhoc_deleted": _either(
        "linger", "removed", "ids of deleted entities in adHocIds"
    ),
    "adhoc_limit": Switch(0, None, "most members a write may name; 0 is any number"),
    "group_etag_required": _flag(True, "changing a group needs If-Match"),
    "group_writers": _either(
        "owner", "everyone", "who may change a group that is shared"
    ),
    "group_dates": _either("iso", "date", "how rows of a group spell dates"),
    # Finding out
    "metadata": _either("open", "refused", "may a login that is no admin read it"),
    "schema": _either("open", "refused", "is $schema served"),
    "schema_lengths": _flag(True, "does $schema tell maximal lengths"),
}


class Switches(Mapping[str, object]):
    """Current values; `set` refuses what a switch does not know."""

    def __init__(self, **values: object) -> None:
        self._values = {name: switch.default for name, switch in SWITCHES.items()}
        self.set(values)

    def set(self, values: Mapping[str, object]) -> None:
        """All or none; UnknownSwitch."""
        checked = {}
        for name, value in values.items():
            if name not in SWITCHES:
                raise UnknownSwitch(f"no switch {name!r}; there are {list(SWITCHES)}")
            checked[name] = SWITCHES[name].check(name, value)
        if "timezone" in checked:
            _zone(str(checked["timezone"]))
        self._values.update(checked)

    @property
    def zone(self) -> ZoneInfo:
        return _zone(str(self["timezone"]))

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UnknownSwitch(f"no time zone {name!r}") from error
