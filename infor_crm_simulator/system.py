"""The system contract: services, groups, activities, picklists.

See docs/sdata.md 1.2, 2.4, 8.6, 8.12 and 8.13.
"""

from __future__ import annotations

from collections import ChainMap

from . import dynamic, groups, services, writes
from .catalog import SYSTEM_MODEL
from .context import Context, Contract
from .entities.activity import ACTIVITY
from .entities.group import GROUP
from .http import Answer, refuse
from .model import EntityModel
from .resources import Payload
from .services import Operation
from .urls import Segment

_BEHAVIOUR = {"collation": "CI", "collection_stubs": "url"}
_ACTIVITIES = EntityModel((ACTIVITY,))


def answer(context: Context, path: list[Segment]) -> Answer:
    name = path[0].name.lower() if path else ""
    modern = context.state.switches["generation"] == "8"
    if name == "$service":
        return services.answer(context, OPERATIONS, path[1:])
    if name == GROUP.path:
        return groups.answer(context, path)
    if name == ACTIVITY.path and modern:
        return _activities(context, path)
    if context.request.method not in ("GET", "HEAD"):
        raise refuse(405, f"The method {context.request.method} is not allowed here.")
    if not path:
        return dynamic.kinds(context.on(_contents(context, modern)))
    context = context.on(_picklists(context))
    return dynamic.get(context, dynamic.locate(context, path))


def _picklists(context: Context, model: EntityModel = SYSTEM_MODEL) -> Contract:
    state = context.state
    switches = ChainMap(_BEHAVIOUR, state.switches)
    return Contract("system", model, state.picklist_store, switches, 100)


def _contents(context: Context, modern: bool) -> Contract:
    """All kinds at once, only to be listed."""
    more = (GROUP, ACTIVITY) if modern else (GROUP,)
    return _picklists(context, EntityModel((*more, *SYSTEM_MODEL.entities)))


def _activities(context: Context, path: list[Segment]) -> Answer:
    """The kind of the dynamic contract, spelt as there."""
    state = context.state
    contract = Contract("system", _ACTIVITIES, state.store, state.switches, 100)
    context = context.on(contract)
    target = dynamic.locate(context, path)
    words = [segment.name.lower() for segment in target.rest]
    if words[:1] == ["$service"]:
        return services.of_kind(context, target)
    if words == ["$template"]:
        return writes.template(context, target)
    if words == ["$batch"]:
        return writes.batch(context, target)
    if words:
        raise dynamic.unknown_kind(context)
    if context.request.method in ("GET", "HEAD"):
        return dynamic.get(context, target)
    return writes.answer(context, target)


def current_user(context: Context, request: Payload) -> dict[str, object]:
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
    return response


OPERATIONS = (
    Operation(
        "getCurrentUser",
        {},
        {"userId": None, "userName": None, "prettyName": None, "roles": []},
        current_user,
    ),
)
