"""The one door to the network, against servers of every kind."""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

import pytest
import requests

from answering import FEED, GZIP, App, client, http, sends
from lines import RawServer, WsgiAdapter
from sdata import Credentials, errors
from sdata.transport import Call, Transport


def test_every_call_carries_login_application_and_format():
    app = App()
    app.client(application=("Our Connector", "1.2")).count("leads")
    environ = app.environs[0]
    assert environ["HTTP_AUTHORIZATION"] == environ["HTTP_X_AUTHORIZATION"]
    assert environ["HTTP_AUTHORIZATION"].startswith("Basic ")
    assert environ["HTTP_X_AUTHORIZATION_MODE"] == "no-challenge"
    assert environ["HTTP_ACCEPT"] == "application/json,*/*"
    assert environ["HTTP_X_APPLICATION_NAME"] == "Our Connector"
    assert environ["HTTP_X_APPLICATION_VERSION"] == "1.2"
    assert environ["HTTP_USER_AGENT"] == "Our-Connector/1.2"
    assert "format=json" in environ["QUERY_STRING"]


def test_netrc_does_not_replace_the_login(tmp_path, monkeypatch):
    """requests would take it from there, silently."""
    (tmp_path / ".netrc").write_text("machine localhost login eve password x\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    app = App()
    app.client().count("leads")
    assert app.environs[0]["HTTP_AUTHORIZATION"] == Credentials("lee", "hush").basic


def test_cookies_are_kept_for_the_whole_client():
    """Load balancers and sessions need them; threads share one jar."""
    app = App(lambda e: (200, FEED, [("Set-Cookie", "SlxStickySessionId=a; path=/")]))
    crm = app.client()
    crm.count("leads")
    thread = threading.Thread(target=crm.count, args=("leads",))
    thread.start()
    thread.join()
    assert "HTTP_COOKIE" not in app.environs[0]
    assert app.environs[1]["HTTP_COOKIE"] == "SlxStickySessionId=a"


def test_the_time_limit_is_one_number():
    """Odoo's test harness compares it."""
    caught = {}

    class Spy(WsgiAdapter):
        def send(self, request, **options):
            caught.update(options)
            return super().send(request, **options)

    client("http://localhost", adapter=Spy(App()), timeout=17).count("leads")
    assert caught["timeout"] == 17
    assert caught["stream"] is True


def test_long_questions_travel_in_a_body():
    """Web servers refuse long addresses; the override is what official clients use."""
    app = App()
    clause = " or ".join(f"Id eq 'QSIMA{n:07}'" for n in range(100))
    app.client().count("leads", clause)
    environ = app.environs[0]
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["HTTP_X_HTTP_METHOD_OVERRIDE"] == "GET"
    assert environ["QUERY_STRING"] == ""
    url = app.bodies[0].decode()
    assert url.startswith("http://localhost/sdata/slx/dynamic/-/leads?")
    assert "QSIMA0000099" in url
    assert "format=json" in url


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_refused_and_say_where_to(status):
    app = App(lambda e: (status, b"", [("Location", "https://other.example/x?t=1")]))
    with pytest.raises(errors.RedirectRefused) as caught:
        app.client().count("leads")
    assert caught.value.location == "https://other.example/x"
    assert len(app.environs) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/sdata/slx/x",
        "http://localhost:81/sdata/slx/x",
        "http://other/sdata/slx/x",
    ],
)
def test_calls_go_to_the_connectors_own_host_only(url):
    transport = Transport(
        "http://localhost/sdata/slx", Credentials("lee"), adapter=WsgiAdapter(App())
    )
    with pytest.raises(errors.ForeignAddressRefused):
        transport.send(Call("GET", url))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
def test_compressed_answers_are_read(encoding):
    plain = json.dumps(FEED).encode()
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "": bytes}[encoding]
    header = [f"Content-Encoding: {encoding}"] if encoding else []
    with RawServer(sends(http(packed(plain), *header))) as server:
        assert client(server.url).count("leads") == 3


def test_a_small_body_that_becomes_huge_is_refused():
    """Unpacked in pieces, so that it never is in memory."""
    bomb = gzip.compress(b" " * 50_000_000)
    server = RawServer(sends(http(bomb, GZIP)))
    with server, pytest.raises(errors.AnswerTooLarge):
        client(server.url, max_body=1_000_000).count("leads")


@pytest.mark.parametrize(
    "answer",
    [
        http(b"x", "Content-Length: 999999999"),
        http(b"%x\r\n" % 3_000_000 + b" " * 3_000_000, "Transfer-Encoding: chunked"),
    ],
    ids=["announced", "chunked"],
)
def test_more_than_we_accept_is_refused(answer):
    with RawServer(sends(answer)) as server, pytest.raises(errors.AnswerTooLarge):
        client(server.url, max_body=1_000_000).count("leads")


@pytest.mark.parametrize(
    ("pieces", "meant"),
    [
        ([], errors.ConnectionDropped),
        ([b"HTTP/1.1 200 OK\r\nContent-"], errors.TruncatedAnswer),
        ([http(b'{"a"', "Content-Length: 100")], errors.TruncatedAnswer),
        (
            [http(b"5\r\nab", "Transfer-Encoding: chunked")],
            errors.TruncatedAnswer,
        ),
        (
            [http(gzip.compress(b"[]")[:-6], "Content-Encoding: gzip")],
            errors.TruncatedAnswer,
        ),
        ([http(b"no gzip", GZIP)], errors.UnreadableAnswer),
        ([http(b"[]", "Content-Encoding: br")], errors.UnreadableAnswer),
        ([b"SSH-2.0-OpenSSH\r\n"], errors.ConnectionDropped),
    ],
)
def test_broken_answers_are_told_apart(pieces, meant):
    with RawServer(sends(*pieces)) as server, pytest.raises(meant) as caught:
        client(server.url).count("leads")
    assert type(caught.value) is meant
    assert caught.value.retryable


@pytest.mark.parametrize("where", ["silent", "head", "body"])
def test_an_answer_that_drips_ends_with_the_time_limit(where):
    """Each byte comes soon enough; the whole would take for ever."""
    drip = {
        "silent": [],
        "head": [b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 10_000,
        "body": [http(b"", "Content-Length: 99999")] + [b" "] * 10_000,
    }[where]

    def script(connection, head):
        if not drip:
            time.sleep(5)
        sends(*drip, pause=0.05)(connection, head)

    with RawServer(script) as server, pytest.raises(errors.TimedOut):
        client(server.url, timeout=0.5).count("leads")


def test_connections_are_kept_alive():
    """A hundred requests on one connection, not a hundred connections."""
    accepted = []

    def script(connection, head):
        accepted.append(connection.fileno())
        data = b""
        connection.sendall(http(json.dumps(FEED).encode()))
        while data or (data := connection.recv(65536)):
            if data.endswith(b"\r\n\r\n"):
                connection.sendall(http(json.dumps(FEED).encode()))
            data = b""

    with RawServer(script) as server:
        crm = client(server.url)
        assert [crm.count("leads") for _ in range(20)] == [3] * 20
        assert len(accepted) == 1


def test_not_more_calls_than_allowed_are_under_way():
    lock, now, most = threading.Lock(), [0], [0]

    def answer(environ):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return 200, FEED, []

    crm = App(answer).client(parallel=3)
    threads = [threading.Thread(target=crm.count, args=("leads",)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 3
    assert crm.request_count == 12


def test_nothing_leaves_a_client_that_was_closed():
    """Threads may still be at work for somebody who does not wait any more."""
    entered, go_on = threading.Event(), threading.Event()

    def answer(environ):
        entered.set()
        go_on.wait(10)
        return 200, FEED, []

    app = App(answer)
    crm = app.client(parallel=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(crm.count, "leads")
        entered.wait(10)
        second = pool.submit(crm.count, "leads")
        crm.close()
        go_on.set()
        assert first.result() == 3
        with pytest.raises(errors.Halted):
            second.result()
    assert len(app.environs) == 1


def test_odd_numbers_of_libraries_are_translated():
    """What is no error of ours becomes one, never leaks."""

    class Broken(WsgiAdapter):
        def send(self, request, **options):
            raise self.app

    for error, meant in (
        (requests.exceptions.SSLError("x"), errors.TlsFailed),
        (requests.exceptions.ReadTimeout("x"), errors.TimedOut),
        (requests.exceptions.ProxyError("x"), errors.Unreachable),
        (OSError("x"), errors.Unreachable),
    ):
        crm = client("http://localhost", adapter=Broken(error))
        with pytest.raises(errors.SDataError) as caught:
            crm.count("leads")
        assert type(caught.value) is meant


def test_proxies_of_the_environment_are_used_but_never_for_this_machine(monkeypatch):
    with RawServer(sends(http(json.dumps(FEED).encode()))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        crm = client("http://93.184.216.34", allow_plain_http=True)
        assert crm.count("leads") == 3
        assert proxy.heads[0].startswith(b"GET http://93.184.216.34/sdata/slx/")
        with pytest.raises(errors.PrivateAddressRefused):
            client("http://10.0.0.1", allow_plain_http=True).count("leads")
        with RawServer(sends(http(json.dumps(FEED).encode()))) as server:
            client(server.url).count("leads")
            assert len(server.heads) == 1
        assert len(proxy.heads) == 1


def test_a_feed_that_cannot_be_ordered_by_key_is_read_by_position():
    """Some feeds reject it; the notice tells that such a read is less sure."""
    rows = [{"$key": f"K{n}"} for n in range(25)]

    def answer(environ):
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        if "orderby" in query:
            said = "could not resolve property: Id of: X"
            return 500, [{"severity": "Error", "message": said}], []
        start = int(query["startIndex"]) - 1
        page = rows[start : start + int(query["count"])]
        return 200, {"$totalResults": 25, "$resources": page}, []

    app = App(answer)
    with app.client().read("views", page_size=10) as pages:
        found = [record.key for page in pages for record in page.records]
    assert found == [row["$key"] for row in rows]
    assert [notice.what for notice in pages.notices] == ["offset"]
    assert pages.complete
    assert len(app.environs) == 4


def test_errors_reach_the_reader_through_the_read_ahead():
    """Pages fetched before the fault are given first."""
    rows = [{"$key": f"K{n:02}"} for n in range(30)]

    def answer(environ):
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        after = query.get("where", "'").split("'")[1]
        left = [row for row in rows if row["$key"] > after]
        if after >= "K19":
            return 503, b"<html>", [("Content-Type", "text/html")]
        page = left[: int(query["count"])]
        return 200, {"$totalResults": len(left), "$resources": page}, []

    for read_ahead in (0, 2):
        with (
            App(answer).client().read("x", page_size=10, read_ahead=read_ahead) as pages
        ):
            assert len(next(pages).records) == 10
            with pytest.raises(errors.ServerUnavailable):
                list(pages)
