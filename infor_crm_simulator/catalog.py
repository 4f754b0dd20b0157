"""Metadata and picklists as tables of their own, served like any other kind.

Names are lower camel as in the vendor's samples, docs/sdata.md 1.4, 6.1 and 8.13.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

from .entities.notation import fields
from .model import Collection, Entity, EntityModel, Property
from .picklists import Picklists
from .query import register_functions
from .store import Store, columns_of

_SPACE = uuid.UUID("5f0c1f5e-2f0b-4c55-9f0a-6d2c1a7e0b11")

#: How the entity model calls its data types, docs/sdata.md 6.4.
_DATA_TYPES = {
    "id": "StandardId",
    "string": "Text",
    "memo": "Memo",
    "boolean": "TrueFalse",
    "datetime": "DateTime",
    "integer": "Integer",
    "decimal": "Decimal",
    "enum": "Enum",
}

META_ENTITY = Entity(
    name="entity",
    path="entities",
    table="META_ENTITY",
    plural="Entities",
    key_column="NAME",
    key_letter="",
    display="displayName",
    properties=(
        *fields("""
        name:64 tableName:64 displayName:64 displayPlural:64 isDynamic:bool
        isExtension:bool isAudited:bool displayProperty:64
        """),
        # Shown as sdata/pathName.
        replace(fields("sdataPathName:64")[0], hidden=True),
    ),
    collections=(Collection("properties", "property", "ENTITYNAME"),),
    read_only=True,
)
META_PROPERTY = Entity(
    name="property",
    path="properties",
    table="META_PROPERTY",
    plural="Properties",
    key_column="GUID",
    key_letter="",
    display="propertyName",
    properties=(
        *fields("""
        propertyName:64 displayName:64 columnName:64 dataType:64 isKey:bool
        isReadOnly:bool isNullable:bool isDynamic:bool isIncluded:bool maxLength:int
        precision:int scale:int pickListName:64
        """),
        *(replace(prop, hidden=True) for prop in fields("entityName:64")),
    ),
    read_only=True,
    has_feed=False,
)
PICKLIST = Entity(
    name="pickList",
    path="pickLists",
    table="PICKLIST",
    plural="PickLists",
    key_column="PICKLISTID",
    key_letter="k",
    display="name",
    properties=fields("""
    name:64 allowMultiples:bool valueMustExist:bool required:bool alphaSorted:bool
    noneEditable:bool
    """),
    collections=(Collection("items", "pickListItem", "PICKLISTID"),),
    read_only=True,
)
PICKLIST_ITEM = Entity(
    name="pickListItem",
    path="items",
    table="PICKLISTITEM",
    plural="Items",
    key_column="ITEMID",
    key_letter="k",
    display="text",
    properties=(
        *fields("text:64 code:64 number:int sort:int language:8 languageCode:8"),
        *(replace(prop, hidden=True) for prop in fields("pickListId:id")),
    ),
    read_only=True,
    has_feed=False,
)

METADATA_MODEL = EntityModel((META_ENTITY, META_PROPERTY))
SYSTEM_MODEL = EntityModel((PICKLIST, PICKLIST_ITEM))


def metadata_store(model: EntityModel, clock: Callable[[], int]) -> Store:
    """Entities and properties of a business model."""
    store = _store(METADATA_MODEL, clock)
    for entity in model.entities:
        store.insert(META_ENTITY, [_entity(entity)])
        store.insert(META_PROPERTY, list(_properties(entity)))
    return store


def picklist_store(picklists: Picklists, clock: Callable[[], int]) -> Store:
    store = _store(SYSTEM_MODEL, clock)
    for one in picklists.all():
        row = {
            "PICKLISTID": one.key,
            "NAME": one.name,
            "ALLOWMULTIPLES": one.allow_multiples,
            "VALUEMUSTEXIST": one.must_exist,
            "REQUIRED": False,
            "ALPHASORTED": False,
            "NONEEDITABLE": False,
        }
        items = [
            {
                "ITEMID": item.id,
                "PICKLISTID": one.key,
                "TEXT": item.text,
                "CODE": item.code,
                "NUMBER": item.number,
                "SORT": item.number,
            }
            for item in one.items
        ]
        store.insert(PICKLIST, [row])
        store.insert(PICKLIST_ITEM, items)
    return store


def _store(model: EntityModel, clock: Callable[[], int]) -> Store:
    store = Store(model, None, lambda new: register_functions(new, clock))
    store.create_tables()
    return store


def _entity(entity: Entity) -> dict[str, object]:
    label = entity.label or entity.name
    return {
        "NAME": entity.name,
        "TABLENAME": entity.table,
        "DISPLAYNAME": label,
        "DISPLAYPLURAL": entity.plural,
        "ISDYNAMIC": False,
        "ISEXTENSION": entity.name == "UserInfo",
        "ISAUDITED": entity.name in ("Lead", "Contact", "Account"),
        "DISPLAYPROPERTY": entity.display,
        "SDATAPATHNAME": entity.path if entity.has_feed else None,
    }


def _properties(entity: Entity) -> Iterator[dict[str, object]]:
    """The key, the properties, and the foreign keys that no feed shows."""
    key = Property("Id", "id", 12, False, True, "Id", entity.key_column)
    yield _property(entity, key, is_key=True)
    for prop in entity.properties:
        if not prop.hidden:
            yield _property(entity, prop)
    shown = {prop.column for prop in entity.properties} | {entity.key_column}
    for column in columns_of(entity):
        if column.endswith("ID") and column not in shown:
            plain = Property(f"{column[:-2].title()}Id", "id", 12, column=column)
            yield _property(entity, plain, included=False)


def _property(
    entity: Entity, prop: Property, *, is_key: bool = False, included: bool = True
) -> dict[str, object]:
    return {
        "GUID": str(uuid.uuid5(_SPACE, f"{entity.name}.{prop.name}")),
        "ENTITYNAME": entity.name,
        "PROPERTYNAME": prop.name,
        "DISPLAYNAME": prop.label or prop.name,
        "COLUMNNAME": prop.column or None,
        "DATATYPE": _data_type(prop),
        "ISKEY": is_key,
        "ISREADONLY": prop.read_only,
        "ISNULLABLE": prop.nullable,
        "ISDYNAMIC": prop.custom,
        "ISINCLUDED": included,
        "MAXLENGTH": prop.length,
        "PRECISION": prop.precision,
        "SCALE": prop.scale,
        "PICKLISTNAME": prop.picklist or None,
    }


def _data_type(prop: Property) -> str:
    if prop.picklist:
        return "PickList"
    if prop.expression:
        return "CustomProperty"
    return _DATA_TYPES[prop.type]
