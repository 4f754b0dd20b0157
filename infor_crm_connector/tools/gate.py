"""The gate before each request: may it still go?

A refused login, a pause, a new password concern all servers at once, while lanes and
threads are in the middle of their work. So every request asks one row of the database
first, in a transaction of its own; it costs a fraction of a millisecond. Threads that
wait for the same look share it.
"""

import threading
import time

from psycopg2.extras import Json

from ..lib import sdata
from ..lib.sdata.errors import Halted, LoginRefused, RightsRefused
from . import aside

# Seconds between two looks while another process finds out about the login.
PATIENCE = 0.1

_LOOK = """
    SELECT connector.active, connector.mode, pulse.id, pulse.lasting,
           pulse.red_since IS NOT NULL, pulse.failing_since IS NOT NULL,
           pulse.asking_until > clock_timestamp() AT TIME ZONE 'UTC'
      FROM infor_crm_connector connector
      LEFT JOIN infor_crm_connector_pulse pulse
        ON pulse.id = (SELECT max(id) FROM infor_crm_connector_pulse
                        WHERE connector_id = connector.id)
     WHERE connector.id = %s"""
_ASK = """
    UPDATE infor_crm_connector_pulse
       SET asking_until = clock_timestamp() AT TIME ZONE 'UTC'
                          + %s * interval '1 second'
     WHERE id = %s AND NOT COALESCE(lasting, FALSE)
       AND COALESCE(asking_until, '-infinity')
           < clock_timestamp() AT TIME ZONE 'UTC'
    RETURNING id"""
_ASKED = "UPDATE infor_crm_connector_pulse SET asking_until = NULL WHERE id = %s"
_REFUSED = """
    UPDATE infor_crm_connector_pulse
       SET lasting = TRUE, problem = %s, next_probe = NULL, asking_until = NULL,
           red_since = COALESCE(red_since, clock_timestamp() AT TIME ZONE 'UTC')
     WHERE id = %s AND NOT COALESCE(lasting, FALSE)"""
_WELL = """
    UPDATE infor_crm_connector_pulse
       SET failing_since = NULL, failures = 0, next_probe = NULL, problem = NULL
     WHERE id = %s AND red_since IS NULL"""


class Gate:
    """A :class:`sdata.Pace` that also stops: for one client of one login.

    ``pulse_id`` names the login that was confirmed (infor.crm.connector.pulse): when
    somebody confirms another meanwhile, this client has to stop. ``probes``: it is
    here to find out whether a red connector is well again. ``lease``: seconds after
    which a question about the login counts as lost.
    """

    def __init__(self, dbname, connector_id, pulse_id, budget, *, probes, lease):
        self._dbname = dbname
        self._connector_id = connector_id
        self.pulse_id = pulse_id
        self._budget = budget
        self._probes = probes
        self._lease = lease
        self._asker = None
        self._failing = False
        self._looking = threading.Lock()
        self._looked = (float("-inf"), None)

    def take(self):
        """Wait for the turn of a request; ``Halted`` when it must not be sent."""
        waited = self._budget.take()
        self.check()
        return waited

    def check(self):
        """Wait while another process asks about the login, then say whether to stop."""
        while self._is_asked():
            time.sleep(PATIENCE)

    def _is_asked(self):
        """Does another thread or process ask about the login just now? None when the
        database knows nothing of this connector yet. ``Halted`` when it is over."""
        row = self._look()
        # not committed yet, or deleted: nobody else can know of it
        if not row or row[2] is None:
            return None
        active, mode, pulse_id, lasting, red, failing, asking = row
        if reason := self._obstacle(active, mode, pulse_id, lasting, red):
            raise Halted(reason=reason)
        self._failing = failing
        return bool(asking) and self._asker != threading.get_ident()

    def _look(self):
        """The row as it is now: of a look that began after the caller came, which
        another thread may have taken."""
        came = time.monotonic()
        with self._looking:
            began, row = self._looked
            if began < came:
                began = time.monotonic()
                row = aside.glance(self._dbname, _LOOK, [self._connector_id])
                self._looked = began, row
        return row

    def _obstacle(self, active, mode, pulse_id, lasting, red):
        if not active:
            return "archived"
        if mode != "connected":
            return mode
        if pulse_id != self.pulse_id:
            return "changed"
        return "attention" if lasting or (red and not self._probes) else ""

    def alone(self, ask):
        """Call ``ask`` (does the CRM still accept the login?) in one process at a
        time; others wait for what it finds, and never ask a refused login again."""
        while not self._execute(_ASK, [self._lease, self.pulse_id]):
            asked = self._is_asked()
            if asked is None:
                ask()
            if not asked:
                return
            time.sleep(PATIENCE)
        self._asker = threading.get_ident()
        try:
            ask()
        except (LoginRefused, RightsRefused):
            raise  # the question stays open until refused() answers it
        except BaseException:
            self._execute(_ASKED, [self.pulse_id])
            raise
        else:
            self._execute(_ASKED, [self.pulse_id])
        finally:
            self._asker = None

    def refused(self, facts):
        """The CRM does not accept the login: nobody calls with it again."""
        self._execute(_REFUSED, [Json(facts), self.pulse_id])

    def well(self):
        """The CRM answered: what had begun to look like trouble is over."""
        if self._failing:
            self._failing = False
            self._execute(_WELL, [self.pulse_id])

    def _execute(self, statement, values):
        with aside.short_cursor(self._dbname) as cr:
            cr.execute(statement, values)
            return cr.fetchone() if cr.description else None


class SharedLogin(sdata.Login):
    """What is known about a login, by all servers of a database."""

    def __init__(self, gate):
        super().__init__()
        self._gate = gate

    def good(self):
        result = super().good()
        self._gate.well()
        return result

    def refuse(self, error):
        # _report_error must know which login was meant
        error.extra["pulse"] = self._gate.pulse_id
        result = super().refuse(error)
        self._gate.refused(error.facts)
        return result

    def explain(self, error, ask):
        return super().explain(error, lambda: self._gate.alone(ask))
