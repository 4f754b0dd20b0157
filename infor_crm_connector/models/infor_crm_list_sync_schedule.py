import logging
import random
import time

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models

from ..tools.quiet_hours import wall_time
from .infor_crm_list_schedule import SCHEDULE_FIELDS
from .infor_crm_worker import PASSING_CONFLICTS

_logger = logging.getLogger(__name__)

DISPATCH_TRIES = 10
# Another lane, or somebody's Run Now, was faster.
FASTER = (*PASSING_CONFLICTS, UniqueViolation)
# Connectors for which nothing is queued: it would only be stopped again. Any other
# stop ends some day, and then the run goes on, as imports do.
UNCONNECTED = ("draft", "archived", "copied", "neutralized")
WAITS_FOR_PEOPLE = ("paused", "to_approve")

_DUE_CONNECTORS = """
    SELECT DISTINCT connector_id FROM infor_crm_list_sync
     WHERE scheduled AND next_run <= %(now)s"""
# Not due: lists with all their directions paused, and those an import works on, which
# would not do what the schedule wants. They are made up for, once, when that is over.
_DUE = """
    SELECT sync.id FROM infor_crm_list_sync sync
     WHERE sync.scheduled AND sync.next_run <= %(now)s
       AND sync.connector_id = ANY(%(connectors)s) AND sync.id <> ALL(%(stuck)s)
       AND NOT ((sync.push IS TRUE OR sync.pull IS TRUE)
                AND (sync.push IS NOT TRUE OR sync.push_paused IS TRUE)
                AND (sync.pull IS NOT TRUE OR sync.pull_paused IS TRUE))
       AND NOT EXISTS (
           SELECT FROM infor_crm_sync_run run
            WHERE run.list_sync_id = sync.id AND run.operation = 'import'
              AND run.state IN ('queued', 'running', 'paused', 'to_approve'))
     ORDER BY sync.next_run, sync.id
       FOR NO KEY UPDATE SKIP LOCKED
     LIMIT 1"""


class InforCrmListSyncSchedule(models.Model):
    """When a list is synced by itself.

    ``next_run`` is what people see and what lanes go by: one of them turns a list that
    is due into a run and moves it on, in one transaction. What was missed while no
    lane lived is one run, however many days it was.
    """

    _name = "infor.crm.list.sync"
    _inherit = ["infor.crm.list.sync", "infor.crm.list.schedule"]

    # kept here, not computed: a run that is due must not be forgotten by a recompute
    next_run = fields.Datetime(compute=None, readonly=True, copy=False)
    schedule_uid = fields.Many2one(
        "res.users", "Scheduled by", readonly=True, copy=False, ondelete="set null"
    )
    schedule_note = fields.Char(
        "About the next run",
        compute="_compute_schedule_note",
        compute_sudo=True,
        exportable=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        syncs = super().create(vals_list)
        scheduled = syncs.filtered("scheduled")
        scheduled._check_max_scheduled()
        scheduled._set_schedule()
        return syncs

    def write(self, vals):
        if not vals.keys() & {*SCHEDULE_FIELDS}:
            return super().write(vals)
        before = {sync: sync._schedule_values() for sync in self}
        idle = self.filtered(lambda sync: not sync.scheduled)
        result = super().write(vals)
        idle.filtered("scheduled")._check_max_scheduled()
        # an unchanged schedule keeps a run that is due and not queued yet
        self.filtered(lambda s: s._schedule_values() != before[s])._set_schedule()
        return result

    def _schedule_values(self):
        self.ensure_one()
        return [self[name] for name in SCHEDULE_FIELDS]

    def _set_schedule(self):
        """It counts from now on, and its runs belong to the user who is here."""
        for sync in self:
            sync.schedule_uid = sync.scheduled and sync.env.user
        self._set_next_run()

    def _set_next_run(self):
        now = self._schedule_now()
        for sync in self:
            runs = sync.scheduled and not sync._target_archived()
            sync.next_run = runs and sync._next_run_after(now)
            sync._wake_lane()

    def _wake_lane(self):
        if self.next_run:
            self.env["infor.crm.lane"]._wake(self.next_run)

    def _target_archived(self):
        """An archived list rests, and does not count. Segments are never archived."""
        return bool(self.list_id) and not self.list_id.active

    def _visible(self):
        """May this user see it, and the list or segment that it is about?"""
        self.ensure_one()
        if not self.has_access("read"):
            return False
        return (self.list_id or self.filter_id).has_access("read")

    def _check_max_scheduled(self):
        """UserError when one of these would be one too many."""
        for connector in self.connector_id.sorted("id"):
            ours = self.filtered(lambda sync, c=connector: sync.connector_id == c)
            connector._check_max_scheduled(ours)

    # --- what people read -------------------------------------------------------------

    @api.depends("next_run", "push", "pull", "push_paused", "pull_paused", "run_ids")
    @api.depends_context("lang", "uid")
    def _compute_schedule_note(self):
        for sync in self:
            sync.schedule_note = sync.scheduled and sync._schedule_hindrance()

    def _schedule_hindrance(self):
        """Why the next run will not begin at its time, "" when nothing is known."""
        self.ensure_one()
        if self._all_paused():
            return self.env._(
                "Paused. What is missed meanwhile is made up for by one run."
            )
        if reason := self.connector_id._stop_reason():
            return self.connector_id._stop_sentence_for_user(reason)
        if self.last_run_id.state in WAITS_FOR_PEOPLE:
            return self.env._(
                "A run of this list waits for somebody. None is started until that one "
                "has gone on or was stopped."
            )
        return self._quiet_note()

    def _quiet_note(self):
        until = self.next_run and self.connector_id._quiet_until(self.next_run)
        if not until:
            return ""
        zone = self.connector_id.quiet_tz
        return self.env._(
            "The connector has quiet hours then: it will begin at %(time)s (%(zone)s).",
            time=wall_time(until, zone),
            zone=zone,
        )

    def _all_paused(self):
        """There are directions, and every one is paused."""
        self.ensure_one()
        wanted = self.push or self.pull
        works = (self.push and not self.push_paused) or (
            self.pull and not self.pull_paused
        )
        return wanted and not works

    # --- what lanes do ----------------------------------------------------------------

    @api.model
    def _dispatch_due(self):
        """Turn lists that are due into runs, once over all lanes and servers. Never
        raises; costs one query when nothing is due."""
        stuck = []
        try:
            connectors = self._due_connectors()
            while connectors and self._dispatch_next(connectors.ids, stuck):
                pass
        except Exception:
            _logger.exception("The schedules of Infor CRM could not be looked at")
            self.env.cr.rollback()

    def _due_connectors(self):
        self.env.cr.execute(_DUE_CONNECTORS, {"now": self._schedule_now()})
        ids = [row[0] for row in self.env.cr.fetchall()]
        return (
            self.env["infor.crm.connector"]
            .browse(ids)
            .filtered(lambda connector: connector._stop_reason() not in UNCONNECTED)
        )

    def _dispatch_next(self, connector_ids, stuck):
        """Queue the list that is due for longest; False when none is.

        In a short transaction of its own, so that a conflict costs nobody's work.
        Lists that cannot be queued are added to ``stuck``: the others must not wait.
        """
        for attempt in range(DISPATCH_TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    return env[self._name]._dispatch_one(connector_ids, stuck)
            except FASTER:
                _logger.debug("Schedules of Infor CRM are looked at once more")
            time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))
        return False

    def _dispatch_one(self, connector_ids, stuck):
        values = {
            "now": self._schedule_now(),
            "connectors": connector_ids,
            "stuck": stuck,
        }
        self.env.cr.execute(_DUE, values, log_exceptions=False)
        if not (row := self.env.cr.fetchone()):
            return False
        sync = self.browse(row[0])
        try:
            sync._dispatch()
            self.env.flush_all()
        except FASTER:
            raise
        except Exception:
            _logger.exception("List sync %s could not be started by schedule", sync.id)
            self.env.cr.rollback()
            stuck.append(sync.id)
        return True

    def _dispatch(self):
        """Queue a run, or join the one under way, and move on."""
        self.ensure_one()
        user = self.schedule_uid or self.connector_id.user_id or self.env.user
        operation = "push" if self.push_only else "sync"
        sync = self.with_context(lang=user.lang)
        sync._queue_run("schedule", user=user, operation=operation)
        self.next_run = self._next_run_after(self._schedule_now())
        self._wake_lane()
