"""Pictures of website forms: the builder's option, a visitor, what became of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from _walk import Walk

PANEL = ".o-snippets-menu"
EDIT = (
    "/odoo/action-website.website_preview"
    "?website_id=1&path=%2Fcontactus&enable_editor=1"
)
ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1)")
ANSWERS = {
    "name": "Vera Visitor",
    "phone": "+1 555 0100",
    "email_from": "vera.visitor@example.com",
    "company": "Fjord Trading",
    "subject": "Delivery to Oslo",
    "description": "Do you deliver to Oslo, and how long does it take?",
}


def website_forms(walk: Walk) -> None:
    stay_here(walk.page.context)
    switch_on(walk)
    visit(walk)
    look(walk)


def stay_here(context: BrowserContext) -> None:
    """Websites fetch their fonts elsewhere; the pictures need none, nor a network."""
    context.route(ELSEWHERE, lambda route: route.fulfill(status=200, body=""))


def switch_on(walk: Walk) -> None:
    page = walk.page
    page.goto(walk.url + EDIT)
    form = page.frame_locator("iframe").last.locator("section.s_website_form").first
    page.wait_for_selector(f"{PANEL} .o-snippets-tabs")
    form.click()
    row = f"{PANEL} [data-label='Push to Infor CRM']"
    page.locator(f"{row} input[type=checkbox]").check()
    page.locator(f"{PANEL} [data-label='Lead Source'] .o-hb-select-toggle").click()
    page.locator(".o_popover .o-hb-select-dropdown-item").nth(1).click()
    note = page.locator(f"{PANEL} [data-label='Note'] input")
    note.fill("Asked on our website")
    note.press("Enter")
    page.locator(row).scroll_into_view_if_needed()
    walk.picture("form-option")
    page.locator("button[data-action=save]:visible").click()
    page.wait_for_selector("body:not(.o_builder_open)")


def visit(walk: Walk) -> None:
    """As a stranger, in a browser of their own."""
    stranger = walk.page.context.browser.new_context()  # type: ignore[union-attr]
    stay_here(stranger)
    page = stranger.new_page()
    page.goto(f"{walk.url}/contactus", wait_until="networkidle")
    for name, text in ANSWERS.items():
        page.locator(f"form [name={name}]").fill(text)
    page.locator(".s_website_form_send").click()
    page.wait_for_url(re.compile("thank"))
    stranger.close()


def look(walk: Walk) -> None:
    page = walk.page
    for _ in range(60):
        walk.open("/odoo/infor-crm-submissions", ".o_list_view, .o_view_nocontent")
        if page.locator(".o_data_row .badge:has-text('Sent')").count():
            break
        page.wait_for_timeout(2000)
    page.locator(".o_data_row").first.click()
    page.wait_for_selector(".o_field_widget[name=content]")
    walk.picture("form-submission")
