"""The decision table of docs/architecture.md, row by row, and what it says besides."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from sync import Cleared, Lost, Merge, Policy, Rule, Times, blank, merge, merge_person

TABLE = Path(__file__).parents[2] / "docs" / "architecture.md"
VALUES = {"A": "Linz", "B": "Wien", "C": "Graz", "–": None}
PERMISSIONS = {
    "both ways": {"pull": True, "push": True},
    "to Odoo": {"pull": True, "push": False},
    "to the CRM": {"pull": False, "push": True},
    "nowhere": {"pull": False, "push": False},
    "clear": {"may_clear": True},
    "fill": {"fill_if_empty": True},
}
SIDES = {"Odoo": "odoo", "the CRM": "infor"}
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
BOTH = Rule(pull=True, push=True)


def rows() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    start = next(
        i for i, line in enumerate(lines) if line.startswith("| what happened")
    )
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def rule(words: str) -> Rule:
    named: dict[str, bool] = {}
    for word in words.split(", "):
        named |= PERMISSIONS[word]
    return Rule(**named)


ROWS = rows()


def each_row(test):
    return pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])(test)


def of_row(row: list[str], policy: Policy) -> Merge:
    base, odoo, infor = ({"city": VALUES[cell]} for cell in row[1:4])
    return merge(base, odoo, infor, {"city": rule(row[4])}, policy)


def expected(row: list[str], winner: str) -> Merge:
    """What the last column says, in the engine's words."""
    then = row[5]
    if then == "the rule decides":
        loser = "odoo" if winner == "infor" else "infor"
        travelling, lost = (row[2], row[3]) if winner == "odoo" else (row[3], row[2])
        taker = "Odoo" if winner == "infor" else "the CRM"
        side = "Odoo" if loser == "odoo" else "the CRM"
        then = f"{taker} takes {travelling}, {lost} of {side} is lost"
    parts: dict = {}
    for phrase in then.split(", "):
        parts |= _phrase(phrase)
    return Merge(**parts)


def _phrase(phrase: str) -> dict:
    if phrase == "nothing":
        return {}
    if phrase == "differs":
        return {"differs": ("city",)}
    if found := re.fullmatch("(.) is agreed", phrase):
        return {"agreed": {"city": VALUES[found[1]]}}
    if found := re.fullmatch("cleared in (.+)", phrase):
        return {"cleared": (Cleared("city", SIDES[found[1]]),)}
    if found := re.fullmatch("(.) of (.+) is lost", phrase):
        return {"lost": (Lost("city", SIDES[found[2]], VALUES[found[1]]),)}
    found = re.fullmatch("(.+) takes (.)", phrase)
    values = {"city": VALUES[found[2]]}
    if found[1] == "the CRM":
        return {"to_infor": values}
    return {"to_odoo": values, "agreed": values}


@each_row
@pytest.mark.parametrize("winner", ["odoo", "infor"])
def test_arm(row: list[str], winner: str) -> None:
    assert of_row(row, Policy(winner)) == expected(row, winner)


@each_row
def test_of_one_field_the_whole_record_decides_the_same(row: list[str]) -> None:
    by_field, by_record = Policy("infor"), Policy("infor", whole_record=True)
    assert of_row(row, by_field) == of_row(row, by_record)


@each_row
def test_what_was_done_is_not_done_again(row: list[str]) -> None:
    merged = of_row(row, Policy("infor"))
    base, odoo, infor = ({"city": VALUES[cell]} for cell in row[1:4])
    base |= merged.agreed | merged.to_infor
    again = merge(base, odoo | merged.to_odoo, infor | merged.to_infor,
                  {"city": rule(row[4])}, Policy("infor"))  # fmt: skip
    assert again.nothing
    assert again.lost == ()


@each_row
def test_after_the_pull_alone_the_push_has_the_same_left_to_do(row: list[str]) -> None:
    merged = of_row(row, Policy("odoo"))
    base, odoo, infor = ({"city": VALUES[cell]} for cell in row[1:4])
    later = merge(base | merged.agreed, odoo | merged.to_odoo, infor,
                  {"city": rule(row[4])}, Policy("odoo"))  # fmt: skip
    assert later.to_infor == merged.to_infor
    assert later.to_odoo == {}


def test_each_arm_is_in_the_table_once() -> None:
    histories = [row[0] for row in ROWS]
    assert len(histories) == len(set(histories)) > 40
    inputs = [tuple(row[1:5]) for row in ROWS]
    assert len(inputs) == len(set(inputs))


# --- which change is the later one ------------------------------------------------


def winner(times: Times | None) -> str:
    """The side whose change of a field survives, by the latest rule."""
    merged = merge({"a": 1}, {"a": 2}, {"a": 3}, {"a": BOTH}, Policy(), times)
    return "odoo" if merged.to_infor else "infor"


def test_the_latest_change_wins() -> None:
    assert winner(Times(NOON + HOUR, NOON)) == "odoo"
    assert winner(Times(NOON, NOON + HOUR)) == "infor"


def test_within_the_allowance_the_crm_wins() -> None:
    seconds = timedelta(seconds=2)
    assert winner(Times(NOON + seconds, NOON, seconds)) == "infor"
    assert winner(Times(NOON + 2 * seconds, NOON, seconds)) == "odoo"


@pytest.mark.parametrize("times", [None, Times(NOON, None), Times(None, NOON)])
def test_without_a_time_the_crm_wins(times: Times | None) -> None:
    assert winner(times) == "infor"


# --- the whole record -------------------------------------------------------------


def whole(base: dict, odoo: dict, infor: dict, wins: str = "infor", **rules) -> Merge:
    named = {name: rules.get(name, BOTH) for name in {**base, **odoo, **infor}}
    return merge(base, odoo, infor, named, Policy(wins, whole_record=True))


def test_two_people_edit_different_fields_and_both_keep_their_work() -> None:
    base = {"a": 1, "b": 1}
    merged = merge(base, {"a": 2, "b": 1}, {"a": 1, "b": 3}, dict.fromkeys("ab", BOTH))
    assert (merged.to_odoo, merged.to_infor) == ({"b": 3}, {"a": 2})
    assert merged.lost == ()


@pytest.mark.parametrize("wins", ["odoo", "infor"])
def test_for_the_whole_record_the_losers_other_edit_goes_back(wins: str) -> None:
    merged = whole({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}, wins)
    if wins == "infor":
        assert (merged.to_odoo, merged.to_infor) == ({"a": 1, "b": 3}, {})
        assert merged.lost == (Lost("a", "odoo", 2),)
    else:
        assert (merged.to_odoo, merged.to_infor) == ({}, {"a": 2, "b": 1})
        assert merged.lost == (Lost("b", "infor", 3),)


def test_a_record_changed_on_one_side_alone_is_no_conflict() -> None:
    merged = whole({"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 1})
    assert merged.to_infor == {"a": 2, "b": 2}
    assert merged.lost == ()


def test_a_field_with_one_direction_makes_no_conflict_and_keeps_its_way() -> None:
    pull = Rule(pull=True, push=False)
    merged = whole({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}, b=pull)
    assert (merged.to_odoo, merged.to_infor) == ({"b": 3}, {"a": 2})
    both = whole(
        {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 4, "b": 3}, wins="odoo", b=pull
    )
    assert (both.to_odoo, both.to_infor) == ({"b": 3}, {"a": 2})


def test_what_the_loser_filled_travels_because_a_blank_has_no_opinion() -> None:
    odoo, infor = {"a": 2, "b": 5}, {"a": 3, "b": None}
    for rule in (BOTH, Rule(True, True, may_clear=True)):
        merged = whole({"a": 1}, odoo, infor, b=rule)
        assert (merged.to_odoo, merged.to_infor) == ({"a": 3}, {"b": 5})


def test_the_losers_clearing_goes_back_only_where_clearing_is_a_change() -> None:
    base, odoo, infor = {"a": 1, "b": 1}, {"a": None, "b": 1}, {"a": 1, "b": 3}
    merged = whole(base, odoo, infor)
    assert merged.to_odoo == {"b": 3}
    assert merged.cleared == (Cleared("a", "odoo"),)
    merged = whole(base, odoo, infor, a=Rule(True, True, may_clear=True))
    assert merged.to_odoo == {"a": 1, "b": 3}
    assert merged.lost == (Lost("a", "odoo", None),)


# --- imports: nobody decides --------------------------------------------------------


def kept(base: dict, odoo: dict, infor: dict, rule: Rule = BOTH) -> Merge:
    return merge(base, odoo, infor, {"a": rule}, Policy("keep", whole_record=True))


@pytest.mark.parametrize("base", [{"a": 1}, {}])
def test_without_a_rule_both_values_stay_and_that_is_said(base: dict) -> None:
    assert kept(base, {"a": 2}, {"a": 3}) == Merge(differs=("a",))


def test_without_a_rule_a_field_of_the_crm_takes_its_change() -> None:
    merged = kept({"a": 1}, {"a": 2}, {"a": 3}, Rule(True, False))
    assert (merged.to_odoo, merged.lost) == ({"a": 3}, (Lost("a", "odoo", 2),))


def test_without_a_rule_a_local_edit_is_not_reported() -> None:
    assert kept({"a": 1}, {"a": 2}, {"a": 1}, Rule(True, False)) == Merge()
    assert kept({}, {"a": 2}, {"a": 1}, Rule(True, False)) == Merge(differs=("a",))


# --- a field of the CRM that people edit in Odoo ------------------------------------


def test_a_local_edit_gives_way_when_the_crm_changes_later() -> None:
    rules = {"a": Rule(pull=True, push=False)}
    met = merge({}, {"a": 2}, {"a": 1}, rules)
    assert met.differs == ("a",)
    still = merge(met.agreed, {"a": 2}, {"a": 1}, rules)
    assert (still.to_odoo, still.differs) == ({}, ("a",))
    later = merge(met.agreed, {"a": 2}, {"a": 3}, rules)
    assert later.to_odoo == {"a": 3}
    assert later.lost == (Lost("a", "odoo", 2),)


# --- stale forms --------------------------------------------------------------------

COLUMN = "properties.infor_region"


def stale(base, odoo, infor, rule: Rule = BOTH, before=1) -> Merge:
    return merge({COLUMN: base}, {COLUMN: odoo}, {COLUMN: infor}, {COLUMN: rule},
                 Policy("odoo"), None, {COLUMN: before})  # fmt: skip


def test_a_form_opened_before_a_pull_and_saved_after_it_reverts_nothing() -> None:
    merged = stale(base=2, odoo=1, infor=2)
    assert (merged.to_odoo, merged.to_infor) == ({COLUMN: 2}, {})
    assert merged.lost == (Lost(COLUMN, "odoo", 1),)


def test_a_stale_form_is_no_conflict_with_a_change_of_the_crm() -> None:
    assert stale(base=2, odoo=1, infor=3).to_odoo == {COLUMN: 3}


def test_a_stale_form_does_not_clear_what_the_pull_filled() -> None:
    rule = Rule(True, True, may_clear=True)
    merged = stale(base=2, odoo=None, infor=2, rule=rule, before=None)
    assert (merged.to_odoo, merged.to_infor, merged.lost) == ({COLUMN: 2}, {}, ())


@pytest.mark.parametrize("rule", [BOTH, Rule(), Rule(True, may_clear=True)])
def test_what_is_blank_after_its_first_fill_was_cleared_by_somebody(rule: Rule) -> None:
    merged = stale(base=2, odoo=None, infor=2, rule=rule, before=None)
    assert (merged.to_odoo, merged.to_infor) == ({}, {})
    assert merged.cleared == (Cleared(COLUMN, "odoo"),)


def test_a_stale_form_does_not_bring_back_what_the_crm_cleared() -> None:
    merged = stale(None, 1, None, Rule(True, True, may_clear=True))
    assert (merged.to_odoo, merged.to_infor) == ({COLUMN: None}, {})


def test_a_stale_form_under_a_value_cleared_in_the_crm_gives_back_the_agreed_one():
    merged = stale(base=2, odoo=1, infor=None)
    assert (merged.to_odoo, merged.to_infor) == ({COLUMN: 2}, {})


def test_a_stale_value_that_may_not_be_replaced_is_not_pushed_either() -> None:
    merged = stale(base=2, odoo=1, infor=2, rule=Rule(pull=False, push=True))
    assert (merged.to_odoo, merged.to_infor) == ({}, {})
    assert merged.differs == (COLUMN,)


def test_a_new_value_in_a_column_is_an_edit_like_any_other() -> None:
    assert stale(base=2, odoo=5, infor=2).to_infor == {COLUMN: 5}


# --- values ---------------------------------------------------------------------------


@pytest.mark.parametrize("value", [False, 0, 0.0])
def test_false_and_zero_are_values(value: object) -> None:
    rules = {"a": BOTH}
    assert not blank(value)
    assert merge({}, {"a": None}, {"a": value}, rules).to_odoo == {"a": value}
    assert merge({"a": 5}, {"a": 5}, {"a": value}, rules).to_odoo == {"a": value}
    assert merge({"a": 5}, {"a": value}, {"a": 5}, rules).to_infor == {"a": value}


def test_false_is_not_zero() -> None:
    rules = {"a": BOTH}
    assert merge({"a": 0}, {"a": 0}, {"a": False}, rules).to_odoo == {"a": False}


def test_an_empty_text_is_blank() -> None:
    assert merge({"a": ""}, {"a": None}, {"a": ""}, {"a": BOTH}) == Merge()
    merged = merge({"a": 1}, {"a": 1}, {"a": ""}, {"a": Rule(may_clear=True)})
    assert merged.to_odoo == {"a": None}


@pytest.mark.parametrize("values", [({"a": 1}, {}), ({}, {"a": 1})])
def test_a_value_that_was_not_read_is_no_blank(values: tuple) -> None:
    clearing = {"a": Rule(True, True, may_clear=True)}
    assert merge({"a": 1}, *values, clearing) == Merge()


def test_fields_without_a_rule_are_left_alone() -> None:
    assert merge({"a": 1}, {"a": 2}, {"a": 3}, {}) == Merge()


# --- people ---------------------------------------------------------------------------

NAMES = dict.fromkeys(("first_name", "last_name", "email"), BOTH)


def test_two_spellings_of_one_address_are_no_change() -> None:
    odoo, infor = {"email": "Ann@X.example"}, {"email": "ann@x.example"}
    merged = merge_person({}, odoo, infor, NAMES, same_address=True)
    assert merged == Merge(agreed={"email": "ann@x.example"})
    assert merge_person({}, odoo, infor, NAMES).to_odoo == {"email": "ann@x.example"}


def test_a_full_name_is_not_replaced_by_its_parts() -> None:
    odoo = {"name": "My Friend", "first_name": None, "last_name": None}
    infor = {"first_name": "Ann", "last_name": "Lee"}
    merged = merge_person({}, odoo, infor, NAMES)
    assert merged == Merge(differs=("first_name", "last_name"))


def test_a_full_name_is_completed_by_its_own_parts() -> None:
    odoo = {"name": "ANN LEE", "first_name": None, "last_name": None}
    infor = {"first_name": "Ann", "last_name": "Lee"}
    assert merge_person({}, odoo, infor, NAMES).to_odoo == infor


def test_a_full_name_is_never_sent_as_its_parts() -> None:
    odoo = {"name": "My Friend", "first_name": None, "last_name": None}
    infor = {"first_name": None, "last_name": None}
    assert merge_person({}, odoo, infor, NAMES) == Merge()
