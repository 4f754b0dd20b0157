import logging
from datetime import timedelta

from psycopg2.extras import Json

from odoo import api, models

from ..exceptions import ConnectorStopped
from ..lib import sdata
from ..lib.sdata.errors import Halted, LoginRefused, SDataError
from .infor_crm_connector_alert import WARNING

_logger = logging.getLogger(__name__)

# A connection that does not work is judged after so long.
RED_AFTER = timedelta(minutes=10)
# Seconds between probes, longer each time.
PROBES = (30, 60, 60, 120, 120, 180, 300, 600)
# While one lane probes, the others do not. A probe is one request of two such limits
# (connecting, answering): lanes wait no longer than 20 s.
PROBE_LEASE = timedelta(minutes=2)
PROBE_TIMEOUT = 10.0
MAIL_EVERY = timedelta(days=1)

_DUE = """
    SELECT pulse.connector_id
      FROM infor_crm_connector_pulse pulse
      JOIN infor_crm_connector connector ON connector.id = pulse.connector_id
     WHERE connector.active AND connector.mode = 'connected'
       AND (pulse.red_since IS NOT NULL
                AND (pulse.told IS NOT TRUE OR pulse.mailed <= %(day_ago)s)
            OR pulse.next_probe <= %(now)s
            OR pulse.red_since IS NULL AND EXISTS (
                SELECT FROM mail_activity activity
                 WHERE activity.res_model = 'infor.crm.connector'
                   AND activity.res_id = connector.id AND activity.active
                   AND activity.automated AND activity.activity_type_id = %(warning)s))
       AND NOT EXISTS (SELECT FROM infor_crm_connector_pulse newer
                        WHERE newer.connector_id = pulse.connector_id
                          AND newer.id > pulse.id)"""
_MAIL = """
    UPDATE infor_crm_connector_pulse SET mailed = %(now)s
     WHERE id = %(id)s AND red_since IS NOT NULL AND mailed <= %(day_ago)s
    RETURNING id"""
_CLAIM = """
    UPDATE infor_crm_connector_pulse SET next_probe = %(lease)s
     WHERE id = %(id)s AND lasting IS NOT TRUE AND next_probe <= %(now)s
    RETURNING id"""
_FAILED = """
    UPDATE infor_crm_connector_pulse
       SET failing_since = COALESCE(failing_since, %(now)s), problem = %(problem)s,
           failures = COALESCE(failures, 0) + 1
     WHERE id = %(id)s AND lasting IS NOT TRUE
    RETURNING failures, failing_since"""
_SCHEDULE = """
    UPDATE infor_crm_connector_pulse
       SET next_probe = %(probe)s,
           red_since = COALESCE(red_since, %(red_since)s)
     WHERE id = %(id)s"""
_WELL = """
    WITH former AS (
        SELECT id, red_since FROM infor_crm_connector_pulse
         WHERE id = %(id)s AND lasting IS NOT TRUE FOR NO KEY UPDATE)
    UPDATE infor_crm_connector_pulse pulse
       SET failing_since = NULL, failures = 0, next_probe = NULL, problem = NULL,
           red_since = NULL, told = FALSE, mailed = NULL
      FROM former WHERE pulse.id = former.id
    RETURNING former.red_since"""
_WAITING = """
    SELECT id FROM infor_crm_sync_run
     WHERE connector_id = %s AND state = 'queued' AND next_try IS NOT NULL"""


class InforCrmConnectorWatch(models.Model):
    """Looking after connections: probing those that broke, telling who is responsible.

    Done by the lanes at the start of each call; costs one query when all is well.
    """

    _inherit = "infor.crm.connector"

    @api.model
    def _watch(self):
        """Probe and tell what is due. Never raises."""
        try:
            for connector in self._due():
                connector._beside(type(self)._tell_due)
                if connector._beside(type(self)._claim_probe):
                    connector._probe()
        except Exception:
            _logger.exception("Looking after the connectors of Infor CRM failed")
            self.env.cr.rollback()

    def _due(self):
        self.env.cr.execute(_DUE, self._times())
        return self.browse([row[0] for row in self.env.cr.fetchall()])

    def _times(self):
        now = self._now()
        return {
            "now": now,
            "day_ago": now - MAIL_EVERY,
            "lease": now + PROBE_LEASE,
            "warning": self.env["ir.model.data"]._xmlid_to_res_id(
                WARNING, raise_if_not_found=False
            )
            or 0,
        }

    # --- probing ----------------------------------------------------------------------

    def _claim_probe(self):
        values = {"id": self._pulse().get("id"), **self._times()}
        self.env.cr.execute(_CLAIM, values, log_exceptions=False)
        return bool(self.env.cr.fetchone())

    def _probe(self):
        """One request: does the CRM answer, and accept the login?"""
        try:
            client = self._client(
                probes=True, timeout=PROBE_TIMEOUT, retry=sdata.Retry(attempts=1)
            )
        except ConnectorStopped:
            return  # a copy of the database, say
        # no transaction is open while we wait for the CRM
        self.env["ir.cron"]._commit_progress()
        try:
            with client:
                client.who_am_i()
        except Halted:
            return
        except LoginRefused as error:
            self._report_error(error)
        except SDataError as error:
            self._beside(type(self)._probe_failed, error.facts)
        else:
            self._beside(type(self)._probe_succeeded)

    def _probe_failed(self, facts):
        pulse = {"id": self._pulse()["id"]}
        now = self._now()
        values = {**pulse, "now": now, "problem": Json(facts)}
        self.env.cr.execute(_FAILED, values, log_exceptions=False)
        if not (row := self.env.cr.fetchone()):
            return
        failures, since = row
        probe = self._next_probe(failures, since, now)
        red_since = now if now - since >= RED_AFTER else None
        values = {**pulse, "probe": probe, "red_since": red_since}
        self.env.cr.execute(_SCHEDULE, values, log_exceptions=False)
        self._tell_once()
        self.env["infor.crm.lane"]._wake(probe)

    @api.model
    def _next_probe(self, failures, failing_since, now):
        """When to look again; in any case at the moment at which it turns red."""
        pause = timedelta(seconds=PROBES[min(failures, len(PROBES) - 1)])
        verdict = failing_since + RED_AFTER
        return min(now + pause, verdict) if now < verdict else now + pause

    def _probe_succeeded(self):
        values = {"id": self._pulse()["id"]}
        self.env.cr.execute(_WELL, values, log_exceptions=False)
        row = self.env.cr.fetchone()
        if row and row[0]:
            self._close_alert()
            self._go_on()

    def _go_on(self):
        """Runs that wait look again now. Rows are inserted: runs are their lanes'."""
        waiting = []
        for connector in self:
            self.env.cr.execute(_WAITING, [connector.id])
            waiting += [row[0] for row in self.env.cr.fetchall()]
        self.env["infor.crm.run.signal"].sudo().create(
            [{"run_id": run_id, "action": "retry"} for run_id in waiting]
        )
        if waiting:
            self.env["infor.crm.lane"]._wake()

    # --- telling ----------------------------------------------------------------------

    def _tell_due(self):
        if not self._pulse().get("red_since"):
            # somebody reconfirmed the login while a lane told of the refusal
            self._close_alert()
        self._tell_once()
        values = {"id": self._pulse().get("id"), **self._times()}
        self.env.cr.execute(_MAIL, values, log_exceptions=False)
        if self.env.cr.fetchone():
            connector = self._for_responsible()
            connector._mail_responsible(connector._problem_sentence())

    def _responsible(self):
        """Who is told: somebody who can read it, else an administrator."""
        user = self.user_id
        if user and user.active and not user.share:
            return user
        group = self.env.ref("infor_crm_connector.group_manager")
        people = group.all_user_ids.filtered(
            lambda u: u.active and self.company_id in u.company_ids
        )
        return people.sorted("id")[:1] or self.env.ref("base.user_admin")

    def _for_responsible(self):
        user = self._responsible()
        return self.sudo().with_context(lang=user.lang, tz=user.tz)

    def _tell_responsible(self):
        """At once: an activity (one at a time, with the newest cause) and a mail."""
        self.ensure_one()
        connector = self._for_responsible()
        sentence = connector._problem_sentence()
        summary = connector.env._("%s: the connection needs attention", self.name)
        if known := connector.activity_search([WARNING]):
            known.write({"summary": summary, "note": sentence})
        else:
            # the mail says it: Odoo need not send one about the activity too
            connector.with_context(mail_activity_quick_update=True).activity_schedule(
                WARNING,
                summary=summary,
                note=sentence,
                user_id=self._responsible().id,
            )
        connector._message_log(body=sentence)
        connector._mail_responsible(sentence)

    def _mail_responsible(self, sentence):
        self.ensure_one()
        user = self._responsible()
        if not user.email:
            return
        body = self.env["ir.qweb"]._render(
            "infor_crm_connector.alert_mail",
            {
                "connector": self,
                "sentence": sentence,
                "url": f"{self.get_base_url()}/odoo/infor-crm/{self.id}",
            },
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("%s: the connection needs attention", self.name),
                "body_html": body,
                "email_to": user.email_formatted,
                "email_from": self.company_id.email_formatted or user.email_formatted,
                "auto_delete": True,
            }
        )

    def _close_alert(self):
        """Well again: the activity is done, and who was told is told."""
        for connector in self.sudo():
            if not connector.activity_search([WARNING]):
                continue
            spoken = connector._for_responsible()
            words = spoken.env._("The connection works again.")
            spoken.activity_feedback([WARNING], feedback=words)
            user = connector._responsible()
            if user != self.env.user:
                spoken.message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=spoken.env._("%s works again", connector.name),
                    body=words,
                )
