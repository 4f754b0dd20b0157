"""startIndex, count and the links between pages, see docs/sdata.md 4.1."""

from __future__ import annotations

from dataclasses import dataclass

from .http import refuse
from .resources import Feed
from .urls import page_url


@dataclass(frozen=True)
class Page:
    """A page asked for: `start` is 1-based."""

    start: int
    count: int

    @property
    def offset(self) -> int:
        return self.start - 1

    def link(self, feed: Feed, url: str, total: int) -> Feed:
        """Fills counts and links; `$next` is there only while more follows."""
        feed.url = url
        feed.total_results = total
        feed.start_index = self.start
        feed.items_per_page = self.count
        if self.count <= 0:
            return feed
        feed.first = page_url(url, 1, self.count)
        feed.last = page_url(
            url, max(0, total - 1) // self.count * self.count + 1, self.count
        )
        if self.offset + self.count < total:
            feed.next = page_url(url, self.start + self.count, self.count)
        if self.start > 1:
            feed.previous = page_url(url, max(1, self.start - self.count), self.count)
        return feed


def page(params: dict[str, str], *, default: int, cap: int) -> Page:
    """0 counts as 1; a cap of 0 is none. Refusal 400."""
    start = _number(params, "startindex", 1)
    count = _number(params, "count", default)
    if cap:
        count = min(count, cap)
    return Page(max(1, start), count)


def _number(params: dict[str, str], name: str, default: int) -> int:
    text = params.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit():
        message = f"The value '{text}' of parameter '{name}' is not valid."
        raise refuse(400, message, "BadQueryParameter")
    return min(int(text), 2**31 - 1)
