"""Which types of Odoo and of the CRM can be converted into each other."""

# Type in Odoo (tools/odoo_fields.py) → types of the CRM (infor.crm.field).
CONVERTIBLE = {
    "char": frozenset({"string", "memo", "enum", "integer", "decimal"}),
    "text": frozenset({"string", "memo", "enum"}),
    "integer": frozenset({"string", "integer", "decimal"}),
    "float": frozenset({"string", "integer", "decimal"}),
    "boolean": frozenset({"boolean", "string"}),
    "date": frozenset({"datetime"}),
    "datetime": frozenset({"datetime"}),
    "selection": frozenset({"string", "enum"}),
    "country": frozenset({"string", "enum"}),
    "state": frozenset({"string", "enum"}),
}
# A reference is shown as text, but nothing can be written to it that way.
READABLE = frozenset({"char", "text"})


def convertible(odoo_type, crm_type):
    if crm_type == "reference":
        return odoo_type in READABLE
    return crm_type in CONVERTIBLE.get(odoo_type, ())
