"""The lists of a lead that became a contact."""

from odoo.tools import SQL

# Lists of the connector that hold contacts and take new ones.
_JOINED = """
    SELECT id, list_id FROM infor_crm_list_sync
     WHERE connector_id = %(connector)s AND kind = 'contact'
       AND COALESCE(group_key, '') = '' AND push_only IS NOT TRUE
       AND pull AND pull_add AND pull_paused IS NOT TRUE AND list_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM infor_crm_list_member m
                        WHERE m.list_sync_id = infor_crm_list_sync.id
                          AND m.binding_id = %(binding)s)"""

_SUBSCRIBE = """
    INSERT INTO mailing_subscription
           (contact_id, list_id, opt_out, opt_out_datetime, create_uid, write_uid,
            create_date, write_date)
    SELECT %(contact)s, %(list)s, o.out,
           CASE WHEN o.out THEN date_trunc('second', now() AT TIME ZONE 'UTC') END,
           %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM (SELECT %(out)s::bool AS out) o
        ON CONFLICT (contact_id, list_id) DO NOTHING"""

_MEMBER = """
    INSERT INTO infor_crm_list_member
           (list_sync_id, binding_id, subscription, subscription_stamp, opt_out)
    SELECT %(sync)s, %(binding)s, s.id, s.write_date, COALESCE(s.opt_out, FALSE)
      FROM mailing_subscription s
     WHERE s.contact_id = %(contact)s AND s.list_id = %(list)s
        ON CONFLICT (list_sync_id, binding_id) DO NOTHING"""

# An opt-out from a list of leads is one of the person.
_OUT = """
    SELECT EXISTS (
        SELECT FROM infor_crm_list_member m
          JOIN infor_crm_list_sync l ON l.id = m.list_sync_id AND l.kind = 'lead'
          LEFT JOIN mailing_subscription s
            ON s.contact_id = %(contact)s AND s.list_id = l.list_id
         WHERE m.binding_id = %(binding)s AND (m.opt_out OR s.opt_out))"""

_OPT_OUT = """
    UPDATE mailing_subscription s
       SET opt_out = TRUE,
           opt_out_datetime = date_trunc('second', now() AT TIME ZONE 'UTC'),
           write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
      FROM infor_crm_list_sync l
     WHERE l.connector_id = %(connector)s AND l.kind = 'contact'
       AND l.list_id = s.list_id AND s.contact_id = %(contact)s
       AND s.opt_out IS NOT TRUE"""

_LEAVE = """
    DELETE FROM mailing_subscription s USING infor_crm_list_sync l
     WHERE l.connector_id = %(connector)s AND l.kind = 'lead'
       AND l.push_only IS NOT TRUE AND l.list_id = s.list_id
       AND s.contact_id = %(contact)s"""


def follow(env, connector, odoo_model, res_id, key):
    """The person joins the list of contacts that takes new ones, with the opt-out of
    the lists of leads, and leaves those where the connector says so. ``key``: that of
    the contact, to which the link was moved already."""
    if odoo_model != "mailing.contact":
        return
    env["mailing.subscription"].flush_model()
    values = {"connector": connector.id, "contact": res_id, "uid": env.uid}
    values["binding"] = _binding(env, connector, key)
    env.cr.execute(SQL(_OUT, **_named(_OUT, values)))
    values["out"] = env.cr.fetchone()[0]
    if values["out"]:
        env.cr.execute(SQL(_OPT_OUT, **_named(_OPT_OUT, values)))
    env.cr.execute(SQL(_JOINED, **_named(_JOINED, values)))
    for sync, mailing_list in env.cr.fetchall():
        more = {**values, "sync": sync, "list": mailing_list}
        for query in (_SUBSCRIBE, _MEMBER):
            env.cr.execute(SQL(query, **_named(query, more)))
    if connector.sudo().converted_leads_leave:
        env.cr.execute(SQL(_LEAVE, **_named(_LEAVE, values)))
    env["mailing.subscription"].invalidate_model()
    env["mailing.contact"].invalidate_model(["list_ids", "subscription_ids"])


def _binding(env, connector, key):
    env.cr.execute(
        """SELECT id FROM infor_crm_binding
            WHERE connector_id = %s AND kind = 'contact' AND key = %s
              AND odoo_model = 'mailing.contact'""",
        [connector.id, key],
    )
    row = env.cr.fetchone()
    return row and row[0]


def _named(query, values):
    return {name: value for name, value in values.items() if f"%({name})s" in query}
