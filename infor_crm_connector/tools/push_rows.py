"""The rows a push writes, each kind in one statement per page."""

import json
from collections import namedtuple

from odoo.tools import SQL

from .odoo_fields import EMAILS
from .people import person_addresses

Bound = namedtuple("Bound", "binding res_id alive same_address name")

# The stamps are those of the snapshot that was compared, kept with their microseconds;
# what was written since differs from them and is looked at again.
_AGREE = """
    UPDATE infor_crm_binding b
       SET base = COALESCE(b.base, '{}'::jsonb) || r.base::jsonb, odoo_stamp = r.stamp,
           echo = COALESCE(r.echo::jsonb, b.echo)
      FROM unnest(%(bindings)s, %(bases)s::text[], %(echoes)s::text[],
                  %(stamps)s::timestamp[]) AS r(binding, base, echo, stamp)
     WHERE b.id = r.binding"""
_BOUND = """
    SELECT b.id, b.kind, b.key, b.res_id, p.id IS NOT NULL AS alive,
           p.email_normalized = w.address AS same_address,
           COALESCE(p.%(name)s, p.%(email)s) AS name
      FROM unnest(%(kinds)s, %(keys)s, %(addresses)s) AS w(kind, key, address)
      JOIN infor_crm_binding b ON b.connector_id = %(connector)s AND b.kind = w.kind
       AND b.key = w.key AND b.odoo_model = %(model)s
      LEFT JOIN %(table)s p ON p.id = b.res_id"""
# A record whose Odoo record was deleted is linked again when somebody comes back: the
# person is there by hand, not by a sync. Values move by one link alone, a contact's
# before a lead's, then the older.
_BIND = """
    WITH wanted AS (
        SELECT r.*, p.write_date,
               NOT EXISTS (SELECT FROM infor_crm_binding o
                            WHERE o.odoo_model = %(model)s AND o.res_id = r.res_id
                              AND o.moves_values
                              AND NOT (r.kind = 'contact' AND o.kind = 'lead')) AS leads
          FROM jsonb_to_recordset(%(rows)s)
               AS r(kind varchar, key varchar, res_id int4, base jsonb, opted_out bool,
                    created timestamp, modified timestamp)
          JOIN %(table)s p ON p.id = r.res_id
         WHERE NOT EXISTS (SELECT FROM infor_crm_binding o
                            WHERE o.connector_id = %(connector)s
                              AND o.odoo_model = %(model)s AND o.res_id = r.res_id)),
    demoted AS (
        UPDATE infor_crm_binding o SET moves_values = FALSE
          FROM wanted w
         WHERE w.leads AND o.odoo_model = %(model)s AND o.res_id = w.res_id
           AND o.moves_values)
    INSERT INTO infor_crm_binding AS b
           (connector_id, kind, key, odoo_model, res_id, base, moves_values, made,
            opted_out, crm_created, crm_modified, run_id)
    SELECT %(connector)s, kind, key, %(model)s, res_id, base, leads, FALSE, opted_out,
           created, modified, %(run)s
      FROM wanted
        ON CONFLICT (connector_id, kind, key, odoo_model) DO UPDATE
       SET res_id = EXCLUDED.res_id, base = EXCLUDED.base,
           moves_values = EXCLUDED.moves_values, made = FALSE,
           opted_out = EXCLUDED.opted_out, blacklisted = NULL, odoo_stamp = NULL,
           gone_since = NULL, gone_reason = NULL,
           run_id = EXCLUDED.run_id
     WHERE NOT EXISTS (SELECT FROM %(table)s p WHERE p.id = b.res_id)
    RETURNING id, res_id"""
_STAMP = """
    UPDATE infor_crm_binding b SET odoo_stamp = r.stamp
      FROM unnest(%(bindings)s, %(stamps)s::timestamp[]) AS r(binding, stamp)
     WHERE b.id = r.binding"""
# They are members already: an import must know that they were, should they leave.
_MEMBERS = """
    INSERT INTO infor_crm_list_member
           (list_sync_id, binding_id, subscription, subscription_stamp, opt_out)
    SELECT l.id, b.id, s.id, s.write_date, s.opt_out
      FROM infor_crm_binding b
      JOIN mailing_subscription s ON s.contact_id = b.res_id
      JOIN infor_crm_list_sync l ON l.list_id = s.list_id
       AND l.connector_id = b.connector_id
     WHERE b.id = ANY(%(bindings)s) AND b.odoo_model = 'mailing.contact'
        ON CONFLICT (list_sync_id, binding_id) DO NOTHING"""
_SETTLE_LINKED = """
    UPDATE infor_crm_claim c SET state = 'done', known = NULL
     WHERE c.run_id = %(run)s AND c.state <> 'done' AND EXISTS (
           SELECT FROM %(table)s p
             JOIN infor_crm_binding b ON b.res_id = p.id AND b.odoo_model = %(model)s
              AND b.connector_id = c.connector_id
            WHERE p.email_normalized = c.address)"""
# Those who wait for an answer of the CRM or of another run; a person's decision is
# nothing a run waits for.
_WAITING = """
    SELECT id, res_id FROM infor_crm_sync_outcome
     WHERE run_id = %(run)s AND status = 'waiting' AND reason = ANY(%(reasons)s)
       AND id > %(after)s
     ORDER BY id LIMIT %(limit)s"""


class PushRows:
    """Statements for one job, in the transaction of ``work.env``."""

    def __init__(self, work):
        self._work = work
        self._env = work.env

    def agree(self, changes):
        """What both sides hold now, by the snapshot that was compared."""
        if changes:
            echoes = [change.echo_left for change in changes]
            self._run(
                _AGREE,
                bindings=[change.binding for change in changes],
                bases=[json.dumps({**c.agreed, **c.taken}) for c in changes],
                echoes=[echo and json.dumps(echo) for echo in echoes],
                stamps=[change.stamp for change in changes],
            )

    def bound(self, seen):
        """{(kind, key): Bound} of records that are linked already."""
        if not seen:
            return {}
        model = self._work.model
        name = "contact_name" if model == "crm.lead" else "name"
        self._run(
            _BOUND,
            kinds=[one.kind for one in seen],
            keys=[one.incoming.key for one in seen],
            addresses=[one.address for one in seen],
            name=SQL.identifier(name),
            email=SQL.identifier(EMAILS[model]),
        )
        return {
            (row["kind"], row["key"]): Bound(
                row["id"],
                row["res_id"],
                row["alive"],
                bool(row["same_address"]),
                row["name"] or "",
            )
            for row in self._env.cr.dictfetchall()
        }

    def bind(self, rows):
        """Link; {Odoo id: binding} of those that nobody linked meanwhile."""
        if not rows:
            return {}
        self._run(_BIND, rows=json.dumps(rows))
        found = {res_id: binding for binding, res_id in self._env.cr.fetchall()}
        if self._work.model == "mailing.contact":
            self._run(_MEMBERS, bindings=list(found.values()))
        return found

    def stamp(self, stamps):
        """{binding: version of its Odoo record that was compared}"""
        if stamps:
            self._run(_STAMP, bindings=list(stamps), stamps=[stamps[b] for b in stamps])

    def tombs(self, addresses):
        """Which of these belonged to people who are gone from the CRM."""
        gone = SQL(
            "b.connector_id = %s AND b.gone_since IS NOT NULL",
            self._work.connector.id,
        )
        rows = self._env.execute_query(
            SQL(
                "SELECT DISTINCT address FROM (%s) people WHERE address = ANY(%s)",
                person_addresses(self._env, gone),
                list(addresses),
            )
        )
        return {address for (address,) in rows}

    def settle_linked(self):
        """Claims of this run about people whom another one linked meanwhile."""
        self._run(_SETTLE_LINKED)

    def opted_out(self, ids):
        """Who left the list that the run is about."""
        self._env.cr.execute(
            """SELECT contact_id FROM mailing_subscription
                WHERE list_id = %s AND contact_id = ANY(%s) AND opt_out""",
            [self._work.job.list_id, list(ids)],
        )
        return {person for (person,) in self._env.cr.fetchall()}

    # --- outcomes -------------------------------------------------------------------

    def waiting(self, reasons, after, limit):
        """[(outcome id, person)] of this run that are not settled yet."""
        self._run(_WAITING, reasons=list(reasons), after=after, limit=limit)
        return self._env.cr.fetchall()

    def forget_waiting(self, people):
        """How many rows of these people waited."""
        self._run(
            """DELETE FROM infor_crm_sync_outcome
                WHERE run_id = %(run)s AND status = 'waiting'
                  AND odoo_model = %(model)s AND res_id = ANY(%(ids)s)""",
            ids=list(people),
        )
        return self._env.cr.rowcount

    def _run(self, query, **values):
        values = {
            "run": self._work.job.run.id,
            "connector": self._work.connector.id,
            "model": self._work.model,
            "table": SQL.identifier(self._env[self._work.model]._table),
            **values,
        }
        named = {
            name: value for name, value in values.items() if f"%({name})s" in query
        }
        self._env.cr.execute(SQL(query, **named))
