"""Walks through the addon's screens in Chromium and takes the guide's pictures.

usage: _screenshots.py <odoo url> <practice CRM url> <folder>
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, sync_playwright

from _rpc import wait_for_server
from _screenshots_forms import website_forms

BROWSER = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ],
}
WIZARD = ".modal-dialog"
SYNC_WINDOW = ".modal .o_infor_list_setup"
SETUP = "Infor CRM Sync Setup"


class Walk:
    """A person with a camera."""

    def __init__(self, page: Page, url: str, folder: Path) -> None:
        self.page, self.url, self.folder = page, url, folder

    def open(self, path: str, wait_for: str) -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_selector(wait_for)

    def fill(self, field: str, value: str) -> None:
        self.page.locator(f"div[name={field}] input:visible").first.fill(value)

    def click(self, name: str, within: str = ".o_action_manager") -> None:
        self.page.locator(f"{within} button[name={name}]:visible").first.click()

    def call(self, model: str, method: str, args: list[Any]) -> Any:
        """What no screen of ours does: prepare things."""
        answer = self.page.request.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
            data={
                "jsonrpc": "2.0",
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": {},
                },
            },
        )
        return answer.json()["result"]

    def picture(self, name: str) -> None:
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(1200)
        self.page.screenshot(path=self.folder / f"{name}.png")


def log_in(walk: Walk, login: str) -> None:
    walk.open("/web/login", "input[name=login]")
    walk.page.fill("input[name=login]", login)
    walk.page.fill("input[name=password]", login)
    walk.page.click(".oe_login_form button[type=submit]")
    walk.page.wait_for_selector(".o_main_navbar")


def connect(walk: Walk, crm_url: str) -> None:
    walk.open("/odoo/mailing-lists", ".o_control_panel")
    walk.picture("lists-empty")
    walk.open("/odoo/infor-crm/new", ".o_form_view")
    walk.fill("url", crm_url)
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
    walk.picture("connector")


def field_names(walk: Walk) -> None:
    walk.click("action_view_mappings")
    walk.page.wait_for_selector(".o_list_view .o_group_header")
    walk.page.wait_for_selector(".o_notification", state="detached")
    walk.picture("field-names")
    walk.page.locator("button[name=action_optimize]:visible").first.click()
    walk.page.wait_for_selector(".modal .o_list_view")
    walk.picture("optimize")
    walk.page.locator(".modal footer button[special=cancel]:visible").first.click()
    walk.page.wait_for_selector(".modal", state="detached")


def import_leads(walk: Walk, crm_url: str) -> None:
    walk.open("/odoo/mailing-lists", ".o_control_panel")
    walk.page.locator("button[name=action_infor_import]:visible").first.click()
    walk.page.wait_for_selector(WIZARD)
    walk.picture("import-people")
    walk.click("action_next", WIZARD)
    walk.page.wait_for_selector(f"{WIZARD} div[name=column_ids]")
    walk.picture("import-columns")
    pick_columns(walk)
    walk.picture("import-columns-chosen")
    requests.post(f"{crm_url}/simulator/latency", json={"ms": 1500}, timeout=10)
    walk.click("action_finish", WIZARD)
    walk.page.wait_for_selector(WIZARD, state="detached")
    walk.page.get_by_text("records per second").wait_for()
    walk.picture("import-running")
    requests.post(f"{crm_url}/simulator/latency", json={"ms": 0}, timeout=10)


def pick_columns(walk: Walk) -> None:
    walk.page.locator(f"{WIZARD} .o_field_x2many_list_row_add a").click()
    walk.page.wait_for_selector(".o_select_create_dialog_content, .modal .o_list_view")
    walk.page.wait_for_timeout(500)
    walk.picture("import-choose-columns")
    dialog = walk.page.locator(".modal").last
    for name in ("Industry", "CustomerTier"):
        dialog.locator("tr.o_data_row", has_text=name).first.locator("input").check()
    dialog.locator("button.o_select_button").click()
    walk.page.wait_for_timeout(500)


def import_contacts(walk: Walk) -> None:
    walk.open("/odoo/mailing-lists", ".o_control_panel")
    walk.page.locator("button[name=action_infor_import]:visible").first.click()
    walk.page.wait_for_selector(WIZARD)
    walk.page.locator(f"{WIZARD} div[name=kind] input").nth(1).check()
    note = walk.page.get_by_text("This is imported already")
    note.wait_for(state="hidden")
    walk.click("action_next", WIZARD)
    walk.click("action_finish", WIZARD)
    walk.page.wait_for_selector(WIZARD, state="detached")


def finished(walk: Walk) -> None:
    walk.page.wait_for_timeout(20000)
    walk.open("/odoo/mailing-lists", ".o_kanban_record")
    walk.picture("lists")
    walk.page.locator("button.o_switch_view.o_list").click()
    walk.page.wait_for_selector(".o_list_view .o_data_row")
    walk.picture("lists-as-list")
    walk.page.locator(".o_data_row td[name=name]").first.click()
    walk.page.wait_for_selector(".o_form_view")
    walk.picture("list")
    walk.open("/odoo/infor-crm-runs", ".o_list_view .o_data_row")
    walk.picture("runs")
    walk.page.locator(".o_data_row td[name=subject]").first.click()
    walk.page.wait_for_selector(".o_form_view")
    walk.picture("run")


def open_window(walk: Walk, mailing_list: str, entry: str, picture: str = "") -> None:
    """By the menu of a list."""
    walk.open("/odoo/mailing-lists", ".o_kanban_record")
    card = walk.page.locator(".o_kanban_record", has_text=mailing_list).first
    card.hover()
    card.locator(".o_dropdown_kanban button").click()
    walk.page.wait_for_selector(".o-dropdown--kanban-record-menu")
    if picture:
        walk.picture(picture)
    walk.page.get_by_role("menuitem", name=entry).click()
    walk.page.wait_for_selector(SYNC_WINDOW)


def tick(walk: Walk, *fields: str) -> None:
    for field in fields:
        walk.page.locator(f"{SYNC_WINDOW} div[name={field}] input").check()
        walk.page.wait_for_timeout(300)


def set_up_sync(walk: Walk) -> None:
    open_window(walk, "All Infor CRM Leads", SETUP, "sync-menu")
    tick(walk, "push", "push_add", "push_update", "pull", "pull_add", "pull_update")
    walk.page.get_by_text("Select Push-Update Fields").first.click()
    walk.page.wait_for_selector(".o_select_button")
    walk.page.wait_for_timeout(500)
    dialog = walk.page.locator(".modal").last
    for name in ("Address: City", "Work Phone"):
        dialog.locator("tr.o_data_row", has_text=name).first.locator("input").check()
    walk.picture("sync-fields")
    dialog.locator("button.o_select_button").click()
    walk.picture("sync-setup")
    tick(walk, "scheduled")
    walk.page.locator(f"{SYNC_WINDOW} div[name=frequency] input").nth(1).check()
    walk.page.locator(".modal-body").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    walk.picture("sync-schedule")
    walk.click("action_run_now", ".modal")
    walk.page.wait_for_selector("button[name=action_save_and_run]:visible")
    walk.picture("sync-run-now")
    walk.click("action_save_and_run", ".modal")
    walk.page.get_by_text("Synced").first.wait_for()


def change_both_sides(walk: Walk, crm_url: str) -> None:
    """Two leads get another phone number, one in Odoo and one in Infor CRM."""
    records = f"{crm_url}/sdata/slx/dynamic/-/leads"
    found = requests.get(
        records,
        params={"format": "json", "count": 1, "where": "Email like '%@%'"},
        auth=("admin", ""),
        timeout=10,
    ).json()["$resources"][0]
    requests.put(
        f"{records}('{found['$key']}')",
        params={"format": "json"},
        json={"WorkPhone": "+32 2 555 03 04"},
        auth=("admin", ""),
        timeout=10,
    ).raise_for_status()
    walk.open("/odoo/mailing-lists", ".o_kanban_record")
    card = walk.page.locator(".o_kanban_record", has_text="All Infor CRM Leads").first
    card.locator("button[name=action_view_contacts]").first.click()
    walk.page.locator(".o_data_row td[name=email]").nth(3).click()
    walk.page.wait_for_selector(".o_form_view")
    walk.fill("phone", "+32 2 555 01 02")
    walk.page.locator(".o_form_button_save").click()
    walk.page.wait_for_selector(".o_form_saved")


def sync_again(walk: Walk) -> None:
    open_window(walk, "All Infor CRM Leads", SETUP)
    walk.click("action_run_now", ".modal")
    walk.page.get_by_text("1 updated here").first.wait_for()
    walk.picture("sync-lists")
    walk.page.locator(".o_infor_import_label", has_text="Synced").first.click()
    walk.page.wait_for_selector(".o_form_view")
    walk.picture("sync-report")


def push_others(walk: Walk) -> None:
    open_window(walk, "Newsletter", "Push to Infor CRM")
    tick(walk, "push_add")
    walk.picture("push-list")
    walk.click("action_run_now", ".modal")
    walk.page.wait_for_selector(SYNC_WINDOW, state="detached")
    model = walk.call("ir.model", "search", [[["model", "=", "res.partner"]]])[0]
    values = {
        "name": "Customers in Belgium",
        "mailing_model_id": model,
        "mailing_domain": "[('country_id.code', '=', 'BE')]",
    }
    walk.call("mailing.filter", "create", [values])
    path = "/odoo/action-mass_mailing.mailing_filter_action"
    walk.open(path, ".o_list_view .o_data_row")
    walk.picture("push-segments")


def main() -> None:
    url, crm_url, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    wait_for_server(url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**BROWSER)
        page = browser.new_page(viewport={"width": 1360, "height": 800})
        page.set_default_timeout(60_000)
        walk = Walk(page, url, folder)
        try:
            log_in(walk, "admin")
            connect(walk, crm_url)
            field_names(walk)
            import_leads(walk, crm_url)
            import_contacts(walk)
            finished(walk)
            set_up_sync(walk)
            change_both_sides(walk, crm_url)
            sync_again(walk)
            push_others(walk)
            website_forms(walk)
        except Exception:
            page.screenshot(path=folder / "failed.png")
            raise


if __name__ == "__main__":
    main()
