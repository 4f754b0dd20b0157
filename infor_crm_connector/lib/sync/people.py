"""The merge of people: two things about them are no plain values.

An address may be spelt in several ways, and a mailing contact may have only a full
name, which a first and a last name of the CRM would replace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .arms import Rule, blank
from .merging import NO_VALUES, Merge, Policy, Times, Values, merge

EMAIL, FIRST, LAST = "email", "first_name", "last_name"


def merge_person(
    base: Values,
    odoo: Values,
    infor: Values,
    rules: Mapping[str, Rule],
    policy: Policy | None = None,
    times: Times | None = None,
    stale: Values = NO_VALUES,
    same_address: bool = False,
) -> Merge:
    """As ``merge``. ``same_address``: both e-mails normalise to the same, so that they
    are no change of each other and each side keeps its spelling."""
    if same_address and not blank(infor.get(EMAIL)):
        odoo = {**odoo, EMAIL: infor[EMAIL]}
    if not _only_full_name(base, odoo, infor):
        return merge(base, odoo, infor, rules, policy, times, stale)
    others = {n: value for n, value in odoo.items() if n not in (FIRST, LAST)}
    merged = merge(base, others, infor, rules, policy, times, stale)
    held = (n for n in (FIRST, LAST) if n in rules and not blank(infor.get(n)))
    return replace(merged, differs=(*merged.differs, *held))


def _only_full_name(base: Values, odoo: Values, infor: Values) -> bool:
    """A name in one piece that was never agreed on, and is not the CRM's."""
    name = odoo.get("name")
    if blank(name) or any(
        not blank(values.get(part)) for values in (odoo, base) for part in (FIRST, LAST)
    ):
        return False
    parts = (str(infor[part]) for part in (FIRST, LAST) if not blank(infor.get(part)))
    return " ".join(parts).casefold() != str(name).casefold()
