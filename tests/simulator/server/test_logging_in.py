"""Who may ask, and what each may see (docs/sdata.md 2 and 9)."""

from __future__ import annotations

import base64

import pytest

SERVICE = "/sdata/slx/system/-/$service/getCurrentUser"
QUIET = {"X-Authorization-Mode": "no-challenge"}


def who(crm, status=200):
    return crm.send("POST", SERVICE, {}, status)["response"]


def test_the_current_user_is_padded_and_shows_the_generation(crm):
    user = who(crm)
    assert user["userId"] == "ADMIN       "
    assert user["userName"] == "admin"
    modern = crm.control.switches()["generation"] == "8"
    assert ("securedActions" in user) == modern


def test_no_credentials_are_challenged(crm):
    crm.session.auth = None
    answer = crm.request("GET", "leads")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_wrong_credentials_get_401_or_403_as_the_client_prefers(login):
    crm = login("admin", "wrong")
    assert crm.request("GET", "leads").status_code == 401
    quiet = crm.request("GET", "leads", headers=QUIET)
    assert quiet.status_code == 403
    assert "WWW-Authenticate" not in quiet.headers
    for form in ("401", "403"):
        crm.control.switches(login_failure=form)
        assert crm.request("GET", "leads", headers=QUIET).status_code == int(form)


def test_x_authorization_serves_where_the_other_header_is_lost(crm):
    crm.session.auth = None
    value = "Basic " + base64.b64encode(b"admin:").decode()
    answer = crm.request("GET", "leads", headers={"X-Authorization": value})
    assert answer.status_code == 200


def test_an_expired_password_is_told_by_a_stack_trace(login):
    answer = login("expired", "secret").get("leads", status=500)
    assert "Sage.SalesLogix.User.Rules.IsValidPassword" in answer[0]["stackTrace"]


def test_a_retired_user_is_refused(login):
    crm = login("retired", "secret")
    assert crm.request("GET", "leads").status_code == 401
    crm.control.switches(retired_login="403")
    assert crm.request("GET", "leads").status_code == 403


def test_a_second_factor_is_demanded(login):
    answer = login("mfa", "secret").request("GET", "leads?format=json")
    assert answer.status_code == 401
    assert answer.json()["mfaRequired"] is True


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_password_may_hold_any_letter(crm, charset):
    crm.control.switches(credentials_charset=charset)
    crm.session.auth = tuple(text.encode(charset) for text in ("jürgen", "geheim-ß"))
    assert crm.request("GET", "leads").status_code == 200
    other = "latin-1" if charset == "utf-8" else "utf-8"
    crm.session.auth = tuple(text.encode(other) for text in ("jürgen", "geheim-ß"))
    assert crm.request("GET", "leads").status_code == 401


def test_a_login_sees_exactly_the_rows_of_its_owners(login):
    everybody, dora = login(), login("dora", "secret")
    seen = {row["$key"] for row in dora.rows("contacts", count=100)}
    stored = dora.control.store(
        "contacts", "SECCODEID IN ('SYST00000001', 'FSIMA0000001')"
    )
    assert seen == {row["CONTACTID"] for row in stored}
    assert 0 < len(seen) < 60
    assert dora.get("contacts", count=1)["$totalResults"] == len(seen)
    hidden = next(
        row["$key"]
        for row in everybody.rows("contacts", count=100)
        if row["$key"] not in seen
    )
    dora.get(f"contacts('{hidden}')", status=404)
    dora.send("PUT", f"contacts('{hidden}')", {"LastName": "x"}, 404)


def test_notes_and_addresses_follow_the_rows_they_belong_to(login):
    dora = login("dora", "secret")
    visible = {row["$key"] for row in dora.rows("leads", count=100)}
    notes = dora.rows("history", where="LeadId ne null", count=100)
    assert {row["LeadId"] for row in notes} <= visible
    dora.control.switches(history_rights="open")
    more = dora.rows("history", where="LeadId ne null", count=100)
    assert len(more) > len(notes)


def test_a_login_without_rights_to_a_kind_is_told_403(login):
    crm = login("noleads", "secret")
    crm.get("leads", status=403)
    assert crm.rows("contacts", count=1)


def test_a_reader_may_not_write(login):
    crm = login("reader", "secret")
    key = crm.rows("leads", count=1)[0]["$key"]
    crm.send("PUT", f"leads('{key}')", {"Company": "x"}, 403)
    crm.send("POST", "contacts", {"LastName": "x"}, 403)


def test_metadata_may_be_refused_while_the_schema_serves(login):
    crm = login("nometa", "secret")
    crm.get("/sdata/slx/metadata/-/entities", status=403)
    assert crm.request("GET", "leads/$schema").status_code == 200
    lee = login("lee", "secret")
    lee.get("/sdata/slx/metadata/-/entities")
    lee.control.switches(metadata="refused", schema="refused")
    lee.get("/sdata/slx/metadata/-/entities", status=403)
    assert lee.request("GET", "leads/$schema").status_code == 403


def test_locked_fields_are_not_written_and_hidden_ones_not_shown(login):
    crm = login()
    crm.control.users(
        lee={"locked_fields": ["Lead.Email"], "hidden_fields": ["Lead.Fax"]}
    )
    lee = login_again(crm, "lee", "secret")
    lead = crm.rows("leads", count=1, where="Email ne null")[0]
    crm.send("PUT", f"leads('{lead['$key']}')", {"Fax": "123"})
    changed = lee.send("PUT", f"leads('{lead['$key']}')", {"Email": "x@y.example"})
    assert (changed["Email"], changed["Fax"]) == (lead["Email"], None)
    if crm.control.switches()["generation"] == "8":
        seen = lee.get(f"leads('{lead['$key']}')", include="$permissions")
        assert {(p["name"], p["access"]) for p in seen["$permissions"]} == {
            ("Email", "ReadOnly"),
            ("Fax", "NoAccess"),
        }


def login_again(crm, user, password):
    return type(crm)(crm.simulator, crm.url, user, password)
