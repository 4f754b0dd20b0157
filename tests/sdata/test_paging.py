"""The pager against servers that lose, repeat, shorten and lie."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 35, 100])
def test_an_honest_server_is_read_completely_and_cheaply(count):
    """One count, the pages, and one more page only where the last one was full."""
    server = Server(keys(count))
    found, pager, pages = read(server)
    assert found == server.keys
    assert pager.expected == pager.seen == count
    assert (pager.complete, pager.notices) == (True, [])
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True] * bool(
        pages
    )
    assert len(server.asked) <= 1 + max(1, -(-count // 10)) + (count % 10 == 0)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))


def test_the_count_can_be_left_out():
    server = Server(keys(5))
    found, pager, _pages = read(server, cross_check=False)
    assert (found, pager.expected, len(server.asked)) == (server.keys, 5, 1)


def test_a_read_resumes_behind_a_key_and_stops_with_one():
    """Every page's last key is such a place."""
    server = Server(keys(50))
    _found, _pager, pages = read(server)
    rest, pager, _ = read(server, after=pages[1].last_key, upto=server.keys[39])
    assert rest == server.keys[20:40]
    assert pager.expected == 20


@pytest.mark.parametrize("cap", [1, 3, 7])
def test_a_server_that_caps_pages_is_read_completely(cap):
    found, pager, _ = read(Server(keys(30), cap=cap))
    assert found == keys(30)
    assert pager.complete


def test_a_server_that_counts_nothing_is_read_until_an_empty_page():
    server = Server(keys(25), totals=False)
    found, pager, _ = read(server)
    assert found == server.keys
    assert pager.expected is None


@pytest.mark.parametrize(
    "order", [str, str.lower, lambda k: (k.lower(), k.swapcase()), lambda k: k[::-1]]
)
def test_the_servers_own_order_of_keys_counts(order):
    """Case-sensitive, case-insensitive, dictionary, or one nobody thought of."""
    mixed = [k for n in range(15) for k in (f"a{n:02}x", f"B{n:02}y", f"Zz{n:02}")]
    server = Server(mixed, order=order)
    found, pager, _ = read(server)
    assert sorted(found) == sorted(mixed)
    assert pager.complete


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


FAULTS = ["drop", "shrink", "repeat", "replay", "empty", "hollow", "half", "double"]
NOTICED = {
    "drop": {"missing", "repaired"},
    "shrink": {"shrunk"},
    "repeat": {"repeated"},
    "replay": {"repeated"},
    "empty": {"empty"},
    "hollow": {"empty"},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("seed", range(20))
def test_lossy_paging_still_reads_every_record(fault, seed):
    """A third of all answers is spoiled; every row arrives, each once."""
    server = Spoiler(keys(137))
    server.fault, server.draw = fault, random.Random(seed)
    found, pager, pages = read(server)
    assert sorted(found) == server.keys
    assert len(found) == pager.seen
    assert pager.complete
    assert pages[-1].last
    assert len(server.asked) < 400


@pytest.mark.parametrize("fault", sorted(NOTICED))
def test_what_pages_did_is_noticed(fault):
    """A page that repeats, shrinks, empties or has holes leaves a notice."""
    server = Spoiler(keys(400))
    server.fault = fault
    _found, pager, _ = read(server)
    assert NOTICED[fault] <= seen_words(pager)


@given(
    count=st.integers(0, 120),
    size=st.integers(1, 30),
    fault=st.sampled_from(FAULTS),
    seed=st.integers(),
    faults=st.integers(0, 6),
    cap=st.integers(1, 40),
)
def test_a_few_faults_anywhere_lose_nothing(count, size, fault, seed, faults, cap):
    """Whatever the page size, the number of rows, and where it strikes."""
    server = Spoiler(keys(count), cap=cap)
    server.fault, server.left, server.draw = fault, faults, random.Random(seed)
    server.share = 0.5
    found, pager, _ = read(server, page_size=size)
    assert sorted(found) == server.keys
    assert pager.complete


@given(st.integers(0, 80), st.integers(1, 30), st.integers(0, 8))
def test_one_lie_is_found_out(count, size, place):
    """An empty or halved answer, its total in agreement, at any single place."""
    for fault in ("empty", "half"):
        server = Spoiler(keys(count))
        spoil = getattr(server, fault)

        def once(feed, ask, server=server, spoil=spoil):
            return spoil(feed, feed) if len(server.asked) == place + 1 else feed

        server.spoil = once
        found, pager, _ = read(server, page_size=size)
        assert sorted(found) == server.keys
        assert pager.complete


def test_rows_a_server_never_gives_are_told():
    """It counts 50 and shows 49, however it is asked: no silence, no endless loop."""

    class Stubborn(Server):
        def spoil(self, feed, ask):
            rows = [row for row in feed.rows if row.key != self.keys[23]]
            return Feed(rows, feed.total, feed.per_page, feed.more)

    server = Stubborn(keys(50))
    found, pager, _ = read(server)
    assert len(found) == 49
    assert not pager.complete
    assert "incomplete" in seen_words(pager)
    assert len(server.asked) < 250


def test_totals_that_are_always_one_too_high_cost_little():
    """Counts nobody can trust end in a notice, not in thousands of requests."""
    server = Spoiler(keys(1000))
    server.fault, server.share = "totals_off", 1.0
    found, _pager, _ = read(server)
    assert sorted(found) == server.keys
    assert len(server.asked) < 1000 // 10 + 200


def test_a_page_that_repeats_for_ever_is_a_fault():
    """Progress or an error; never the same rows for ever."""

    class Stuck(Server):
        def spoil(self, feed, ask):
            return Feed([Record({"$key": k}) for k in self.keys[:10]], 30, 10, True)

    with pytest.raises(errors.PagingFault):
        read(Stuck(keys(30)))


def test_rows_that_come_and_go_while_reading_are_no_alarm():
    """Deleted and new rows shift the totals; all that stays is read once."""
    server = Server(keys(60))

    def change(feed, ask):
        if len(server.asked) == 4:
            server.keys.remove(keys(60)[5])
            server.keys.remove(keys(60)[55])
            server.keys.append("QSIMB0000001")
        return feed

    server.spoil = change
    found, pager, _ = read(server)
    assert set(server.keys) <= set(found)
    assert len(found) == len(set(found))
    assert pager.complete


def test_rows_that_were_away_while_their_page_was_read_are_still_met():
    """The count at the end is higher than what was read: their range is found by
    counting, and they come in a page of their own before the last one."""

    class Blinking(Server):
        def answer(self, ask):
            away = keys(60)[13:16] if 1 < len(self.asked) < 5 else []
            self.keys = [key for key in keys(60) if key not in away]
            return super().answer(ask)

    server = Blinking(keys(60))
    found, pager, pages = read(server)
    assert sorted(found) == keys(60)
    assert [r.key for r in pages[-2].records] == keys(60)[13:16]
    assert "repaired" in seen_words(pager)
    assert pages[-1].last
    # resuming from any page's key loses nothing that was not given before
    assert [p.last_key for p in pages] == sorted(p.last_key for p in pages)


def test_no_page_is_given_away_before_its_holes_are_filled():
    """Whoever commits a page's last key and crashes then has lost nothing."""
    server = Spoiler(keys(200))
    server.fault, server.share = "drop", 0.5
    steps_found: set[str] = set()
    pager = Pager(page_size=10)
    for page in converse(pager, server):
        steps_found |= {record.key for record in page.records}
        assert {k for k in server.keys if k <= page.last_key} <= steps_found


@pytest.mark.parametrize(
    "error",
    [errors.AnswerTooLarge(), errors.ServerFault(status=500)],
    ids=lambda e: type(e).__name__,
)
def test_a_page_too_much_for_the_server_is_asked_in_smaller_portions(error):
    class Weak(Server):
        def answer(self, ask):
            if ask.count > 30:
                raise error.again()
            return super().answer(ask)

    server = Weak(keys(90))
    found, pager, _ = read(server, page_size=100)
    assert found == server.keys
    assert "smaller" in seen_words(pager)


def test_other_errors_end_the_read():
    class Dead(Server):
        def answer(self, ask):
            if ask.after:
                raise errors.ServerUnavailable(status=503)
            return super().answer(ask)

    with pytest.raises(errors.ServerUnavailable):
        read(Dead(keys(90)))


def test_a_row_without_key_is_unreadable():
    class Nameless(Server):
        def spoil(self, feed, ask):
            return Feed([Record({"Email": "x"})], 1, 10)

    with pytest.raises(errors.UnreadableAnswer):
        read(Nameless([]))


def test_memory_of_a_long_read_stays_small():
    """Keys of pages given away are kept as eight bytes, and recent ones only whole."""
    server = Server(keys(30_000))
    known = sorted(server.keys)
    index = {key: n for n, key in enumerate(known)}

    def quick(ask):
        start = index[ask.after] + 1 if ask.after else 0
        rows = [Record({"$key": k}) for k in known[start : start + ask.count]]
        return Feed(rows, len(known) - start, ask.count)

    server.answer = quick
    pager = Pager(page_size=200)
    assert sum(len(page.records) for page in converse(pager, server)) == 30_000
    assert len(pager._recent) <= 20_200
    assert sum(given.hashes.itemsize * len(given.hashes) for given in pager._given) == (
        8 * 30_000
    )


@pytest.mark.parametrize("count", [0, 1, 10, 35])
def test_feeds_without_order_are_read_by_position(count):
    server = Server(keys(count))
    pager = OffsetPager(10)
    pages = converse(pager, server)
    assert [r.key for p in pages for r in p.records] == server.keys
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True] * bool(
        pages
    )
    assert seen_words(pager) == {"offset"}


def test_reading_by_position_goes_round_until_the_count_is_reached():
    """Rows that offset paging loses turn up in another pass."""
    server = Spoiler(keys(100))
    server.fault, server.left = "drop", 8
    pager = OffsetPager(10)
    found = [r.key for p in converse(pager, server) for r in p.records]
    assert sorted(found) == server.keys
    assert pager.complete
    assert "missing" in seen_words(pager)
