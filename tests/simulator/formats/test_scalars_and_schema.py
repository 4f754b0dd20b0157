"""Values of payloads, templates, and entities as XSD (docs/sdata.md 3.5, 6.2)."""

from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from infor_crm_simulator.entities import build_model
from infor_crm_simulator.formats import (
    PayloadError,
    read_scalar,
    schema,
    template_entry,
)
from infor_crm_simulator.resources import ReferenceStub

READ = [
    ("string", "x", "x"),
    ("string", 5, "5"),
    ("memo", "a\r\nb", "a\r\nb"),
    ("string", None, None),
    ("boolean", True, True),
    ("boolean", "true", True),
    ("boolean", "False", False),
    ("boolean", 0, False),
    ("boolean", "", None),
    ("integer", 7, 7),
    ("integer", "7", 7),
    ("integer", 7.0, 7),
    ("decimal", "1.50", 1.5),
    ("decimal", 2, 2.0),
    ("datetime", "/Date(1371247200000)/", 1371247200000),
    ("datetime", "/Date(1371247200000+0300)/", 1371247200000),
    ("datetime", "\\/Date(-1)\\/", -1),
    ("datetime", "2013-06-14T22:00:00Z", 1371247200000),
    ("datetime", "2013-06-15T00:00:00+02:00", 1371247200000),
    ("datetime", "2013-06-14T22:00:00.500Z", 1371247200500),
    ("datetime", "2013-06-14T22:00:00", 1371247200000),
    ("datetime", "2013-06-14", 1371168000000),
    ("datetime", "0001-01-01T00:00:00+00:00", None),
    ("datetime", "", None),
    ("enum", "atNote", "atNote"),
    ("id", "CA2EK0013058", "CA2EK0013058"),
]


@pytest.mark.parametrize(("kind", "raw", "value"), READ)
def test_a_value_is_read_as_its_property_keeps_it(kind, raw, value):
    assert read_scalar(raw, kind) == value


def test_a_date_without_a_zone_may_be_the_servers():
    zone = ZoneInfo("Europe/Vienna")
    assert read_scalar("2013-06-15", "datetime", zone=zone) == 1371247200000


BAD = [
    ("boolean", "T"),
    ("boolean", "yes"),
    ("boolean", 2),
    ("boolean", {}),
    ("integer", 7.5),
    ("integer", "x"),
    ("integer", True),
    ("integer", 2**63),
    ("decimal", "NaN"),
    ("decimal", []),
    ("datetime", "tomorrow"),
    ("datetime", 1371247200000),
    ("datetime", "2013-13-01"),
    ("string", {}),
    ("string", []),
]


@pytest.mark.parametrize(("kind", "raw"), BAD)
def test_a_value_that_does_not_fit_is_refused_by_name(kind, raw):
    with pytest.raises(PayloadError) as caught:
        read_scalar(raw, kind, "Score")
    assert "Score" in caught.value.message


XS = "{http://www.w3.org/2001/XMLSchema}"
SME = "{http://schemas.sage.com/sdata/sme/2007}"


@pytest.fixture(scope="module")
def model():
    return build_model("8")


def elements(model, kind: str, **options: object) -> dict[str, etree._Element]:
    root = etree.fromstring(schema.render(model, model.by_name[kind], **options))
    inner = root.find(f"{XS}complexType[@name='{kind}--type']/{XS}all")
    return {element.get("name"): element for element in inner}


class TestSchema:
    def test_the_kind_says_where_it_is_and_what_it_can(self, model):
        root = etree.fromstring(schema.render(model, model.by_name["Lead"]))
        kind = root.find(f"{XS}element[@name='Lead']")
        assert kind.get("type") == "Lead--type"
        assert kind.get(f"{SME}path") == "leads"
        assert kind.get(f"{SME}role") == "resourceKind"
        assert kind.get(f"{SME}canPost") == "true"
        assert kind.get(f"{SME}supportsETag") == "true"

    def test_fields_have_types_lengths_and_labels(self, model):
        fields = elements(model, "Lead")
        email = fields["Email"]
        assert email.get("type") == "xs:string"
        assert email.get(f"{SME}maxLength") == "128"
        assert email.get(f"{SME}label")
        assert fields["DoNotEmail"].get("type") == "xs:boolean"
        assert fields["ModifyDate"].get("type") == "xs:dateTime"
        assert fields["ModifyDate"].get(f"{SME}isReadOnly") == "true"

    def test_lengths_can_be_kept_back(self, model):
        fields = elements(model, "Lead", lengths=False)
        assert fields["Email"].get(f"{SME}maxLength") is None

    def test_relations_say_what_they_are(self, model):
        fields = elements(model, "Lead")
        owner, addresses = fields["Owner"], fields["Addresses"]
        assert owner.get("type") == "Owner--type"
        assert owner.get(f"{SME}relationship") == "reference"
        assert addresses.get("type") == "LeadAddress--list"
        assert addresses.get(f"{SME}isCollection") == "true"

    def test_enumerations_list_their_members(self, model):
        root = etree.fromstring(schema.render(model, model.by_name["History"]))
        values = [item.get("value") for item in root.iter(f"{XS}enumeration")]
        assert "atNote" in values

    @pytest.mark.parametrize("generation", ["8", "7.5.4"])
    def test_every_entity_has_one(self, generation):
        model = build_model(generation)
        for entity in model.entities:
            assert etree.fromstring(schema.render(model, entity)) is not None


class TestTemplate:
    def test_it_names_every_field_and_has_no_key(self, model):
        lead = model.by_name["Lead"]
        entry = template_entry(lead)
        shown = {prop.name for prop in lead.properties if not prop.hidden}
        assert set(entry.values) == shown
        assert entry.key == ""

    def test_presets_fill_it(self, model):
        owner = ReferenceStub("SYST00000001", "http://h/owners('SYST00000001')")
        entry = template_entry(
            model.by_name["Lead"],
            values={"IsPrimary": True},
            references={"Owner": owner},
        )
        assert entry.values["IsPrimary"] is True
        assert entry.references["Owner"] is owner
        assert entry.references["LeadSource"] is None
