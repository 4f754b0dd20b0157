"""Feeds, entries and faults as Atom (docs/sdata.md 3.4, B.9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from infor_crm_simulator.formats import (
    PayloadError,
    atom_format,
    diagnoses,
    template_entry,
)
from infor_crm_simulator.model import (
    Collection,
    Entity,
    EntityModel,
    Property,
    Reference,
)
from infor_crm_simulator.resources import (
    CollectionStub,
    Diagnosis,
    Entry,
    Feed,
    ReferenceStub,
)

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "sdata": "http://schemas.sage.com/sdata/2008/1",
    "http": "http://schemas.sage.com/sdata/http/2008/1",
    "slx": "http://schemas.sage.com/dynamic/2007",
    "open": "http://a9.com/-/spec/opensearch/1.1/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
URL = "http://h/sdata/slx/dynamic/-/contacts('CA2EK0013058')"

ADDRESS = Entity(
    "Address", "addresses", "ADDRESS", "Addresses", "ADDRESSID", "a", "City",
    (Property("City"),),
)  # fmt: skip
CONTACT = Entity(
    "Contact", "contacts", "CONTACT", "Contacts", "CONTACTID", "C", "FirstName",
    (
        Property("FirstName"),
        Property("Birthday", "datetime"),
        Property("CreateDate", "datetime"),
        Property("DoNotEmail", "boolean"),
    ),
    references=(Reference("Account", "Account", "ACCOUNTID"),),
    collections=(Collection("Addresses", "Address", "ENTITYID"),),
)  # fmt: skip
MODEL = EntityModel((CONTACT, ADDRESS))


def contact() -> Entry:
    stub = ReferenceStub("AA2EK0013031", "http://h/a('AA2EK0013031')", "http://h/a")
    return Entry(
        entity=CONTACT,
        key="CA2EK0013058",
        url=URL,
        etag="8p8/RgAAAAA=",
        updated=1371247200000,
        descriptor="Abbott, John",
        http_status=200,
        values={
            "FirstName": "John & <Jörg>",
            "Birthday": None,
            "CreateDate": 1172707200000,
            "DoNotEmail": 0,
        },
        references={"Account": stub},
        collections={"Addresses": CollectionStub(f"{URL}/Addresses")},
    )


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(found) for found in root.xpath(path, namespaces=NAMES)]


def test_an_entry_carries_its_payload():
    root = etree.fromstring(atom_format.render_entry(contact()))
    assert root.tag == "{http://www.w3.org/2005/Atom}entry"
    assert texts(root, "atom:id/text()") == [URL]
    assert texts(root, "atom:title/text()") == ["Abbott, John"]
    assert texts(root, "atom:updated/text()") == ["2013-06-14T22:00:00+00:00"]
    assert texts(root, "http:etag/text()") == ["8p8/RgAAAAA="]
    payload = "sdata:payload/slx:Contact"
    assert texts(root, f"{payload}/@sdata:key") == ["CA2EK0013058"]
    assert texts(root, f"{payload}/@sdata:uri") == [URL]
    assert texts(root, f"{payload}/slx:FirstName/text()") == ["John & <Jörg>"]
    assert texts(root, f"{payload}/slx:Birthday/@xsi:nil") == ["true"]
    assert texts(root, f"{payload}/slx:DoNotEmail/text()") == ["false"]
    assert texts(root, f"{payload}/slx:CreateDate/text()") == [
        "2007-03-01T00:00:00+00:00"
    ]
    assert texts(root, f"{payload}/slx:Account/@*") == [
        "AA2EK0013031",
        "http://h/a('AA2EK0013031')",
        "http://h/a",
    ]
    assert texts(root, f"{payload}/slx:Addresses/@sdata:uri") == [f"{URL}/Addresses"]


def test_a_feed_tells_counts_and_links():
    feed = Feed(
        url="http://h/c",
        descriptor="Sage SalesLogix | Contacts",
        entries=[contact()],
        total_results=5,
        start_index=1,
        items_per_page=1,
        next="http://h/c?startIndex=2",
    )
    root = etree.fromstring(atom_format.render_feed(feed))
    assert texts(root, "open:*/text()") == ["5", "1", "1"]
    assert texts(root, "atom:link[@rel='next']/@href") == ["http://h/c?startIndex=2"]
    assert texts(root, "atom:author/atom:name/text()") == ["slx"]
    assert len(root.findall("atom:entry", NAMES)) == 1


def test_nested_entities_and_collections_are_elements():
    entry = contact()
    entry.references["Account"] = Entry(
        key="A1", name="Account", values={"AccountName": "Abbott"}
    )
    entry.collections["Addresses"] = Feed(
        entries=[Entry(key="a1", entity=ADDRESS, values={"City": "Linz"})]
    )
    root = etree.fromstring(atom_format.render_entry(entry))
    inside = "sdata:payload/slx:Contact"
    assert texts(root, f"{inside}/slx:Account[@sdata:key='A1']/slx:AccountName/text()")
    assert texts(root, f"{inside}/slx:Addresses/slx:Address/slx:City/text()") == [
        "Linz"
    ]


def test_a_template_has_the_date_that_is_none():
    root = etree.fromstring(atom_format.render_entry(template_entry(CONTACT)))
    dates = texts(root, "//slx:CreateDate/text()")
    assert dates == ["0001-01-01T00:00:00+00:00"]


def test_the_recorded_fault_is_reproduced_element_by_element():
    fault = Diagnosis(
        "could not resolve property: dddd of: Sage.SalesLogix.Entities.Account",
        application_code=None,
        stack_trace="NHibernate.QueryException: …",
    )
    root = etree.fromstring(diagnoses.render_xml([fault]))
    assert root.tag == f"{{{NAMES['sdata']}}}diagnoses"
    (told,) = root
    names = [etree.QName(child).localname for child in told]
    assert names == [
        "severity",
        "sdataCode",
        "applicationCode",
        "message",
        "stackTrace",
        "payloadPath",
    ]
    assert told[0].text == "error"
    assert told[2].get(f"{{{NAMES['xsi']}}}nil") == "true"
    assert (told[5].text, dict(told[5].attrib)) == (None, {})


@given(st.text())
def test_any_text_is_valid_xml(text):
    entry = Entry(name="Contact", key=text, values={"Notes": text}, url=text)
    assert etree.fromstring(atom_format.render_entry(entry)) is not None


def payload(inside: str, attributes: str = "", outside: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
    <entry xmlns="http://www.w3.org/2005/Atom"
      xmlns:sdata="http://schemas.sage.com/sdata/2008/1"
      xmlns:http="http://schemas.sage.com/sdata/http/2008/1"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xmlns:slx="http://schemas.sage.com/dynamic/2007">{outside}
      <sdata:payload><slx:Contact {attributes}>{inside}</slx:Contact></sdata:payload>
    </entry>""".encode()


class TestPayloads:
    def test_a_minimal_entry_is_enough(self):
        body = payload("<slx:DoNotSolicit>false</slx:DoNotSolicit>")
        assert atom_format.parse_entry(body) == {"DoNotSolicit": "false"}

    def test_nil_is_null_and_empty_is_empty(self):
        body = payload('<slx:Birthday xsi:nil="true"/><slx:FirstName/>')
        expected = {"Birthday": None, "FirstName": ""}
        assert atom_format.parse_entry(body) == expected
        assert atom_format.parse_entry(body, CONTACT, MODEL) == expected

    def test_a_reference_is_a_key(self):
        body = payload('<slx:Account sdata:key="A1"/>')
        assert atom_format.parse_entry(body) == {"Account": {"$key": "A1"}}

    def test_the_key_and_the_etag_come_along(self):
        body = payload(
            "<slx:FirstName>Ann</slx:FirstName>",
            'sdata:key="C1" sdata:uri="http://h/c(1)"',
            "<http:etag>abc=</http:etag>",
        )
        assert atom_format.parse_entry(body) == {
            "$key": "C1",
            "$url": "http://h/c(1)",
            "$etag": "abc=",
            "FirstName": "Ann",
        }

    @pytest.mark.parametrize("known", [(), (CONTACT, MODEL)])
    def test_a_collection_is_told_from_a_nested_entity(self, known):
        body = payload(
            "<slx:Account><slx:AccountName>X</slx:AccountName></slx:Account>"
            '<slx:Addresses sdata:deleteMissing="true"><slx:Address>'
            '<slx:City>Linz</slx:City></slx:Address><slx:Address sdata:key="a1" '
            'sdata:isDeleted="true"/></slx:Addresses>'
        )
        assert atom_format.parse_entry(body, *known) == {
            "Account": {"AccountName": "X"},
            "Addresses": {
                "$deleteMissing": True,
                "$resources": [{"City": "Linz"}, {"$key": "a1", "$isDeleted": True}],
            },
        }

    def test_plain_arrays_are_lists(self):
        body = payload(
            "<slx:adHocIds><slx:adHocId>C1</slx:adHocId><slx:adHocId>C2</slx:adHocId>"
            "</slx:adHocIds>"
        )
        assert atom_format.parse_entry(body) == {"adHocIds": ["C1", "C2"]}

    def test_what_the_server_sends_can_be_sent_back(self):
        parsed = atom_format.parse_entry(
            atom_format.render_entry(contact()), CONTACT, MODEL
        )
        assert parsed["$key"] == "CA2EK0013058"
        assert parsed["FirstName"] == "John & <Jörg>"
        assert parsed["Birthday"] is None
        assert parsed["Account"]["$key"] == "AA2EK0013031"
        assert "$resources" not in parsed["Addresses"]

    def test_a_batch_is_a_feed(self):
        body = (
            b'<feed xmlns="http://www.w3.org/2005/Atom" '
            b'xmlns:http="http://schemas.sage.com/sdata/http/2008/1"><entry>'
            b"<id>http://h/contacts('C1')</id><http:httpMethod>DELETE</http:httpMethod>"
            b"<http:ifMatch>e</http:ifMatch></entry></feed>"
        )
        assert atom_format.parse_feed(body) == {
            "$resources": [
                {
                    "$url": "http://h/contacts('C1')",
                    "$httpMethod": "DELETE",
                    "$ifMatch": "e",
                }
            ]
        }

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{}",
            b"<entry/>",
            b'<entry xmlns="http://www.w3.org/2005/Atom"/>',
            b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
            b"<a><b></a>",
        ],
    )
    def test_anything_else_is_a_bad_request(self, body):
        with pytest.raises(PayloadError) as caught:
            atom_format.parse_entry(body)
        assert caught.value.status == 400

    def test_entities_are_neither_expanded_nor_fetched(self, tmp_path):
        secret = tmp_path / "secret.txt"
        secret.write_text("secret")
        body = payload("<slx:FirstName>a&x;b</slx:FirstName>").replace(
            b"<entry",
            f'<!DOCTYPE entry [<!ENTITY x SYSTEM "{secret.as_uri()}">]><entry'.encode(),
            1,
        )
        assert "secret" not in str(atom_format.parse_entry(body))
