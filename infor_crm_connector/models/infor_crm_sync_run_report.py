from odoo import api, fields, models


class InforCrmSyncRunReport(models.Model):
    """The report of a run: its records, and back to what it was a run of."""

    _inherit = "infor.crm.sync.run"

    filter_id = fields.Many2one(related="list_sync_id.filter_id", string="Segment")
    result = fields.Char(compute="_compute_result")
    outcome_count = fields.Integer("Records", compute="_compute_outcome_count")

    @api.depends_context("lang")
    def _compute_result(self):
        """What moved, in few words; for people who compare runs."""
        words = self.env["infor.crm.progress"]
        for run in self:
            found = words._infor_results(run)
            ended = run.state == "done"
            nothing = self.env._("Nothing had changed") if ended else ""
            run.result = ", ".join(found) or nothing

    def _compute_outcome_count(self):
        counts = dict(
            self.env["infor.crm.sync.outcome"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            run.outcome_count = counts.get(run, 0)

    def action_view_outcomes(self):
        """All records of the run, to search and group."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "infor.crm.sync.outcome",
            "domain": [("run_id", "=", self.id)],
            "views": [(False, "list")],
        }

    def action_open_target(self):
        """The list or segment that was run."""
        self.ensure_one()
        target = self.list_id or self.filter_id
        return target.get_formview_action() if target else False

    def action_set_up(self):
        """The set-up behind the run, to change it."""
        self.ensure_one()
        return self.list_sync_id.action_set_up()
