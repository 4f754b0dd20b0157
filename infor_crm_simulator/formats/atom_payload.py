"""Payloads out of Atom (docs/sdata.md 3.4, 5.4, 5.7).

A minimal entry is enough: a payload with one element, no id, title or date. Atom does
not tell a nested entity from a collection; the entity that owns them does, and where
it is not known, the shape of the children has to.
"""

from __future__ import annotations

from lxml import etree

from ..model import Entity, EntityModel
from ..resources import Payload
from .errors import PayloadError
from .xml_text import ATOM, HTTP, NIL, SDATA

_SYSTEM_ATTRIBUTES = {
    "key": "$key",
    "uri": "$url",
    "url": "$url",
    "uuid": "$uuid",
    "lookup": "$lookup",
    "descriptor": "$descriptor",
}
_SYSTEM_FLAGS = {"isDeleted": "$isDeleted", "deleteMissing": "$deleteMissing"}
_HTTP_MEMBERS = {
    "etag": "$etag",
    "ifMatch": "$ifMatch",
    "httpMethod": "$httpMethod",
    "httpStatus": "$httpStatus",
}


class _Reader:
    """Reads elements as members of entities; `model` may be missing."""

    def __init__(self, model: EntityModel | None) -> None:
        self._model = model

    def resource(self, element: etree._Element, entity: Entity | None) -> Payload:
        payload = _system(element)
        for child in _children(element):
            payload[_name(child)] = self._member(child, entity)
        return payload

    def _member(self, element: etree._Element, owner: Entity | None) -> object:
        if element.get(NIL, "").lower() in ("true", "1"):
            return None
        name = _name(element).lower()
        if owner is not None:
            if item := owner.collections_by_name.get(name):
                return self._collection(element, self._entity(item.entity))
            if reference := owner.references_by_name.get(name):
                return self.resource(element, self._entity(reference.entity))
            if name in owner.properties_by_name:
                return element.text or ""
        return self._guessed(element)

    def _entity(self, name: str) -> Entity | None:
        return self._model.by_name.get(name) if self._model else None

    def _guessed(self, element: etree._Element) -> object:
        children = _children(element)
        if not children:
            return self.resource(element, None) if _system(element) else _text(element)
        names = {_name(child) for child in children}
        if len(names) == 1 and _lists(element, len(children), names.pop()):
            if not any(len(child) or child.attrib for child in children):
                return [_text(child) for child in children]
            return self._collection(element, None)
        return self.resource(element, None)

    def _collection(self, element: etree._Element, entity: Entity | None) -> Payload:
        """Without children it is merely named, as it is in what the server sends."""
        payload = _system(element)
        children = _children(element)
        if children or not payload:
            payload["$resources"] = [self.resource(item, entity) for item in children]
        return payload


def parse_entry(
    body: bytes, entity: Entity | None = None, model: EntityModel | None = None
) -> Payload:
    """The payload of an ``entry``; PayloadError if there is none."""
    root = _parse(body)
    if root.tag != f"{{{ATOM}}}entry":
        raise PayloadError("The payload is not an Atom entry.")
    return _entry(root, entity, model, needs_payload=True)


def parse_feed(
    body: bytes, entity: Entity | None = None, model: EntityModel | None = None
) -> Payload:
    """The entries of a ``feed`` such as a batch, as ``$resources``."""
    root = _parse(body)
    if root.tag != f"{{{ATOM}}}feed":
        raise PayloadError("The payload is not an Atom feed.")
    entries = root.findall(f"{{{ATOM}}}entry")
    return {"$resources": [_entry(entry, entity, model) for entry in entries]}


def _entry(
    root: etree._Element,
    entity: Entity | None,
    model: EntityModel | None,
    needs_payload: bool = False,
) -> Payload:
    """An entry; in a batch a deletion has an address and no payload."""
    outer: Payload = {}
    if address := (root.findtext(f"{{{ATOM}}}id") or "").strip():
        outer["$url"] = address
    for name, member in _HTTP_MEMBERS.items():
        if (text := root.findtext(f"{{{HTTP}}}{name}")) is not None:
            outer[member] = text.strip()
    holder = root.find(f"{{{SDATA}}}payload")
    resources = [] if holder is None else _children(holder)
    if needs_payload and len(resources) != 1:
        raise PayloadError("The entry has no sdata:payload with one resource.")
    inner = _Reader(model).resource(resources[0], entity) if resources else {}
    return {**outer, **inner}


def _parse(body: bytes) -> etree._Element:
    """The document element. External entities are neither resolved nor fetched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PayloadError(f"The payload is not XML: {error}") from None


def _children(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _text(element: etree._Element) -> str | None:
    if element.get(NIL, "").lower() in ("true", "1"):
        return None
    return element.text or ""


def _system(element: etree._Element) -> Payload:
    payload: Payload = {}
    for attribute, value in element.attrib.items():
        name = etree.QName(attribute)
        if name.namespace != SDATA:
            continue
        if name.localname in _SYSTEM_ATTRIBUTES:
            payload[_SYSTEM_ATTRIBUTES[name.localname]] = value
        elif name.localname in _SYSTEM_FLAGS:
            payload[_SYSTEM_FLAGS[name.localname]] = value.lower() in ("true", "1")
    return payload


def _lists(element: etree._Element, count: int, child: str) -> bool:
    """Whether children of one name make a collection: many, or plural and singular."""
    plural = _name(element).lower()
    singular = child.lower()
    spellings = (singular + "s", singular + "es", singular[:-1] + "ies")
    return count > 1 or plural.endswith(spellings)
