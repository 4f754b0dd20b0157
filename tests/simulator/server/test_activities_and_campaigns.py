"""What is planned, and who is on which campaign (docs/sdata.md 5.8, 8.6 and 8.14)."""

from __future__ import annotations

import pytest

SYSTEM = "/sdata/slx/system/-/"
COMPLETE = "$service/ActivityComplete"


def modern(crm):
    return crm.control.switches()["generation"] == "8"


@pytest.fixture
def activity(crm):
    return crm.rows("activities", where="LeadId ne null", count=1)[0]


def test_activities_name_whose_they_are_by_plain_ids(crm, activity):
    assert activity["$key"].startswith("V")
    assert crm.get(f"leads('{activity['LeadId']}')")
    assert activity["ContactId"] is None
    where = "UserId eq 'ADMIN' and Type eq 'atAppointment'"
    found = crm.rows("activities", where=where, count=100)
    assert {row["Type"] for row in found} == {"atAppointment"}


def test_timeless_activities_are_stored_five_seconds_past_midnight(crm):
    rows = crm.rows("activities", where="Timeless eq true", count=100)
    assert rows
    assert {int(row["StartDate"][6:-2]) % 86_400_000 for row in rows} == {5000}


def test_a_new_activity_needs_little_and_its_leader_takes_part(crm):
    made = crm.send("POST", "activities", {"Description": "Call"}, 201)
    assert (made["Type"], made["Duration"], made["Alarm"]) == ("atToDo", 0, False)
    assert made["UserId"].strip() == "ADMIN"
    (part,) = crm.rows("userActivities", where=f"Activity.Id eq '{made['$key']}'")
    assert part["$key"] == f"{made['$key']};ADMIN"
    crm.send("DELETE", f"activities('{made['$key']}')", None)
    assert not crm.rows("userActivities", where=f"ActivityId eq '{made['$key']}'")


def test_activities_stand_in_the_system_contract_since_generation_8(crm, activity):
    path = f"{SYSTEM}activities('{activity['$key']}')"
    if not modern(crm):
        crm.get(path, status=404)
        return
    assert crm.get(path)["Description"] == activity["Description"]
    crm.send("PUT", path, {"Description": "Changed"})
    assert crm.get(f"activities('{activity['$key']}')")["Description"] == "Changed"


def test_activities_follow_the_rows_they_belong_to(login):
    everybody, dora = login(), login("dora", "secret")
    seen = dora.get("activities", count=1)["$totalResults"]
    assert 0 < seen < everybody.get("activities", count=1)["$totalResults"]


def test_completing_an_activity_makes_history_of_it(crm, activity):
    request = {
        "entity": {"$key": activity["$key"]},
        "ActivityId": activity["$key"],
        "userId": "USIMA0000001",
        "result": "Complete",
        "resultCode": "COM",
        "completeDate": "/Date(1371247200000)/",
    }
    answer = crm.send("POST", f"activities/{COMPLETE}", {"request": request})
    history = crm.get(f"history('{answer['response']['HistoryId']}')")
    assert (history["Result"], history["ResultCode"]) == ("Complete", "COM")
    assert history["CompletedDate"] == "/Date(1371247200000)/"
    assert history["CompletedUser"] == "USIMA0000001"
    for name in ("Type", "LeadId", "LeadName", "Description", "StartDate"):
        assert history[name] == activity[name]
    assert history["ActivityId"] == activity["$key"]
    crm.get(f"activities('{activity['$key']}')", status=404)
    crm.send("POST", f"activities/{COMPLETE}", {"request": request}, 404)


def test_a_result_code_too_long_breaks_the_completion(crm, activity):
    request = {"ActivityId": activity["$key"], "resultCode": "COMPLETED"}
    before = crm.control.counts()
    crm.send("POST", f"activities/{COMPLETE}", {"request": request}, 500)
    assert crm.control.counts() == before


def test_a_service_operation_shows_its_template(crm):
    base = f"{SYSTEM}activities" if modern(crm) else "activities"
    names = [row["name"] for row in crm.rows(f"{base}/$service")]
    assert names == ["ActivityComplete"]
    template = crm.get(f"{base}/$service/Complete/$template")
    assert template["$name"] == "ActivityComplete"
    assert template["request"]["ActivityId"] is None
    assert template["response"] == {"HistoryId": None}
    atom = crm.request("GET", f"{base}/$service/Complete/$template").text
    assert "<slx:completeDate>0001-01-01T00:00:00+00:00</slx:completeDate>" in atom


def test_services_of_the_contract_and_of_kinds_are_listed(crm):
    names = [row["name"] for row in crm.rows(f"{SYSTEM}$service")]
    assert names == ["getCurrentUser"]
    assert crm.rows("leads/$service") == []
    crm.get(f"{SYSTEM}$service/getCurrentUser", status=405)
    crm.send("POST", f"{SYSTEM}$service/Nonsense", {}, 404)
    crm.send("POST", "leads/$service/ActivityComplete", {}, 404)


def test_campaign_targets_have_a_feed_in_generation_8_unless_switched(crm):
    crm.get("campaignTargets", status=200 if modern(crm) else 404)
    crm.control.switches(campaign_target_feed="off")
    crm.get("campaignTargets", status=404)
    crm.control.switches(campaign_target_feed="on")
    crm.get("campaignTargets")
    listed = {row["name"] for row in crm.rows("")}
    assert {"campaigns", "campaignTargets"} <= listed


def test_targets_are_found_by_campaign_and_person(crm):
    crm.control.switches(campaign_target_feed="on")
    campaign = crm.rows("campaigns", where="CampaignName eq 'Messe München'")[0]
    where = f"Campaign.Id eq '{campaign['$key']}' and TargetType eq 'Lead'"
    rows = crm.rows("campaigntargets", where=where)
    assert [row["EntityId"][-1] for row in rows] == ["A", "K", "U", "4", "E", "O"]
    more = f"{where} and EntityId eq '{rows[0]['EntityId']}'"
    assert len(crm.rows("campaigntargets", where=more)) == 1
    body = {"EntityId": rows[0]["EntityId"], "TargetType": "Lead"}
    made = crm.send(
        "POST",
        "campaigntargets",
        {**body, "Campaign": {"$key": campaign["$key"]}, "Status": "Sent"},
        201,
    )
    assert made["Campaign"]["$key"] == campaign["$key"]
