from odoo import models


class InforCrmFieldMappingGone(models.Model):
    """Mapping another field, or none, settles what was said of a vanished one."""

    _inherit = "infor.crm.field.mapping"

    def _crm_label(self):
        self.ensure_one()
        return self.crm_field_id.label or self.crm_field

    def write(self, vals):
        result = super().write(vals)
        if {"crm_field", "crm_field_id"} & vals.keys():
            self._settle_gone_fields(self.connector_id)
        return result

    def unlink(self):
        connectors = self.connector_id
        result = super().unlink()
        self._settle_gone_fields(connectors)
        return result

    def _settle_gone_fields(self, connectors):
        """Somebody mapped another field, or none: that is settled."""
        self.env.flush_all()
        for connector in connectors.sudo():
            connector._close_gone_fields(connector._suspended_rows())
