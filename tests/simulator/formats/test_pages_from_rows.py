"""A row of a feed is what the same resource says when it is read alone.

Feeds are written straight from rows, single resources from entries: two ways that
must not drift apart.
"""

import pytest
import requests

from infor_crm_simulator import Simulator

KINDS = ["leads", "contacts", "accounts", "addresses", "history", "users", "owners"]
SHAPES = [
    {},
    {"_compact": "true"},
    {"select": "Id,ModifyDate"},
    {"select": "Owner/OwnerDescription,Address/*,Contacts/LastName,Addresses/City"},
    {"include": "Owner,Address,Addresses,Account,AccountManager,UserInfo,Contacts"},
    {"include": "$permissions,$children,Owner", "_compact": "true"},
]
SERVERS = [
    {},
    {"null_references": "absent", "collection_stubs": "null", "pad_ids": False},
    {"json_dates": "date_offset", "timezone": "Europe/Vienna"},
    {"collection_stubs": "absent", "echo_id": "always", "generation": "7.5.4"},
]


@pytest.fixture(scope="module")
def served():
    simulator = Simulator(leads=12, contacts=12)
    with simulator.serve() as url, requests.Session() as session:
        session.trust_env = False
        session.auth = ("admin", "")
        base = f"{url}/sdata/slx/dynamic/-"
        session.post(
            f"{base}/addresses?format=json",
            json={"EntityId": "CNOBODY00001", "City": 'Zürich "%s" \\ \u2028'},
        ).raise_for_status()
        yield simulator, session, base


@pytest.mark.parametrize("switches", SERVERS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_equals_the_resource(served, kind, shape, switches):
    simulator, session, base = served
    state = simulator.control.state
    before = dict(state.switches)
    state.switches.set(switches)
    try:
        params = {"format": "json", "count": 8, "orderby": "Id desc", **shape}
        rows = session.get(f"{base}/{kind}", params=params).json()["$resources"]
        assert rows
        for row in rows:
            key = row["$key"].strip()
            alone = session.get(f"{base}/{kind}('{key}')", params=params).json()
            assert row == alone
    finally:
        state.switches.set(before)


@pytest.mark.parametrize(
    ("style", "start"), [("date", "/Date("), ("date_offset", "/Date("), ("iso", "20")]
)
def test_dates_are_spelled_as_the_switch_says(served, style, start):
    simulator, session, base = served
    switches = simulator.control.state.switches
    switches.set({"json_dates": style})
    try:
        url = f"{base}/leads?format=json&count=1&select=CreateDate"
        row = session.get(url).json()["$resources"][0]
        assert row["CreateDate"].startswith(start)
        assert ("+0000" in row["CreateDate"]) == (style == "date_offset")
    finally:
        switches.set({"json_dates": "date"})
