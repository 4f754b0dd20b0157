from odoo import models

from ..const import RESOURCES


class InforCrmConnectorColumns(models.Model):
    """What the import wizard asks the CRM for while somebody waits."""

    _inherit = "infor.crm.connector"

    def _refresh_columns(self, kind):
        """The fields of one kind and their lists of values, as the CRM has them now.

        A third of the requests of :meth:`_refresh_fields`: at a second for each of
        them, that is the difference between a pause and a broken window.
        Raises the client's errors. Call it without own writes pending.
        """
        self.ensure_one()
        with self._client() as client:
            rows = self._fetch_fields(client, kind, RESOURCES[kind])
            self._add_picklists(client, {kind: rows})
        self._store_offer({"fields": {kind: rows} if rows else {}, "choices": {}})
