"""Reading a range of keys again until rows and count agree (see ``paging``)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from .errors import AnswerTooLarge, ServerFault
from .pages import Ask, Feed, Notice, key_of
from .record import Record

ROUNDS = 12
STALLS = 3
DEPTH = 6
EFFORT = 60
SMALLEST = 10


class Mender:
    """Asks for ranges, and keeps book of what was odd.

    ``effort`` is how many requests without gain are still allowed; a range that
    came to agree shows that the server's counts can be trusted, and fills it up.
    """

    def __init__(self, page_size: int) -> None:
        self.page_size = page_size
        self.effort = EFFORT
        self.complete = True
        self.notices: list[Notice] = []

    def ask(
        self, after: str | None, upto: str | None, count: int
    ) -> Generator[Ask, Feed | None, Feed]:
        """One request; a server that chokes on the page gets a smaller one, once."""
        try:
            feed = yield Ask(after, upto, count)
        except (AnswerTooLarge, ServerFault) as error:
            too_much = isinstance(error, AnswerTooLarge) or error.status == 500
            if not too_much or count <= SMALLEST:
                raise
            self.page_size = count = max(SMALLEST, count // 4)
            self.note("smaller", after=after, count=count)
            feed = yield from self.ask(after, upto, count)
        assert feed is not None
        return feed

    def count(
        self, after: str | None, upto: str | None
    ) -> Generator[Ask, Feed | None, int | None]:
        feed = yield from self.ask(after, upto, 1)
        return feed.total

    def repair(
        self,
        after: str | None,
        upto: str | None,
        known: dict[str, Record],
        hoped: int = 0,
        depth: int = 0,
    ) -> Generator[Ask, Feed | None, bool]:
        """Read a range until its rows are as many as it counts; then by halves.

        Adds to ``known``; False when it cannot be brought to agree. ``hoped``: rows
        that other counts promise. With fewer the agreement is doubted for a while:
        either rows were deleted, or rows and count lie alike.
        """
        stalls = 0
        found: dict[str, Record] = {}
        for _round in range(ROUNDS):
            if self.effort <= 0 or stalls >= STALLS:
                break
            found, total, counted = yield from self.walk(after, upto)
            before = len(known)
            known.update({k: row for k, row in found.items() if k not in known})
            if total is None or max(counted, len(known)) >= total:
                self.effort = EFFORT
                if max(counted, len(known)) >= hoped or stalls >= STALLS - 1:
                    return True
            if len(known) == before:
                stalls += 1
                self.effort -= 1
        if depth >= DEPTH or len(found) < 2 or self.effort <= 0:
            return False
        middle = list(found)[len(found) // 2 - 1]
        agreed = True
        for low, high in ((after, middle), (middle, upto)):
            half: dict[str, Record] = {}
            agreed &= yield from self.repair(low, high, half, depth=depth + 1)
            known.update({k: row for k, row in half.items() if k not in known})
        return agreed

    def walk(
        self, after: str | None, upto: str | None
    ) -> Generator[Ask, Feed | None, tuple[dict[str, Record], int | None, int]]:
        """All rows of a range as the server gives them now, its own count of them,
        and how many came."""
        found: dict[str, Record] = {}
        total: int | None = None
        counted = 0
        while True:
            feed = yield from self.ask(after, upto, self.page_size)
            total = feed.total if total is None else total
            fresh = {key: row for row in feed.rows if (key := key_of(row)) not in found}
            found.update(fresh)
            counted += len(feed.rows) if fresh else 0
            if not fresh or (feed.total is not None and feed.total <= len(feed.rows)):
                return found, total, counted
            after = next(reversed(fresh))

    def give_up(
        self, after: str | None, upto: str | None, expected: int | None, seen: int
    ) -> None:
        self.complete = False
        self.note("incomplete", after=after, upto=upto, expected=expected, seen=seen)

    def note(self, what: str, **facts: Any) -> None:
        known = {name: value for name, value in facts.items() if value is not None}
        self.notices.append(Notice(what, known))
