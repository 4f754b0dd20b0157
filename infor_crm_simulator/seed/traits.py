"""What real CRM data looks like between the clean rows.

Everything is decided by a row's number, so that a seed of any size has the same share
of each dent, and at least nine in ten rows keep a distinct usable e-mail address.
"""

from __future__ import annotations

import random

#: The moment the seed pretends to end at (2025-06-01T08:00Z, in milliseconds).
SEED_END = 1_748_764_800_000
DAY = 86_400_000
_TEN_YEARS = 3650

NOT_ADDRESSES = (
    "n/a",
    "none",
    "-",
    "jane.doe(at)example.com",
    "unknown@",
    "@b.example",
)


class Addresses:
    """Hands out e-mail addresses: mostly distinct ones, a few dents."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._used: set[str] = set()
        self._given: list[str] = []

    def next(self, number: int, first: str, last: str, domain: str) -> str | None:
        place = number % 100
        if place in (7, 57):
            return None
        if place == 33:
            return ""
        if place == 71:
            return NOT_ADDRESSES[number // 100 % len(NOT_ADDRESSES)]
        if place in (43, 93) and self._given:
            return self._again(number)
        return self._spelling(place, self.fresh(first, last, domain))

    def fresh(self, first: str, last: str, domain: str) -> str:
        address = f"{first}.{last}@{domain}.example"
        if address in self._used:
            address = f"{first}.{last}{len(self._used)}@{domain}.example"
        self._used.add(address)
        self._given.append(address)
        return address

    def _again(self, number: int) -> str:
        """Somebody else's address, often in another spelling."""
        address = self._draw.choice(self._given)
        return address.upper() if number % 3 == 0 else address

    @staticmethod
    def _spelling(place: int, address: str) -> str:
        if place == 11:
            return f" {address}"
        if place == 12:
            return f"{address}  "
        if place in (13, 64):
            local, domain = address.split("@")
            return f"{local.title()}@{domain.upper()}"
        return address

    def given(self) -> list[str]:
        return self._given


def flag(number: int, yes_every: int) -> int | None:
    """Opt-outs come as true, false and null; null means false."""
    if number % yes_every == yes_every - 1:
        return 1
    return (None, 0, 0, None, 0)[number % 5]


def dates(draw: random.Random) -> tuple[int, int]:
    """Created and modified, in milliseconds, whole seconds."""
    created = SEED_END - int(draw.random() * _TEN_YEARS * DAY) // 1000 * 1000
    age = SEED_END - created
    return created, created + int(draw.random() * age) // 1000 * 1000


def day(draw: random.Random, number: int) -> int | None:
    """A date-only value (five seconds past midnight), now and then a far one."""
    place = number % 50
    if place < 20:
        return None
    if place == 20:
        return -2_209_161_600_000  # 1899-12-30, what a lost date becomes
    if place == 21:
        return 253_402_214_400_000  # 9999-12-31
    return (SEED_END // DAY - draw.randrange(9000, 25_000)) * DAY + 5000


def words(text: str, number: int, length: int | None = 128) -> str | None:
    """Free text: missing, empty, odd blanks, quotes; long ones where there is room."""
    found = _words(text, number, memo=length is None)
    return found if found is None else found[:length]


def _words(text: str, number: int, *, memo: bool) -> str | None:
    place = number % 40
    if place < 12:
        return None
    if place < 15:
        return ""
    if place == 15:
        return f'He said "call me" & it\'s <b>urgent</b>;\r\n  100 % sure – {text}'
    if place == 16 and memo:
        return "\r\n".join(f"{line}. {text}" for line in range(1, 120))
    if place == 17:
        return f"  {text}\t "
    return text
