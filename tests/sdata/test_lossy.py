"""Lossy servers: the practice CRM with its faults switched on."""

from __future__ import annotations

import pytest

from lines import Crm
from sdata import errors

FAULTS = [
    {"fault": "drop_rows", "rows": 3, "probability": 0.4},
    {"fault": "shrink_page", "probability": 0.4},
    {"fault": "repeat_page", "probability": 0.3},
    {"fault": "empty_feed", "probability": 0.3, "skip": 2},
    {"fault": "half_feed", "probability": 0.3, "skip": 2},
    {"fault": "half_feed", "count": 1},
    {"fault": "half_feed", "count": 1, "skip": 1},
    {"fault": "empty_feed", "count": 1},
    {"fault": "empty_feed", "count": 1, "skip": 1},
    {"fault": "no_next"},
    {"fault": "error_200", "probability": 0.3},
    {"fault": "status", "status": 500, "probability": 0.3},
    {"fault": "html_503", "probability": 0.3},
    {"fault": "not_json", "probability": 0.2, "skip": 1},
    {"fault": "cut_json", "probability": 0.3},
    {"fault": "bom", "probability": 0.5},
]


def named(fault: dict) -> str:
    return "-".join(str(value) for value in fault.values())


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_lossy_paging_still_reads_every_record(simulator: Crm, fault):
    """Whatever the server does to pages: all 250 leads, each once."""
    simulator.control.fault(match="dynamic/-/leads", **fault)
    with simulator.client().read("leads", select=["Email"], page_size=30) as pages:
        found = [record.key for page in pages for record in page.records]
    stored = [row["LEADID"].strip() for row in simulator.control.store("leads")]
    assert sorted(found) == sorted(stored)
    assert pages.complete


@pytest.mark.parametrize("line", ["over http"], indirect=True)
@pytest.mark.parametrize("fault", ["drop_before", "truncate", "drop_after"])
def test_broken_lines_lose_nothing(simulator: Crm, fault):
    """Dropped before, in the middle of, or after the answer."""
    simulator.control.fault(match="dynamic/-/leads", fault=fault, probability=0.3)
    with simulator.client().read("leads", page_size=30) as pages:
        assert sum(len(page.records) for page in pages) == 250


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("drop_rows", "missing"),
        ("shrink_page", "shrunk"),
        ("repeat_page", "repeated"),
        ("empty_feed", "empty"),
    ],
)
def test_what_pages_did_is_noticed(simulator: Crm, fault, word):
    """A page that repeats or shrinks leaves a notice for the report."""
    simulator.control.fault(match="dynamic/-/leads", fault=fault, count=1, skip=3)
    with simulator.client().read("leads", page_size=30) as pages:
        assert sum(len(page.records) for page in pages) == 250
    assert word in {notice.what for notice in pages.notices}


def test_a_server_that_always_answers_the_question_before_is_seen_through(
    simulator: Crm,
):
    """Each page comes when it is asked for a second time."""
    simulator.control.fault(match="dynamic/-/leads", fault="repeat_page", skip=2)
    with simulator.client().read("leads", page_size=30) as pages:
        found = [record.key for page in pages for record in page.records]
    assert len(found) == len(set(found)) == 250
    assert "repeated" in {notice.what for notice in pages.notices}


def test_an_error_array_under_200_is_never_an_empty_result(simulator: Crm):
    simulator.control.fault(match="dynamic/-/leads", fault="error_200")
    with (
        simulator.client().read("leads") as pages,
        pytest.raises(errors.ServerFault) as caught,
    ):
        list(pages)
    assert caught.value.status == 200


def test_a_server_that_caps_pages_is_read_completely(simulator: Crm):
    simulator.control.switches(page_cap=17)
    with simulator.client().read("leads", page_size=100) as pages:
        assert sum(len(page.records) for page in pages) == 250
    assert pages.notices == ()


@pytest.mark.parametrize("collation", ["binary", "CI"])
def test_keys_that_differ_by_case_are_read_in_the_servers_order(
    simulator: Crm, collation
):
    simulator.control.switches(id_collation=collation)
    rows = simulator.control.store("leads")[:60]
    for number, row in enumerate(rows):
        odd = f"{'aBcD'[number % 4]}{row['LEADID'].strip()[1:]}"
        simulator.control.sql(
            "UPDATE LEAD SET LEADID=? WHERE LEADID=?", [odd, row["LEADID"]]
        )
    with simulator.client().read("leads", page_size=20) as pages:
        found = [record.key for page in pages for record in page.records]
    assert len(found) == len(set(found)) == 250
    assert pages.complete
