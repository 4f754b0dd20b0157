"""Values from the wire and back."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdata import Record, codec

UTC = timezone.utc
JUNE = datetime(2013, 6, 14, 20, 40, tzinfo=UTC)
READ = [
    ("datetime", "/Date(1371242400000)/", JUNE),
    ("datetime", "/Date(1371242400000+0300)/", JUNE),
    ("datetime", "\\/Date(1371242400000)\\/", JUNE),
    ("datetime", "/Date(-2177452800000)/", datetime(1901, 1, 1, tzinfo=UTC)),
    ("datetime", "2013-06-14T20:40:00Z", JUNE),
    ("datetime", "2013-06-14T22:40:00+02:00", JUNE),
    ("datetime", "2013-06-14T20:40:00", JUNE),
    ("datetime", "2013-06-14 20:40:00.000", JUNE),
    ("datetime", "2013-06-14", datetime(2013, 6, 14, tzinfo=UTC)),
    ("datetime", "0001-01-01T00:00:00+00:00", None),
    ("datetime", "0001-01-01T00:00:00+05:00", None),
    ("datetime", "", None),
    ("boolean", True, True),
    ("boolean", "T", True),
    ("boolean", "t", True),
    ("boolean", "True", True),
    ("boolean", "Y", True),
    ("boolean", 1, True),
    ("boolean", False, False),
    ("boolean", "F", False),
    ("boolean", "0", False),
    ("boolean", "", None),
    ("integer", 5, 5),
    ("integer", "5", 5),
    ("integer", 5.0, 5),
    ("integer", 0, 0),
    ("integer", "", None),
    ("decimal", 601069883.0, 601069883.0),
    ("decimal", "1.50", 1.5),
    ("string", "  ADMIN       ", "ADMIN"),
    ("string", "a\x00b\ufeffc", "abc"),
    ("string", "\ufeffHallo", "Hallo"),
    ("string", "half \ud83d", "half"),
    ("string", 12, "12"),
    ("memo", "a\r\nb\rc\n", "a\nb\nc\n"),
    ("enum", "atNote", "atNote"),
    ("reference", {"$key": "SYST00000001"}, "SYST00000001"),
    ("reference", {"$key": None}, None),
    ("reference", "ADMIN       ", "ADMIN"),
]


@pytest.mark.parametrize(("kind", "wire", "value"), READ)
def test_reading(kind, wire, value):
    assert codec.decode(wire, kind) == value


@pytest.mark.parametrize("kind", sorted({kind for kind, _w, _v in READ}))
def test_null_stays_null(kind):
    """Blank and "no" differ: false and 0 are values."""
    assert codec.decode(None, kind) is None
    assert codec.encode(None, kind) is None


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        ("datetime", "yesterday"),
        ("datetime", "2013-13-01"),
        ("datetime", "/Date(99999999999999999)/"),
        ("datetime", 5),
        ("boolean", "maybe"),
        ("integer", "5.5"),
        ("integer", "1e999"),
        ("decimal", "NaN"),
        ("string", {"a": 1}),
        ("reference", ["x"]),
    ],
)
def test_what_cannot_be_read_is_never_guessed(kind, wire):
    with pytest.raises(ValueError):  # noqa: PT011
        codec.decode(wire, kind)


def test_writing():
    assert codec.encode(JUNE, "datetime") == "/Date(1371242400000)/"
    assert codec.encode(date(1970, 1, 2), "datetime") == "/Date(86400000)/"
    assert codec.encode("a\nb", "memo") == "a\r\nb"
    assert codec.encode("SYST00000001", "reference") == {"$key": "SYST00000001"}
    assert codec.encode("T", "boolean") is True


@pytest.mark.parametrize(
    "value", [datetime(2026, 1, 1), datetime(1900, 1, 1, tzinfo=UTC)]
)
def test_dates_the_server_would_misread_are_not_written(value):
    """Without zone it would shift, before 1901 it would overflow."""
    with pytest.raises(ValueError):  # noqa: PT011
        codec.encode(value, "datetime")


@given(st.datetimes(datetime(1901, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))
def test_dates_survive_a_round_trip(value):
    whole = value.replace(microsecond=value.microsecond // 1000 * 1000)
    assert codec.decode(codec.encode(value, "datetime"), "datetime") == whole


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_iso_dates_of_any_zone_mean_their_moment(value, minutes):
    if not 2 <= value.year <= 9998:
        return
    shifted = value.astimezone(timezone(timedelta(minutes=minutes)))
    assert codec.decode(shifted.isoformat(), "datetime") == value


@given(st.text())
def test_texts_fit_into_any_database(value):
    """No NUL, no half characters, whatever the CRM holds."""
    text = codec.decode(value, "string")
    assert "\0" not in text
    text.encode("utf-8")


def test_a_record_is_read_in_any_case():
    record = Record({"$key": "ADMIN       ", "CreateDate": 1, "DoNotFAX": True})
    assert record["createdate"] == record["CREATEDATE"] == 1
    assert "donotfax" in record
    assert record.get("DoNotFax") is True
    assert record.get("Nothing", 7) == 7
    assert record.key == "ADMIN"
    with pytest.raises(KeyError):
        record["Nothing"]


def test_a_record_is_read_by_path():
    record = Record({"Address": {"City": "Linz", "State": None}, "Owner": None})
    assert record.at("address/city") == "Linz"
    assert record.at("Address/State", "?") == "?"
    assert record.at("Owner/OwnerDescription") is None
    assert record.at("Address/City/Name") is None


def test_when_a_record_changed():
    """``$updated`` where there is one, else ModifyDate."""
    assert Record({"$updated": "/Date(1371242400000)/"}).updated == JUNE
    assert Record({"ModifyDate": "2013-06-14T20:40:00Z"}).updated == JUNE
    assert Record({"$updated": "soon"}).updated is None
