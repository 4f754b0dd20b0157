"""Creating, changing and deleting (docs/sdata.md 5 and 8)."""

from __future__ import annotations

import pytest

LEAD = {"FirstName": "Jane", "LastName": "Doe", "Company": "Acme"}


def new_lead(crm, **more):
    return crm.send("POST", "leads", {**LEAD, **more}, 201)


def some(crm, kind):
    return crm.rows(kind, count=1)[0]["$key"]


def test_a_created_lead_has_a_key_defaults_stamps_and_a_location(crm):
    answer = crm.request("POST", "leads?format=json", json=LEAD)
    lead = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"leads('{lead['$key']}')")
    assert len(lead["$key"]) == 12
    assert lead["$key"].startswith("QSIMA")
    assert (lead["LastNameUpper"], lead["CompanyUpper"]) == ("DOE", "ACME")
    assert lead["LeadNameLastFirst"] == lead["$descriptor"] == "Doe, Jane"
    assert lead["Owner"]["$key"] == "SYST00000001"
    assert lead["CreateDate"] == lead["ModifyDate"] == lead["$updated"]
    assert lead["CreateUser"].strip() == "ADMIN"
    assert lead["Address"]["$key"]


def test_a_lead_takes_its_address_and_references_along(crm):
    lead = new_lead(
        crm,
        LeadSource={"$key": some(crm, "leadsources")},
        Owner={"$key": some(crm, "owners")},
        Address={"Address1": "1 Main St", "City": "Linz", "IsPrimary": True},
    )
    stored = crm.get(f"leads('{lead['$key']}')", include="Address,LeadSource")
    assert stored["Address"]["City"] == "Linz"
    assert stored["LeadSource"]["Description"]


def test_an_update_changes_only_what_it_names(crm):
    lead = new_lead(crm, Email="jane@acme.example", WorkPhone="1")
    path = f"leads('{lead['$key']}')"
    changed = crm.send("PUT", path, {"WorkPhone": None, "Company": "Bcme"})
    assert (changed["WorkPhone"], changed["CompanyUpper"]) == (None, "BCME")
    assert changed["Email"] == "jane@acme.example"
    assert changed["$etag"] != lead["$etag"]
    assert changed["CreateDate"] == lead["CreateDate"]


def test_values_of_every_type_come_back_as_they_were_sent(crm):
    values = {
        "ConsentDate": "/Date(1371247200000)/",
        "WantsCatalogue": False,
        "EngagementScore": 0,
        "AnnualBudget": 12.5,
        "Notes": "Grüße\r\n„zitiert“ 'ok' \U0001f600",
        "Description": "",
    }
    lead = new_lead(crm, **values)
    stored = crm.get(f"leads('{lead['$key']}')")
    assert {name: stored[name] for name in values} == values


def test_dates_may_be_sent_as_iso_too(crm):
    lead = new_lead(crm, ConsentDate="2013-06-15T00:00:00+02:00")
    assert lead["ConsentDate"] == "/Date(1371247200000)/"


def test_read_only_and_unknown_members_are_ignored_unless_switched(crm):
    lead = new_lead(crm, LeadFullName="x", CreateUser="x", Nonsense=1, Id="y")
    assert lead["LeadFullName"] == "Jane Doe"
    crm.control.switches(unknown_members="error")
    crm.send("POST", "leads", {**LEAD, "Nonsense": 1}, 500)


def test_a_text_longer_than_its_column_is_refused_and_nothing_is_written(crm):
    answer = crm.send("POST", "leads", {**LEAD, "FirstName": "x" * 33}, 500)
    assert "would be truncated" in crm.message(answer)
    assert crm.get("leads")["$totalResults"] == 60
    crm.control.switches(text_overflow="truncate")
    assert new_lead(crm, FirstName="x" * 33)["FirstName"] == "x" * 32


@pytest.mark.parametrize(
    ("kind", "body", "missing"),
    [
        ("leads", {"Company": "A"}, "Last Name"),
        ("leads", {"LastName": "A"}, "Company"),
        ("contacts", {"LastName": "A"}, "Account"),
        ("accounts", {"Industry": "A"}, "Account Name"),
    ],
)
def test_what_the_rules_ask_for_is_named(crm, kind, body, missing):
    answer = crm.send("POST", kind, body, 500)
    assert missing in crm.message(answer)
    assert "ValidationException" in answer[0]["stackTrace"]


def test_the_owner_defaults_to_the_logins_or_to_everyone(login):
    dora = login("dora", "secret")
    assert new_lead(dora)["Owner"]["$key"] == "FSIMA0000001"
    dora.control.switches(default_owner="everyone")
    assert new_lead(dora)["Owner"]["$key"] == "SYST00000001"


def test_a_contact_carries_the_name_of_its_account(crm):
    first, second = crm.rows("accounts", count=2, select="AccountName")
    body = {"LastName": "Kid", "Account": {"$key": first["$key"]}}
    contact = crm.send("POST", "contacts", body, 201)
    assert contact["AccountName"] == first["AccountName"]
    path = f"contacts('{contact['$key']}')"
    moved = crm.send("PUT", path, {"Account": {"$key": second["$key"]}})
    assert moved["AccountName"] == second["AccountName"]
    renamed = {"AccountName": "Renamed Ltd."}
    crm.send("PUT", f"accounts('{second['$key']}')", renamed)
    assert crm.get(path)["AccountName"] == "Renamed Ltd."


def test_an_account_may_bring_its_contacts(crm):
    people = {"$resources": [{"LastName": "One"}, {"LastName": "Two"}]}
    body = {"AccountName": "New Ltd.", "Contacts": people}
    account = crm.send("POST", "accounts", body, 201)
    rows = crm.rows(f"accounts('{account['$key']}')/Contacts")
    assert [row["LastName"] for row in rows] == ["One", "Two"]
    assert {row["AccountName"] for row in rows} == {"New Ltd."}


def test_a_child_posted_below_its_parent_is_linked(crm):
    key = some(crm, "accounts")
    child = crm.send("POST", f"accounts('{key}')/Contacts", {"LastName": "Kid"}, 201)
    assert child["Account"]["$key"] == key


def test_a_nested_entity_with_fields_is_written_too(crm):
    key = some(crm, "leads")
    crm.send("PUT", f"leads('{key}')", {"Address": {"City": "Wien"}})
    assert crm.get(f"leads('{key}')/Address")["City"] == "Wien"


def test_an_address_edit_does_not_touch_its_lead(crm):
    key = some(crm, "leads")
    before = crm.get(f"leads('{key}')")
    crm.send("PUT", f"leads('{key}')", {"Address": {"City": "Wien"}})
    after = crm.get(f"leads('{key}')")
    assert after["ModifyDate"] == before["ModifyDate"]
    assert after["$etag"] == before["$etag"]


def test_a_reference_to_nobody_is_refused(crm):
    body = {"LastName": "Kid", "Account": {"$key": "ASIMAZZZZZZZ"}}
    answer = crm.send("POST", "contacts", body, 500)
    assert "FOREIGN KEY" in crm.message(answer)


def test_a_stale_etag_is_refused_with_the_current_entry(crm):
    lead = new_lead(crm)
    path = f"leads('{lead['$key']}')"
    for etag in (lead["$etag"], None):
        headers = {"If-Match": etag} if etag else {}
        crm.send("PUT", path, {"Company": f"C{etag}"}, headers=headers)
    stale = {"If-Match": lead["$etag"]}
    current = crm.send("PUT", path, {"Company": "Z"}, 412, headers=stale)
    assert current["Company"] == "CNone"
    crm.send("DELETE", path, None, 412, headers=stale)
    crm.control.switches(etag_required=True)
    crm.send("PUT", path, {"Company": "Z"}, 412)


def test_a_write_that_changes_nothing_keeps_the_etag(crm):
    lead = new_lead(crm)
    again = crm.send("PUT", f"leads('{lead['$key']}')", {"Company": "Acme"})
    assert again["$etag"] == lead["$etag"]


def test_a_deleted_record_does_not_exist(crm):
    lead = new_lead(crm)
    path = f"leads('{lead['$key']}')"
    crm.send("DELETE", path, None)
    assert crm.message(crm.get(path, status=404)) == "Entity does not exist"
    crm.send("PUT", path, {"Company": "x"}, 404)
    crm.send("DELETE", path, None, 404)
    assert crm.control.store("leadAddresses", f"LEADID = '{lead['$key']}'") == []


@pytest.mark.parametrize("status", [405, 404])
def test_patch_is_not_spoken(crm, status):
    crm.control.switches(patch=status)
    crm.send("PATCH", f"leads('{some(crm, 'leads')}')", {"Company": "x"}, status)


def test_put_may_travel_as_post(crm):
    path = f"leads('{some(crm, 'leads')}')"
    header = {"X-HTTP-Method-Override": "PUT"}
    assert crm.send("POST", path, {"Company": "x"}, headers=header)["Company"] == "x"


def test_users_and_owners_are_not_written(crm):
    crm.send("POST", "users", {"UserName": "x"}, 405)
    crm.send("DELETE", "owners('SYST00000001')", None, 405)


def test_a_note_needs_little_and_gets_the_rest(crm):
    key = some(crm, "contacts")
    sent = {"Type": "atNote", "ContactId": key, "LongNotes": "Hello"}
    note = crm.send("POST", "history", sent, 201)
    assert note["StartDate"] == note["OriginalDate"] == note["CompletedDate"]
    assert (note["Duration"], note["Timeless"]) == (0, False)
    assert note["UserId"].strip() == "ADMIN"
    where = f"ContactId eq '{key}' and Type eq 'atNote' and LongNotes eq 'Hello'"
    assert [row["$key"] for row in crm.rows("history", where=where)] == [note["$key"]]
    crm.control.switches(history_dates="required")
    crm.send("POST", "history", sent, 500)


def test_an_enum_may_be_sent_by_number_unless_switched(crm):
    assert crm.send("POST", "history", {"Type": 262154}, 201)["Type"] == "atEMail"
    crm.control.switches(enum_numbers="error")
    crm.send("POST", "history", {"Type": 262154}, 500)
    crm.send("POST", "history", {"Type": "atNonsense"}, 500)


def test_the_template_has_every_member_and_the_logins_owner(login):
    template = login("dora", "secret").get("leads/$template")
    assert template["Owner"]["$key"] == "FSIMA0000001"
    assert "$key" not in template
    assert template["Company"] is None


def test_a_minimal_atom_entry_is_enough(crm):
    body = """<entry xmlns="http://www.w3.org/2005/Atom"
        xmlns:sdata="http://schemas.sage.com/sdata/2008/1"><sdata:payload>
        <slx:Contact xmlns:slx="http://schemas.sage.com/dynamic/2007">
        <slx:DoNotSolicit>true</slx:DoNotSolicit></slx:Contact>
        </sdata:payload></entry>"""
    path = f"contacts('{some(crm, 'contacts')}')"
    header = {"Content-Type": "application/atom+xml;type=entry"}
    answer = crm.request("PUT", path, data=body, headers=header)
    assert answer.status_code == 200
    assert b"<slx:DoNotSolicit>true<" in answer.content
    assert crm.get(path)["DoNotSolicit"] is True


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "<x/>"])
def test_a_body_that_is_no_resource_is_refused(crm, body):
    answer = crm.request(
        "POST",
        "leads?format=json",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json()[0]["severity"] == "Error"


def test_items_of_a_batch_stand_for_themselves(crm):
    first, second = (row["$key"] for row in crm.rows("contacts", count=2))
    etag = crm.get(f"contacts('{first}')")["$etag"]
    items = [
        {"$httpMethod": "PUT", "$key": first, "$ifMatch": etag, "DoNotEmail": True},
        {"$httpMethod": "PUT", "$key": first, "$ifMatch": etag, "Email": "late"},
        {"$httpMethod": "POST", "LastName": "Nobody"},
        {"$httpMethod": "DELETE", "$url": f"http://x/contacts('{second}')"},
        {"$httpMethod": "PUT", "$key": "CSIMAZZZZZZZ", "Email": "x"},
    ]
    feed = crm.send("POST", "contacts/$batch", {"$resources": items})
    statuses = [item["$httpStatus"] for item in feed["$resources"]]
    assert statuses == [200, 412, 500, 200, 404]
    assert "Account" in feed["$resources"][2]["$diagnoses"][0]["message"]
    assert crm.get(f"contacts('{first}')")["DoNotEmail"] is True
    crm.control.switches(batch="refused")
    crm.send("POST", "contacts/$batch", {"$resources": items}, 405)
