"""Walks through the addon's screens in Chromium and takes the guide's pictures.

usage: _screenshots.py <odoo url> <practice CRM url> <folder>
"""

from __future__ import annotations

import sys
from pathlib import Path

import requests
from playwright.sync_api import Page, sync_playwright

from _rpc import wait_for_server

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
    walk.page.locator(".o_data_row td[name=display_name]").first.click()
    walk.page.wait_for_selector(".o_form_view")
    walk.picture("run")


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
            import_leads(walk, crm_url)
            import_contacts(walk)
            finished(walk)
        except Exception:
            page.screenshot(path=folder / "failed.png")
            raise


if __name__ == "__main__":
    main()
