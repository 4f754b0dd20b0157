"""Which record of the CRM a person of Odoo is, when several have the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal

MatchRule = Literal["recent", "oldest", "ask"]
#: a remembered decision: none of them, this is somebody new
NONE_OF_THEM = ""

_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record with the address; what a card of the question shows of it."""

    kind: str
    key: str
    address: str = ""
    modified: datetime | None = None
    created: datetime | None = None
    name: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The record to link with, or those to ask a person about, or neither: nobody in
    the CRM is this person."""

    candidate: Candidate | None = None
    ask: tuple[Candidate, ...] = ()


def choose(
    candidates: Iterable[Candidate], rule: MatchRule, decided: str | None = None
) -> Match:
    """One of the candidates of an address: contacts before leads, then by rule.

    ``decided``: key a person chose before, or NONE_OF_THEM; forgotten when that record
    is no longer among them. What ties is decided by key, so that every run, lane and
    server comes to the same.
    """
    known = {(one.kind, one.key): one for one in candidates}
    found = sorted(known.values(), key=lambda one: (one.kind, one.key))
    if decided == NONE_OF_THEM:
        return Match()
    for one in found:
        if one.key == decided:
            return Match(one)
    found = [one for one in found if one.kind == "contact"] or found
    if len(found) < 2:
        return Match(found[0] if found else None)
    if rule == "ask":
        return Match(ask=tuple(found))
    return Match(_first(found, rule))


def _first(found: list[Candidate], rule: MatchRule) -> Candidate:
    # min() and max() keep the first of equals, which has the lowest key
    if rule == "oldest":
        return min(found, key=lambda one: one.created or _NEVER)
    return max(found, key=lambda one: one.modified or _LONG_AGO)
