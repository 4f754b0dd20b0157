from odoo import api, fields, models

BATCH = 10_000


class InforCrmRunMember(models.Model):
    """Keys of the group that a run reads; kept until a later run has read them all, to
    tell who joined and who left.

    A table and not the run's cursor: that is written again with every page.
    """

    _name = "infor.crm.run.member"
    _description = "Infor CRM Member to Import"
    _log_access = False

    run_id = fields.Many2one("infor.crm.sync.run", required=True, ondelete="cascade")
    key = fields.Char(required=True)

    # in an order that is the same whatever the database's language
    _key_unique = models.UniqueIndex('(run_id, key COLLATE "C")')

    @api.model
    def _store(self, run, keys):
        self.env.cr.execute(
            """INSERT INTO infor_crm_run_member (run_id, key)
               SELECT %s, unnest(%s::varchar[]) ON CONFLICT DO NOTHING""",
            [run.id, list(keys)],
        )

    @api.model
    def _after(self, run, key, limit):
        """The next keys in their order."""
        self.env.cr.execute(
            """SELECT key FROM infor_crm_run_member
                WHERE run_id = %s AND key COLLATE "C" > %s
                ORDER BY key COLLATE "C" LIMIT %s""",
            [run.id, key or "", limit],
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _count(self, run):
        self.env.cr.execute(
            "SELECT count(*) FROM infor_crm_run_member WHERE run_id = %s", [run.id]
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _forget(self, run):
        self.env.cr.execute(
            "DELETE FROM infor_crm_run_member WHERE run_id = %s", [run.id]
        )

    @api.model
    def _new_ones(self, run, before, key, limit):
        """The next keys in their order that the run ``before`` (id) had not seen."""
        self.env.cr.execute(
            """SELECT m.key FROM infor_crm_run_member m
                WHERE m.run_id = %s AND m.key COLLATE "C" > %s
                  AND NOT EXISTS (SELECT FROM infor_crm_run_member b
                                   WHERE b.run_id = %s
                                     AND b.key COLLATE "C" = m.key COLLATE "C")
                ORDER BY m.key COLLATE "C" LIMIT %s""",
            [run.id, key or "", before, limit],
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _vanished(self, run, before, key, limit):
        """Links of people who were in the group at the run ``before`` and are not now:
        rows with id, kind, key, name, res_id."""
        self.env.cr.execute(
            """SELECT b.id, b.kind, b.key, c.name, b.res_id
                 FROM infor_crm_run_member m
                 JOIN infor_crm_sync_run r ON r.id = %(run)s
                 JOIN infor_crm_binding b
                   ON b.connector_id = r.connector_id AND b.kind = r.kind
                  AND b.key = m.key AND b.odoo_model = 'mailing.contact'
                 JOIN mailing_contact c ON c.id = b.res_id
                WHERE m.run_id = %(before)s AND m.key COLLATE "C" > %(key)s
                  AND b.gone_since IS NULL
                  AND NOT EXISTS (SELECT FROM infor_crm_run_member n
                                   WHERE n.run_id = %(run)s
                                     AND n.key COLLATE "C" = m.key COLLATE "C")
                ORDER BY m.key COLLATE "C" LIMIT %(limit)s""",
            {"run": run.id, "before": before, "key": key or "", "limit": limit},
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _forget_of(self, run_id):
        self.env.cr.execute(
            "DELETE FROM infor_crm_run_member WHERE run_id = %s", [run_id]
        )

    @api.autovacuum
    def _gc_members(self):
        """Of runs that nobody can resume any more, unless they hold a group as it was
        last seen."""
        self.env.cr.execute(
            """DELETE FROM infor_crm_run_member WHERE id IN (
                   SELECT m.id FROM infor_crm_run_member m
                     JOIN infor_crm_sync_run r ON r.id = m.run_id
                    WHERE (r.state = 'done' OR r.list_sync_id IS NULL)
                      AND NOT EXISTS (
                          SELECT FROM infor_crm_list_sync l
                           WHERE l.pull_window->>'members_run' = r.id::text)
                    LIMIT %s)""",
            [BATCH],
        )
        return self.env.cr.rowcount, self.env.cr.rowcount == BATCH
