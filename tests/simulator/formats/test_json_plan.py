"""The fast way to JSON says exactly what the slow one says."""

import json
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from infor_crm_simulator.formats import (
    atom_format,
    date_writer,
    json_format,
    json_plan,
)
from infor_crm_simulator.resources import CollectionStub, Entry, Feed, ReferenceStub

KIND = "http://h/sdata/slx/dynamic/-/contacts"
OWNERS = "http://h/sdata/slx/dynamic/-/owners"
TYPES = {"Text": "string", "Flag": "boolean", "When": "datetime", "Count": "integer"}
TYPES |= {"Share": "decimal", "100%": "string"}

keys = st.text("ABCDEFabcdef0123456789", min_size=12, max_size=12)
rows = st.tuples(
    keys,
    st.none() | st.text(),
    st.sampled_from([None, 0, 1]),
    st.none() | st.integers(-(10**14), 10**14),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.text(),
    st.none() | keys,
)


def plan(dates) -> json_plan.EntryPlan:
    values = [
        json_plan.value(name, number, kind, dates)
        for number, (name, kind) in enumerate(TYPES.items(), start=1)
    ]
    return json_plan.EntryPlan(
        [
            json_plan.value("$key", 0),
            json_plan.address("$url", 0, KIND),
            json_plan.constant("$httpStatus", 200),
            *values,
            json_plan.reference("Owner", 7, OWNERS),
            json_plan.collection("Addresses", 0, KIND, "Addresses"),
        ]
    )


def entry(row: tuple) -> Entry:
    key, *values, owner = row
    stub = ReferenceStub(owner, f"{OWNERS}('{owner}')") if owner else None
    return Entry(
        key=key,
        url=f"{KIND}('{key}')",
        http_status=200,
        types=TYPES,
        values=dict(zip(TYPES, values, strict=True)),
        references={"Owner": stub},
        collections={"Addresses": CollectionStub(f"{KIND}('{key}')/Addresses")},
    )


@given(st.lists(rows, max_size=4), st.sampled_from(["date", "date_offset", "iso"]))
def test_a_page_is_the_same_from_rows_and_from_entries(page, style):
    dates = date_writer(style, ZoneInfo("America/New_York"))
    feed = Feed(entries=[entry(row) for row in page])
    slow = json.loads(json_format.render_feed(feed, dates=dates))["$resources"]
    fast = [json.loads(plan(dates).render(row)) for row in page]
    assert fast == slow


def test_nested_entries_are_looked_up_by_key():
    whole = json_plan.EntryPlan([json_plan.nested("Owner", 0, {"O1": '{"$key":"O1"}'})])
    assert whole.render(("O1",)) == '{"Owner":{"$key":"O1"}}'
    assert whole.render(("O2",)) == '{"Owner":null}'
    assert whole.render((None,)) == '{"Owner":null}'


def test_a_stub_may_be_only_a_key():
    compact = json_plan.EntryPlan([json_plan.reference("Owner", 0)])
    assert compact.render(("O1",)) == '{"Owner":{"$key":"O1"}}'


def test_optional_members_are_left_out_where_they_are_null():
    shape = json_plan.EntryPlan(
        [
            json_plan.reference("Owner", 0, OWNERS, optional=True, lookup=True),
            json_plan.value("Name", 1),
        ]
    )
    assert shape.render((None, "x")) == '{"Name":"x"}'
    assert json.loads(shape.render(("O 1", None))) == {
        "Owner": {"$key": "O 1", "$url": f"{OWNERS}('O%201')", "$lookup": OWNERS},
        "Name": None,
    }


def test_included_collections_are_written_per_owner():
    children = {"C1": ['{"$key":"a1"}', '{"$key":"a2"}']}
    shape = json_plan.EntryPlan(
        [json_plan.collection("Addresses", 0, KIND, "addresses", children)]
    )
    told = json.loads(shape.render(("C1",)))["Addresses"]
    assert told["$url"] == f"{KIND}('C1')/addresses"
    assert [child["$key"] for child in told["$resources"]] == ["a1", "a2"]
    assert json.loads(shape.render(("C2",)))["Addresses"]["$resources"] == []


class Lazy(json_plan.LazyEntry):
    def entry(self):
        return Entry(name="Contact", key="C1")

    def json_text(self, compact, dates):
        return '{"$key":"C1","written":true}'


def test_a_feed_writes_lazy_entries_without_making_them():
    told = json.loads(json_format.render_feed(Feed(entries=[Lazy(), Entry(key="C2")])))
    assert told["$resources"] == [{"$key": "C1", "written": True}, {"$key": "C2"}]


def test_atom_makes_them():
    assert b'sdata:key="C1"' in atom_format.render_feed(Feed(entries=[Lazy()]))


def test_an_empty_page_is_an_empty_list():
    assert json.loads(json_format.render_feed(Feed())) == {"$resources": []}
