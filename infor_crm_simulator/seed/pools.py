"""Names, companies and addresses of several countries, drawn once per process.

Faker is asked for small pools; people are combined from them, which is what makes
hundreds of thousands affordable. Addresses end in ".example", so that no mail to a
person of the practice CRM can ever reach anybody.
"""

from __future__ import annotations

import functools
import random
import re
import unicodedata
from dataclasses import dataclass

from faker import Faker

#: Locale, weight, spellings of the country in the CRM's free text field.
_COUNTRIES = (
    ("en_US", 30, ("USA", "USA", "United States", "US")),
    ("en_GB", 12, ("United Kingdom", "UK", "England")),
    ("de_DE", 14, ("Germany", "Deutschland", "DE")),
    ("de_AT", 6, ("Austria", "Österreich")),
    ("fr_FR", 8, ("France", "FRANCE")),
    ("it_IT", 6, ("Italy", "Italia")),
    ("es_ES", 6, ("Spain", "España")),
    ("nl_NL", 4, ("Netherlands", "The Netherlands")),
    ("sv_SE", 3, ("Sweden",)),
    ("pl_PL", 3, ("Poland", "Polska")),
    ("cs_CZ", 2, ("Czech Republic", "Česko")),
    ("pt_BR", 3, ("Brazil", "Brasil")),
    ("ja_JP", 2, ("Japan",)),
    ("el_GR", 1, ("Greece",)),
)
_SEED = 20250601
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Place:
    street: str
    second: str | None
    city: str
    state: str | None
    postcode: str
    country: str


@dataclass(frozen=True)
class Pool:
    """What one country contributes. Names come with their spelling in addresses."""

    first_names: tuple[tuple[str, str], ...]
    last_names: tuple[tuple[str, str], ...]
    companies: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    phone: str


def slug(text: str) -> str:
    """ASCII letters of a name, "" when nothing is left (Japanese, Greek)."""
    folded = text.lower().replace("ß", "ss").replace("ł", "l").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return _NOT_ASCII_WORD.sub("-", plain).strip("-")


@functools.cache
def pools() -> tuple[tuple[Pool, ...], tuple[int, ...]]:
    """Pools and their weights."""
    made = tuple(_pool(*country) for country in _COUNTRIES)
    return made, tuple(weight for _locale, weight, _names in _COUNTRIES)


def _settle(fake: Faker) -> None:
    """Some of the library's lists are made of sets: another order in every process."""
    for provider in fake.factories[0].providers:
        if isinstance(getattr(provider, "cities", None), list):
            provider.cities = sorted(provider.cities)


def _pool(locale: str, weight: int, countries: tuple[str, ...]) -> Pool:
    fake = Faker(locale)
    _settle(fake)
    fake.seed_instance(_SEED)
    draw = random.Random(_SEED)
    size = 30 + 5 * weight
    return Pool(
        first_names=_spelt((fake.first_name() for _ in range(size)), 32),
        last_names=_spelt((fake.last_name() for _ in range(2 * size)), 32),
        companies=_spelt((fake.company() for _ in range(2 * size)), 128),
        places=tuple(_place(fake, locale, draw, countries) for _ in range(2 * size)),
        phone=f"+{draw.randrange(20, 90)}",
    )


def _spelt(names: object, length: int) -> tuple[tuple[str, str], ...]:
    unique = dict.fromkeys(str(name)[:length].strip() for name in names)
    return tuple(
        (name, slug(name)[:40].strip("-") or f"n{index}")
        for index, name in enumerate(unique)
    )


def _place(
    fake: Faker, locale: str, draw: random.Random, countries: tuple[str, ...]
) -> Place:
    return Place(
        street=fake.street_address()[:64].replace("\n", " "),
        second=draw.choice(
            (None, None, None, "", "Suite 200", "2. Stock", "c/o Empfang")
        ),
        city=fake.city()[:32],
        state=_state(fake, locale),
        postcode=fake.postcode()[:24],
        country=draw.choice(countries),
    )


def _state(fake: Faker, locale: str) -> str | None:
    if locale == "en_US":
        return str(fake.state_abbr() if fake.random_int(0, 4) else fake.state())
    if locale in ("de_DE", "de_AT", "es_ES", "pt_BR", "it_IT"):
        return str(fake.state())[:32]
    return None
