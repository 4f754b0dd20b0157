"""Does the login see the records of all owners? (docs/sdata.md 9)

Hidden rows simply are not there, so absence proves nothing and only these are
evidence: the administrator sees everything; a login that sees a row of every owner
may read every owner; a team of which it sees no row at all is one whose records it
may well not see. Anything else cannot be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import urls, where
from .errors import SDataError
from .permissions import cannot_tell
from .record import Identity, Record

if TYPE_CHECKING:
    from .client import Client

ADMIN = "ADMIN"
KINDS = ("accounts", "contacts", "leads")
MOST_OWNERS = 200
MOST_SEEN = 20


class Owners:
    def __init__(self, client: Client) -> None:
        self._client = client

    def facts(self, identity: Identity) -> dict[str, Any]:
        """``sees_all`` True, False or None (cannot be told), ``evidence`` (admin,
        rows, teams, none), ``unseen`` names of teams, and the numbers behind."""
        if identity.user_id.upper() == ADMIN:
            return {"sees_all": True, "evidence": "admin", "unseen": []}
        try:
            owners = self._owners()
            seen = self._seen()
        except SDataError as error:
            if not cannot_tell(error):
                raise
            return {"sees_all": None, "evidence": "none", "unseen": []}
        return self._judged(owners, seen)

    def _judged(self, owners: list[Record], seen: set[str]) -> dict[str, Any]:
        unseen = [owner for owner in owners if owner.key not in seen]
        teams = [_name(o) for o in unseen if _type(o) == "team"]
        real = [owner for owner in unseen if _type(owner) != "system"]
        numbers = {"owners": len(owners), "owners_seen": len(seen)}
        if len(seen) >= MOST_SEEN or not owners or len(owners) >= MOST_OWNERS:
            return {"sees_all": None, "evidence": "none", "unseen": [], **numbers}
        if not real:
            return {"sees_all": True, "evidence": "rows", "unseen": [], **numbers}
        if teams:
            verdict = {"sees_all": False, "evidence": "teams", "unseen": teams}
            return {**verdict, **numbers}
        return {"sees_all": None, "evidence": "none", "unseen": [], **numbers}

    def _owners(self) -> list[Record]:
        with self._client.read(
            "owners", page_size=MOST_OWNERS, read_ahead=0, cross_check=False
        ) as pages:
            page = next(pages, None)
        return list(page.records) if page else []

    def _seen(self) -> set[str]:
        """Owners of visible rows: each question leaves out those already met."""
        seen: set[str] = set()
        for kind in KINDS:
            while len(seen) < MOST_SEEN:
                owner = self._another(kind, seen)
                if not owner or owner in seen:
                    break
                seen.add(owner)
        return seen

    def _another(self, kind: str, seen: set[str]) -> str:
        door = self._client.door
        params = [("count", "1"), ("select", "Id,Owner")]
        if seen:
            params.append(("where", f"not ({where.in_('Owner.Id', sorted(seen))})"))
        data = door.json(door.get(urls.kind_path(kind), params, kind=kind))
        rows = data.get("$resources") if isinstance(data, dict) else None
        row = Record(rows[0]) if rows else Record()
        owner = row.get("Owner")
        return Record(owner).key if isinstance(owner, dict) else ""


def _type(owner: Record) -> str:
    """``Team``, or the letter that the column holds."""
    word = str(owner.get("Type") or "").strip().lower()
    return {"g": "team", "s": "system", "u": "user", "d": "department"}.get(word, word)


def _name(owner: Record) -> str:
    return str(owner.get("OwnerDescription") or owner.descriptor or owner.key)
