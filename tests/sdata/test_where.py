"""One function quotes values; nothing else assembles a filter."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infor_crm_simulator.query.grammar import parse_where
from sdata import where

UTC = timezone.utc
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
TABLE = [
    (None, "null"),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-17, "-17"),
    (1.5, "1.5"),
    (1e-7, "0.0000001"),
    (1e20, "100000000000000000000"),
    (Decimal("1E+3"), "1000"),
    ("", "''"),
    ("Doe", "'Doe'"),
    ("O'Hara", "'O''Hara'"),
    ("''", "''''''"),
    ('a "quoted" word', "'a \"quoted\" word'"),
    ("50% & more_", "'50% & more_'"),
    ("back\\slash", "'back\\slash'"),
    ("Jürgen 名", "'Jürgen 名'"),
    (date(2026, 1, 2), "@2026-01-02@"),
    (NOON, "@2026-01-02T12:00:00Z@"),
    (NOON.replace(microsecond=999_999), "@2026-01-02T12:00:00Z@"),
    (
        NOON.astimezone(timezone(timedelta(hours=5))),
        "@2026-01-02T12:00:00Z@",
    ),
    (["a", "b'c"], "('a','b''c')"),
    ((1, None), "(1,null)"),
]


@pytest.mark.parametrize(("value", "literal"), TABLE)
def test_each_kind_of_value_has_its_literal(value, literal):
    assert where.quote(value) == literal


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), Decimal("NaN"), datetime(2026, 1, 1), "a\0b"]
)
def test_values_without_a_meaning_are_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011
        where.quote(value)


def test_other_types_are_a_mistake_of_the_caller():
    with pytest.raises(TypeError):
        where.quote(object())


@pytest.mark.parametrize(
    "name", ["", "a b", "Id eq 1 or Id", "a'", "1a", "a..b", "a.", "Ünïcode", "a)"]
)
def test_only_property_paths_are_names(name):
    """A name that came from outside cannot smuggle in a clause."""
    with pytest.raises(ValueError, match="not a property name"):
        where.eq(name, 1)


def test_clauses():
    assert where.eq("Address/City", "Linz") == "Address.City eq 'Linz'"
    assert where.ne_or_null("Status", "x") == "(Status ne 'x' or Status eq null)"
    assert where.false_or_null("DoNotEmail") == (
        "(DoNotEmail eq false or DoNotEmail eq null)"
    )
    assert where.and_("a eq 1", None, "", "b eq 2 or c eq 3") == (
        "(a eq 1) and (b eq 2 or c eq 3)"
    )
    assert where.and_(None, "a eq 1") == "a eq 1"
    assert where.and_() is None
    assert where.or_("a eq 1", "b eq 2") == "(a eq 1) or (b eq 2)"
    assert where.gt_key("C'1") == "Id gt 'C''1'"
    assert where.between_dates("ModifyDate", NOON, None) == (
        "ModifyDate ge @2026-01-02T12:00:00Z@"
    )
    assert where.between_dates("ModifyDate", NOON, NOON + timedelta(days=1)) == (
        "ModifyDate ge @2026-01-02T12:00:00Z@ and ModifyDate lt @2026-01-03T12:00:00Z@"
    )


def test_a_list_may_be_compared_with_what_a_function_makes_of_a_field():
    clause = where.one_of("lower(trim(%s))", "Email", ["o'hara@a.example", "b@b.c"])
    assert clause == "lower(trim(Email)) in ('o''hara@a.example','b@b.c')"
    with pytest.raises(ValueError, match="empty"):
        where.one_of("lower(%s)", "Email", [])
    with pytest.raises(ValueError, match="function"):
        where.one_of("drop(%s)", "Email", ["a"])
    with pytest.raises(ValueError, match="property"):
        where.one_of("lower(%s)", "Email)", ["a"])


def test_a_field_may_be_like_one_of_several_patterns():
    clause = where.like_one_of("lower(%s)", "Email", ["%o'hara@a.b%", "%c@d.e%"])
    assert clause == (
        "(lower(Email) like '%o''hara@a.b%') or (lower(Email) like '%c@d.e%')"
    )
    with pytest.raises(ValueError, match="no pattern"):
        where.like_one_of("lower(%s)", "Email", [])
    with pytest.raises(ValueError, match="function"):
        where.like_one_of("drop(%s)", "Email", ["a"])


def test_lists_of_keys_are_cut_to_what_servers_take():
    clauses = list(where.in_chunks("Id", [f"C{n}" for n in range(250)]))
    assert [clause.count(",") + 1 for clause in clauses] == [100, 100, 50]
    assert list(where.in_chunks("Id", [])) == []
    with pytest.raises(ValueError, match="empty list"):
        where.in_("Id", [])


def literals(node) -> list:
    """Every literal value in a parsed clause, depth first."""
    if hasattr(node, "value") and not hasattr(node, "__iter__"):
        return [node.value]
    found = []
    for name in getattr(node, "__dataclass_fields__", {}):
        inner = getattr(node, name)
        for part in inner if isinstance(inner, (tuple, list)) else (inner,):
            found += literals(part)
    return found


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(texts)
def test_the_server_reads_the_text_that_was_quoted(value):
    """Whatever people write into names: quotes, backslashes, keywords, emoji."""
    assert literals(parse_where(where.eq("LastName", value))) == [value]


@given(st.lists(texts, min_size=1, max_size=5))
def test_the_server_reads_the_list_that_was_quoted(values):
    assert literals(parse_where(where.in_("LastName", values))) == values


@given(st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_the_server_reads_the_moment_that_was_quoted(value):
    (found,) = literals(parse_where(where.eq("ModifyDate", value)))
    assert found == value.replace(microsecond=0)


@given(st.integers(0, 10**15) | st.decimals(0, 10**9, allow_nan=False, places=4))
def test_the_server_reads_the_number_that_was_quoted(value):
    (found,) = literals(parse_where(where.eq("Revenue", value)))
    assert Decimal(found) == Decimal(value)
