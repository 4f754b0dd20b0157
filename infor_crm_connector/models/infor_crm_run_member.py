from odoo import api, fields, models

BATCH = 10_000


class InforCrmRunMember(models.Model):
    """Keys of the group that a run imports, from when they are read until it is done.

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

    @api.autovacuum
    def _gc_members(self):
        """Of runs that nobody can resume any more."""
        self.env.cr.execute(
            """DELETE FROM infor_crm_run_member WHERE id IN (
                   SELECT m.id FROM infor_crm_run_member m
                     JOIN infor_crm_sync_run r ON r.id = m.run_id
                    WHERE r.state = 'done' OR r.list_sync_id IS NULL LIMIT %s)""",
            [BATCH],
        )
        return self.env.cr.rowcount, self.env.cr.rowcount == BATCH
