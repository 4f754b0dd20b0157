"""What a plan would do, in numbers: what a fuse compares with its limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .actions import Action, Create
from .arms import ODOO
from .fate import AskConversion, Fate, Gone
from .merging import Merge


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of records on the side that is written. ``changes``: existing records
    with a changed value, ``blanks``: values erased, ``unlinks``: records that leave."""

    creates: int = 0
    changes: int = 0
    blanks: int = 0
    unlinks: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.creates + other.creates,
            self.changes + other.changes,
            self.blanks + other.blanks,
            self.unlinks + other.unlinks,
        )


def counts(plans: Iterable[Action | Merge | Fate], side: str = ODOO) -> Counts:
    """Of what is written on ``side``; actions of a page only ever create in Odoo."""
    total = Counts()
    for plan in plans:
        total += _of(plan, side)
    return total


def _of(plan: Action | Merge | Fate, side: str) -> Counts:
    if isinstance(plan, Create):
        return Counts(creates=int(side == ODOO))
    if isinstance(plan, (Gone, AskConversion)):
        return Counts(unlinks=1)
    merge = plan if isinstance(plan, Merge) else getattr(plan, "merge", None)
    if merge is None:
        return Counts()
    return _of_values(merge.to_odoo if side == ODOO else merge.to_infor)


def _of_values(values: Mapping[str, Any]) -> Counts:
    blanks = sum(value is None for value in values.values())
    return Counts(changes=int(bool(values)), blanks=blanks)
