import logging
import random
import time

from psycopg2.extensions import TransactionRollbackError

from odoo import api, models

_logger = logging.getLogger(__name__)

LANES = (1, 2, 3, 4)
SLICE = 10  # seconds, when Odoo's cron does not say when to end
CLAIM_TRIES = 10
MODULE = "infor_crm_connector"

# One run per list at a time is held by a unique index on the table itself.
_CLAIM = """
    UPDATE infor_crm_sync_run
       SET lane = %(lane)s, state = 'running', next_try = NULL,
           started = COALESCE(started, now() AT TIME ZONE 'UTC'), finished = NULL
     WHERE id = (
        SELECT id FROM infor_crm_sync_run
         WHERE state = 'queued'
           AND (next_try IS NULL OR next_try <= now() AT TIME ZONE 'UTC')
         ORDER BY id
           FOR NO KEY UPDATE SKIP LOCKED
         LIMIT 1)
    RETURNING id"""
_OWN = "SELECT id FROM infor_crm_sync_run WHERE state = 'running' AND lane = %(lane)s"
_WORK = """
    SELECT EXISTS (
        SELECT FROM infor_crm_sync_run
         WHERE (state = 'running' AND lane = %(lane)s)
            OR (state = 'queued'
                AND (next_try IS NULL OR next_try <= now() AT TIME ZONE 'UTC')))"""
# Signals for runs that no lane works on; what a state does not allow is forgotten.
_SIGNALLED = """
    SELECT s.id, s.run_id, s.action FROM infor_crm_run_signal s
      JOIN infor_crm_sync_run r ON r.id = s.run_id
     WHERE r.state <> 'running' ORDER BY s.id"""
_OBEY = {
    "stop": """
        UPDATE infor_crm_sync_run
           SET state = 'stopped', finished = now() AT TIME ZONE 'UTC'
         WHERE id = %s AND state IN ('queued', 'paused', 'to_approve')""",
    "pause": """
        UPDATE infor_crm_sync_run SET state = 'paused'
         WHERE id = %s AND state = 'queued'""",
    # what it waited for is over, as far as anybody knows
    "retry": """
        UPDATE infor_crm_sync_run SET next_try = NULL
         WHERE id = %s AND state = 'queued'""",
    "now": """
        UPDATE infor_crm_sync_run
           SET next_try = NULL, message = NULL, at_any_hour = TRUE
         WHERE id = %s AND state = 'queued'""",
    # the list may have got another run meanwhile: then this one stays as it is
    "resume": """
        UPDATE infor_crm_sync_run r
           SET state = 'queued', next_try = NULL, attempts = 0, message = NULL,
               lane = NULL, finished = NULL
         WHERE id = %s AND state IN ('paused', 'stopped', 'failed')
           AND NOT EXISTS (
               SELECT FROM infor_crm_sync_run o
                WHERE o.list_sync_id = r.list_sync_id AND o.id <> r.id
                  AND o.state IN ('queued', 'running', 'paused', 'to_approve'))""",
}


class InforCrmLane(models.AbstractModel):
    """The workers: four identical cron jobs that execute runs.

    A run belongs to the lane that claimed it, and Odoo's lock on the lane's cron job
    is the lease: whoever next executes that job, on whichever server, goes on with its
    run from the cursor. There is no clock to be wrong about and nothing to renew.
    """

    _name = "infor.crm.lane"
    _description = "Infor CRM Lane"

    @api.model
    def _run_lane(self, lane):
        """Called by the cron job of lane ``lane``; never raises."""
        end = self.env.context.get("cron_end_time") or time.monotonic() + SLICE
        try:
            self.env["infor.crm.connector"]._watch()
            self.env["infor.crm.list.sync"]._dispatch_due()
            late = time.monotonic() >= end
            sent = not late and self._send(lane, end)
            worked = not late and self._work(lane, end)
            self._report(lane, goes_on=late or sent or worked)
        except Exception:
            _logger.exception("Lane %s of Infor CRM stumbled; it will go on", lane)
            self.env.cr.rollback()

    def _send(self, lane, end):
        """What people did leaves before bulk work, which gets the rest of the time."""
        now = time.monotonic()
        return self.env["infor.crm.worker"]._drain_outbox(lane, now + (end - now) / 2)

    def _work(self, lane, end):
        """Execute the own run, then others, until the slice ends. True when there was
        one."""
        worker = self.env["infor.crm.worker"]
        worked = False
        while True:
            run_id = self._claim(lane)
            # a snapshot that sees what was claimed
            self.env["ir.cron"]._commit_progress(0, remaining=1)
            if not run_id:
                return worked
            run = self.env["infor.crm.sync.run"].browse(run_id)
            worker._execute(run, lane, end)
            worked = True
            # a run looked at is work done, even if it could only be parked: Odoo
            # warns of jobs that do nothing and say that there is more to do
            self.env["ir.cron"]._commit_progress(1, remaining=1)
            if worker._time_over(end):
                return worked

    def _report(self, lane, goes_on):
        """Tell Odoo whether this lane has more to do, and if so wake it at once.

        Odoo alone would sleep up to a minute before a job that is not done. Called
        again after the slice, the lane reports no work done, which ends Odoo's loop.
        Without ``goes_on`` this call is over: other lanes were faster, or the work came
        while it ended.
        """
        left = self._has_work(lane)
        cron = self._cron(lane)
        if left and cron:
            cron._trigger()
        self.env["ir.cron"]._commit_progress(0, remaining=int(left and goes_on))

    def _has_work(self, lane):
        self.env.cr.execute(_WORK, {"lane": lane})
        if self.env.cr.fetchone()[0]:
            return True
        return bool(self.env["infor.crm.worker"]._outbox_connectors())

    def _claim(self, lane):
        """Id of the run this lane has or gets, None when there is nothing to do.

        In a short transaction of its own: polled inside the job's, a conflict with
        another lane would cost the job its work.
        """
        for attempt in range(CLAIM_TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    return self._claim_with(cr, lane)
            except TransactionRollbackError:
                _logger.debug("Lane %s claims once more", lane)
            time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))
        return None

    def _claim_with(self, cr, lane):
        cr.execute(_SIGNALLED, log_exceptions=False)
        for signal_id, run_id, action in cr.fetchall():
            cr.execute(_OBEY[action], [run_id], log_exceptions=False)
            cr.execute(
                "DELETE FROM infor_crm_run_signal WHERE id = %s",
                [signal_id],
                log_exceptions=False,
            )
        for query in (_OWN, _CLAIM):
            cr.execute(query, {"lane": lane}, log_exceptions=False)
            if row := cr.fetchone():
                return row[0]
        return None

    @api.model
    def _cron(self, lane):
        return self.env.ref(f"{MODULE}.ir_cron_lane_{lane}", raise_if_not_found=False)

    @api.model
    def _wake(self, at=None):
        """Have a lane that is not at work look for runs, now or at a time."""
        self.env["infor.crm.sync.run"].flush_model(["state", "lane"])
        self.env.cr.execute(
            "SELECT lane FROM infor_crm_sync_run WHERE state = 'running'"
        )
        busy = {lane for (lane,) in self.env.cr.fetchall()}
        for lane in [number for number in LANES if number not in busy][:1]:
            if cron := self._cron(lane):
                cron.sudo()._trigger(at)
