"""Feeds, entries and faults as JSON (docs/sdata.md 3.2, 5.6)."""

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infor_crm_simulator.formats import (
    PayloadError,
    date_writer,
    diagnoses,
    json_format,
)
from infor_crm_simulator.model import Entity, Property
from infor_crm_simulator.resources import (
    CollectionStub,
    Diagnosis,
    Entry,
    Feed,
    ReferenceStub,
)

CONTACT = Entity(
    "Contact",
    "contacts",
    "CONTACT",
    "Contacts",
    "CONTACTID",
    "C",
    "NameLF",
    (
        Property("FirstName"),
        Property("Birthday", "datetime"),
        Property("CreateDate", "datetime"),
        Property("DoNotEmail", "boolean"),
        Property("Score", "integer"),
        Property("Revenue", "decimal"),
    ),
)
URL = "http://h/sdata/slx/dynamic/-/contacts('CA2EK0013058')"


def contact(**more: object) -> Entry:
    values = {
        "FirstName": "Jörg",
        "Birthday": None,
        "CreateDate": 1172710800000,
        "DoNotEmail": 0,
        "Score": 7,
        "Revenue": 601069883.0,
    }
    stub = ReferenceStub("AA2EK0013031", "http://h/accounts('AA2EK0013031')")
    return Entry(
        entity=CONTACT,
        key="CA2EK0013058",
        url=URL,
        etag="8p8/RgAAAAA=",
        updated=1371247200000,
        descriptor="Abbott, Jörg",
        http_status=200,
        values=values,
        references={"Account": stub, "Owner": None},
        collections={"Addresses": CollectionStub(f"{URL}/Addresses")},
        **more,
    )


def test_an_entry_is_a_bare_object():
    assert json.loads(json_format.render_entry(contact())) == {
        "$key": "CA2EK0013058",
        "$url": URL,
        "$httpStatus": 200,
        "$etag": "8p8/RgAAAAA=",
        "$updated": "/Date(1371247200000)/",
        "$descriptor": "Abbott, Jörg",
        "FirstName": "Jörg",
        "Birthday": None,
        "CreateDate": "/Date(1172710800000)/",
        "DoNotEmail": False,
        "Score": 7,
        "Revenue": 601069883.0,
        "Account": {
            "$key": "AA2EK0013031",
            "$url": "http://h/accounts('AA2EK0013031')",
        },
        "Owner": None,
        "Addresses": {"$url": f"{URL}/Addresses"},
    }


def test_text_goes_out_as_utf_8():
    assert "Jörg".encode() in json_format.render_entry(contact())


def test_a_feed_tells_counts_and_links():
    feed = Feed(
        url="http://h/contacts?count=1",
        descriptor="Sage SalesLogix | Contacts",
        entries=[contact()],
        total_results=0,
        start_index=1,
        items_per_page=100,
        first="http://h/1",
        next="http://h/2",
    )
    told = json.loads(json_format.render_feed(feed))
    assert [entry["$key"] for entry in told.pop("$resources")] == ["CA2EK0013058"]
    assert told == {
        "$descriptor": "Sage SalesLogix | Contacts",
        "$url": "http://h/contacts?count=1",
        "$totalResults": 0,
        "$startIndex": 1,
        "$itemsPerPage": 100,
        "$first": "http://h/1",
        "$next": "http://h/2",
    }


def test_compact_answers_leave_addresses_out_but_not_the_next_page():
    feed = Feed(url="u", entries=[contact()], first="http://h/1", next="http://h/2")
    told = json.loads(json_format.render_feed(feed, compact=True))
    entry = told["$resources"][0]
    assert "$next" in told
    assert not {"$url", "$first"} & set(told)
    assert not {"$url", "$lookup", "$httpStatus"} & set(entry)
    assert entry["$etag"] == "8p8/RgAAAAA="
    assert entry["Account"] == {"$key": "AA2EK0013031"}


def test_nested_entities_and_included_collections_are_complete():
    entry = contact()
    entry.references["Account"] = Entry(key="A1", values={"AccountName": "Abbott"})
    entry.collections["Addresses"] = Feed(
        url="http://h/a", entries=[Entry(key="a1", values={"City": "Linz"})]
    )
    told = json.loads(json_format.render_entry(entry))
    assert told["Account"] == {"$key": "A1", "AccountName": "Abbott"}
    assert told["Addresses"] == {
        "$url": "http://h/a",
        "$resources": [{"$key": "a1", "City": "Linz"}],
    }


def test_bare_arrays_and_objects_pass_through():
    entry = Entry(key="p1", extra={"adHocIds": ["C1", "C2"], "response": {"a": 1}})
    told = json.loads(json_format.render_entry(entry))
    assert told == {"$key": "p1", "adHocIds": ["C1", "C2"], "response": {"a": 1}}


def test_a_batch_item_tells_its_own_status():
    fault = Diagnosis("String or binary data would be truncated")
    item = Entry(http_method="POST", http_status=500, diagnoses=[fault])
    told = json.loads(json_format.render_feed(Feed(entries=[item])))["$resources"][0]
    assert (told["$httpMethod"], told["$httpStatus"]) == ("POST", 500)
    assert told["$diagnoses"][0]["message"] == fault.message


def test_the_recorded_fault_is_reproduced_member_by_member():
    fault = Diagnosis(
        "Unable to locate a handler to process the request 'slx/dynamic/-/accountss'",
        "ApplicationNotFound",
    )
    assert diagnoses.render_json([fault]).decode() == (
        '[{"severity":"Error","sdataCode":"ApplicationNotFound","applicationCode":"",'
        '"message":"Unable to locate a handler to process the request '
        '\'slx/dynamic/-/accountss\'","stackTrace":"","payloadPath":""}]'
    )


class TestDates:
    def test_the_offset_is_that_of_the_moment_and_the_number_stays_utc(self):
        write = date_writer("date_offset", ZoneInfo("Europe/Vienna"))
        assert write(1371247200000) == "/Date(1371247200000+0200)/"
        assert write(1172710800000) == "/Date(1172710800000+0100)/"

    def test_iso_is_utc(self):
        write = date_writer("iso")
        assert write(1371247200000) == "2013-06-14T22:00:00Z"
        assert write(-1) == "1969-12-31T23:59:59.999Z"

    def test_dates_beyond_the_calendar_do_not_break_an_answer(self):
        for style in ("date", "date_offset", "iso"):
            assert date_writer(style)(10**18)
            assert date_writer(style)(-(10**18))

    def test_the_style_reaches_every_date(self):
        told = json.loads(json_format.render_entry(contact(), dates=date_writer("iso")))
        assert told["CreateDate"] == "2007-03-01T01:00:00Z"
        assert told["$updated"] == "2013-06-14T22:00:00Z"


class TestPayloads:
    def test_members_come_as_they_were_sent(self):
        body = b"""{"$key":"C1","Account":{"$key":"A1"},"Birthday":null,
            "Addresses":{"$resources":[{"City":"Linz","$isDeleted":true}]}}"""
        assert json_format.parse_entry(body) == {
            "$key": "C1",
            "Account": {"$key": "A1"},
            "Birthday": None,
            "Addresses": {"$resources": [{"City": "Linz", "$isDeleted": True}]},
        }

    def test_a_byte_order_mark_is_no_content(self):
        assert json_format.parse_entry(b'\xef\xbb\xbf{"A":"\xc3\xb6"}') == {"A": "ö"}

    def test_a_batch_is_a_feed_of_objects(self):
        body = b'{"$resources":[{"$httpMethod":"DELETE","$key":"C1"}]}'
        assert json_format.parse_feed(body)["$resources"][0]["$httpMethod"] == "DELETE"

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"null", b"[]", b'"x"', b"{", b'{"A":NaN}', b'{"A":"\xff"}'),
            *(b"<a/>", b"[" * 100_000),
        ],
    )
    def test_anything_else_is_a_bad_request(self, body):
        with pytest.raises(PayloadError) as caught:
            json_format.parse_entry(body)
        assert caught.value.status == 400

    @pytest.mark.parametrize(
        "body", [b"{}", b'{"$resources":{}}', b'{"$resources":[1]}']
    )
    def test_a_feed_needs_its_resources(self, body):
        with pytest.raises(PayloadError):
            json_format.parse_feed(body)


@given(st.text())
def test_any_text_is_valid_json(text):
    body = json_format.render_entry(Entry(key="C1", values={"Notes": text}))
    shown = text.encode("utf-8", "replace").decode()
    assert json.loads(body)["Notes"] == shown
