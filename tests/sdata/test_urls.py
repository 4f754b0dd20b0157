"""Addresses: what people have, what we send, what we show."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdata import urls

HTTPS = "https://crm.example.com"
HAVE = [
    (f"{HTTPS}", [f"{HTTPS}/sdata/slx"]),
    (f"  {HTTPS}/ ", [f"{HTTPS}/sdata/slx"]),
    ("http://crm:3333", ["http://crm:3333/sdata/slx"]),
    (f"{HTTPS}:443/sdata", [f"{HTTPS}/sdata/slx"]),
    (f"{HTTPS}/sdata/slx", [f"{HTTPS}/sdata/slx"]),
    (f"{HTTPS}/sdata/slx/", [f"{HTTPS}/sdata/slx"]),
    (f"{HTTPS}/SData/slx/dynamic/-/leads?count=1", [f"{HTTPS}/SData/slx"]),
    (f"{HTTPS}/slxclient", [f"{HTTPS}/sdata/slx"]),
    (f"{HTTPS}/SLXClient/Contact.aspx?entityid=C1", [f"{HTTPS}/sdata/slx"]),
    (f"{HTTPS}/T/CRMSData/SData/slx/system/-/", [f"{HTTPS}/T/CRMSData/SData/slx"]),
    (f"{HTTPS}/gateway/slx/dynamic/-/leads", [f"{HTTPS}/gateway/slx"]),
    (f"{HTTPS}/gateway/slx", [f"{HTTPS}/gateway/slx", f"{HTTPS}/sdata/slx"]),
    (f"{HTTPS}/crm", [f"{HTTPS}/sdata/slx", f"{HTTPS}/crm/sdata/slx"]),
    ("crm.example.com", [f"{HTTPS}/sdata/slx", "http://crm.example.com/sdata/slx"]),
    ("crm:3333", ["https://crm:3333/sdata/slx", "http://crm:3333/sdata/slx"]),
    (
        "localhost:8080",
        ["http://localhost:8080/sdata/slx", "https://localhost:8080/sdata/slx"],
    ),
    ("https://lee:hush@crm.example.com", [f"{HTTPS}/sdata/slx"]),
    ("http://[::1]:3333", ["http://[::1]:3333/sdata/slx"]),
]


@pytest.mark.parametrize(("have", "bases"), HAVE)
def test_what_people_have_becomes_a_base(have, bases):
    """Cloud address, server and port, a page of the web client, or the base itself."""
    assert urls.candidates(have) == bases


@pytest.mark.parametrize("have", ["", "https://", "ftp://crm/x", "://"])
def test_what_is_no_address_is_refused(have):
    with pytest.raises(ValueError):  # noqa: PT011
        urls.candidates(have)


def test_queries_are_encoded_as_servers_want_them():
    """Blanks as %20; quotes, @ and slashes as they are; everything else encoded."""
    clause = "Email eq 'a+b@c.d' and Notes like '50% & #1'"
    url = urls.with_query(
        "https://h/x", [("where", clause), ("select", "Address/City")]
    )
    assert url == (
        "https://h/x?where=Email%20eq%20'a%2Bb@c.d'%20and%20Notes%20like%20"
        "'50%25%20%26%20%231'&select=Address/City"
    )


@given(st.text())
def test_any_filter_arrives_as_it_was_written(text):
    text = text.encode("utf-8", "ignore").decode()
    url = urls.with_query("https://h/x", [("where", text)])
    assert unquote(url.split("where=", 1)[1]) == text
    assert not set(url) & set(' "<>#')


def test_keys_and_conditions_in_the_path():
    assert urls.selector("CA2EK0013058") == "('CA2EK0013058')"
    assert urls.selector("a'b/c d") == "('a''b%2Fc%20d')"
    assert urls.predicate("name eq 'Lead Status'") == "(name%20eq%20'Lead%20Status')"


@pytest.mark.parametrize("kind", ["", "leads('x')", "../a", "a/b", "a b", "$batch"])
def test_only_plain_names_are_kinds(kind):
    with pytest.raises(ValueError, match="not a kind"):
        urls.kind_path(kind)


def test_shown_addresses_hold_no_login_and_no_values():
    shown = urls.safe("https://lee:hush@h:8443/sdata/slx/x?where=Email eq 'a'&count=1")
    assert shown == "https://h:8443/sdata/slx/x?where=…&count=…"
    assert urls.safe("https://h:99999/x") == ""


def test_loopback_is_told_by_name_alone():
    """A name server cannot make a stranger's host "this machine"."""
    for host in ("localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9"):
        assert urls.is_loopback_name(host)
    for host in ("localhost.example.com", "10.0.0.1", "crm"):
        assert not urls.is_loopback_name(host)
    assert urls.is_loopback_name("::1")
