"""Secrets have no printable form."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback

import pytest
import requests

from lines import NO_WAIT, WsgiAdapter
from sdata import Client, Credentials, errors, where
from sdata.masking import MaskingFilter, Secret, masked

PASSWORD = "S3hr-geheim"
TOKEN = base64.b64encode(f"lee:{PASSWORD}".encode()).decode()


def test_credentials_and_secrets_do_not_print():
    credentials = Credentials("lee", PASSWORD)
    for shown in (repr(credentials), str(credentials), f"{credentials}"):
        assert PASSWORD not in shown
    assert repr({"Authorization": credentials.basic}) == "{'Authorization': ***}"
    assert credentials.basic == f"Basic {TOKEN}"
    assert pickle.loads(pickle.dumps(Secret("x"))) == "x"


def test_a_blank_password_is_legal():
    assert (
        Credentials("admin", None).basic
        == Credentials("admin").basic
        == ("Basic " + base64.b64encode(b"admin:").decode())
    )


def test_letters_beyond_ascii_go_in_the_charset_asked_for():
    credentials = Credentials("jürgen", "ß")
    assert base64.b64decode(credentials.basic[6:]) == "jürgen:ß".encode()
    old = credentials.recoded("latin-1").basic[6:]
    assert base64.b64decode(old) == "jürgen:ß".encode("latin-1")
    assert not credentials.is_ascii


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Basic {TOKEN}",
        f"send: b'GET / HTTP/1.1\\r\\nX-Authorization: Basic {TOKEN}\\r\\nHost: h'",
        f"{{'authorization': 'Basic {TOKEN}', 'Accept': '*/*'}}",
        f"header Bearer {TOKEN}",
        f"Cookie: a=b; .SLXAUTH={TOKEN}",
        f"\"GET /sdata/slx/dynamic/-/leads?where=Email%20eq%20'{TOKEN}' HTTP/1.1\" 200",
        f"https://h/sdata/slx/dynamic/-/leads?where=x%20eq%20'{TOKEN}'&count=1",
    ],
)
def test_headers_and_query_values_are_masked_in_any_text(text):
    assert TOKEN not in masked(text)


def test_other_text_stays_as_it_is():
    for text in ("Basic set of 12 fields", "GET /web?debug=1 HTTP/1.1", "done: 100 %"):
        assert masked(text) == text


def test_the_filter_masks_arguments_too():
    record = logging.LogRecord(
        "x", 10, "f", 1, "headers %s", ({"Authorization": f"Basic {TOKEN}"},), None
    )
    MaskingFilter().filter(record)
    assert TOKEN not in record.getMessage()


def test_a_failing_format_does_not_stop_the_log():
    assert MaskingFilter().filter(
        logging.LogRecord("x", 10, "f", 1, "%d", ("a",), None)
    )


def app(environ, start_response):
    start_response("500 Oops", [("Content-Type", "text/html")])
    return [b"<html>no</html>"]


def test_nothing_logged_or_raised_holds_password_or_query(caplog):
    """At debug level, of all libraries, with the locals of every frame."""
    caplog.set_level(logging.DEBUG)
    client = Client(
        "http://localhost", Credentials("lee", PASSWORD),
        adapter=WsgiAdapter(app), retry=NO_WAIT,
    )  # fmt: skip
    with pytest.raises(errors.ServerFault) as caught:
        client.count("leads", where.eq("Email", "ada@example.com"))
    told = "".join(
        traceback.TracebackException.from_exception(
            caught.value, capture_locals=True
        ).format()
    )
    ours = told.split("nothing_logged", 1)[-1]
    for text in (ours, caplog.text, str(caught.value), repr(caught.value.facts)):
        assert TOKEN not in text
    assert "ada@example.com" not in caplog.text + str(caught.value.facts)
    assert "GET http://localhost/sdata/slx/dynamic/-/leads?select=…" in caplog.text


def test_errors_of_the_libraries_are_not_chained():
    """They hold the request with its headers, and query values in their texts."""

    class Broken(WsgiAdapter):
        def send(self, request, **options):
            raise requests.ConnectionError("https://h/?where=secret", request=request)

    client = Client(
        "http://localhost", Credentials("lee", PASSWORD),
        adapter=Broken(app), retry=NO_WAIT,
    )  # fmt: skip
    with pytest.raises(errors.Unreachable) as caught:
        client.count("leads")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "secret" not in str(caught.value.facts)
