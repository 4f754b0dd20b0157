from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..const import MAPPED_KINDS
from ..tools.field_types import convertible
from ..tools.words import word


class InforCrmFieldMappingRules(models.Model):
    """What may be mapped with what, and the sentence when it may not."""

    _inherit = "infor.crm.field.mapping"

    @api.constrains("kind", "odoo_model")
    def _check_place(self):
        for row in self:
            if row.kind not in MAPPED_KINDS.get(row.odoo_model, ()):
                raise ValidationError(
                    self.env._(
                        "%(model)s cannot be mapped with %(kind)s of Infor CRM.",
                        model=word(row, "odoo_model"),
                        kind=word(row, "kind"),
                    )
                )

    @api.constrains("connector_id", "kind", "odoo_model", "odoo_field", "crm_field")
    def _check_fields(self):
        """Both fields are there, and values can be converted."""
        for row in self:
            odoo = row._odoo_facts()
            if not odoo:
                raise ValidationError(row._no_such_odoo_field())
            if not row.crm_field_id:
                raise ValidationError(
                    self.env._("Infor CRM has no field “%s” there.", row.crm_field)
                )
            if not convertible(odoo.type, row.crm_field_id.type):
                raise ValidationError(
                    self.env._(
                        "“%(odoo)s” and “%(crm)s” cannot be mapped: %(type)s of Infor "
                        "CRM cannot be converted into %(odoo_type)s of Odoo.",
                        odoo=odoo.label,
                        crm=row.crm_field_id.label,
                        type=word(row.crm_field_id, "type"),
                        odoo_type=self._odoo_type_words().get(odoo.type, odoo.type),
                    )
                )

    @api.constrains("direction", "odoo_field", "crm_field", "kind", "odoo_model")
    def _check_direction(self):
        """What can only be read is not written."""
        for row in self:
            odoo, crm = row._odoo_facts(), row.crm_field_id
            read_only = crm.read_only or crm.type == "reference"
            if row.direction in ("both", "push") and read_only:
                raise ValidationError(
                    self.env._(
                        "“%s” can only be read in Infor CRM. Choose the direction "
                        "“From Infor CRM only”.",
                        crm.label,
                    )
                )
            if row.direction in ("both", "pull") and odoo and not odoo.writable:
                raise ValidationError(
                    self.env._(
                        "“%s” can only be read in Odoo. Choose the direction "
                        "“To Infor CRM only”.",
                        odoo.label,
                    )
                )

    @api.constrains("direction", "crm_field", "kind", "odoo_model", "connector_id")
    def _check_pushed_once(self):
        """Two Odoo fields pushed into one of the CRM would overwrite each other."""
        for row in self.filtered(lambda r: r.direction != "pull"):
            others = row._rows_of(row.connector_id, row.kind, row.odoo_model) - row
            twins = others.filtered(
                lambda other, row=row: (
                    other.direction != "pull"
                    and other.crm_field.lower() == row.crm_field.lower()
                )
            )
            if twins:
                raise ValidationError(
                    self.env._(
                        "“%(crm)s” of Infor CRM would be filled from “%(one)s” and "
                        "from “%(other)s”. Let one of them only be pulled.",
                        crm=row.crm_field_id.label or row.crm_field,
                        one=row.odoo_label,
                        other=twins[0].odoo_label,
                    )
                )

    # People of lists are known by their address: without it an import finds nobody.

    @api.constrains("direction", "odoo_field", "crm_field", "kind", "odoo_model")
    def _check_address_stays(self):
        for row in self.filtered(lambda r: r._is_address()):
            if row.crm_field.lower() != "email" or row.direction == "push":
                raise ValidationError(self._address_sentence())

    def write(self, vals):
        if any(row._is_address() and row._becomes_another(vals) for row in self):
            raise ValidationError(self._address_sentence())
        return super().write(vals)

    def _becomes_another(self, vals):
        self.ensure_one()
        choices = {
            "odoo_field_id": self.odoo_field_id.id,
            "connector_id": self.connector_id.id,
        }
        plain = {name: self[name] for name in ("kind", "odoo_model", "odoo_field")}
        return any(
            vals.get(name, now) != now for name, now in {**choices, **plain}.items()
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_address(self):
        if self.env.context.get("infor_mapping_reset"):
            return
        if any(row._is_address() for row in self):
            raise UserError(self._address_sentence())

    def _is_address(self):
        self.ensure_one()
        return (self.odoo_model, self.odoo_field) == ("mailing.contact", "email")

    def _address_sentence(self):
        return self.env._(
            "The e-mail address of mailing contacts stays mapped with Email: people "
            "are matched by it."
        )

    # --- words ------------------------------------------------------------------------

    def _no_such_odoo_field(self):
        """It is not there, or of a type the CRM has nothing like."""
        self.ensure_one()
        field = self.env[self.odoo_model]._fields.get(self.odoo_field or "")
        if field is not None:
            return self.env._(
                "“%s” of Odoo cannot be mapped: Infor CRM has nothing like it.",
                field._description_string(self.env) or self.odoo_field,
            )
        return self.env._("Odoo has no field “%s” there.", self.odoo_field)

    def _odoo_type_words(self):
        return {
            "char": self.env._("text"),
            "text": self.env._("long text"),
            "integer": self.env._("a whole number"),
            "float": self.env._("a number"),
            "boolean": self.env._("yes or no"),
            "date": self.env._("a date"),
            "datetime": self.env._("date and time"),
            "selection": self.env._("a choice"),
            "country": self.env._("a country"),
            "state": self.env._("a state"),
        }
