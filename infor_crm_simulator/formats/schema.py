"""``$schema``: an entity as XSD (docs/sdata.md 6.2, B.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from ..model import Collection, Entity, EntityModel, Property, Reference
from .xml_text import PAYLOADS, SME, XS, serialized

CONTENT_TYPE = "application/xml; charset=utf-8"

_TYPES = {
    "id": "xs:string",
    "string": "xs:string",
    "memo": "xs:string",
    "boolean": "xs:boolean",
    "datetime": "xs:dateTime",
    "integer": "xs:int",
    "decimal": "xs:decimal",
    "enum": "xs:string",
}
_CAPABILITIES = ("canGet", "canPagePrevious", "canPageNext", "canPageIndex")
_WRITING = ("canPost", "canPut", "canDelete")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])")


def render(model: EntityModel, entity: Entity, lengths: bool = True) -> bytes:
    """The schema of one kind. Without `lengths` no ``sme:maxLength`` is told."""
    return render_all(model, [entity], lengths)


def render_all(
    model: EntityModel, entities: Iterable[Entity], lengths: bool = True
) -> bytes:
    """The schema of several kinds in one document."""
    namespace = PAYLOADS["dynamic"]
    root = etree.Element(
        f"{{{XS}}}schema", nsmap={None: namespace, "xs": XS, "sme": SME}
    )
    root.set("targetNamespace", namespace)
    root.set("elementFormDefault", "qualified")
    for entity in entities:
        _add_resource_kind(root, entity)
        for prop in entity.properties:
            if prop.names:
                _add_enumeration(root, entity, prop)
        _add_entity(root, model, entity, lengths)
        _add_list(root, entity)
    return serialized(root)


def _xs(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XS}}}{tag}", attributes)


def _sme(element: etree._Element, **attributes: object) -> None:
    for name, value in attributes.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        element.set(f"{{{SME}}}{name}", text)


def _label(entity_or_property: Entity | Property) -> str:
    label = entity_or_property.label
    return label or _WORDS.sub(" ", entity_or_property.name)


def _add_resource_kind(root: etree._Element, entity: Entity) -> None:
    element = _xs(root, "element", name=entity.name, type=f"{entity.name}--type")
    _sme(element, role="resourceKind", pluralName=entity.plural, label=_label(entity))
    _sme(element, path=entity.path)
    _sme(element, **dict.fromkeys(_CAPABILITIES, True))
    _sme(element, **dict.fromkeys(_WRITING, not entity.read_only))
    _sme(element, supportsETag=True, batchingMode="sync")


def _add_enumeration(root: etree._Element, entity: Entity, prop: Property) -> None:
    simple = _xs(root, "simpleType", name=f"{entity.name}_{prop.name}--enum")
    restriction = _xs(simple, "restriction", base="xs:string")
    for name in prop.names:
        _xs(restriction, "enumeration", value=name)


def _add_entity(
    root: etree._Element, model: EntityModel, entity: Entity, lengths: bool
) -> None:
    complex_type = _xs(root, "complexType", name=f"{entity.name}--type")
    members = _xs(complex_type, "all")
    for prop in entity.properties:
        if not prop.hidden:
            _add_property(members, entity, prop, lengths)
    for relation in (*entity.references, *entity.collections):
        if relation.entity in model.by_name:
            _add_relation(members, relation)


def _add_property(
    parent: etree._Element, entity: Entity, prop: Property, lengths: bool
) -> None:
    kind = f"{entity.name}_{prop.name}--enum" if prop.names else _TYPES[prop.type]
    element = _xs(parent, "element", name=prop.name, type=kind, minOccurs="0")
    if prop.nullable:
        element.set("nillable", "true")
    _sme(element, label=_label(prop))
    if lengths and prop.length:
        _sme(element, maxLength=prop.length)
    if prop.read_only or prop.expression:
        _sme(element, isReadOnly=True)
    if prop.mandatory:
        _sme(element, isMandatory=True)
    _sme(element, canFilter=True, canSort=True)


def _add_relation(parent: etree._Element, relation: Reference | Collection) -> None:
    many = isinstance(relation, Collection)
    kind = f"{relation.entity}--{'list' if many else 'type'}"
    element = _xs(parent, "element", name=relation.name, type=kind, minOccurs="0")
    if not many:
        element.set("nillable", "true")
    _sme(element, relationship="child" if many else "reference", isCollection=many)


def _add_list(root: etree._Element, entity: Entity) -> None:
    complex_type = _xs(root, "complexType", name=f"{entity.name}--list")
    sequence = _xs(complex_type, "sequence")
    _xs(
        sequence,
        "element",
        name=entity.name,
        type=f"{entity.name}--type",
        minOccurs="0",
        maxOccurs="unbounded",
    )
