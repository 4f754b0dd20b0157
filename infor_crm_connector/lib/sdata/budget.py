"""How many calls per minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from .errors import BudgetExceeded


class Pace(Protocol):
    """Whatever says when the next call may go."""

    def take(self) -> float:
        """Called before each request. Waits for its turn and returns the seconds
        waited, or raises an :class:`SDataError` when it must not be sent."""


class Budget:
    """A token bucket; several clients of one connector may share one object.

    Filled at ``requests_per_minute``; up to ``burst`` calls (default: what six
    seconds earn, at least one) may go at once after a rest. :meth:`take` waits for
    its turn, and raises :class:`BudgetExceeded` (nothing was sent) when that would
    take longer than ``longest_wait`` seconds.
    """

    def __init__(
        self,
        requests_per_minute: int = 600,
        *,
        burst: int | None = None,
        longest_wait: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if requests_per_minute < 1:
            raise ValueError("a budget needs at least one request per minute")
        self.interval = 60.0 / requests_per_minute
        self.burst = burst or max(1, requests_per_minute // 10)
        self.longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        # the moment at which the bucket is full again
        self._full_at = clock()

    def delay(self, now: float, full_at: float) -> float:
        """Seconds to wait before a call at ``now``: arithmetic only."""
        return max(0.0, full_at + self.interval - self.burst * self.interval - now)

    def take(self) -> float:
        """Wait for a token; returns the seconds waited."""
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at, now)
            wait = self.delay(now, full_at)
            if wait > self.longest_wait:
                raise BudgetExceeded(reason="budget", retry_after=wait)
            self._full_at = full_at + self.interval
        if wait:
            self._sleep(wait)
        return wait
