"""A stranger's browser: Chromium without cookies, that tells what it asks for."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator

from playwright.sync_api import BrowserContext, Page, Request, Route, sync_playwright

from _chromium import LAUNCH

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAA"
    "AABJRU5ErkJggg=="
)
OURS = "http://127.0.0.1:"


class Stranger:
    """``asked``: all that the browser sent since the last page was opened. Other
    people's sites are played here: tests do not leave this machine."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.asked: list[Request] = []
        context.route(lambda url: not url.startswith(OURS), self._elsewhere)
        context.on("request", lambda request: self.asked.append(request))

    def open(self, url: str) -> Page:
        self.asked.clear()
        page = self.context.new_page()
        page.goto(url, wait_until="load")
        return page

    def pictures(self, page: Page) -> list[bool]:
        """Of each picture of a page, whether there is something to see."""
        shown: list[bool] = page.locator("img").evaluate_all(
            "all => all.map(one => one.complete && one.naturalWidth > 0)"
        )
        return shown

    def _elsewhere(self, route: Route) -> None:
        if route.request.resource_type == "image":
            route.fulfill(body=PICTURE, content_type="image/png")
        else:
            route.fulfill(body="<p>The shop</p>", content_type="text/html")


@contextlib.contextmanager
def stranger() -> Iterator[Stranger]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        try:
            yield Stranger(browser.new_context())
        finally:
            browser.close()
