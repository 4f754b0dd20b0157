"""May mailing contacts be written past the ORM?

Only if ``create()`` does nothing but what we know and imitate. Any addon that adds to
it, or computes and stores something from a contact, makes the answer no.
"""

# Where create() of mailing.contact passes through in a plain Odoo 19 (with our addon).
KNOWN_CREATE = {
    "odoo.addons.base.models.properties_base_definition_mixin",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.mass_mailing.models.mailing_contact",
    "odoo.orm.models",
}
# Stored fields that are computed, here or elsewhere, from a contact's own.
KNOWN_COMPUTED = {
    ("mailing.contact", "email_normalized"),
    ("mailing.contact", "name"),
    ("mailing.contact", "properties"),
}
# Stored columns with a default or demanded by the database that we know to fill.
KNOWN_DEFAULTS = {"message_bounce", "properties"}
OUR_MODULE = "infor_crm_connector"


def is_known(env):
    """True when plain SQL leaves the very rows that ``create()`` would."""
    return not unknown(env)


def unknown(env):
    """What stands in the way, in words, for the log and the tests."""
    return [*_creates(env), *_columns(env), *_dependents(env), *_checks(env)]


def _creates(env):
    for cls in type(env["mailing.contact"]).__mro__:
        method = cls.__dict__.get("create")
        if method is not None and method.__module__ not in KNOWN_CREATE:
            yield f"create() of {method.__module__}"


def _columns(env):
    for name, field in env["mailing.contact"]._fields.items():
        if not field.store or not field.column_type or name in KNOWN_DEFAULTS:
            continue
        if name in ("id", "create_uid", "create_date", "write_uid", "write_date"):
            continue
        if field.compute and ("mailing.contact", name) not in KNOWN_COMPUTED:
            yield f"computed column {name}"
        elif field.default or field.required or field.company_dependent:
            yield f"column {name} with a default"


def _dependents(env):
    fields = env["mailing.contact"]._fields
    found = set()
    for name in ("name", "first_name", "last_name", "email", "company_name"):
        triggers = env.registry.get_dependent_fields(fields[name])
        found.update(field for field in triggers if field.store)
    for field in found:
        if (field.model_name, field.name) not in KNOWN_COMPUTED:
            yield f"stored {field} depends on contacts"


def _checks(env):
    for method in env["mailing.contact"]._constraint_methods:
        yield f"constraint {method.__name__}"
