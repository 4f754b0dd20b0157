"""How far the CRM's clock is from ours."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from statistics import median

SAMPLES = 15


class ClockSkew:
    """Measured from ``Date`` headers; positive when the server is ahead.

    The header has whole seconds and is written somewhere between request and
    answer: half of each is added. The median forgives single slow answers.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._samples: deque[float] = deque(maxlen=SAMPLES)
        self._lock = threading.Lock()

    def note(self, header: str | None, seconds: float) -> None:
        """An answer that took ``seconds`` just came in with this Date header."""
        if not header:
            return
        try:
            server = parsedate_to_datetime(header).timestamp()
        except (TypeError, ValueError, OverflowError):
            return
        with self._lock:
            self._samples.append(server + 0.5 - (self._clock() - seconds / 2))

    @property
    def seconds(self) -> float | None:
        with self._lock:
            return median(self._samples) if self._samples else None
