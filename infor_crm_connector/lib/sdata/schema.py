"""Which fields a kind has: asked in three places, merged (docs/sdata.md 6).

``metadata/entities('Lead')/properties`` knows most, but may be refused to logins that
are no administrators; ``$schema`` knows types, labels and relations; ``$template``
at least names. A field is described by the best place that knows each fact.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from . import codec, known, urls, where
from .door import Door
from .errors import (
    BadRequest,
    KindNotFound,
    NotFound,
    NotSData,
    RightsRefused,
    SDataError,
    ServerFault,
    UnreadableAnswer,
)
from .facts import Facts, Found, entity_name, flag, number, of_property, of_schema
from .record import FieldInfo, Picklist, PicklistItem, Record

NOT_SERVED = (
    RightsRefused,
    KindNotFound,
    NotFound,
    BadRequest,
    NotSData,
    ServerFault,
    UnreadableAnswer,
)
NESTED = "Address"
_SECRET = re.compile(r"(?i)passw(or)?d|pwd\b|pinnumber|secret|webpasswordhint")
_PAGE = 200


def is_secret(name: str) -> bool:
    """Fields that are never offered: the contact entity may expose web passwords."""
    return bool(_SECRET.search(name.rsplit("/", 1)[-1]))


class Discovery:
    def __init__(self, door: Door) -> None:
        self._door = door

    def fields(self, kind: str) -> list[FieldInfo]:
        """In the order of the labels. Raises what the last place said when none
        of the three answers."""
        found, errors = self._merged(kind, entity_name(kind))
        if not found:
            raise errors[-1]
        infos = [_info(facts) for facts in found.values()]
        infos += self._nested(kind, found)
        offered = (info for info in infos if not is_secret(info.name))
        return sorted(offered, key=lambda info: (info.label.lower(), info.name))

    def picklist(self, name: str) -> Picklist:
        selector = urls.predicate(where.eq("name", name))
        path = f"system/-/pickLists{selector}"
        call = self._door.get(path, [("include", "items")], kind="pickLists", key=name)
        data = self._door.json(call)
        entry = Record(data) if isinstance(data, Mapping) else Record()
        items = entry.get("items")
        rows = items.get("$resources") if isinstance(items, Mapping) else items
        if not isinstance(rows, list):
            raise UnreadableAnswer(reason="picklist without items", kind="pickLists")
        return Picklist(
            tuple(_item(Record(row), at) for at, row in enumerate(rows, 1)),
            must_exist=bool(flag(entry, "valueMustExist")),
            multiple=bool(flag(entry, "allowMultiples")),
        )

    def _merged(self, kind: str, entity: str) -> tuple[Found, list[SDataError]]:
        merged: Found = {}
        errors: list[SDataError] = []
        for source, ask in (
            ("properties", lambda: self._properties(kind, entity)),
            ("schema", lambda: self._schema(kind)),
            ("template", lambda: self._template(kind)),
        ):
            if source == "template" and _is_complete(merged):
                break
            merged = self._add(merged, source, ask, errors)
        return _offered(merged), errors

    def _add(
        self,
        merged: Found,
        source: str,
        ask: Callable[[], Found],
        errors: list[SDataError],
    ) -> Found:
        try:
            found = ask()
        except NOT_SERVED as error:
            errors.append(error)
            return merged
        for name, facts in found.items():
            known_facts = merged.setdefault(name, {"source": source})
            known_facts["sources"] = (*known_facts.get("sources", ()), source)
            if facts.pop("read_only", False):
                known_facts["read_only"] = True
            for fact, value in facts.items():
                if known_facts.get(fact) is None:
                    known_facts[fact] = value
        if not found:
            errors.append(KindNotFound(kind=source, reason="empty"))
        return merged

    def _properties(self, kind: str, entity: str) -> Found:
        """All pages of the metadata feed; it starts with ten rows unless asked."""
        path = f"metadata/-/entities{urls.selector(entity)}/properties"
        found: Found = {}
        start, total = 1, 1
        while start <= total:
            params = [
                ("orderby", "propertyName asc"),
                ("startIndex", str(start)),
                ("count", str(_PAGE)),
            ]
            call = self._door.get(path, params, kind=kind)
            data = self._door.json(call, attempts=2)
            rows = data.get("$resources") if isinstance(data, Mapping) else None
            if not isinstance(rows, list):
                raise UnreadableAnswer(reason="not a feed", kind=kind)
            for row in rows:
                facts = of_property(Record(row))
                if facts["name"]:
                    found[facts["name"].lower()] = facts
            if not rows:
                break
            start += len(rows)
            total = codec.decode(data.get("$totalResults"), "integer") or 0
        return found

    def _schema(self, kind: str) -> Found:
        url = f"{self._door.base_url}/{urls.kind_path(kind)}/$schema"
        root = self._door.xml(replace(self._door.get("", kind=kind), url=url))
        return of_schema(root, urls.kind_path(kind).rsplit("/", 1)[-1])

    def _template(self, kind: str) -> Found:
        path = f"{urls.kind_path(kind)}/$template"
        data = self._door.json(self._door.get(path, kind=kind), attempts=2)
        if not isinstance(data, Mapping):
            raise UnreadableAnswer(reason="not an entry", kind=kind)
        if isinstance(data.get("$resources"), list) and data["$resources"]:
            data = data["$resources"][0]
        return {
            name.lower(): {"name": name, "type": _type_of(name, value)}
            for name, value in data.items()
            if not name.startswith("$") and not _is_collection(value)
        }

    def _nested(self, kind: str, found: Found) -> list[FieldInfo]:
        """Fields of the record's own address, as paths (``Address/City``)."""
        reference = found.get(NESTED.lower(), {})
        is_stock = kind.lower() in known.STOCK_KINDS
        if reference.get("type") != "reference" and not is_stock:
            return []
        inner: Found = {}
        entity = reference.get("target") or NESTED
        with contextlib.suppress(*NOT_SERVED):
            inner = _offered(self._properties(NESTED, entity))
        infos = [
            replace(_info(facts), source="properties")
            for facts in inner.values()
            if facts["name"] in known.ADDRESS
        ] or [known.address_field(name) for name in known.ADDRESS]
        return [_as_nested(info) for info in infos]


def _as_nested(info: FieldInfo) -> FieldInfo:
    label = f"{NESTED}: {info.label}"
    return replace(info, name=f"{NESTED}/{info.name}", label=label)


def _type_of(name: str, value: Any) -> str | None:
    """What JSON shows of a type; a template mostly holds nulls, then the name tells."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) else "decimal"
    if isinstance(value, Mapping):
        return "reference"
    if isinstance(value, str) and value.startswith("/Date("):
        return "datetime"
    return known.type_by_name(name)


def _is_collection(value: Any) -> bool:
    return isinstance(value, list) or (
        isinstance(value, Mapping)
        and ("$resources" in value or ("$url" in value and "$key" not in value))
    )


def _is_complete(merged: Found) -> bool:
    return bool(merged) and all(
        facts.get("type") or facts.get("is_key") or facts.get("included") is False
        for facts in merged.values()
    )


def _offered(found: Found) -> Found:
    """Without the key, and without columns that the model does not expose."""
    return {
        name: facts
        for name, facts in found.items()
        if not facts.get("is_key") and facts.get("included") is not False
    }


def _info(facts: Facts) -> FieldInfo:
    name = facts["name"]
    nullable = facts.get("nullable")
    return FieldInfo(
        name=name,
        label=codec.text(facts.get("label") or _spaced(name)).strip(),
        type=facts.get("type") or "string",
        max_length=facts.get("max_length"),
        nullable=True if nullable is None else nullable,
        read_only=bool(facts.get("read_only")),
        custom=facts.get("custom"),
        picklist=facts.get("picklist") or "",
        source=facts.get("source", ""),
    )


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", name)


def _item(row: Record, at: int) -> PicklistItem:
    sort = number(row.get("sort")) or number(row.get("number")) or at
    text, code = (codec.text(row.get(name) or "").strip() for name in ("text", "code"))
    return PicklistItem(text, code, sort)
