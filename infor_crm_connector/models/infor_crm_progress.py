from odoo import models
from odoo.tools import format_datetime, format_time

from .infor_crm_list_sync_setup import USER

LIVE = ("queued", "running")
RESUMABLE = ("paused", "stopped", "failed")
CLASSES = {
    "done": "text-success",
    "failed": "text-danger",
    "to_approve": "text-warning",
}


class InforCrmProgress(models.AbstractModel):
    """What lists and segments show of their runs, in words."""

    _name = "infor.crm.progress"
    _description = "Progress of Infor CRM"

    def _infor_shown(self, target):
        """{id: plain values for the widget} of those that have a set-up; ``target``
        names the field of the list sync that points here.

        A few queries for all of them; display names are never read (they count).
        """
        syncs = self.env["infor.crm.list.sync"].search(
            [(target, "in", self.ids)], order="id"
        )
        newest = {}
        for sync in syncs:
            before = newest.get(sync[target].id)
            if not before or before.last_run_id.id <= sync.last_run_id.id:
                newest[sync[target].id] = sync
        return {key: self._infor_state(sync) for key, sync in newest.items()}

    def _infor_state(self, sync):
        """Its newest run, or what it waits for without one; None: nothing to say."""
        run = sync.last_run_id
        if run:
            return self._infor_progress(run)
        return self._infor_idle(sync) if self._infor_outlook(sync) else None

    def _infor_progress(self, run):
        """Plain values for the widget; ``live``: worth asking again soon."""
        imports = run.operation == "import"
        words = self._infor_import_words if imports else self._infor_sync_words
        return {
            "phase": run.state,
            "connector": run.connector_id.name,
            "source": self._infor_source_of(run.list_sync_id),
            "pace": self._infor_waits(run) or self._infor_outlook(run.list_sync_id),
            "class": CLASSES.get(run.state, "text-muted"),
            "live": run.state in LIVE or bool(run.asked),
            "can_stop": run.state in LIVE and not run.asked,
            "can_resume": run.state in RESUMABLE and not run.asked,
            **words(run),
        }

    def _infor_idle(self, sync):
        """Set up, and never run."""
        return {
            "phase": "idle",
            "connector": sync.connector_id.name,
            "source": self._infor_source_of(sync),
            "label": self.env._("Not run yet"),
            "detail": "",
            "pace": self._infor_outlook(sync),
            "percent": None,
            "class": "text-muted",
            "live": False,
            "can_stop": False,
            "can_resume": False,
        }

    def _infor_source_of(self, sync):
        if sync.push_only:
            return self.env._("Pushed to %s", sync.connector_id.name)
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

    # --- what comes next ----------------------------------------------------------

    def _infor_waits(self, run):
        """What a run waits for, or why it ended; "" for nothing of the kind."""
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
        if run.state == "running":
            return self._infor_speed(run)
        return ""

    def _infor_speed(self, run):
        """How fast it goes and how long it takes."""
        if not run.rate or run.total <= run.done:
            return ""
        return self.env._(
            "%(rate)s records per second, %(time)s left",
            rate=self._infor_number(run.rate),
            time=self._infor_time_left((run.total - run.done) / run.rate),
        )

    def _infor_outlook(self, sync):
        """The next run by schedule, and what rests."""
        parts = []
        if sync.scheduled and sync.next_run:
            at = format_datetime(self.env, sync.next_run, dt_format="EEE d MMM, HH:mm")
            parts.append(self.env._("Next run: %s", at))
        if sync._all_paused():
            parts.append(self.env._("Paused"))
        elif sync.push and sync.push_paused:
            parts.append(self.env._("Push paused"))
        elif sync.pull and sync.pull_paused:
            parts.append(self.env._("Pull paused"))
        return " · ".join(parts)

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

    def _infor_number(self, value):
        lang = self.env["res.lang"]._lang_get(self.env.lang or self.env.user.lang)
        return lang.format("%d", value, grouping=True)

    # --- imports ------------------------------------------------------------------

    def _infor_import_words(self, run):
        share = round(100 * run.done / run.total) if run.total else 0
        return {
            "label": self._infor_label(run),
            "detail": self._infor_detail(run),
            "percent": share if run.state in LIVE else None,
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

    # --- buttons ------------------------------------------------------------------

    def _infor_last_run(self):
        self.ensure_one()
        return self.infor_sync_ids.last_run_id.sorted("id")[-1:]

    def action_infor_open_run(self):
        """The report of the newest run; nothing for people without access to it."""
        if not self.env.user.has_group(USER):
            return False
        run = self._infor_last_run()
        return run.get_formview_action() if run else False

    def action_infor_view_runs(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs of %s", self.name),
            "res_model": "infor.crm.sync.run",
            "domain": [("list_sync_id", "in", self.infor_sync_ids.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def action_infor_stop(self):
        return self._infor_last_run().action_stop()

    def action_infor_resume(self):
        return self._infor_last_run().action_resume()
