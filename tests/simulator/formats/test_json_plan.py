"""The fast way to JSON says exactly what the slow one says."""

import json
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from infor_crm_simulator.formats import date_writer, json_format, json_plan
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
    feed = Feed(url=KIND, total_results=len(page), start_index=1)
    fast = json_format.render_feed(feed, resources=plan(dates).render_rows(page))
    feed.entries = [entry(row) for row in page]
    slow = json_format.render_feed(feed, dates=dates)
    assert json.loads(fast) == json.loads(slow)


def test_nested_entries_are_looked_up_by_key():
    whole = json_plan.EntryPlan([json_plan.nested("Owner", 0, {"O1": '{"$key":"O1"}'})])
    assert whole.render(("O1",)) == '{"Owner":{"$key":"O1"}}'
    assert whole.render(("O2",)) == '{"Owner":null}'
    assert whole.render((None,)) == '{"Owner":null}'


def test_a_stub_may_be_only_a_key():
    compact = json_plan.EntryPlan([json_plan.reference("Owner", 0)])
    assert compact.render(("O1",)) == '{"Owner":{"$key":"O1"}}'


def test_an_empty_page_is_an_empty_list():
    empty = json_format.render_feed(Feed(), resources="")
    assert json.loads(empty) == {"$resources": []}
