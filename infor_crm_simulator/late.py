"""Writes that are done long after their sender gave up, see docs/sdata.md 5.6.

A request that times out may still be committed: after some time, or even after the
sender has looked and found nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]

_BELOW_KIND = re.compile(r"\(.*|/\$.*")


@dataclass
class _Pending:
    kind: str
    work: Work
    lookups: int
    delay: float


class Late:
    """`sleep` pauses for seconds and tells whether the server still stands."""

    def __init__(self, sleep: Callable[[float], bool]) -> None:
        self._sleep = sleep
        self._lock = threading.Lock()
        self._pending: list[_Pending] = []

    def add(self, path: str, work: Work, lookups: int, delay: float) -> None:
        """After so many GETs of the same kind have been answered, and the delay."""
        one = _Pending(_kind(path), work, lookups, delay)
        if lookups <= 0:
            self._start(one)
            return
        with self._lock:
            self._pending.append(one)

    def looked(self, path: str) -> None:
        """A GET was answered. Without a delay the work is done before it is sent."""
        if not self._pending:
            return
        for one in self._due(_kind(path)):
            if one.delay > 0:
                self._start(one)
            else:
                one.work()

    def _due(self, kind: str) -> list[_Pending]:
        with self._lock:
            for one in self._pending:
                one.lookups -= one.kind == kind
            due = [one for one in self._pending if one.lookups <= 0]
            self._pending = [one for one in self._pending if one.lookups > 0]
        return due

    def _start(self, one: _Pending) -> None:
        threading.Thread(target=self._run, args=(one,), daemon=True).start()

    def _run(self, one: _Pending) -> None:
        if self._sleep(one.delay):
            one.work()


def _kind(path: str) -> str:
    """The path up to the kind: ``…/leads('Q…')`` and ``…/leads/$batch`` are leads."""
    return _BELOW_KIND.sub("", path).rstrip("/").lower()
