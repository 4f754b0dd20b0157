"""Consent: an opt-out travels both ways, and no sync ever lifts one.

Two flags, each with the state in which it was last dealt with: Odoo's blacklist and the
CRM's DoNotEmail or DoNotSolicit (one flag here; DoNotEmail is what we set). A flag that
is newly set is imposed on the other side. A flag that somebody lifted raises a question
and leaves the other one alone until that is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CLEAR_DO_NOT_EMAIL = "clear_do_not_email"
LIFT_BLACKLIST = "lift_blacklist"
Question = Literal["", "clear_do_not_email", "lift_blacklist"]
Decision = Literal["lift", "keep", "impose"]


@dataclass(frozen=True, slots=True)
class Flags:
    """True: must not be mailed. ``odoo``: blacklisted, ``infor``: DoNotEmail or
    DoNotSolicit."""

    odoo: bool = False
    infor: bool = False


@dataclass(frozen=True, slots=True)
class ConsentPlan:
    """``base``: the flags to remember once all of this is done; ``meanwhile``: once
    Odoo's part is done but the CRM has not taken ``impose_infor`` yet."""

    impose_odoo: bool = False
    impose_infor: bool = False
    ask: Question = ""
    base: Flags = Flags()
    meanwhile: Flags = Flags()

    @property
    def nothing(self) -> bool:
        return not (self.impose_odoo or self.impose_infor or self.ask)


def plan_consent(
    base: Flags | None,
    now: Flags,
    moved: bool = False,
    left: bool = False,
    may_push: bool = True,
) -> ConsentPlan:
    """What the flags of a person ask for; ``base`` None at the first meeting.

    ``moved``: the person's address changed since, so that its absence from the
    blacklist is no lifting; ``left``: the address before is blacklisted. ``may_push``:
    the connector lets a blacklisting set DoNotEmail; off, it counts as not dealt with,
    and travels when that is switched on.
    """
    known = base or Flags()
    out = now.odoo or (moved and (known.odoo or left))
    set_odoo = out and not known.odoo
    set_infor = now.infor and not known.infor
    settled = Flags(out or set_infor, now.infor or set_odoo)
    impose_infor = settled.infor and not now.infor
    # not yet known to the CRM: to be found again as newly set
    waiting = Flags(False, now.infor) if impose_infor else settled
    return ConsentPlan(
        impose_odoo=settled.odoo and not now.odoo,
        impose_infor=impose_infor and may_push,
        ask=_question(known, settled),
        base=settled if may_push else waiting,
        meanwhile=waiting,
    )


def _question(known: Flags, settled: Flags) -> Question:
    """Asked once, in the moment one side lifts what the other still holds."""
    if known.odoo and not settled.odoo and settled.infor:
        return "clear_do_not_email"
    if known.infor and not settled.infor and settled.odoo:
        return "lift_blacklist"
    return ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person decided, to be performed. ``void``: the flags are no longer those
    the question was about; nothing is done."""

    lift_odoo: bool = False
    lift_infor: bool = False
    impose_odoo: bool = False
    impose_infor: bool = False
    base: Flags = Flags()
    void: bool = False


def decide(question: Question, decision: Decision, now: Flags) -> Resolution:
    """``lift``: neither side holds it any more; ``keep``: both stay as they are;
    ``impose``: set again where it was lifted. A person who opted out again meanwhile
    is not opted in by an old decision.
    """
    standing = {
        CLEAR_DO_NOT_EMAIL: Flags(odoo=False, infor=True),
        LIFT_BLACKLIST: Flags(odoo=True, infor=False),
    }[question]
    if now != standing:
        return Resolution(base=now, void=True)
    if decision == "keep":
        return Resolution(base=now)
    if decision == "lift":
        return Resolution(lift_odoo=now.odoo, lift_infor=now.infor)
    both = Flags(odoo=True, infor=True)
    return Resolution(impose_odoo=now.infor, impose_infor=now.odoo, base=both)
