"""Loads what Odoo knows about the records of a page, in a fixed number of queries."""

from datetime import UTC
from types import MappingProxyType

from odoo.tools import SQL

from ..lib.sync import Bound, Holder, State
from .contact_writer import PROPERTY
from .import_job import MODEL
from .odoo_values import in_odoo_terms

NOTHING = MappingProxyType({})

# One look-up per key, fenced by OFFSET 0: while an import fills the tables, the
# statistics say they are empty, and PostgreSQL would read all links of the connector
# for each page.
_BINDINGS = """
    SELECT b.id, b.connector_id, b.kind, b.key, b.res_id, b.base, b.moves_values,
           b.made, b.opted_out, b.crm_created, b.crm_modified, b.run_id, b.odoo_stamp,
           b.blacklisted, b.consent_lifted, b.before_pull, b.consent_address,
           m.id IS NOT NULL AS member
      FROM unnest(%(wanted)s) AS w
     CROSS JOIN LATERAL (
           SELECT * FROM infor_crm_binding
            WHERE %(condition)s AND odoo_model = 'mailing.contact' OFFSET 0) b
      LEFT JOIN LATERAL (
           SELECT id FROM infor_crm_list_member
            WHERE binding_id = b.id AND list_sync_id = %(sync)s OFFSET 0) m ON TRUE"""


class StateLoader:
    def __init__(self, env, job):
        self._env = env
        self._job = job

    def load(self, records):
        """:class:`State` for a page of ``Incoming``."""
        job = self._job
        own = self._bindings(
            [record.key for record in records],
            SQL(
                "connector_id = %s AND kind = %s AND key = w",
                job.connector_id,
                job.kind,
            ),
        )
        addresses = list({record.address for record in records if record.address})
        contacts = self._contacts(addresses, SQL("email_normalized = w"))
        missing = [row["res_id"] for row in own if row["res_id"] not in contacts]
        by_id = contacts | self._contacts(missing, SQL("id = w"))
        rules = self._rules(own)
        bounds = {row["key"]: self._bound(row, by_id, rules) for row in own}
        return State(bounds, self._holders(contacts) if contacts else {})

    # --- bindings ---------------------------------------------------------------------

    def _bindings(self, wanted, condition):
        """Rows for each of ``wanted`` (``w`` in the condition)."""
        if not wanted:
            return []
        cr = self._env.cr
        cr.execute(
            SQL(
                _BINDINGS,
                wanted=list(wanted),
                condition=condition,
                sync=self._job.list_sync_id,
            )
        )
        return cr.dictfetchall()

    def _rules(self, rows):
        """{contact: rules} where each person's own lists decide; else empty."""
        if self._job.permissions is None or not rows:
            return {}
        kind = self._job.kind
        return self._job.permissions.of({row["res_id"]: kind for row in rows})

    def _bound(self, row, contacts, rules=NOTHING):
        contact = contacts.get(row["res_id"])
        return Bound(
            binding=row["id"],
            key=row["key"],
            contact=row["res_id"],
            odoo=contact and contact["values"],
            base=row["base"] or {},
            leading=bool(row["moves_values"]),
            fresh=row["run_id"] == self._job.run.id,
            made=bool(row["made"]),
            member=row["member"],
            opted_out=bool(row["opted_out"]),
            created=_aware(row["crm_created"]),
            modified=_aware(row["crm_modified"]),
            address=contact and contact["address"],
            written=contact and _aware(contact["written"]),
            clean=bool(contact) and row["odoo_stamp"] == contact["written"],
            blacklisted=bool(row["blacklisted"]),
            lifted=bool(row["consent_lifted"]),
            settled=row["consent_address"],
            rules=rules.get(row["res_id"]),
            stale=row["before_pull"] or {},
        )

    # --- contacts ---------------------------------------------------------------------

    def _contacts(self, wanted, condition):
        """{id: {"address", "values"}} with the values of the job's columns, for each
        of ``wanted`` (``w`` in the condition); the oldest first."""
        if not wanted:
            return {}
        contacts = self._env[MODEL]
        names = list(dict.fromkeys([*self._job.field_names, "name"]))
        contacts.flush_model([*names, "email_normalized", "properties"])
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        self._env.cr.execute(
            SQL(
                """SELECT c.* FROM unnest(%s) AS w
                    CROSS JOIN LATERAL (
                          SELECT id, email_normalized, properties, write_date, %s
                            FROM mailing_contact WHERE %s OFFSET 0) c
                    ORDER BY c.id""",
                list(wanted),
                columns,
                condition,
            )
        )
        return {
            row["id"]: {
                "address": row["email_normalized"],
                "written": row["write_date"],
                "values": self._values(row),
            }
            for row in self._env.cr.dictfetchall()
        }

    def _values(self, row):
        properties = row["properties"] or {}
        values = {"name": row["name"]}
        for column in self._job.columns:
            if column.target.startswith(PROPERTY):
                raw = properties.get(column.target.removeprefix(PROPERTY))
            else:
                raw = row[column.target]
            values[column.target] = in_odoo_terms(raw, column.odoo_type)
        return values

    def _holders(self, contacts):
        """{address: Holder}. Of twins the one bound to our source, else the oldest."""
        bindings = self._bindings(contacts, SQL("res_id = w"))
        own, leaders = {}, {}
        for row in bindings:
            if (row["connector_id"], row["kind"]) == self._source:
                own[row["res_id"]] = self._bound(row, contacts)
            elif row["moves_values"]:
                leaders[row["res_id"]] = row
        holders = {}
        for contact_id, contact in contacts.items():
            known = holders.get(contact["address"])
            if known is None or (contact_id in own and known.bound is None):
                holders[contact["address"]] = _holder(
                    contact_id, contact, own.get(contact_id), leaders.get(contact_id)
                )
        return holders

    @property
    def _source(self):
        return self._job.connector_id, self._job.kind


def _holder(contact_id, contact, bound, leader):
    return Holder(
        contact=contact_id,
        odoo=contact["values"],
        written=_aware(contact["written"]),
        bound=bound,
        leader=leader and leader["id"],
        leader_kind=leader["kind"] if leader else "",
        leader_base=(leader["base"] or {}) if leader else {},
    )


def _aware(moment):
    return moment and moment.replace(tzinfo=UTC)
