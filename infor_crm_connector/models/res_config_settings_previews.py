from odoo import api, fields, models

from .infor_crm_preview import MONTHS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    infor_preview_months = fields.Integer("Keep previews")

    # not by config_parameter=: there 0, which keeps them for ever, is no value

    @api.model
    def get_values(self):
        months = self.env["infor.crm.preview"]._months_kept()
        return {**super().get_values(), "infor_preview_months": months}

    def set_values(self):
        months = str(max(self.infor_preview_months, 0))
        self.env["ir.config_parameter"].sudo().set_param(MONTHS, months)
        return super().set_values()
