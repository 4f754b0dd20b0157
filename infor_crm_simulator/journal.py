"""The request log: what was asked, never with which password."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass

_KEPT = 50_000


@dataclass
class Line:
    """One request; `at` is when it came in (seconds since 1970), `path` is below the
    host, `bytes` the size of the answer's body."""

    number: int
    at: float
    method: str
    path: str
    query: str
    status: int
    user: str
    ms: float
    bytes: int
    request_bytes: int
    fault: str = ""


class Journal:
    """The last requests, in the order in which they ended."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()
        self._number = 0

    def add(self, **values: object) -> None:
        with self._lock:
            self._number += 1
            self._lines.append(Line(number=self._number, **values))

    def lines(self) -> list[dict[str, object]]:
        with self._lock:
            return [asdict(line) for line in self._lines]

    def clear(self) -> None:
        with self._lock:
            self._lines.clear()
