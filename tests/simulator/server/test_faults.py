"""What real servers do to clients, on demand."""

from __future__ import annotations

import json

import pytest
import requests

LEADS = "dynamic/-/leads"


def fault(crm, name, **more):
    return crm.control.fault(fault=name, match=LEADS, **more)


def test_a_fault_meets_its_route_method_and_count_only(crm):
    fault(crm, "status", status=503, method="GET", count=2, skip=1)
    statuses = [crm.request("GET", "leads?format=json").status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert crm.request("GET", "contacts").status_code == 200


def test_chance_is_seeded(crm):
    def draws():
        crm.control.reset()
        fault(crm, "status", probability=0.3)
        codes = [crm.request("GET", "leads?count=1").status_code for _ in range(40)]
        return [code == 500 for code in codes]

    first = draws()
    assert 0 < sum(first) < 40
    assert draws() == first


def test_an_error_may_come_under_200(crm):
    fault(crm, "error_200")
    answer = crm.get("leads")
    assert answer[0]["severity"] == "Error"


def test_work_may_be_done_before_an_error_is_answered(crm):
    for name, status in (("error_200", 500), ("html_after", 504)):
        crm.control.clear_faults()
        fault(crm, name, status=status, method="POST")
        values = {"LastName": name, "Company": "Acme"}
        answer = crm.request("POST", "leads?format=json", json=values)
        assert answer.status_code == status
        found = crm.get("leads", where=f"LastName eq '{name}'")
        assert found["$totalResults"] == 1


def test_the_web_server_may_answer_in_its_place(crm):
    fault(crm, "html_503")
    answer = crm.request("GET", "leads?format=json")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "text/html"


def test_rows_may_be_lost_or_come_again(crm):
    fault(crm, "drop_rows", rows=2, count=1)
    feed = crm.get("leads", count=10)
    assert (len(feed["$resources"]), feed["$totalResults"]) == (8, 60)
    crm.control.clear_faults()
    fault(crm, "repeat_page", skip=1, count=1)
    first = crm.rows("leads", count=5)
    assert crm.rows("leads", count=5, startIndex=6) == first


@pytest.mark.parametrize(
    ("name", "rows", "total"),
    [
        ("shrink_page", 5, 60),
        ("empty_feed", 0, 0),
        ("half_feed", 10, 30),
        ("wrong_total", 10, 61),
    ],
)
def test_a_feed_may_be_short_in_many_ways(crm, name, rows, total):
    fault(crm, name)
    feed = crm.get("leads", count=10)
    assert (len(feed["$resources"]), feed["$totalResults"]) == (rows, total)


def test_half_a_feed_ends_at_its_half(crm):
    fault(crm, "half_feed")
    feed = crm.get("leads", count=25, startIndex=26)
    assert len(feed["$resources"]) == 5
    assert "$next" not in feed


@pytest.mark.parametrize("name", ["drop_before", "drop_after"])
def test_the_connection_may_be_closed_before_or_after_the_work(crm, name):
    fault(crm, name, method="POST")
    with pytest.raises(requests.ConnectionError):
        crm.send("POST", "leads", {"LastName": "A", "Company": "B"}, 201)
    assert crm.control.counts()["leads"] == (61 if name == "drop_after" else 60)


def test_a_body_may_end_too_early(crm):
    fault(crm, "truncate", count=1)
    with pytest.raises(
        (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    ):
        crm.get("leads")
    fault(crm, "cut_json")
    with pytest.raises(requests.JSONDecodeError):
        crm.get("leads")


def test_a_body_may_come_slowly_and_complete(crm):
    fault(crm, "slow_body", seconds=0.1)
    assert crm.get("leads", count=5)["$totalResults"] == 60


def test_a_timeout_ends_without_an_answer(crm):
    fault(crm, "timeout", seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        crm.get("leads")


def test_a_byte_order_mark_may_come_first(crm):
    fault(crm, "bom")
    answer = crm.request("GET", "leads?format=json&count=1")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert json.loads(answer.content.decode("utf-8-sig"))


def test_a_portal_may_answer_with_its_log_on_page(crm):
    fault(crm, "not_json", count=1)
    answer = crm.request("GET", "leads?format=json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")


def test_a_feed_may_forget_where_it_goes_on(crm):
    fault(crm, "no_next", count=1)
    assert "$next" not in crm.get("leads", count=10)
    assert "$next" in crm.get("leads", count=10)
