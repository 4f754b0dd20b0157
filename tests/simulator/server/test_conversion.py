"""What people at the CRM do without SData, as SData shows it (docs/sdata.md 8.8)."""

from __future__ import annotations

import pytest
import requests


@pytest.fixture
def act(crm):
    """A control path by which somebody at the CRM acts."""

    def call(path, status=200, **body):
        answer = requests.post(f"{crm.url}/simulator/{path}", json=body, timeout=20)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


@pytest.fixture
def lead(crm):
    """A lead with history, an activity and a place on a campaign."""
    found = crm.rows("history", where="LeadId ne null", count=1)[0]["LeadId"]
    crm.send("PUT", f"leads('{found}')", {"CustomerTier": "Gold", "DoNotFAX": True})
    crm.send("POST", "activities", {"LeadId": found, "Description": "Call"}, 201)
    campaign = {"Campaign": {"$key": "xSIMA0000001"}}
    crm.control.switches(campaign_target_feed="on")
    body = {"EntityId": found, "TargetType": "Lead", **campaign}
    crm.send("POST", "campaignTargets", body, 201)
    return crm.get(f"leads('{found}')", include="Address")


def test_a_converted_lead_is_a_contact_with_an_account(crm, act, lead):
    keys = act("convert-lead", lead=lead["$key"])
    crm.get(f"leads('{lead['$key']}')", status=404)
    contact = crm.get(f"contacts('{keys['contact']}')", include="Address,Account")
    for name in ("FirstName", "LastName", "Email", "CustomerTier", "DoNotEmail"):
        assert contact[name] == lead[name]
    assert contact["DoNotFax"] is True
    assert contact["Owner"]["$key"] == lead["Owner"]["$key"]
    assert contact["Account"]["AccountName"] == lead["Company"]
    assert contact["AccountName"] == lead["Company"]
    assert contact["Address"]["City"] == lead["Address"]["City"]
    gone = f"LEADID = '{lead['$key']}'"
    assert not crm.control.store("leadAddresses", gone)


def test_what_hung_on_a_converted_lead_hangs_on_the_contact(crm, act, lead):
    of_lead = f"LeadId eq '{lead['$key']}'"
    before = {row["$key"] for row in crm.rows("history", where=of_lead)}
    keys = act("convert-lead", lead=lead["$key"])
    assert crm.rows("history", where=of_lead) == []
    of_contact = f"ContactId eq '{keys['contact']}'"
    rows = crm.rows("history", where=of_contact)
    assert before == {row["$key"] for row in rows}
    assert {row["AccountId"] for row in rows} == {keys["account"]}
    assert len(crm.rows("activities", where=of_contact)) >= 1
    where = f"EntityId eq '{keys['contact']}' and TargetType eq 'Contact'"
    assert crm.rows("campaignTargets", where=where)


def test_a_lead_may_be_merged_into_a_contact_that_keeps_what_it_has(crm, act, lead):
    contact = crm.rows("contacts", where="Email ne null and Mobile eq null")[0]
    crm.send("PUT", f"leads('{lead['$key']}')", {"Mobile": "0170"})
    keys = act("convert-lead", lead=lead["$key"], contact=contact["$key"])
    assert keys["account"] == contact["Account"]["$key"]
    merged = crm.get(f"contacts('{contact['$key']}')")
    assert (merged["Email"], merged["Mobile"]) == (contact["Email"], "0170")
    assert merged["$etag"] != contact["$etag"]
    assert crm.rows("history", where=f"ContactId eq '{contact['$key']}'")


def test_the_history_of_leads_has_a_feed_only_where_somebody_made_one(crm, act, lead):
    keys = act("convert-lead", lead=lead["$key"], user="lee")
    crm.get("leadHistory", status=404)
    crm.control.switches(lead_history_feed=True)
    (row,) = crm.rows("leadHistory", where=f"LeadId eq '{lead['$key']}'")
    assert row["ContactId"] == keys["contact"]
    assert row["Email"] == lead["Email"]
    assert row["ContactMerged"] is False
    assert row["LeadProcessedBy"] == "USIMA0000001"
    crm.send("POST", "leadHistory", {"LeadId": "x"}, 405)


def test_an_unknown_record_is_neither_converted_nor_merged(act):
    act("convert-lead", 404, lead="QSIMAXXXXXXX")
    act("merge", 404, kind="contacts", winner="CSIMA0000001", loser="CSIMAXXXXXXX")
    act("merge", 404, kind="leads", winner="QSIMA0000001", loser="QSIMA0000002")


def test_merging_contacts_leaves_the_winner_with_everything(crm, act):
    loser = crm.rows("history", where="ContactId ne null", count=1)[0]["ContactId"]
    where = f"Id ne '{loser}'"
    winner = crm.rows("contacts", where=where, count=1, include="Addresses")[0]
    notes = len(crm.rows("history", where=f"ContactId eq '{winner['$key']}'"))
    act("merge", kind="contacts", winner=winner["$key"], loser=loser)
    crm.get(f"contacts('{loser}')", status=404)
    assert crm.rows("history", where=f"ContactId eq '{loser}'") == []
    rows = crm.rows("history", where=f"ContactId eq '{winner['$key']}'")
    assert len(rows) > notes
    kept = crm.get(f"contacts('{winner['$key']}')", include="Addresses")
    assert (kept["LastName"], kept["Email"]) == (winner["LastName"], winner["Email"])
    assert len(kept["Addresses"]["$resources"]) == 4
    assert kept["$etag"] != winner["$etag"]


def test_merging_accounts_moves_contacts_and_renames_what_they_carry(crm, act):
    contact = crm.rows("contacts", count=1)[0]
    loser = contact["Account"]["$key"]
    winner = crm.rows("accounts", where=f"Id ne '{loser}'", count=1)[0]
    act("merge", kind="accounts", winner=winner["$key"], loser=loser)
    crm.get(f"accounts('{loser}')", status=404)
    moved = crm.get(f"contacts('{contact['$key']}')")
    assert moved["Account"]["$key"] == winner["$key"]
    assert moved["AccountName"] == winner["AccountName"]
    assert moved["$updated"] != contact["$updated"]
    assert crm.control.counts()["contacts"] == 60
    assert not crm.control.store("history", f"ACCOUNTID = '{loser}'")
