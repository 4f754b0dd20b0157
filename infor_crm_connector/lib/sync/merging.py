"""Three values of a field: what was last agreed, what Odoo holds, what the CRM holds.

Only the arms that a pull without a conflict rule needs. A value is JSON-like: ``str``
``int`` ``float`` ``bool`` or None; None and "" are blank, ``False`` and 0 are values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """What a field may do. ``pull``, ``push``: allowed by the mapping and picked."""

    pull: bool = True
    push: bool = False
    may_clear: bool = False
    fill_if_empty: bool = False


@dataclass(frozen=True)
class Policy:
    """``conflict``: latest, infor or odoo wins. ``whole_record``: all fields or none."""

    conflict: str = "latest"
    whole_record: bool = False


@dataclass(frozen=True)
class Merge:
    """``changes`` to make in Odoo; ``kept``: fields that both sides hold differently
    and nobody has decided; ``agreed``: values both sides hold once that is done."""

    changes: dict[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    agreed: dict[str, Any] = field(default_factory=dict)


def blank(value: Any) -> bool:
    return value is None or value == ""


def same(one: Any, other: Any) -> bool:
    """Equal, and not merely because Python takes False for 0."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def merge(
    base: Values, odoo: Values, infor: Values, pull_only: Collection[str] = ()
) -> Merge:
    """What the CRM's values change in Odoo.

    >>> merge({"city": "Linz"}, {"city": "Linz"}, {"city": "Graz"}).changes
    {'city': 'Graz'}
    """
    changes: dict[str, Any] = {}
    agreed: dict[str, Any] = {}
    kept: list[str] = []
    for name, new in infor.items():
        if blank(new):
            continue  # blank in the CRM is no opinion
        arm = _arm(name, base, odoo.get(name), new, name in pull_only)
        if arm == "change":
            changes[name] = new
        if arm in ("change", "agree"):
            agreed[name] = new
        elif arm == "conflict":
            kept.append(name)
    return Merge(changes, tuple(kept), agreed)


def _arm(name: str, base: Values, old: Any, new: Any, pull_only: bool) -> str:
    if same(old, new):
        return "agree"  # both hold the same, whatever was before
    if blank(old):
        # cleared in Odoo since the last agreement: not written back
        return "leave" if same(base.get(name), new) else "change"
    if name not in base:
        return "conflict"  # first meeting, both have a value
    if same(base[name], new):
        return "leave"  # edited in Odoo, unchanged in the CRM
    if same(base[name], old) or pull_only:
        return "change"  # changed in the CRM, unchanged in Odoo
    return "conflict"  # changed on both sides
