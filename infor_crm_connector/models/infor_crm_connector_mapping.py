from odoo import api, fields, models
from odoo.exceptions import UserError

from .infor_crm_connector import MANAGER

# How the screen opens.
SHOWN = {"search_default_lists": 1, "search_default_group_by_kind": 1}


class InforCrmConnectorMapping(models.Model):
    """The mapping of a connector as a whole: its screen, its defaults, and what a
    change of it means for lists."""

    _inherit = "infor.crm.connector"

    # [[Odoo model, kind, Odoo field]] of defaults it was given; some may be gone since
    mapping_offered = fields.Json(copy=False, groups=MANAGER)

    def _look_again(self, kind, odoo_model):
        """A changed mapping: the next run of each list with people of this kind reads
        all of the CRM's, and compares all of Odoo's.

        Only said here: whoever writes a million links would wait, and meet the lanes.
        """
        self.ensure_one()
        lists = self.env["infor.crm.list.sync"].sudo()
        lists.search([("connector_id", "=", self.id)]).filtered(
            lambda sync: sync.target_model == odoo_model and sync._holds_kind(kind)
        )._want_again(pull=True, push=True)

    @api.model
    def _offer_default_mappings(self):
        """For connectors that were there before a default was: on each upgrade."""
        Mapping = self.env["infor.crm.field.mapping"].sudo()
        self.env["infor.crm.odoo.field"]._refresh()
        for connector in self.sudo().search([("mode", "!=", "draft")]):
            Mapping._create_defaults(connector)

    def action_view_mappings(self):
        self.env["infor.crm.odoo.field"]._refresh()
        action = super().action_view_mappings()
        return {**action, "context": {**SHOWN, "default_connector_id": self.id}}

    @api.model
    def _mapping_of_context(self):
        """The connector whose mapping the screen shows."""
        chosen = self.browse(self.env.context.get("default_connector_id") or ())
        found = chosen or self.search([("mode", "!=", "draft")], limit=2)
        if len(found) != 1:
            raise UserError(
                self.env._("Open the mapping of a connector: its button Mapped.")
            )
        found.check_access("write")
        return found

    def _reset_mapping(self):
        """The mapping as it is after connecting for the first time."""
        self.ensure_one()
        Mapping = self.env["infor.crm.field.mapping"]
        rows = Mapping.search([("connector_id", "=", self.id)])
        rows.with_context(infor_mapping_reset=True).unlink()
        self.sudo().mapping_offered = False
        Mapping._create_defaults(self)
