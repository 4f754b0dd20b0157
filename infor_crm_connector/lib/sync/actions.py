"""What is known of the records of a page, and what is to be done with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from .arms import Rule, blank
from .merging import Merge, Policy


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record of the CRM in Odoo's terms.

    ``address``: normalised, None when there is no usable one. ``values`` by Odoo
    field or property. ``problems``: values left out, in words; ``unread``: their names
    (in ``values`` they are None, which must not pass for a blank).
    """

    key: str
    address: str | None
    values: Mapping[str, Any] = field(default_factory=dict)
    created: datetime | None = None
    modified: datetime | None = None
    opted_out: bool = False
    label: str = ""
    problems: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()

    @property
    def known(self) -> Mapping[str, Any]:
        """The values that were really read."""
        if not self.unread:
            return self.values
        return {n: v for n, v in self.values.items() if n not in self.unread}


@dataclass(frozen=True, slots=True)
class Bound:
    """What is remembered of a record, and the contact it is bound to.

    ``leading``: this binding moves field values. ``fresh``: made by this very run.
    ``made``: the contact exists only because of it. ``member``: it once joined this
    list, so that whoever was removed stays removed. ``odoo``: values of the contact,
    None when it was deleted; ``address``: its normalised one; ``written``: when it
    last changed. ``opted_out``: the CRM's flag at the last agreement; ``blacklisted``:
    Odoo's then or now, or one the CRM has yet to be told of.
    ``lifted``: somebody lifted the opt-out in Odoo. ``rules``: for this record instead
    of the list's (it is in several lists). ``stale``: values before the last pull.
    ``clean``: the contact was not written since the last sync looked at it.
    ``settled``: the address for which consent was last settled.
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
    address: str | None = None
    written: datetime | None = None
    blacklisted: bool = False
    lifted: bool = False
    rules: Mapping[str, Rule] | None = None
    stale: Mapping[str, Any] = field(default_factory=dict)
    clean: bool = True
    settled: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """The contact that holds an address.

    ``bound``: binding of the source we import, if any. ``leader``: id of the binding
    of another kind or connector that moves its values, with ``leader_kind`` and
    ``leader_base``. ``written``: when the contact last changed.
    """

    contact: int | None
    odoo: Mapping[str, Any] = field(default_factory=dict)
    bound: Bound | None = None
    leader: int | None = None
    leader_kind: str = ""
    leader_base: Mapping[str, Any] = field(default_factory=dict)
    pending: str = ""
    written: datetime | None = None

    @property
    def key(self) -> str:
        return self.pending or (self.bound.key if self.bound else "")


@dataclass(frozen=True)
class State:
    """What Odoo knows about the records of one page and about their addresses."""

    bounds: Mapping[str, Bound] = field(default_factory=dict)
    holders: Mapping[str, Holder] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """How a page is planned.

    ``rules``: by Odoo target. ``add``: records that are new to the list join it, and
    those new to Odoo come in. ``update``: values of contacts that are there may change;
    consent works without it. ``skew``: how far the CRM's clock is ahead of Odoo's.
    """

    rules: Mapping[str, Rule] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    add: bool = True
    update: bool = True
    skew: timedelta = timedelta(0)
    allowance: timedelta = timedelta(0)


@dataclass(frozen=True)
class Action:
    """``opt_out``: "" nothing, "impose" whatever was before, "unless_lifted" except
    where somebody lifted it after the record last changed; about the addresses of
    ``silenced``, or the record's own when there are none."""

    record: Incoming
    opt_out: str = ""
    outcome: ClassVar[str] = ""

    @property
    def silenced(self) -> tuple[str, ...]:
        """Normalised addresses that ``opt_out`` is about."""
        return (self.record.address,) if self.record.address else ()


@dataclass(frozen=True)
class Create(Action):
    outcome: ClassVar[str] = "created"


@dataclass(frozen=True)
class Link(Action):
    """Bind to a contact that was there. ``demote``: the binding that led so far.
    ``odoo``: what the contact held."""

    contact: int = 0
    merge: Merge = field(default_factory=Merge)
    leading: bool = True
    demote: int | None = None
    odoo: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "conflict" if _is_conflict(self.merge) else "updated"


@dataclass(frozen=True)
class OfBound(Action):
    """About a record that is bound already."""

    bound: Bound = field(default_factory=lambda: Bound(0, "", 0, None))
    merge: Merge = field(default_factory=Merge)
    #: key of the record whose contact has the address this one moved to
    taken_by: str = ""
    #: addresses the opt-out is about, where they are not the record's
    at: tuple[str, ...] = ()

    @property
    def base(self) -> dict[str, Any]:
        """The values agreed on from now on."""
        merged = {**self.bound.base, **self.merge.agreed}
        return {name: value for name, value in merged.items() if not blank(value)}

    @property
    def opted_out(self) -> bool:
        """The CRM's flag to remember. That it was lifted is noted by who asks a person
        about it (``plan_consent``), never by the way."""
        return self.record.opted_out or self.bound.opted_out

    @property
    def stamps_move(self) -> bool:
        """Whether the binding has to be written at all."""
        return (
            self.base != dict(self.bound.base)
            or self.record.modified != self.bound.modified
            or self.opted_out != self.bound.opted_out
        )

    @property
    def silenced(self) -> tuple[str, ...]:
        own = (self.record.address,) if self.record.address else ()
        return self.at or own


@dataclass(frozen=True)
class Update(OfBound):
    join: bool = False

    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "conflict" if _is_conflict(self.merge) else "updated"


@dataclass(frozen=True)
class Unchanged(OfBound):
    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "conflict" if _is_conflict(self.merge) else "unchanged"


@dataclass(frozen=True)
class TakeOver(OfBound):
    """An older record takes the contact of ``bound`` over, whose record is skipped."""

    @property
    def outcome(self) -> str:  # type: ignore[override]
        return "created" if self.bound.made else "updated"

    @property
    def base(self) -> dict[str, Any]:
        return dict(self.merge.agreed)

    @property
    def opted_out(self) -> bool:
        return self.record.opted_out


@dataclass(frozen=True)
class Skip(Action):
    """``reason``: no_email, same_address (as ``other``), removed (in Odoo) or
    not_wanted (new, and this list takes no new ones). ``contact``: that of the other,
    None while it is only planned."""

    reason: str = ""
    other: str = ""
    contact: int | None = None
    outcome: ClassVar[str] = "skipped"


def _is_conflict(merge: Merge) -> bool:
    """Somebody's value did not make it, or nobody decided."""
    return bool(merge.differs or merge.lost_on("odoo"))
