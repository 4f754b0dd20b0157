"""The control paths beside /sdata."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import requests


@pytest.fixture
def control(crm):
    """Calls a control path and returns its JSON."""

    def call(method, path, body=None, status=200):
        address = f"{crm.url}/simulator/{path}"
        answer = requests.request(method, address, json=body, timeout=20)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


def test_an_unknown_path_lists_the_known_ones(control):
    listed = control("GET", "nonsense", status=404)["control_paths"]
    assert any("POST /simulator/reset" in line for line in listed)


def test_counts_and_rows_come_straight_from_the_store(crm, control):
    assert control("GET", "counts")["leads"] == 60
    rows = control("GET", "store/leads?where=LASTNAME IS NOT NULL")
    assert len(rows) == 60
    control("GET", "store/nonsense", status=404)


def test_sql_makes_any_state_and_feeds_show_it(crm, control):
    sql = "UPDATE LEAD SET EMAIL = ? WHERE LEADID < 'QSIMA0000003'"
    control("POST", "sql", {"sql": sql, "params": ["twin@x.example"]})
    assert len(crm.rows("leads", where="Email eq 'TWIN@x.example'")) == 2
    control("POST", "sql", {"sql": "NONSENSE"}, status=400)


def test_reset_forgets_everything(crm, control):
    control("POST", "switches", {"page_cap": 3})
    control("POST", "faults", {"fault": "html_503"})
    control("POST", "clock", {"offset_seconds": 500})
    assert control("POST", "reset", {"leads": 7})["leads"] == 7
    assert control("GET", "switches")["page_cap"] == 500
    assert control("GET", "faults") == []
    assert control("GET", "requests") == []
    assert crm.get("leads")["$totalResults"] == 7


def test_the_same_seed_makes_the_same_people(control):
    def emails(seed):
        control("POST", "reset", {"seed": seed, "leads": 20})
        return [row["EMAIL"] for row in control("GET", "store/leads")]

    assert emails(5) == emails(5)
    assert emails(5) != emails(6)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("switches", {"nonsense": 1}),
        ("switches", {"page_cap": "many"}),
        ("switches", {"collation": "xx"}),
        ("faults", {"fault": "nonsense"}),
        ("faults", {"fault": "slow", "nonsense": 1}),
        ("reset", {"nonsense": 1}),
        ("reset", {"generation": "9"}),
        ("users", {"lee": {"nonsense": 1}}),
    ],
)
def test_what_does_not_exist_is_refused_by_name(control, path, body):
    assert control("POST", path, body, status=400)["error"]


def test_the_log_tells_what_was_asked_but_no_password(crm, control):
    crm.session.auth = ("lee", "secret")
    crm.get("leads", count=3)
    (line,) = control("GET", "requests")
    assert (line["method"], line["status"], line["user"]) == ("GET", 200, "lee")
    assert line["path"].endswith("/leads")
    assert "count=3" in line["query"]
    assert line["bytes"] > 100
    assert "secret" not in json.dumps(line)
    control("DELETE", "requests")
    assert control("GET", "requests") == []


def test_a_new_user_can_log_in_and_be_read(crm, control):
    settings = {"password": "pw", "owners": ["FSIMA0000002"]}
    users = control("POST", "users", {"nina": settings})
    assert "password" not in users["nina"]
    assert crm.rows("users", where="UserName eq 'nina'")
    crm.session.auth = ("nina", "pw")
    assert crm.get("leads", count=1)["$totalResults"] < 60


def test_the_clock_moves_stamps_and_the_date_header(crm, control):
    now = control("POST", "clock", {"offset_seconds": -86_400})["now"]
    lead = crm.send("POST", "leads", {"LastName": "A", "Company": "B"}, 201)
    stamp = int(lead["CreateDate"][6:-2])
    assert 0 <= stamp - now < 60_000


def test_a_clock_can_start_at_any_moment(control, crm):
    control("POST", "reset", {"clock": "2030-01-01T00:00:00Z"})
    answer = crm.request("GET", "leads?count=1")
    assert "01 Jan 2030" in answer.headers["Date"]


def test_another_simulator_has_a_state_and_a_port_of_its_own(crm, control):
    other = control("POST", "servers", {"leads": 3, "contacts": 2, "seed": 9})
    counts = requests.get(other["url"] + "/simulator/counts", timeout=20).json()
    assert counts["leads"] == 3
    assert control("GET", "counts")["leads"] == 60
    control("DELETE", f"servers/{other['id']}")
    with pytest.raises(requests.ConnectionError):
        requests.get(other["url"], timeout=5)
    control("DELETE", f"servers/{other['id']}", status=404)


def test_a_server_may_speak_tls_with_a_certificate_of_its_own(control):
    other = control("POST", "servers", {"leads": 3, "contacts": 2, "tls": True})
    url = other["sdata"] + "/dynamic/-/leads?format=json"
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(url, timeout=20)
    answer = requests.get(url, auth=("admin", ""), verify=other["ca_file"], timeout=20)
    assert answer.json()["$totalResults"] == 3
    assert other["ca_pem"].startswith("-----BEGIN CERTIFICATE-----")
    control("DELETE", f"servers/{other['id']}")


def test_the_command_prints_one_line_of_json_and_serves(tmp_path):
    command = [sys.executable, "-m", "infor_crm_simulator", "--leads", "5"]
    file = ["--contacts", "4", "--file", str(tmp_path / "state.sqlite")]
    for expected in (5, 6):
        process = subprocess.Popen([*command, *file], stdout=subprocess.PIPE, text=True)
        try:
            about = json.loads(process.stdout.readline())
            base = about["sdata"] + "/dynamic/-/leads?format=json"
            login = (about["user"], about["password"])
            found = requests.get(base, auth=login, timeout=20).json()
            assert found["$totalResults"] == expected
            lead = {"LastName": "A", "Company": "B"}
            requests.post(base, auth=login, json=lead, timeout=20)
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()
