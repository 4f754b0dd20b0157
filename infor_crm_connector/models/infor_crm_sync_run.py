from datetime import timedelta

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import KINDS

OPERATIONS = [
    ("import", "Import"),
    ("sync", "Sync"),
    ("push", "Push"),
    ("answers", "Answers to questions"),
]
TRIGGERS = [
    ("manual", "Started by hand"),
    ("schedule", "Schedule"),
    ("automatic", "Automatic"),
]
STATES = [
    ("queued", "Waiting"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("stopped", "Stopped"),
    ("to_approve", "To approve"),
    ("done", "Done"),
    ("failed", "Failed"),
]
ACTIVE = ("queued", "running", "paused", "to_approve")
# Signals that end a wait rather than change what the run does.
AT_ONCE = ("retry", "now")
COUNTERS = (
    "selected",
    "created",
    "updated",
    "conflicts",
    "skipped_no_email",
    "skipped_same_address",
    "skipped_removed",
    "skipped_gone",
    "skipped_not_wanted",
    "failed",
)
PUSHED = (
    "push_created",
    "push_updated",
    "push_linked",
    "push_skipped",
    "push_waiting",
    "push_failed",
)

SKIPPED = tuple(name for name in COUNTERS if name.startswith("skipped_"))


class InforCrmSyncRun(models.Model):
    """One execution, and the queue at once.

    A row belongs to the lane that claimed it; only that lane writes it, by
    :meth:`_set`. People insert signals (infor.crm.run.signal).
    """

    _name = "infor.crm.sync.run"
    _description = "Infor CRM Run"
    _order = "id desc"

    connector_id = fields.Many2one(
        "infor.crm.connector",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    list_sync_id = fields.Many2one(
        "infor.crm.list.sync",
        readonly=True,
        # reports outlive the list and the set-up
        ondelete="set null",
        index="btree_not_null",
    )
    list_id = fields.Many2one(related="list_sync_id.list_id", string="Mailing list")
    subject = fields.Char(readonly=True, help="Name of the list when it was asked for.")
    kind = fields.Selection(
        KINDS, readonly=True, help="Of the source; empty for runs of the whole CRM."
    )
    operation = fields.Selection(OPERATIONS, required=True, readonly=True)
    trigger = fields.Selection(TRIGGERS, required=True, default="manual", readonly=True)
    user_id = fields.Many2one("res.users", "Started by", readonly=True)
    state = fields.Selection(STATES, default="queued", required=True, readonly=True)
    lane = fields.Integer(readonly=True, help="The worker that executes it.")
    # {"last_key": …, "page_size": …}: where to go on
    cursor = fields.Json(readonly=True)

    expected = fields.Integer("In Infor CRM", readonly=True)
    selected = fields.Integer("Read", readonly=True)
    created = fields.Integer(readonly=True)
    updated = fields.Integer(readonly=True)
    linked = fields.Integer(
        readonly=True, help="Among the updated and the differing ones."
    )
    conflicts = fields.Integer("Different values", readonly=True)
    skipped_no_email = fields.Integer("Without e-mail", readonly=True)
    skipped_same_address = fields.Integer("Same address", readonly=True)
    skipped_removed = fields.Integer("Deleted in Odoo", readonly=True)
    skipped_gone = fields.Integer(
        "Not found",
        readonly=True,
        help="Members of the group that are no longer in Infor CRM, or that the login "
        "of the connector may not see.",
    )
    skipped_not_wanted = fields.Integer(
        "Not added",
        readonly=True,
        help="New in Infor CRM, but the list does not take new records.",
    )
    failed = fields.Integer(readonly=True)
    push_selected = fields.Integer("Changed in Odoo", readonly=True)
    push_created = fields.Integer("Created in Infor CRM", readonly=True)
    push_updated = fields.Integer("Updated in Infor CRM", readonly=True)
    push_linked = fields.Integer("Linked with Infor CRM", readonly=True)
    push_skipped = fields.Integer("Not sent", readonly=True)
    push_waiting = fields.Integer(
        readonly=True, help="Wait for an answer: of Infor CRM, or of a person."
    )
    push_failed = fields.Integer("Refused by Infor CRM", readonly=True)
    push_unchanged = fields.Integer(compute="_compute_push_unchanged")
    consent_imposed = fields.Integer("Opted out in Odoo", readonly=True)
    consent_sent = fields.Integer("Opted out in Infor CRM", readonly=True)
    questions = fields.Integer("Questions asked", readonly=True)
    unchanged = fields.Integer(compute="_compute_unchanged")
    skipped = fields.Integer(compute="_compute_unchanged")
    calls = fields.Integer("Requests", readonly=True)
    busy_seconds = fields.Float(readonly=True)
    started = fields.Datetime(readonly=True)
    finished = fields.Datetime(readonly=True)
    next_try = fields.Datetime(readonly=True)
    at_any_hour = fields.Boolean(
        readonly=True, help="Somebody wanted it to run in quiet hours, too."
    )
    quiet = fields.Boolean(
        compute="_compute_quiet", help="Waits for the end of the quiet hours."
    )
    attempts = fields.Integer("Failed attempts in a row", readonly=True)
    message = fields.Text(readonly=True, help="What happened, and what to do about it.")
    # [{"what": …, facts}]: oddities of the CRM's answers
    notices = fields.Json(readonly=True)
    incomplete = fields.Boolean(readonly=True, help="Records are known to be missing.")
    outcome_ids = fields.One2many("infor.crm.sync.outcome", "run_id", readonly=True)
    signal_ids = fields.One2many("infor.crm.run.signal", "run_id")

    # for progress displays
    done = fields.Integer(compute="_compute_progress")
    total = fields.Integer(compute="_compute_progress")
    rate = fields.Float("Records per second", compute="_compute_progress")
    eta = fields.Char("Time left", compute="_compute_progress")
    asked = fields.Char("Asked to", compute="_compute_asked")

    _one_active = models.UniqueIndex(
        "(list_sync_id) WHERE state IN ('queued', 'running', 'paused', 'to_approve')",
        "A run of this list is under way already.",
    )
    _queue_idx = models.Index("(state, id) WHERE state IN ('queued', 'running')")

    @api.depends("subject", "kind", "operation")
    def _compute_display_name(self):
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for run in self:
            what = run.subject or dict(KINDS).get(run.kind)
            run.display_name = f"{operations.get(run.operation)}: {what}"

    @api.depends(*COUNTERS)
    def _compute_unchanged(self):
        for run in self:
            run.skipped = sum(run[name] for name in SKIPPED)
            others = run.created + run.updated + run.conflicts + run.failed
            run.unchanged = run.selected - others - run.skipped

    @api.depends("push_selected", *PUSHED)
    def _compute_push_unchanged(self):
        for run in self:
            run.push_unchanged = run.push_selected - sum(run[name] for name in PUSHED)

    @api.depends("selected", "expected", "busy_seconds", "state")
    def _compute_progress(self):
        for run in self:
            run.done = run.selected
            run.total = max(run.expected, run.selected)
            run.rate = run.selected / run.busy_seconds if run.busy_seconds else 0
            left = run.total - run.done
            counts = run.state in ("queued", "running") and run.rate and left
            run.eta = self._duration_text(left / run.rate) if counts else False

    @api.model
    def _duration_text(self, seconds):
        minutes, seconds = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if hours:
            return self.env._("%(h)s h %(m)s min", h=hours, m=minutes)
        if minutes:
            return self.env._("%(m)s min %(s)s s", m=minutes, s=seconds)
        return self.env._("%s s", seconds)

    @api.depends("signal_ids")
    def _compute_asked(self):
        words = dict(
            self.env["infor.crm.run.signal"]
            ._fields["action"]
            ._description_selection(self.env)
        )
        for run in self:
            signals = run.sudo().signal_ids.sorted("id")
            asked = [s.action for s in signals if s.action not in AT_ONCE]
            run.asked = words.get(asked[-1]) if asked else False

    @api.depends("state", "next_try", "at_any_hour", "signal_ids")
    def _compute_quiet(self):
        for run in self:
            signals = run.sudo().signal_ids.mapped("action")
            waits = run.state == "queued" and run.next_try and "now" not in signals
            run.quiet = bool(
                waits and not run.at_any_hour and run.connector_id._quiet_until()
            )

    @api.model
    def _active_of(self, list_sync):
        return self.sudo().search(
            [("list_sync_id", "=", list_sync.id), ("state", "in", ACTIVE)], limit=1
        )

    # --- what people may do -------------------------------------------------------

    def action_stop(self):
        return self._signal("stop", ("queued", "running", "paused", "to_approve"))

    def action_pause(self):
        return self._signal("pause", ("queued", "running"))

    def action_now(self):
        """Do not wait for the end of the quiet hours."""
        return self._signal("now", ("queued",))

    def action_resume(self):
        """Go on from where it was."""
        for run in self:
            if run.state in ACTIVE:
                continue
            active = run.list_sync_id and self._active_of(run.list_sync_id)
            if active:
                raise UserError(self.env._("Another run of this list is under way."))
        return self._signal("resume", ("paused", "stopped", "failed"))

    def _signal(self, action, states):
        self.check_access("read")
        if not self.env.user.has_group("infor_crm_connector.group_user"):
            raise UserError(self.env._("Only users of Infor CRM may do that."))
        runs = self.filtered(lambda run: run.state in states)
        self.env["infor.crm.run.signal"].sudo().create(
            [{"run_id": run.id, "action": action} for run in runs]
        )
        self.env["infor.crm.lane"]._wake()
        return True

    def action_release(self):
        """Take the run away from its lane, for a server that died without Odoo
        noticing. A lane that is alive after all notices, and rolls back."""
        self.check_access("write")
        self.env.cr.execute(
            """UPDATE infor_crm_sync_run SET state = 'queued', lane = NULL
                WHERE id = ANY(%s) AND state = 'running'""",
            [self.ids],
        )
        self.invalidate_recordset()
        self.env["infor.crm.lane"]._wake()
        return True

    # --- what its lane does -------------------------------------------------------

    def _set(self, lane, /, **values):
        """Write own columns as lane ``lane``; False when the run is no longer its."""
        self.ensure_one()
        pairs = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), _adapt(value))
            for name, value in values.items()
        )
        self.env.cr.execute(
            SQL(
                """UPDATE infor_crm_sync_run
                      SET %s, write_date = (now() AT TIME ZONE 'UTC')
                    WHERE id = %s AND lane = %s AND state = 'running'""",
                pairs,
                self.id,
                lane,
            )
        )
        kept = self.env.cr.rowcount == 1
        self.invalidate_recordset(flush=False)
        return kept

    def _add(self, lane, counts, /, **values):
        """Add to counters; see :meth:`_set`."""
        sums = {
            name: SQL("COALESCE(%s, 0) + %s", SQL.identifier(name), count)
            for name, count in counts.items()
        }
        return self._set(lane, **sums, **values)

    def _leave(self, lane, state, /, **values):
        """Give the run up in a state, and commit."""
        if state in ("done", "failed", "stopped"):
            values.setdefault("finished", fields.Datetime.now())
        kept = self._set(lane, **values, state=state, lane=None)
        self.env["ir.cron"]._commit_progress()
        return kept

    def _park(self, lane, seconds, message):
        """Wait for better times; any lane may go on then."""
        at = fields.Datetime.now() + timedelta(seconds=seconds)
        kept = self._leave(lane, "queued", next_try=at, message=message)
        self.env["infor.crm.lane"]._wake(at)
        self.env["ir.cron"]._commit_progress()
        return kept

    def _take_signals(self):
        """The last thing people asked for, "" when nothing; consumes the rows."""
        self.env.cr.execute(
            "DELETE FROM infor_crm_run_signal WHERE run_id = %s RETURNING id, action",
            [self.id],
        )
        # a run at work need not look again
        rows = sorted(row for row in self.env.cr.fetchall() if row[1] != "retry")
        return rows[-1][1] if rows else ""

    def _form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }


def _adapt(value):
    return Json(value) if isinstance(value, (dict, list)) else value
