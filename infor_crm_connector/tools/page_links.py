"""What links remember of the records of a page, besides the values."""

from dataclasses import replace
from datetime import UTC, datetime

from odoo.tools import SQL

from .consent_flags import flags_of

# One look-up per key; see import_state.py.
_LINKS = """
    SELECT b.* FROM unnest(%(keys)s) AS w
     CROSS JOIN LATERAL (
           SELECT id, key, odoo_model, opted_out, blacklisted, consent_lifted,
                  opt_out_due, consent_address, echo, gone_since
             FROM infor_crm_binding
            WHERE connector_id = %(connector)s AND kind = %(kind)s AND key = w
           OFFSET 0) b"""

_FOUND = """
    UPDATE infor_crm_binding SET gone_since = NULL, gone_reason = NULL
     WHERE id = ANY(%(ids)s)"""

_KEPT = ("opted_out", "blacklisted", "consent_lifted", "opt_out_due")


class PageLinks:
    """The links of a page's records, of all Odoo models, before it is written."""

    def __init__(self, env, job, records):
        self._env = env
        self._links = []
        keys = [record.key for record in records]
        if keys:
            env.cr.execute(
                SQL(_LINKS, keys=keys, connector=job.connector_id, kind=job.kind)
            )
            self._links = env.cr.dictfetchall()

    def without_echo(self, page):
        """The page with the times at which people changed its records: our own
        opt-outs are no change that could win over somebody's in Odoo."""
        echoes = {link["key"]: link["echo"] for link in self._links if link["echo"]}
        if not echoes:
            return page
        records = [
            _as_before(record, echoes.get(record.key)) for record in page.records
        ]
        return replace(page, records=records)

    def mark_found(self):
        """Whoever was gone and is read again is not gone."""
        ids = [link["id"] for link in self._links if link["gone_since"]]
        if ids:
            self._env.cr.execute(SQL(_FOUND, ids=ids))
            self._env["infor.crm.binding"].invalidate_model()

    def changed_flags(self, records):
        """{id of the link: the CRM's flag} where it is not as last seen."""
        flags = {record.key: record.opted_out for record in records}
        return {
            link["id"]: flags[link["key"]]
            for link in self._links
            if link["key"] in flags and bool(link["opted_out"]) != flags[link["key"]]
        }

    def flag_rows(self, ids):
        """Rows as ``consent_flags`` has them: the blacklist as it is by now, but the
        flags last agreed on from before the page was written."""
        rows = []
        for model in {link["odoo_model"] for link in self._links if link["id"] in ids}:
            of_model = {
                link["id"]: link
                for link in self._links
                if link["id"] in ids and link["odoo_model"] == model
            }
            for row in flags_of(self._env, model, of_model).values():
                before = of_model[row["id"]]
                row.update({name: before[name] for name in _KEPT})
                rows.append(row)
        return rows


def _as_before(record, echo):
    if not echo or not record.modified:
        return record
    if record.modified != _moment(echo["left"]):
        return record
    return replace(record, modified=_moment(echo["before"]))


def _moment(text):
    return text and datetime.fromisoformat(text).replace(tzinfo=UTC)


_OF_INTEREST = """
    SELECT w FROM unnest(%(keys)s) AS w
     WHERE (EXISTS (SELECT FROM infor_crm_binding b
                      JOIN infor_crm_list_member m ON m.binding_id = b.id
                     WHERE b.connector_id = %(connector)s AND b.kind = %(kind)s
                       AND b.key = w AND b.odoo_model = 'mailing.contact'
                       AND m.list_sync_id = %(sync)s)
            OR EXISTS (SELECT FROM infor_crm_run_member r
                        WHERE r.run_id = %(run)s AND r.key = w))
       AND NOT EXISTS (SELECT FROM infor_crm_sync_outcome o
                        WHERE o.run_id = %(run)s AND o.key = w
                          AND o.direction = 'to_odoo')
       AND NOT EXISTS (SELECT FROM infor_crm_binding n
                        WHERE n.connector_id = %(connector)s AND n.kind = %(kind)s
                          AND n.key = w AND n.run_id = %(run)s)"""


def of_interest(env, job, page):
    """The part of a page that concerns the list: its members, and those of the group,
    unless this run dealt with them already."""
    keys = [*(record.key for record in page.records), *page.unreadable]
    if not keys:
        return page
    env.cr.execute(
        SQL(
            _OF_INTEREST,
            keys=keys,
            connector=job.connector_id,
            kind=job.kind,
            sync=job.list_sync_id,
            run=job.run.id,
        )
    )
    wanted = {key for (key,) in env.cr.fetchall()}
    return replace(
        page,
        records=[record for record in page.records if record.key in wanted],
        unreadable={k: e for k, e in page.unreadable.items() if k in wanted},
    )


_SAID = """
    SELECT b.key, b.crm_modified FROM infor_crm_sync_outcome o
      JOIN infor_crm_binding b
        ON b.connector_id = %(connector)s AND b.kind = o.kind AND b.key = o.key
       AND b.odoo_model = 'mailing.contact'
     WHERE o.run_id = %(run)s AND o.kind = %(kind)s AND o.key = ANY(%(keys)s)
       AND o.direction = 'to_odoo'"""


def unsaid(env, job, page):
    """The page without what this run has read and reported as it is: a contact that was
    a lead, say, is read as soon as that is known."""
    keys = [record.key for record in page.records]
    if not keys:
        return page
    env.cr.execute(
        SQL(
            _SAID,
            connector=job.connector_id,
            run=job.run.id,
            kind=job.kind,
            keys=keys,
        )
    )
    said = {key: at and at.replace(tzinfo=UTC) for key, at in env.cr.fetchall()}
    records = [
        record
        for record in page.records
        if record.key not in said or not _same_second(record.modified, said[record.key])
    ]
    return replace(page, records=records)


def _same_second(one, other):
    """The columns of Odoo may hold fractions or not."""
    return bool(one and other) and abs((one - other).total_seconds()) < 1


def unread(page, moment):
    """The page without records that changed since ``moment``."""
    records = [r for r in page.records if not r.modified or r.modified < moment]
    return replace(page, records=records)


# A form that was opened before a pull and saved after it put all properties back. Those
# that were blank then may as well have been blanked by somebody since, and are left.
_STALE = """
    WITH stale AS (
        SELECT b.res_id, jsonb_object_agg(substr(o.key, 12), b.base->o.key) AS agreed
          FROM infor_crm_binding b
          JOIN mailing_contact c ON c.id = b.res_id
         CROSS JOIN LATERAL jsonb_each(b.before_pull) AS o
         WHERE b.connector_id = %(connector)s AND b.odoo_model = 'mailing.contact'
           AND b.moves_values AND b.before_pull IS NOT NULL
           AND c.write_date IS DISTINCT FROM b.odoo_stamp
           AND b.base ? o.key
           AND o.value NOT IN ('null', '""', b.base->o.key)
           AND COALESCE(NULLIF(c.properties->substr(o.key, 12), 'null'), 'false')
               = o.value
         GROUP BY b.res_id)
    , again AS (
        UPDATE infor_crm_binding b SET odoo_stamp = NULL
          FROM stale
         WHERE b.res_id = stale.res_id AND b.odoo_model = 'mailing.contact')
    UPDATE mailing_contact c
       SET properties = c.properties || stale.agreed, write_uid = %(uid)s,
           write_date = now() AT TIME ZONE 'UTC'
      FROM stale WHERE c.id = stale.res_id
    RETURNING c.id"""


def heal_stale_forms(env, connector_id):
    """Put the agreed values of properties back where an old form replaced them; true
    when there were any."""
    env["mailing.contact"].flush_model(["properties"])
    env.cr.execute(SQL(_STALE, connector=connector_id, uid=env.uid))
    ids = [row[0] for row in env.cr.fetchall()]
    if ids:
        env["mailing.contact"].browse(ids).invalidate_recordset()
    return bool(ids)


# A contact that was linked with somebody who was a lead so far: the same person, and
# most likely the same record.
_WERE_LEADS = """
    SELECT l.id, l.key FROM infor_crm_binding c
      JOIN infor_crm_binding l
        ON l.res_id = c.res_id AND l.odoo_model = c.odoo_model AND l.kind = 'lead'
       AND l.connector_id = c.connector_id AND l.gone_since IS NULL
     WHERE c.connector_id = %(connector)s AND c.kind = 'contact'
       AND c.key = ANY(%(keys)s) AND c.odoo_model = 'mailing.contact'
       AND c.run_id = %(run)s"""

_OUT_ALONG = """
    WITH refused AS (
        SELECT DISTINCT c.id, c.res_id FROM infor_crm_binding c
          JOIN infor_crm_binding l
            ON l.res_id = c.res_id AND l.odoo_model = c.odoo_model
           AND l.kind = 'lead' AND l.connector_id = c.connector_id
          JOIN infor_crm_list_member m ON m.binding_id = l.id AND m.opt_out
         WHERE c.connector_id = %(connector)s AND c.kind = 'contact'
           AND c.key = ANY(%(keys)s) AND c.odoo_model = 'mailing.contact'
           AND c.run_id = %(run)s)
    , out AS (
        UPDATE mailing_subscription s
           SET opt_out = TRUE,
               opt_out_datetime = date_trunc('second', now() AT TIME ZONE 'UTC')
          FROM refused r
         WHERE s.contact_id = r.res_id AND s.list_id = %(list)s
           AND s.opt_out IS NOT TRUE
        RETURNING s.id)
    UPDATE infor_crm_list_member m SET opt_out = TRUE
      FROM refused r WHERE m.binding_id = r.id AND m.list_sync_id = %(sync)s"""


def were_leads(env, job, page):
    """{link: key} of leads whose people a page of contacts was linked with."""
    keys = [record.key for record in page.records]
    if job.kind != "contact" or not keys:
        return {}
    env.cr.execute(
        SQL(_WERE_LEADS, connector=job.connector_id, keys=keys, run=job.run.id)
    )
    return dict(env.cr.fetchall())


def opt_out_along(env, job, page):
    """Who left a list of leads joins one of contacts opted out, in the transaction in
    which they join."""
    keys = [record.key for record in page.records]
    if job.kind != "contact" or not keys:
        return
    env["mailing.subscription"].flush_model()
    env.cr.execute(
        SQL(
            _OUT_ALONG,
            connector=job.connector_id,
            keys=keys,
            run=job.run.id,
            list=job.list_id,
            sync=job.list_sync_id,
        )
    )
    env["mailing.subscription"].invalidate_model()
