"""Which of several records with one address a person is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import permutations

import pytest

from sync import NONE_OF_THEM, Candidate, Match, choose

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def one(key: str, kind: str = "contact", changed: int = 0, made: int = 0) -> Candidate:
    return Candidate(
        kind,
        key,
        "a@x.example",
        modified=START + timedelta(days=changed),
        created=START + timedelta(days=made),
    )


def test_nobody_has_the_address() -> None:
    assert choose([], "recent") == Match()


@pytest.mark.parametrize("rule", ["recent", "oldest", "ask"])
def test_a_contact_goes_before_a_lead(rule) -> None:
    contact = one("C1", changed=0, made=9)
    found = choose([one("Q1", "lead", changed=9), contact], rule)
    assert found == Match(contact)


def test_the_most_recently_changed() -> None:
    late = one("C2", changed=5)
    assert choose([one("C1", changed=1), late], "recent") == Match(late)


def test_the_oldest() -> None:
    old = one("C2", made=1)
    assert choose([one("C1", made=5), old], "oldest") == Match(old)


def test_an_unknown_time_comes_last() -> None:
    dated, bare = one("C2"), Candidate("contact", "C1")
    for rule in ("recent", "oldest"):
        assert choose([bare, dated], rule) == Match(dated)


@pytest.mark.parametrize("rule", ["recent", "oldest"])
def test_a_tie_goes_to_the_lowest_key_in_whatever_order(rule) -> None:
    tied = [one("C3"), one("C1"), one("C2")]
    for order in permutations(tied):
        assert choose(order, rule).candidate.key == "C1"


def test_ask_shows_all_of_the_same_kind() -> None:
    first, second = one("C1"), one("C2")
    found = choose([second, one("Q1", "lead"), first], "ask")
    assert found == Match(ask=(first, second))


def test_one_record_met_twice_is_no_question() -> None:
    assert choose([one("C1"), one("C1")], "ask") == Match(one("C1"))


def test_a_decision_is_remembered() -> None:
    lead = one("Q1", "lead")
    candidates = [one("C1"), one("C2"), lead]
    assert choose(candidates, "ask", "C2") == Match(one("C2"))
    assert choose(candidates, "ask", "Q1") == Match(lead)


def test_none_of_them_is_a_decision_too() -> None:
    assert choose([one("C1"), one("C2")], "ask", NONE_OF_THEM) == Match()


def test_a_decision_for_a_record_that_is_gone_is_asked_again() -> None:
    found = choose([one("C1"), one("C2")], "ask", "C9")
    assert len(found.ask) == 2
