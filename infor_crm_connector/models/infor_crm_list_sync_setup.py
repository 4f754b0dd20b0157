from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .infor_crm_list_schedule import SCHEDULE_FIELDS
from .infor_crm_sync_run import STATES

USER = "infor_crm_connector.group_user"
# What people set up; everything else of a list sync belongs to the runs.
OPTIONS = (
    "push",
    "push_add",
    "push_update",
    "push_field_ids",
    "push_paused",
    "pull",
    "pull_add",
    "pull_update",
    "pull_all_fields",
    "pull_field_ids",
    "pull_paused",
    "leaving_opts_out",
    "column_ids",
)


class InforCrmListSyncSetup(models.Model):
    """Changing a set-up, and starting it: what every user of Infor CRM may do.

    The rows themselves can only be read by them: all changes come through here.
    """

    _inherit = "infor.crm.list.sync"

    what = fields.Selection(
        [
            ("source", "Imported list"),
            ("list", "List"),
            ("segment", "Segment"),
        ],
        "Type",
        compute="_compute_what",
    )
    last_run_state = fields.Selection(STATES, compute="_compute_last_run_state")
    last_run_finished = fields.Datetime(compute="_compute_last_run_state")

    @api.depends("push_only", "filter_id")
    def _compute_what(self):
        for sync in self:
            pushed = "segment" if sync.filter_id else "list"
            sync.what = pushed if sync.push_only else "source"

    @api.depends("run_ids")
    def _compute_last_run_state(self):
        for sync in self:
            sync.last_run_state = sync.last_run_id.state
            sync.last_run_finished = sync.last_run_id.finished

    def _check_may_set_up(self):
        """AccessError for strangers: to Infor CRM, or to the company of the CRM."""
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._("Only users of Infor CRM may set up what travels there.")
            )
        self.check_access("read")
        self.connector_id.check_access("read")

    # --- changing -----------------------------------------------------------------

    def _change_setup(self, values):
        """Write options ({name: value}, of many2many fields records) that the window
        offers. More may travel then than before: what was passed over until now is
        looked at again by the next run."""
        self.ensure_one()
        self._check_may_set_up()
        if unknown := values.keys() - {*OPTIONS, *SCHEDULE_FIELDS}:
            raise UserError(self.env._("No option: %s", ", ".join(sorted(unknown))))
        sync = self.sudo()
        before = sync._travels()
        sync.write({name: self._as_command(value) for name, value in values.items()})
        after = sync._travels()
        # a new column is filled once, also where nothing else is pulled
        sync._look_again(
            pull=bool(
                (after["pull"] - before["pull"])
                | (after["columns"] - before["columns"])
            ),
            push=bool(after["push"] - before["push"]),
        )

    def _as_command(self, value):
        return [(6, 0, value.ids)] if isinstance(value, models.BaseModel) else value

    def _travels(self):
        """{"pull", "push": names of what may travel now}: fields, and "add"; and the
        "columns"."""
        ceiling = self._ceiling(self.kind)
        pulls, pushes = self._picked_targets()
        can_pull = {target for target, rule in ceiling.items() if rule.pull}
        can_push = {target for target, rule in ceiling.items() if rule.push}
        pull = can_pull if pulls is None else can_pull & pulls
        push = can_push & pushes
        if self.pull and self.pull_add and not self.pull_paused:
            pull = pull | {"add"}
        if self.push and self.push_add and not self.push_paused:
            push = push | {"add"}
        return {"pull": pull, "push": push, "columns": set(self._column_fields())}

    def _look_again(self, pull=False, push=False):
        """The next run reads all records of the CRM again, or compares all of Odoo's.

        Changes that were not wanted when they were made are not lost: both sides still
        differ from what they last agreed on.
        """
        self._want_again(pull, push)
        if push:
            for sync in self:
                sync._forget_stamps()

    def _want_again(self, pull=False, push=False):
        """Have a run that begins later do it: one that is at work goes by the set-up
        that it began with, whatever it notes as done (``_heed_set_up`` of the
        worker)."""
        for sync in self:
            wanted = {"read_all": pull and not sync.push_only, "push_all": push}
            values = dict.fromkeys((n for n, on in wanted.items() if on), True)
            if values:
                sync.write({**values, "set_up_number": sync.set_up_number + 1})

    def _forget_stamps(self):
        # members of other lists may be among them: looking twice does no harm
        self.env["infor.crm.binding"].flush_model()
        self.env.cr.execute(
            """UPDATE infor_crm_binding b SET odoo_stamp = NULL
                WHERE connector_id = %(connector)s AND odoo_model = %(model)s
                  AND odoo_stamp IS NOT NULL
                  AND (%(list)s IS NULL
                       OR EXISTS (SELECT 1 FROM mailing_subscription s
                                   WHERE s.contact_id = b.res_id
                                     AND s.list_id = %(list)s))""",
            {
                "connector": self.connector_id.id,
                "model": self.target_model,
                "list": self.list_id.id or None,
            },
        )
        self.env["infor.crm.binding"].invalidate_model(["odoo_stamp"])

    # --- running ------------------------------------------------------------------

    def _run_now(self):
        """A run of the saved set-up, or the one that waits or works already."""
        self.ensure_one()
        self._check_may_set_up()
        if obstacle := self.sudo()._why_no_run():
            raise UserError(obstacle)
        self.connector_id._ensure_callable()
        run = self._queue_run("manual", operation="push" if self.push_only else "sync")
        if run.state == "paused":
            run.with_env(self.env).action_resume()
        return run

    def _why_no_run(self):
        """What is missing for anything to travel, with the remedy; "" for nothing."""
        if not self.push and not self.pull and not self.read_all:
            return self.env._(
                "Nothing is chosen to travel yet. Choose Push to Infor CRM, Pull from "
                "Infor CRM, or both, and save."
            )
        if self._all_paused():
            return self.env._(
                "All of it is paused. Untick the pause in the set-up and save."
            )
        return ""

    def action_set_up(self):
        """The window in which all of this is edited."""
        self.ensure_one()
        return self.env["infor.crm.list.setup"]._open(sync=self)

    def action_run_now(self):
        self.ensure_one()
        return self._run_now()._form_action()

    def action_view_runs(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs of %s", self._target_name()),
            "res_model": "infor.crm.sync.run",
            "domain": [("list_sync_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
        }
