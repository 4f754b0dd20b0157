from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    infor_crm_connector_count = fields.Integer(
        "Connected Infor CRM", compute="_compute_infor_crm_connector_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_infor_crm_connector_count(self):
        count = self.env["infor.crm.connector"].search_count([("state", "!=", "draft")])
        for settings in self:
            settings.infor_crm_connector_count = count
