from datetime import timedelta

from psycopg2.extras import Json

from odoo import models

from ..const import RESOURCES
from ..lib.sdata import where as filters
from ..tools.page_feed import within
from ..tools.windows import AHEAD, Window, clock_of, moment, text
from .infor_crm_worker_import import HTTP_WAIT

MODIFIED, ADDRESS_MODIFIED = "ModifyDate", "Address.ModifyDate"
KINDS = ("lead", "contact")
# What servers answer that cannot be asked for changed addresses.
NOT_UNDERSTOOD = (400, 500)


class InforCrmWorkerWindow(models.AbstractModel):
    """The window of time whose changes a sync reads, and what is known afterwards.

    ``list_sync.pull_window`` remembers, as moments of the CRM's clock: ``until`` when
    values were pulled up to, ``address_until`` those of addresses, ``consent_until``
    opt-outs alone (while pulling is off or paused); ``fields`` what was pulled of a
    record, ``add`` whether new ones were taken; ``members_run`` the run that holds the
    keys of the group as last seen.

    A run keeps its window in its cursor, so that what it reads stays the same however
    often it is resumed.
    """

    _inherit = "infor.crm.worker"

    def _open_window(self, job, cursor):
        """The cursor with ``window``, ``kinds`` and what there is to know of them."""
        if "window" in cursor:
            return cursor
        sync = job.run.list_sync_id
        known = sync.pull_window or {}
        facts = self._what_to_read(sync, known)
        if not facts["kinds"]:
            return {**cursor, **facts, "window": None}
        places = self._places(job, known, facts)
        until, late = places[MODIFIED]
        changed = self._know_clock(job, facts["kinds"][0], until, late)
        cursor = {**cursor, **facts, **self._window_facts(job, places)}
        cursor["quiet"] = changed == 0
        if self._serialized(lambda: self._close_page(job, self._calls(job), cursor)):
            return None
        return cursor

    def _places(self, job, known, facts):
        """{field: (up to when its changes are known, None when they are not; how long
        the server may work on one)}"""
        until = known.get("until")
        if not facts["pulling"]:
            until = max(filter(None, (until, known.get("consent_until"))), default=None)
        late = timedelta(seconds=job.run.connector_id.sudo().execution_limit)
        return {
            MODIFIED: (until, late),
            ADDRESS_MODIFIED: (known.get("address_until"), late),
        }

    def _window_facts(self, job, places):
        """The window by what is known of the CRM's clock by now."""
        skew = job.client.server_clock_skew or 0
        until, late = places[MODIFIED]
        window = Window.after(until, clock_of(skew) + AHEAD, late)
        address = Window.after(places[ADDRESS_MODIFIED][0], window.end, late)
        return {
            "window": window.as_json(),
            "address_start": text(address.start),
            "skew": skew,
        }

    def _what_to_read(self, sync, known):
        """``all``: every record once, because more is wanted of them than was; even
        where nothing may be pulled new columns are filled."""
        pulling = sync._is_pulling()
        fields = sync._pulled_fields() if pulling else known.get("fields") or {}
        if pulling:
            everything = sync.read_all or not sync._was_pulled(known, fields)
        else:
            everything = bool(sync.read_all and not sync.pull and not sync.push_only)
            if everything:
                fields = {**fields, **sync._column_fields()}
        return {
            "pulling": pulling,
            "all": everything,
            "columns": sync._new_columns(known) if everything else [],
            "fields": fields,
            "add": pulling and sync.pull_add,
            "kinds": self._kinds_to_read(sync),
        }

    def _calls(self, job):
        return {"calls": job.client.request_count - job.calls}

    def _kinds_to_read(self, sync):
        """Its own kind, and the other when members are linked with that; of a target
        that only pushes, whatever its people are linked with."""
        if sync.push_only:
            return self._kinds_linked(sync)
        others = [kind for kind in KINDS if kind != sync.kind]
        return [sync.kind, *(kind for kind in others if self._has_members(sync, kind))]

    def _has_members(self, sync, kind):
        # the kind as a constant: planners know how rare it is
        self.env.cr.execute(
            """SELECT EXISTS (
                   SELECT FROM infor_crm_binding b
                     JOIN infor_crm_list_member m ON m.binding_id = b.id
                    WHERE b.connector_id = %s AND b.kind = %s
                      AND m.list_sync_id = %s)""",
            [sync.connector_id.id, kind, sync.id],
        )
        return self.env.cr.fetchone()[0]

    def _kinds_linked(self, sync):
        self.env.cr.execute(
            """SELECT k FROM unnest(%s) AS k WHERE EXISTS (
                   SELECT FROM infor_crm_binding
                    WHERE connector_id = %s AND kind = k AND odoo_model = %s)""",
            [list(KINDS), sync.connector_id.id, sync.target_model],
        )
        return [kind for (kind,) in self.env.cr.fetchall()]

    def _know_clock(self, job, kind, until, late):
        """Any answer tells the CRM's clock. The question asked for it is worth its
        answer: how much changed since."""
        if job.client.server_clock_skew is not None:
            return None
        self.env["ir.cron"]._commit_progress()
        start = until and moment(until) - late
        clause = filters.between_dates(MODIFIED, start, None) if start else None
        return within(HTTP_WAIT, lambda: job.client.count(RESOURCES[kind], clause))

    def _clause(self, cursor, field=MODIFIED):
        """The filter for a window; None: everything."""
        window = Window.from_json(cursor["window"])
        if field == ADDRESS_MODIFIED:
            start = moment(cursor["address_start"]) or window.start
            return filters.between_dates(field, start, window.end)
        if window.start is None:
            return None
        return filters.between_dates(field, window.start, window.end)

    def _is_quiet(self, job, cursor, kind, field, clause):
        """Whether nothing changed there, which is asked in the cheapest way: most syncs
        find most windows empty.

        The look at the start of the run has asked; it does not where the run had to
        wait first. One answer that says so is not believed (docs/sdata.md 4.7), but
        for the few people of the other kind. The question for the clock was one, too.
        """
        if cursor["all"] or cursor.get("last_key"):
            return False
        if "silent" in cursor:
            return kind in cursor["silent"].get(field, ())
        own = kind == job.kind
        answers = int(own) + 1 - int(own and field == MODIFIED and cursor["quiet"])
        self.env["ir.cron"]._commit_progress()

        def ask():
            return any(
                job.client.count(RESOURCES[kind], clause) for _ in range(answers)
            )

        return not within(HTTP_WAIT, ask)

    # --- what is known afterwards -----------------------------------------------------

    def _keep_known(self, job, cursor, known, whole=False):
        """Note how far changes are known, with the cursor, in one transaction; True
        when people asked for something else."""

        def keep():
            read = cursor["set_up"] if whole else None
            self._write_known(job.list_sync_id, known, read)
            return self._close_page(job, self._calls(job), dict(cursor))

        return bool(self._serialized(keep))

    def _write_known(self, sync_id, known, read=None):
        """By statement: people edit the same row in a window of their own. ``read``:
        number of the set-up by which everything was read, None when it was not."""
        self.env.cr.execute(
            """UPDATE infor_crm_list_sync
                  SET pull_window = COALESCE(pull_window, '{}'::jsonb) || %s,
                      read_all = read_all
                          AND COALESCE(set_up_number, 0) IS DISTINCT FROM %s
                WHERE id = %s""",
            [Json(known), read, sync_id],
        )
        self.env["infor.crm.list.sync"].invalidate_model(["pull_window", "read_all"])
