from odoo import fields, models

from ..const import DIRECTIONS, KINDS, MAPPED_MODELS


class InforCrmOptimizeLine(models.TransientModel):
    """One field of the difference: what is, what is proposed, and why."""

    _name = "infor.crm.optimize.line"
    _description = "Proposed Field Name"
    _order = "id"

    optimize_id = fields.Many2one(
        "infor.crm.optimize", required=True, ondelete="cascade"
    )
    take = fields.Boolean("Save")
    change = fields.Selection(
        [("added", "Added"), ("changed", "Changed"), ("kept", "Kept")], required=True
    )
    odoo_model = fields.Selection(MAPPED_MODELS, "In Odoo", required=True)
    kind = fields.Selection(KINDS, "In Infor CRM", required=True)
    odoo_field = fields.Char(required=True)
    odoo_label = fields.Char("Odoo field", required=True)
    crm_field = fields.Char(required=True)
    crm_field_id = fields.Many2one("infor.crm.field", "Infor CRM field")
    former = fields.Char()
    former_id = fields.Many2one("infor.crm.field", "Until now")
    direction = fields.Selection(DIRECTIONS, required=True)
    reason = fields.Selection(
        [
            ("address", "Part of the address"),
            ("usual", "Usual counterpart"),
            ("same", "Same name"),
            ("similar", "Similar name: please check"),
        ],
        "Why",
    )

    def _mapping_values(self):
        self.ensure_one()
        return {
            "connector_id": self.optimize_id.connector_id.id,
            "odoo_model": self.odoo_model,
            "kind": self.kind,
            "odoo_field": self.odoo_field,
            "crm_field": self.crm_field,
            "direction": self.direction,
        }
