from datetime import timedelta

from babel.dates import format_timedelta

from odoo import fields, models
from odoo.tools.misc import get_lang

from .infor_crm_progress import LIVE, RESUMABLE

JUST_NOW = timedelta(minutes=-1)


class InforCrmProgressSync(models.AbstractModel):
    """What syncs and pushes say of themselves, at work and when they are done."""

    _inherit = "infor.crm.progress"

    def _infor_sync_words(self, run):
        return {
            "label": self._infor_sync_label(run),
            "detail": self._infor_sync_detail(run),
            "percent": self._infor_sync_percent(run),
        }

    def _infor_sync_percent(self, run):
        """Only while it is known how much there is."""
        if run.state not in LIVE:
            return None
        return round(100 * run.done / run.total) if run.total else 0

    def _infor_sync_label(self, run):
        if run.asked:
            stops = run.state in LIVE
            return self.env._("Stopping…") if stops else self.env._("Going on…")
        if run.state == "done":
            return self._infor_synced(run)
        labels = {
            "queued": self.env._("Waiting to start"),
            "running": self._infor_phase(run),
            "paused": self.env._("The run is paused"),
            "stopped": self.env._("The run was stopped"),
            "to_approve": self.env._("Waits for an administrator's approval"),
            "failed": self.env._("The run failed"),
        }
        if run.state == "queued" and run.cursor:
            return self._infor_phase(run)
        return labels[run.state]

    def _infor_phase(self, run):
        """What it is doing at the moment."""
        read, sent = self._infor_number(run.done), self._infor_number(run.push_selected)
        phases = {
            "consent": self.env._("Comparing opt-outs…"),
            "members": self.env._("Reading the group…"),
            "pull": self.env._("Reading what changed in Infor CRM… %s", read),
            "address": self.env._("Reading what changed in Infor CRM… %s", read),
            "push_changes": self.env._("Sending what changed in Odoo… %s", sent),
            "push_new": self.env._("Sending new people… %s", sent),
            "doubts": self.env._("Looking after lost answers…"),
        }
        phase = (run.cursor or {}).get("phase")
        return phases.get(phase, self.env._("Starting…"))

    def _infor_synced(self, run):
        numbers = self._infor_results(run)
        facts = {
            "ago": self._infor_ago(run.finished or run.write_date),
            "numbers": ", ".join(numbers) or self.env._("nothing had changed"),
        }
        if run.operation == "push":
            return self.env._("Pushed %(ago)s: %(numbers)s", **facts)
        return self.env._("Synced %(ago)s: %(numbers)s", **facts)

    def _infor_results(self, run):
        """["3 updated here", "2 sent"]: what moved, only what is not zero."""
        counts = (
            (run.created, self.env._("%s new here")),
            (run.updated, self.env._("%s updated here")),
            (run.push_created, self.env._("%s new in Infor CRM")),
            (run.push_updated, self.env._("%s updated in Infor CRM")),
            (run.push_linked, self.env._("%s linked")),
            (run.consent_imposed + run.consent_sent, self.env._("%s opted out")),
            (run.questions, self.env._("%s to decide")),
            (run.push_skipped, self.env._("%s not sent")),
            (run.push_waiting, self.env._("%s waiting")),
            (run.failed + run.push_failed, self.env._("%s failed")),
        )
        return [words % self._infor_number(count) for count, words in counts if count]

    def _infor_ago(self, moment):
        delta = moment - fields.Datetime.now()
        if delta > JUST_NOW:
            return self.env._("just now")
        return format_timedelta(
            delta,
            granularity="minute",
            add_direction=True,
            locale=get_lang(self.env).code,
        )

    def _infor_sync_detail(self, run):
        """Who was left out and why: a line per reason."""
        reasons = (
            (run.conflicts, self.env._("with different values on both sides")),
            (run.skipped, self.env._("of Infor CRM not taken over")),
            (run.push_skipped, self.env._("not sent to Infor CRM")),
            (run.push_waiting, self.env._("wait for an answer")),
            (run.failed, self.env._("refused by Odoo")),
            (run.push_failed, self.env._("refused by Infor CRM")),
        )
        lines = [
            f"{self._infor_number(count)} {reason}"
            for count, reason in reasons
            if count
        ]
        if run.state in RESUMABLE and run.message:
            lines.append(self._infor_message(run))
        return "\n".join(lines) or self.env._("Nobody was left out.")
