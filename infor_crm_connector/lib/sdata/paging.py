"""Reading all rows of a query by key, as a conversation without any I/O.

Pages by offset lose rows on real servers; pages by key (``Id gt <last>`` ordered by
``Id``, each a fresh first page) do not, but a page can still come back repeated,
shortened, empty or with holes (docs/sdata.md 4.7). The pager is a generator: it
yields :class:`Ask`, is sent the :class:`Feed` that answers it, and yields
:class:`Page` when rows may be used.

How faults are found:

* The whole range is counted first; a first page that claims otherwise is doubted.
* Every feed tells how many rows match *from here on*. What one page counts minus
  what the next counts is the number of rows in between. Fewer rows received: the
  page has holes (or rows were deleted meanwhile), and its key range is read again,
  and again in halves, until both agree. A page is given away only after that.
* Rows that were there before, or that sort before the cursor: a repeated page; it is
  asked for again.
* A short page ends nothing unless its own count agrees that nothing follows.
* If anything looked odd, one count at the end covers the whole range; when it is
  higher than what was given, counting by bisection finds the ranges to read again.

What cannot be settled in a bounded number of requests becomes a notice
(``incomplete``), and a server that repeats itself for good :class:`PagingFault`.
Cost when all is well: one count at the start, and one page more when the last one
is full.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

from .errors import PagingFault
from .mending import Mender
from .pages import Ask, Feed, Notice, Page, key_of
from .record import Record

TRIES = 8
DOUBTS = 5
RECOUNTS = 3
REMEMBERED = 20_000


@dataclass
class _Window:
    """One page and the range it covers: ``(after, last]``.

    ``counted``: its rows as totals count them. A row that a join doubled is two.
    """

    after: str | None
    rows: dict[str, Record]
    last: str | None
    total: int | None = None
    counted: int = 0
    short: bool = False
    more: bool = False

    @property
    def rest(self) -> int | None:
        """Rows that should follow."""
        return None if self.total is None else max(0, self.total - self.counted)


@dataclass(frozen=True)
class _Given:
    """A page given away: where it ended, rows so far, and which (hashes, 8 bytes
    each: a million keys must not cost a hundred megabytes)."""

    last: str
    counted: int
    hashes: array[int]


Steps = Generator[Ask | Page, Feed | None, Any]


class Pager:
    """State of one read. ``expected`` is known after the first answer."""

    def __init__(
        self,
        after: str | None = None,
        upto: str | None = None,
        page_size: int = 100,
        cross_check: bool = True,
    ) -> None:
        self.after = after or None
        self.upto = upto or None
        self._mender = Mender(page_size)
        self.cross_check = cross_check
        self.expected: int | None = None
        self.seen = 0
        self._number = 0
        self._steady = True
        self._known_order = True
        self._recent: dict[str, None] = {}
        self._counted = 0
        self._given: list[_Given] = []
        self._safe_key = self.after or ""

    def run(self) -> Steps:
        if self.cross_check:
            self.expected = yield from self._mender.count(self.after, self.upto)
        window = yield from self._fetch(self.after, self.expected)
        if self.expected is None:
            self.expected = window.total
        self._steady = self._steady and window.total in (None, self.expected)
        if self.expected and not window.rows:
            self._mender.give_up(self.after, self.upto, self.expected, 0)
        while window.rows:
            following = None
            if not self._is_end(window):
                following = yield from self._fetch(window.last, window.rest)
            yield from self._verify(window, following)
            last = following is None or not following.rows
            if last:
                yield from self._settle(window)
            yield self._page(window, last)
            if following is None:
                return
            window = following

    @property
    def page_size(self) -> int:
        return self._mender.page_size

    @property
    def notices(self) -> list[Notice]:
        return self._mender.notices

    @property
    def complete(self) -> bool:
        """False when rows are known to be missing and could not be had."""
        return self._mender.complete

    # --- one page -----------------------------------------------------------------

    def _fetch(
        self, after: str | None, announced: int | None
    ) -> Generator[Ask, Feed | None, _Window]:
        """The next page that makes sense; an empty one is the end.

        ``announced``: rows that should come, by what was counted before.
        """
        size = self._mender.page_size
        refused: list[str] = []
        for attempt in range(TRIES):
            feed = yield from self._mender.ask(after, self.upto, size)
            size = min(size, self._mender.page_size)
            rows = self._fresh(feed.rows)
            if not feed.rows:
                doubtful = announced and attempt < DOUBTS
                if not feed.total and not feed.more and not doubtful:
                    return _Window(after, {}, after, feed.total)
                # rows are announced, none came: perhaps in smaller portions
                self._mender.note("empty", after=after, total=feed.total)
                size = max(1, size // 4)
            elif not rows:
                self._mender.note("repeated", after=after, rows=len(feed.rows))
            elif self._goes_back(after, rows) and list(rows) != refused:
                self._mender.note("repeated", after=after, rows=len(rows), order=True)
                refused = list(rows)
            else:
                self._known_order = self._known_order and list(rows) != refused
                return self._accepted(after, feed, rows, size)
        if feed.rows:
            raise PagingFault(reason="the same page again and again", after=after)
        self._steady = False
        return _Window(after, {}, after, feed.total)

    def _fresh(self, rows: Iterable[Record]) -> dict[str, Record]:
        """Rows by key, without those of earlier pages; doubles in a page are one."""
        fresh: dict[str, Record] = {}
        known = 0
        for row in rows:
            key = key_of(row)
            if key in self._recent:
                known += 1
            else:
                fresh.setdefault(key, row)
        if known and fresh:
            self._mender.note("repeated", rows=known)
        return fresh

    def _goes_back(self, after: str | None, rows: dict[str, Record]) -> bool:
        """Whether rows sort before the cursor under every order we can think of.

        Keys differ by case and databases by collation, so only what is out of order
        both ways counts; a server that insists is believed (once for all).
        """
        if after is None or not self._known_order:
            return False
        first, last = next(iter(rows)), next(reversed(rows))
        return _before(first, after) or _before(last, after)

    def _accepted(
        self, after: str | None, feed: Feed, rows: dict[str, Record], size: int
    ) -> _Window:
        full = min(size, feed.per_page or size)
        short = len(feed.rows) < full
        if short and (feed.more or (feed.total or 0) > len(feed.rows)):
            self._mender.note(
                "shrunk", after=after, rows=len(feed.rows), total=feed.total
            )
            self._steady = False
        for key in rows:
            self._recent[key] = None
        while len(self._recent) > max(REMEMBERED, 2 * len(rows)):
            del self._recent[next(iter(self._recent))]
        counted = sum(key_of(row) in rows for row in feed.rows)
        # the cursor is the last row in the server's own order
        last = next(reversed(rows))
        return _Window(after, rows, last, feed.total, counted, short, feed.more)

    def _is_end(self, window: _Window) -> bool:
        return (
            window.short
            and not window.more
            and self._steady
            and window.total is not None
            and window.total <= window.counted
        )

    # --- holes --------------------------------------------------------------------

    def _verify(self, window: _Window, following: _Window | None) -> Steps:
        """Compare what the page holds with what the totals say it should."""
        rest = 0 if following is None else following.total
        if window.total is None or rest is None:
            if window.short and following and following.rows:
                self._mender.note("shrunk", after=window.after, rows=len(window.rows))
            return
        missing = window.total - rest - window.counted
        if missing == 0:
            return
        self._steady = False
        facts = {"after": window.after, "upto": window.last}
        if missing < 0:
            self._mender.note("drift", by=-missing, **facts)
            return
        self._mender.note("missing", by=missing, **facts)
        before = set(window.rows)
        agreed = yield from self._mender.repair(
            window.after, window.last, window.rows, window.total - rest
        )
        for key in [k for k in window.rows if k in self._recent and k not in before]:
            # an answer to another question, with rows of earlier pages
            del window.rows[key]
        gained = len(window.rows) - len(before)
        window.counted += gained
        self._recent.update(dict.fromkeys(window.rows))
        if gained:
            self._mender.note("repaired", by=gained, **facts)
        if not agreed:
            expected = window.total - rest
            self._mender.give_up(window.after, window.last, expected, len(window.rows))

    # --- the end ------------------------------------------------------------------

    def _settle(self, window: _Window) -> Steps:
        """After a read with oddities: does the whole add up? Late rows if not."""
        counted = self._counted + window.counted
        if self._steady and self.expected in (None, counted):
            return
        total = yield from self._final_count(counted)
        if total is not None and counted > total:
            self._mender.note("fewer", expected=total, seen=counted)
        if total is None or counted >= total:
            return
        pages = [*self._given, self._as_given(window)]
        late: dict[str, Record] = {}
        yield from self._search(pages, 0, len(pages), total, late)
        if late:
            self._mender.note("repaired", by=len(late), late=True)
            self._counted += len(late)
            yield self._emit(late, self._safe_key, last=False)
        if counted + len(late) < total:
            self._mender.give_up(self.after, self.upto, total, counted + len(late))

    def _final_count(self, counted: int) -> Generator[Ask, Feed | None, int | None]:
        """A count below what we hold in our hands is doubted: rows may have been
        deleted, or the server is at it again."""
        total: int | None = None
        for _try in range(RECOUNTS):
            total = yield from self._mender.count(self.after, self.upto)
            if total is None or total >= counted:
                break
        return total

    def _search(
        self,
        pages: list[_Given],
        low: int,
        high: int,
        total: int,
        late: dict[str, Record],
    ) -> Generator[Ask, Feed | None, None]:
        """Pages low…high count ``total`` rows, more than were given: find them."""
        start = pages[low - 1].last if low else self.after
        before = pages[low - 1].counted if low else 0
        if total <= pages[high - 1].counted - before or self._mender.effort <= 0:
            return
        if high - low == 1:
            upto = pages[low].last if high < len(pages) else self.upto
            found: dict[str, Record] = {}
            yield from self._mender.repair(start, upto, found, total)
            late.update({k: row for k, row in found.items() if not _has(pages, k)})
            return
        middle = (low + high) // 2
        self._mender.effort -= 1
        left = yield from self._mender.count(start, pages[middle - 1].last)
        if left is None:
            return
        yield from self._search(pages, low, middle, left, late)
        yield from self._search(pages, middle, high, total - left, late)

    # --- bookkeeping --------------------------------------------------------------

    def _page(self, window: _Window, last: bool) -> Page:
        assert window.last is not None
        self._safe_key = window.last
        self._given.append(self._as_given(window))
        self._counted += window.counted
        return self._emit(window.rows, window.last, last)

    def _as_given(self, window: _Window) -> _Given:
        hashes = array("q", map(hash, window.rows))
        return _Given(window.last or "", self._counted + window.counted, hashes)

    def _emit(self, rows: dict[str, Record], last_key: str, last: bool) -> Page:
        self._number += 1
        self.seen += len(rows)
        return Page(tuple(rows.values()), last_key, self._number, last)


def _has(pages: list[_Given], key: str) -> bool:
    number = hash(key)
    return any(number in page.hashes for page in pages)


def _before(key: str, cursor: str) -> bool:
    return key <= cursor and key.casefold() <= cursor.casefold()
