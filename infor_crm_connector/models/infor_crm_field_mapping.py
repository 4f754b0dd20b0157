from odoo import api, fields, models

from ..const import DIRECTIONS, KINDS, MAPPED_MODELS
from ..tools.odoo_fields import catalogue
from .infor_crm_list_sync import property_name

# Whoever changes one of these wants the lists to look again.
TELLING = frozenset(
    {
        *("kind", "odoo_model", "odoo_field", "odoo_field_id", "crm_field"),
        *("crm_field_id", "direction", "may_clear", "fill_if_empty"),
    }
)


class InforCrmFieldMapping(models.Model):
    """One Odoo field and its field in the CRM; the ceiling for every list.

    This file holds the rows; beside it ``_rules`` what may be mapped with what, and
    ``_defaults`` the rows everybody starts with.
    """

    _name = "infor.crm.field.mapping"
    _description = "Infor CRM Field Mapping"
    _order = "connector_id, odoo_model, kind, sequence, id"

    connector_id = fields.Many2one(
        "infor.crm.connector",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self._default_connector(),
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    sequence = fields.Integer(default=100)
    kind = fields.Selection(KINDS, "In Infor CRM", required=True, default="lead")
    odoo_model = fields.Selection(
        MAPPED_MODELS, "In Odoo", required=True, default="mailing.contact"
    )
    # what the two sides call it; the many2one beside each is how people choose it
    odoo_field = fields.Char("Name in Odoo", required=True)
    odoo_field_id = fields.Many2one(
        "infor.crm.odoo.field",
        "Odoo field",
        compute="_compute_odoo_field_id",
        inverse="_inverse_odoo_field_id",
        domain="[('model', '=', odoo_model)]",
    )
    crm_field = fields.Char("Name in Infor CRM", required=True)
    crm_field_id = fields.Many2one(
        "infor.crm.field",
        "Infor CRM field",
        compute="_compute_crm_field_id",
        inverse="_inverse_crm_field_id",
        domain="[('connector_id', '=', connector_id), ('kind', '=', kind)]",
    )
    odoo_label = fields.Char("Label in Odoo", compute="_compute_suspended")
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
        compute="_compute_suspended",
        help="The field is gone on one side; everything else goes on.",
    )
    missing = fields.Selection(
        [("crm", "Gone from Infor CRM"), ("odoo", "Gone from Odoo")],
        compute="_compute_suspended",
    )

    _field_unique = models.UniqueIndex(
        "(connector_id, kind, odoo_model, odoo_field)",
        "This Odoo field is mapped already.",
    )

    def _default_connector(self):
        """The only one, when there is no choice."""
        found = self.env["infor.crm.connector"].search([], limit=2)
        return found if len(found) == 1 else found.browse()

    @api.depends("odoo_model", "odoo_field")
    def _compute_odoo_field_id(self):
        known = self.env["infor.crm.odoo.field"].with_context(active_test=False)
        names = [name for name in self.mapped("odoo_field") if name]
        found = known.sudo().search([("name", "in", names)])
        by_name = {(row.model, row.name): row for row in found}
        for mapping in self:
            place = mapping.odoo_model, mapping.odoo_field
            mapping.odoo_field_id = by_name.get(place)

    def _inverse_odoo_field_id(self):
        for mapping in self.filtered("odoo_field_id"):
            mapping.odoo_field = mapping.odoo_field_id.name

    @api.depends("connector_id", "kind", "crm_field")
    def _compute_crm_field_id(self):
        known = self._fields_by_place([("name", "in", self.mapped("crm_field"))])
        if any(row.crm_field and row._crm_place() not in known for row in self):
            # names are spelled in any case; nearly always as the field has it
            known = self._fields_by_place([])
        for mapping in self:
            mapping.crm_field_id = known.get(mapping._crm_place())

    def _fields_by_place(self, domain):
        domain = [("connector_id", "in", self.connector_id.ids), *domain]
        fields_of = self.env["infor.crm.field"].with_context(active_test=False)
        return {
            (field.connector_id.id, field.kind, field.name.lower()): field
            for field in fields_of.search(domain)
        }

    def _crm_place(self):
        return self.connector_id.id, self.kind, (self.crm_field or "").lower()

    def _inverse_crm_field_id(self):
        for mapping in self.filtered("crm_field_id"):
            mapping.crm_field = mapping.crm_field_id.name

    @api.depends("odoo_model", "odoo_field", "crm_field_id")
    def _compute_suspended(self):
        known = {model: catalogue(self.env, model) for model in self._models()}
        for mapping in self:
            odoo = known.get(mapping.odoo_model, {}).get(mapping.odoo_field)
            mapping.odoo_label = odoo.label if odoo else mapping.odoo_field
            gone = mapping.crm_field and not mapping.crm_field_id.active
            lost = mapping.odoo_field and not odoo
            mapping.missing = "crm" if gone else "odoo" if lost else False
            mapping.suspended = bool(mapping.missing)

    def _models(self):
        return {model for model in self.mapped("odoo_model") if model}

    def _odoo_facts(self):
        """The field of Odoo as tools/odoo_fields knows it; None when it is gone."""
        self.ensure_one()
        return catalogue(self.env, self.odoo_model).get(self.odoo_field)

    # --- what runs ask ----------------------------------------------------------------

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

    # --- changes make lists look again ------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._named(vals) for vals in vals_list])
        rows._tell_lists()
        return rows

    def write(self, vals):
        telling = bool(TELLING & vals.keys())
        if telling:
            self._tell_lists()  # of the place it leaves, too
        result = super().write(self._named(vals))
        if telling:
            self._tell_lists()
        return result

    def unlink(self):
        self._tell_lists()
        return super().unlink()

    def _tell_lists(self):
        for connector, kind, odoo_model in {
            (row.connector_id, row.kind, row.odoo_model) for row in self
        }:
            connector.sudo()._look_again(kind, odoo_model)

    @api.model
    def _named(self, vals):
        """The names of what was chosen, so that required names are there at once."""
        named = {}
        for choice, name, model in (
            ("odoo_field_id", "odoo_field", "infor.crm.odoo.field"),
            ("crm_field_id", "crm_field", "infor.crm.field"),
        ):
            if vals.get(choice):
                named[name] = self.env[model].browse(vals[choice]).name
        return {**vals, **named}
