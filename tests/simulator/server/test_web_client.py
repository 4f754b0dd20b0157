"""The few pages for people who look into the practice CRM with a browser."""

from __future__ import annotations


def page(crm, path, status=200):
    answer = crm.request("GET", f"/SlxClient/{path}")
    assert answer.status_code == status
    return answer.text


def test_a_record_with_its_notes_whose_links_can_be_followed(crm):
    lead = crm.rows("leads", count=1)[0]
    note = {
        "Type": "atNote",
        "LeadId": lead["$key"],
        "Description": "Summer <news>",
        "LongNotes": "See https://odoo.example.com/p/abc?x=1&y=2\nand more",
    }
    crm.send("POST", "history", note, status=201)
    shown = page(crm, f"Lead.aspx?entityid={lead['$key']}")
    assert lead["LastName"] in shown
    assert "Summer &lt;news&gt;" in shown
    assert 'href="https://odoo.example.com/p/abc?x=1&amp;y=2"' in shown
    assert lead["$key"] in page(crm, ""), "and on the first page"


def test_people_are_found_by_name_or_address(crm):
    lead = crm.rows("leads", count=1, where="Email like '%@%'")[0]
    assert lead["$key"] in page(crm, f"?q={lead['Email'].upper()}")
    assert "Nothing yet" in page(crm, "?q=nobody-of-this-name")


def test_what_is_not_there_is_said(crm):
    assert "There is no contact" in page(crm, "Contact.aspx?entityid=C1", 404)
    assert "no such page" in page(crm, "Ticket.aspx", 404)
