"""Imported columns as placeholders of a mailing.

Odoo lets people without template rights use a short white list of expressions only.
Reading a field of the recipient is safe, so the fields an import fills join it.
"""

from odoo import api, models

# What an import may fill among the fields of a mailing contact itself.
FIELDS = (
    "name",
    "first_name",
    "last_name",
    "email",
    "company_name",
    "function",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "state_id.name",
    "state_id.code",
    "country_id",
    "country_id.name",
    "country_id.code",
)


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    @api.model
    def mail_allowed_qweb_expressions(self):
        own = (f"object.{name}" for name in (*FIELDS, "properties"))
        return (
            *super().mail_allowed_qweb_expressions(),
            *own,
            *self._infor_property_expressions(),
        )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Keep first and last name choosable in placeholders and filters.

        Odoo hides them unless contacts are typed in with split names; imported people
        always have both.
        """
        result = super().fields_get(allfields, attributes)
        for name in {"first_name", "last_name"} & result.keys():
            if "searchable" in result[name]:
                result[name]["searchable"] = True
        return result

    @api.model
    def _infor_property_expressions(self):
        """Both spellings of each imported column: the picker's, and what it inserts."""
        definition = self.env["properties.base.definition"].sudo()
        record = definition._get_definition_for_property_field(self._name, "properties")
        for column in record.properties_definition or []:
            name = column["name"]
            if not name.startswith("infor_") or column["type"] == "separator":
                continue
            yield f"object.properties.{name}"
            yield f"object.properties.get('{name}')"
            if column["type"] == "datetime":
                yield f"format_datetime(object.properties.get('{name}'))"
