"""Keys of the practice CRM: a table's letter, the site code, a counter in base 36."""

from __future__ import annotations

from collections.abc import Iterator

SITE = "SIMA"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

EVERYONE = "SYST00000001"
SYSTEM_OWNER = "SYST00000002"
ADMIN = "ADMIN"


def base36(number: int, width: int = 7) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text.rjust(width, "0")


def key(letter: str, number: int) -> str:
    """12 characters, e.g. ``QSIMA0000001``."""
    return f"{letter}{SITE}{base36(number)}"


def keys(letter: str, start: int = 1) -> Iterator[str]:
    number = start
    while True:
        yield key(letter, number)
        number += 1


def number_of(key_: str) -> int | None:
    """The counter in one of our keys, None for another site's."""
    if len(key_) != 12 or key_[1:5] != SITE:
        return None
    return int(key_[5:], 36)
