"""A person with a camera: what the parts of the walk for the guide's pictures share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Locator, Page, expect

from _rpc import PATIENCE, Odoo

SYNC_WINDOW = ".modal .o_infor_list_setup"
LISTS = "/odoo/mailing-lists"


class Crm:
    """The practice CRM as its own people and its control paths change it."""

    def __init__(self, url: str) -> None:
        self.url, self.session = url, requests.Session()
        self.session.auth = ("admin", "")

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """``path``: below the dynamic contract."""
        answer = self.session.request(
            method,
            f"{self.url}/sdata/slx/dynamic/-/{path}",
            params={"format": "json", **params},
            json=body,
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def first(self, kind: str, where: str) -> dict[str, Any]:
        return self.ask("GET", kind, count=1, where=where)["$resources"][0]

    def control(self, path: str, body: Any) -> None:
        address = f"{self.url}/simulator/{path}"
        requests.post(address, json=body, timeout=30).raise_for_status()


class Walk:
    """``odoo``: what no screen of ours does, to prepare things."""

    def __init__(self, page: Page, odoo: Odoo, crm: Crm, folder: Path) -> None:
        self.page, self.odoo, self.crm, self.folder = page, odoo, crm, folder
        self.url = odoo.url

    def open(self, path: str, wait_for: str) -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_selector(wait_for)

    def fill(self, field: str, value: str) -> None:
        self.page.locator(f"div[name={field}] input:visible").first.fill(value)

    def click(self, name: str, within: str = ".o_action_manager") -> None:
        self.page.locator(f"{within} button[name={name}]:visible").first.click()

    def choose(self, box: Locator) -> None:
        """A tick or a radio button, which Odoo draws anew before it is set."""
        box.click()
        expect(box).to_be_checked()

    def picture(self, name: str) -> None:
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(1200)
        self.page.screenshot(path=self.folder / f"{name}.png")

    # --- lists and their window ----------------------------------------------------

    def card(self, mailing_list: str) -> Locator:
        self.open(LISTS, ".o_kanban_record")
        return self.page.locator(".o_kanban_record", has_text=mailing_list).first

    def open_window(self, mailing_list: str, entry: str, picture: str = "") -> None:
        """By the menu of a list."""
        self._open_menu(mailing_list)
        if picture:
            self.picture(picture)
        self.page.get_by_role("menuitem", name=entry).click()
        self.page.wait_for_selector(SYNC_WINDOW)

    def _open_menu(self, mailing_list: str) -> None:
        """Its button shows under the mouse only, and cards move while they load."""
        card, menu = self.card(mailing_list), ".o-dropdown--kanban-record-menu"
        for _ in range(10):
            card.hover()
            card.locator(".o_dropdown_kanban button").click()
            self.page.wait_for_timeout(1000)
            if self.page.locator(menu).count():
                return
        raise RuntimeError(f"no menu of {mailing_list}")

    def tick(self, *fields: str) -> None:
        for field in fields:
            self.choose(self.page.locator(f"{SYNC_WINDOW} div[name={field}] input"))

    # --- waiting -------------------------------------------------------------------

    def until_runs_are_over(self) -> None:
        """No run waits or works; one that failed stops the walk."""
        for _ in range(PATIENCE):
            runs = self.odoo("infor.crm.sync.run", "search_read", [], ["state"])
            states = {run["state"] for run in runs}
            if "failed" in states:
                raise RuntimeError("a run failed")
            if states <= {"done", "stopped"}:
                return
            self.page.wait_for_timeout(1000)
        raise RuntimeError("the runs do not end")

    def until(self, model: str, domain: list[Any], count: int = 1) -> None:
        """At least so many records are there."""
        for _ in range(PATIENCE):
            if self.odoo(model, "search_count", domain) >= count:
                return
            self.page.wait_for_timeout(1000)
        raise RuntimeError(f"no {model} {domain}")

    def until_none(self, model: str, domain: list[Any]) -> None:
        for _ in range(PATIENCE):
            if not self.odoo(model, "search_count", domain):
                return
            self.page.wait_for_timeout(1000)
        raise RuntimeError(f"still {model} {domain}")


def log_in(walk: Walk, login: str) -> None:
    walk.open("/web/login", "input[name=login]")
    walk.page.fill("input[name=login]", login)
    walk.page.fill("input[name=password]", login)
    walk.page.click(".oe_login_form button[type=submit]")
    walk.page.wait_for_selector(".o_main_navbar")
