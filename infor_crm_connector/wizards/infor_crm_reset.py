from odoo import api, fields, models


class InforCrmReset(models.TransientModel):
    """Shows what a reset would do, then does it."""

    _name = "infor.crm.reset"
    _description = "Reset an Infor CRM Connector"

    connector_id = fields.Many2one("infor.crm.connector", required=True, readonly=True)
    keep = fields.Selection(
        [
            ("keep", "Keep the links and the imported lists"),
            ("forget", "Forget the links and remove the imported lists"),
        ],
        "Links and lists",
        default="keep",
        required=True,
    )
    summary_html = fields.Html(compute="_compute_summary_html", sanitize=False)

    @api.depends("connector_id", "keep")
    def _compute_summary_html(self):
        for wizard in self:
            rows = wizard.connector_id._reset_summary(wizard.keep == "keep")
            rows = [row for row in rows if row["count"] != 0]
            wizard.summary_html = self.env["ir.qweb"]._render(
                "infor_crm_connector.reset_summary", {"rows": rows}
            )

    def action_reset(self):
        self.ensure_one()
        self.connector_id.check_access("write")
        self.connector_id._reset_execute(self.keep == "keep")
        return {"type": "ir.actions.act_window_close"}
