"""The server's clock: real or seeded, and it may be wrong."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import format_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Milliseconds since 1970 in UTC. A start makes it run on from that moment."""

    def __init__(self, start: int | None = None) -> None:
        self.offset_seconds = 0.0
        self._shift = 0 if start is None else start - self._real()

    @staticmethod
    def _real() -> int:
        return time.time_ns() // 1_000_000

    def now(self) -> int:
        return self._real() + self._shift + int(self.offset_seconds * 1000)

    def http_date(self) -> str:
        moment = datetime.fromtimestamp(self.now() // 1000, tz=UTC)
        return format_datetime(moment, usegmt=True)


def milliseconds(text: str) -> int:
    """Of an ISO moment; without a zone it means UTC. ValueError."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round((moment - _EPOCH).total_seconds() * 1000)
