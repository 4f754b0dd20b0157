"""Behaviours of the query side that differ between real servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

#: - collation: how text compares and sorts, "CI" (case-insensitive) or "CS";
#: - id_collation: the same for keys, "binary" (upper before lower case) or "CI";
#: - collection_paths: a path through a collection keeps its parents apart
#:   ("exists") or repeats them once per child ("join");
#: - order_joins: ordering by a property of a reference drops the rows without one
#:   ("inner") or keeps them ("left").
DEFAULTS: Mapping[str, str] = {
    "collation": "CI",
    "id_collation": "binary",
    "collection_paths": "exists",
    "order_joins": "inner",
}

SwitchName = Literal["collation", "id_collation", "collection_paths", "order_joins"]


def switch(switches: Mapping[str, object], name: SwitchName) -> str:
    """The value of one switch, its default where it is not set."""
    return cast(str, switches.get(name, DEFAULTS[name]))
