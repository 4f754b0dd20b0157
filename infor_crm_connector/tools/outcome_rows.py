"""Outcomes of a run, many in one statement."""

import json

from odoo.tools import SQL

_INSERT = """
    INSERT INTO infor_crm_sync_outcome
           (run_id, kind, key, name, direction, status, reason, detail, crm_message,
            crm_severity, crm_code, odoo_model, res_id, time)
    SELECT %(run)s, r.kind, r.key, r.name, r.direction, r.status, r.reason, r.detail,
           r.crm_message, r.crm_severity, r.crm_code, r.odoo_model, r.res_id,
           date_trunc('second', now() AT TIME ZONE 'UTC')
      FROM jsonb_to_recordset(%(rows)s)
           AS r(kind varchar, key varchar, name varchar, direction varchar,
                status varchar, reason varchar, detail text, crm_message text,
                crm_severity varchar, crm_code varchar, odoo_model varchar,
                res_id int4)"""


def insert_outcomes(env, run, rows):
    """``rows``: dicts named as the fields of infor.crm.sync.outcome; what is missing
    is empty, but for kind, key, direction, status and reason."""
    rows = list(rows)
    if rows:
        env.cr.execute(SQL(_INSERT, run=run.id, rows=json.dumps(rows)))
