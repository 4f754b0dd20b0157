"""Whom a push tried in vain, and until when the next ones pass over.

A row holds while the person's version, the set-up, the mapping and the connector are
what they were, and a week at most, for what nobody can compare: a record that came into
the CRM and lies in no window, a right that was given there. Records that a pull reads
end it for their addresses.
"""

import json

from odoo.tools import SQL

from ..lib.sdata.errors import NotFound, PreconditionFailed

# Verdicts on people who are linked with nothing that no further look would change.
LASTING = ("no_email", "same_address", "gone", "not_added", "incomplete")
REFUSED = "refused"

# For a row ``p`` of the people, asked for each alone (OFFSET 0). What was refused is
# tried again when somebody starts the run: whoever does has put something right. A twin
# may have got another address.
_PASS_OVER = """
    EXISTS (SELECT FROM infor_crm_push_tried t
             WHERE t.list_sync_id = %(sync)s AND t.res_id = p.id
               AND t.stamp IS NOT DISTINCT FROM p.write_date
               AND t.set_up = %(set_up)s
               AND t.tried > now() AT TIME ZONE 'UTC' - interval '7 days'
               AND (t.reason <> 'refused' OR NOT %(by_hand)s)
               AND (t.reason <> 'same_address'
                    OR EXISTS (SELECT FROM %(table)s o
                                WHERE o.email_normalized = p.email_normalized
                                  AND o.id <> p.id))
             OFFSET 0)"""

# A time alone would miss rows that were deleted.
_SET_UP = """
    SELECT concat_ws('|', s.set_up_number, s.push_add, s.push_update,
               (SELECT string_agg(r.infor_crm_field_id::text, ','
                                  ORDER BY r.infor_crm_field_id)
                  FROM infor_crm_list_sync_push_field_rel r
                 WHERE r.infor_crm_list_sync_id = s.id),
               c.write_date,
               (SELECT concat_ws(',', count(*), max(m.write_date))
                  FROM infor_crm_field_mapping m WHERE m.connector_id = c.id))
      FROM infor_crm_list_sync s
      JOIN infor_crm_connector c ON c.id = s.connector_id
     WHERE s.id = %s"""

_REMEMBER = """
    INSERT INTO infor_crm_push_tried
           (list_sync_id, res_id, reason, address, stamp, set_up, tried)
    SELECT %(sync)s, r.id, r.reason, r.address, r.stamp, %(set_up)s,
           now() AT TIME ZONE 'UTC'
      FROM jsonb_to_recordset(%(rows)s)
           AS r(id int4, reason varchar, address varchar, stamp timestamp)
        ON CONFLICT (list_sync_id, res_id) DO UPDATE
       SET reason = EXCLUDED.reason, address = EXCLUDED.address,
           stamp = EXCLUDED.stamp, set_up = EXCLUDED.set_up, tried = EXCLUDED.tried"""

_MET = """
    DELETE FROM infor_crm_push_tried t USING infor_crm_list_sync s
     WHERE t.list_sync_id = s.id AND s.connector_id = %s AND t.address = ANY(%s)"""


def pass_over(run, set_up, table):
    """The condition on a row ``p`` of ``table`` (SQL) that nothing is to be tried."""
    return SQL(
        _PASS_OVER,
        sync=run.list_sync_id.id,
        set_up=set_up,
        by_hand=run.trigger == "manual",
        table=table,
    )


def set_up_of(env, sync):
    """What a push of this list goes by, as text to be compared."""
    for model in ("list.sync", "connector", "field.mapping"):
        env[f"infor.crm.{model}"].flush_model()
    env.cr.execute(_SET_UP, [sync.id])
    return env.cr.fetchone()[0]


def remember(env, sync, set_up, rows):
    """``rows``: (id, reason, address, version) of people; ``set_up`` as it was when
    they were decided about."""
    if rows:
        names = ("id", "reason", "address", "stamp")
        found = [dict(zip(names, row, strict=True)) for row in rows]
        env.cr.execute(
            SQL(
                _REMEMBER,
                sync=sync.id,
                set_up=set_up,
                rows=json.dumps(found, default=str),
            )
        )


def met(env, connector_id, addresses):
    """Records with these addresses were read: whoever has one is looked at again."""
    found = [address for address in addresses if address]
    if found:
        env.cr.execute(_MET, [connector_id, found])


def is_refused(result):
    """Whether the CRM would say no to the same values again."""
    error = result.error if result is not None else None
    if error is None or isinstance(error, (PreconditionFailed, NotFound)):
        return False
    return not (error.retryable or error.maybe_done)
