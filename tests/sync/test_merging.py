"""One test per arm of the decision table of a pull, named after what happened."""

from __future__ import annotations

import pytest

from sync import Policy, Rule, blank
from sync import merge as merge_all

BOTH = {"city": Rule(True, True), "a": Rule(True, True)}
BOTH_OFF = {"a": Rule(True, False)}


def merge(base, odoo, infor, rules=BOTH):
    return merge_all(base, odoo, infor, rules, Policy("keep"))


NEW, OLD, MINE = "Graz", "Linz", "Wien"

# what happened, base, odoo, infor -> changes, kept, agreed
ARMS = [
    ("both agree already", OLD, OLD, OLD, "agree"),
    ("both moved to the same value", OLD, NEW, NEW, "agree"),
    ("changed in the CRM", OLD, OLD, NEW, "change"),
    ("changed in Odoo", OLD, MINE, OLD, "leave"),
    ("changed on both sides", OLD, MINE, NEW, "conflict"),
    ("first meeting, Odoo has none", None, None, NEW, "change"),
    ("first meeting, same value", None, NEW, NEW, "agree"),
    ("first meeting, other values", None, MINE, NEW, "conflict"),
    ("cleared in Odoo", OLD, None, OLD, "leave"),
    ("cleared in Odoo, changed in the CRM", OLD, None, NEW, "change"),
    ("cleared in the CRM", OLD, OLD, None, "leave"),
    ("emptied in the CRM", OLD, OLD, "", "leave"),
]


@pytest.mark.parametrize(
    ("base", "odoo", "infor", "arm"),
    [row[1:] for row in ARMS],
    ids=[row[0] for row in ARMS],
)
def test_arm(base: str, odoo: str, infor: str, arm: str) -> None:
    bases = {} if base is None else {"city": base}
    result = merge(bases, {"city": odoo}, {"city": infor})
    assert result.to_odoo == ({"city": infor} if arm == "change" else {})
    assert result.differs == (("city",) if arm == "conflict" else ())
    agreed = arm in ("change", "agree")
    assert result.agreed == ({"city": infor} if agreed else {})


def test_a_field_that_only_comes_from_the_crm_takes_its_change() -> None:
    result = merge({"a": 1}, {"a": 2}, {"a": 3}, BOTH_OFF)
    assert result.to_odoo == {"a": 3}


def test_a_field_that_only_comes_from_the_crm_otherwise_keeps_a_local_edit() -> None:
    result = merge({"a": 1}, {"a": 2}, {"a": 1}, BOTH_OFF)
    assert (result.to_odoo, result.differs) == ({}, ())


@pytest.mark.parametrize("value", [False, 0, 0.0])
def test_false_and_zero_are_values(value: object) -> None:
    assert not blank(value)
    assert merge({}, {"a": None}, {"a": value}).to_odoo == {"a": value}
    assert merge({"a": 5}, {"a": 5}, {"a": value}).to_odoo == {"a": value}


def test_false_is_not_zero() -> None:
    assert merge({"a": 0}, {"a": 0}, {"a": False}).to_odoo == {"a": False}


def test_fields_of_one_side_are_no_concern_of_the_other() -> None:
    assert merge({}, {"mine": 1}, {"a": None}).to_odoo == {}
