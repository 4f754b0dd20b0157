"""Who joined or left a mailing list in Odoo, by comparison.

A subscription's ``write_date`` says nothing about one that was removed and made again,
and what is inserted by SQL has none. So the rows themselves are compared with those
that were last seen, and what vanished is found by the lack of them.
"""

from odoo.tools import SQL

# Subscriptions that were not seen yet, of people put on the list by hand or anew: found
# by the subscription's id alone, which costs a tenth of a join with contacts.
_FRESH = """
    fresh AS MATERIALIZED (
        SELECT s.contact_id FROM mailing_subscription s
         WHERE s.list_id = %(list)s
           AND NOT EXISTS (SELECT FROM infor_crm_list_member m
                            WHERE m.list_sync_id = %(sync)s AND m.subscription = s.id)
    )"""

_MOVED = f"""
    WITH {_FRESH}, changed AS MATERIALIZED (
        SELECT m.id FROM infor_crm_list_member m
          LEFT JOIN mailing_subscription s ON s.id = m.subscription
         WHERE m.list_sync_id = %(sync)s AND m.subscription IS NOT NULL
           AND (s.id IS NULL OR m.subscription_stamp IS DISTINCT FROM s.write_date
                OR m.opt_out IS DISTINCT FROM COALESCE(s.opt_out, FALSE))
        UNION
        SELECT m.id FROM fresh
         CROSS JOIN LATERAL (
               SELECT id FROM infor_crm_binding
                WHERE res_id = fresh.contact_id AND odoo_model = 'mailing.contact'
               OFFSET 0) b
          JOIN infor_crm_list_member m
            ON m.binding_id = b.id AND m.list_sync_id = %(sync)s
    )
    SELECT m.id, m.binding_id, b.res_id, m.subscription, m.opt_out, s.id AS now,
           COALESCE(s.opt_out, FALSE) AS out
      FROM changed
      JOIN infor_crm_list_member m ON m.id = changed.id
      JOIN infor_crm_binding b
        ON b.id = m.binding_id AND b.odoo_model = 'mailing.contact'
      LEFT JOIN mailing_subscription s
        ON s.contact_id = b.res_id AND s.list_id = %(list)s
     WHERE m.id > %(after)s
     ORDER BY m.id LIMIT %(limit)s"""

# People who are linked and were put on the list by hand.
_UNKNOWN = f"""
    WITH {_FRESH}
    INSERT INTO infor_crm_list_member (list_sync_id, binding_id, opt_out)
    SELECT %(sync)s, b.id, FALSE
      FROM fresh
     CROSS JOIN LATERAL (
           SELECT id FROM infor_crm_binding
            WHERE res_id = fresh.contact_id AND odoo_model = 'mailing.contact'
              AND connector_id = %(connector)s AND moves_values OFFSET 0) b
     WHERE NOT EXISTS (
           SELECT FROM infor_crm_binding o
             JOIN infor_crm_list_member m ON m.binding_id = o.id
            WHERE o.res_id = fresh.contact_id AND o.odoo_model = 'mailing.contact'
              AND m.list_sync_id = %(sync)s OFFSET 0)
        ON CONFLICT DO NOTHING"""

_INHERIT = """
    UPDATE mailing_subscription
       SET opt_out = TRUE,
           opt_out_datetime = date_trunc('second', now() AT TIME ZONE 'UTC'),
           write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
     WHERE id = ANY(%(ids)s) AND opt_out IS NOT TRUE"""

_SEEN = """
    UPDATE infor_crm_list_member m
       SET subscription = s.id, subscription_stamp = s.write_date,
           opt_out = CASE WHEN s.id IS NULL THEN m.opt_out
                     ELSE COALESCE(s.opt_out, FALSE) END
      FROM infor_crm_list_member o
      JOIN infor_crm_binding b ON b.id = o.binding_id
      LEFT JOIN mailing_subscription s
        ON s.contact_id = b.res_id AND s.list_id = %(list)s
     WHERE o.id = m.id AND m.id = ANY(%(ids)s)"""


def note_unknown(env, sync):
    """Know the linked people whom somebody put on the list."""
    env["mailing.subscription"].flush_model()
    env.cr.execute(
        SQL(
            _UNKNOWN,
            sync=sync.id,
            connector=sync.connector_id.id,
            list=sync.list_id.id,
        )
    )


def moved(env, sync, after, limit):
    """Members whose subscription is not as it was last seen, behind the id ``after``.

    ``now``: id of the subscription, None when it is gone; ``out``: its opt-out;
    ``opt_out``: what was last seen, which outlives the subscription.
    """
    env["mailing.subscription"].flush_model()
    env.cr.execute(
        SQL(_MOVED, sync=sync.id, list=sync.list_id.id, after=after, limit=limit)
    )
    return env.cr.dictfetchall()


def inherit(env, subscriptions):
    """Whoever opted out and was put on the list anew has still opted out."""
    if subscriptions:
        env.cr.execute(SQL(_INHERIT, ids=list(subscriptions), uid=env.uid))
        env["mailing.subscription"].invalidate_model()


def seen(env, sync, members):
    """Remember the subscriptions of these members as they are now."""
    if members:
        env.cr.execute(SQL(_SEEN, ids=list(members), list=sync.list_id.id))


def look_again(env, bindings):
    """People who joined a list may move more than before: also what was edited long
    ago, and passed over since."""
    if bindings:
        env.cr.execute(
            "UPDATE infor_crm_binding SET odoo_stamp = NULL WHERE id = ANY(%s)",
            [list(bindings)],
        )
        env["infor.crm.binding"].invalidate_model(["odoo_stamp"])
