"""Leads and their addresses."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ..texts import capitals
from . import fixed
from .keys import ADMIN, key
from .pools import Place, Pool, pools
from .traits import Addresses, dates, day, flag, words

STAMP_COLUMNS = ("CREATEDATE", "CREATEUSER", "MODIFYDATE", "MODIFYUSER")
ADDRESS_COLUMNS = (
    "DESCRIPTION", "TYPE", "ADDRESS1", "ADDRESS2", "CITY", "STATE", "POSTALCODE",
    "COUNTRY", "ISPRIMARY", "ISMAILING", "SALUTATION",
)  # fmt: skip
LEAD_ADDRESS_COLUMNS = ("LEAD_ADDRESSID", "LEADID", *ADDRESS_COLUMNS, *STAMP_COLUMNS)

#: Columns whose values are drawn together, from a pool of profiles.
_PROFILE_COLUMNS = (
    "PREFIX", "TITLE", "INDUSTRY", "STATUS", "TYPE", "PRIORITY", "EMPLOYEES", "REVENUE",
    "IMPORTSOURCE", "INTERESTS", "SICCODE", "CUSTOMERTIER", "NEWSLETTERTOPICS",
    "PREFERREDCONTACT", "CREDITRATING",
)  # fmt: skip
LEAD_COLUMNS = (
    "LEADID", "LEAD_ADDRESSID", "SECCODEID", "ACCOUNTMANAGERID", "LEADSOURCEID",
    "FIRSTNAME", "LASTNAME", "LASTNAMEUPPER", "MIDDLENAME", "COMPANY", "COMPANYUPPER",
    "EMAIL", "WORKPHONE", "MOBILE", "FAX", "WEBADDRESS", "DESCRIPTION",
    "BUSINESSDESCRIPTION", "NOTES", "DONOTEMAIL", "DONOTFAX", "DONOTMAIL",
    "DONOTPHONE", "DONOTSOLICIT", "ISPRIMARY", "ASSIGNDATE", "NEXTCALLDATE",
    "LEGACYREFERENCE", "CONSENTDATE", "WANTSCATALOGUE", "ENGAGEMENTSCORE",
    "ANNUALBUDGET", "EVENTATTENDEE", *_PROFILE_COLUMNS, *STAMP_COLUMNS,
)  # fmt: skip

Row = tuple[object, ...]


def profiles(draw: random.Random, count: int = 997) -> list[Row]:
    """Combinations of picklist-like values; a third of them is mostly empty."""
    return [_profile(draw, number) for number in range(count)]


def _profile(draw: random.Random, number: int) -> Row:
    def pick(name: str, empty: object = None) -> object:
        item = draw.choice(fixed.PICKLISTS[name])
        text = item if isinstance(item, str) else item[0]
        return empty if draw.random() < 0.3 else text

    topics = draw.sample(fixed.PICKLISTS["Newsletter Topics"], draw.randrange(4))
    return (
        pick("Name Prefix"), pick("Title"), pick("Industry", ""), pick("Lead Status"),
        pick("Lead Type"), pick("Priorities"),
        draw.choice((None, "50", "1-10", "250+")),
        draw.choice((None, "", "1000000", "5 Mio. €")), pick("Source"),
        draw.choice((None, "Golf", "Sailing, Books")), draw.choice((None, "7372")),
        pick("Customer Tier"), ", ".join(topics) or None,
        draw.choice((None, "E-mail", "Phone")), draw.choice((None, "A", "B")),
    )  # fmt: skip


def phone(pool: Pool, draw: random.Random, number: int) -> str | None:
    if number % 4 == 0:
        return (None, "", None)[number % 3]
    digits = int(draw.random() * 9_000_000) + 1_000_000
    return f"{pool.phone} {digits}" if number % 2 else f"602555{digits % 10_000:04}"


def address_values(place: Place, salutation: str) -> Row:
    return (
        "Office", "Billing & Shipping", place.street, place.second, place.city,
        place.state, place.postcode, place.country, 1, 1, salutation,
    )  # fmt: skip


class LeadSeed:
    """Rows of leads and of their addresses, in the order of their keys."""

    def __init__(self, seed: int, count: int) -> None:
        self._count = count
        self._draw = random.Random(f"leads {seed}")
        self._profiles = profiles(self._draw)
        self._pools, self._weights = pools()
        self.addresses = Addresses(self._draw)

    def rows(self) -> Iterator[tuple[Row, Row]]:
        """Pairs of lead and address."""
        drawn = self._draw.choices(self._pools, self._weights, k=self._count)
        for number, pool in enumerate(drawn, start=1):
            yield self._lead(number, pool)

    def _lead(self, number: int, pool: Pool) -> tuple[Row, Row]:
        draw, choice = self._draw, self._draw.choice
        first, first_slug = choice(pool.first_names)
        last, last_slug = choice(pool.last_names)
        company, domain = choice(pool.companies)
        email = self.addresses.next(number, first_slug, last_slug, domain)
        created, modified = dates(draw)
        lead_key, address_key = key("Q", number), key("b", number)
        stamps = (created, ADMIN, modified, choice((ADMIN, fixed.LEE)))
        first = _dented(first, number)
        lead = (
            lead_key, address_key, choice(fixed.OWNER_SPREAD), choice(fixed.MANAGERS),
            key("L", number % len(fixed.SOURCES) + 1) if number % 6 else None,
            first, last, capitals(last), "J." if number % 9 == 0 else None,
            company, capitals(company), email, phone(pool, draw, number),
            phone(pool, draw, number + 1), None, f"www.{domain}.example",
            words(f"Interested in offer {number}", number),
            words(f"{company}, since 19{number % 90 + 10}", number + 5, 2000),
            words(f"Met {first} at the fair", number + 20, None),
            flag(number, 25), flag(number, 40), flag(number + 1, 30),
            flag(number + 2, 20), flag(number + 3, 50), number % 2, created,
            None if number % 3 else modified + 86_400_000,
            f"L-{number:06}" if number % 2 else f"L-{number}  ", day(draw, number),
            (None, 1, 0)[number % 3], number * 7 % 101 if number % 4 else None,
            round(number * 13.37 % 90_000, 2) if number % 5 else None,
            ("T", "F", None)[number % 3],
        )  # fmt: skip
        address = (address_key, lead_key, *address_values(choice(pool.places), first))
        return (*lead, *choice(self._profiles), *stamps), (*address, *stamps)


def _dented(first: str, number: int) -> str | None:
    """First names: missing, empty, padded, shouted, quoted."""
    place = number % 60
    dents = {5: None, 6: "", 7: f" {first} ", 8: first.upper(), 9: f"{first} O'Neil"}
    dented = dents.get(place, first)
    return dented and dented[:32]
