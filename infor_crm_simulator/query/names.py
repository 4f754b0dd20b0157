"""The trees behind ``select=`` and ``include=`` (docs/sdata.md 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass
class NameTree:
    """Names wanted at one level; each has its own tree of what is wanted below.

    Names are case-insensitive and keep the spelling of the request. `everything`
    stands for ``*``. A leaf is a name with an empty tree.
    """

    everything: bool = False
    _children: dict[str, tuple[str, NameTree]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.everything or bool(self._children)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._children

    def __iter__(self) -> Iterator[str]:
        return (name for name, _below in self._children.values())

    def wants(self, name: str) -> bool:
        return self.everything or name in self

    def below(self, name: str) -> NameTree:
        """What is wanted below `name`; an empty tree where nothing is."""
        return self._children.get(name.lower(), ("", NameTree()))[1]

    @property
    def nested(self) -> list[str]:
        """Names with something below them."""
        return [name for name, below in self._children.values() if below]

    def add(self, path: list[str]) -> None:
        head, *rest = path
        if head == "*":
            self.everything = True
            return
        _name, below = self._children.setdefault(head.lower(), (head, NameTree()))
        if rest:
            below.add(rest)


def _parse(text: str | None) -> NameTree:
    tree = NameTree()
    for item in (text or "").split(","):
        path = [name.strip() for name in item.split("/") if name.strip()]
        if path:
            tree.add(path)
    return tree


@lru_cache(maxsize=512)
def parse_select(text: str | None) -> NameTree:
    """``Id,Account/AccountName,Address/*``. Empty (false) where nothing is named."""
    return _parse(text)


@lru_cache(maxsize=512)
def parse_include(text: str | None) -> NameTree:
    """``Address,UserInfo,$permissions``: the same notation as `parse_select`."""
    return _parse(text)
