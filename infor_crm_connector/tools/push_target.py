"""Whom a list or a segment is about, and which of them there is something to do for."""

from ast import literal_eval

from odoo.fields import Domain
from odoo.tools import SQL

from .odoo_fields import EMAILS
from .push_tried import pass_over, set_up_of

# A row's version differs from the one the last sync left behind. By binding, so that a
# run goes on where it was.
_CHANGED = """
    SELECT b.id AS binding, b.kind, b.key, b.res_id, b.base, b.before_pull, b.echo,
           p.write_date AS stamp
      FROM infor_crm_binding b JOIN %(table)s p ON p.id = b.res_id
     WHERE b.connector_id = %(connector)s AND b.odoo_model = %(model)s
       AND b.id > %(after)s AND b.kind IN ('lead', 'contact')
       AND b.moves_values AND b.gone_since IS NULL
       AND b.odoo_stamp IS DISTINCT FROM p.write_date
       AND b.res_id IN %(members)s AND NOT %(pass_over)s
     ORDER BY b.id LIMIT %(limit)s"""
_AGAIN = """
    SELECT b.id AS binding, b.kind, b.key, b.res_id, b.base, b.before_pull, b.echo,
           p.write_date AS stamp
      FROM infor_crm_binding b JOIN %(table)s p ON p.id = b.res_id
     WHERE b.id = ANY(%(bindings)s) AND b.moves_values AND b.gone_since IS NULL"""
_PEOPLE = """
    SELECT p.id, p.%(email)s AS email, p.%(name)s AS name, p.write_date AS stamp,
           EXISTS (SELECT FROM mail_blacklist m
                    WHERE m.active AND m.email = p.email_normalized) AS blacklisted
      FROM %(table)s p"""
# A difference of sets, known before people are looked up by it: as a join PostgreSQL
# compared each person with each link, where it knew nothing of the sizes yet.
_NEW = """
    WHERE p.id > %(after)s AND NOT %(pass_over)s
      AND p.id = ANY(ARRAY(
          %(members)s
          EXCEPT
          SELECT res_id FROM infor_crm_binding
           WHERE connector_id = %(connector)s AND odoo_model = %(model)s))
    ORDER BY p.id LIMIT %(limit)s"""
_UNBOUND = """
    WHERE p.id = ANY(%(ids)s)
      AND NOT EXISTS (SELECT FROM infor_crm_binding b
                       WHERE b.connector_id = %(connector)s
                         AND b.odoo_model = %(model)s AND b.res_id = p.id)
    ORDER BY p.id"""


class PushTarget:
    """The list or segment of the list sync of ``run``. A segment is what the user may
    see who wanted the run, in the connector's company."""

    def __init__(self, env, run):
        self.env = env
        self.run = run
        self.sync = run.list_sync_id
        self.model = self.sync.target_model
        self._user = self._acting(run.user_id)
        self.set_up = set_up_of(env, self.sync)

    def _acting(self, user):
        """Runs of the scheduler are nobody's: the segment's owner stands for them."""
        owner = self.sync.filter_id.sudo().create_uid
        people = [u for u in (user, owner) if u.active and not u._is_superuser()]
        return people[0] if people else user

    def changed(self, after, limit):
        """Rows of linked people whose record was written since the last sync."""
        self._flush("write_date")
        return self._dicts(_CHANGED, after=after, limit=limit, **self._candidates())

    def again(self, bindings):
        """The same rows in this transaction's snapshot, without those of the gone."""
        return self._dicts(_AGAIN, bindings=list(bindings))

    def unbound(self, after, limit):
        """Rows of people who are linked with nothing of this CRM."""
        self._flush(EMAILS[self.model], "email_normalized", "write_date")
        candidates = self._candidates()
        return self._dicts(_PEOPLE + _NEW, after=after, limit=limit, **candidates)

    def still_unbound(self, ids):
        self._flush(EMAILS[self.model], "email_normalized", "write_date")
        return self._dicts(_PEOPLE + _UNBOUND, ids=list(ids))

    def among(self, sync, ids):
        """Which of ``ids`` belong to another list or segment."""
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id FROM %s p WHERE p.id = ANY(%s) AND p.id IN %s",
                self._table,
                list(ids),
                self._members(sync),
            )
        )
        return [person for (person,) in rows]

    # --- SQL ------------------------------------------------------------------------

    @property
    def _table(self):
        return SQL.identifier(self.env[self.model]._table)

    def _flush(self, *names):
        self.env[self.model].flush_model(names)
        self.env["infor.crm.binding"].flush_model()
        self.env["mail.blacklist"].flush_model()

    def _dicts(self, query, **facts):
        named = {
            "table": self._table,
            "connector": self.sync.connector_id.id,
            "model": self.model,
            "email": SQL.identifier(EMAILS[self.model]),
            "name": SQL.identifier("contact_name" if self._is_lead else "name"),
            **facts,
        }
        return self.env.execute_query_dict(SQL(query, **named))

    def _candidates(self):
        """Who may be looked at, and who was in vain."""
        return {
            "members": self._members(self.sync),
            "pass_over": pass_over(self.run, self.set_up, self._table),
        }

    @property
    def _is_lead(self):
        return self.model == "crm.lead"

    def _members(self, sync):
        if sync.list_id:
            return SQL(
                "(SELECT contact_id FROM mailing_subscription WHERE list_id = %s)",
                sync.list_id.id,
            )
        return self._segment(sync).subselect()

    def _segment(self, sync):
        company = sync.connector_id.company_id
        model = self.env[sync.target_model].with_user(self._user)
        if company:
            model = model.with_context(allowed_company_ids=company.ids)
        domain = Domain(literal_eval(sync.filter_id.sudo().mailing_domain))
        if company and "company_id" in model._fields:
            domain &= Domain("company_id", "in", [False, company.id])
        model.check_access("read")
        return model._search(domain)
