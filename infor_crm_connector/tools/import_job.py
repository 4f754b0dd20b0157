"""What an import knows while it runs: plain values, so that pages are awaited and read
without touching the ORM (which would open a transaction)."""

from dataclasses import dataclass

from ..lib.sync import Settings
from .import_values import Column, RecordReader
from .odoo_fields import catalogue
from .places import load_places

MODEL = "mailing.contact"


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
    # addresses a page put on the blacklist
    imposed: int = 0
    # what each person's lists allow together (Permissions); None: the list's alone
    permissions: object = None
    # of others than members of the list only what is new to it
    members_only: bool = False
    # of records that changed since this moment there is nothing to do any more
    read_from: object = None

    @property
    def field_names(self):
        return [
            c.target for c in self.columns if not c.target.startswith("properties.")
        ]

    @property
    def labels(self):
        return {column.target: column.label for column in self.columns}


def mapped_columns(env, sync, kind=None):
    """(columns of the mapping, labels of mappings nothing can be done with), for
    records of the list's kind or of another."""
    columns, unusable = [], []
    known = catalogue(env, MODEL)
    for row in sync._mappings(kind):
        field = known.get(row.odoo_field)
        if field and field.writable:
            columns.append(_mapped_column(field, row.crm_field_id))
        else:
            unusable.append(row.odoo_label)
    return columns, unusable


def picked_columns(sync, property_name, property_type):
    """The columns people picked, each in a property of its own."""
    return [
        _column(f"properties.{property_name(field)}", field, property_type(field))
        for field in sync._picked_columns()
    ]


def make_reader(env, columns):
    return RecordReader(columns, load_places(env))


def _column(target, field, odoo_type):
    items = field.selection_items or []
    choices = frozenset(item["text"] for item in items)
    return Column(target, field.name, field.label, field.type, odoo_type, choices)


def _mapped_column(odoo, field):
    """``odoo``: OdooField. A selection of Odoo's own is found by its labels."""
    names = odoo.target, field.name, field.label, field.type, odoo.type
    return Column(*names, odoo.by_label)
