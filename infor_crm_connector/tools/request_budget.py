"""One budget of requests for all processes of a database."""

import logging
import threading
import time
from collections import deque

import psycopg2

from odoo.sql_db import PoolError

from ..lib import sdata
from ..lib.sdata.errors import BudgetExceeded
from . import aside

_logger = logging.getLogger(__name__)

# Requests reserved at a time: each costs a write to the database otherwise. Of a large
# budget as many as a tenth of a second earns.
BLOCK = 5
LARGE = 600
# What was reserved and not used soon is forgotten, or a rest would earn two bursts.
KEEPS = 6.0
# Longer than this nobody waits: lanes must not, and people would not.
LONGEST_WAIT = 15.0
# What somebody waits for overtakes bulk work: that leaves this share of a burst alone.
LEFT_BY_BULK = 0.2
# Without the table we count alone, and look again after so many seconds.
ALONE = 5.0

# The row holds the moment at which the bucket is full again (seconds of the
# database's clock, so that servers need not agree on the time).
_RESERVE = """
    INSERT INTO infor_crm_connector_budget AS budget (connector_id, full_at)
    VALUES (%(connector)s, EXTRACT(EPOCH FROM clock_timestamp())::float8 + %(cost)s)
    ON CONFLICT (connector_id) DO UPDATE
       SET full_at = GREATEST(
               budget.full_at, EXTRACT(EPOCH FROM clock_timestamp())::float8
           ) + %(cost)s
     WHERE budget.full_at
           <= EXTRACT(EPOCH FROM clock_timestamp())::float8 + %(horizon)s
    RETURNING full_at - EXTRACT(EPOCH FROM clock_timestamp())::float8"""
_AHEAD = """
    SELECT full_at - EXTRACT(EPOCH FROM clock_timestamp())::float8
      FROM infor_crm_connector_budget WHERE connector_id = %s"""


class SharedBudget:
    """A :class:`sdata.Pace` that all servers of a database share.

    The rule is that of :class:`sdata.Budget`: up to ``per_minute``, after a rest six
    seconds' worth at once. Requests are reserved in blocks, in a transaction of a
    millisecond; nobody waits inside one. When the table cannot be used, this process
    counts for itself rather than stop.

    ``bulk``: for work nobody waits for. It never reserves ahead, and only while more
    is left than a share of the burst; so others find that share, and then every turn,
    before bulk work gets one again.
    """

    def __init__(
        self,
        dbname,
        connector_id,
        per_minute,
        bulk=False,
        clock=time.monotonic,
        sleep=time.sleep,
    ):
        self._dbname = dbname
        self._connector_id = connector_id
        self._interval = 60.0 / per_minute
        self._burst = max(1, per_minute // 10)
        self._block = max(1, min(BLOCK, per_minute // 60), per_minute // LARGE)
        self._bulk = bulk
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._moments = deque()
        self._alone = sdata.Budget(
            per_minute, longest_wait=LONGEST_WAIT, clock=clock, sleep=sleep
        )
        self._alone_until = float("-inf")

    def take(self):
        """Wait for the turn of one request; returns the seconds waited."""
        with self._lock:
            moment = self._next_moment()
        if moment is None:
            return self._alone.take()
        wait = max(0.0, moment - self._clock())
        if wait:
            self._sleep(wait)
        return wait

    def _next_moment(self):
        """When the next request may go; None when the database does not say."""
        now = self._clock()
        while self._moments and self._moments[0] < now - KEEPS:
            self._moments.popleft()
        if not self._moments:
            if now < self._alone_until:
                return None
            try:
                self._moments.extend(self._reserved())
            except (psycopg2.Error, PoolError) as error:
                _logger.debug("Requests are counted in this process: %s", error)
                self._alone_until = now + ALONE
                return None
        return self._moments.popleft()

    def _reserved(self):
        """The moments of a block of requests, on this process' clock; bulk work waits
        for it."""
        end = self._clock() + LONGEST_WAIT
        while True:
            moments = self._reserve()
            if moments:
                return moments
            wait = self._ahead() - self._horizon()
            if not self._bulk or self._clock() + wait > end:
                raise BudgetExceeded(reason="budget", retry_after=LONGEST_WAIT)
            self._sleep(max(wait, self._interval))

    def _horizon(self):
        """How far from now the bucket may be from full for a block to be reserved."""
        rest = self._burst * self._interval
        if not self._bulk:
            return LONGEST_WAIT + rest
        left = int(self._burst * LEFT_BY_BULK) + self._block
        return max(rest - left * self._interval, 0.0)

    def _reserve(self):
        """The moments of a block, None when it is not to be had now."""
        facts = {
            "connector": self._connector_id,
            "cost": self._block * self._interval,
            "horizon": self._horizon(),
        }
        with aside.short_cursor(self._dbname) as cr:
            # losing the last moments in a crash of the database costs nobody anything
            cr.execute("SET LOCAL synchronous_commit TO off")
            cr.execute(_RESERVE, facts, log_exceptions=False)
            row = cr.fetchone()
        if row is None:
            return None
        last = self._clock() + row[0] - self._burst * self._interval
        return [
            last - number * self._interval for number in reversed(range(self._block))
        ]

    def _ahead(self):
        """Seconds until the bucket is full."""
        with aside.short_cursor(self._dbname) as cr:
            cr.execute(_AHEAD, [self._connector_id])
            row = cr.fetchone()
        return row[0] if row else 0.0
