"""What becomes of each record of a page: exactly one action.

One mailing contact per normalised address. Of several records with one address the
*older* leads, by creation date and then by key order: within a page the records are
taken oldest first; when a later page of the same run brings an older one, it takes the
contact over and the younger one counts as skipped. A lead that an earlier run gave to
a record stays with it: matching is decided once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, ClassVar

from .merging import Merge, blank, merge, same

_NEVER = datetime.max.replace(tzinfo=timezone.utc)
EMAIL, FIRST, LAST = "email", "first_name", "last_name"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record of the CRM in Odoo's terms.

    ``address``: normalised, None when there is no usable one. ``values`` by Odoo
    field or property. ``problems``: values left out, in words.
    """

    key: str
    address: str | None
    values: Mapping[str, Any] = field(default_factory=dict)
    created: datetime | None = None
    modified: datetime | None = None
    opted_out: bool = False
    label: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """What is remembered of a record, and the contact it is bound to.

    ``leading``: this binding moves field values. ``fresh``: made by this very run.
    ``made``: the contact exists only because of it. ``member``: it once joined this
    list, so that whoever was removed stays removed. ``odoo``: values of the contact,
    None when it was deleted.
    """

    binding: int
    key: str
    contact: int
    odoo: Mapping[str, Any] | None
    base: Mapping[str, Any] = field(default_factory=dict)
    leading: bool = True
    fresh: bool = False
    made: bool = False
    member: bool = True
    opted_out: bool = False
    created: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """The contact that holds an address.

    ``bound``: binding of the source we import, if any. ``leader``: id of the binding
    of another kind or connector that moves its values, with ``leader_kind`` and
    ``leader_base``.
    """

    contact: int | None
    odoo: Mapping[str, Any] = field(default_factory=dict)
    bound: Bound | None = None
    leader: int | None = None
    leader_kind: str = ""
    leader_base: Mapping[str, Any] = field(default_factory=dict)
    pending: str = ""

    @property
    def key(self) -> str:
        return self.pending or (self.bound.key if self.bound else "")


@dataclass(frozen=True)
class State:
    """What Odoo knows about the records of one page and about their addresses."""

    bounds: Mapping[str, Bound] = field(default_factory=dict)
    holders: Mapping[str, Holder] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """``opt_out``: "" nothing, "impose" whatever was before, "unless_lifted" except
    where somebody lifted it after the record last changed."""

    record: Incoming
    opt_out: str = ""
    outcome: ClassVar[str] = ""


@dataclass(frozen=True)
class Create(Action):
    outcome: ClassVar[str] = "created"


@dataclass(frozen=True)
class Link(Action):
    """Bind to a contact that was there. ``demote``: the binding that led so far."""

    contact: int = 0
    merge: Merge = field(default_factory=Merge)
    leading: bool = True
    demote: int | None = None

    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "conflict" if self.merge.kept else "updated"


@dataclass(frozen=True)
class _OfBound(Action):
    bound: Bound = field(default_factory=lambda: Bound(0, "", 0, None))
    merge: Merge = field(default_factory=Merge)
    #: key of the record whose contact has the address this one moved to
    taken_by: str = ""

    @property
    def base(self) -> dict[str, Any]:
        return {**self.bound.base, **self.merge.agreed}

    @property
    def stamps_move(self) -> bool:
        """Whether the binding has to be written at all."""
        return (
            self.base != dict(self.bound.base)
            or self.record.modified != self.bound.modified
            or self.record.opted_out != self.bound.opted_out
        )


@dataclass(frozen=True)
class Update(_OfBound):
    join: bool = False

    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "conflict" if self.merge.kept else "updated"


@dataclass(frozen=True)
class Unchanged(_OfBound):
    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "conflict" if self.merge.kept else "unchanged"


@dataclass(frozen=True)
class TakeOver(_OfBound):
    """An older record takes the contact of ``bound`` over, whose record is skipped."""

    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "created" if self.bound.made else "updated"

    @property
    def base(self) -> dict[str, Any]:
        return dict(self.merge.agreed)


@dataclass(frozen=True)
class Skip(Action):
    """``reason``: no_email, same_address (as ``other``) or removed (in Odoo).
    ``contact``: that of the other, None while it is only planned."""

    reason: str = ""
    other: str = ""
    contact: int | None = None
    outcome: ClassVar[str] = "skipped"


def plan_page(
    records: Sequence[Incoming],
    state: State,
    kind: str,
    pull_only: Collection[str] = (),
) -> tuple[Action, ...]:
    """One action per record, in their order.

    ``kind``: lead or contact; a contact's values go before a lead's.
    """
    plan = _Plan(state, kind, pull_only)
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

    def __init__(self, state: State, kind: str, pull_only: Collection[str]) -> None:
        self._holders = dict(state.holders)
        self._kind = kind
        self._pull_only = pull_only

    # --- records that were met before ---------------------------------------------

    def known(self, record: Incoming, bound: Bound) -> Action:
        if bound.odoo is None:
            return Skip(record, self._opt_out_again(record, bound), "removed")
        merged, taken_by = self._merge_known(record, bound, bound.odoo)
        opt_out = self._opt_out_again(record, bound)
        if merged.changes or opt_out or not bound.member:
            join = not bound.member
            return Update(record, opt_out, bound, merged, taken_by, join)
        return Unchanged(record, "", bound, merged, taken_by)

    @staticmethod
    def _opt_out_again(record: Incoming, bound: Bound) -> str:
        """Only a flag that was not there at the last agreement says something new."""
        return "impose" if record.opted_out and not bound.opted_out else ""

    def _merge_known(
        self, record: Incoming, bound: Bound, odoo: Mapping[str, Any]
    ) -> tuple[Merge, str]:
        if not bound.leading:
            return Merge(), ""
        odoo = _with_name(odoo, record.values)
        merged = merge(bound.base, odoo, record.values, self._pull_only)
        if EMAIL in merged.changes:
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
        if not record.address:
            return Skip(record, "", "no_email")
        holder = self._holders.get(record.address)
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
            odoo = _with_name(holder.odoo, record.values)
            merged = merge(base, odoo, record.values, self._pull_only)
            if EMAIL in merged.kept:
                merged = _same_email(merged, record)
        self._holders[address] = replace(holder, pending=record.key)
        demote = holder.leader if leading else None
        return Link(record, _imposed(record), holder.contact, merged, leading, demote)


def _imposed(record: Incoming) -> str:
    return "impose" if record.opted_out else ""


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
    return Merge(changes, (), held)


def _with_name(odoo: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    """A contact with only a full name, which first and last name would replace: to be
    kept unless it is the same."""
    name = odoo.get("name")
    if blank(name) or not blank(odoo.get(FIRST)) or not blank(odoo.get(LAST)):
        return odoo
    parts = (str(new[part]) for part in (FIRST, LAST) if not blank(new.get(part)))
    if " ".join(parts).casefold() == str(name).casefold():
        return odoo
    return {**odoo, FIRST: name, LAST: name}


def _same_email(merged: Merge, record: Incoming) -> Merge:
    """The same address in another spelling is no disagreement."""
    kept = tuple(name for name in merged.kept if name != EMAIL)
    agreed = {**merged.agreed, EMAIL: record.values[EMAIL]}
    return replace(merged, kept=kept, agreed=agreed)


def _without_email(merged: Merge) -> Merge:
    def others(values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if name != EMAIL}

    kept = (*merged.kept, EMAIL)
    return Merge(others(merged.changes), kept, others(merged.agreed))
