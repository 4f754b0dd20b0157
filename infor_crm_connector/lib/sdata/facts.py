"""What the two descriptions of an entity say about its fields (docs/sdata.md 6).

Both are read defensively: only few of their names are certain, and any may be absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from . import codec
from .record import Record

ENTITIES = {
    "leads": "Lead",
    "contacts": "Contact",
    "accounts": "Account",
    "addresses": "Address",
    "leadaddresses": "LeadAddress",
    "history": "History",
    "activities": "Activity",
    "leadsources": "LeadSource",
    "users": "User",
    "owners": "Owner",
    "opportunities": "Opportunity",
    "campaigns": "Campaign",
    "tickets": "Ticket",
}
# texts above this length are memos: the model writes 2,147,483,647 for "no limit"
LONGEST_STRING = 4000
_XS = "{http://www.w3.org/2001/XMLSchema}"
_SME = "{http://schemas.sage.com/sdata/sme/2007}"
_TYPES = {
    "standardid": "string",
    "text": "string",
    "unicodetext": "string",
    "string": "string",
    "phone": "string",
    "email": "string",
    "url": "string",
    "picklist": "string",
    "guid": "string",
    "memo": "memo",
    "blob": "memo",
    "truefalse": "boolean",
    "boolean": "boolean",
    "bool": "boolean",
    "yesorno": "boolean",
    "datetime": "datetime",
    "date": "datetime",
    "integer": "integer",
    "int": "integer",
    "int32": "integer",
    "short": "integer",
    "long": "integer",
    "decimal": "decimal",
    "double": "decimal",
    "float": "decimal",
    "single": "decimal",
    "currency": "decimal",
    "percent": "decimal",
    "enum": "enum",
}
Facts = dict[str, Any]
Found = dict[str, Facts]


def entity_name(kind: str) -> str:
    """The entity's name in the model; for feeds we do not know a fair guess."""
    return ENTITIES.get(kind.lower()) or kind[:1].upper() + kind[1:].removesuffix("s")


def of_schema(root: ElementTree.Element, path: str) -> Found:
    enums = {e.get("name") for e in root.iter(f"{_XS}simpleType")}
    members = _members(root, path)
    found: Found = {}
    for element in members:
        name, declared = element.get("name", ""), element.get("type", "")
        if not name or element.get(f"{_SME}isCollection") == "true":
            continue
        relation = element.get(f"{_SME}relationship")
        target = declared.rsplit(":", 1)[-1].removesuffix("--type")
        kind = "reference" if relation else _xs_type(declared, enums)
        length = number(element.get(f"{_SME}maxLength"))
        nillable = element.get("nillable")
        found[name.lower()] = {
            "name": name,
            "label": element.get(f"{_SME}label"),
            "type": _memo_or(kind, length),
            "max_length": length if length and length <= LONGEST_STRING else None,
            "nullable": None if nillable is None else nillable == "true",
            "read_only": element.get(f"{_SME}isReadOnly") == "true",
            "target": target if relation else None,
        }
    return found


def _members(root: ElementTree.Element, path: str) -> list[ElementTree.Element]:
    """Elements of the complex type that belongs to the feed asked for."""
    types = {t.get("name"): t for t in root.iter(f"{_XS}complexType")}
    declared = [
        element.get("type", "").rsplit(":", 1)[-1]
        for element in root.findall(f"{_XS}element")
        if (element.get(f"{_SME}path") or path).lower() == path.lower()
    ]
    names = [*declared, f"{entity_name(path)}--type"]
    wanted = next((types[name] for name in names if name in types), None)
    return [] if wanted is None else list(wanted.iter(f"{_XS}element"))


def _xs_type(declared: str, enums: set[str | None]) -> str | None:
    local = declared.rsplit(":", 1)[-1]
    return "enum" if local in enums else _TYPES.get(local.lower())


def of_property(row: Record) -> Facts:
    """A row of the metadata feed; only its first names are certain, the others
    follow the model's attributes (docs/sdata.md 6.1)."""
    name = str(row.get("propertyName") or row.get("name") or "").strip()
    declared = row.get("dataType") or row.get("dataTypeName")
    if isinstance(declared, Mapping):
        declared = declared.get("name") or declared.get("$descriptor")
    length = number(row.get("maxLength"))
    kind = _TYPES.get(str(declared or "").replace(" ", "").lower())
    return {
        "name": name,
        "label": str(row.get("displayName") or "").strip() or None,
        "type": _memo_or(kind, length),
        "max_length": length if length and length <= LONGEST_STRING else None,
        "nullable": flag(row, "isNullable"),
        "read_only": bool(flag(row, "isReadOnly")),
        "custom": flag(row, "isDynamic"),
        "picklist": str(row.get("pickListName") or "").strip() or None,
        "is_key": bool(flag(row, "isKey")),
        "included": flag(row, "isIncluded", "include"),
    }


def _memo_or(kind: str | None, length: int | None) -> str | None:
    return "memo" if kind == "string" and (length or 0) > LONGEST_STRING else kind


def number(value: Any) -> int | None:
    try:
        number = codec.decode(value, "integer")
    except ValueError:
        return None
    return number if number and number > 0 else None


def flag(row: Record, *names: str) -> bool | None:
    for name in names:
        try:
            value = codec.decode(row.get(name), "boolean")
        except ValueError:
            continue
        if value is not None:
            return bool(value)
    return None
