"""Taking URLs apart and putting them together, see docs/sdata.md 1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from .model import Entity

#: A slash inside quotes or parentheses does not part segments.
_SEGMENT = re.compile(
    r"""/((?:[^/('"]|'[^']*'|"[^"]*"|\((?:'[^']*'|"[^"]*"|[^)])*\))*)"""
)
_PAGE_PARAMETERS = re.compile(r"(?i)^(startindex|count)=")


@dataclass(frozen=True)
class Segment:
    """``contacts('C…')``: the name, and the selector with its parentheses or ""."""

    name: str
    selector: str = ""

    def __str__(self) -> str:
        return self.name + self.selector


def segments(path: str) -> list[Segment]:
    """Of a path such as ``/slx/dynamic/-/contacts('C…')/Account``."""
    found = [match[1] for match in _SEGMENT.finditer(path)]
    return [_segment(text) for text in found if text]


def _segment(text: str) -> Segment:
    name, opening, rest = text.partition("(")
    return Segment(name.strip(), opening + rest)


@dataclass(frozen=True)
class Links:
    """URLs below one contract, e.g. ``http://h/sdata/slx/dynamic/-``."""

    base: str

    def kind(self, entity: Entity) -> str:
        return f"{self.base}/{entity.path}"

    def entry(self, entity: Entity, key: str) -> str:
        return f"{self.base}/{entity.path}('{quote(key)}')"

    def related(self, entity: Entity, key: str, name: str) -> str:
        return f"{self.entry(entity, key)}/{name[0].lower()}{name[1:]}"


def page_url(url: str, start: int, count: int) -> str:
    """The same query at another page."""
    path, _mark, query = url.partition("?")
    parts = [
        part for part in query.split("&") if part and not _PAGE_PARAMETERS.match(part)
    ]
    return f"{path}?{'&'.join([*parts, f'startIndex={start}', f'count={count}'])}"
