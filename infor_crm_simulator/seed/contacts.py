"""Accounts, their contacts and the addresses of both."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ..texts import capitals
from . import fixed
from .keys import ADMIN, key
from .leads import ADDRESS_COLUMNS, STAMP_COLUMNS, Row, address_values, phone
from .pools import Place, Pool, pools
from .traits import Addresses, dates, day, flag, words

ENTITY_ADDRESS_COLUMNS = ("ADDRESSID", "ENTITYID", *ADDRESS_COLUMNS, *STAMP_COLUMNS)
ACCOUNT_COLUMNS = (
    "ACCOUNTID", "ADDRESSID", "SHIPPINGID", "SECCODEID", "ACCOUNTMANAGERID",
    "LEADSOURCEID", "ACCOUNTNAME", "ACCOUNTNAMEUPPER", "MAINPHONE", "FAX", "EMAIL",
    "WEBADDRESS", "TYPE", "STATUS", "INDUSTRY", "DESCRIPTION", "NOTES", "EMPLOYEES",
    "REVENUE", "CURRENCYCODE", "PARENTID", "DONOTSOLICIT", "NATIONALACCOUNT",
    *STAMP_COLUMNS,
)  # fmt: skip
CONTACT_COLUMNS = (
    "CONTACTID", "ACCOUNTID", "ADDRESSID", "SHIPPINGID", "SECCODEID",
    "ACCOUNTMANAGERID", "FIRSTNAME", "LASTNAME", "LASTNAMEUPPER", "MIDDLENAME",
    "PREFIX", "TITLE", "DEPARTMENT", "ACCOUNTNAME", "SALUTATION", "EMAIL",
    "SECONDARYEMAIL", "EMAIL3", "WORKPHONE", "MOBILE", "FAX", "WEBADDRESS", "TYPE",
    "STATUS", "DESCRIPTION", "INTERESTS", "CUISINEPREFERENCE", "DIRECTIONS",
    "DONOTEMAIL", "DONOTFAX", "DONOTMAIL", "DONOTPHONE", "DONOTSOLICIT", "ISPRIMARY",
    "ISSERVICEAUTHORIZED", "BIRTHDAY", "YEARGRADUATED", "CUSTOMERTIER",
    "NEWSLETTERTOPICS", "PREFERREDLANGUAGE", "CONSENTDATE", "VIPCUSTOMER",
    "LOYALTYPOINTS", "LASTORDERAMOUNT", "EVENTATTENDEE", *STAMP_COLUMNS,
)  # fmt: skip

#: An account while its contacts are made: key, name, domain, place, pool, owner.
Home = tuple[str, str, str, Place, Pool, str]


def _choose(draw: random.Random, picklist: str, number: int) -> str | None:
    if number % 4 == 3:
        return None
    item = draw.choice(fixed.PICKLISTS[picklist])
    return item if isinstance(item, str) else item[0]


class ContactSeed:
    """Accounts first: `accounts` fills what `contacts` then draws from.

    Address keys run on from one to the next; each account has one row, each contact
    two (its address and the one for shipping).
    """

    def __init__(
        self, seed: int, accounts: int, contacts: int, lead_addresses: list[str]
    ) -> None:
        self._draw = random.Random(f"contacts {seed}")
        self._accounts = accounts
        self._contacts = contacts
        self._pools, self._weights = pools()
        self._of_leads = lead_addresses
        self._emails = Addresses(self._draw)
        self._homes: list[Home] = []

    def accounts(self) -> Iterator[tuple[Row, Row]]:
        """Pairs of account and address."""
        drawn = self._draw.choices(self._pools, self._weights, k=self._accounts)
        for number, pool in enumerate(drawn, start=1):
            yield self._account(number, pool)

    def _account(self, number: int, pool: Pool) -> tuple[Row, Row]:
        draw, choice = self._draw, self._draw.choice
        name, domain = choice(pool.companies)
        account_key, address_key = key("A", number), key("a", number)
        created, modified = dates(draw)
        stamps = (created, ADMIN, modified, choice((ADMIN, fixed.LEE)))
        place, owner = choice(pool.places), choice(fixed.OWNER_SPREAD)
        self._homes.append((account_key, name, domain, place, pool, owner))
        account = (
            account_key, address_key, address_key, owner, choice(fixed.MANAGERS),
            key("L", number % len(fixed.SOURCES) + 1) if number % 6 else None,
            name, capitals(name), phone(pool, draw, number), None,
            f"info@{domain}.example" if number % 3 else None, f"www.{domain}.example",
            _choose(draw, "Account Type", number), _choose(draw, "Account Status", 0),
            _choose(draw, "Industry", number + 1), words(f"{name}, since 1999", number),
            words(f"Key account {number}", number + 9, None),
            number * 17 % 5000 if number % 3 else None,
            round(number * 9973.5 % 10_000_000, 2) if number % 4 else None,
            choice(("USD", "EUR", None)),
            key("A", number // 2) if number > 20 and number % 20 == 0 else None,
            flag(number, 50), number % 2, *stamps,
        )  # fmt: skip
        address = (address_key, account_key, *address_values(place, name[:64]))
        return account, (*address, *stamps)

    def contacts(self) -> Iterator[tuple[Row, Row, Row]]:
        """A contact, its address, its shipping address."""
        for number in range(1, self._contacts + 1):
            home = self._draw.choice(self._homes)
            yield self._contact(number, home)

    def _email(self, number: int, first: str, last: str, domain: str) -> str | None:
        """Some contacts share their address with a lead."""
        if number % 50 == 17 and number < len(self._of_leads):
            return self._of_leads[number]
        return self._emails.next(number, first, last, domain)

    def _contact(self, number: int, home: Home) -> tuple[Row, Row, Row]:
        draw, choice = self._draw, self._draw.choice
        account_key, account_name, domain, place, pool, owner = home
        first, first_slug = choice(pool.first_names)
        last, last_slug = choice(pool.last_names)
        email = self._email(number, first_slug, last_slug, domain)
        contact_key = key("C", number)
        address_key = key("a", self._accounts + 2 * number - 1)
        shipping_key = key("a", self._accounts + 2 * number)
        created, modified = dates(draw)
        stamps = (created, ADMIN, modified, choice((ADMIN, fixed.LEE)))
        contact = (
            contact_key, account_key, address_key, shipping_key, owner,
            choice(fixed.MANAGERS), None if number % 80 == 5 else first, last,
            capitals(last), None, _choose(draw, "Name Prefix", number),
            _choose(draw, "Title", number + 1), choice((None, "Sales", "IT", "")),
            account_name, choice((None, first, f"Dear {first}")), email,
            f"{first_slug}.{number}@home.example" if number % 7 == 0 else None,
            f"{first_slug}{number}@mobile.example" if number % 31 == 0 else None,
            phone(pool, draw, number), phone(pool, draw, number + 1), None,
            f"www.{domain}.example", _choose(draw, "Contact Type", number),
            _choose(draw, "Contact Status", number % 3),
            words(f"Knows {last} well", number), choice((None, "Golf", "Chess")),
            _choose(draw, "CuisinePrefs", number + 2),
            words("Turn left", number + 7, None),
            flag(number, 25), flag(number, 40), flag(number + 1, 30),
            flag(number + 2, 20), flag(number + 3, 50), number % 2, number % 3 == 0,
            day(draw, number), 1960 + number % 60 if number % 3 else None,
            _choose(draw, "Customer Tier", number + 1),
            choice((None, "", "Products", "Products, Events", "Press")),
            choice((None, "de", "en", "fr")), day(draw, number + 25),
            (None, 1, 0)[number % 3], number * 11 % 5000 if number % 4 else None,
            round(number * 21.77 % 20_000, 2) if number % 5 else None,
            ("T", "F", None)[number % 3], *stamps,
        )  # fmt: skip
        addresses = (
            (key_, contact_key, *address_values(place, first), *stamps)
            for key_ in (address_key, shipping_key)
        )
        return (contact, *addresses)
