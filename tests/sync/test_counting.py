"""A plan in numbers, before anything is written."""

from __future__ import annotations

from sync import (
    AskConversion,
    Bound,
    Converted,
    Counts,
    Create,
    Gone,
    Incoming,
    Link,
    Merge,
    Skip,
    StillThere,
    Unchanged,
    Update,
    counts,
)

RECORD = Incoming("Q1", "a@x.example")
BOUND = Bound(1, "Q1", 7, {})


def test_nothing_planned_is_nothing() -> None:
    assert counts([]) == Counts(0, 0, 0, 0)
    assert counts([Skip(RECORD), Unchanged(RECORD, bound=BOUND)]) == Counts()


def test_records_are_counted_once_and_blanks_each() -> None:
    merged = Merge(to_odoo={"a": 1, "b": None, "c": None}, to_infor={"d": 1})
    plan = [Create(RECORD), Update(RECORD, "", BOUND, merged), Link(RECORD, "", 8)]
    assert counts(plan) == Counts(creates=1, changes=1, blanks=2)
    assert counts(plan, "infor") == Counts(creates=0, changes=1)


def test_who_only_opts_out_or_joins_changes_no_value() -> None:
    assert counts([Update(RECORD, "impose", BOUND, join=True)]) == Counts()


def test_who_is_gone_leaves() -> None:
    fates = [Gone(), AskConversion(), Converted("C1"), StillThere()]
    assert counts(fates) == Counts(unlinks=2)


def test_a_push_counts_its_merges() -> None:
    pushes = [Merge(to_infor={"a": 1}), Merge(to_infor={"a": None}), Merge()]
    assert counts(pushes, "infor") == Counts(changes=2, blanks=1)


def test_counts_add_up() -> None:
    assert Counts(1, 2, 3, 4) + Counts(1, 1, 1, 1) == Counts(2, 3, 4, 5)
