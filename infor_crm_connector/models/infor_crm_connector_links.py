from odoo import models
from odoo.tools import SQL


class InforCrmConnectorLinks(models.Model):
    """Links tell one CRM from another."""

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
