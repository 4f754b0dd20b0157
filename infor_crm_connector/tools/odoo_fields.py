"""Which fields of Odoo may be mapped, with types in the terms of ``import_values``.

A *target* is a field's name; ``properties.<name>`` for a column that people added
themselves; ``name.first`` and ``name.last`` for models that keep a name in one line.
"""

from dataclasses import dataclass

from odoo.models import MAGIC_COLUMNS

TYPES = {
    "char": "char",
    "text": "text",
    "integer": "integer",
    "float": "float",
    "monetary": "float",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "selection": "selection",
}
PLACES = {"res.country": "country", "res.country.state": "state"}
# Model → its field of properties.
PROPERTY_FIELDS = {
    "mailing.contact": "properties",
    "res.partner": "properties",
    "crm.lead": "lead_properties",
}
# Model → the field that name.first and name.last are parts of.
NAME_LINES = {"res.partner": "name", "crm.lead": "contact_name"}
FIRST, LAST = "name.first", "name.last"
# Model → its fields of an address; the same names everywhere.
ADDRESS = ("street", "street2", "city", "state_id", "zip", "country_id")
EMAILS = {"mailing.contact": "email", "res.partner": "email", "crm.lead": "email_from"}
# Odoo's own bookkeeping, or harmful if another system sets it.
_HIDDEN = frozenset(
    {
        *("active", "access_token", "additional_info", "automated_probability"),
        *("color", "complete_name", "contact_address_complete", "day_close"),
        *("date_automation_last", "date_last_stage_update", "day_open"),
        *("duration_tracking", "email_domain_criterion", "email_normalized"),
        *("email_state", "opt_out", "parent_path", "partner_gid", "partner_latitude"),
        *("partner_longitude", "partner_share", "phone_sanitized", "phone_state"),
        *("prorated_revenue", "recurring_revenue_monthly", "reveal_id"),
        *("recurring_revenue_monthly_prorated", "recurring_revenue_prorated"),
        *("signup_type", "type", "won_status"),
    }
)
_HIDDEN_PREFIXES = (
    *("activity_", "image_", "iap_", "message_", "my_activity_", "rating_"),
    *("calendar_", "google_", "lead_mining_", "microsoft_", "ocn_", "website_"),
)


@dataclass(frozen=True)
class OdooField:
    """``type``: char text integer float boolean date datetime selection country state;
    "" when nothing of the CRM could be converted to it. ``choices``: (value, label)
    pairs of a selection. ``custom``: people added it themselves."""

    target: str
    label: str
    type: str
    writable: bool = True
    choices: tuple = ()
    custom: bool = False

    @property
    def by_label(self):
        """{label or value: value} of a selection."""
        named = {label: value for value, label in self.choices}
        return {value: value for value, _label in self.choices} | named


def catalogue(env, model):
    """{target: :class:`OdooField`} of everything that may be mapped."""
    fields = env[model]._fields
    known = [_names(env, model)] if model in NAME_LINES else []
    known += [
        [_of_field(env, field)] for field in fields.values() if _is_offered(field)
    ]
    found = [described for group in known for described in group]
    found += property_fields(env, model)
    return {described.target: described for described in found if described.type}


def property_fields(env, model):
    """:class:`OdooField` of all properties, those nothing can be done with included."""
    place = PROPERTY_FIELDS.get(model)
    if not place or place not in env[model]._fields:
        return []
    found = {}
    for item in _definitions(env, model, place):
        target = f"{place}.{item['name']}"
        found.setdefault(target, _of_property(target, item))
    return list(found.values())


def is_property(target):
    return target.partition(".")[0] in PROPERTY_FIELDS.values() and "." in target


def _names(env, model):
    line = env[model]._fields[NAME_LINES[model]]
    return [
        OdooField(FIRST, env._("First Name"), "char", writable=not line.readonly),
        OdooField(LAST, env._("Last Name"), "char", writable=not line.readonly),
    ]


def _is_offered(field):
    return (
        field.store
        and field.column_type
        and field.name not in MAGIC_COLUMNS
        and not field.translate
        and not field.company_dependent
        and field.name not in _HIDDEN
        and not field.name.startswith(_HIDDEN_PREFIXES)
    )


def _of_field(env, field):
    choices = ()
    if field.type == "selection":
        plain = env(context={**env.context, "lang": None})
        choices = tuple(field._description_selection(plain))
    return OdooField(
        target=field.name,
        label=field._description_string(env) or field.name,
        type=_type_of(field.type, getattr(field, "comodel_name", None)),
        writable=not field.readonly,
        choices=choices,
        custom=field.name.startswith("x_"),
    )


def _of_property(target, item):
    return OdooField(
        target=target,
        label=item.get("string") or item["name"],
        type=_type_of(item["type"], item.get("comodel")),
        choices=tuple(tuple(choice[:2]) for choice in item.get("selection") or ()),
        custom=True,
    )


def _type_of(odoo_type, comodel):
    if odoo_type == "many2one":
        return PLACES.get(comodel, "")
    return TYPES.get(odoo_type, "")


def _definitions(env, model, place):
    if place == "lead_properties":
        # each sales team has its own
        teams = env["crm.team"].sudo().with_context(active_test=False).search([])
        return [item for team in teams for item in team.lead_properties_definition]
    base = env["properties.base.definition"].sudo()
    record = base._get_definition_for_property_field(model, place)
    return record.properties_definition or []
