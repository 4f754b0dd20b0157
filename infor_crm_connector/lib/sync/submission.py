"""What a website form's submission changes in a record that sales has already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .arms import blank, same

SubmissionPolicy = Literal["fill", "overwrite"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field for which form and CRM say different things."""

    field: str
    form: Any
    infor: Any


@dataclass(frozen=True, slots=True)
class SubmissionPlan:
    """``send``: values for the CRM. ``kept``: what the CRM keeps, ``replaced``: what it
    loses; what only was blank is in neither."""

    send: dict[str, Any] = field(default_factory=dict)
    kept: tuple[Difference, ...] = ()
    replaced: tuple[Difference, ...] = ()


def plan_submission(
    form: Mapping[str, Any],
    infor: Mapping[str, Any],
    policy: SubmissionPolicy,
    together: Collection[Collection[str]] = (),
) -> SubmissionPlan:
    """Compare what a visitor typed with what the CRM holds, both in Odoo's terms.

    A blank value says nothing and never erases. ``fill``: only what is blank in the CRM
    is filled. ``together``: fields that make sense only as a whole, an address or a
    name: where one of them differs, its neighbours are not filled either, because half
    of one address and half of another are none.
    """
    said = {name: value for name, value in form.items() if not blank(value)}
    new = {name: v for name, v in said.items() if not same(v, infor.get(name))}
    differing = {name for name in new if not blank(infor.get(name))}
    if policy == "overwrite":
        return SubmissionPlan(new, (), _differences(new, infor, differing))
    held = set(differing)
    for group in together:
        if differing & set(group):
            held |= set(group) & new.keys()
    send = {name: value for name, value in new.items() if name not in held}
    return SubmissionPlan(send, _differences(new, infor, held), ())


def _differences(
    new: Mapping[str, Any], infor: Mapping[str, Any], names: Collection[str]
) -> tuple[Difference, ...]:
    return tuple(Difference(n, new[n], infor.get(n)) for n in new if n in names)
