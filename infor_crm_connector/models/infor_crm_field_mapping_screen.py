from odoo import api, models

from .infor_crm_connector_mapping import SHOWN


class InforCrmFieldMappingScreen(models.Model):
    """The buttons at the top of *Standard Field Names*."""

    _inherit = "infor.crm.field.mapping"

    @api.model
    def action_open(self):
        """From the menu: the mapping of the connector, or of all there are."""
        connectors = self.env["infor.crm.connector"].search([("mode", "!=", "draft")])
        if len(connectors) == 1:
            return connectors.action_view_mappings()
        self.env["infor.crm.odoo.field"]._refresh()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "infor_crm_connector.infor_crm_field_mapping_action"
        )
        return {**action, "context": {**SHOWN, "search_default_group_by_connector": 1}}

    def action_optimize(self):
        connector = self.env["infor.crm.connector"]._mapping_of_context()
        return self.env["infor.crm.optimize"]._open(connector)
