"""What a group shows: columns under upper-case aliases, see docs/sdata.md 8.12.

Rows of a group come from a query of their own, not from the entity's feed: they are
flat, booleans are 'T' and 'F', and where and orderBy speak of the aliases.
"""

from __future__ import annotations

from dataclasses import dataclass

from .entities.notation import label
from .model import Entity, EntityModel, Property
from .query.sql import property_sql
from .rights import Rights

_USER_NAME = (
    "(SELECT TRIM(COALESCE(ui.LASTNAME,'')||CASE WHEN COALESCE(ui.FIRSTNAME,'')='' "
    "THEN '' ELSE ', '||ui.FIRSTNAME END) FROM USERINFO ui WHERE ui.USERID={column})"
)
_OWNER_NAME = "(SELECT o.OWNERDESCRIPTION FROM SECCODE o WHERE o.SECCODEID={column})"

#: Columns that all families have, as ``ALIAS=path`` words.
_SHARED = """
ACCOUNTMANAGERID=AccountManager SECCODEID=Owner CITY=Address.City STATE=Address.State
POSTALCODE=Address.PostalCode COUNTRY=Address.Country CREATEDATE=CreateDate
MODIFYDATE=ModifyDate
"""
_PERSON = """
LASTNAME=LastName FIRSTNAME=FirstName TITLE=Title EMAIL=Email WORKPHONE=WorkPhone
MOBILE=Mobile TYPE=Type STATUS=Status DONOTEMAIL=DoNotEmail DONOTMAIL=DoNotMail
DONOTPHONE=DoNotPhone DONOTSOLICIT=DoNotSolicit
"""
_LAYOUTS = {
    "Lead": f"COMPANY=Company LEADSOURCE=LeadSource.Description {_PERSON} {_SHARED}",
    "Contact": (
        f"ACCOUNT=AccountName ACCOUNTID=Account SECONDARYEMAIL=SecondaryEmail "
        f"BIRTHDAY=Birthday {_PERSON} {_SHARED}"
    ),
    "Account": f"""
        ACCOUNT=AccountName MAINPHONE=MainPhone EMAIL=Email TYPE=Type STATUS=Status
        INDUSTRY=Industry EMPLOYEES=Employees REVENUE=Revenue
        DONOTSOLICIT=DoNotSolicit {_SHARED}
    """,
}


@dataclass(frozen=True)
class Layout:
    """`rows` is an entity made of the aliases, for queries to speak of."""

    rows: Entity
    columns: tuple[dict[str, object], ...]


def layout(entity: Entity, model: EntityModel, rights: Rights) -> Layout:
    """The columns of a family's groups; hidden fields show nothing."""
    key = Property(f"{entity.name.upper()}ID", "id")
    found = [_Column(key.name, "Id", key, f"{{t}}.{entity.key_column}")]
    for word in _LAYOUTS[entity.name].split():
        alias, _sign, path = word.partition("=")
        found.append(_column(entity, model, rights, alias, path))
    properties = [prop for column in found for prop in column.properties()]
    rows = Entity(
        entity.name,
        entity.path,
        entity.table,
        entity.plural,
        entity.key_column,
        entity.key_letter,
        display=key.name,
        properties=tuple(properties),
    )
    return Layout(rows, tuple(column.about() for column in found))


@dataclass(frozen=True)
class _Column:
    """One column of a layout; `prop` is the field behind it."""

    alias: str
    path: str
    prop: Property
    sql: str
    relation: str = ""

    @property
    def format(self) -> str:
        if self.relation in ("User", "Owner"):
            return self.relation
        if self.prop.picklist:
            return "PickList Item"
        formats = {"boolean": "Boolean", "datetime": "DateTime"}
        return formats.get(self.prop.type, "None")

    def properties(self) -> list[Property]:
        """The value, and what official clients show in place of a code or key."""
        if self.prop.type == "boolean":
            sql = f"CASE {self.sql} WHEN 1 THEN 'T' WHEN 0 THEN 'F' END"
            return [Property(self.alias, "string", expression=sql)]
        shown = [Property(self.alias, self.prop.type, expression=self.sql)]
        if self.format == "PickList Item":
            shown.append(Property(f"{self.alias}TEXT", expression=self.sql))
        if self.format in ("User", "Owner"):
            name = _USER_NAME if self.format == "User" else _OWNER_NAME
            sql = name.format(column=self.sql)
            shown.append(Property(f"{self.alias}NAME", expression=sql))
        return shown

    def about(self) -> dict[str, object]:
        return {
            "alias": self.alias,
            "caption": label(self.path.rpartition(".")[2]),
            "propertyPath": self.path,
            "format": self.format,
            "visible": self.path != "Id",
        }


def _column(
    entity: Entity, model: EntityModel, rights: Rights, alias: str, path: str
) -> _Column:
    first, _dot, rest = path.lower().partition(".")
    reference = entity.references_by_name.get(first)
    if reference is None:
        prop = entity.properties_by_name[first]
        sql = "NULL" if first in rights.hidden(entity) else property_sql(prop, "{t}")
        return _Column(alias, path, prop, sql)
    foreign = f"{{t}}.{reference.column}"
    if not rest:
        return _Column(alias, path, Property(alias, "id"), foreign, reference.entity)
    target = model.by_name[reference.entity]
    prop = target.properties_by_name[rest]
    value = property_sql(prop, "r")
    sql = (
        f"(SELECT {value} FROM {target.table} r WHERE r.{target.key_column}={foreign})"
    )
    return _Column(alias, path, prop, sql)
