"""A server that dies after any of its steps, and one that takes up its work."""

import re
import time
from contextlib import contextmanager, suppress
from unittest.mock import patch

import requests

from odoo import api
from odoo.tests.test_cursor import TestCursor
from odoo.tools import mute_logger

_AS_NEW = """
    UPDATE infor_crm_outbox
       SET state = 'waiting', lane = NULL, crm_key = NULL, attempts = 0, reason = NULL,
           sent_at = NULL, next_try = NULL, verify_at = NULL, finished = NULL,
           repeated = FALSE, double = FALSE
     WHERE id = ANY(%s)"""
# Claims go by the database's clock.
_LATE = "UPDATE infor_crm_claim SET sent_at = sent_at - interval '1 hour'"


_CHANGE = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
_execute, _commit = TestCursor.execute, TestCursor.commit
_send = requests.adapters.HTTPAdapter.send


class Killed(BaseException):
    """No code of a process that was killed runs on, whatever it catches."""


class Life:
    """Counts what remains of a process: each commit of a change, and each request that
    changes the CRM. It ends after ``last`` of them; whatever follows fails."""

    def __init__(self, last):
        self.last, self.steps, self._changed = last, [], set()

    @property
    def over(self):
        return len(self.steps) >= self.last

    def execute(self, cursor, query, *args, **kwargs):
        result = _execute(cursor, query, *args, **kwargs)
        text = query if isinstance(query, str) else query.code
        if _CHANGE.search(text) and cursor.rowcount > 0:
            self._changed.add(cursor)
        return result

    def commit(self, cursor):
        self._go_on()
        _commit(cursor)
        if cursor in self._changed:
            self._changed.remove(cursor)
            self._stepped("commit")

    def send(self, adapter, request, **kwargs):
        self._go_on()
        answer = _send(adapter, request, **kwargs)
        if request.method != "GET":
            self._stepped(request.method)
        return answer

    def _go_on(self):
        if self.over:
            raise Killed

    def _stepped(self, name):
        self.steps.append(name)
        self._go_on()

    @contextmanager
    def lived(self):
        adapter = requests.adapters.HTTPAdapter
        with (
            suppress(Killed),
            patch.object(TestCursor, "execute", _method(self.execute)),
            patch.object(TestCursor, "commit", _method(self.commit)),
            patch.object(adapter, "send", _method(self.send)),
        ):
            yield


def _method(function):
    return lambda this, *args, **kwargs: function(this, *args, **kwargs)


class KillCase:
    """For cases that have a ``later()`` clock and rows in the outbox."""

    @contextmanager
    def outbox_lane(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield api.Environment(cr, 1, {})["infor.crm.worker"]
        self.env.invalidate_all()

    def killed_after(self, last):
        """Work on the outbox until the ``last``-th step; the steps there were."""
        life = Life(last)
        with mute_logger("odoo.sql_db"), life.lived(), self.outbox_lane() as worker:
            worker._drain_outbox(1, time.monotonic() + 60)
        return life.steps

    def as_new(self, rows):
        """As they were noted, before anything was sent."""
        self.env.flush_all()
        self.env.cr.execute(_AS_NEW, [rows.ids])
        self.env.invalidate_all()

    def lose_answer(self, fault, match):
        """Send what waits; its answer is lost. Then the time the CRM may take is over
        and the CRM is well again."""
        self.crm.fault(match=match, method="POST", count=1, fault=fault)
        self.drain(calls=1)
        self.crm.clear_faults()
        self.env.cr.execute("DELETE FROM infor_crm_connector_pulse")
        self.env.cr.execute("UPDATE infor_crm_outbox SET next_try = NULL")
        self.env.cr.execute(_LATE)
        self.env.invalidate_all()

    def taken_up(self):
        """The lane is executed again, at once and when what was put off is due."""
        for hours in range(8):
            with self.later(hours=hours), self.outbox_lane() as worker:
                worker.env.cr.execute(_LATE)
                worker._drain_outbox(1, time.monotonic() + 60)
            if self.is_over():
                return

    def is_over(self):
        rows = self.env["infor.crm.outbox"].search([])
        return set(rows.mapped("state")) <= {"done", "dropped", "parked"}

    def each_step(self, begin, check):
        """``begin`` anew, die after step 1, 2, … and ``check``, until none is left."""
        last, steps = 0, []
        while len(steps) == last:
            last += 1
            begin()
            self.env.flush_all()
            steps = self.killed_after(last)
            self.taken_up()
            with self.subTest(after=steps):
                check()
        self.assertGreater(len(steps), 1)
        return steps
