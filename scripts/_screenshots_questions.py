"""Pictures of what only a person can decide, and of people gone from Infor CRM."""

from __future__ import annotations

from typing import Any

from _screenshots_sync import LEADS, SETUP
from _walk import Walk

ADDRESS = "bo.chan@steel.example"


def questions(walk: Walk) -> None:
    opt_outs_lifted(walk)
    people_gone(walk)
    run(walk, LEADS, SETUP)
    twins_in_the_crm(walk)
    run(walk, "Newsletter", "Push to Infor CRM")
    walk.until("infor.crm.question", [("state", "=", "open")], 3)
    look(walk)
    look_at_the_mailing(walk)


def run(walk: Walk, mailing_list: str, entry: str) -> None:
    walk.open_window(mailing_list, entry)
    walk.click("action_run_now", ".modal")
    walk.page.wait_for_selector(".modal", state="detached")
    walk.until_runs_are_over()


def twins_in_the_crm(walk: Walk) -> None:
    """Two contacts with the address of somebody in another list."""
    connectors = walk.odoo("infor.crm.connector", "search", [])
    walk.odoo("infor.crm.connector", "write", connectors, {"match_rule": "ask"})
    for letter, title, phone in (
        ("S", "Buyer", "+44 113 496 0000"),
        ("B", "Head of Purchasing", "+44 113 496 0155"),
    ):
        where = f"AccountName like '{letter}%'"
        account = walk.crm.first("accounts", where)
        values = {"FirstName": "Bo", "LastName": "Chan", "Email": ADDRESS}
        values |= {"Title": title, "WorkPhone": phone}
        values["Account"] = {"$key": account["$key"]}
        walk.crm.ask("POST", "contacts", values)
    lists = walk.odoo("mailing.list", "search", [("name", "=", "Newsletter")])
    values = {"name": "Bo Chan", "email": ADDRESS, "list_ids": [(4, lists[0])]}
    walk.odoo("mailing.contact", "create", values)


def leads(walk: Walk, *domain: Any) -> list[dict[str, Any]]:
    """Links of leads with their contacts of Odoo, those that fit."""
    found = walk.odoo(
        "mailing.contact",
        "search_read",
        [("list_ids.name", "=", LEADS), ("name", "like", "n "), *domain],
        ["email_normalized"],
        limit=5,
        order="id",
    )
    links = walk.odoo(
        "infor.crm.binding",
        "search_read",
        [
            ("odoo_model", "=", "mailing.contact"),
            ("res_id", "in", [contact["id"] for contact in found]),
            ("kind", "=", "lead"),
        ],
        ["res_id", "key"],
    )
    emails = {contact["id"]: contact["email_normalized"] for contact in found}
    return [{**link, "email": emails[link["res_id"]]} for link in links]


def opt_outs_lifted(walk: Walk) -> None:
    """One in Odoo, one in Infor CRM."""
    here, there = leads(walk, ("is_blacklisted", "=", True))[:2]
    values = {"email": here["email"], "reason": "Asked for the newsletter by phone"}
    wizard = walk.odoo("mail.blacklist.remove", "create", values)
    walk.odoo("mail.blacklist.remove", "action_unblacklist_apply", [wizard])
    flags = {"DoNotEmail": False, "DoNotSolicit": False}
    walk.crm.ask("PUT", f"leads('{there['key']}')", flags)


def people_gone(walk: Walk) -> None:
    """Deleted in Infor CRM; Odoo notices as it wants to tell of a new phone number."""
    for link in leads(walk, ("is_blacklisted", "=", False))[:3]:
        walk.crm.ask("DELETE", f"leads('{link['key']}')")
        values = {"phone": "+1 555 0100"}
        walk.odoo("mailing.contact", "write", [link["res_id"]], values)


def look(walk: Walk) -> None:
    page = walk.page
    walk.open("/odoo/infor-crm-questions", ".o_list_view .o_data_row")
    walk.picture("questions")
    row = page.locator(".o_data_row", has_text="Which record is it?").first
    row.locator("td[name=name]").click()
    page.wait_for_selector(".o_field_widget[name=card_ids] .o_kanban_record")
    walk.picture("question-match")


def look_at_the_mailing(walk: Walk) -> None:
    odoo = walk.odoo
    mailing_list = odoo("mailing.list", "search", [("name", "=", LEADS)])
    model = odoo("ir.model", "search", [("model", "=", "mailing.list")])[0]
    values = {
        "subject": "Winter news",
        "email_from": "news@example.com",
        "reply_to_mode": "new",
        "reply_to": "news@example.com",
        "mailing_model_id": model,
        "contact_list_ids": [(6, 0, mailing_list)],
        "body_arch": "<p>Winter</p>",
        "body_html": "<p>Winter</p>",
    }
    base_url = odoo("ir.config_parameter", "get_param", "web.base.url")
    odoo("ir.config_parameter", "set_param", "web.base.url", "https://odoo.example.com")
    mailing = odoo("mailing.mailing", "create", values)
    walk.open(f"/odoo/email-marketing/{mailing}", ".o_form_view")
    walk.page.wait_for_selector("button[name=action_infor_view_gone]:visible")
    walk.picture("mailing-gone")
    odoo("ir.config_parameter", "set_param", "web.base.url", base_url)
