"""Metadata, schema, picklists, lists of what there is (docs/sdata.md 6 and 8.13)."""

from __future__ import annotations

META = "/sdata/slx/metadata/-/"
SYSTEM = "/sdata/slx/system/-/"


def test_entities_say_where_their_feed_is(crm):
    params = {
        "select": "name,tableName,displayName,sdata/pathName",
        "orderby": "name asc",
        "count": 50,
    }
    rows = {row["name"]: row for row in crm.rows(META + "entities", **params)}
    assert rows["Contact"]["tableName"] == "CONTACT"
    assert rows["Contact"]["sdata"]["pathName"] == "contacts"
    modern = crm.control.switches()["generation"] == "8"
    assert ("sdata" in rows["LeadAddress"]) == modern


def test_properties_can_be_asked_for_like_any_kind(crm):
    path = META + "entities('Lead')/properties"
    params = {
        "where": "isReadOnly eq false",
        "select": "propertyName,isKey",
        "orderby": "propertyName asc",
        "count": 200,
    }
    names = [row["propertyName"] for row in crm.rows(path, **params)]
    assert names == sorted(names, key=str)
    assert "Email" in names
    assert "LeadFullName" not in names


def test_a_property_tells_its_type_length_and_whether_it_is_custom(crm):
    path = META + "entities('Lead')/properties"
    rows = {row["propertyName"]: row for row in crm.rows(path, count=200)}
    assert (rows["Email"]["maxLength"], rows["Email"]["dataType"]) == (128, "Text")
    assert rows["Id"]["isKey"] is True
    assert rows["AnnualBudget"]["isDynamic"] is True
    assert rows["CustomerTier"]["pickListName"] == "Customer Tier"
    assert rows["LastNameUpper"]["isReadOnly"] is True


def test_metadata_comes_ten_at_a_time_and_its_names_have_case(crm):
    assert len(crm.rows(META + "entities('Lead')/properties")) == 10
    assert crm.rows(META + "entities", where="name eq 'Account'")
    assert crm.rows(META + "entities", where="name eq 'account'") == []
    assert crm.rows(META + "entities('lead')/properties") == []


def test_fields_of_the_schema_have_labels_and_lengths(crm):
    text = crm.request("GET", "leads/$schema").text
    assert 'name="Email"' in text
    assert 'sme:maxLength="128"' in text
    assert 'sme:path="leads"' in text
    crm.control.switches(schema_lengths=False)
    assert "maxLength" not in crm.request("GET", "leads/$schema").text


def test_custom_fields_of_several_types_stand_beside_the_others(crm):
    lead = crm.get("leads/$template")
    assert {"CustomerTier", "ConsentDate", "WantsCatalogue", "AnnualBudget"} <= set(
        lead
    )
    contact = crm.get("contacts/$template")
    assert {"CustomerTier", "LoyaltyPoints", "VipCustomer"} <= set(contact)


def test_keys_of_other_rows_show_only_as_relations(crm):
    contact = crm.rows("contacts", count=1)[0]
    assert not {"AccountId", "AddressId", "SeccodeId", "ContactId"} & set(contact)
    note = crm.rows("history", count=1)[0]
    assert {"AccountId", "ContactId", "LeadId"} <= set(note)


def test_a_picklist_is_found_by_name_with_its_items(crm):
    found = crm.get(SYSTEM + "pickLists(name eq 'Customer Tier')", include="items")
    texts = [(item["text"], item["code"]) for item in found["items"]["$resources"]]
    assert texts == [("Gold", "G"), ("Silver", "S"), ("Bronze", "B")]
    path = SYSTEM + f"pickLists('{found['$key']}')/items"
    rows = crm.rows(path, orderBy="text")
    assert [row["text"] for row in rows] == ["Bronze", "Gold", "Silver"]
    assert crm.rows(SYSTEM + "picklists", where='name eq "customer tier"')
    crm.get(SYSTEM + "pickLists(name eq 'Nonsense')", status=404)


def test_the_contract_lists_its_kinds(crm):
    names = {row["name"] for row in crm.rows("")}
    assert {"leads", "contacts", "accounts", "history", "leadsources"} <= names


def test_every_contract_lists_its_kinds_and_the_whole_schema_is_one_document(crm):
    assert {row["name"] for row in crm.rows(SYSTEM)} >= {"pickLists", "groups"}
    assert {row["name"] for row in crm.rows(META)} == {"entities"}
    text = crm.request("GET", "$schema").text
    assert 'sme:path="leads"' in text
    assert 'sme:path="accounts"' in text


def test_the_registry_serves_as_a_cheap_login_test(crm):
    assert crm.get("/sdata/$system")["$resources"]
    crm.session.auth = ("admin", "wrong")
    assert crm.request("GET", "/sdata/$system").status_code == 401
