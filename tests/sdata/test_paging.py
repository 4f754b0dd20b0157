"""The pager without a network: sizes, order, errors, reading by position."""

from __future__ import annotations

import pytest

from paging_servers import Server, Spoiler, converse, keys, read, seen_words
from sdata import Record, errors
from sdata.offsets import OffsetPager
from sdata.pages import Feed
from sdata.paging import Pager


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
