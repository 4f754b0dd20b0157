"""The system contract: who am I, picklists, see docs/sdata.md 1.2, 2.4 and 8.13."""

from __future__ import annotations

from collections import ChainMap

from . import dynamic, groups
from .catalog import SYSTEM_MODEL
from .context import Context, Contract
from .entities.group import GROUP
from .http import Answer, refuse
from .model import EntityModel
from .resources import Entry
from .urls import Segment

_BEHAVIOUR = {"collation": "CI", "collection_stubs": "url"}
_LISTED = EntityModel((GROUP, *SYSTEM_MODEL.entities))


def answer(context: Context, path: list[Segment]) -> Answer:
    if path and path[0].name.lower() == "$service":
        return _service(context, path[1:])
    if path and path[0].name.lower() == GROUP.path:
        return groups.answer(context, path)
    dynamic.for_reading(context)
    state = context.state
    switches = ChainMap(_BEHAVIOUR, state.switches)
    model = SYSTEM_MODEL if path else _LISTED
    contract = Contract("system", model, state.picklist_store, switches, 100)
    context = context.on(contract)
    if not path:
        return dynamic.kinds(context)
    return dynamic.get(context, dynamic.locate(context, path))


def _service(context: Context, path: list[Segment]) -> Answer:
    name = path[0].name.lower() if path else ""
    if name != "getcurrentuser":
        raise dynamic.unknown_kind(context)
    if context.request.method != "POST":
        raise refuse(405, "A service operation takes POST.")
    return Answer(current_user(context))


def current_user(context: Context) -> Entry:
    """`userId` is padded; `securedActions` came with generation 8."""
    user, switches = context.user, context.state.switches
    user_id = user.user_id.ljust(12) if switches["pad_ids"] else user.user_id
    response: dict[str, object] = {
        "userId": user_id,
        "userName": user.login,
        "prettyName": user.pretty_name,
        "roles": list(user.roles),
    }
    if switches["generation"] == "8":
        response["securedActions"] = user.secured_actions
    return Entry(
        descriptor="",
        name="getCurrentUser",
        namespace="system",
        extra={"response": response},
    )
