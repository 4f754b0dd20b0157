"""Groups over HTTP: the system contract's ``groups``, see docs/sdata.md 8.12."""

from __future__ import annotations

from collections.abc import Iterable

from . import dynamic, writes
from .context import Context, Contract
from .dynamic import Target
from .entities.group import GROUP, MEMBERS
from .formats import PayloadError
from .group_layouts import layout
from .group_rows import Group, execute, family_of
from .http import Answer, refuse
from .model import Entity, EntityModel
from .query.paths import Condition
from .resources import Entry, Feed, Payload
from .rights import Rights
from .seed.keys import EVERYONE
from .urls import Segment
from .writer import Writer

MODEL = EntityModel((GROUP,))
_CHUNK = 500


class GroupRights(Rights):
    """Own groups, and those released to an owner one belongs to."""

    def rows(self, entity: Entity) -> Condition | None:
        if entity is not GROUP:
            return super().rows(entity)
        if self.user.is_admin:
            return None
        if self.user.owners is None:
            sql = "{t}.USERID = ? OR {t}.RELEASEDTO IS NOT NULL"
            return sql, (self.user.user_id,)
        owners = (EVERYONE, *self.user.owners)
        marks = ", ".join("?" * len(owners))
        sql = f"{{t}}.USERID = ? OR {{t}}.RELEASEDTO IN ({marks})"
        return sql, (self.user.user_id, *owners)


def contract(context: Context) -> Contract:
    state = context.state
    return Contract("system", MODEL, state.store, state.switches, 100, GroupRights)


def answer(context: Context, path: list[Segment]) -> Answer:
    context = context.on(contract(context))
    target = dynamic.locate(context, path)
    method = context.request.method
    if target.rest:
        return _keyword(context, target)
    if method in ("GET", "HEAD"):
        return _with_extras(context, dynamic.get(context, target))
    context.rights.check_kind(GROUP, write=True)
    if method == "POST" and target.key is None:
        return _create(context)
    if method == "PUT" and target.key is not None:
        return _update(context, target)
    if method == "DELETE" and target.key is not None:
        return _delete(context, target)
    raise writes.not_allowed(context)


# Reading


def _with_extras(context: Context, found: Answer) -> Answer:
    """Members and layouts for those who ask for them."""
    content = found.content
    if isinstance(content, Feed):
        _add_extras(context, content.entries)
    elif isinstance(content, Entry):
        _add_extras(context, [content])
    return found


def _add_extras(context: Context, entries: list[Entry]) -> None:
    if _asked(context, "adHocIds"):
        found = _ids_of(context, [entry.key for entry in entries])
        for entry in entries:
            entry.extra["adHocIds"] = found.get(entry.key, [])
    for name in ("layout", "tableAliases"):
        if _asked(context, name):
            for entry in entries:
                entry.extra[name] = _describe(context, entry.key, name)


def _asked(context: Context, name: str) -> bool:
    return name in context.include or name in context.select


def _describe(context: Context, key: str, name: str) -> list[dict[str, object]]:
    entity = family_of(context, _stored(context, key).family)
    if name == "tableAliases":
        return [{"alias": "A1", "table": entity.table}]
    return list(layout(entity, context.state.model, context.rights).columns)


def _ids_of(context: Context, keys: list[str]) -> dict[str, list[str]]:
    """Members in the order in which they came; those deleted since, by switch."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        sql = (
            f"SELECT m.GROUPID, m.ENTITYID FROM {MEMBERS} m "
            f"WHERE m.GROUPID IN ({marks}){_living(context)} ORDER BY m.rowid"
        )
        for group, member in context.state.store.rows(sql, chunk):
            found.setdefault(group, []).append(member)
    return found


def _living(context: Context) -> str:
    if context.state.switches["adhoc_deleted"] == "linger":
        return ""
    parts = [
        f"EXISTS (SELECT 1 FROM {table} x WHERE x.{table}ID = m.ENTITYID)"
        for table in ("LEAD", "CONTACT", "ACCOUNT")
    ]
    return f" AND ({' OR '.join(parts)})"


def _stored(context: Context, key: str) -> Group:
    row = context.state.store.row(
        "SELECT FAMILY, NAME, ISADHOC, CONDITION, USERID FROM PLUGIN "
        "WHERE PLUGINID = ?",
        (key,),
    )
    if row is None:
        raise dynamic.missing(context)
    family, name, is_ad_hoc, condition, user = row
    return Group(key, family or "", name, bool(is_ad_hoc), condition or "", user or "")


# Queries


def _keyword(context: Context, target: Target) -> Answer:
    words = [segment.name.lower() for segment in target.rest]
    if words == ["$template"]:
        return writes.template(context, target)
    if words[0] != "$queries" or len(words) > 2:
        raise dynamic.unknown_kind(context)
    if context.request.method not in ("GET", "HEAD"):
        raise writes.not_allowed(context)
    if len(words) == 1:
        return _list_queries(context)
    if words[1] != "execute":
        raise dynamic.unknown_kind(context)
    group = _stored(context, target.key or _named(context))
    dynamic.require(context, Target(GROUP, key=group.key))
    return Answer(execute(context, group))


def _list_queries(context: Context) -> Answer:
    url = f"{context.request.url}/execute"
    query = Entry(url=url, descriptor="execute", name="Query", namespace="system")
    query.values["name"] = "execute"
    return dynamic.plain_feed(context, "Queries", [query])


def _named(context: Context) -> str:
    """By ``_groupId``, or the newest release by ``_family`` and ``_name``."""
    params = context.params
    if wanted := params.get("_groupid", "").strip().strip("'\""):
        return wanted
    condition, owner = GroupRights.rows(context.rights, GROUP) or ("1", ())
    visible = condition.replace("{t}", "p")
    row = context.state.store.row(
        f"SELECT p.PLUGINID FROM PLUGIN p WHERE slx_upper(p.FAMILY) = slx_upper(?) "
        f"AND slx_upper(p.NAME) = slx_upper(?) AND ({visible}) "
        "ORDER BY p.VERSION DESC, p.MODIFYDATE DESC, p.PLUGINID DESC",
        (params.get("_family", ""), params.get("_name", ""), *owner),
    )
    if row is None:
        raise dynamic.missing(context)
    return row[0]


# Writing


def _create(context: Context) -> Answer:
    payload, ids = _read(context)
    family = family_of(context, str(payload.get("family") or ""))
    preset = {
        "MAINTABLE": family.table,
        "ISADHOC": 1,
        "USERID": context.user.user_id,
        "VERSION": 0,
        "CONDITION": "",
    }
    payload.setdefault("displayName", payload.get("name"))
    payload.setdefault("isHidden", False)
    with context.state.store.transaction():
        key = Writer(context).create(GROUP, payload, preset)
        _add(context, key, ids or [])
    entry = dynamic.read_entry(context, Target(GROUP, key=key))
    entry.http_status, entry.location = 201, entry.url
    _add_extras(context, [entry])
    headers = {}
    if context.state.switches["location_header"]:
        headers["Location"] = entry.url
    return Answer(entry, 201, headers)


def _update(context: Context, target: Target) -> Answer:
    payload, ids = _read(context)
    with context.state.store.transaction():
        stale = _check(context, target)
        if stale is not None:
            return _with_extras(context, stale)
        key = target.key or ""
        Writer(context).update(GROUP, key, payload)
        if ids is not None:
            _change_members(context, _stored(context, key), ids)
    return _with_extras(context, Answer(dynamic.read_entry(context, target)))


def _delete(context: Context, target: Target) -> Answer:
    with context.state.store.transaction():
        stale = _check(context, target)
        if stale is not None:
            return _with_extras(context, stale)
        Writer(context).delete(GROUP, target.key or "")
        _run(context, f"DELETE FROM {MEMBERS} WHERE GROUPID = ?", target.key)
    return Answer(None, 200)


def _check(context: Context, target: Target) -> Answer | None:
    """Rights, then versions: this contract misses the If-Match of an update."""
    switches = context.state.switches
    stale = writes.check_version(
        context, target, None, required=bool(switches["group_etag_required"])
    )
    owner = _stored(context, target.key or "").user.strip()
    mine = context.user.is_admin or owner == context.user.user_id.strip()
    if not mine and switches["group_writers"] == "owner":
        raise refuse(403, "Only the owner of a group may change it.")
    return stale


def _read(context: Context) -> tuple[Payload, list[str] | None]:
    """The payload without its members, and these; None where it names none."""
    payload = dict(writes.read_payload(context, GROUP))
    name = next((name for name in payload if name.lower() == "adhocids"), None)
    ids = payload.pop(name) if name else None
    for other in ("layout", "tableAliases"):
        payload.pop(other, None)
    if ids is None:
        return payload, None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise PayloadError("adHocIds is not an array of keys.")
    limit = int(str(context.state.switches["adhoc_limit"]))
    if limit and len(ids) > limit:
        raise refuse(500, "The group has too many members.")
    return payload, [one.strip() for one in ids]


def _change_members(context: Context, group: Group, ids: list[str]) -> None:
    """The whole list, or what is to come along (docs/sdata.md 8.12: unknown)."""
    if not group.is_ad_hoc:
        raise refuse(500, f"The group '{group.name}' is not an ad hoc group.")
    before = _ids(context, group.key)
    if context.state.switches["adhoc_put"] == "replace":
        _run(context, f"DELETE FROM {MEMBERS} WHERE GROUPID = ?", group.key)
    _add(context, group.key, ids)
    if _ids(context, group.key) != before:
        _run(
            context,
            "UPDATE PLUGIN SET ROWVER = ROWVER + 1, MODIFYDATE = ?, MODIFYUSER = ? "
            "WHERE PLUGINID = ?",
            context.state.clock.now(),
            context.user.user_id,
            group.key,
        )


def _ids(context: Context, key: str) -> set[str]:
    sql = f"SELECT ENTITYID FROM {MEMBERS} WHERE GROUPID = ?"
    return {row[0] for row in context.state.store.rows(sql, (key,))}


def _add(context: Context, key: str, ids: Iterable[str]) -> None:
    sql = f"INSERT OR IGNORE INTO {MEMBERS} (GROUPID, ENTITYID) VALUES (?, ?)"
    with context.state.store.transaction() as connection:
        connection.executemany(sql, [(key, one) for one in ids])


def _run(context: Context, sql: str, *params: object) -> None:
    context.state.store.run(sql, params)
