"""Feeds and entries, as clients of the product read them (docs/sdata.md 3 and 4)."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest


def test_a_feed_tells_its_counts_and_where_it_goes_on(crm):
    feed = crm.get("leads", count=25)
    assert (feed["$totalResults"], feed["$startIndex"]) == (60, 1)
    assert feed["$itemsPerPage"] == len(feed["$resources"]) == 25
    assert "startIndex=26" in feed["$next"]
    assert "startIndex=51" in feed["$last"]
    assert "$previous" not in feed


def test_following_next_reads_every_record_once(crm):
    keys, url = [], crm.address("leads") + "?format=json&count=7&orderby=Id"
    while url:
        feed = crm.session.get(url, timeout=20).json()
        keys += [row["$key"] for row in feed["$resources"]]
        url = feed.get("$next")
    assert len(keys) == len(set(keys)) == 60
    assert keys == sorted(keys)


def test_reading_by_key_reads_every_record_once(crm):
    keys: list[str] = []
    while True:
        where = {"where": f"Id gt '{keys[-1]}'"} if keys else {}
        rows = crm.rows("contacts", count=16, orderby="Id", select="Id", **where)
        keys += [row["Id"] for row in rows]
        if len(rows) < 16:
            break
    assert len(keys) == len(set(keys)) == 60


def test_start_index_zero_means_one(crm):
    assert crm.rows("leads", count=2, startIndex=0) == crm.rows("leads", count=2)


@pytest.mark.parametrize("name", ["count", "startIndex"])
def test_a_count_that_is_no_number_is_refused(crm, name):
    answer = crm.get("leads", status=400, **{name: "many"})
    assert answer[0]["sdataCode"] == "BadQueryParameter"


def test_a_page_is_capped_and_says_so(crm):
    crm.control.switches(page_cap=10)
    feed = crm.get("leads", count=50)
    assert feed["$itemsPerPage"] == len(feed["$resources"]) == 10


def test_count_zero_only_counts(crm):
    feed = crm.get("leads", count=0)
    assert (feed["$totalResults"], feed["$resources"]) == (60, [])


def test_names_of_kinds_properties_and_parameters_have_no_case(crm):
    (row,) = crm.rows("LEADS", COUNT=1, SELECT="firstname,EMAIL", OrderBy="ID")
    assert {"FirstName", "Email"} <= set(row)
    assert "LastName" not in row


def test_select_shows_only_what_it_names_and_keeps_the_system_members(crm):
    (row,) = crm.rows("contacts", count=1, select="LastName,Account/AccountName")
    assert {name for name in row if not name.startswith("$")} == {"LastName", "Account"}
    assert {"$key", "$etag", "$descriptor"} <= set(row)
    assert row["Account"]["AccountName"]


def test_an_unknown_name_in_select_is_ignored_or_refused(crm):
    assert "Nonsense" not in crm.rows("leads", count=1, select="Nonsense,Email")[0]
    crm.control.switches(unknown_select="error")
    answer = crm.get("leads", status=500, select="Nonsense")
    assert "could not resolve property: Nonsense" in crm.message(answer)


def test_references_are_stubs_until_they_are_included(crm):
    key = crm.rows("contacts", count=1)[0]["$key"]
    plain = crm.get(f"contacts('{key}')")
    assert set(plain["Account"]) <= {"$key", "$url", "$lookup", "$descriptor"}
    assert "$resources" not in plain["Addresses"]
    full = crm.get(f"contacts('{key}')", include="Account,Addresses")
    assert full["Account"]["AccountName"] == full["AccountName"]
    assert len(full["Addresses"]["$resources"]) == 2


def test_a_reference_to_nothing_is_null_or_absent(crm):
    row = crm.rows("contacts", count=1, where="RegionalManager eq null")[0]
    assert row["RegionalManager"] is None
    crm.control.switches(null_references="absent")
    assert "RegionalManager" not in crm.get(f"contacts('{row['$key']}')")


def test_dates_booleans_and_padded_ids_look_like_the_product(crm):
    row = crm.rows("leads", count=1, where="CreateUser eq 'ADMIN'")[0]
    assert re.fullmatch(r"/Date\(-?\d+\)/", row["CreateDate"])
    assert row["CreateUser"] == "ADMIN       "
    values = {row["DoNotEmail"] for row in crm.rows("leads", count=60)}
    assert values == {None, True, False}


def test_the_opt_out_of_faxes_is_spelt_differently_on_leads_and_contacts(crm):
    assert "DoNotFAX" in crm.rows("leads", count=1)[0]
    assert "DoNotFax" in crm.rows("contacts", count=1)[0]
    account = crm.rows("accounts", count=1)[0]
    assert "DoNotSolicit" in account
    assert "DoNotEmail" not in account


@pytest.mark.parametrize("literal", ["'{0}'", '"{0}"'])
def test_keys_may_stand_in_either_quotes(crm, literal):
    key = crm.rows("leads", count=1)[0]["$key"]
    assert crm.get(f"leads({literal.format(key)})")["$key"] == key
    assert crm.rows("leads", where=f"Id eq {literal.format(key)}")[0]["$key"] == key


def test_quotes_may_come_percent_encoded_or_not(crm):
    key = crm.rows("leads", count=1)[0]["$key"]
    for text in (f"leads('{key}')", quote(f"leads('{key}')", safe="")):
        url = crm.address("") + text + "?format=json"
        assert crm.session.get(url, timeout=20).json()["$key"] == key


def test_a_plus_is_a_blank_unless_it_is_switched(crm):
    path = "leads?format=json&where=Email+ne+null"
    assert crm.request("GET", path).status_code == 200
    crm.control.switches(plus_in_query="literal")
    assert crm.request("GET", path).status_code == 500  # it adds


def test_a_long_query_may_come_in_the_body_of_a_post(crm):
    key = crm.rows("leads", count=1)[0]["$key"]
    where = quote(" or ".join([f"Id eq '{key}'"] * 300))
    url = crm.address("leads") + f"?format=json&select=Id&where={where}"
    answer = crm.request(
        "POST", "leads", data=url, headers={"X-HTTP-Method-Override": "GET"}
    )
    assert [row["$key"] for row in answer.json()["$resources"]] == [key]


def test_related_collections_and_references_have_addresses(crm):
    key = crm.rows("contacts", count=1)[0]["Account"]["$key"]
    rows = crm.rows(f"accounts('{key}')/Contacts", select="Account,LastName")
    assert rows
    assert {row["Account"]["$key"] for row in rows} == {key}
    account = crm.get(f"contacts('{rows[0]['$key']}')/account")
    assert account["$key"] == key


def test_a_contact_has_no_history_of_its_own(crm):
    key = crm.rows("contacts", count=1)[0]["$key"]
    crm.get(f"contacts('{key}')/History", status=404)
    assert crm.rows("history", where=f"ContactId eq '{key}'") is not None


def test_a_key_nobody_has_is_missing(crm):
    for status in (404, 410, 500):
        crm.control.switches(missing_status=status)
        answer = crm.get("leads('QSIMAZZZZZZZ')", status=status)
        assert crm.message(answer) == "Entity does not exist"


def test_an_unknown_kind_gets_the_recorded_answer(crm):
    assert crm.get("accountss", status=404) == [
        {
            "severity": "Error",
            "sdataCode": "ApplicationNotFound",
            "applicationCode": "",
            "message": "Unable to locate a handler to process the request "
            "'slx/dynamic/-/accountss'",
            "stackTrace": "",
            "payloadPath": "",
        }
    ]


def test_an_unknown_property_in_where_is_the_mappers_fault(crm):
    answer = crm.get("accounts", status=500, where="dddd eq 1")
    assert crm.message(answer) == (
        "could not resolve property: dddd of: Sage.SalesLogix.Entities.Account"
    )
    assert "NHibernate.QueryException" in answer[0]["stackTrace"]


def test_without_format_json_the_answer_is_atom(crm):
    answer = crm.request("GET", "leads?count=1")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert b"<sdata:payload><slx:Lead" in answer.content
    fault = crm.request("GET", "nonsense")
    assert fault.status_code == 404
    assert b"<sdata:severity>error</sdata:severity>" in fault.content


def test_accepting_json_alone_is_enough(crm):
    answer = crm.request("GET", "leads?count=1", headers={"Accept": "application/json"})
    assert answer.json()["$totalResults"] == 60


def test_a_client_that_has_the_entry_already_is_told_so(crm):
    key = crm.rows("leads", count=1)[0]["$key"]
    etag = crm.get(f"leads('{key}')")["$etag"]
    answer = crm.request(
        "GET", f"leads('{key}')?format=json", headers={"If-None-Match": etag}
    )
    assert (answer.status_code, answer.content) == (304, b"")


def test_select_on_users_may_fail(crm):
    assert crm.rows("users", select="UserName,UserInfo/LastName", count=2)
    crm.control.switches(select_users_500=True)
    crm.get("users", status=500, select="UserName")
    assert crm.rows("users", count=2)


def test_outside_of_sdata_the_web_server_answers(crm):
    answer = crm.request("GET", "/somewhere")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html"


def test_any_prefix_that_ends_in_sdata_is_served(crm):
    answer = crm.request("GET", "/infor/CRMSData/SData/slx/dynamic/-/leads?format=json")
    assert answer.json()["$totalResults"] == 60


def test_lead_addresses_have_a_feed_in_generation_8_only(crm):
    modern = crm.control.switches()["generation"] == "8"
    if modern:
        assert crm.get("leadAddresses", count=1)["$totalResults"] == 60
    else:
        crm.get("leadAddresses", status=404)
    lead = crm.rows("leads", count=1, select="Address/City")[0]
    assert "City" in lead["Address"]


def test_hundreds_of_requests_share_one_connection(crm):
    for _ in range(300):
        assert crm.get("leads", count=1, select="Id")["$totalResults"] == 60
    pools = crm.session.adapters["http://"].poolmanager.pools
    (host,) = pools.keys()
    assert pools[host].num_connections == 1
