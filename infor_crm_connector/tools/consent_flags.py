"""The opt-outs of both sides, as the links remember them, compared with what holds now.

Set-based: people whose flags are as they were cost no more than being looked at.
"""

import json

from odoo.tools import SQL

from .people import ADDRESS_FIELDS

_TABLES = {
    "mailing.contact": "mailing_contact",
    "res.partner": "res_partner",
    "crm.lead": "crm_lead",
}

# A person may have moved to another address since (consent_address), and then its
# absence from the blacklist is no lifting.
_FLAGS = """
    SELECT b.id, b.kind, b.key, b.odoo_model, b.res_id, b.opted_out, b.blacklisted,
           b.consent_lifted, b.opt_out_due, b.consent_address AS address_before,
           p.email_normalized AS address, l.id IS NOT NULL AS refused,
           EXISTS (SELECT FROM mail_blacklist o
                    WHERE o.email = b.consent_address AND o.active) AS left_refused
      FROM infor_crm_binding b
      JOIN %(table)s p ON p.id = b.res_id
      LEFT JOIN mail_blacklist l ON l.email = p.email_normalized AND l.active
     WHERE b.odoo_model = %(model)s AND %(condition)s
     ORDER BY b.id LIMIT %(limit)s"""

_CHANGED = """
    b.connector_id = %(connector)s AND b.id > %(after)s AND b.gone_since IS NULL
    AND p.email_normalized IS NOT NULL
    AND (b.blacklisted IS DISTINCT FROM (l.id IS NOT NULL)
         OR b.consent_address IS DISTINCT FROM p.email_normalized)"""

_REMEMBER = """
    UPDATE infor_crm_binding b
       SET opted_out = r.opted_out, blacklisted = r.blacklisted,
           consent_lifted = r.consent_lifted, opt_out_due = r.opt_out_due,
           consent_address = r.address
      FROM jsonb_to_recordset(%(rows)s)
           AS r(id int4, opted_out bool, blacklisted bool, consent_lifted bool,
                opt_out_due bool, address varchar)
     WHERE b.id = r.id"""

_DUE = """
    SELECT id, kind, key, odoo_model, res_id FROM infor_crm_binding
     WHERE connector_id = %s AND opt_out_due AND id > %s AND gone_since IS NULL
     ORDER BY id LIMIT %s"""

_TOLD = """
    UPDATE infor_crm_binding b
       SET opted_out = TRUE, blacklisted = TRUE, opt_out_due = FALSE,
           echo = COALESCE(r.echo, b.echo)
      FROM jsonb_to_recordset(%(rows)s) AS r(id int4, echo jsonb)
     WHERE b.id = r.id"""


def models_linked(env, connector_id):
    """The Odoo models that have links with a connector."""
    env.cr.execute(
        "SELECT DISTINCT odoo_model FROM infor_crm_binding WHERE connector_id = %s",
        [connector_id],
    )
    found = {model for (model,) in env.cr.fetchall()}
    return [model for model in ADDRESS_FIELDS if model in found]


def changed_flags(env, connector_id, model, after, limit):
    """Links whose person was put on or off the blacklist, or moved, since the last
    agreement; in the order of their ids, behind ``after``."""
    condition = SQL(_CHANGED, connector=connector_id, after=after)
    return _flags(env, model, condition, limit)


def flags_of(env, model, bindings):
    """{id: row} of some links, changed or not."""
    if not bindings:
        return {}
    condition = SQL("b.id = ANY(%s)", list(bindings))
    rows = _flags(env, model, condition, len(bindings))
    return {row["id"]: row for row in rows}


def _flags(env, model, condition, limit):
    env[model].flush_model(["email_normalized"])
    env["mail.blacklist"].flush_model(["email", "active"])
    env.cr.execute(
        SQL(
            _FLAGS,
            table=SQL.identifier(_TABLES[model]),
            model=model,
            condition=condition,
            limit=limit,
        )
    )
    return env.cr.dictfetchall()


def remember(env, rows):
    """``rows``: dicts with id, opted_out, blacklisted, consent_lifted, opt_out_due and
    address."""
    if rows:
        env.cr.execute(SQL(_REMEMBER, rows=json.dumps(rows)))


def due(env, connector_id, after, limit):
    """Links of whose opt-out Infor CRM is still to be told."""
    env.cr.execute(_DUE, [connector_id, after, limit])
    return env.cr.dictfetchall()


def told(env, rows):
    """Infor CRM knows. ``rows``: dicts with id and echo ({"left", "before"}, None)."""
    if rows:
        env.cr.execute(SQL(_TOLD, rows=json.dumps(rows)))
