import logging
from datetime import timedelta

from odoo import api, models

from ..const import RESOURCES
from ..exceptions import ConnectorStopped
from ..lib import sdata
from ..lib.sdata.errors import SDataError
from .infor_crm_connector_watch import PROBE_TIMEOUT

_logger = logging.getLogger(__name__)

CHECK_EVERY = timedelta(days=1)
# What only the lists of values tell; a look at the fields leaves it as it was.
_NOT_ASKED = ("selection_items", "limited", "multiple")

_CLAIM = """
    UPDATE infor_crm_connector_pulse pulse SET fields_checked = %(now)s
      FROM infor_crm_connector connector
     WHERE connector.id = pulse.connector_id
       AND connector.active AND connector.mode = 'connected'
       AND connector.id <> ALL(%(quiet)s)
       AND pulse.red_since IS NULL AND pulse.lasting IS NOT TRUE
       AND pulse.next_probe IS NULL
       AND COALESCE(pulse.fields_checked, pulse.create_date) <= %(day_ago)s
       AND NOT EXISTS (SELECT FROM infor_crm_connector_pulse newer
                        WHERE newer.connector_id = pulse.connector_id
                          AND newer.id > pulse.id)
    RETURNING connector.id"""


class InforCrmConnectorWatchFields(models.Model):
    """Once a day a lane looks whether the mapped fields are still there: a field may
    vanish while nobody opens the connector. A handful of requests, no lists of values.
    """

    _inherit = "infor.crm.connector"

    @api.model
    def _watch(self):
        result = super()._watch()
        try:
            for connector in self._claim_field_check():
                connector._check_fields_again()
        except Exception:
            _logger.exception("Looking for the fields of Infor CRM failed")
            self.env.cr.rollback()
        return result

    def _claim_field_check(self):
        """Connectors that are due, each claimed by one lane only."""
        now = self._now()
        # that can wait until the CRM has time again
        resting = self.sudo().search([("quiet_hours", "=", True)])
        quiet = resting.filtered(lambda connector: connector._quiet_until()).ids
        values = {"now": now, "day_ago": now - CHECK_EVERY, "quiet": quiet}
        with self.env.registry.cursor() as cr:
            cr.execute(_CLAIM, values, log_exceptions=False)
            return self.browse([row[0] for row in cr.fetchall()])

    def _check_fields_again(self):
        try:
            client = self._client(timeout=PROBE_TIMEOUT, retry=sdata.Retry(attempts=1))
        except ConnectorStopped:
            return
        # no transaction is open while we wait for the CRM
        self.env["ir.cron"]._commit_progress()
        try:
            with client:
                found = {
                    kind: self._fetch_fields(client, kind, resource)
                    for kind, resource in RESOURCES.items()
                }
        except SDataError as error:
            self._report_error(error)
            return
        offered = {
            kind: [_without(row, _NOT_ASKED) for row in rows]
            for kind, rows in found.items()
            if rows
        }
        self._store_offer({"fields": offered, "choices": {}})
        self.env["ir.cron"]._commit_progress()


def _without(row, names):
    return {name: value for name, value in row.items() if name not in names}
