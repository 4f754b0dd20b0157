"""POST, PUT, DELETE, $template and $batch over HTTP, see docs/sdata.md 5."""

from __future__ import annotations

import re
from dataclasses import replace

from . import dynamic
from .context import Context
from .dynamic import Target
from .formats import PayloadError, atom_format, json_format, template_entry
from .http import Answer, Refusal, refuse
from .model import Entity
from .query import QueryError, parse_predicate_or_key
from .query.selectors import Key
from .reader import Reader, etag
from .resources import Diagnosis, Entry, Feed, Payload, ReferenceStub
from .store import VERSION
from .writer import Writer

_LAST_SELECTOR = re.compile(r"\([^/]*\)$")


def answer(context: Context, target: Target) -> Answer:
    """What a writing method does to a target."""
    method = context.request.method
    context.rights.check_kind(target.entity, write=True)
    if target.reference or target.entity.read_only:
        raise not_allowed(context)
    if method == "POST" and target.key is None:
        return _post(context, target)
    if method == "PUT" and target.key is not None:
        return _put(context, target, read_payload(context, target.entity))
    if method == "DELETE" and target.key is not None:
        return _delete(context, target)
    raise not_allowed(context)


def not_allowed(context: Context) -> Refusal:
    method = context.request.method
    status = int(str(context.state.switches["patch"])) if method == "PATCH" else 405
    refusal = refuse(status, f"The method {method} is not allowed here.")
    refusal.headers["Allow"] = "GET, POST, PUT, DELETE"
    return refusal


def read_payload(context: Context, entity: Entity, *, feed: bool = False) -> Payload:
    """The body, whichever format it comes in; PayloadError."""
    request = context.request
    kind = request.header("content-type").lower()
    if "json" in kind or request.body.lstrip()[:1] in (b"{", b"["):
        parse = json_format.parse_feed if feed else json_format.parse_entry
        return parse(request.body)
    if feed:
        return atom_format.parse_feed(request.body, entity, context.state.model)
    return atom_format.parse_entry(request.body, entity, context.state.model)


def _post(context: Context, target: Target) -> Answer:
    payload = read_payload(context, target.entity)
    entry = _create(context, target, payload)
    headers = {}
    if context.state.switches["location_header"]:
        headers["Location"] = entry.url
    return Answer(entry, 201, headers)


def _create(context: Context, target: Target, payload: Payload) -> Entry:
    preset = {target.parent[0]: target.parent[1]} if target.parent else {}
    with context.state.store.transaction():
        key = Writer(context).create(target.entity, payload, preset)
    return _written(context, target.entity, key, 201)


def _put(
    context: Context, target: Target, payload: Payload, condition: str | None = None
) -> Answer:
    with context.state.store.transaction():
        stale = check_version(context, target, condition)
        if stale is not None:
            return stale
        Writer(context).update(target.entity, target.key or "", payload)
    return Answer(_written(context, target.entity, target.key or "", 200))


def _delete(context: Context, target: Target, condition: str | None = None) -> Answer:
    with context.state.store.transaction():
        stale = check_version(context, target, condition)
        if stale is not None:
            return stale
        Writer(context).delete(target.entity, target.key or "")
    return Answer(None, 200)


def check_version(
    context: Context,
    target: Target,
    condition: str | None,
    *,
    required: bool | None = None,
) -> Answer | None:
    """None when the write may go on; 412 comes with the current entry.

    Where `required` is not told, the switch ``etag_required`` decides.
    """
    if required is None:
        required = bool(context.state.switches["etag_required"])
    dynamic.require(context, target)
    if condition is None:
        condition = context.request.header("if-match")
    wanted = condition.strip().removeprefix("W/").strip('"')
    if not wanted:
        if required:
            raise refuse(412, "The If-Match header is missing.")
        return None
    version = Writer(context).row(target.entity, target.key or "")[VERSION]
    if wanted in ("*", etag(target.key or "", int(str(version)))):
        return None
    entry = dynamic.read_entry(context, target)
    entry.http_status = 412
    return Answer(entry, 412)


def _written(context: Context, entity: Entity, key: str, status: int) -> Entry:
    """The row as it is now; its writer sees it whoever owns it."""
    shape = context.shape(entity)
    query = dynamic.compile_select(
        context.contract.model, entity, parent=(entity.key_column, key)
    )
    reader = context.reader
    everyone = Reader(reader.store, reader.switches, reader.links, None)
    entry = everyone.entries(shape, everyone.rows(query, shape, 1))[0]
    entry.http_status = status
    if status == 201:
        entry.location = entry.url
    return entry


def template(context: Context, target: Target) -> Answer:
    """An entry with what a new record starts with."""
    entity, user = target.entity, context.user
    references = {}
    if entity.owner_column:
        owner = context.state.model.by_name["Owner"]
        url = context.links.entry(owner, user.default_owner)
        references["Owner"] = ReferenceStub(user.default_owner, url)
    if target.parent and target.entity.name == "Contact":
        account = context.state.model.by_name["Account"]
        url = context.links.entry(account, target.parent[1])
        references["Account"] = ReferenceStub(target.parent[1], url)
    url = f"{context.links.kind(entity)}/$template"
    return Answer(template_entry(entity, url, references=references))


def batch(context: Context, target: Target) -> Answer:
    """Items stand for themselves: one that fails leaves the others alone."""
    if context.request.method != "POST":
        raise not_allowed(context)
    if context.state.switches["batch"] == "refused":
        raise refuse(405, "Batches are not supported.")
    context.rights.check_kind(target.entity, write=True)
    payload = read_payload(context, target.entity, feed=True)
    entries = _batch_items(context, target, payload["$resources"])
    feed = Feed(
        context.request.url,
        f"Sage SalesLogix | {target.entity.plural}",
        entries,
        entity=target.entity,
    )
    return Answer(feed)


def _batch_items(context: Context, target: Target, items: list[Payload]) -> list[Entry]:
    """Refusal where the whole batch fails; then nothing is written."""
    state = context.state
    limit = int(str(state.switches["batch_limit"]))
    if limit and len(items) > limit:
        raise refuse(500, f"A batch takes at most {limit} items.")
    failing = state.faults.failing(context.fault, len(items))
    if state.switches["batch_failure"] == "item":
        return [
            _batch_item(context, target, item, number in failing)
            for number, item in enumerate(items)
        ]
    with state.store.transaction():
        entries = []
        for number, item in enumerate(items):
            entry = _batch_item(context, target, item, number in failing)
            if entry.diagnoses:
                raise Refusal(entry.http_status or 500, *entry.diagnoses)
            entries.append(entry)
    return entries


def _batch_item(
    context: Context, target: Target, item: Payload, failing: bool = False
) -> Entry:
    method = str(item.get("$httpMethod") or "PUT").upper()
    try:
        if failing and context.fault is not None:
            raise Refusal(context.fault.status or 500, context.fault.diagnosis())
        entry, status = _batch_write(context, target, item, method)
    except Refusal as refusal:
        entry, status = Entry(diagnoses=refusal.diagnoses), refusal.status
    except (QueryError, PayloadError) as error:
        found = Diagnosis(error.message, error.sdata_code)
        entry, status = Entry(diagnoses=[found]), error.status
    entry.entity = entry.entity or target.entity
    entry.key = entry.key or str(item.get("$key") or "")
    entry.http_method, entry.http_status = method, status
    if entry.diagnoses:
        entry.http_message = entry.diagnoses[0].message
    return entry


def _batch_write(
    context: Context, target: Target, item: Payload, method: str
) -> tuple[Entry, int]:
    if method == "POST":
        return _create(context, target, item), 201
    one = replace(target, key=_batch_key(item))
    condition = str(item.get("$ifMatch") or item.get("$etag") or "")
    if method == "GET":
        return dynamic.read_entry(context, one), 200
    if method == "PUT":
        found = _put(context, one, item, condition)
    elif method == "DELETE":
        found = _delete(context, one, condition)
    else:
        raise refuse(405, f"The method {method} is not allowed in a batch.")
    entry = found.content if isinstance(found.content, Entry) else Entry(key=one.key)
    if found.status == 412:
        entry.diagnoses = [Diagnosis("The resource was changed meanwhile.")]
    return entry, found.status


def _batch_key(item: Payload) -> str:
    """From $key, or from the selector at the end of $url."""
    key = str(item.get("$key") or "").strip()
    if key:
        return key
    if match := _LAST_SELECTOR.search(str(item.get("$url") or "")):
        selector = parse_predicate_or_key(match[0])
        if isinstance(selector, Key):
            return selector.value
    raise PayloadError("An item of the batch has no key.")
