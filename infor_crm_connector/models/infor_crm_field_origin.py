from odoo import api, fields, models


class InforCrmFieldOrigin(models.Model):
    """Standard or custom, in a word that lists can show as a badge."""

    _inherit = "infor.crm.field"

    origin = fields.Selection(
        [("standard", "Standard"), ("custom", "Custom")], compute="_compute_origin"
    )

    @api.depends("custom")
    def _compute_origin(self):
        for field in self:
            field.origin = "custom" if field.custom else "standard"
