"""``$template``: an entry with the values a new record starts with."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Entity, Property
from ..resources import CollectionStub, Entry, ReferenceStub, Scalar

_EMPTY: Mapping[str, Scalar] = {"boolean": False, "integer": 0, "decimal": 0.0}


def template_entry(
    entity: Entity,
    url: str = "",
    values: Mapping[str, Scalar] | None = None,
    references: Mapping[str, ReferenceStub] | None = None,
) -> Entry:
    """The template of a kind; `values` and `references` are what the rules preset.

    It has no key, since nothing exists yet.
    """
    preset = dict(values or {})
    related: dict[str, ReferenceStub | Entry | None] = {
        reference.name: (references or {}).get(reference.name)
        for reference in entity.references
    }
    collections: dict[str, CollectionStub | None] = {
        item.name: None for item in entity.collections
    }
    return Entry(
        entity=entity,
        url=url,
        descriptor="",
        values={
            prop.name: preset.get(prop.name, _initial(prop))
            for prop in entity.properties
            if not prop.hidden
        },
        references=related,
        collections=collections,
    )


def _initial(prop: Property) -> Scalar:
    """What a fresh object of .NET holds: nothing, or zero where null is impossible."""
    if prop.nullable or prop.expression:
        return None
    if prop.type == "enum" and prop.names:
        return prop.names[0]
    return _EMPTY.get(prop.type)
