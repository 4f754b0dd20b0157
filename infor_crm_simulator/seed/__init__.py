"""Fills a fresh store with a company's worth of people, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from ..store import Store
from . import fixed
from .activities import (
    ACTIVITY_COLUMNS,
    CAMPAIGN_COLUMNS,
    TARGET_COLUMNS,
    USER_ACTIVITY_COLUMNS,
    activities,
    campaigns,
    targets,
)
from .contacts import (
    ACCOUNT_COLUMNS,
    CONTACT_COLUMNS,
    ENTITY_ADDRESS_COLUMNS,
    ContactSeed,
)
from .groups import fill_groups
from .keys import ADMIN, key
from .leads import LEAD_ADDRESS_COLUMNS, LEAD_COLUMNS, LeadSeed, Row
from .notes import HISTORY_COLUMNS, history
from .traits import SEED_END

_CHUNK = 5000
_STAMPS = (SEED_END, ADMIN, SEED_END, ADMIN)
_STAMP_COLUMNS = ("CREATEDATE", "CREATEUSER", "MODIFYDATE", "MODIFYUSER")


@dataclass(frozen=True)
class Size:
    """How much there is; `accounts` of None is one per three contacts."""

    seed: int = 1
    leads: int = 500
    contacts: int = 500
    accounts: int | None = None

    @property
    def account_count(self) -> int:
        if self.accounts is not None:
            return max(self.accounts, 1 if self.contacts else 0)
        return -(-self.contacts // 3)


def fill(store: Store, size: Size) -> None:
    """Tables, rows, indexes, in one transaction."""
    with store.transaction():
        store.create_tables()
        _fill_fixed(store)
        lead_addresses, lead_people = _fill_leads(store, size)
        contact_people = _fill_contacts(store, size, lead_addresses)
        _load(store, "History", HISTORY_COLUMNS, history(lead_people + contact_people))
        _fill_plans(store, size, lead_people + contact_people)
        fill_groups(
            store, {"Q": size.leads, "C": size.contacts, "A": size.account_count}
        )
        store.create_indexes()


def _load(
    store: Store, name: str, columns: tuple[str, ...], rows: Iterable[Row]
) -> None:
    store.insert_rows(store.model.by_name[name], columns, rows)


def _fill_leads(store: Store, size: Size) -> tuple[list[str], list[Row]]:
    """Addresses given out, and every fifth lead for the history."""
    source = LeadSeed(size.seed, size.leads)
    people: list[Row] = []
    for chunk in _chunks(source.rows()):
        _load(store, "Lead", LEAD_COLUMNS, (lead for lead, _address in chunk))
        _load(store, "LeadAddress", LEAD_ADDRESS_COLUMNS, (row for _lead, row in chunk))
        people += [_of_lead(lead) for lead, _address in chunk[::5]]
    return source.addresses.given(), people


def _fill_plans(store: Store, size: Size, people: list[Row]) -> None:
    planned = list(activities(people))
    _load(store, "Activity", ACTIVITY_COLUMNS, (row for row, _user in planned))
    _load(store, "UserActivity", USER_ACTIVITY_COLUMNS, (row for _row, row in planned))
    _load(store, "Campaign", CAMPAIGN_COLUMNS, campaigns())
    rows = targets(size.leads, size.contacts)
    _load(store, "CampaignTarget", TARGET_COLUMNS, rows)


def _of_lead(lead: Row) -> Row:
    values = dict(zip(LEAD_COLUMNS, lead, strict=True))
    name = ", ".join(filter(None, (values["LASTNAME"], values["FIRSTNAME"])))
    return (None, values["COMPANY"], None, None, values["LEADID"], name)


def _fill_contacts(store: Store, size: Size, taken: list[str]) -> list[Row]:
    source = ContactSeed(size.seed, size.account_count, size.contacts, taken)
    people: list[Row] = []
    for chunk in _chunks(source.accounts()):
        _load(store, "Account", ACCOUNT_COLUMNS, (row for row, _address in chunk))
        _load(store, "Address", ENTITY_ADDRESS_COLUMNS, (row for _row, row in chunk))
    for chunk in _chunks(source.contacts()):
        _load(store, "Contact", CONTACT_COLUMNS, (rows[0] for rows in chunk))
        addresses = chain.from_iterable(rows[1:] for rows in chunk)
        _load(store, "Address", ENTITY_ADDRESS_COLUMNS, addresses)
        people += [_of_contact(rows[0]) for rows in chunk[::5]]
    return people


def _of_contact(contact: Row) -> Row:
    values = dict(zip(CONTACT_COLUMNS, contact, strict=True))
    name = ", ".join(filter(None, (values["LASTNAME"], values["FIRSTNAME"])))
    account = (values["ACCOUNTID"], values["ACCOUNTNAME"])
    return (*account, values["CONTACTID"], name, None, None)


def _chunks(rows: Iterator[tuple]) -> Iterator[list]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _fill_fixed(store: Store) -> None:
    owner_columns = ("SECCODEID", "OWNERDESCRIPTION", "TYPE", *_STAMP_COLUMNS)
    _load(store, "Owner", owner_columns, [(*row, *_STAMPS) for row in fixed.OWNERS])
    for person in fixed.PEOPLE:
        add_person(store, person)
    source_columns = (
        "LEADSOURCEID", "DESCRIPTION", "ABBREVDESCRIPTION", "TYPE", "STATUS",
        *_STAMP_COLUMNS,
    )  # fmt: skip
    sources = [
        (key("L", number), *source, "Active", *_STAMPS)
        for number, source in enumerate(fixed.SOURCES, start=1)
    ]
    _load(store, "LeadSource", source_columns, sources)


def add_person(store: Store, person: fixed.Person) -> None:
    """A user with its info row."""
    user_columns = (
        "USERID", "USERNAME", "ENABLED", "TYPE", "ISMANAGER", "DEFAULTSECCODEID",
        "MANAGERID", *_STAMP_COLUMNS,
    )  # fmt: skip
    user = (
        person.key, person.login, int(person.enabled), person.type,
        int(person.manager is None), person.default_owner, person.manager, *_STAMPS,
    )  # fmt: skip
    info_columns = (
        "USERID", "FIRSTNAME", "LASTNAME", "TITLE", "EMAIL", "USERNAME",
        *_STAMP_COLUMNS,
    )  # fmt: skip
    email = person.email or f"{person.login}@crm.example"
    info = (
        person.key, person.first, person.last, person.title, email, person.login,
        *_STAMPS,
    )  # fmt: skip
    _load(store, "User", user_columns, [user])
    _load(store, "UserInfo", info_columns, [info])
