"""What becomes of each record of a page: exactly one action.

One mailing contact per normalised address. Of several records with one address the
*older* leads, by creation date and then by key order: within a page the records are
taken oldest first; when a later page of the same run brings an older one, it takes the
contact over and the younger one counts as skipped. A lead that an earlier run gave to
a record stays with it: matching is decided once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from .actions import (
    Action,
    Bound,
    Create,
    Holder,
    Incoming,
    Link,
    Settings,
    Skip,
    State,
    TakeOver,
    Unchanged,
    Update,
)
from .arms import Rule, blank, same
from .merging import NO_VALUES, Merge, Times
from .people import EMAIL, merge_person

_NEVER = datetime.max.replace(tzinfo=timezone.utc)


def plan_page(
    records: Sequence[Incoming], state: State, kind: str, settings: Settings
) -> tuple[Action, ...]:
    """One action per record, in their order.

    ``kind``: lead or contact; a contact's values go before a lead's.
    """
    plan = _Plan(state, kind, settings)
    actions: dict[str, Action] = {}
    for record in records:
        if record.key in state.bounds:
            actions[record.key] = plan.known(record, state.bounds[record.key])
    for record in _oldest_first(records):
        if record.key not in actions:
            actions[record.key] = plan.new(record)
    if len(actions) != len(records):
        raise ValueError("a key occurs twice in a page")
    return tuple(actions[record.key] for record in records)


def _oldest_first(records: Iterable[Incoming]) -> list[Incoming]:
    return sorted(records, key=lambda record: record.created or _NEVER)


class _Plan:
    """The page so far: who holds which address once the actions are done."""

    def __init__(self, state: State, kind: str, settings: Settings) -> None:
        self._holders = dict(state.holders)
        self._kind = kind
        self._settings = settings
        rules = settings.rules
        self._rules = rules if settings.update else _push_only(rules)

    def _merge(
        self,
        base: Mapping[str, Any],
        odoo: Mapping[str, Any],
        record: Incoming,
        written: datetime | None,
        rules: Mapping[str, Rule] | None = None,
        stale: Mapping[str, Any] = NO_VALUES,
        same_address: bool = True,
    ) -> Merge:
        settings = self._settings
        modified = record.modified and record.modified - settings.skew
        return merge_person(
            base,
            odoo,
            record.known,
            self._rules if rules is None else rules,
            settings.policy,
            Times(written, modified, settings.allowance),
            stale,
            same_address,
        )

    # --- records that were met before ---------------------------------------------

    def known(self, record: Incoming, bound: Bound) -> Action:
        if bound.odoo is None:
            return Skip(record, _opt_out_again(record, bound), "removed")
        join = not bound.member and self._settings.add
        merged, taken_by = self._merge_known(record, bound, bound.odoo, join)
        opt_out, at = _opt_out_of(record, bound, merged, taken_by)
        if merged.to_odoo or opt_out or join:
            return Update(record, opt_out, bound, merged, taken_by, at, join)
        return Unchanged(record, "", bound, merged, taken_by)

    def _merge_known(
        self, record: Incoming, bound: Bound, odoo: Mapping[str, Any], join: bool
    ) -> tuple[Merge, str]:
        rules = bound.rules
        if rules is None and not (bound.member or join):
            rules = {}  # of other lists, which are not known here
        if not bound.leading:
            return Merge(), ""
        same = bound.address is not None and bound.address == record.address
        merged = self._merge(
            bound.base, odoo, record, bound.written, rules, bound.stale, same
        )
        if EMAIL in merged.to_odoo:
            return self._move(record, bound, merged)
        return merged, ""

    def _move(self, record: Incoming, bound: Bound, merged: Merge) -> tuple[Merge, str]:
        """The address changed: fine, unless another contact has the new one."""
        holder = self._holders.get(record.address or "")
        if holder and holder.contact != bound.contact:
            return _without_email(merged), holder.key or str(holder.contact)
        for address, held in list(self._holders.items()):
            if held.contact == bound.contact and address != record.address:
                del self._holders[address]
        if record.address:
            self._holders[record.address] = Holder(bound.contact, bound=bound)
        return merged, ""

    # --- records met for the first time --------------------------------------------

    def new(self, record: Incoming) -> Action:
        holder = self._holders.get(record.address or "")
        if not self._settings.add:
            return _not_wanted(record, holder)
        if not record.address:
            return Skip(record, "", "no_email")
        if holder is None:
            self._holders[record.address] = Holder(None, pending=record.key)
            return Create(record, _imposed(record))
        if not holder.key:
            return self._link(record, record.address, holder)
        if holder.bound and not holder.pending and _takes_over(record, holder.bound):
            self._holders[record.address] = replace(holder, pending=record.key)
            merged = _replacement(holder.bound, record)
            return TakeOver(record, _imposed(record), holder.bound, merged)
        opt_out = "unless_lifted" if record.opted_out else ""
        return Skip(record, opt_out, "same_address", holder.key, holder.contact)

    def _link(self, record: Incoming, address: str, holder: Holder) -> Link:
        assert holder.contact is not None
        leading = holder.leader is None or (
            self._kind == "contact" and holder.leader_kind == "lead"
        )
        merged = Merge()
        if leading:
            base = holder.leader_base
            merged = self._merge(base, holder.odoo, record, holder.written)
        self._holders[address] = replace(holder, pending=record.key)
        demote = holder.leader if leading else None
        return Link(
            record,
            _imposed(record),
            holder.contact,
            merged,
            leading,
            demote,
            holder.odoo,
        )


def _push_only(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    return {name: replace(rule, pull=False) for name, rule in rules.items()}


# --- consent ----------------------------------------------------------------------


def _imposed(record: Incoming) -> str:
    return "impose" if record.opted_out else ""


def _opt_out_again(record: Incoming, bound: Bound) -> str:
    """Only a flag that was not there at the last agreement says something new."""
    return "impose" if record.opted_out and not bound.opted_out else ""


def _opt_out_of(
    record: Incoming, bound: Bound, merged: Merge, taken_by: str
) -> tuple[str, tuple[str, ...]]:
    """(rule, addresses) of a record that was met before."""
    own = record.address if EMAIL in merged.to_odoo else bound.address
    both = tuple(dict.fromkeys(a for a in (record.address, own) if a))
    if again := _opt_out_again(record, bound):
        return again, both
    if taken_by and record.opted_out:
        # the address is another contact's, for whom somebody may have lifted it
        return "unless_lifted", both
    moves = (merged.to_odoo, merged.to_infor, merged.differs)
    silent = record.opted_out or bound.opted_out or bound.blacklisted
    if not silent or bound.lifted or not own or own == bound.settled:
        return "", ()
    if any(EMAIL in part for part in moves):
        # whoever must not be mailed takes that along to a new address on either side
        return "impose", (own,)
    return "", ()


def _not_wanted(record: Incoming, holder: Holder | None) -> Skip:
    """New, and the list takes no new ones. If somebody in Odoo has the address, the
    CRM's opt-out counts all the same."""
    held = holder is not None and holder.contact is not None
    opt_out = "unless_lifted" if record.opted_out and held else ""
    return Skip(record, opt_out, "not_wanted", contact=holder and holder.contact)


# --- values -----------------------------------------------------------------------


def _takes_over(record: Incoming, bound: Bound) -> bool:
    return bound.fresh and (record.created or _NEVER) < (bound.created or _NEVER)


def _replacement(bound: Bound, record: Incoming) -> Merge:
    """The older record's values for those the younger one brought.

    In a contact that only the younger one made, what the older one lacks goes again:
    two people share the mailbox, and their data must not mix. Somebody's edit since
    then stays.
    """
    odoo = bound.odoo or {}
    changes: dict[str, Any] = {}
    for name, new in record.values.items():
        old = odoo.get(name)
        untouched = blank(old) or same(bound.base.get(name), old)
        if untouched and not same(old, new) and (bound.made or not blank(new)):
            changes[name] = new
    agreed = {n: v for n, v in record.values.items() if not blank(v)}
    held = {n: v for n, v in agreed.items() if n in changes or same(odoo.get(n), v)}
    return Merge(to_odoo=changes, agreed=held)


def _without_email(merged: Merge) -> Merge:
    """The address stays as it is on both sides, and that is said."""
    return Merge(
        _other_values(merged.to_odoo),
        _other_values(merged.to_infor),
        _other_values(merged.agreed),
        tuple(lost for lost in merged.lost if lost.field != EMAIL),
        (*_others(merged.differs), EMAIL),
        tuple(one for one in merged.cleared if one.field != EMAIL),
    )


def _others(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name != EMAIL)


def _other_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != EMAIL}
