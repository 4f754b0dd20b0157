"""Whatever a client sends, the answer is the server's own and never a crash."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import threading
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infor_crm_simulator import Simulator

KEYS = {
    "leads": "QSIMA0000001",
    "contacts": "CSIMA0000001",
    "accounts": "ASIMA0000001",
    "history": "eSIMA0000001",
}
kinds = st.sampled_from([*KEYS, "users", "owners", "nonsense", "$schema", ""])
selectors = st.sampled_from(
    ["", "('{key}')", '("{key}")', "(Id eq '{key}')", "('", "()"]
)
below = st.sampled_from(
    ["", "/Address", "/Addresses", "/Contacts", "/$template", "/$batch", "/Owner"]
)
names = st.sampled_from(
    [
        "LastName",
        "Company",
        "Email",
        "Address",
        "Account",
        "Owner",
        "DoNotEmail",
        "ConsentDate",
        "Addresses",
        "AnnualBudget",
        "EngagementScore",
        "Type",
        "StartDate",
        "Nonsense",
        "$key",
        "Id",
    ]
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["$key", "$resources", "City"]), inner),
    ),
    max_leaves=4,
)
queries = st.dictionaries(
    st.sampled_from(
        ["where", "select", "include", "orderby", "count", "startIndex", "format"]
    ),
    st.one_of(st.text(max_size=20), st.sampled_from(["json", "Email eq 'x'", "Id,*"])),
)


@pytest.fixture(scope="module")
def simulator():
    made = Simulator(leads=20, contacts=20)
    yield made
    made.close()


def call(simulator, method, path, query="", body=b""):
    """Status and body of one request, without a network."""
    login = base64.b64encode(b"admin:").decode()
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "crm",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Basic {login}",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    seen = []
    answer = simulator.wsgi(environ, lambda status, headers: seen.append(status))
    return int(seen[0][:3]), b"".join(answer)


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    method=st.sampled_from(["GET", "GET", "POST", "PUT", "DELETE", "PATCH"]),
    kind=kinds,
    selector=selectors,
    rest=below,
    query=queries,
    body=st.dictionaries(names, values, max_size=4),
)
def test_no_request_makes_the_server_fail_by_itself(
    simulator, capsys, method, kind, selector, rest, query, body
):
    key = KEYS.get(kind, "x")
    path = f"/sdata/slx/dynamic/-/{kind}{selector.format(key=key)}{rest}"
    text = "&".join(
        f"{name}={quote(value.encode('utf-8', 'replace'))}"
        for name, value in query.items()
    )
    sent = json.dumps(body).encode() if method in ("POST", "PUT") else b""
    status, _answer = call(simulator, method, path, text, sent)
    assert 200 <= status < 600
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("kind", list(KEYS))
def test_whatever_was_written_can_be_read_in_both_formats(simulator, kind):
    for form in ("json", "atom"):
        path = f"/sdata/slx/dynamic/-/{kind}"
        assert call(simulator, "GET", path, f"format={form}&count=500")[0] == 200


@pytest.mark.parametrize("in_file", [False, True])
def test_many_clients_at_once_lose_nothing(tmp_path, in_file):
    file = str(tmp_path / "state.sqlite") if in_file else None
    simulator = Simulator(leads=50, contacts=5, file=file)
    failures = []

    def work(url, number):
        session = requests.Session()
        session.auth = ("admin", "")
        base = f"{url}/sdata/slx/dynamic/-/leads?format=json&count=20"
        for turn in range(15):
            lead = {"LastName": f"{number}-{turn}", "Company": "C"}
            statuses = (session.get(base).status_code, session.post(base, json=lead))
            if (statuses[0], statuses[1].status_code) != (200, 201):
                failures.append(statuses)

    with simulator.serve() as url:
        threads = [threading.Thread(target=work, args=(url, n)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert simulator.control.counts()["leads"] == 50 + 8 * 15
    if in_file:
        with sqlite3.connect(file) as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM LEAD").fetchone()
        assert count == 50 + 8 * 15
