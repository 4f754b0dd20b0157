"""What an import knows while it runs: plain values, so that pages are awaited and read
without touching the ORM (which would open a transaction)."""

from dataclasses import dataclass

from ..lib.sync import Settings
from .import_values import Column, RecordReader
from .places import load_places

MODEL = "mailing.contact"
# Fields of a mailing contact a mapping may fill, by their type in Odoo.
DIRECT_TYPES = ("char", "text", "integer", "float", "boolean", "date", "datetime")
PLACES = {"country_id": "country", "state_id": "state"}


@dataclass
class ImportJob:
    run: object
    lane: int
    client: object
    list_sync_id: int
    list_id: int
    connector_id: int
    kind: str
    columns: tuple
    reader: RecordReader
    settings: Settings
    writer: object
    calls: int = 0
    by_position: bool = False

    @property
    def field_names(self):
        return [
            c.target for c in self.columns if not c.target.startswith("properties.")
        ]

    @property
    def labels(self):
        return {column.target: column.label for column in self.columns}


def mapped_columns(env, sync):
    """(columns of the mapping, labels of mappings nothing can be done with)."""
    columns, unusable = [], []
    types = property_types(env)
    for row in sync._mappings():
        odoo_type = _odoo_type(env, row, types)
        if odoo_type:
            columns.append(_column(row.odoo_field, row.crm_field_id, odoo_type))
        else:
            unusable.append(row.odoo_label)
    return columns, unusable


def picked_columns(sync, property_name, property_type):
    """The columns people picked, each in a property of its own."""
    return [
        _column(f"properties.{property_name(field)}", field, property_type(field))
        for field in sync._picked_columns()
    ]


def property_types(env):
    """{name: type} of all properties of mailing contacts."""
    record = (
        env["properties.base.definition"]
        .sudo()
        ._get_definition_for_property_field(MODEL, "properties")
    )
    return {item["name"]: item["type"] for item in record.properties_definition or []}


def make_reader(env, columns):
    return RecordReader(columns, load_places(env))


def _column(target, field, odoo_type):
    items = field.selection_items or []
    choices = frozenset(item["text"] for item in items)
    return Column(target, field.name, field.label, field.type, odoo_type, choices)


def _odoo_type(env, row, types):
    if row.odoo_field in PLACES:
        return PLACES[row.odoo_field]
    if row.odoo_field.startswith("properties."):
        found = types.get(row.odoo_field.removeprefix("properties."))
        return found if found in DIRECT_TYPES else None
    field = env[MODEL]._fields.get(row.odoo_field)
    return field.type if field and field.type in DIRECT_TYPES else None
