"""Reading by position, for feeds that cannot be ordered by key.

Such pages lose rows on real servers (docs/sdata.md 4.7), so the feed is read from the
start again until a whole pass brings nothing new and the count is reached.
"""

from __future__ import annotations

from collections.abc import Generator

from .pages import Ask, Feed, Notice, Page, key_of
from .record import Record

PASSES = 5


class OffsetPager:
    """Same conversation as :class:`paging.Pager`; cannot resume after a key."""

    def __init__(self, page_size: int) -> None:
        self.page_size = page_size
        self._keys: set[str] = set()
        self._number = 0
        self._held: dict[str, Record] | None = None
        self.expected: int | None = None
        self.seen = 0
        self.complete = True
        self.notices = [Notice("offset")]

    def run(self) -> Generator[Ask | Page, Feed | None, None]:
        for number in range(PASSES):
            before = self.seen
            total = yield from self._pass()
            if self.expected is None:
                self.expected = total
            if total is None or self.seen >= total:
                break
            if number and self.seen == before:
                break
            facts = {"expected": total, "seen": self.seen}
            self.notices.append(Notice("missing", facts))
        self._judge(total)
        if self._held is not None:
            yield self._page(self._held, last=True)

    def _pass(self) -> Generator[Ask | Page, Feed | None, int | None]:
        start = 1
        while True:
            feed = yield Ask(None, None, self.page_size, start)
            assert feed is not None
            fresh = {
                key: row for row in feed.rows if (key := key_of(row)) not in self._keys
            }
            if fresh:
                yield from self._swap(fresh)
            start += len(feed.rows)
            ends = feed.total is not None and start > feed.total and not feed.more
            if not feed.rows or ends:
                return feed.total

    def _swap(self, fresh: dict[str, Record]) -> Generator[Page, None, None]:
        """Hold the newest page back: only the end shows which is the last."""
        self._keys.update(fresh)
        self.seen += len(fresh)
        if self._held is not None:
            yield self._page(self._held, last=False)
        self._held = fresh

    def _page(self, rows: dict[str, Record], last: bool) -> Page:
        self._number += 1
        return Page(tuple(rows.values()), next(reversed(rows)), self._number, last)

    def _judge(self, total: int | None) -> None:
        if total is not None and self.seen < total:
            self.complete = False
            facts = {"expected": total, "seen": self.seen}
            self.notices.append(Notice("incomplete", facts))
