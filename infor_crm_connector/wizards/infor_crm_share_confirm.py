from odoo import api, fields, models


class InforCrmShareConfirm(models.TransientModel):
    """Connecting the CRM of a second company: its people become visible to all."""

    _name = "infor.crm.share.confirm"
    _description = "Confirm Sharing of Mailing Lists"

    connector_id = fields.Many2one("infor.crm.connector", required=True, readonly=True)
    company_name = fields.Char(compute="_compute_names")
    other_names = fields.Char(compute="_compute_names")

    @api.depends("connector_id")
    def _compute_names(self):
        for wizard in self:
            own = wizard.connector_id.company_id
            # names of companies only; which CRM they have stays theirs
            others = wizard.connector_id.sudo().search(
                [("company_id", "!=", own.id), ("state", "!=", "draft")]
            )
            wizard.company_name = own.name
            wizard.other_names = ", ".join(others.company_id.mapped("name"))

    def action_confirm(self):
        self.ensure_one()
        connector = self.connector_id
        connector.check_access("write")
        result = connector._connect()
        connector.sudo().sharing_confirmed = True
        result["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return result
