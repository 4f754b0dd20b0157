"""Addresses of the people behind links: those they have in Odoo, and Infor CRM's."""

from odoo.tools import SQL, email_normalize_all

# Odoo models with people, and the field that holds their address.
ADDRESS_FIELDS = {
    "mailing.contact": "email",
    "res.partner": "email",
    "crm.lead": "email_from",
}

_PEOPLE = """
    SELECT b.id AS binding, p.email_normalized AS address,
           CASE WHEN p.%(field)s ~ '[,;].*@' THEN p.%(field)s END AS several
      FROM infor_crm_binding b JOIN %(table)s p ON p.id = b.res_id
     WHERE b.odoo_model = %(model)s AND p.email_normalized IS NOT NULL
       AND %(condition)s"""
# What both sides last agreed on: after an address was changed in Odoo this is the one
# that Infor CRM, and its opt-out, still speak of.
_AGREED = """
    SELECT b.id, lower(trim(COALESCE(b.base->>'email', b.base->>'email_from'))), NULL
      FROM infor_crm_binding b
     WHERE COALESCE(b.base->>'email', b.base->>'email_from') LIKE '%%@%%'
       AND %(condition)s"""


def person_addresses(env, condition):
    """SQL of rows (binding, address, several) for the links that meet a condition.

    ``condition``: SQL about ``b``, an infor.crm.binding. ``several``: the field's text
    when it holds more than the one address. A link has up to two rows.
    """
    env["infor.crm.binding"].flush_model()
    parts = []
    for model, field in ADDRESS_FIELDS.items():
        env[model].flush_model([field, "email_normalized"])
        parts.append(
            SQL(
                _PEOPLE,
                field=SQL.identifier(field),
                table=SQL.identifier(env[model]._table),
                model=model,
                condition=condition,
            )
        )
    parts.append(SQL(_AGREED, condition=condition))
    return SQL(" UNION ALL ").join(parts)


def refused_addresses(env):
    """Normalised addresses of everybody whose opt-out in Infor CRM stands.

    Also when the address was changed in Odoo since: the blacklist only knows the old
    one. One query, because the composer asks again for every 50 recipients.
    """
    standing = SQL("b.opted_out AND b.consent_lifted IS NOT TRUE")
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT address, several FROM (%s) people",
            person_addresses(env, standing),
        )
    )
    found = {address for address, _several in rows}
    for _address, several in rows:
        found.update(email_normalize_all(several) if several else ())
    return found


def bindings_at(env, addresses, condition):
    """Ids of the links of people with one of these addresses that meet a condition."""
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT binding FROM (%s) people WHERE address = ANY(%s)",
            person_addresses(env, condition),
            list(addresses),
        )
    )
    return [binding for (binding,) in rows]
