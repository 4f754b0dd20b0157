import time

from psycopg2.extensions import TransactionRollbackError
from psycopg2.extras import Json

from odoo import SUPERUSER_ID, api, fields, models

from ..exceptions import ConnectorStopped
from ..lib.sdata import errors, urls
from ..tools import remedies

WARNING = "mail.mail_activity_data_warning"
TRIES = 5

_PULSE = """
    SELECT id, problem, lasting, red_since, mailed
      FROM infor_crm_connector_pulse
     WHERE connector_id = %s ORDER BY id DESC LIMIT 1"""
_REFUSED = """
    UPDATE infor_crm_connector_pulse
       SET lasting = TRUE, problem = %(problem)s, next_probe = NULL,
           asking_until = NULL, red_since = COALESCE(red_since, %(now)s)
     WHERE id = %(id)s"""
_TELL = """
    UPDATE infor_crm_connector_pulse SET told = TRUE, mailed = %(now)s
     WHERE id = %(id)s AND red_since IS NOT NULL AND told IS NOT TRUE
    RETURNING id"""
_TROUBLE = """
    UPDATE infor_crm_connector_pulse
       SET failing_since = COALESCE(failing_since, %(now)s), problem = %(problem)s,
           next_probe = COALESCE(next_probe, %(probe)s)
     WHERE id = %(id)s AND red_since IS NULL AND lasting IS NOT TRUE
    RETURNING next_probe"""


class InforCrmConnectorAlert(models.Model):
    """Red and green: what is noted, and in which words. ``_watch`` tells people."""

    _inherit = "infor.crm.connector"

    pulse_ids = fields.One2many(
        "infor.crm.connector.pulse",
        "connector_id",
        groups=fields.NO_ACCESS,
        exportable=False,
    )

    def _now(self):
        """The time that alerts, probes and quiet hours go by."""
        return fields.Datetime.now()

    def _pulse(self):
        """The newest infor.crm.connector.pulse as values; {} before the first."""
        self.ensure_one()
        self.env["infor.crm.connector.pulse"].flush_model()
        self.env.cr.execute(_PULSE, [self._origin.id or None])
        return self.env.cr.dictfetchone() or {}

    def _beside(self, work, *args):
        """Call ``work(connector, *args)`` in a short transaction of its own.

        What a lane learns about a connection is committed although its own work may
        be rolled back, and a button that ends in an error has rolled back already.
        """
        self.ensure_one()
        for attempt in range(TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    result = work(env[self._name].browse(self.id), *args)
                break
            except TransactionRollbackError:
                if attempt == TRIES - 1:
                    raise
            time.sleep(0.02 * (attempt + 1))
        self.invalidate_recordset(["state", "health", "stop_message"])
        return result

    # --- words ------------------------------------------------------------------------

    def _problem_sentence(self):
        self.ensure_one()
        pulse = self._pulse()
        sentence = self._sentence(pulse.get("problem") or {})
        if pulse.get("lasting"):
            return sentence
        return f"{sentence} {remedies.stop_sentence(self.env, 'tried')}"

    def _sentence(self, error, stage=""):
        """Cause and remedy of an error of the client (or its facts) for people."""
        facts = error if isinstance(error, dict) else error.facts
        known = {**self._address_facts(), **facts}
        return remedies.sentence(self.env, known, known.get("stage") or stage)

    def _address_facts(self):
        """Host and port as people know them, for sentences."""
        self.ensure_one()
        connector = self.sudo()
        try:
            base = connector.base_url or urls.candidates(connector.url or "")[0]
            _scheme, host, port = urls.origin(base)
        except ValueError:
            return {}
        return {"host": host, "port": port, "base_url": base}

    # --- what lanes and buttons met ---------------------------------------------------

    def _report_error(self, error):
        """Note an error met while calling Infor CRM; returns its sentence.

        A refused login turns the connector red at once, so that nothing calls again
        with it and locks the account. Signs of a broken connection have it probed.
        Other errors are the caller's to retry.
        """
        if isinstance(error, errors.Halted):
            return self._stop_sentence(self._stop_reason() or error.reason)
        if isinstance(error, errors.LoginRefused):
            self._beside(type(self)._note_refusal, error.facts)
        elif isinstance(error, remedies.BROKEN_CONNECTION):
            self._suspect(error.facts)
        return self._sentence(error)

    def _suspect(self, facts):
        """The connection may be broken: lanes will look after it."""
        self._beside(type(self)._note_trouble, facts)

    def _note_refusal(self, facts):
        pulse = facts.get("pulse") or self._pulse().get("id")
        values = {"problem": Json(facts), "now": self._now(), "id": pulse}
        self.env.cr.execute(_REFUSED, values, log_exceptions=False)
        self._tell_once()

    def _note_trouble(self, facts):
        now = self._now()
        values = {
            "problem": Json(facts),
            "now": now,
            "probe": self._next_probe(0, now, now),
            "id": self._pulse().get("id"),
        }
        self.env.cr.execute(_TROUBLE, values, log_exceptions=False)
        if row := self.env.cr.fetchone():
            self.env["infor.crm.lane"]._wake(row[0])

    def _tell_once(self):
        """Tell the responsible user of a red connector that nobody was told of."""
        pulse = self._pulse()
        values = {"now": self._now(), "id": pulse.get("id")}
        self.env.cr.execute(_TELL, values, log_exceptions=False)
        if self.env.cr.fetchone():
            self._tell_responsible()

    # --- what people did --------------------------------------------------------------

    def _turn_red(self, facts):
        """Stop all calls until somebody clicks *Reconfirm Login*, and say why."""
        for connector in self.sudo():
            former = connector._pulse()
            again = former.get("lasting") and former["problem"] == facts
            now = connector._now()
            self.env["infor.crm.connector.pulse"].sudo().create(
                {
                    "connector_id": connector.id,
                    "lasting": True,
                    "problem": facts,
                    "red_since": now,
                    "told": True,
                    "mailed": former.get("mailed") or now,
                }
            )
            if not again and facts.get("error") != "Changed":
                connector._tell_responsible()

    def _turn_green(self):
        """The login was confirmed: alerts close and everything may call."""
        for connector in self.sudo():
            connector.mode = "connected"
            self.env["infor.crm.connector.pulse"].sudo().create(
                {"connector_id": connector.id}
            )
            connector._close_alert()

    def _ensure_bulk(self, run):
        """ConnectorStopped when a run has to wait: asked before and between batches.

        Requests stop by themselves; this one also keeps what was fetched already from
        being written after somebody paused."""
        self.ensure_one()
        if reason := self._stop_reason() or self._quiet_reason(run):
            raise ConnectorStopped(self.id, reason)
