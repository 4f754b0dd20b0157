"""Audit rows in the history (docs/sdata.md 7)."""

from __future__ import annotations

import pytest

AUDIT = "Category eq 'Database Change'"


def audited(crm, more=""):
    where = f"{AUDIT} and {more}" if more else AUDIT
    return crm.rows("history", where=where, count=100)


def test_no_audit_unless_switched(crm):
    crm.send("PUT", "contacts('CSIMA0000001')", {"Status": "Gone"})
    assert audited(crm) == []


def test_a_change_is_told_with_its_old_value(crm):
    crm.control.switches(audit="changes")
    contact = crm.rows("contacts", where="Status eq 'Active'", count=1)[0]
    body = {"Status": "Inactive", "DoNotMail": not contact["DoNotMail"]}
    crm.send("PUT", f"contacts('{contact['$key']}')", body)
    (row,) = audited(crm, "Description like '%Status%'")
    assert (row["Type"], row["Result"]) == ("atDatabaseChange", "Update")
    assert row["Description"] == "Change to Status, DoNotMail"
    notes = row["LongNotes"].split("\r\n")
    assert notes[:2] == ["Status: Inactive", "  Old Value: Active"]
    assert row["ContactId"] == contact["$key"]
    assert row["AccountId"] == contact["Account"]["$key"]
    assert row["CreateUser"].strip() == "ADMIN"


def test_a_save_without_change_is_not_told(crm):
    crm.control.switches(audit="changes")
    lead = crm.rows("leads", count=1)[0]
    crm.send("PUT", f"leads('{lead['$key']}')", {"Company": lead["Company"]})
    assert audited(crm) == []


@pytest.mark.parametrize(("form", "told"), [("changes", 1), ("all", 2)])
def test_a_deletion_is_told_only_where_deletions_are(crm, form, told):
    crm.control.switches(audit=form)
    lead = crm.send("POST", "leads", {"LastName": "A", "Company": "B"}, 201)
    (made,) = audited(crm, "Result eq 'Insert'")
    assert (made["LeadId"], made["LeadName"]) == (lead["$key"], "A")
    crm.send("PUT", f"leads('{lead['$key']}')", {"LastName": "C"})
    other = crm.send("POST", "leads", {"LastName": "D", "Company": "E"}, 201)
    crm.send("DELETE", f"leads('{other['$key']}')", None)
    results = {row["Result"] for row in audited(crm)}
    assert ("Delete" in results) == (told == 2)
    gone = audited(crm, f"LeadId eq '{other['$key']}'")
    assert [row["Result"] for row in gone] == (["Delete"] if told == 2 else [])
