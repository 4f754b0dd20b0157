from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import DEFAULT_MAPPING, DIRECTIONS, KINDS, MAPPED_MODELS
from .infor_crm_list_sync import property_name


class InforCrmFieldMapping(models.Model):
    """One Odoo field and its field in the CRM; the ceiling for every list."""

    _name = "infor.crm.field.mapping"
    _description = "Infor CRM Field Mapping"
    _order = "connector_id, odoo_model, kind, sequence, id"

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True)
    odoo_model = fields.Selection(
        MAPPED_MODELS, "In Odoo", required=True, default="mailing.contact"
    )
    odoo_field = fields.Char(
        "Odoo field", required=True, help="Technical name, or properties.name."
    )
    odoo_label = fields.Char("Label in Odoo", compute="_compute_odoo_label")
    crm_field = fields.Char("Infor CRM field", required=True)
    crm_field_id = fields.Many2one(
        "infor.crm.field",
        "Label in Infor CRM",
        compute="_compute_crm_field_id",
        inverse="_inverse_crm_field_id",
        domain="[('connector_id', '=', connector_id), ('kind', '=', kind)]",
    )
    direction = fields.Selection(DIRECTIONS, required=True, default="both")
    may_clear = fields.Boolean(
        "May clear",
        help="An emptied value empties the other side too. Off, an empty value is no "
        "opinion and erases nothing.",
    )
    fill_if_empty = fields.Boolean(
        "Only fill when empty", help="Never replaces a value that is there already."
    )
    suspended = fields.Boolean(
        compute="_compute_crm_field_id",
        compute_sudo=False,
        help="The field is gone from Infor CRM; everything else goes on.",
    )

    _field_unique = models.UniqueIndex(
        "(connector_id, kind, odoo_model, odoo_field)",
        "This Odoo field is mapped already.",
    )

    @api.depends("odoo_model", "odoo_field")
    def _compute_odoo_label(self):
        for mapping in self:
            field = mapping._odoo_field_object()
            label = field and field._description_string(self.env)
            mapping.odoo_label = label or mapping.odoo_field

    @api.depends("connector_id", "kind", "crm_field")
    def _compute_crm_field_id(self):
        known = (
            self.env["infor.crm.field"]
            .with_context(active_test=False)
            .search([("connector_id", "in", self.connector_id.ids)])
        )
        by_name = {(f.connector_id.id, f.kind, f.name.lower()): f for f in known}
        for mapping in self:
            name = (mapping.crm_field or "").lower()
            field = by_name.get((mapping.connector_id.id, mapping.kind, name))
            mapping.crm_field_id = field
            mapping.suspended = not field or not field.active

    def _inverse_crm_field_id(self):
        for mapping in self:
            if mapping.crm_field_id:
                mapping.crm_field = mapping.crm_field_id.name

    @api.constrains("odoo_model", "odoo_field")
    def _check_odoo_field(self):
        for mapping in self:
            if not mapping._odoo_field_object() and not mapping._is_property():
                raise ValidationError(
                    self.env._("Odoo has no field “%s” there.", mapping.odoo_field)
                )

    def _is_property(self):
        return (self.odoo_field or "").startswith("properties.")

    def _odoo_field_object(self):
        model = self.env[self.odoo_model] if self.odoo_model else self.browse()
        return model._fields.get(self.odoo_field)

    @api.model
    def _rows_of(self, connector, kind, odoo_model):
        """The rows of one place, suspended ones included; for everybody's runs."""
        return self.sudo().search(
            [
                ("connector_id", "=", connector.id),
                ("kind", "=", kind),
                ("odoo_model", "=", odoo_model),
            ]
        )

    @api.model
    def _column_fields(self, connector, kind):
        """{Odoo target: infor.crm.field} of all columns lists may pick."""
        domain = [("connector_id", "=", connector.id), ("kind", "=", kind)]
        found = self.env["infor.crm.field"].sudo().search(domain)
        return {f"properties.{property_name(field)}": field for field in found}

    @api.model
    def _create_defaults(self, connector):
        """The mapping everybody starts with; rows that exist are left as they are."""
        taken = {
            (row.odoo_model, row.kind, row.odoo_field)
            for row in self.search([("connector_id", "=", connector.id)])
        }
        wanted = [
            self._default_values(connector, place, row, sequence)
            for place, rows in DEFAULT_MAPPING.items()
            for sequence, row in enumerate(rows)
            if (*place, row[0]) not in taken and row[0] in self.env[place[0]]._fields
        ]
        return self.create(wanted)

    def _default_values(self, connector, place, row, sequence):
        (odoo_model, kind), (odoo_field, crm_field, direction) = place, row
        return {
            "connector_id": connector.id,
            "odoo_model": odoo_model,
            "kind": kind,
            "sequence": sequence,
            "odoo_field": odoo_field,
            "crm_field": crm_field,
            "direction": direction,
        }
