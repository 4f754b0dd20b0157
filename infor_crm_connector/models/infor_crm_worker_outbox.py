import logging
import random
import time
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError
from psycopg2.extras import Json

from odoo import models

from ..exceptions import ConnectorStopped
from ..lib import sdata
from ..lib.sdata.errors import Halted, LoginRefused, RejectedPayload, SDataError
from ..tools import outbox_sql as sql
from ..tools.outbox_job import OutboxJob, Result, Task
from ..tools.remedies import BROKEN_CONNECTION
from .infor_crm_worker import PASSING, PASSING_CONFLICTS, PATIENCE

_logger = logging.getLogger(__name__)

CLAIM_TRIES = 10
# Rows sent together: a lane must not wait long for one answer.
BATCH = 50
HTTP_WAIT = 20.0


class InforCrmWorkerOutbox(models.AbstractModel):
    """Sends the outbox: claim, announce, send, note what became of it.

    For a type of rows there is ``_outbox_<type>(job, tasks)``, which sends them and
    returns {task id: Result}; before a creation it calls :meth:`_outbox_announce`.
    ``_outbox_find_<type>(job, tasks)`` returns {task id: keys} of those that have
    arrived. No transaction is open while they wait for the CRM.
    """

    _inherit = "infor.crm.worker"

    def _drain_outbox(self, lane, end):
        """Send what is due until about ``end``; True when there was something."""
        self._outbox_aside(sql.SETTLE, lane=lane)
        self._outbox_aside(sql.UNPARK)
        # a snapshot that sees it
        self.env["ir.cron"]._commit_progress()
        worked = False
        for connector in self._outbox_connectors():
            goes_on = True
            while goes_on and not self._time_over(end):
                found = self._outbox_claim(connector, lane)
                if not found:
                    break
                worked = True
                goes_on = self._outbox_portion(connector, lane, *found)
                self.env["ir.cron"]._commit_progress(1, remaining=1)
        return worked

    def _outbox_connectors(self):
        """Those that have something to send and may be called."""
        self.env.cr.execute(sql.CONNECTORS, {"now": self._outbox_now()})
        found = self.env["infor.crm.connector"].browse(
            [row[0] for row in self.env.cr.fetchall()]
        )
        return found.filtered(lambda c: not c._stop_reason())

    def _outbox_now(self):
        return self.env["infor.crm.connector"]._now()

    # --- claiming -------------------------------------------------------------------

    def _outbox_claim(self, connector, lane):
        """(type, what to do with them, ids): rows of one type in one state."""
        values = {"connector": connector.id, "lane": lane, "limit": BATCH}
        rows = self._outbox_aside(sql.CLAIM, **values)
        rows = rows or self._outbox_aside(sql.CLAIM_DOUBTS, **values)
        if not rows:
            return None
        type_, state = rows[0][1:]
        return type_, state, sorted(row[0] for row in rows if row[1] == type_)

    def _outbox_aside(self, statement, **values):
        """Execute in a short transaction of its own; the rows it returns."""
        values["now"] = self._outbox_now()
        for attempt in range(CLAIM_TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(statement, values, log_exceptions=False)
                    return cr.fetchall() if cr.description else []
            except TransactionRollbackError:
                _logger.debug("The outbox is asked once more")
            time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))
        return []

    def _outbox_tasks(self, ids, todo):
        """Plain values of claimed rows, in their order."""
        rows = self.env["infor.crm.outbox"].browse(ids)
        moved = self._outbox_converted(rows)
        return [
            Task(
                id=row.id,
                type=row.type,
                kind=moved.get(row.id, (row.kind, row.key))[0],
                key=moved.get(row.id, (row.kind, row.key))[1],
                mark=row.mark,
                payload=dict(row.payload or {}),
                attempts=row.attempts,
                todo=todo,
                parent_id=row.parent_id.id,
                parent_state=row.parent_id.state,
                parent_key=row.parent_id.crm_key,
            )
            for row in rows
        ]

    def _outbox_converted(self, rows):
        """{row id: (kind, key)} of those whose lead became a contact meanwhile."""
        self.env.cr.execute(
            """SELECT DISTINCT ON (o.id) o.id, b.kind, b.key
                 FROM infor_crm_outbox o JOIN infor_crm_binding b
                   ON b.connector_id = o.connector_id AND b.converted_from = o.key
                WHERE o.id = ANY(%s) AND o.kind = 'lead' ORDER BY o.id, b.id""",
            [rows.ids],
        )
        return {row_id: (kind, key) for row_id, kind, key in self.env.cr.fetchall()}

    # --- one portion ----------------------------------------------------------------

    def _outbox_portion(self, connector, lane, type_, todo, ids):
        """Send one; False when this connector had better be left alone for now."""
        job = OutboxJob(connector, lane)
        # a snapshot that sees what was claimed
        self.env["ir.cron"]._commit_progress()
        self.env.invalidate_all()
        tasks = self._outbox_tasks(ids, todo)
        try:
            with connector._client(**self._outbox_options(connector)) as client:
                job.client = client
                self.env["ir.cron"]._commit_progress()
                results = getattr(self, f"_outbox_do_{todo}")(job, type_, tasks)
        except (ConnectorStopped, Halted):
            return self._outbox_leave(lane)
        except SDataError as error:
            results = self._outbox_failed(job, tasks, error)
        except PASSING_CONFLICTS:
            return self._outbox_leave(lane)
        except Exception as error:
            results = self._outbox_broken(job, tasks, error)
        return self._outbox_note_results(job, tasks, results)

    def _outbox_options(self, connector):
        """One try: what fails goes back into the outbox, which has the patience."""
        timeout = min(float(connector.sudo().timeout), HTTP_WAIT)
        return {"timeout": timeout, "retry": sdata.Retry(attempts=1)}

    def _outbox_leave(self, lane):
        self.env.cr.rollback()
        self._outbox_aside(sql.SETTLE, lane=lane)
        return False

    def _outbox_do_waiting(self, job, type_, tasks):
        return getattr(self, f"_outbox_{type_}")(job, tasks)

    def _outbox_do_unsure(self, job, type_, tasks):
        """Their answer was lost: those that arrived are done, the others go again."""
        found = getattr(self, f"_outbox_find_{type_}")(job, tasks)
        results, missing = {}, []
        for task in tasks:
            if keys := found.get(task.id):
                results[task.id] = self._outbox_found(task, keys)
            else:
                task.repeat = True
                missing.append(task)
        if missing:
            results.update(self._outbox_do_waiting(job, type_, missing))
        return results

    def _outbox_do_verify(self, job, type_, tasks):
        """Sent twice, or refused: what is there by now?"""
        found = getattr(self, f"_outbox_find_{type_}")(job, tasks)
        results = self._outbox_unchanged(tasks)
        for task in tasks:
            if keys := found.get(task.id):
                results[task.id] = self._outbox_found(task, keys)
        return results

    def _outbox_unchanged(self, tasks, verify=False):
        rows = self.env["infor.crm.outbox"].browse([task.id for task in tasks])
        return {
            row.id: Result(
                row.state,
                reason=row.reason,
                crm_message=row.crm_message,
                facts=row.facts,
                verify=verify,
            )
            for row in rows
        }

    def _outbox_found(self, task, keys):
        if len(keys) == 1:
            return Result("done", key=keys[0])
        return Result(
            "done",
            key=keys[0],
            double=True,
            reason=self.env._(
                "Infor CRM has this %(count)s times (%(keys)s): it executed a request "
                "after the time it has for one. Nothing is ever deleted there, so "
                "please remove the surplus by hand.",
                count=len(keys),
                keys=", ".join(keys),
            ),
        )

    def _outbox_announce(self, job, tasks):
        """Commit that these are about to be created; those that still may be."""
        rows = self._outbox_aside(
            sql.SENDING, ids=[task.id for task in tasks], lane=job.lane
        )
        announced = {row[0] for row in rows}
        job.sent |= announced
        return [task for task in tasks if task.id in announced]

    # --- what went wrong ------------------------------------------------------------

    def _outbox_failed(self, job, tasks, error):
        """The same for all: no answer, or a refusal of the login or the right."""
        self.env.cr.rollback()
        sentence = job.connector._report_error(error)
        if tasks[0].todo == "verify":
            return self._outbox_unchanged(tasks, verify=True)
        return {
            task.id: self._outbox_result_of(job, task, error, sentence)
            for task in tasks
        }

    def _outbox_result_of(self, job, task, error, sentence=None):
        """What an error means for one row."""
        created = task.id in job.sent
        # what may have arrived once is looked for before it goes again
        again = "unsure" if task.todo == "unsure" else "waiting"
        if isinstance(error, Halted):
            return Result(again)
        told = {
            "reason": sentence or job.connector._sentence(error),
            "crm_message": error.diagnosis or None,
            "facts": error.facts,
        }
        if isinstance(error, LoginRefused):
            return Result(again, **told)
        lost = created and error.maybe_done
        if not (lost or error.retryable or isinstance(error, PASSING)):
            # some servers complain and do it all the same
            verify = created and isinstance(error, RejectedPayload)
            return Result("parked", verify=verify, **told)
        limit = job.connector.sudo().execution_limit if lost else None
        if task.attempts + 1 >= len(PATIENCE):
            return Result("parked", seconds=limit, tried=True, **told)
        if lost:
            return Result("unsure", seconds=limit, tried=True, **told)
        seconds = max(PATIENCE[task.attempts], error.retry_after or 0)
        return Result(again, seconds=seconds, tried=True, **told)

    def _outbox_broken(self, job, tasks, error):
        """Our own mistake: say so in the log and in the rows."""
        _logger.exception("The outbox of Infor CRM failed")
        self.env.cr.rollback()
        sentence = self.env._(
            "Something went wrong inside Odoo (%s). Click Retry; if it happens again, "
            "send the server log to your administrator.",
            type(error).__name__,
        )
        if tasks[0].todo == "verify":
            return self._outbox_unchanged(tasks, verify=True)
        # a retry of what was announced begins with looking for it, in its time
        limit = job.connector.sudo().execution_limit
        return {
            task.id: Result(
                "parked",
                reason=sentence,
                seconds=limit if task.id in job.sent else None,
            )
            for task in tasks
        }

    # --- what became of them --------------------------------------------------------

    def _outbox_note_results(self, job, tasks, results):
        """Write it down, in one transaction; see :meth:`_outbox_portion`."""
        self.env["ir.cron"]._commit_progress()
        repeats = {task.id: task.repeat for task in tasks}
        limit = job.connector.sudo().execution_limit
        now = self._outbox_now()

        def write():
            for task_id, result in sorted(results.items()):
                again = result.verify or (repeats[task_id] and result.state == "done")
                self.env.cr.execute(
                    sql.RESULT,
                    {
                        **_columns(result),
                        "id": task_id,
                        "lane": job.lane,
                        "now": now,
                        "repeat": repeats[task_id],
                        "next_try": _after(now, result.seconds),
                        "verify_at": _after(now, limit) if again else None,
                    },
                )
            self._outbox_report_doubles(job, results)
            self._outbox_close(job, tasks, results)

        self._serialized(write)
        # rows without a result: nobody got to them
        self._outbox_aside(sql.SETTLE, lane=job.lane)
        self.env.invalidate_all()
        return self._outbox_goes_on(job, results)

    def _outbox_close(self, job, tasks, results):
        """What else belongs to the results; for types, in the same transaction."""

    def _outbox_report_doubles(self, job, results):
        for result in results.values():
            if result.double:
                job.connector.sudo()._message_log(body=result.reason)

    def _outbox_goes_on(self, job, results):
        """False when nothing got through: a probe finds out when it will again."""
        errors = [result.facts for result in results.values() if result.tried]
        if not errors or len(errors) < len(results):
            return not any(result.verify for result in results.values())
        kind = getattr(sdata.errors, errors[0].get("error", ""), SDataError)
        if issubclass(kind, BROKEN_CONNECTION):
            job.connector._suspect(errors[0])
        return False


def _columns(result):
    return {
        "state": result.state,
        "key": result.key,
        "reason": result.reason,
        "crm_message": result.crm_message,
        "facts": Json(result.facts) if result.facts else None,
        "tried": result.tried,
        "double": result.double,
    }


def _after(now, seconds):
    return now + timedelta(seconds=seconds) if seconds else None
