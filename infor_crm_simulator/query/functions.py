"""SQL functions that SQLite lacks or knows for ASCII only.

They keep to SQL Server, on which most Infor CRMs run: NULL in, NULL out; moments are
milliseconds since 1970 and their parts are those of UTC, as they are stored.
"""

from __future__ import annotations

import math
import re
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, wraps

from .dates import EPOCH

Clock = Callable[[], int]

#: Capitals whose small letter is (or begins with) an ASCII letter. Left as they are,
#: so that text that is ASCII can be compared by SQLite's own NOCASE.
_ODD_CAPITALS = re.compile("([\u0130\u212a])")


def fold(text: str) -> str:
    """`text` without the difference between capital and small letters."""
    if text.isascii():
        return text.lower()
    if _ODD_CAPITALS.search(text):
        parts = _ODD_CAPITALS.split(text)
        return "".join(p if _ODD_CAPITALS.match(p) else fold(p) for p in parts)
    return text.lower().replace("ς", "σ")


@lru_cache(maxsize=256)
def like_pattern(pattern: str) -> re.Pattern[str]:
    """A LIKE pattern as a regular expression: ``%`` any run, ``_`` one character."""
    signs = {"%": ".*", "_": "."}
    source = "".join(signs.get(char) or re.escape(char) for char in pattern)
    return re.compile(source, re.DOTALL)


def like(value: object, pattern: object) -> bool:
    return like_pattern(str(pattern)).fullmatch(str(value)) is not None


def like_folded(value: object, pattern: object) -> bool:
    return like(fold(str(value)), fold(str(pattern)))


def right(text: object, length: float) -> str:
    return str(text)[-int(length) :] if length >= 1 else ""


def substring(text: object, start: int, length: int | None = None) -> str:
    """1-based; a start before the text shortens what is taken, as in SQL Server."""
    end = len(str(text)) if length is None else int(start) - 1 + int(length)
    return str(text)[max(int(start) - 1, 0) : max(end, 0)]


def round_half_up(number: float, digits: int = 0) -> int | float:
    step = Decimal(1).scaleb(-int(digits))
    rounded = Decimal(str(number)).quantize(step, ROUND_HALF_UP)
    return int(rounded) if isinstance(number, int) else float(rounded)


def sign(number: float) -> int:
    return (number > 0) - (number < 0)


def modulo(left: float, right: float) -> int | float | None:
    """The remainder with the sign of the dividend; NULL for a division by zero."""
    if right == 0:
        return None
    remainder = math.fmod(left, right)
    both_whole = isinstance(left, int) and isinstance(right, int)
    return int(remainder) if both_whole else remainder


def square_root(number: float) -> float | None:
    return math.sqrt(number) if number >= 0 else None


def add_days(moment: int, days: float) -> int:
    return int(moment + round(days * 86_400_000))


def _part(name: str) -> Callable[[int], int | None]:
    def part(moment: int) -> int | None:
        try:
            return getattr(EPOCH + timedelta(milliseconds=moment), name)
        except OverflowError:
            return None

    return part


def _null_in_null_out(function: Callable[..., object]) -> Callable[..., object]:
    @wraps(function)
    def guarded(*arguments: object) -> object:
        return None if None in arguments else function(*arguments)

    return guarded


def _one_text(method: Callable[[str], str]) -> Callable[[object], object]:
    """Like `_null_in_null_out`, without its cost: it runs once per row."""

    def apply(value: object) -> object:
        return None if value is None else method(str(value))

    return apply


#: name → (number of arguments, function); -1 is any number.
_FUNCTIONS: dict[str, tuple[int, Callable[..., object]]] = {
    "slx_fold": (1, _one_text(fold)),
    "slx_upper": (1, _one_text(str.upper)),
    "slx_lower": (1, _one_text(str.lower)),
    "slx_like": (2, _null_in_null_out(like)),
    "slx_like_folded": (2, _null_in_null_out(like_folded)),
    "slx_right": (2, _null_in_null_out(right)),
    "slx_substring": (-1, _null_in_null_out(substring)),
    "slx_round": (-1, _null_in_null_out(round_half_up)),
    "slx_floor": (1, _null_in_null_out(math.floor)),
    "slx_sign": (1, _null_in_null_out(sign)),
    "slx_mod": (2, _null_in_null_out(modulo)),
    "slx_sqrt": (1, _null_in_null_out(square_root)),
    "slx_add_days": (2, _null_in_null_out(add_days)),
    **{
        f"slx_{name}": (1, _null_in_null_out(_part(name)))
        for name in ("year", "month", "day", "hour", "minute", "second")
    },
}


def _system_clock() -> int:
    return time.time_ns() // 1_000_000


def register_functions(
    connection: sqlite3.Connection, clock: Clock | None = None
) -> None:
    """Teach a connection every function that compiled queries use.

    `clock` tells the server's time for ``currentTimestamp()``, in milliseconds.
    """
    for name, (arity, function) in _FUNCTIONS.items():
        connection.create_function(name, arity, function, deterministic=True)
    connection.create_function("slx_now", 0, clock or _system_clock)
