"""Values of Odoo records, in the terms that ``import_values`` makes of the CRM's.

Set-based: one query per page, whatever the model; nothing is cached and no access rule
is asked, because runs decide about everybody's records.
"""

from odoo.tools import SQL

from .odoo_fields import FIRST, LAST, NAME_LINES, PROPERTY_FIELDS, catalogue
from .person_names import split_name


def in_odoo_terms(value, odoo_type):
    """A column's or property's value as JSON-like value; None when there is none.

    Texts are compared with those of the CRM, which never end in blanks.
    """
    if value is None or (value is False and odoo_type != "boolean"):
        return None
    if odoo_type == "datetime" and not isinstance(value, str):
        return value.replace(microsecond=0).isoformat(" ")
    if odoo_type == "date" and not isinstance(value, str):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None
    if odoo_type == "float":
        return float(value)
    return value


class OdooReader:
    """Reads targets of one model (mailing.contact, res.partner, crm.lead)."""

    def __init__(self, env, odoo_model, targets):
        self._env = env
        self._model = env[odoo_model]
        known = catalogue(env, odoo_model)
        self._types = {t: known[t].type for t in targets if t in known}
        self._place = PROPERTY_FIELDS[odoo_model]
        self._line = NAME_LINES.get(odoo_model)
        self._columns = self._needed()
        # asked for, but not there any more: always blank
        self._blank = dict.fromkeys(targets)

    def _needed(self):
        """The columns of the table that the targets need."""
        columns = dict.fromkeys(t for t in self._types if "." not in t)
        if any(target.startswith(f"{self._place}.") for target in self._types):
            columns[self._place] = None
        if self._line and {FIRST, LAST} & self._types.keys():
            columns[self._line] = None
            if "is_company" in self._model._fields:
                columns["is_company"] = None
        return list(columns)

    def read(self, ids):  # pylint: disable=method-required-super
        """{id: {target: value}}; ids of records that are gone are left out."""
        if not ids:
            return {}
        self._model.flush_model(self._columns)
        columns = [SQL(", %s", SQL.identifier(name)) for name in self._columns]
        self._env.cr.execute(
            SQL(
                "SELECT id%s FROM %s WHERE id = ANY(%s)",
                SQL().join(columns),
                SQL.identifier(self._model._table),
                list(ids),
            )
        )
        return {row["id"]: self._values(row) for row in self._env.cr.dictfetchall()}

    def _values(self, row):
        properties = row.get(self._place) or {}
        values = dict(self._blank)
        names = self._names(row)
        for target, odoo_type in self._types.items():
            place, _dot, name = target.partition(".")
            if target in names:
                raw = names[target]
            elif name and place == self._place:
                raw = properties.get(name)
            else:
                raw = row[target]
            if raw is None and odoo_type == "boolean" and not name:
                raw = False  # what Odoo makes of an empty column
            values[target] = in_odoo_terms(raw, odoo_type)
        return values

    def _names(self, row):
        """First and last name from the one line; a company has neither."""
        if self._line not in row:
            return {}
        line = None if row.get("is_company") else row[self._line]
        first, last = split_name(line)
        return {FIRST: first, LAST: last}
