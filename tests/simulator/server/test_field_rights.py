"""Fields that a login may not see or not change (docs/sdata.md 9)."""

from __future__ import annotations

import pytest

HIDDEN, LOCKED = "Mobile", "Email"
GROUP = "/sdata/slx/system/-/groups('pSIMA0000001')/$queries/execute"


@pytest.fixture
def guarded(login):
    """Sees no Mobile, may not change Email; every lead has both."""
    crm = login("guarded", "secret")
    crm.control.sql("UPDATE LEAD SET MOBILE = '0170', EMAIL = 'a@b.example'")
    return crm


def test_hidden_fields_come_as_null_or_not_at_all(guarded):
    lead = guarded.rows("leads", count=1)[0]
    assert lead[HIDDEN] is None
    guarded.control.switches(hidden_values="absent")
    assert HIDDEN not in guarded.rows("leads", count=1)[0]
    chosen = guarded.rows("leads", count=1, select="Email,Mobile")[0]
    assert (chosen[LOCKED], HIDDEN in chosen) == ("a@b.example", False)
    row = guarded.get(GROUP, count=1)["$resources"][0]
    assert row["MOBILE"] is None


def test_locked_and_hidden_fields_are_ignored_or_refused_in_writes(guarded):
    key = guarded.rows("leads", count=1)[0]["$key"]
    body = {"Email": "new@b.example", "Mobile": "1", "Title": "CEO"}
    changed = guarded.send("PUT", f"leads('{key}')", body)
    assert (changed["Email"], changed["Title"]) == ("a@b.example", "CEO")
    (stored,) = guarded.control.store("leads", f"LEADID = '{key}'")
    assert stored["MOBILE"] == "0170"
    guarded.control.switches(locked_writes="error")
    refused = guarded.send("PUT", f"leads('{key}')", {"Email": "x"}, 500)
    assert "Email" in guarded.message(refused)
    guarded.send("PUT", f"leads('{key}')", {"Title": "CIO"})


def test_permissions_name_the_restricted_fields_since_8_2(guarded):
    def told():
        return guarded.rows("leads", count=1, include="$permissions")[0]

    if guarded.control.switches()["generation"] == "8":
        listed = {p["name"]: p["access"] for p in told()["$permissions"]}
        assert listed == {HIDDEN: "NoAccess", LOCKED: "ReadOnly"}
    guarded.control.switches(permissions=False)
    assert "$permissions" not in told()


def test_others_have_no_restricted_fields(login):
    crm = login("lee", "secret")
    lead = crm.rows("leads", count=1, include="$permissions")[0]
    assert lead.get("$permissions", []) == []
