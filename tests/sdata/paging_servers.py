"""Servers to page through: an honest one, and one that loses, repeats and lies."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sdata import Record, errors
from sdata.offsets import OffsetPager
from sdata.pages import Ask, Feed, Page
from sdata.paging import Pager


def keys(count: int, prefix: str = "QSIMA") -> list[str]:
    return [f"{prefix}{n:07d}" for n in range(count)]


@dataclass
class Server:
    """An honest server over a list of keys; subclasses are not.

    ``order`` is its collation, ``cap`` the most rows of a page.
    """

    keys: list[str]
    order: Callable[[str], object] = str
    cap: int = 500
    asked: list[Ask] = field(default_factory=list)
    totals: bool = True

    def answer(self, ask: Ask) -> Feed:
        self.asked.append(ask)
        known = sorted(self.keys, key=self.order)
        if ask.start is not None:
            found = known[ask.start - 1 :]
            count, total = min(ask.count, self.cap), len(known)
        else:
            found = [k for k in known if self._inside(k, ask)]
            count, total = min(ask.count, self.cap), len(found)
        rows = [Record({"$key": key}) for key in found[:count]]
        feed = Feed(rows, total if self.totals else None, count, len(found) > count)
        return self.spoil(feed, ask)

    def _inside(self, key: str, ask: Ask) -> bool:
        above = ask.after is None or self.order(key) > self.order(ask.after)
        return above and (ask.upto is None or self.order(key) <= self.order(ask.upto))

    def spoil(self, feed: Feed, ask: Ask) -> Feed:
        return feed


def converse(pager: Pager | OffsetPager, server: Server) -> list[Page]:
    """Drive the pager; the only I/O there is."""
    steps = pager.run()
    pages = []
    try:
        step = next(steps)
        while True:
            if isinstance(step, Page):
                pages.append(step)
                step = steps.send(None)
                continue
            try:
                feed = server.answer(step)
            except errors.SDataError as error:
                step = steps.throw(error)
            else:
                step = steps.send(feed)
    except StopIteration:
        return pages


def read(server: Server, **options) -> tuple[list[str], Pager, list[Page]]:
    pager = Pager(**{"page_size": 10, **options})
    pages = converse(pager, server)
    return [r.key for page in pages for r in page.records], pager, pages


def seen_words(pager: Pager | OffsetPager) -> set[str]:
    return {notice.what for notice in pager.notices}


class Spoiler(Server):
    """Spoils feeds at random with one fault, as often as ``share``."""

    fault = ""
    share = 0.3
    left = 10**9

    draw = random.Random(1)
    earlier = Feed([])

    def spoil(self, feed: Feed, ask: Ask) -> Feed:
        earlier, self.earlier = self.earlier, feed
        if self.fault in ("empty", "half") and len(self.asked) < 3:
            # a first count and a first page that agree in a lie: nobody could tell
            return feed
        if self.left and self.draw.random() < self.share:
            self.left -= 1
            return getattr(self, self.fault)(feed, earlier)
        return feed

    def drop(self, feed: Feed, earlier: Feed) -> Feed:
        rows = [row for row in feed.rows if self.draw.random() > 0.3]
        return Feed(rows, feed.total, feed.per_page, feed.more)

    def shrink(self, feed: Feed, earlier: Feed) -> Feed:
        half = feed.rows[: (len(feed.rows) + 1) // 2]
        return Feed(half, feed.total, feed.per_page, feed.more)

    def repeat(self, feed: Feed, earlier: Feed) -> Feed:
        return Feed(earlier.rows, feed.total, feed.per_page, feed.more)

    def replay(self, feed: Feed, earlier: Feed) -> Feed:
        return earlier

    def empty(self, feed: Feed, earlier: Feed) -> Feed:
        return Feed([], 0, feed.per_page, False)

    def hollow(self, feed: Feed, earlier: Feed) -> Feed:
        return Feed([], feed.total, feed.per_page, feed.more)

    def half(self, feed: Feed, earlier: Feed) -> Feed:
        """The second half of all rows is hidden, and the total agrees."""
        total = (feed.total or 0) // 2
        return Feed(feed.rows[:total], total, feed.per_page, False)

    def totals_off(self, feed: Feed, earlier: Feed) -> Feed:
        return Feed(feed.rows, (feed.total or 0) + 1, feed.per_page, feed.more)

    def double(self, feed: Feed, earlier: Feed) -> Feed:
        twice = [row for row in feed.rows for _ in (0, 1)]
        return Feed(twice, feed.total, feed.per_page, feed.more)
