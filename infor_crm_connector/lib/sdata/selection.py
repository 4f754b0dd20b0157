"""Reads with ``select``, and without where a server fails over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import urls
from .door import Door, names_param
from .errors import BadRequest, SDataError, ServerFault
from .transport import Call

# under these a select may be the culprit; others have other causes
SUSPECT = frozenset({200, 400, 500})


class Selection:
    """Some feeds answer 500 to any ``select`` (docs/sdata.md 4.5), some to unknown
    names in it. What the paths asked for is then included whole, and the kind is
    remembered."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._refused: set[str] = set()

    def read(
        self,
        kind: str,
        key: str,
        path: str,
        params: urls.Params,
        select: Sequence[str],
        include: Sequence[str],
    ) -> Any:
        """The JSON document at a path below the base."""

        def call(names: Sequence[str]) -> Call:
            wanted = include if names or not select else _including(include, select)
            options = [
                *params,
                *names_param("select", names),
                *names_param("include", wanted),
            ]
            return self._door.get(path, options, kind=kind, key=key)

        if not select or kind in self._refused:
            return self._door.json(call(()))
        try:
            # a passing fault is gone at the second try
            return self._door.json(call(select), attempts=2, only_for=SUSPECT)
        except (ServerFault, BadRequest) as error:
            if error.status not in SUSPECT:
                raise
            refusal = error
        return self._without(kind, call(()), call(select), refusal)

    def _without(self, kind: str, bare: Call, full: Call, refusal: SDataError) -> Any:
        try:
            data = self._door.json(bare, attempts=1)
        except (ServerFault, BadRequest):
            if not refusal.retryable:
                raise refusal.again() from None
            return self._door.json(full, attempts=2)
        self._refused.add(kind)
        return data


def _including(include: Sequence[str], select: Sequence[str]) -> list[str]:
    """References that the paths of ``select`` would have brought."""
    owners = [path.rsplit("/", 1)[0] for path in select if "/" in path]
    return list(dict.fromkeys([*include, *owners]))
