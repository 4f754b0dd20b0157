"""Service operations: ``…/$service/{Operation}``, see docs/sdata.md 1.7, 2.4 and 5.8.

An operation takes ``{"request": {…}}`` and answers ``{"response": {…}}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import dynamic, writes
from .context import Context, dynamic_contract
from .dynamic import Target
from .entities.activity import ACTIVITY
from .entities.history import HISTORY
from .formats import PayloadError
from .http import Answer, refuse
from .negotiate import dates_of
from .resources import Entry, Payload
from .store import columns_of
from .urls import Segment
from .writer import Writer

#: 0001-01-01, which is how .NET writes a date that is not set; in milliseconds.
_NO_MOMENT = -62_135_596_800_000
_SKIPPED = ("ROWVER", "CREATEDATE", "CREATEUSER", "MODIFYDATE", "MODIFYUSER")

Values = dict[str, object]
DATE = object()


@dataclass(frozen=True)
class Operation:
    """`request` and `response` are what the template shows, `DATE` an unset date."""

    name: str
    request: Values
    response: Values
    run: Callable[[Context, Payload], Values]
    aliases: tuple[str, ...] = ()

    def answers_to(self, name: str) -> bool:
        return name.lower() in {one.lower() for one in (self.name, *self.aliases)}


def answer(
    context: Context, operations: tuple[Operation, ...], path: list[Segment]
) -> Answer:
    """`path` begins behind ``$service``."""
    method = context.request.method
    if not path:
        if method not in ("GET", "HEAD"):
            raise writes.not_allowed(context)
        return _list(context, operations)
    name = path[0].name
    operation = next((one for one in operations if one.answers_to(name)), None)
    rest = [segment.name.lower() for segment in path[1:]]
    if operation is None or rest not in ([], ["$template"]):
        raise dynamic.unknown_kind(context)
    if rest:
        if method not in ("GET", "HEAD"):
            raise writes.not_allowed(context)
        return Answer(_template(context, operation))
    if method != "POST":
        raise refuse(405, "A service operation takes POST.")
    request = _read(context) if operation.request else {}
    return Answer(_entry(operation, {"response": operation.run(context, request)}))


def _list(context: Context, operations: tuple[Operation, ...]) -> Answer:
    base = context.request.url.partition("?")[0].rstrip("/")
    entries = [
        Entry(
            key=one.name,
            url=f"{base}/{one.name}",
            descriptor=one.name,
            name="Operation",
            namespace="system",
            values={"name": one.name},
        )
        for one in operations
    ]
    return dynamic.plain_feed(context, "Service operations", entries)


def _template(context: Context, operation: Operation) -> Entry:
    def shown(values: Values) -> Values:
        return {k: _no_date(context) if v is DATE else v for k, v in values.items()}

    members = {
        "$name": operation.name,
        "request": shown(operation.request),
        "response": shown(operation.response),
    }
    return _entry(operation, members)


def _no_date(context: Context) -> str:
    if context.json:
        return dates_of(context.state.switches)(_NO_MOMENT)
    return "0001-01-01T00:00:00+00:00"


def _entry(operation: Operation, members: Values) -> Entry:
    return Entry(descriptor="", name=operation.name, namespace="system", extra=members)


def _read(context: Context) -> Payload:
    """The members of the request; an empty body asks for nothing in particular."""
    if not context.request.body.strip():
        return {}
    found = writes.read_payload(context, ACTIVITY).get("request")
    if found is not None and not isinstance(found, dict):
        raise PayloadError("The request is not an object.")
    return {name.lower(): value for name, value in (found or {}).items()}


# ActivityComplete


def _complete(context: Context, request: Payload) -> Values:
    """History takes the activity's place, or nothing happens at all."""
    entity = request.get("entity")
    key = str(request.get("activityid") or _key_of(entity)).strip()
    context = context.on(dynamic_contract(context.state))
    context.rights.check_kind(HISTORY, write=True)
    dynamic.require(context, Target(ACTIVITY, key=key))
    payload = {
        "Result": request.get("result"),
        "ResultCode": request.get("resultcode"),
        "CompletedDate": request.get("completedate"),
        "CompletedUser": request.get("userid") or context.user.user_id,
    }
    if not _is_set(payload["CompletedDate"]):
        del payload["CompletedDate"]
    writer = Writer(context)
    with context.state.store.transaction():
        row = writer.row(ACTIVITY, key)
        columns = set(columns_of(HISTORY)) - set(_SKIPPED)
        preset = {name: value for name, value in row.items() if name in columns}
        history = writer.create(HISTORY, payload, preset)
        writer.delete(ACTIVITY, key)
    return {"HistoryId": history}


def _key_of(entity: object) -> object:
    return (entity.get("$key") if isinstance(entity, dict) else None) or ""


def _is_set(date: object) -> bool:
    text = str(date or "")
    return bool(text) and not text.startswith(("0001-", f"/Date({_NO_MOMENT}"))


ON_ACTIVITIES = (
    Operation(
        "ActivityComplete",
        {
            "entity": None,
            "ActivityId": None,
            "userId": None,
            "result": None,
            "resultCode": None,
            "completeDate": DATE,
        },
        {"HistoryId": None},
        _complete,
        aliases=("Complete",),
    ),
)


def of_kind(context: Context, target: Target) -> Answer:
    """The operations of a kind; most have none."""
    operations = ON_ACTIVITIES if target.entity.name == "Activity" else ()
    return answer(context, operations, list(target.rest[1:]))
