"""Picklists of the practice CRM, see docs/sdata.md 8.13."""

from __future__ import annotations

from dataclasses import dataclass, field

from .seed import fixed


@dataclass(frozen=True)
class Item:
    """`number` is the item's place as the administrator ordered it."""

    id: str
    text: str
    code: str
    number: int


@dataclass(frozen=True)
class Picklist:
    key: str
    name: str
    items: tuple[Item, ...]
    allow_multiples: bool = False
    must_exist: bool = False


@dataclass
class Picklists:
    by_name: dict[str, Picklist] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, (name, texts) in enumerate(sorted(fixed.PICKLISTS.items()), 1):
            self.by_name[name] = _picklist(number, name, texts)

    def all(self) -> list[Picklist]:
        return list(self.by_name.values())

    def by_key(self, key: str) -> Picklist | None:
        return next((one for one in self.all() if one.key == key), None)


def _picklist(number: int, name: str, texts: tuple) -> Picklist:
    items = []
    for place, text in enumerate(texts, start=1):
        word, code = (text, "") if isinstance(text, str) else text
        item_key = f"kSYST{number * 100 + place + 10_000:07}"
        items.append(Item(item_key, word, code, place))
    return Picklist(
        f"kSYST{number:07}",
        name,
        tuple(items),
        allow_multiples=name == "Newsletter Topics",
        must_exist=name in ("Account Type", "Account Status", "Lead Status"),
    )
