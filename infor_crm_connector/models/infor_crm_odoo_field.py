from odoo import api, fields, models

from ..const import MAPPED_MODELS
from ..tools.odoo_fields import catalogue, is_property
from .infor_crm_field import _letters
from .properties_base_definition import PREFIX


class InforCrmOdooField(models.Model):
    """A field of Odoo that may be mapped, so that it can be chosen by its label.

    A picture of what Odoo has: brought up to date when the mapping is opened, and when
    somebody changes the columns of contacts. Nothing decides by it (tools/odoo_fields).
    """

    _name = "infor.crm.odoo.field"
    _description = "Mappable Odoo Field"
    _order = "model, custom, label, id"
    _rec_name = "label"
    _rec_names_search = ["label", "name"]

    model = fields.Selection(MAPPED_MODELS, required=True)
    name = fields.Char("Field name", required=True)
    label = fields.Char(required=True)
    type = fields.Char(required=True)
    writable = fields.Boolean(default=True)
    custom = fields.Boolean(help="A column that people added themselves.")
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(model, name)", "This field is known already.")

    @api.depends("label", "name", "custom")
    def _compute_display_name(self):
        """The label, and the name where the label alone would not tell fields apart."""
        for field in self:
            name = field.name.removesuffix("_id")
            same = _letters(field.label) == _letters(name)
            if field.custom:
                field.display_name = self.env._("%s (own column)", field.label)
            else:
                field.display_name = field.label if same else f"{field.label} ({name})"

    @api.model
    def _refresh(self):
        """Make the rows what Odoo has now."""
        for model, _label in MAPPED_MODELS:
            self.sudo()._refresh_model(model)

    def _refresh_model(self, model):
        known = {
            row.name: row
            for row in self.with_context(active_test=False).search(
                [("model", "=", model)]
            )
        }
        new = []
        for target, field in catalogue(self.env, model).items():
            values = {
                "label": field.label,
                "type": field.type,
                "writable": field.writable,
                "custom": field.custom,
                # imported columns follow the CRM by themselves
                "active": not _is_imported(target),
            }
            row = known.pop(target, None)
            if row is None:
                new.append({**values, "model": model, "name": target})
            elif changed := {n: v for n, v in values.items() if row[n] != v}:
                row.write(changed)
        self.create(new)
        self.browse([row.id for row in known.values() if row.active]).active = False


def _is_imported(target):
    return is_property(target) and target.partition(".")[2].startswith(PREFIX)
