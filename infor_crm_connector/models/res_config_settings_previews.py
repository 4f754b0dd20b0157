from odoo import fields, models

from .infor_crm_preview import DEFAULT_MONTHS, MONTHS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    infor_preview_months = fields.Integer(
        "Keep previews",
        config_parameter=MONTHS,
        default=DEFAULT_MONTHS,
    )
