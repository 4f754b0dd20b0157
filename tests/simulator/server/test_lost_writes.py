"""Writes whose outcome the sender cannot know (docs/sdata.md 5.6 and 5.7)."""

from __future__ import annotations

import time

import pytest
import requests

LEAD = {"LastName": "Late", "Company": "B"}
BATCH = "leads/$batch"


def post_and_lose(crm, **fault):
    crm.control.fault(fault="commit_late", method="POST", count=1, **fault)
    with pytest.raises(requests.ConnectionError):
        crm.send("POST", "leads", LEAD, 201)


def late_ones(crm):
    return len(crm.rows("leads", where="LastName eq 'Late'", select="Id"))


def test_a_write_may_be_done_after_its_sender_gave_up(crm):
    post_and_lose(crm, seconds=0.05, delay=0.2)
    assert late_ones(crm) == 0
    for _ in range(100):
        if late_ones(crm):
            break
        time.sleep(0.05)
    assert late_ones(crm) == 1


def test_a_write_may_be_done_after_the_sender_has_looked(crm):
    post_and_lose(crm, lookups=2)
    crm.rows("contacts", count=1)
    assert [late_ones(crm) for _ in range(4)] == [0, 0, 1, 1]


def test_a_late_write_of_a_note_or_a_batch_counts_looks_at_its_kind(crm):
    crm.control.fault(fault="commit_late", match="$batch", lookups=1, count=1)
    body = {"$resources": [{"$httpMethod": "POST", **LEAD}]}
    with pytest.raises(requests.ConnectionError):
        crm.send("POST", BATCH, body)
    assert [late_ones(crm) for _ in range(2)] == [0, 1]


def test_what_is_late_at_a_reset_is_never_done(crm):
    post_and_lose(crm, lookups=1)
    crm.control.reset()
    assert [late_ones(crm) for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("status", [401, 403])
def test_a_good_login_may_be_refused_like_a_wrong_one(crm, status):
    crm.control.fault(fault="refuse_login", status=status, count=1)
    answer = crm.request("GET", "leads?format=json")
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert crm.rows("leads", count=1)


def test_a_fault_may_meet_only_queries_that_select(crm):
    crm.control.fault(fault="status", match="select=", status=500)
    crm.get("leads", status=500, select="Id")
    assert crm.rows("leads", count=1)


def test_pages_behind_the_first_may_lose_rows_while_reading_by_key_does_not(crm):
    crm.control.fault(fault="drop_rows", match="startIndex=", rows=2)
    feed = crm.get("leads", count=20, orderby="Id")
    found = [row["$key"] for row in feed["$resources"]]
    while "$next" in feed:
        feed = crm.get(feed["$next"].removeprefix(crm.url))
        found += [row["$key"] for row in feed["$resources"]]
    assert len(found) == 56
    more = crm.rows("leads", count=20, orderby="Id", where=f"Id gt '{found[19]}'")
    assert len(more) == 20


def test_deep_pages_may_fail(crm):
    crm.control.switches(paging_depth=40)
    crm.get("leads", count=20, startIndex=21)
    crm.get("leads", count=20, startIndex=41, status=500)


def batch(crm, status=200, size=3):
    keys = [row["$key"] for row in crm.rows("leads", count=size, orderby="Id")]
    items = [{"$httpMethod": "PUT", "$key": key, "Company": "New"} for key in keys]
    return crm.send("POST", BATCH, {"$resources": items}, status)


def new_ones(crm):
    return crm.get("leads", where="Company eq 'New'")["$totalResults"]


def test_single_items_of_a_batch_may_be_refused(crm):
    crm.control.fault(fault="fail_items", rows=2, status=503)
    found = batch(crm)["$resources"]
    assert sorted(item["$httpStatus"] for item in found) == [200, 503, 503]
    assert all(("$diagnoses" in i) == (i["$httpStatus"] == 503) for i in found)
    assert new_ones(crm) == 1


def test_items_of_a_batch_may_be_missing_in_its_answer(crm):
    crm.control.fault(fault="drop_rows", match="$batch")
    assert len(batch(crm)["$resources"]) == 2
    assert new_ones(crm) == 3


def test_an_item_may_take_the_whole_batch_with_it(crm):
    crm.control.switches(batch_failure="container")
    crm.control.fault(fault="fail_items", count=1)
    assert batch(crm, 500)[0]["severity"] == "Error"
    assert new_ones(crm) == 0
    assert len(batch(crm)["$resources"]) == 3
    assert new_ones(crm) == 3


def test_a_batch_may_be_limited_or_refused(crm):
    crm.control.switches(batch_limit=2)
    batch(crm, 500)
    batch(crm, size=2)
    crm.control.switches(batch="refused")
    batch(crm, 405)


def test_a_batch_sees_what_its_earlier_items_did(crm):
    crm.control.switches(batch_failure="container")
    key = crm.rows("leads", count=1)[0]["$key"]
    items = [
        {"$httpMethod": "DELETE", "$key": key},
        {"$httpMethod": "PUT", "$key": key, "Company": "New"},
    ]
    crm.send("POST", BATCH, {"$resources": items}, 404)
    assert crm.get(f"leads('{key}')")
