from odoo import models
from odoo.tools import SQL


class InforCrmConnectorLinks(models.Model):
    """Links tell one CRM from another; waiting runs go on when it is well again."""

    _inherit = "infor.crm.connector"

    def _linked_key_sample(self, limit):
        """Keys spread over all links; the same ones each time for the same links."""
        self.env.cr.execute(
            SQL(
                """SELECT kind, key FROM infor_crm_binding
                    WHERE connector_id = %s ORDER BY md5(key) LIMIT %s""",
                self.id,
                limit,
            )
        )
        sample = {}
        for kind, key in self.env.cr.fetchall():
            sample.setdefault(kind, []).append(key)
        return sample

    def _on_reconnected(self):
        """Runs that wait for a better time need not wait any longer."""
        result = super()._on_reconnected()
        registry = self.env.registry

        # After the commit, and in a short transaction of its own: a lane that looked
        # now would still see a red connector, and one that claims a run at the same
        # moment would make this request fail and log in all over again.
        @self.env.cr.postcommit.add
        def wake():
            with registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._wake_parked_runs()

        return result

    def _wake_parked_runs(self):
        self.env.cr.execute(
            SQL(
                """UPDATE infor_crm_sync_run SET next_try = NULL
                    WHERE connector_id = ANY(%s) AND state = 'queued'""",
                self.ids,
            )
        )
        self.env["infor.crm.lane"].sudo()._wake()
