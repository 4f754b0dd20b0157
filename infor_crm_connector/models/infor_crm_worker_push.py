from odoo import models
from odoo.exceptions import AccessError

from ..const import RESOURCES
from ..tools.outcome_rows import insert_outcomes
from ..tools.push_line import PushLine, put_versioned
from ..tools.push_look import read_by_key
from ..tools.push_meeting import versioned_item
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

    # --- changes of linked people -----------------------------------------------------

    def _put(self, line, kind, changes):
        """(changes, what will become of them)"""
        items = [versioned_item(change) for change in changes]
        return changes, line.submit(put_versioned, RESOURCES[kind], items)

    def _take_results(self, work, line, asked, size):
        """Of pairs as :meth:`_put` makes them, into the changes. Whose record somebody
        in the CRM changed since it was read, that is read, decided and sent anew; once,
        then it is left to the next run."""
        self._take(line, asked)
        met = [c for changes, _future in asked for c in changes if c.met_somebody]
        if not met:
            return
        read = line.call(read_by_key, work.readers, _keys(met), size)
        again = [c for c in met if c.meet(read.seen.get(c.place), work)]
        self._unlocked()
        self._take(line, [self._put(line, *pair) for pair in _by_kind(again)])

    def _take(self, line, asked):
        for changes, future in asked:
            for change, result in zip(changes, line.wait(future), strict=True):
                change.result = result

    def _patient(self, job):
        return job.run.attempts < PATIENT

    def _close_push(self, job, book, selected, cursor, settled=0):
        """In the page's transaction; the signal that ends the run, or ""."""
        insert_outcomes(self.env, job.run, book.rows)
        counts = book.counts(selected, settled)
        counts["calls"] = job.client.request_count - job.calls
        return self._close_page(job, counts, dict(cursor))


def _by_kind(changes):
    kinds = dict.fromkeys(change.kind for change in changes)
    return [(kind, [c for c in changes if c.kind == kind]) for kind in kinds]


def _keys(changes):
    return {kind: [c.key for c in found] for kind, found in _by_kind(changes)}
