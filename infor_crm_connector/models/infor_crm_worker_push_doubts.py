from odoo import models

from ..tools.push_meeting import Meeting
from ..tools.push_rows import PushRows

WAITS = ("held", "no_answer")
# Seconds between two looks at what another run has under way.
LOOK_AGAIN = 5


class InforCrmWorkerPushDoubts(models.AbstractModel):
    """People whom a push could not settle at once: their answer was lost, or another
    run had claimed them.

    The last phase of a run. Whoever was linked meanwhile is done; whose time has come
    is met like anybody new; for the others the run is parked, so that its lane is free.
    """

    _inherit = "infor.crm.worker"

    def _phase_doubts(self, job, cursor, end):
        done = not self._waits(job) or self._push_phase(
            job,
            ("add", "update"),
            lambda work, line: self._doubts(work, line, job, cursor, end),
        )
        if not done or not self._tell_new_opt_outs(job, cursor, end):
            return None
        cursor.pop("consent", None)
        return cursor

    def _tell_new_opt_outs(self, job, cursor, end):
        """Of people linked just now, who are opted out in Odoo alone."""
        after = (cursor.get("consent") or {}).get("after", 0)
        return self._consent_tell(job, cursor, after, end)

    def _waits(self, job):
        self.env.cr.execute(
            """SELECT EXISTS (
                   SELECT FROM infor_crm_sync_outcome
                    WHERE run_id = %s AND status = 'waiting' AND reason = ANY(%s))""",
            [job.run.id, list(WAITS)],
        )
        return self.env.cr.fetchone()[0]

    def _doubts(self, work, line, job, cursor, end):
        """True when nobody waits any more, False when the slice or the run ended."""
        waits, after = [], 0
        while rows := PushRows(work).waiting(WAITS, after, self._push_size(cursor)):
            job.run.connector_id._ensure_bulk(job.run)
            after = rows[-1][0]
            meeting, seconds = self._due(work, {person for _id, person in rows})
            waits += seconds
            self._unlocked()
            if meeting.all_ids and self._meet(work, line, job, meeting, cursor):
                return False
            if self._time_over(end):
                return False
        self._serialized(PushRows(work).settle_linked)
        if waits:
            self._park_in_doubt(job, min(waits))
        return not waits

    def _due(self, work, ids):
        """(who can be met now, seconds for which each of the others has to wait)"""
        people = self._persons(work, work.target.still_unbound(ids))
        addresses = {person.address for person in people if person.address}
        blocked = self.env["infor.crm.claim"]._blocked(work.job.run, addresses)
        due = [person for person in people if person.address not in blocked]
        waiting = {person.id for person in people} - {person.id for person in due}
        waits = [LOOK_AGAIN if s is None else s for s in blocked.values()]
        return Meeting(due, sorted(ids - waiting)), waits

    def _park_in_doubt(self, job, seconds):
        job.run._park(
            job.lane,
            seconds + 1,
            self.env._(
                "The answer for some new records was lost. They are looked for once "
                "Infor CRM cannot be working on them any more, and only then sent "
                "again."
            ),
        )
