from odoo import models
from odoo.exceptions import UserError


class InforCrmListSetupButtons(models.TransientModel):
    """What people can do in the window."""

    _inherit = "infor.crm.list.setup"

    def action_save(self):
        self.ensure_one()
        self._save()
        first = self.effect.partition("\n")[0].removeprefix("• ")
        return self._close(self.env._("Saved. %s", first))

    def action_run_now(self):
        """Of a set-up that was edited, people say which one is meant."""
        self.ensure_one()
        if self.sync_id and self._edited():
            self.step = "ask"
            return self._reopen()
        if not self.sync_id:
            self._save()
        return self._close(self._started())

    def action_save_and_run(self):
        self.ensure_one()
        self._save()
        return self._close(self._started())

    def action_run_as_saved(self):
        """The edits stay in the window, unsaved."""
        self.ensure_one()
        self.step = "edit"
        return self._notify(self._started(), self._reopen())

    def action_back(self):
        self.ensure_one()
        self.step = "edit"
        return self._reopen()

    def action_ask_columns(self):
        """Ask the CRM which fields it has now, and offer them."""
        self.ensure_one()
        connector = self.connector_id
        connector.check_access("read")
        self.columns_shown = True
        try:
            connector._ensure_callable()
            connector._at_the_edge(lambda: connector._refresh_columns(self.kind))
            self.columns_note = False
        except UserError as error:
            self.columns_note = self.env._(
                "These are the fields known so far. %s", error.args[0]
            )
        return self._reopen()

    def _started(self):
        run = self.sync_id._run_now()
        if run.state == "running":
            return self.env._("A run is under way already; this joins it.")
        return self.env._("It has started and goes on in the background.")

    # --- windows ------------------------------------------------------------------

    def _reopen(self):
        title = (
            self.env._("Push to Infor CRM")
            if self.push_only
            else self.env._("Infor CRM Sync Setup")
        )
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _close(self, message):
        return self._notify(message, {"type": "ir.actions.act_window_close"})

    def _notify(self, message, then):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": then},
        }
