"""The rows an import writes besides contacts, each kind in one statement per page."""

import json
from datetime import UTC

from odoo.tools import SQL

from .import_job import MODEL
from .outcome_rows import insert_outcomes

NOW = SQL("now() AT TIME ZONE 'UTC'")

# "list_id + 0" keeps the planner from the index on list_id: while a list fills, the
# statistics say that it is empty, and the whole list would be read again and again.

# An opt-out of Odoo that the CRM does not have is left open: the first meeting counts
# either side, and the next sync tells the CRM.
_INSERT_BINDINGS = """
    INSERT INTO infor_crm_binding
           (connector_id, kind, key, odoo_model, res_id, base, moves_values, made,
            opted_out, blacklisted, consent_address, crm_created, crm_modified,
            odoo_stamp, before_pull, run_id)
    SELECT %(connector)s, %(kind)s, r.key, 'mailing.contact', r.res_id, r.base,
           r.moves_values, r.made, r.opted_out,
           CASE WHEN r.opted_out THEN TRUE
                WHEN NOT EXISTS (SELECT FROM mail_blacklist l
                                  WHERE l.email = c.email_normalized AND l.active)
                THEN FALSE END,
           c.email_normalized, r.created, r.modified,
           CASE WHEN r.again THEN NULL ELSE c.write_date END, r.before, %(run)s
      FROM jsonb_to_recordset(%(rows)s)
           AS r(key varchar, res_id int4, base jsonb, moves_values bool, made bool,
                opted_out bool, created timestamp, modified timestamp, again bool,
                before jsonb)
      JOIN mailing_contact c ON c.id = r.res_id
    RETURNING id, res_id"""

_UPDATE_BINDINGS = """
    UPDATE infor_crm_binding b
       SET key = r.key, base = r.base, opted_out = r.opted_out,
           crm_created = COALESCE(r.created, b.crm_created),
           crm_modified = r.modified,
           odoo_stamp = CASE WHEN r.again THEN NULL ELSE c.write_date END,
           before_pull = CASE WHEN r.before IS NULL THEN b.before_pull
                         ELSE COALESCE(b.before_pull, '{}'::jsonb) || r.before END
      FROM jsonb_to_recordset(%(rows)s)
           AS r(id int4, key varchar, base jsonb, opted_out bool,
                created timestamp, modified timestamp, again bool, before jsonb),
           mailing_contact c
     WHERE b.id = r.id AND c.id = b.res_id"""

_SUBSCRIBE = """
    INSERT INTO mailing_subscription
           (contact_id, list_id, opt_out, create_uid, write_uid, create_date,
            write_date)
    SELECT contact_id, %(list)s, FALSE, %(uid)s, %(uid)s, %(now)s, %(now)s
      FROM unnest(%(contacts)s) AS contact_id
        ON CONFLICT (contact_id, list_id) DO NOTHING
    RETURNING contact_id, id"""

_SUBSCRIBED = """
    SELECT contact_id, id FROM mailing_subscription
     WHERE list_id + 0 = %(list)s AND contact_id = ANY(%(contacts)s)"""

_OPT_OUT = """
    UPDATE mailing_subscription
       SET opt_out = TRUE, opt_out_datetime = date_trunc('second', %(now)s),
           write_uid = %(uid)s, write_date = %(now)s
     WHERE list_id + 0 = %(list)s AND contact_id = ANY(%(contacts)s)
       AND opt_out IS NOT TRUE"""

_MEMBERS = """
    INSERT INTO infor_crm_list_member
           (list_sync_id, binding_id, subscription, subscription_stamp, opt_out)
    SELECT %(sync)s, r.binding, s.id, s.write_date, s.opt_out
      FROM unnest(%(bindings)s, %(subscriptions)s) AS r(binding, subscription)
     CROSS JOIN LATERAL (
           SELECT id, write_date, opt_out FROM mailing_subscription
            WHERE id = r.subscription OFFSET 0) s
        ON CONFLICT (list_sync_id, binding_id) DO NOTHING"""

_MERGE_PROPERTIES = """
    UPDATE mailing_contact c
       SET properties = COALESCE(c.properties, '{}'::jsonb) || r.properties,
           write_uid = %(uid)s, write_date = %(now)s
      FROM jsonb_to_recordset(%(rows)s) AS r(id int4, properties jsonb)
     WHERE c.id = r.id"""


def naive(moment):
    """A moment as Odoo's columns hold it, as text for JSON."""
    return moment and moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


class Rows:
    """Statements for one job; ``env`` is that of its transaction."""

    def __init__(self, env, job):
        self._env = env
        self._job = job

    def insert_bindings(self, rows):
        """``rows``: dicts named as the columns; returns {new id: contact}.

        ``again``: what Odoo holds has yet to be looked at by a push.
        """
        if not rows:
            return {}
        job = self._job
        self._run(
            _INSERT_BINDINGS,
            connector=job.connector_id,
            kind=job.kind,
            run=job.run.id,
            rows=json.dumps(rows),
        )
        return dict(self._env.cr.fetchall())

    def update_bindings(self, rows):
        if rows:
            self._run(_UPDATE_BINDINGS, rows=json.dumps(rows))

    def demote(self, bindings):
        """These no longer move field values."""
        if bindings:
            self._run(
                "UPDATE infor_crm_binding SET moves_values = FALSE"
                " WHERE id = ANY(%(ids)s)",
                ids=list(bindings),
            )

    def subscribe(self, contacts):
        """{contact: id of the subscription}; existing ones stay as they are."""
        contacts = set(contacts)
        if not contacts:
            return {}
        target = self._job.list_id
        self._run(_SUBSCRIBE, list=target, contacts=list(contacts))
        found = dict(self._env.cr.fetchall())
        if existing := contacts - found.keys():
            self._run(_SUBSCRIBED, list=target, contacts=list(existing))
            found.update(self._env.cr.fetchall())
        return found

    def opt_out(self, contacts):
        if contacts:
            self._run(_OPT_OUT, list=self._job.list_id, contacts=list(contacts))

    def remember_members(self, subscription_of):
        """{binding: subscription}"""
        if subscription_of:
            self._run(
                _MEMBERS,
                sync=self._job.list_sync_id,
                bindings=list(subscription_of),
                subscriptions=list(subscription_of.values()),
            )

    def merge_properties(self, properties_of):
        """{contact id: {name: value}}; other properties stay as they are."""
        if properties_of:
            rows = [{"id": i, "properties": p} for i, p in properties_of.items()]
            self._run(_MERGE_PROPERTIES, rows=json.dumps(rows))

    def insert_outcomes(self, rows, replacing=()):
        """``replacing``: keys whose earlier outcome in this run no longer holds."""
        job = self._job
        if replacing:
            self._run(
                "DELETE FROM infor_crm_sync_outcome"
                " WHERE run_id = %(run)s AND key = ANY(%(keys)s)",
                run=job.run.id,
                keys=list(replacing),
            )
        insert_outcomes(
            self._env,
            job.run,
            (
                {
                    **row,
                    "kind": job.kind,
                    "direction": "to_odoo",
                    "odoo_model": MODEL if row["res_id"] else None,
                }
                for row in rows
            ),
        )

    def _run(self, query, **values):
        values.setdefault("uid", self._env.uid)
        values.setdefault("now", NOW)
        named = {
            name: value for name, value in values.items() if f"%({name})s" in query
        }
        self._env.cr.execute(SQL(query, **named))
