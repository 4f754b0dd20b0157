from odoo import api, fields, models
from odoo.tools import format_time

USER = "infor_crm_connector.group_user"
LIVE = ("queued", "running")
RESUMABLE = ("paused", "stopped", "failed")
CLASSES = {
    "done": "text-success",
    "failed": "text-danger",
    "to_approve": "text-warning",
}


class MailingList(models.Model):
    """What a list shows of the import that fills it."""

    _inherit = "mailing.list"

    infor_sync_ids = fields.One2many(
        "infor.crm.list.sync", "list_id", "Infor CRM", groups=USER, exportable=False
    )
    # What the progress widget shows, in words; everybody who sees the list sees it.
    infor_import = fields.Json(
        "Infor CRM import",
        compute="_compute_infor_import",
        compute_sudo=True,
        exportable=False,
    )
    infor_source = fields.Char("Source", compute="_compute_infor_setup", groups=USER)
    infor_column_ids = fields.Many2many(
        "infor.crm.field", string="Columns", compute="_compute_infor_setup", groups=USER
    )
    infor_run_count = fields.Integer(compute="_compute_infor_setup", groups=USER)

    @api.depends("infor_sync_ids")
    def _compute_infor_setup(self):
        counts = dict(
            self.env["infor.crm.sync.run"]._read_group(
                [("list_sync_id", "in", self.infor_sync_ids.ids)],
                ["list_sync_id"],
                ["__count"],
            )
        )
        for mailing_list in self:
            sync = mailing_list.infor_sync_ids[:1]
            mailing_list.infor_source = bool(sync) and self._infor_source_of(sync)
            mailing_list.infor_column_ids = sync.column_ids
            mailing_list.infor_run_count = counts.get(sync, 0)

    def _infor_source_of(self, sync):
        if sync.group_key:
            return self.env._(
                "Group “%(group)s” of %(connector)s",
                group=sync.group_name,
                connector=sync.connector_id.name,
            )
        kinds = {
            "lead": self.env._("All leads of %s", sync.connector_id.name),
            "contact": self.env._("All contacts of %s", sync.connector_id.name),
        }
        return kinds[sync.kind]

    # --- progress -------------------------------------------------------------------

    @api.depends("infor_sync_ids.run_ids")
    @api.depends_context("lang", "tz", "uid")
    def _compute_infor_import(self):
        """A few queries for all lists; display names are never read (they count)."""
        run_of = self._infor_last_runs()
        for mailing_list in self:
            run = run_of.get(mailing_list.id)
            mailing_list.infor_import = run and self._infor_progress(run)

    def _infor_last_runs(self):
        """{list id: its newest run}"""
        syncs = self.env["infor.crm.list.sync"].search([("list_id", "in", self.ids)])
        return {sync.list_id.id: sync.last_run_id for sync in syncs if sync.last_run_id}

    def _infor_progress(self, run):
        """Plain values for the widget; ``live``: worth asking again soon."""
        share = round(100 * run.done / run.total) if run.total else 0
        return {
            "phase": run.state,
            "connector": run.connector_id.name,
            "source": self._infor_source_of(run.list_sync_id),
            "label": self._infor_label(run),
            "detail": self._infor_detail(run),
            "pace": self._infor_pace(run),
            "percent": share if run.state in LIVE else None,
            "class": CLASSES.get(run.state, "text-muted"),
            "live": run.state in LIVE or bool(run.asked),
            "can_stop": run.state in LIVE and not run.asked,
            "can_resume": run.state in RESUMABLE and not run.asked,
        }

    def _infor_label(self, run):
        numbers = {
            "done": self._infor_number(run.done),
            "total": self._infor_number(run.total),
            "imported": self._infor_number(run.done - run.skipped - run.failed),
        }
        if run.asked and run.state in LIVE:
            return self.env._("Stopping at %(done)s of %(total)s…", **numbers)
        if run.asked and run.state in RESUMABLE:
            return self.env._("Going on at %(done)s of %(total)s…", **numbers)
        if run.state in LIVE and not run.total:
            waits = run.state == "queued"
            return self.env._("Waiting to start") if waits else self.env._("Counting…")
        labels = {
            "queued": self.env._("%(done)s of %(total)s", **numbers),
            "running": self.env._("%(done)s of %(total)s", **numbers),
            "paused": self.env._("Paused at %(done)s of %(total)s", **numbers),
            "stopped": self.env._("Stopped at %(done)s of %(total)s", **numbers),
            "to_approve": self.env._("Waits for an administrator's approval"),
            "done": self.env._("%(imported)s of %(total)s imported", **numbers),
            "failed": self.env._("Failed at %(done)s of %(total)s", **numbers),
        }
        return labels[run.state]

    def _infor_pace(self, run):
        """How fast it goes and how long it takes, or what it waits for."""
        if run.asked:
            return ""
        if run.state == "queued" and run.next_try and run.message:
            at = format_time(self.env, run.next_try, time_format="short")
            return self.env._(
                "%(message)s Next try at %(time)s.",
                message=self._infor_message(run),
                time=at,
            )
        if run.state == "failed":
            return self._infor_message(run)
        if run.state != "running" or not run.rate:
            return ""
        return self.env._(
            "%(rate)s records per second, %(time)s left",
            rate=self._infor_number(run.rate),
            time=self._infor_time_left((run.total - run.done) / run.rate),
        )

    def _infor_message(self, run):
        """A cause may name address and login, which is for users of Infor CRM."""
        if self.env.user.has_group(USER):
            return run.message or ""
        return self.env._("Infor CRM could not be read.")

    def _infor_time_left(self, seconds):
        if seconds < 5:
            return self.env._("a few seconds")
        if seconds < 90:
            return self.env._("%s seconds", self._infor_number(seconds))
        return self.env._("%s minutes", self._infor_number(seconds / 60))

    def _infor_detail(self, run):
        """Who is missing from the list and why: a line per reason."""
        reasons = (
            (run.skipped_no_email, self.env._("without an e-mail address")),
            (
                run.skipped_same_address,
                self.env._("with the address of another record"),
            ),
            (run.skipped_removed, self.env._("removed from the list in Odoo")),
            (
                run.skipped_gone,
                self.env._("not in Infor CRM any more, or hidden from the login"),
            ),
            (run.failed, self.env._("failed")),
        )
        lines = [
            f"{self._infor_number(count)} {reason}"
            for count, reason in reasons
            if count
        ]
        if run.incomplete:
            lines.append(
                self.env._("Some records of Infor CRM are known to be missing.")
            )
        if lines:
            lines.insert(0, self.env._("Not imported:"))
        return "\n".join(lines) or self.env._("Nobody was left out.")

    def _infor_number(self, value):
        lang = self.env["res.lang"]._lang_get(self.env.lang or self.env.user.lang)
        return lang.format("%d", value, grouping=True)

    # --- buttons ----------------------------------------------------------------------

    @api.model
    def action_infor_import(self, *_ids):
        """The wizard; called without records from the top of the lists."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "infor_crm_connector.infor_crm_import_wizard_action"
        )
        return {**action, "context": {"infor_from_lists": True}}

    def _infor_last_run(self):
        self.ensure_one()
        return self.infor_sync_ids[:1].last_run_id

    def action_infor_open_run(self):
        """The report of the newest import; nothing for people without access to it."""
        if not self.env.user.has_group(USER):
            return False
        run = self._infor_last_run()
        return run.get_formview_action() if run else False

    def action_infor_view_runs(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imports of %s", self.name),
            "res_model": "infor.crm.sync.run",
            "domain": [("list_sync_id", "in", self.infor_sync_ids.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def action_infor_import_again(self):
        """Import the list's own source again; joins a run that is under way."""
        self.ensure_one()
        self.infor_sync_ids[:1].action_import()
        return True

    def action_infor_stop(self):
        return self._infor_last_run().action_stop()

    def action_infor_resume(self):
        return self._infor_last_run().action_resume()
