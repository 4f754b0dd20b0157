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
    "push": ("consent", "push_changes", "push_new", "doubts"),
}


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
        phases = PHASES[run.operation]
        for phase in phases[phases.index(cursor.get("phase", phases[0])) :]:
            if not self._enter_phase(job, cursor, phase):
                return
            cursor = getattr(self, f"_phase_{phase}")(job, cursor, end)
            if cursor is None:
                return
        self._finish_sync(job)

    def _enter_phase(self, job, cursor, phase):
        """Note the phase; False when people asked for something else."""
        cursor["phase"] = phase
        return not self._serialized(lambda: self._close_page(job, {}, dict(cursor)))

    def _finish_sync(self, job):
        job.run._leave(job.lane, "done", attempts=0)
