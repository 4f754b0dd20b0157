"""What became of a linked record that the login no longer finds.

Nothing of this ever deletes: a record that is gone keeps its link as a tombstone, and
the Odoo record stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .matching import NONE_OF_THEM, Candidate

NOT_FOUND, DELETED = "not_found", "deleted"


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked record. ``gone``: it was noticed as gone before."""

    kind: str
    key: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found out about a record by asking for it by its key.

    ``found``: None when there was no whole answer, which proves nothing.
    ``sees_all``: the login was shown to see all owners, ``deleted_row``: the audit has
    the deletion. ``history``: {lead's key: contact's key or ""} from the CRM's lead
    history, None where that has no feed. ``contacts``: those with the lead's address.
    ``decided``: what a person answered: key of a contact, or NONE_OF_THEM.
    """

    found: bool | None
    sees_all: bool = False
    deleted_row: bool = False
    history: Mapping[str, str] | None = None
    contacts: tuple[Candidate, ...] = ()
    decided: str | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """``pushes``: its Odoo record is still pushed; ``mails``: the person is still
    mailed in lists and segments of the connector."""

    pushes: ClassVar[bool] = True
    mails: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class StillThere(Fate):
    """``relink``: it was gone and is back; values go on from what was last agreed."""

    relink: bool = False


@dataclass(frozen=True, slots=True)
class Gone(Fate):
    """``reason``: not_found (or hidden from the login), deleted only on evidence."""

    reason: str = NOT_FOUND
    pushes: ClassVar[bool] = False
    mails: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Converted(Fate):
    """The lead is this contact now: link, agreed values, opt-out and notes follow.
    ``proof``: history, address or decision."""

    contact_key: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class AskConversion(Fate):
    """Gone until a person says which of the contacts the lead became, if any."""

    candidates: tuple[Candidate, ...] = ()
    reason: str = NOT_FOUND
    pushes: ClassVar[bool] = False
    mails: ClassVar[bool] = False


def plan_fate(linked: Linked, evidence: Evidence) -> Fate:
    if evidence.found is None:
        # an answer that failed or was cut short makes nobody gone, nor brings back
        return Gone() if linked.gone else StillThere()
    if evidence.found:
        return StillThere(relink=linked.gone)
    if linked.kind == "lead":
        became = _conversion(linked, evidence)
        if became is not None:
            return became
    return Gone(_reason(evidence))


def _reason(evidence: Evidence) -> str:
    return DELETED if evidence.deleted_row or evidence.sees_all else NOT_FOUND


def _conversion(linked: Linked, evidence: Evidence) -> Fate | None:
    """History proves; only where it has no feed, a unique address does."""
    if evidence.history is not None:
        contact = evidence.history.get(linked.key)
        return Converted(contact, "history") if contact else None
    contacts = {one.key: one for one in evidence.contacts if one.kind == "contact"}
    if evidence.decided is not None:
        if evidence.decided == NONE_OF_THEM:
            return None
        if evidence.decided in contacts:
            return Converted(evidence.decided, "decision")
    if len(contacts) == 1:
        return Converted(next(iter(contacts)), "address")
    if contacts:
        found = tuple(contacts[key] for key in sorted(contacts))
        return AskConversion(found, _reason(evidence))
    return None
