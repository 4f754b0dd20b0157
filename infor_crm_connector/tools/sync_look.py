"""What there is to do for a sync in Odoo, found out in as few passes as can be.

Most syncs find nothing. The phases ask each for its own, in their order and in
portions; here all is asked at once, and only whether there is anything at all. Whoever
changes what a phase looks for changes it here, too: tests/test_idle.py holds them
together.
"""

from odoo.tools import SQL

from . import consent_flags, membership
from .conversion import unread_contacts
from .page_links import heal_stale_forms
from .push_target import PushTarget

# Links and their contacts, in one pass: opt-outs of Odoo that moved, versions that
# differ (of anybody), old forms that may have been saved; and which other models are
# linked. A full join reads each table once, also right after an import, when PostgreSQL
# takes the tables for small and would look rows up one by one. A subquery for each row
# would have it compile the statement, for longer than it runs.
_LINKS = """
    SELECT bool_or(b.id IS NOT NULL AND b.gone_since IS NULL
                   AND p.email_normalized IS NOT NULL
                   AND (b.blacklisted IS DISTINCT FROM (l.id IS NOT NULL)
                        OR b.consent_address IS DISTINCT FROM p.email_normalized)
           ) AS flags,
           bool_or(b.odoo_stamp IS DISTINCT FROM p.write_date AND p.id IS NOT NULL
                   AND b.moves_values AND b.gone_since IS NULL) AS changed,
           bool_or(b.before_pull IS NOT NULL AND b.moves_values
                   AND b.odoo_stamp IS DISTINCT FROM p.write_date) AS stale,
           bool_or(b.odoo_model = 'res.partner') AS "res.partner",
           bool_or(b.odoo_model = 'crm.lead') AS "crm.lead"
      FROM (SELECT id, odoo_model, gone_since, blacklisted, consent_address,
                   odoo_stamp, moves_values, before_pull,
                   CASE odoo_model WHEN 'mailing.contact' THEN res_id END AS contact
              FROM infor_crm_binding WHERE connector_id = %(connector)s) b
      FULL JOIN mailing_contact p ON p.id = b.contact
      LEFT JOIN mail_blacklist l ON l.email = p.email_normalized AND l.active"""

# Subscriptions and what was last seen of them, side by side.
_SUBSCRIPTIONS = """
    SELECT COALESCE(bool_or(
               m.subscription IS NULL OR s.id IS NULL
               OR m.subscription_stamp IS DISTINCT FROM s.write_date
               OR m.opt_out IS DISTINCT FROM COALESCE(s.opt_out, FALSE)), FALSE)
           AS found
      FROM (SELECT id, write_date, opt_out FROM mailing_subscription
             WHERE list_id = %(list)s) s
      FULL JOIN (SELECT subscription, subscription_stamp, opt_out
                   FROM infor_crm_list_member
                  WHERE list_sync_id = %(sync)s AND subscription IS NOT NULL) m
        ON m.subscription = s.id"""


class SyncLook:
    """``updates``, ``meets``: whether changes, and people who are not linked, are
    looked for."""

    def __init__(self, env, job, pulling, updates, meets):
        self._env = env
        self._sync = job.run.list_sync_id
        self._job = job
        self._pulling = pulling
        self._updates = updates
        self._meets = meets

    def finds_anything(self):
        """A false alarm costs a sync the way through all phases, nothing else."""
        for model in ("mailing.contact", "mailing.subscription", "mail.blacklist"):
            self._env[model].flush_model()
        return (
            bool(consent_flags.due(self._env, self._job.connector_id, 0, 1))
            or bool(self._pulling and self._unread())
            or self._finds_people()
            or self._finds_changes()
        )

    def _unread(self):
        return unread_contacts(self._env, self._job.connector_id, self._sync.id)

    def _finds_changes(self):
        found = self._row(_LINKS)
        if found["flags"] or self._finds_flags(found):
            return True
        if found["stale"] and self._pulling:
            # a stale form is healed whenever it is met; an edit is left alone
            return heal_stale_forms(self._env, self._job.connector_id)
        contacts = self._sync.target_model == "mailing.contact"
        if not self._updates or (contacts and not found["changed"]):
            return False
        return bool(self._target.changed(0, 1))

    def _finds_flags(self, found):
        return any(
            consent_flags.changed_flags(self._env, self._job.connector_id, model, 0, 1)
            for model in ("res.partner", "crm.lead")
            if found[model]
        )

    def _finds_people(self):
        """Whoever is on the list and known of it is linked, so there is nobody new."""
        if not self._sync.list_id:
            return self._meets and bool(self._target.unbound(0, 1))
        if not self._row(_SUBSCRIPTIONS, list=self._sync.list_id.id)["found"]:
            return False
        membership.note_unknown(self._env, self._sync)
        if membership.moved(self._env, self._sync, 0, 1):
            return True
        return self._meets and bool(self._target.unbound(0, 1))

    @property
    def _target(self):
        return PushTarget(self._env, self._job.run)

    def _row(self, query, **values):
        values = {
            "connector": self._job.connector_id,
            "sync": self._sync.id,
            **values,
        }
        named = {name: v for name, v in values.items() if f"%({name})s" in query}
        return self._env.execute_query_dict(SQL(query, **named))[0]
