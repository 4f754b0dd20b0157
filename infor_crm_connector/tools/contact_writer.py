"""New mailing contacts, many at a time. Two ways with the same result.

``values`` of a contact: {target: value} as :mod:`import_values` makes them. Targets
are fields of mailing.contact or ``properties.<name>``; None is blank. A property is
written even when blank (as ``false``), because Odoo leaves contacts without the key out
of a segment "is not".
"""

import json

from odoo import api
from odoo.tools import SQL

from .import_values import usable_address

PROPERTY = "properties."
# Per record these would cost more than the record itself; nobody follows imports.
CONTEXT = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "default_list_ids": False,
}


def split(values):
    """(values of fields, values of properties) of a contact."""
    fields, properties = {}, {}
    for target, value in values.items():
        if target.startswith(PROPERTY):
            properties[target.removeprefix(PROPERTY)] = (
                False if value is None else value
            )
        else:
            fields[target] = value
    return fields, properties


def full_name(fields):
    """What Odoo's own compute makes of first and last name."""
    if fields.get("name"):
        return fields["name"]
    parts = (fields.get("first_name"), fields.get("last_name"))
    return " ".join(part for part in parts if part) or None


class OrmWriter:
    """Through ``create()``: always right, whatever other addons do there."""

    def __init__(self, env):
        self._contacts = env["mailing.contact"].with_context(**CONTEXT)

    def insert(self, rows):
        """Ids of the new contacts, in the order of ``rows``."""
        vals_list = [self._vals(values) for values in rows]
        contacts = self._contacts.create(vals_list)
        contacts.env.flush_all()
        return contacts.ids

    @staticmethod
    def _vals(values):
        fields, properties = split(values)
        vals = {name: False if v is None else v for name, v in fields.items()}
        # supplied, so that the compute neither runs nor is tracked
        vals["name"] = full_name(fields) or False
        if properties:
            vals["properties"] = properties
        return vals


class SqlWriter:
    """Straight into the table; only where :func:`contact_guard.is_known` agrees."""

    def __init__(self, env):
        self._env = env
        self._fields = env["mailing.contact"]._fields
        self._defaults = _property_defaults(env)

    def insert(self, rows):
        """Ids of the new contacts, in the order of ``rows``."""
        if not rows:
            return []
        env = self._env
        env["mailing.contact"].flush_model()
        ids = self._new_ids(len(rows))
        names = self._columns(rows)
        data = [self._row(*pair) for pair in zip(ids, rows, strict=True)]
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        types = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(self._type(name))) for name in names
        )
        env.cr.execute(
            SQL(
                """INSERT INTO mailing_contact
                       (%(columns)s, create_uid, write_uid, create_date, write_date)
                   SELECT %(columns)s, %(uid)s, %(uid)s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM jsonb_to_recordset(%(data)s) AS r(%(types)s)""",
                columns=columns,
                uid=env.uid,
                data=json.dumps(data),
                types=types,
            )
        )
        return ids

    def _new_ids(self, count):
        self._env.cr.execute(
            "SELECT nextval('mailing_contact_id_seq') FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in self._env.cr.fetchall()]

    def _columns(self, rows):
        names = dict.fromkeys(["id", "name", "email_normalized", "message_bounce"])
        for target in rows[0]:
            if not target.startswith(PROPERTY):
                names[target] = None
        if self._defaults or any(target.startswith(PROPERTY) for target in rows[0]):
            names["properties"] = None
        return list(names)

    def _type(self, name):
        return "int4" if name == "id" else self._fields[name].column_type[1]

    def _row(self, contact_id, values):
        fields, properties = split(values)
        row = {**fields, "id": contact_id, "message_bounce": 0}
        row["name"] = full_name(fields)
        row["email_normalized"] = usable_address(fields.get("email"))
        row["properties"] = {**self._defaults, **properties} or None
        return row


def _property_defaults(env):
    """What the ORM gives each new contact: the defaults that users set."""
    definitions = env["properties.base.definition"].sudo()
    record = definitions._get_definition_for_property_field(
        "mailing.contact", "properties"
    )
    return {
        item["name"]: item["default"]
        for item in record.properties_definition or []
        if item.get("default")
    }


def choose_writer(env: api.Environment):
    from .contact_guard import is_known

    return SqlWriter(env) if is_known(env) else OrmWriter(env)
