"""The metadata contract: entities and their properties, see docs/sdata.md 6.1."""

from __future__ import annotations

from collections import ChainMap

from . import dynamic
from .catalog import META_ENTITY, METADATA_MODEL
from .context import Context, Contract
from .http import Answer, Refusal
from .resources import Entry, Feed
from .urls import Segment

#: Names are case-sensitive here and nothing is char(12).
_BEHAVIOUR = {"collation": "CS", "pad_ids": False, "collection_stubs": "url"}
_PAGE = 10


def answer(context: Context, path: list[Segment]) -> Answer:
    context.rights.check_metadata()
    dynamic.for_reading(context)
    state = context.state
    switches = ChainMap(_BEHAVIOUR, state.switches)
    contract = Contract(
        "metadata", METADATA_MODEL, state.metadata_store(), switches, _PAGE
    )
    context = context.on(contract)
    if not path:
        return dynamic.kinds(context)
    try:
        found = dynamic.get(context, dynamic.locate(context, path))
    except Refusal as refusal:
        if refusal.status == 404 and len(path) > 1:
            # The vendor says: an unknown entity has an empty feed, not an error.
            return Answer(Feed(context.request.url, "Metadata", [], 0, 1, 0))
        raise
    if isinstance(found.content, Feed):
        for entry in found.content.entries:
            _add_path(context, entry)
    elif isinstance(found.content, Entry):
        _add_path(context, found.content)
    return found


def _add_path(context: Context, entry: Entry) -> None:
    """The feed of an entity comes nested: ``{"sdata": {"pathName": "leads"}}``."""
    select = context.select
    if entry.entity is not META_ENTITY or (select and not select.wants("sdata")):
        return
    business = context.state.model.by_name[entry.key]
    if business.has_feed:
        entry.extra["sdata"] = {"pathName": business.path}
