"""Pictures of notes: the option, the note in the CRM, the page behind its link."""

from __future__ import annotations

import re

from _demo import add_mail_server, add_mailing
from _walk import Walk

BASE_URL = "https://odoo.example.com"


def notes(walk: Walk, smtp: int, mailing_list: str) -> None:
    odoo = walk.odoo
    add_mail_server(odoo, smtp)
    # links as people will see them
    odoo("ir.config_parameter", "set_param", "web.base.url", BASE_URL)
    odoo("ir.config_parameter", "set_param", "web.base.url.freeze", "True")
    [sync] = odoo(
        "infor.crm.list.sync",
        "search_read",
        [("list_id.name", "=", mailing_list)],
        ["list_id", "kind"],
    )
    user = odoo("res.users", "search", [("login", "=", "admin")])[0]
    mailing = add_mailing(odoo, user, sync)
    send(walk, mailing)
    in_the_crm(walk, mailing)
    outbox(walk)


def send(walk: Walk, mailing: int) -> None:
    page = walk.page
    walk.open(f"/odoo/email-marketing/{mailing}", ".o_form_view")
    page.wait_for_selector(".o_field_widget[name=infor_note] input:checked")
    page.wait_for_timeout(3000)
    walk.picture("note-option")
    # the practice CRM refuses one note, so that the outbox has something to show
    refusal = {"status": 400, "message": "The history is locked by the period closing."}
    match = {"match": "history", "method": "POST", "skip": 3, "count": 1}
    walk.crm.control("faults", {"fault": "status", **match, **refusal})
    walk.click("action_launch")
    page.locator(".modal footer .btn-primary").click()
    domain = [("mailing_id", "=", mailing), ("type", "=", "note")]
    walk.until("infor.crm.outbox", [*domain, ("state", "=", "done")], 20)
    walk.until("mailing.mailing", [("id", "=", mailing), ("state", "=", "done")])
    walk.until_none("mailing.trace", [("trace_status", "=", "outgoing")])
    walk.open(f"/odoo/email-marketing/{mailing}", ".o_form_view")
    page.wait_for_selector("button[name=action_view_infor_notes]:visible")
    walk.picture("note-sent")


def in_the_crm(walk: Walk, mailing: int) -> None:
    """As sales people see it: the person's page, and what the link leads to."""
    page = walk.page
    domain = [("mailing_id", "=", mailing), ("type", "=", "note")]
    [row, *_more] = walk.odoo(
        "infor.crm.outbox",
        "search_read",
        [*domain, ("state", "=", "done"), ("address", "like", "smith")],
        ["kind", "key"],
    )
    path = f"{row['kind'].capitalize()}.aspx?entityid={row['key']}"
    page.goto(f"{walk.crm.url}/SlxClient/{path}")
    walk.picture("note-in-crm")
    link = page.locator("a[href*='/infor_crm/preview/']").first.get_attribute("href")
    page.goto(re.sub("^https://[^/]+", walk.url, link or ""))
    walk.picture("note-preview")


def outbox(walk: Walk) -> None:
    page = walk.page
    walk.until("infor.crm.outbox", [("state", "=", "parked")])
    walk.until_none("infor.crm.outbox", [("state", "in", ("waiting", "sending"))])
    walk.open("/odoo/infor-crm-outbox", ".o_list_view .o_data_row")
    walk.picture("outbox")
    page.locator(".o_data_row", has_text="Needs attention").first.click()
    page.wait_for_selector(".o_form_view")
    walk.picture("outbox-form")
    walk.open("/odoo/infor-crm-previews", ".o_list_view .o_data_row")
    walk.picture("previews")
