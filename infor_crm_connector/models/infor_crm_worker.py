import logging
import random
import time
from contextlib import contextmanager

from psycopg2.errors import ForeignKeyViolation
from psycopg2.extensions import TransactionRollbackError

from odoo import models

from ..exceptions import ConnectorStopped
from ..lib.sdata.errors import Halted, NotSData, SDataError
from ..tools.page_feed import FeedTimeout

_logger = logging.getLogger(__name__)

# Seconds until a run is tried again after a passing fault, longer each time.
PATIENCE = (30, 60, 120, 300, 600, 1200, 1800, 3600)
# Lasting when somebody connects; during a run rather a page of maintenance.
PASSING = (NotSData,)
# A connector that rests is looked at again; that costs no request.
REST = 300
# Stops that do not pass by themselves.
FINAL_STOPS = ("draft", "archived")
SERIALIZE_TRIES = 8
# Another transaction was faster; a row we refer to may be gone in its snapshot.
PASSING_CONFLICTS = (TransactionRollbackError, ForeignKeyViolation)
STATE_OF_SIGNAL = {"stop": "stopped", "pause": "paused"}


class RunLost(Exception):
    """The run no longer belongs to this lane: everything since the last commit goes."""


class ListGone(Exception):
    """Somebody deleted the mailing list while it was being filled."""


class InforCrmWorker(models.AbstractModel):
    """Executes a slice of a run, and turns whatever goes wrong into its state."""

    _name = "infor.crm.worker"
    _description = "Infor CRM Worker"

    def _execute(self, run, lane, end):
        """Work on ``run`` until about ``end`` (monotonic seconds). Never raises for
        anything that belongs to the run; it is left running, parked or finished."""
        try:
            if not self._interrupted(run, lane):
                self._may_work(run)
                with run.connector_id._client(bulk=True) as client:
                    self._slice_of(run)(run, lane, client, end)
        except RunLost:
            self.env.cr.rollback()
            _logger.info("Run %s was taken from lane %s", run.id, lane)
        except ListGone:
            self._list_gone(run, lane)
        except ConnectorStopped as stop:
            self._rest(run, lane, stop)
        except FeedTimeout:
            self._ask_less(run, lane)
        except Halted as stop:
            # somebody paused the connector, say, or another lane's login was refused
            self._rest(run, lane, stop)
        except SDataError as error:
            self._refused(run, lane, error)
        except PASSING_CONFLICTS:
            # too busy a moment; the next call of the lane repeats the page
            self.env.cr.rollback()
        except Exception as error:
            self._broken(run, lane, error)

    def _may_work(self, run):
        """ConnectorStopped when a run has to wait."""
        run.connector_id._ensure_bulk(run)

    def _slice_of(self, run):
        return getattr(self, f"_slice_{run.operation}")

    # --- what ends a slice early ----------------------------------------------------

    def _interrupted(self, run, lane):
        """Obey what people asked for since; True when the run was left."""
        signal = run._take_signals()
        if signal in STATE_OF_SIGNAL:
            run._leave(lane, STATE_OF_SIGNAL[signal])
            return True
        if signal == "now":
            run._set(lane, at_any_hour=True)
        if signal:
            self.env["ir.cron"]._commit_progress()
        return False

    def _list_gone(self, run, lane):
        self.env.cr.rollback()
        sentence = self.env._("The list or segment was deleted, so the run ended.")
        run._leave(lane, "stopped", message=sentence)

    def _rest(self, run, lane, stop):
        self.env.cr.rollback()
        sentence = run.connector_id._stop_sentence(stop.reason)
        if stop.reason in FINAL_STOPS:
            run._leave(lane, "failed", message=sentence)
        else:
            run._park(lane, self._rest_seconds(run, stop.reason), sentence)

    def _rest_seconds(self, run, reason):
        """Who ends the rest also wakes the run; looking again is for the rest."""
        if reason == "changed":
            return 0
        connector = run.connector_id
        until = reason == "quiet" and connector._quiet_until()
        return (until - connector._now()).total_seconds() if until else REST

    def _refused(self, run, lane, error):
        """A passing fault waits, a lasting one ends the run; both say what to do."""
        self.env.cr.rollback()
        sentence = run.connector_id._report_error(error)
        self.env["ir.cron"]._commit_progress()
        if run.connector_id._stop_reason():
            # refused login: goes on after Reconfirm Login
            run._park(lane, REST, sentence)
        elif error.retryable or isinstance(error, PASSING):
            self._wait(run, lane, sentence, error.retry_after)
        else:
            run._leave(lane, "failed", message=sentence)

    def _wait(self, run, lane, sentence, at_least=None):
        attempts = run.attempts + 1
        seconds = PATIENCE[min(attempts, len(PATIENCE)) - 1]
        run._add(lane, {"attempts": 1})
        run._park(lane, max(seconds, at_least or 0), sentence)

    def _ask_less(self, run, lane):
        """No page came in the time a lane may wait: yield, and ask for fewer rows."""
        self.env.cr.rollback()
        # slow, or not there at all: a probe tells
        run.connector_id._suspect({"error": "TimedOut"})
        cursor = dict(run.cursor or {})
        size = cursor.get("page_size") or self._page_size()
        cursor["page_size"] = max(size // 3, 10)
        run._add(lane, {"attempts": 1}, cursor=cursor)
        sentence = self.env._(
            "Infor CRM takes long to answer. Smaller portions are asked for now."
        )
        run._park(lane, min(run.attempts, 10) * 10, sentence)

    def _broken(self, run, lane, error):
        """Our own mistake: say so in the log and in the run."""
        _logger.exception("Run %s of Infor CRM failed", run.id)
        self.env.cr.rollback()
        run._leave(
            lane,
            "failed",
            message=self.env._(
                "Something went wrong inside Odoo (%s). What was done so far "
                "stays. Click Resume to go on from there; if it happens again, send "
                "the server log to your administrator.",
                type(error).__name__,
            ),
        )

    # --- for slices -------------------------------------------------------------------

    def _end_in_doubt(self, job, wrong):
        """Numbers that do not add up are an error said aloud, never hidden."""
        message = self.env._(
            "The numbers of this run do not add up (%s). Please report this; "
            "running it again is safe.",
            wrong,
        )
        job.run._leave(job.lane, "failed", message=message)

    def _faulty_words(self):
        return self.env._(
            "Some answers of Infor CRM were faulty and had to be asked for again. "
            "All records are there."
        )

    def _time_over(self, end):
        return time.monotonic() >= end

    def _page_size(self):
        return 500

    @contextmanager
    def _address_lock(self):
        """One lane at a time matches addresses and creates contacts.

        The lock is taken by a transaction of its own *before* the job's begins: a
        snapshot older than the lock would not see what the other lane committed.
        """
        self.env["ir.cron"]._commit_progress()
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT pg_advisory_xact_lock(hashtext('infor_crm_addresses'))")
            try:
                yield
            except BaseException:
                # undone before the next lane looks
                self.env.cr.rollback()
                raise

    def _serialized(self, work):
        """Call ``work`` and commit; repeat it when another transaction was faster."""
        for attempt in range(SERIALIZE_TRIES):
            try:
                result = work()
                self.env["ir.cron"]._commit_progress()
                return result
            except PASSING_CONFLICTS:
                self.env.cr.rollback()
                if attempt == SERIALIZE_TRIES - 1:
                    raise
            time.sleep(random.uniform(0.01, 0.1) * (attempt + 1))
        return None
