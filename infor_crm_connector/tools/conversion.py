"""A lead became a contact: its link follows."""

from odoo.tools import SQL

# The contact may have a link of its own with the same person: of the two, the
# contact's stays and inherits.
_OTHER = """
    SELECT o.id, o.res_id = b.res_id
      FROM infor_crm_binding b JOIN infor_crm_binding o
           ON o.connector_id = b.connector_id AND o.odoo_model = b.odoo_model
          AND o.kind = 'contact' AND o.key = %(key)s
     WHERE b.id = %(lead)s"""
_BECOME = """
    UPDATE infor_crm_binding
       SET kind = 'contact', key = %(key)s, converted_from = key, gone_since = NULL,
           gone_reason = NULL, crm_modified = NULL, odoo_stamp = NULL
     WHERE id = %(lead)s AND kind = 'lead'"""
_INHERIT = """
    UPDATE infor_crm_binding o
       SET converted_from = b.key,
           opted_out = COALESCE(o.opted_out, FALSE) OR COALESCE(b.opted_out, FALSE),
           consent_lifted = (o.consent_lifted OR b.consent_lifted)
               AND (o.opted_out AND o.consent_lifted IS NOT TRUE) IS NOT TRUE
               AND (b.opted_out AND b.consent_lifted IS NOT TRUE) IS NOT TRUE,
           moves_values = COALESCE(o.moves_values, FALSE)
               OR COALESCE(b.moves_values, FALSE), odoo_stamp = NULL
      FROM infor_crm_binding b WHERE o.id = %(contact)s AND b.id = %(lead)s"""
_MOVE_MEMBERS = """
    UPDATE infor_crm_list_member m SET binding_id = %(contact)s
     WHERE m.binding_id = %(lead)s AND NOT EXISTS (
           SELECT FROM infor_crm_list_member o
            WHERE o.list_sync_id = m.list_sync_id AND o.binding_id = %(contact)s)"""


def convert(env, lead, key):
    """Have the link ``lead`` (id) be one with the contact ``key``.

    False when that contact is linked with another person of Odoo: then nothing moves.
    """
    env.flush_all()
    env.cr.execute(SQL(_OTHER, key=key, lead=lead))
    other = env.cr.fetchone()
    if other and not other[1]:
        return False
    if other:
        for query in (_INHERIT, _MOVE_MEMBERS):
            env.cr.execute(SQL(query, contact=other[0], lead=lead))
        env.cr.execute(SQL("DELETE FROM infor_crm_binding WHERE id = %s", lead))
    else:
        env.cr.execute(SQL(_BECOME, key=key, lead=lead))
    env.invalidate_all(flush=False)
    return True


def unread_contacts(env, connector_id, sync_id):
    """Keys of contacts that were leads, on a list, and of which nothing was read yet:
    people decided it, or a run ended between noting and reading."""
    env.cr.execute(
        """SELECT b.key FROM infor_crm_binding b
             JOIN infor_crm_list_member m
               ON m.binding_id = b.id AND m.list_sync_id = %s
            WHERE b.connector_id = %s AND b.converted_from IS NOT NULL
              AND b.crm_modified IS NULL AND b.kind = 'contact'
              AND b.gone_since IS NULL""",
        [sync_id, connector_id],
    )
    return [key for (key,) in env.cr.fetchall()]
