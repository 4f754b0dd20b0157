"""Records whose keys are known, in pages that also say which were not found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from . import where as filters
from .pages import Notice, Page
from .reader import Reader
from .record import Record

#: A key is missing only when so many further questions agree: feeds come back empty
#: or cut now and then, with a total that agrees (docs/sdata.md 4.7).
DOUBTS = 2
#: Said by a reader that does not know which rows there should be.
HARMLESS = frozenset({"offset", "fewer"})


@dataclass(frozen=True)
class KeyedPage(Page):
    """``missing``: keys without a record this login can see."""

    missing: tuple[str, ...] = ()


class KeyedReader(Iterator[KeyedPage]):
    """Pages of at most ``size`` keys, in the order of ``keys``.

    ``read``: (where, number of keys) → an opened :class:`Reader`. Every key is in
    exactly one page: as record or as missing.
    """

    def __init__(
        self,
        keys: Sequence[str],
        read: Callable[[str, int], Reader],
        size: int = filters.KEYS_PER_LIST,
    ) -> None:
        self._keys = list(dict.fromkeys(keys))
        self._read = read
        self._size = max(1, min(size, filters.KEYS_PER_LIST))
        self._notices: list[Notice] = []
        self._pages = self._all()
        self._closed = False
        self.expected = len(self._keys)
        self.complete = True
        self.seen = 0

    def __next__(self) -> KeyedPage:
        return next(self._pages)

    def __enter__(self) -> KeyedReader:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._closed = True

    @property
    def notices(self) -> tuple[Notice, ...]:
        return tuple(self._notices)

    def _all(self) -> Iterator[KeyedPage]:
        starts = range(0, len(self._keys), self._size)
        for number, start in enumerate(starts, 1):
            if self._closed:
                return
            chunk = self._keys[start : start + self._size]
            last = start + self._size >= len(self._keys)
            yield self._page(chunk, number, last)

    def _page(self, chunk: list[str], number: int, last: bool) -> KeyedPage:
        found, whole = self._ask(chunk)
        missing = [key for key in chunk if key not in found]
        doubts = DOUBTS
        while missing and doubts:
            late, whole = self._ask(missing)
            found.update(late)
            if late:
                self._notices.append(Notice("repaired", {"by": len(late)}))
            doubts = DOUBTS if late else doubts - 1
            missing = [key for key in missing if key not in late]
        if missing and not whole:
            self.complete = False
        self.seen += len(found)
        records = tuple(found[key] for key in chunk if key in found)
        return KeyedPage(records, chunk[-1], number, last, tuple(missing))

    def _ask(self, keys: list[str]) -> tuple[dict[str, Record], bool]:
        """({key: record}, whether the answer was whole). Databases may compare keys
        without regard to case, which is not what makes one record another."""
        wanted = set(keys)
        found: dict[str, Record] = {}
        with self._read(filters.in_("Id", keys), len(keys)) as pages:
            for page in pages:
                found.update({r.key: r for r in page.records if r.key in wanted})
            odd = (one for one in pages.notices if one.what not in HARMLESS)
            self._notices.extend(odd)
            return found, pages.complete
