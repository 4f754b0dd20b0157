"""What is not known of real servers, both ways (docs/simulator.md)."""

from __future__ import annotations

import base64
import datetime

import pytest

LEAD = {"LastName": "Doe", "Company": "Acme"}


def switch(crm, **values):
    crm.control.switches(**values)


def test_a_feed_without_count_has_the_servers_page_size(crm):
    assert len(crm.rows("leads")) == 60
    switch(crm, default_count=7)
    feed = crm.get("leads")
    assert (len(feed["$resources"]), feed["$itemsPerPage"]) == (7, 7)


def test_pages_have_a_previous_and_a_last_one(crm):
    feed = crm.get("leads", count=20, startIndex=21)
    assert "startIndex=1&" in feed["$previous"]
    assert "startIndex=41&" in feed["$last"]
    assert "$previous" not in crm.get("leads", count=20)


def test_an_etag_is_eight_bytes_in_base64(crm):
    etag = crm.rows("leads", count=1)[0]["$etag"]
    assert len(base64.b64decode(etag, validate=True)) == 8


def test_the_key_is_echoed_as_id_when_selected_never_or_always(crm):
    def shown(select):
        return "Id" in crm.rows("leads", count=1, select=select)[0]

    assert [shown("Id,Email"), shown("Email")] == [True, False]
    switch(crm, echo_id="never")
    assert [shown("Id,Email"), shown("Email")] == [False, False]
    switch(crm, echo_id="always")
    assert [shown("Id,Email"), shown("Email")] == [True, True]


def test_a_collection_nobody_asked_for_is_an_address_null_or_absent(crm):
    def shown():
        return crm.rows("leads", count=1)[0].get("Addresses", "absent")

    assert shown()["$url"].endswith("/addresses")
    switch(crm, collection_stubs="null")
    assert shown() is None
    switch(crm, collection_stubs="absent")
    assert shown() == "absent"
    included = crm.rows("leads", count=1, include="Addresses")[0]
    assert len(included["Addresses"]["$resources"]) == 1


def test_short_keys_are_padded_unless_switched(crm):
    assert crm.rows("leads", count=1)[0]["CreateUser"] == "ADMIN       "
    switch(crm, pad_ids=False)
    assert crm.rows("leads", count=1)[0]["CreateUser"] == "ADMIN"


def test_a_query_string_may_be_too_long_for_the_web_server(crm):
    where = " or ".join(["Id eq 'QSIMA0000001'"] * 60)
    assert crm.rows("leads", where=where)
    switch(crm, url_limit=1000)
    answer = crm.request("GET", "leads", params={"where": where, "format": "json"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html"
    assert crm.rows("leads", count=1)


def test_a_date_without_a_zone_is_the_servers(crm):
    crm.control.sql(
        "UPDATE LEAD SET CONSENTDATE = 1371247200000 WHERE LEADID = 'QSIMA0000001'"
    )  # 2013-06-14T22:00Z
    clause = "ConsentDate eq @2013-06-15T00:00:00@"
    assert crm.rows("leads", where=clause) == []
    switch(crm, timezone="Europe/Vienna")
    assert len(crm.rows("leads", where=clause)) == 1


def test_text_ignores_case_and_keys_do_not_unless_switched(crm):
    crm.control.sql("UPDATE LEAD SET COMPANY = 'Acme' WHERE LEADID = 'QSIMA0000001'")

    def found(where):
        return len(crm.rows("leads", where=where))

    assert found("Company eq 'ACME'") == 1
    assert found("Id eq 'qsima0000001'") == 0
    switch(crm, id_collation="CI")
    assert found("Id eq 'qsima0000001'") == 1
    switch(crm, collation="CS")
    assert found("Company eq 'ACME'") == 0


def test_a_path_through_a_collection_may_repeat_its_parents(crm):
    where = "Addresses.City ne null"

    def keys():
        return [row["$key"] for row in crm.rows("contacts", where=where, count=500)]

    once = keys()
    assert len(set(once)) == len(once)
    switch(crm, collection_paths="join")
    repeated = keys()
    assert set(repeated) == set(once)
    assert len(repeated) > len(once)


def test_ordering_by_a_reference_drops_rows_without_one_unless_switched(crm):
    def total():
        return crm.get("leads", orderby="LeadSource.Description")["$totalResults"]

    assert total() < 60
    switch(crm, order_joins="left")
    assert total() == 60


def test_names_in_a_body_match_in_any_case_unless_switched(crm):
    body = {**LEAD, "FIRSTNAME": "Jane"}
    assert crm.send("POST", "leads", body, 201)["FirstName"] == "Jane"
    switch(crm, member_case="sensitive")
    assert crm.send("POST", "leads", body, 201)["FirstName"] is None


def test_rules_ask_for_more_than_the_database(crm):
    crm.send("POST", "leads", {"LastName": "Doe"}, 500)
    switch(crm, required_fields="database")
    crm.send("POST", "leads", {"LastName": "Doe"}, 201)
    refused = crm.send("POST", "contacts", {"LastName": "Doe"}, 500)
    assert "ACCOUNTID" in crm.message(refused)


def test_stamps_are_the_servers_unless_switched(crm):
    old = "/Date(1371247200000)/"
    body = {**LEAD, "CreateDate": old}
    assert crm.send("POST", "leads", body, 201)["CreateDate"] != old
    switch(crm, client_stamps="kept")
    assert crm.send("POST", "leads", body, 201)["CreateDate"] == old


def test_a_created_record_may_come_without_a_location(crm):
    def headers():
        return crm.request("POST", "leads?format=json", json=LEAD).headers

    assert headers()["Location"].endswith("')")
    switch(crm, location_header=False)
    assert "Location" not in headers()


def test_capitals_follow_the_names(crm):
    lead = crm.send("POST", "leads", {"LastName": "Müller", "Company": "B"}, 201)
    assert (lead["LastNameUpper"], lead["CompanyUpper"]) == ("MÜLLER", "B")
    changed = crm.send("PUT", f"leads('{lead['$key']}')", {"Company": "c"})
    assert changed["CompanyUpper"] == "C"
    account = crm.send("POST", "accounts", {"AccountName": "x"}, 201)
    assert account["AccountNameUpper"] == "X"


def test_a_renamed_account_touches_its_contacts(crm):
    contact = crm.rows("contacts", count=1)[0]
    account = contact["Account"]["$key"]
    crm.send("PUT", f"accounts('{account}')", {"AccountName": "Renamed"})
    after = crm.get(f"contacts('{contact['$key']}')")
    assert after["AccountName"] == "Renamed"
    assert after["ModifyDate"] != contact["ModifyDate"]
    assert after["$etag"] != contact["$etag"]


@pytest.mark.parametrize("kind", ["leads", "contacts", "accounts"])
def test_an_address_edit_touches_nobody_else(crm, kind):
    entry = crm.rows(kind, count=1)[0]
    path = f"{kind}('{entry['$key']}')"
    crm.send("PUT", path, {"Address": {"City": "Wien"}})
    after = crm.get(path, include="Address")
    assert after["Address"]["City"] == "Wien"
    assert after["ModifyDate"] == entry["ModifyDate"]
    assert after["$etag"] == entry["$etag"]
    assert int(after["Address"]["ModifyDate"][6:-2]) > int(entry["ModifyDate"][6:-2])


def test_children_are_removed_by_name_or_by_omission(crm):
    people = {"$resources": [{"LastName": "One"}, {"LastName": "Two"}]}
    body = {"AccountName": "New Ltd.", "Contacts": people}
    account = crm.send("POST", "accounts", body, 201)
    path = f"accounts('{account['$key']}')"
    one, two = crm.rows(f"{path}/Contacts", orderby="Id")
    gone = {"$resources": [{"$key": one["$key"], "$isDeleted": True}]}
    crm.send("PUT", path, {"Contacts": gone})
    left = crm.rows(f"{path}/Contacts")
    assert [row["$key"] for row in left] == [two["$key"]]
    crm.send("PUT", path, {"Contacts": {"$resources": [], "$deleteMissing": True}})
    assert crm.rows(f"{path}/Contacts") == []


def test_deleting_takes_along_what_hangs_on_it(crm):
    contact = crm.rows("history", where="ContactId ne null", count=1)[0]["ContactId"]
    account = crm.get(f"contacts('{contact}')")["Account"]["$key"]
    crm.send("DELETE", f"accounts('{account}')", None)
    crm.get(f"contacts('{contact}')", status=404)
    for kind, where in (
        ("history", f"CONTACTID = '{contact}' OR ACCOUNTID = '{account}'"),
        ("activities", f"CONTACTID = '{contact}' OR ACCOUNTID = '{account}'"),
        ("addresses", f"ENTITYID IN ('{contact}', '{account}')"),
        ("campaignTargets", f"ENTITYID = '{contact}'"),
    ):
        assert crm.control.store(kind, where) == [], kind


def test_dates_that_sql_server_cannot_hold_are_refused(crm):
    body = {**LEAD, "ConsentDate": "/Date(-6847804800001)/"}
    answer = crm.send("POST", "leads", body, 500)
    assert "SqlDateTime overflow" in crm.message(answer)


def test_direct_sql_leaves_no_trace(crm):
    before = crm.get("leads('QSIMA0000001')")
    crm.control.sql("UPDATE LEAD SET COMPANY = 'x' WHERE LEADID = 'QSIMA0000001'")
    after = crm.get("leads('QSIMA0000001')")
    assert after["Company"] == "x"
    assert (after["$etag"], after["ModifyDate"]) == (
        before["$etag"],
        before["ModifyDate"],
    )


def test_a_lead_without_an_address_gets_an_empty_one(crm):
    lead = crm.send("POST", "leads", LEAD, 201, params={"include": "Address"})
    assert lead["Address"]["Description"] == "Office"
    assert lead["Address"]["City"] is None


def test_a_wrong_clock_shows_in_stamps_and_in_the_date_header(crm):
    crm.control.clock(offset_seconds=3 * 86_400)
    answer = crm.request("POST", "leads?format=json", json=LEAD)
    real = datetime.datetime.now(datetime.UTC)
    told = datetime.datetime.strptime(
        answer.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT"
    ).replace(tzinfo=datetime.UTC)
    ahead = (told - real).total_seconds() / 86_400
    assert 2.9 < ahead < 3.1
    stamp = int(answer.json()["ModifyDate"][6:-2]) / 1000
    assert abs(stamp - told.timestamp()) < 60


def test_total_and_page_are_two_queries(crm):
    """No row of the page is lost, whatever the total says."""
    crm.control.fault(fault="wrong_total", rows=5)
    feed = crm.get("leads", count=100)
    assert (feed["$totalResults"], len(feed["$resources"])) == (65, 60)


def test_the_generation_decides_which_fields_there_are(crm):
    modern = crm.control.switches()["generation"] == "8"
    lead = crm.rows("leads", count=1)[0]
    assert ("GlobalSyncId" in lead, "Tick" in lead) == (modern, modern)
    schema = crm.request("GET", "addresses/$schema").text
    country = schema.split('name="Country"')[1].split("/>")[0]
    assert f'maxLength="{64 if modern else 32}"' in country


def test_a_compact_answer_leaves_addresses_out(crm):
    lead = crm.rows("leads", count=1, _compact="true")[0]
    assert "$key" in lead
    assert not {"$url", "$lookup", "$httpStatus"} & set(lead)


def test_the_descriptor_is_the_display_name_and_updated_the_modify_date(crm):
    contact = crm.rows("contacts", count=1)[0]
    assert contact["$descriptor"] == contact["NameLF"]
    assert contact["$updated"] == contact["ModifyDate"]


def test_recurring_activities_are_completed_like_others(crm):
    body = {"Description": "Weekly", "Recurring": True}
    made = crm.send("POST", "activities", body, 201)
    request = {"request": {"ActivityId": made["$key"]}}
    crm.send("POST", "activities/$service/ActivityComplete", request)
    crm.get(f"activities('{made['$key']}')", status=404)
