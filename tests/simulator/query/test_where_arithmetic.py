"""Functions and arithmetic (docs/sdata.md 4.3). Contact a scores 10, B 7, d -3."""

import pytest

EXPRESSIONS = [
    ("Score + 1 eq 11", "a"),
    ("Score - 1 eq 6", "B"),
    ("Score mul 2 eq 14", "B"),
    ("Score div 2 eq 5", "a"),
    ("Score mod 4 eq 3", "B"),
    ("Score mod 2 eq -1", "d"),
    ("Score mod 0 eq 1", ""),
    ("Score div 0 eq 1", ""),
    ("-Score eq 3", "d"),
    ("Score eq -3", "d"),
    ("- -Score eq 7", "B"),
    ("1 + Score mul 2 eq 15", "B"),
    ("(1 + Score) mul 2 eq 16", "B"),
    ("Score - 3 - 2 eq 2", "B"),
    ("Revenue eq 1.5", "a"),
    ("Revenue eq '1.5'", "a"),
    ("Score gt Revenue", "Ba"),
    ("5 gt 3", "BCad"),
    ("Score gt 99999999999999999999", ""),
    ("concat(FirstName, ' ', LastName) eq 'John Abbott'", "a"),
    ("left(LastName, 2) eq 'Qu'", "B"),
    ("left(LastName, 0) eq ''", "BCad"),
    ("right(LastName, 3) eq 'ott'", "a"),
    ("right(LastName, 0) eq ''", "BCad"),
    ("substring(LastName, 2, 3) eq 'uad'", "B"),
    ("substring(LastName, 1, 1) eq 'A'", "a"),
    ("substring(LastName, 0, 2) eq 'A'", "a"),
    ("substring(LastName, 5) eq 'tt'", "a"),
    ("substring(LastName, 99, 3) eq ''", "BCad"),
    ("length(LastName) eq 5", "B"),
    ("length(Email) eq 0", "d"),
    ("lower(FirstName) eq 'özgür'", "B"),
    ("upper(FirstName) eq 'ÖZGÜR'", "B"),
    ("trim(concat('  ', LastName, ' ')) eq 'Quade'", "B"),
    ("abs(Score) eq 3", "d"),
    ("floor(Revenue) eq -3", "B"),
    ("round(Revenue) eq 2", "a"),
    ("round(Revenue) eq -3", "B"),
    ("round(Revenue + 0.26, 1) eq 1.8", "a"),
    ("sign(Score) eq -1", "d"),
    ("sqrt(Score - 1) eq 3", "a"),
    ("sqrt(Score) eq null", "Cd"),
    ("year(ModifyDate) eq 2026 and month(ModifyDate) eq 2", "B"),
    ("day(ModifyDate) eq 15 and hour(ModifyDate) eq 8", "Bad"),
    ("minute(ModifyDate) eq 0 and second(ModifyDate) eq 0", "Bad"),
    ("dateAdd(ModifyDate, 1) eq @2026-01-16T08:00:00Z@", "a"),
    ("dateSub(ModifyDate, 1) eq @2026-01-14T08:00:00Z@", "a"),
    ("dateSub(ModifyDate, -1) eq @2026-01-16T08:00:00Z@", "a"),
    ("dateAdd(ModifyDate, 0.5) eq @2026-01-15T20:00:00Z@", "a"),
    ("currentTimestamp() eq @2026-06-01T12:00:00Z@", "BCad"),
    ("year(@2026-05-01@) eq 2026", "BCad"),
]


@pytest.mark.parametrize(("clause", "found"), EXPRESSIONS)
def test_an_expression_means_what_sql_server_would_say(world, clause, found):
    assert world.ends("Contact", clause) == found


OF_NULL = """
left(Status, 1); right(Status, 1); substring(Status, 1, 1); upper(Status);
length(Status); trim(Status); round(Score); abs(Score); sign(Score); floor(Score);
dateAdd(ModifyDate, 1); year(ModifyDate); -Score; concat(Status, 'x'); Score mod 2;
sqrt(Score); left(LastName, null)
"""


@pytest.mark.parametrize("name", [name.strip() for name in OF_NULL.split(";")])
def test_functions_of_null_are_null(world, name):
    assert "C" in world.ends("Contact", f"{name} eq null")


def test_moments_before_1970_have_parts(world):
    clause = "year(@1969-12-31T23:59:58.5Z@) eq 1969 and "
    clause += "second(@1969-12-31T23:59:58.5Z@) eq 58"
    assert world.ends("Contact", clause) == "BCad"
