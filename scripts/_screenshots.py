"""Walks through the addon's screens in Chromium and takes the guide's pictures.

usage: _screenshots.py <odoo url> <database> <practice CRM url> <mail server's port>
                       <folder>
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from _chromium import LAUNCH
from _rpc import Odoo, wait_for_server
from _screenshots_forms import website_forms
from _screenshots_notes import notes
from _screenshots_questions import questions
from _screenshots_sync import lists_in_step, push_others
from _walk import LISTS, Crm, Walk, log_in

WIZARD = ".modal-dialog"


def connect(walk: Walk) -> None:
    walk.open("/odoo/infor-crm/new", ".o_form_view")
    walk.fill("url", walk.crm.url)
    walk.fill("login", "lee")
    walk.fill("password", "a wrong password")
    walk.picture("connector-new")
    walk.click("action_connect")
    walk.page.get_by_text("What to do:").first.wait_for()
    walk.picture("connector-wrong-password")
    walk.fill("login", "admin")
    walk.click("action_blank_password")
    walk.page.locator(".modal button.btn-primary").click()
    walk.page.wait_for_selector(".modal", state="detached")
    walk.click("action_connect")
    walk.page.wait_for_selector("button[name=action_import]:visible")
    walk.fill("web_client_url", f"{walk.crm.url}/SlxClient")
    walk.page.locator(".o_form_button_save").click()
    walk.page.wait_for_selector(".o_form_saved")
    walk.page.wait_for_selector(".o_notification", state="detached")
    walk.picture("connector")


def field_names(walk: Walk) -> None:
    walk.click("action_view_mappings")
    walk.page.wait_for_selector(".o_list_view .o_group_header")
    walk.picture("field-names")
    walk.page.locator("button[name=action_optimize]:visible").first.click()
    walk.page.wait_for_selector(".modal .o_list_view")
    walk.picture("optimize")
    walk.page.locator(".modal footer button[special=cancel]:visible").first.click()
    walk.page.wait_for_selector(".modal", state="detached")


def open_wizard(walk: Walk, kind: int = 0) -> None:
    """``kind``: the how manieth of the choices."""
    walk.open(LISTS, ".o_control_panel")
    walk.page.locator("button[name=action_infor_import]:visible").first.click()
    walk.page.wait_for_selector(f"{WIZARD} div[name=kind] input")
    walk.page.wait_for_timeout(1500)  # nobody clicks into a window that still opens
    if kind:
        choices = walk.page.locator(f"{WIZARD} div[name=kind] input")
        walk.choose(choices.nth(kind))
        note = walk.page.get_by_text("This is imported already")
        note.wait_for(state="hidden")


def finish(walk: Walk) -> None:
    walk.click("action_finish", WIZARD)
    walk.page.wait_for_selector(WIZARD, state="detached")


def import_leads(walk: Walk) -> None:
    open_wizard(walk)
    walk.picture("import-people")
    walk.click("action_next", WIZARD)
    walk.page.wait_for_selector(f"{WIZARD} div[name=column_ids]")
    pick_columns(walk)
    walk.picture("import-columns-chosen")
    walk.crm.control("latency", {"ms": 1500})
    finish(walk)
    walk.page.get_by_text("records per second").wait_for()
    walk.page.wait_for_selector(".o_notification", state="detached")
    walk.picture("import-running")
    walk.crm.control("latency", {"ms": 0})


def pick_columns(walk: Walk) -> None:
    walk.page.locator(f"{WIZARD} .o_field_x2many_list_row_add a").click()
    walk.page.wait_for_selector(".o_select_create_dialog_content, .modal .o_list_view")
    walk.page.wait_for_timeout(500)
    dialog = walk.page.locator(".modal").last
    for name in ("Industry", "Customer Tier"):
        row = dialog.locator("tr.o_data_row", has_text=name).first
        walk.choose(row.locator("input"))
    walk.picture("import-choose-columns")
    dialog.locator("button.o_select_button").click()
    walk.page.wait_for_selector(f"{WIZARD} .o_select_button", state="detached")


def import_contacts(walk: Walk) -> None:
    open_wizard(walk, 1)
    walk.click("action_next", WIZARD)
    finish(walk)


def import_group(walk: Walk, name: str) -> None:
    open_wizard(walk, 2)
    walk.click("action_next", WIZARD)
    walk.page.wait_for_selector(f"{WIZARD} div[name=group_id] input")
    walk.page.locator(f"{WIZARD} div[name=group_id] input").click()
    walk.page.locator(".o-autocomplete--dropdown-item").nth(2).wait_for()
    walk.picture("import-group")
    walk.page.locator(".o-autocomplete--dropdown-item", has_text=name).first.click()
    walk.click("action_next", WIZARD)
    pick_columns_of_group(walk)
    finish(walk)


def pick_columns_of_group(walk: Walk) -> None:
    walk.page.locator(f"{WIZARD} .o_field_x2many_list_row_add a").click()
    dialog = walk.page.locator(".modal").last
    row = dialog.locator("tr.o_data_row", has_text="Customer Tier").first
    walk.choose(row.locator("input"))
    dialog.locator("button.o_select_button").click()
    walk.page.wait_for_selector(f"{WIZARD} .o_select_button", state="detached")


def finished(walk: Walk) -> None:
    walk.until_runs_are_over()
    walk.open(LISTS, ".o_kanban_record")
    walk.picture("lists")
    walk.open("/odoo/infor-crm-runs", ".o_list_view .o_data_row")
    row = walk.page.locator(".o_data_row", has_text="All Infor CRM Contacts").first
    row.locator("td[name=subject]").click()
    walk.page.wait_for_selector(".o_form_view")
    walk.picture("run")


def walk_all(walk: Walk, smtp: int) -> None:
    log_in(walk, "admin")
    connect(walk)
    field_names(walk)
    import_leads(walk)
    import_contacts(walk)
    import_group(walk, "Customers of USA")
    finished(walk)
    lists_in_step(walk)
    push_others(walk)
    questions(walk)
    notes(walk, smtp, "Customers of USA")
    website_forms(walk)


def main() -> None:
    url, database, crm_url, smtp, where = sys.argv[1:]
    folder = Path(where)
    folder.mkdir(parents=True, exist_ok=True)
    wait_for_server(url)
    odoo = Odoo(url, database, "admin", "admin")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        page = browser.new_page(viewport={"width": 1360, "height": 800})
        page.set_default_timeout(60_000)
        try:
            walk_all(Walk(page, odoo, Crm(crm_url), folder), int(smtp))
        except Exception:
            page.screenshot(path=folder / "failed.png")
            raise


if __name__ == "__main__":
    main()
