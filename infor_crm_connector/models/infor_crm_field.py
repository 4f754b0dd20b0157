from odoo import api, fields, models

from ..const import KINDS

TYPES = [
    ("string", "Text"),
    ("memo", "Long text"),
    ("boolean", "Yes or no"),
    ("datetime", "Date and time"),
    ("integer", "Whole number"),
    ("decimal", "Number"),
    ("enum", "Choice"),
    ("reference", "Reference"),
]


class InforCrmField(models.Model):
    """A field of the CRM, as the CRM itself described it.

    ``name`` is a path: ``Email``, or ``Address/City`` for what lies in a reference.
    Fields that vanish from the CRM become inactive, so that what uses them can say so.
    """

    _name = "infor.crm.field"
    _description = "Infor CRM Field"
    _order = "connector_id, kind, label, id"
    _rec_name = "label"
    _rec_names_search = ["label", "name"]

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    kind = fields.Selection(KINDS, required=True)
    name = fields.Char("Field name", required=True)
    label = fields.Char(required=True)
    type = fields.Selection(TYPES, required=True, default="string")
    max_length = fields.Integer("Length")
    nullable = fields.Boolean("May be empty", default=True)
    read_only = fields.Boolean()
    custom = fields.Boolean(help="Added by your company to the standard fields.")
    picklist = fields.Char(help="Name of the list of values in Infor CRM.")
    # [{"text": …, "code": …}, …] in the CRM's order
    selection_items = fields.Json("Values")
    limited = fields.Boolean(
        "Only listed values", help="Infor CRM wants a value of its list, and no other."
    )
    multiple = fields.Boolean(
        "Several values", help="A value holds several items of the list."
    )
    # texts that records of the CRM hold, most frequent first; of states and countries
    used_values = fields.Json()
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex(
        "(connector_id, kind, lower(name))", "This field is known already."
    )

    @api.depends("label", "name")
    def _compute_display_name(self):
        """The label, and the name where the label alone would not tell fields apart."""
        for field in self:
            same = _letters(field.label) == _letters(field.name)
            full = f"{field.label} ({field.name})"
            field.display_name = field.label if same else full


def _letters(text):
    """``Address: City`` and ``Address/City`` say the same."""
    return "".join(letter for letter in (text or "").lower() if letter.isalnum())
