"""Many writes in few calls (docs/sdata.md 5.7)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from . import codec, diagnosis, urls
from .door import FORMAT, JSON, Door
from .errors import (
    BadRequest,
    KindNotFound,
    NotSData,
    RejectedPayload,
    SDataError,
    ServerFault,
    UnreadableAnswer,
)
from .record import Record
from .transport import Call
from .verdict import judge

CHUNK = 100
# what says "I do no batches", with nothing done
_REFUSALS = frozenset({400, 404, 405, 501})
Writer = Callable[[str, str, str, Mapping[str, Any], str | None], Record]


@dataclass(frozen=True)
class BatchItem:
    """One write: POST creates (no key), PUT changes. Rows are never deleted."""

    method: str
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    etag: str | None = None

    def __post_init__(self) -> None:
        if self.method not in ("POST", "PUT") or (self.method == "PUT") != bool(
            self.key
        ):
            raise ValueError("an item creates (POST) or changes by key (PUT)")


@dataclass(frozen=True)
class BatchResult:
    """What became of an item. ``error`` is None when it was done; an error with
    ``maybe_done`` says that nobody knows. ``record``: what the server sent back."""

    status: int | None
    key: str = ""
    etag: str | None = None
    error: SDataError | None = None
    record: Record | None = None


class Batches:
    """Sends batches; where they are refused, single calls in parallel."""

    def __init__(self, door: Door, parallel: int, write: Writer) -> None:
        self._door = door
        self._parallel = parallel
        self._write = write
        self._refused: set[str] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def run(self, kind: str, items: Sequence[BatchItem]) -> list[BatchResult]:
        urls.kind_path(kind)
        chunks = [items[i : i + CHUNK] for i in range(0, len(items), CHUNK)]
        if not chunks or (len(items) == 1 or kind in self._refused):
            return self._singly(kind, items)
        results = self._chunk(kind, chunks[0])
        for done in self._executor().map(lambda c: self._chunk(kind, c), chunks[1:]):
            results += done
        return results

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None

    def _executor(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                # two prepare their calls while the others wait for answers; not more,
                # because they have passed the gate that a refused login closes
                self._pool = ThreadPoolExecutor(self._parallel + 2, "infor-crm-batch")
            return self._pool

    def _chunk(self, kind: str, items: Sequence[BatchItem]) -> list[BatchResult]:
        if kind in self._refused:
            return [self._single(kind, item) for item in items]
        try:
            data = self._door.json(self._call(kind, items))
            return _matched(items, data, kind)
        except SDataError as error:
            if self._is_refusal(error):
                self._refused.add(kind)
                return self._singly(kind, items)
            return self._failed(kind, items, error)

    def _call(self, kind: str, items: Sequence[BatchItem]) -> Call:
        base = f"{self._door.base_url}/{urls.kind_path(kind)}"
        entries = [_entry(base, item) for item in items]
        return Call(
            "POST",
            urls.with_query(f"{base}/$batch", [FORMAT]),
            json.dumps({"$resources": entries}).encode(),
            {"Content-Type": JSON},
            kind=kind,
            writes=True,
            harmless=all(map(_is_harmless, items)),
        )

    @staticmethod
    def _is_refusal(error: SDataError) -> bool:
        told = isinstance(error, (KindNotFound, NotSData, BadRequest))
        return told and error.status in _REFUSALS

    def _failed(
        self, kind: str, items: Sequence[BatchItem], error: SDataError
    ) -> list[BatchResult]:
        """The whole batch failed; some of it may have happened all the same.

        Changes go singly, so that one item that the server chokes on is one failure;
        what may have created something is not sent again.
        """
        answered = isinstance(error, (ServerFault, UnreadableAnswer, RejectedPayload))
        again = [item for item in items if answered and _is_harmless(item)]
        done = dict(zip(map(id, again), self._singly(kind, again), strict=True))
        return [done.get(id(item)) or _lost(item, error, answered) for item in items]

    def _singly(self, kind: str, items: Sequence[BatchItem]) -> list[BatchResult]:
        if len(items) < 2 or self._in_pool():
            return [self._single(kind, item) for item in items]
        return list(self._executor().map(lambda i: self._single(kind, i), items))

    @staticmethod
    def _in_pool() -> bool:
        """A worker that waited for workers could wait for ever."""
        return threading.current_thread().name.startswith("infor-crm-batch")

    def _single(self, kind: str, item: BatchItem) -> BatchResult:
        try:
            record = self._write(item.method, kind, item.key, item.values, item.etag)
        except SDataError as error:
            return BatchResult(error.status, item.key, None, error)
        status = 201 if item.method == "POST" else 200
        return BatchResult(status, record.key or item.key, record.etag, None, record)


def _is_harmless(item: BatchItem) -> bool:
    """With an etag the second one meets the change of the first (412)."""
    return item.method == "PUT"


def _lost(item: BatchItem, error: SDataError, answered: bool) -> BatchResult:
    own = error.again()
    own.key = item.key
    own.maybe_done = error.maybe_done or answered
    return BatchResult(error.status, item.key, None, own)


def _entry(base: str, item: BatchItem) -> dict[str, Any]:
    entry: dict[str, Any] = {"$httpMethod": item.method, **item.values}
    if item.key:
        entry["$key"] = item.key
        entry["$url"] = base + urls.selector(item.key)
    if item.etag:
        entry["$ifMatch"] = item.etag
    return entry


def _matched(items: Sequence[BatchItem], data: Any, kind: str) -> list[BatchResult]:
    """Answers to items: by key where there is one, the others by their order.

    An item without answer is a failure of which nobody knows the outcome.
    """
    rows = data.get("$resources") if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        raise UnreadableAnswer(reason="not a batch feed", kind=kind, maybe_done=True)
    answers = [Record(row) for row in rows if isinstance(row, Mapping)]
    if len(answers) == len(items):
        pairs = zip(items, answers, strict=True)
        if all(not i.key or not a.key or i.key == a.key for i, a in pairs):
            return [_result(i, a, kind) for i, a in zip(items, answers, strict=True)]
    return _by_key(items, answers, kind)


def _by_key(
    items: Sequence[BatchItem], answers: Sequence[Record], kind: str
) -> list[BatchResult]:
    changed = {item.key for item in items if item.key}
    known = {answer.key: answer for answer in answers if answer.key in changed}
    # creations are told apart by their order alone: only a full set is trustworthy
    made = [answer for answer in answers if answer.key not in changed]
    wanted = sum(not item.key for item in items)
    creations = iter(made if len(made) == wanted else ())
    return [
        _result(item, known.get(item.key) if item.key else next(creations, None), kind)
        for item in items
    ]


def _result(item: BatchItem, answer: Record | None, kind: str) -> BatchResult:
    if answer is None:
        missing = UnreadableAnswer(
            reason="no answer to this item", kind=kind, key=item.key, maybe_done=True
        )
        return BatchResult(None, item.key, None, missing)
    status = _status(answer, item)
    worst = diagnosis.worst(diagnosis.of_json(_complaints(answer)))
    if worst is None and status < 400:
        return BatchResult(status, answer.key or item.key, answer.etag, None, answer)
    error = judge(status, worst, writes=True, keyed=bool(item.key), page=False)
    if not error.diagnosis:
        error.locate(diagnosis=str(answer.get("$httpMessage") or "")[:500])
    error.locate(kind=kind, key=item.key, method=item.method)
    return BatchResult(status, item.key, None, error)


def _complaints(answer: Record) -> Any:
    found = answer.get("$diagnoses")
    return {"$diagnoses": found} if found else {}


def _status(answer: Record, item: BatchItem) -> int:
    try:
        status = codec.decode(answer.get("$httpStatus"), "integer")
    except ValueError:
        status = None
    return status or (201 if item.method == "POST" else 200)
