"""The pager against servers that lose, repeat, shorten and lie."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paging_servers import Server, Spoiler, converse, keys, read, seen_words
from sdata import Record, errors
from sdata.pages import Feed
from sdata.paging import Pager

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
