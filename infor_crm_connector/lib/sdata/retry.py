"""When to try again, and when: arithmetic."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .errors import (
    BudgetExceeded,
    ConnectionRefused,
    HostUnknown,
    SDataError,
    ServerFault,
    Unreachable,
    UnreadableAnswer,
)

# these say that the server never saw the call
NEVER_ARRIVED = (HostUnknown, ConnectionRefused)


@dataclass(frozen=True)
class Retry:
    """Four tries, with pauses of about 1, 2 and 4 seconds between them.

    Production clients of this CRM use the same pauses (docs/sdata.md 10).
    """

    attempts: int = 4
    first_delay: float = 1.0
    longest_delay: float = 30.0

    def should_retry(self, error: SDataError, harmless: bool, attempt: int) -> bool:
        """After the ``attempt``-th try (from 1) failed with ``error``.

        ``harmless``: sending the call twice does what sending it once does. Others
        are repeated only when the server cannot have seen them.
        """
        if attempt >= self.attempts or not error.retryable:
            return False
        if isinstance(error, BudgetExceeded):
            return False
        return harmless or isinstance(error, NEVER_ARRIVED)

    def delay(self, attempt: int, asked: float | None = None) -> float:
        """Seconds before the next try; never less than the server asked for."""
        pause = self.first_delay * 2 ** (attempt - 1)
        return min(self.longest_delay, max(self.jittered(pause), asked or 0.0))

    def jittered(self, pause: float) -> float:
        """Spread, so that parallel calls do not come back in step."""
        return pause * random.uniform(0.75, 1.25)


def may_have_happened(error: SDataError) -> bool:
    """Whether a write that ended so can have been executed all the same."""
    if isinstance(error, NEVER_ARRIVED):
        return False
    if isinstance(error, ServerFault):
        return error.status in (500, 502, 504)
    return isinstance(error, (Unreachable, UnreadableAnswer))
