"""Refused logins: never ask twice, or the CRM locks the account.

A 403 means "wrong login" or "not allowed" (docs/sdata.md 2.2). Which of the two, one
call of ``getCurrentUser`` tells; but when the password was wrong it counts as one
more failed login. So: a refused login is final for this client, an answer that
proved the login good counts for a while, and only one thread asks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .errors import CredentialsRefused, LoginRefused, RightsRefused, SDataError

# a password may be changed while a long run is under way
GOOD_FOR = 30.0


class Login:
    """What is known about the login of one client."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refused: LoginRefused | None = None
        self._good_at: float | None = None
        self._lock = threading.Lock()

    def ensure(self) -> None:
        """Raise the refusal that ended this client, if there was one."""
        if self._refused is not None:
            raise self._refused.again()

    def good(self) -> None:
        """The server just did something for this login."""
        self._good_at = self._clock()

    def refuse(self, error: LoginRefused) -> None:
        self._refused = error.again()

    @property
    def ever_good(self) -> bool:
        return self._good_at is not None

    def wrong(self, error: RightsRefused) -> CredentialsRefused:
        """This 403 came from ``getCurrentUser`` itself, which needs no right."""
        meant = CredentialsRefused(
            error.diagnosis,
            status=error.status,
            sdata_code=error.sdata_code,
            method=error.method,
            url_safe=error.url_safe,
        )
        self.refuse(meant)
        return meant

    def explain(self, error: RightsRefused, ask: Callable[[], object]) -> SDataError:
        """The true meaning of a 403. ``ask`` calls ``getCurrentUser`` once."""
        with self._lock:
            if self._refused is not None:
                return self._refused.again()
            if self._is_fresh():
                return error
            try:
                ask()
            except RightsRefused as refusal:
                return self.wrong(refusal)
            except SDataError as failure:
                if isinstance(failure, LoginRefused):
                    self.refuse(failure)
                return failure
            self.good()
            return error

    def _is_fresh(self) -> bool:
        good_at = self._good_at
        return good_at is not None and self._clock() - good_at < GOOD_FOR
