"""A record created or changed by one call (docs/sdata.md 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import urls
from .door import FORMAT, JSON, Door
from .errors import UnreadableAnswer
from .feeds import record_of
from .record import Record
from .transport import Call


class Writing:
    """``POST`` creates, ``PUT`` changes the properties it is given."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def write(
        self,
        method: str,
        kind: str,
        key: str,
        values: Mapping[str, Any],
        etag: str | None,
        params: urls.Params = (),
    ) -> Record:
        """The record as the server answers it, or nothing but its key where a server
        answers a change with no content. An answer that cannot be read does not say
        that nothing was written: ``maybe_done``."""
        data = self._door.json(self._call(method, kind, key, values, etag, params))
        if key and data is None:
            return Record({"$key": key})
        try:
            return record_of(data, kind, key)
        except UnreadableAnswer as error:
            error.maybe_done = True
            raise

    def _call(
        self,
        method: str,
        kind: str,
        key: str,
        values: Mapping[str, Any],
        etag: str | None,
        params: urls.Params,
    ) -> Call:
        path = urls.kind_path(kind) + (urls.selector(key) if key else "")
        url = urls.with_query(f"{self._door.base_url}/{path}", [*params, FORMAT])
        keyed = {"$key": key} if key else {}
        return Call(
            method,
            url,
            json.dumps({**values, **keyed}).encode(),
            {"Content-Type": JSON, **({"If-Match": etag} if etag else {})},
            kind=kind,
            key=key,
            writes=True,
            harmless=method == "PUT",
        )
