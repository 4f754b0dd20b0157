from odoo import models

from ..tools.sync_job import SyncJob
from .infor_crm_worker import ListGone

# Of each operation, in their order: nobody is mailed, and nothing overwritten, who or
# that an earlier phase would have protected.
PHASES = {
    "sync": (
        "consent",
        "members",
        "pull",
        "address",
        "push_changes",
        "push_new",
        "doubts",
    ),
    # a push only reads who refused e-mail, or no longer does
    "push": ("consent", "pull", "push_changes", "push_new", "doubts"),
}
FREE_PHASE = "consent"


class InforCrmWorkerSync(models.AbstractModel):
    """A slice of a sync: the phases from the cursor on.

    A phase is a method ``_phase_<name>(job, cursor, end)``. It returns the cursor it
    leaves when it is done, and None when the slice ended or the run was left; then it
    has committed how far it came.
    """

    _inherit = "infor.crm.worker"

    def _slice_sync(self, run, lane, client, end):
        self._go_through_phases(run, lane, client, end)

    def _slice_push(self, run, lane, client, end):
        self._go_through_phases(run, lane, client, end)

    def _go_through_phases(self, run, lane, client, end):
        if not run.list_sync_id:
            raise ListGone
        job = SyncJob.of(run, lane, client)
        cursor = dict(run.cursor or {})
        self._heed_set_up(job, cursor)
        cursor = self._look_first(job, cursor)
        if cursor is None:
            return
        for phase in self._phases_left(run, cursor):
            self._enter_phase(job, cursor, phase)
            cursor = getattr(self, f"_phase_{phase}")(job, cursor, end)
            if cursor is None:
                return
        self._finish_sync(job, cursor)

    def _phases_left(self, run, cursor):
        if cursor.get("idle"):
            return ()
        phases = PHASES[run.operation]
        return phases[phases.index(cursor.get("phase", phases[0])) :]

    def _enter_phase(self, job, cursor, phase):
        """Each phase may be gone through again, so what it does first notes it."""
        if phase != FREE_PHASE:
            job.run.connector_id._ensure_bulk(job.run)
        cursor["phase"] = phase

    def _may_work(self, run):
        """Opt-outs travel in quiet hours, too: of all else it is asked later."""
        if run.operation not in PHASES:
            return super()._may_work(run)
        if (run.cursor or {}).get("phase", FREE_PHASE) != FREE_PHASE:
            return super()._may_work(run)
        return None

    # --- the end ----------------------------------------------------------------------

    def _finish_sync(self, job, cursor):
        """Say how it ended."""
        run = job.run
        self.env.invalidate_all()
        if wrong := self._wrong_sync_sums(run):
            self._end_in_doubt(job, wrong)
            return
        calls = self._calls(job)
        if calls["calls"]:
            run._add(job.lane, calls)
        if cursor.get("group_gone"):
            words = self._group_gone_words(run)
            run._leave(job.lane, "failed", message=words, attempts=0)
            return
        words = self._sync_closing_words(run, cursor) or None
        run._leave(job.lane, "done", message=words, attempts=0)

    def _wrong_sync_sums(self, run):
        wrong = [
            f"{run[name]} {name}"
            for name in ("unchanged", "push_unchanged")
            if run[name] < 0
        ]
        return ", ".join(wrong)

    def _sync_closing_words(self, run, cursor):
        if cursor.get("gaps") or run.incomplete:
            return self.env._(
                "Infor CRM did not give all the records it announced, also when asked "
                "again. The next sync asks for them once more."
            )
        noticed = {notice["what"] for notice in run.notices or []}
        if "no_address_window" in noticed:
            return self.env._(
                "Infor CRM cannot be asked which addresses changed. A change of an "
                "address alone comes with the next change of the person."
            )
        if noticed:
            return self._faulty_words()
        return False
