"""Facts that several models share: kinds, feeds, and the mapping to start with."""

KINDS = [("lead", "Lead"), ("contact", "Contact"), ("account", "Account")]

# Feed of each kind (docs/sdata.md 8).
RESOURCES = {"lead": "leads", "contact": "contacts", "account": "accounts"}

# Family of the groups of each kind (docs/sdata.md 8.12).
FAMILIES = {"lead": "Lead", "contact": "Contact"}

# Names behind a reference: the readable part of an owner, manager or lead source.
_MANAGER_FIELDS = (
    ("Owner/OwnerDescription", "Owner"),
    ("AccountManager/UserInfo/UserName", "Account Manager"),
    ("AccountManager/UserInfo/Email", "Account Manager: Email"),
)
_SOURCE_FIELD = ("LeadSource/Description", "Lead Source")
REFERENCE_FIELDS = {
    "lead": (*_MANAGER_FIELDS, _SOURCE_FIELD),
    "contact": _MANAGER_FIELDS,
    "account": (*_MANAGER_FIELDS, _SOURCE_FIELD),
}

# Never offered: the portal password of a contact is no marketing data.
FORBIDDEN_FIELDS = frozenset({"webpassword", "webpasswordhint", "pinnumber"})

# Owner "Everyone" has this key on every server (docs/sdata.md 8.0).
OWNER_EVERYONE = "SYST00000001"

DIRECTIONS = [
    ("both", "Both ways"),
    ("pull", "From Infor CRM only"),
    ("push", "To Infor CRM only"),
]

_ADDRESS = (
    ("street", "Address/Address1", "both"),
    ("street2", "Address/Address2", "both"),
    ("city", "Address/City", "both"),
    ("state_id", "Address/State", "both"),
    ("zip", "Address/PostalCode", "both"),
    ("country_id", "Address/Country", "both"),
)

_PERSON = (
    ("first_name", "FirstName", "both"),
    ("last_name", "LastName", "both"),
    ("email", "Email", "both"),
    ("phone", "WorkPhone", "both"),
    ("function", "Title", "both"),
)

# People of Contacts and of Odoo's CRM keep their name in one line; ``name.first`` and
# ``name.last`` are its parts (tools/odoo_fields.py).
_NAMED = (("name.first", "FirstName"), ("name.last", "LastName"))


def _both(*pairs):
    return tuple((*pair, "both") for pair in pairs)


def _push(*rows):
    return tuple((row[0], row[1], "push") for row in rows)


# (Odoo model, kind) -> (Odoo field, CRM field, direction). Nothing may clear a value
# and nothing is limited to empty fields until an administrator says so. A contact's
# company is a copy the CRM keeps of its account's name, so it only travels here.
# Leads are only ever made and updated from people of Contacts and of Odoo's CRM.
DEFAULT_MAPPING = {
    ("mailing.contact", "lead"): (
        *_PERSON,
        ("company_name", "Company", "both"),
        *_ADDRESS,
    ),
    ("mailing.contact", "contact"): (
        *_PERSON,
        ("company_name", "AccountName", "pull"),
        *_ADDRESS,
    ),
    ("res.partner", "lead"): _push(
        *_NAMED,
        ("email", "Email"),
        ("phone", "WorkPhone"),
        ("function", "Title"),
        ("commercial_company_name", "Company"),
        *_ADDRESS,
    ),
    ("res.partner", "contact"): (
        *_both(
            *_NAMED,
            ("email", "Email"),
            ("phone", "WorkPhone"),
            ("function", "Title"),
        ),
        *_ADDRESS,
    ),
    ("crm.lead", "lead"): _push(
        *_NAMED,
        ("email_from", "Email"),
        ("phone", "WorkPhone"),
        ("function", "Title"),
        ("partner_name", "Company"),
        *_ADDRESS,
    ),
    ("crm.lead", "contact"): _push(
        *_NAMED,
        ("email_from", "Email"),
        ("phone", "WorkPhone"),
        ("function", "Title"),
        *_ADDRESS,
    ),
}

# Kinds that people of an Odoo model may be mapped with; a company is an account.
MAPPED_KINDS = {
    "mailing.contact": ("lead", "contact"),
    "res.partner": ("lead", "contact", "account"),
    "crm.lead": ("lead", "contact"),
}
# Places that nothing is pulled into.
PUSHED_PLACES = frozenset(
    place
    for place, rows in DEFAULT_MAPPING.items()
    if all(direction == "push" for _odoo, _crm, direction in rows)
)

MAPPED_MODELS = [
    ("mailing.contact", "Mailing contact"),
    ("res.partner", "Contact"),
    ("crm.lead", "Lead (Odoo)"),
]
