"""The groups of a fresh practice CRM, with every oddity that groups have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..entities.group import CREATE_MEMBERS, MEMBERS, PLUGIN
from ..store import Store
from . import fixed
from .keys import ADMIN, EVERYONE, key
from .traits import DAY, SEED_END

_TABLES = {"lead": "LEAD", "contact": "CONTACT", "account": "ACCOUNT"}

#: A member that does not exist any more: ids of deleted entities linger.
GONE = 36**6


@dataclass(frozen=True)
class Group:
    """`condition` is a where clause, ``:UserID`` the login's key in it.

    An ad hoc group has `every` instead: the n-th of all entities are its members.
    `released_to` is an owner; None keeps the group to `user`.
    """

    family: str
    name: str
    condition: str = ""
    every: int = 0
    user: str = ADMIN
    released_to: str | None = EVERYONE
    version: int = 1
    hidden: bool = False


def _in_country(*spellings: str) -> str:
    listed = ", ".join(f"'{spelling}'" for spelling in spellings)
    return f"Address.Country in ({listed})"


#: In the order of their keys. Families come in any case, as in real data; there are
#: two releases of "Leads with E-mail".
GROUPS = (
    Group("Lead", "All Leads"),
    Group("Lead", "My Leads", "AccountManager.Id eq ':UserID'"),
    Group("Lead", "New Leads", "Status eq 'New'"),
    Group("Lead", "Leads with E-mail", "Email ne null"),
    Group("Lead", "Leads with E-mail", "Email like '%@%'", version=2),
    Group("LEAD", "Trade Show Visitors", every=4),
    Group("Contact", "All Contacts"),
    Group("Contact", "Newsletter", every=3),
    Group("Contact", "Customers of Germany", _in_country("Germany", "Deutschland")),
    Group("Contact", "Customers of USA", _in_country("USA", "United States", "US")),
    Group("Contact", "Customers of Austria", _in_country("Austria", "Österreich")),
    Group("CONTACT", "VIP Customers", "VipCustomer eq true"),
    Group("Contact", "Lee's Visits", every=10, user=fixed.LEE, released_to=None),
    Group(
        "Contact",
        "Midwest Contacts",
        f"Owner.Id eq '{fixed.MIDWEST}'",
        released_to=fixed.MIDWEST,
    ),
    Group("Account", "All Accounts"),
    Group("Account", "Customers", "Type eq 'Customer'"),
    Group("Account", "Key Accounts", every=5),
    Group("Contact", "Old Prospects", "Type eq 'Prospect'", hidden=True),
)


def fill_groups(store: Store, sizes: dict[str, int]) -> None:
    """`sizes` is the number of entities by key letter. Callers hold the transaction."""
    store.run(f"DROP TABLE IF EXISTS {MEMBERS}")
    store.run(CREATE_MEMBERS)
    store.insert(PLUGIN, [_row(number, group) for number, group in _numbered()])
    sql = f"INSERT INTO {MEMBERS} (GROUPID, ENTITYID) VALUES (?, ?)"
    with store.transaction() as connection:
        connection.executemany(sql, _members(sizes))


def _numbered() -> Iterator[tuple[int, Group]]:
    return enumerate(GROUPS, start=1)


def _row(number: int, group: Group) -> dict[str, object]:
    created = SEED_END - (100 - number) * DAY
    return {
        "PLUGINID": key("p", number),
        "FAMILY": group.family,
        "NAME": group.name,
        "DISPLAYNAME": group.name,
        "MAINTABLE": _TABLES[group.family.lower()],
        "ISADHOC": int(bool(group.every)),
        "ISHIDDEN": int(group.hidden),
        "USERID": group.user,
        "VERSION": group.version,
        "CREATEDATE": created,
        "CREATEUSER": group.user,
        "MODIFYDATE": created,
        "MODIFYUSER": group.user,
        "CONDITION": group.condition,
        "RELEASEDTO": group.released_to,
    }


def _members(sizes: dict[str, int]) -> Iterator[tuple[str, str]]:
    for number, group in _numbered():
        if group.every:
            letter = group.family[0].upper().replace("L", "Q")
            places = range(group.every, sizes[letter] + 1, group.every)
            for place in (*places, GONE):
                yield key("p", number), key(letter, place)
