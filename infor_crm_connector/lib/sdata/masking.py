"""Secrets have no printable form."""

from __future__ import annotations

import base64
import logging
import re
from dataclasses import dataclass, field

from . import urls

MASK = "***"
_HEADER = re.compile(
    r"(?i)\b((?:x-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*b?['\"]?)"
    r"[^'\"\\\r\n]+"
)
_SCHEME = re.compile(r"(?i)\b(basic|bearer)\s+[a-z0-9+/_=.-]{4,}")
_QUERY = re.compile(r"(?i)((?:https?://[^\s?\"']*)?/sdata/[^\s?\"]*\?)([^\s\"]+)")
NOISY = ("urllib3", "urllib3.connectionpool", "urllib3.util.retry", "requests")


class Secret(str):
    """Text that may travel but never shows in a repr, a traceback or a dump."""

    __slots__ = ()

    def __repr__(self) -> str:
        return MASK


@dataclass(frozen=True, eq=False)
class Credentials:
    """User name and password (which may be blank: legal in Infor CRM).

    ``charset`` is how the two become bytes. Servers of today read UTF-8; some old
    ones read Latin-1, which only matters for letters beyond ASCII.
    """

    user: str
    password: str = field(default="", repr=False)
    charset: str = "utf-8"

    def __post_init__(self) -> None:
        object.__setattr__(self, "password", Secret(self.password or ""))

    @property
    def basic(self) -> Secret:
        """Value of the Authorization header."""
        pair = f"{self.user}:{self.password}".encode(self.charset, "replace")
        return Secret("Basic " + base64.b64encode(pair).decode("ascii"))

    @property
    def is_ascii(self) -> bool:
        return self.user.isascii() and self.password.isascii()

    def recoded(self, charset: str) -> Credentials:
        return Credentials(self.user, str(self.password), charset)

    def __repr__(self) -> str:
        return f"Credentials({self.user!r}, {MASK})"


def masked(text: str) -> str:
    """The text without credentials, and without query values of SData addresses."""
    text = _HEADER.sub(lambda found: f"{found[1]}{found[2]}{MASK}", text)
    text = _SCHEME.sub(lambda found: f"{found[1]} {MASK}", text)
    return _QUERY.sub(lambda found: found[1] + urls.query_names(found[2]), text)


class MaskingFilter(logging.Filter):
    """Masks every record that passes, ours and those of the libraries below us."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            return True
        hidden = masked(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


_FILTER = MaskingFilter()


def install(*names: str) -> None:
    """Put the filter on these loggers (once) and on those of the HTTP libraries."""
    for name in (*NOISY, *names):
        logger = logging.getLogger(name)
        if _FILTER not in logger.filters:
            logger.addFilter(_FILTER)
