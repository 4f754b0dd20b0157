"""From a path to the handler of its contract, see docs/sdata.md 1.2."""

from __future__ import annotations

from . import dynamic, metadata, services, system, writes
from .context import Context
from .formats import schema
from .http import Answer, Response, refuse
from .model import Entity
from .resources import Entry
from .urls import Segment, segments

_CONTRACTS = {
    "dynamic": "Dynamic feeds of the business entities",
    "system": "Groups, picklists and services",
    "metadata": "Entities and their properties",
}


def answer(context: Context) -> Answer | Response:
    """Refusal, QueryError or PayloadError where there is none."""
    path = segments((context.request.split_path or ("", ""))[1])
    names = [segment.name.lower() for segment in path]
    if len(names) < 2:
        dynamic.for_reading(context)
    if not names:
        return _list(context, "Applications", {"slx": "Infor CRM"}, "")
    if names[0] == "$system":
        return _registry(context)
    if names[0] != "slx":
        raise dynamic.unknown_kind(context)
    if len(names) == 1:
        return _list(context, "Contracts", _CONTRACTS, "/slx")
    if names[1] not in _CONTRACTS:
        raise dynamic.unknown_kind(context)
    if len(names) > 2 and names[2] != "-":
        raise refuse(404, f"Unknown dataset '{path[2].name}'", "DatasetNotFound")
    return _contract(context, names[1], path[3:])


def _contract(context: Context, name: str, path: list[Segment]) -> Answer | Response:
    if name == "metadata":
        return metadata.answer(context, path)
    if name == "system":
        return system.answer(context, path)
    if not path:
        return dynamic.kinds(context)
    if path[0].name.lower() == "$schema":
        dynamic.for_reading(context)
        return _whole_schema(context)
    return _dynamic(context, path)


def _dynamic(context: Context, path: list[Segment]) -> Answer | Response:
    target = dynamic.locate(context, path)
    method = context.request.method
    if target.rest:
        return _keyword(context, target)
    if method in ("GET", "HEAD"):
        return dynamic.get(context, target)
    return writes.answer(context, target)


def _keyword(context: Context, target: dynamic.Target) -> Answer | Response:
    """``$schema``, ``$template``, ``$batch``, ``$service``."""
    word = target.rest[0].name.lower()
    method = context.request.method
    if word == "$batch":
        return writes.batch(context, target)
    if word == "$service":
        return services.of_kind(context, target)
    if method not in ("GET", "HEAD"):
        raise writes.not_allowed(context)
    if word == "$schema":
        return _schema(context, target)
    if word == "$template":
        return writes.template(context, target)
    raise dynamic.unknown_kind(context)


def _schema(context: Context, target: dynamic.Target) -> Response:
    return _schemas(context, [target.entity])


def _whole_schema(context: Context) -> Response:
    """Of every kind at once."""
    model = context.contract.model
    return _schemas(context, [entity for entity in model.entities if entity.has_feed])


def _schemas(context: Context, entities: list[Entity]) -> Response:
    switches = context.state.switches
    if switches["schema"] == "refused":
        raise refuse(403, "You do not have rights to the schema.")
    lengths = bool(switches["schema_lengths"])
    body = schema.render_all(context.contract.model, entities, lengths)
    return Response(200, body, schema.CONTENT_TYPE)


def _registry(context: Context) -> Answer:
    return _list(context, "System", {"registry": "Registry", "slx": "Infor CRM"}, "")


def _list(context: Context, title: str, names: dict[str, str], below: str) -> Answer:
    entries = [
        Entry(
            key=name,
            url=f"{context.base}{below}/{name}",
            descriptor=about,
            name="Endpoint",
            namespace="system",
            values={"name": name},
        )
        for name, about in names.items()
    ]
    return dynamic.plain_feed(context, title, entries)
