"""What the server refuses, and how it says so (docs/sdata.md 5.6)."""

import pytest

from infor_crm_simulator.query import QueryError, parse_where

SYNTAX = [
    "FirstName eq",
    "FirstName eq 'x",
    "FirstName 'x'",
    "eq 'x'",
    "(FirstName eq 'x'",
    "FirstName eq 'x')",
    "FirstName eq 'a' 'b'",
    "FirstName eq 'x' and",
    "FirstName eq 'x' eq 'y'",
    "Id in ()",
    "Id in 'a'",
    "Score between 1",
    "Score not between 1 and 2",
    "FirstName == 'x'",
    "FirstName != 'x'",
    "Account/AccountName eq 'x'",
    "ModifyDate gt @2026-13-01@",
    "ModifyDate gt @yesterday@",
    "ModifyDate gt @2026-01-01",
    "Score gt 1.2.3",
    "FirstName",
    "'text'",
    "Score + 1",
    "not FirstName",
    "FirstName eq 'x' or Score",
    "nosuchfunction(FirstName) eq 'x'",
    "left(FirstName) eq 'x'",
    "upper(FirstName, 2) eq 'x'",
    "currentTimestamp(1) gt @2026-01-01@",
    "9" * 5000 + " eq 1",
]


@pytest.mark.parametrize("clause", SYNTAX)
def test_bad_syntax_is_a_bad_request(world, clause):
    with pytest.raises(QueryError) as caught:
        world.compile("Contact", clause)
    assert (caught.value.status, caught.value.sdata_code) == (400, "BadWhereSyntax")
    assert caught.value.message


UNKNOWN = [
    ("dddd eq 1", "dddd", "Contact"),
    ("Account.dddd eq 1", "dddd", "Account"),
    ("dddd.AccountName eq 1", "dddd", "Contact"),
    ("FirstName.Length eq 1", "FirstName", "Contact"),
    ("AccountId eq 'x'", "AccountId", "Contact"),
    ("Account.AccountManager.Nope eq 1", "Nope", "User"),
    ("upper(dddd) eq 'X'", "dddd", "Contact"),
    ("dddd eq null", "dddd", "Contact"),
    ("Internal eq 'x'", "Internal", "Contact"),
    ("Deals eq null", "Deals", "Contact"),
]


@pytest.mark.parametrize(("clause", "name", "entity"), UNKNOWN)
def test_an_unknown_property_is_a_fault_of_the_mapper(world, clause, name, entity):
    with pytest.raises(QueryError) as caught:
        world.compile("Contact", clause)
    error = caught.value
    assert (error.status, error.sdata_code) == (500, "ApplicationDiagnosis")
    assert error.message == (
        f"could not resolve property: {name} of: Sage.SalesLogix.Entities.{entity}"
    )
    assert error.stack_trace.startswith("NHibernate.QueryException: could not resolve")
    assert "GetEntities" in error.stack_trace


CASTS = [
    "DoNotEmail eq 'T'",
    "DoNotEmail eq @2026-01-01@",
    "Score eq 'many'",
    "Score eq true",
    "ModifyDate gt 'soon'",
    "ModifyDate gt 5",
    "Score gt ModifyDate",
    "Score eq FirstName",
    "FirstName eq true",
    "Account eq 'AA2EK0000001'",
    "Account like 'A%'",
    "ModifyDate like '2026%'",
    "FirstName like ModifyDate",
    "FirstName + 1 eq 2",
    "upper(DoNotEmail) eq 'T'",
    "year(FirstName) eq 1",
    "abs('x') eq 1",
]


@pytest.mark.parametrize("clause", CASTS)
def test_values_that_do_not_fit_are_a_fault(world, clause):
    with pytest.raises(QueryError) as caught:
        world.compile("Contact", clause)
    assert (caught.value.status, caught.value.sdata_code) == (
        500,
        "ApplicationDiagnosis",
    )


def test_an_enum_has_no_other_members(world):
    with pytest.raises(QueryError) as caught:
        world.compile("History", "Type eq 'atNothing'")
    assert caught.value.status == 500


NESTED = [
    ("(", "Score eq 10", ")", "a"),
    ("not ", "Score eq 10", "", "a"),
    ("not (Score eq 7 or ", "Score eq 10", ")", None),
    ("1 + (", "Score", ") gt 0", None),
    ("upper(", "FirstName", ") eq 'X'", None),
]


@pytest.mark.parametrize(("opening", "core", "closing", "found"), NESTED)
@pytest.mark.parametrize("depth", [2, 6, 12, 20, 40, 200, 20_000])
def test_deep_nesting_is_answered_or_refused(
    world, opening, core, closing, found, depth
):
    """Never an error of the database, whatever the depth."""
    head, tail = closing[:1], closing[1:]
    clause = opening * depth + f"({core})" + head * depth + tail
    answer, status = found, None
    try:
        answer = world.ends("Contact", clause)
    except QueryError as error:
        status = error.status
    assert status in ((None,) if depth <= 6 else (None, 400))
    assert found is None or answer == found


def test_thousands_of_alternatives_are_no_trouble(world):
    clause = " or ".join(f"Score eq {number}" for number in range(5000))
    assert world.ends("Contact", clause) == "Ba"
    keys = ",".join(["'x'"] * 5000)
    assert world.ends("Contact", f"Id in ({keys})") == ""


def test_a_clause_is_parsed_once():
    assert parse_where("Score eq 1") is parse_where("Score eq 1")
