"""Everything real servers do to clients, on demand.

A fault applies to requests whose path and query contain `match` (any case) and whose
method is `method`. It fires on each of them, or `count` times, or with `probability`
from a seeded draw; `skip` lets the first ones pass.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from urllib.parse import unquote

from .http import Request
from .resources import Diagnosis, Feed

#: Name → what it does. Faults of the first group answer instead of the server, those
#: of the second change a feed, those of the third a batch, those of the last the bytes
#: of an answer.
INSTEAD = {
    "status": "answers `status` with a diagnosis that says `message`",
    "html_503": "answers the web server's own page, with `status` (503)",
    "drop_before": "closes the connection before anything happens",
    "timeout": "waits `seconds` (30), then closes the connection",
    "slow": "waits `seconds` (1), then goes on as usual",
    "commit_late": "waits `seconds` (0), closes the connection, and does the work "
    "later: after `lookups` (0) GETs of the kind and `delay` (0) seconds",
    "refuse_login": "answers as to a wrong password, with `status` (401)",
    "not_json": "answers 200 with a web page, like a portal's login form",
}
ON_FEED = {
    "drop_rows": "leaves `rows` (1) rows out of a feed, at random",
    "repeat_page": "answers a feed with the rows of the feed before it",
    "shrink_page": "answers half the rows asked for, with $itemsPerPage as asked",
    "empty_feed": "answers a feed without rows",
    "half_feed": "hides the second half of all rows; the total agrees",
    "wrong_total": "adds `rows` (1) to $totalResults",
    "no_next": "leaves $next out",
}
ON_BATCH = {
    "fail_items": "refuses `rows` (1) items of a batch with `status` (500), at random",
}
ON_BYTES = {
    "error_200": "does the work, then answers an error array under `status` (200)",
    "html_after": "does the work, then answers the web server's own page, with "
    "`status` (504)",
    "truncate": "sends half of the body and closes the connection",
    "cut_json": "sends half of the body as if it were all of it",
    "slow_body": "sends the body in pieces over `seconds` (1)",
    "drop_after": "does the work, then closes the connection without an answer",
    "bom": "puts a byte order mark before the body",
}
KNOWN = {**INSTEAD, **ON_FEED, **ON_BATCH, **ON_BYTES}


class UnknownFault(ValueError):
    """No such fault, or a member that faults do not have."""


@dataclass(frozen=True)
class Fault:
    fault: str
    match: str = ""
    method: str = ""
    count: int | None = None
    probability: float | None = None
    skip: int = 0
    status: int = 0
    message: str = ""
    seconds: float | None = None
    rows: int = 1
    lookups: int = 0
    delay: float = 0
    id: int = 0
    fired: int = 0

    def fits(self, request: Request) -> bool:
        if self.method and self.method.upper() != request.method:
            return False
        if self.fault in ON_BATCH and "$batch" not in request.path.lower():
            return False
        text = f"{request.path}?{unquote(request.query_string)}".lower()
        return self.match.lower() in text

    def diagnosis(self) -> Diagnosis:
        message = self.message or "The server is unable to process the request."
        trace = "System.Exception: injected by the practice CRM"
        return Diagnosis(message, stack_trace=trace)


def read_fault(values: Mapping[str, object]) -> Fault:
    """From JSON; UnknownFault."""
    known = {item.name for item in fields(Fault)} - {"id", "fired"}
    if unknown := set(values) - known:
        raise UnknownFault(f"faults have no {sorted(unknown)}, only {sorted(known)}")
    if values.get("fault") not in KNOWN:
        raise UnknownFault(f"no fault {values.get('fault')!r}; there are {list(KNOWN)}")
    return Fault(**values)  # type: ignore[arg-type]


class Faults:
    """The faults that are set, in the order they were; the first that fits fires."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(f"faults {seed}")
        self._lock = threading.Lock()
        self._faults: dict[int, Fault] = {}
        self._last_id = 0
        self._earlier: dict[str, list] = {}

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._last_id += 1
            fault = replace(fault, id=self._last_id)
            self._faults[fault.id] = fault
            return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._earlier.clear()

    def all(self) -> list[dict[str, object]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults.values()]

    def fire(self, request: Request) -> Fault | None:
        """The fault for this request, counted; None for most."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults.values():
                if fault.fits(request) and self._due(fault):
                    return fault
        return None

    def _due(self, fault: Fault) -> bool:
        if fault.skip > 0:
            self._faults[fault.id] = replace(fault, skip=fault.skip - 1)
            return False
        if fault.count is not None and fault.fired >= fault.count:
            return False
        if fault.probability is not None and self._draw.random() >= fault.probability:
            return False
        self._faults[fault.id] = replace(fault, fired=fault.fired + 1)
        return True

    def failing(self, fault: Fault | None, items: int) -> set[int]:
        """Which items of a batch are to be refused."""
        if fault is None or fault.fault != "fail_items":
            return set()
        with self._lock:
            return set(self._draw.sample(range(items), min(fault.rows, items)))

    def change_feed(self, fault: Fault | None, path: str, feed: Feed) -> None:
        """What a fault of the second group does to a feed."""
        rows = feed.entries
        if fault is not None and fault.fault in ON_FEED:
            getattr(self, f"_{fault.fault}")(fault, feed, path)
        if self._faults:
            self._earlier[path] = rows

    def _drop_rows(self, fault: Fault, feed: Feed, path: str) -> None:
        feed.entries = list(feed.entries)
        for _ in range(min(fault.rows, len(feed.entries))):
            del feed.entries[self._draw.randrange(len(feed.entries))]

    def _repeat_page(self, fault: Fault, feed: Feed, path: str) -> None:
        feed.entries = self._earlier.get(path, feed.entries)

    def _shrink_page(self, fault: Fault, feed: Feed, path: str) -> None:
        feed.entries = feed.entries[: (len(feed.entries) + 1) // 2]

    def _empty_feed(self, fault: Fault, feed: Feed, path: str) -> None:
        feed.entries, feed.total_results, feed.next = [], 0, ""

    def _half_feed(self, fault: Fault, feed: Feed, path: str) -> None:
        half = (feed.total_results or 0) // 2
        before = (feed.start_index or 1) - 1
        feed.entries = feed.entries[: max(0, half - before)]
        feed.total_results = half
        if before + (feed.items_per_page or 0) >= half:
            feed.next = ""

    def _wrong_total(self, fault: Fault, feed: Feed, path: str) -> None:
        feed.total_results = (feed.total_results or 0) + fault.rows

    def _no_next(self, fault: Fault, feed: Feed, path: str) -> None:
        feed.next = ""
