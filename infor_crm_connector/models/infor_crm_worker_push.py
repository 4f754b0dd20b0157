from odoo import models
from odoo.exceptions import AccessError

from ..tools.outcome_rows import insert_outcomes
from ..tools.push_line import PushLine
from ..tools.push_work import PushWork
from .infor_crm_worker import ListGone
from .infor_crm_worker_import import HTTP_WAIT

# People of one page: asked for, written and counted together.
PAGE = 100
# Outages after which what fails alone counts as a matter of that record.
PATIENT = 3


class InforCrmWorkerPush(models.AbstractModel):
    """What the phases of a push share.

    A page is read from Odoo, asked for in the CRM, decided in one snapshot, sent, and
    written down with its outcomes, counters and cursor; no transaction is open while
    the lane waits for the CRM.
    """

    _inherit = "infor.crm.worker"

    def _push_phase(self, job, what, work_off):
        """``work_off(work, line)`` where this list does one of ``what`` (add, update);
        True when there is nothing left to do."""
        sync = job.run.list_sync_id
        if not sync:
            raise ListGone
        if not self._pushes(sync, what):
            return True
        try:
            work = PushWork(self.env, job)
            with PushLine(job.client, HTTP_WAIT) as line:
                return work_off(work, line)
        except AccessError as error:
            self._segment_refused(job, error)
            return False

    def _pushes(self, sync, what):
        sync = sync.sudo()
        on = sync.push and not sync.push_paused
        return on and any(sync[f"push_{name}"] for name in what)

    def _segment_refused(self, job, error):
        self.env.cr.rollback()
        job.run._leave(
            job.lane,
            "failed",
            message=self.env._(
                "The people of the segment “%(name)s” cannot be read as %(user)s: "
                "%(error)s",
                name=job.run.list_sync_id._target_name(),
                user=job.run.user_id.name or "?",
                error=str(error),
            ),
        )

    def _push_size(self, cursor):
        return min(PAGE, cursor.get("page_size") or PAGE)

    def _unlocked(self):
        """No transaction from here on."""
        self.env["ir.cron"]._commit_progress()

    def _patient(self, job):
        return job.run.attempts < PATIENT

    def _close_push(self, job, book, selected, cursor, settled=0):
        """In the page's transaction; the signal that ends the run, or ""."""
        insert_outcomes(self.env, job.run, book.rows)
        counts = book.counts(selected, settled)
        counts["calls"] = job.client.request_count - job.calls
        return self._close_page(job, counts, dict(cursor))
