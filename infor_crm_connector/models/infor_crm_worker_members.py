from odoo import models

from ..const import RESOURCES
from ..tools.outcome_rows import insert_outcomes
from ..tools.page_feed import PageFeed
from .infor_crm_worker_import import HTTP_WAIT

PORTION = 1000
CHUNK = 100


class InforCrmWorkerMembers(models.AbstractModel):
    """Who is in the group by now: new ones join the list, whoever left it stays.

    The keys of the group as last seen lie in a table (infor.crm.run.member) under the
    run that read them, until another has read them all.
    """

    _inherit = "infor.crm.worker"

    def _phase_members(self, job, cursor, end):
        sync = job.run.list_sync_id
        if not sync.group_key:
            return cursor
        cursor = self._open_window(job, cursor)
        if cursor is None or not (cursor["pulling"] or cursor["all"]):
            return cursor
        if not cursor.get("members_known"):
            cursor = self._read_members(job, cursor, end)
        for step in (self._members_joined, self._members_left):
            if cursor is None or cursor.get("group_gone"):
                return cursor
            cursor = step(job, cursor, end)
        if cursor is None or cursor.get("members_kept"):
            return cursor
        return self._keep_group(job, cursor)

    def _keep_group(self, job, cursor):
        """What is known of the group from now on; a partial answer changes nothing."""
        cursor = {**cursor, "members_kept": True}
        if not cursor.get("members_whole") or cursor.get("gaps"):
            return cursor
        before = self._members_before(job)
        known = {"members_run": job.run.id}

        def keep():
            self._write_known(job.list_sync_id, known)
            if before and before != job.run.id:
                self.env["infor.crm.run.member"]._forget_of(before)
            return self._close_page(job, {}, dict(cursor))

        return None if self._serialized(keep) else cursor

    def _members_before(self, job):
        return (job.run.list_sync_id.pull_window or {}).get("members_run") or 0

    # --- who is new -------------------------------------------------------------------

    def _members_joined(self, job, cursor, end):
        """Read whoever was not in the group last time; everybody when all is read."""
        if cursor.get("joined"):
            return cursor
        before = 0 if cursor["all"] else self._members_before(job)
        members = self.env["infor.crm.run.member"]
        pull = self._pull_job(job, job.kind, cursor)
        while keys := members._new_ones(
            job.run, before, cursor.get("last_key"), PORTION
        ):
            reader = job.client.read_members(
                RESOURCES[job.kind], keys, pull.reader.select, CHUNK
            )
            cursor = self._read_pages(job, pull, reader, cursor, end)
            if cursor is None:
                return None
        cursor = {**cursor, "joined": True}
        cursor.pop("last_key", None)
        return cursor

    # --- who left ---------------------------------------------------------------------

    def _members_left(self, job, cursor, end):
        """Said once. An empty or partial answer says nothing of anybody."""
        before = self._members_before(job)
        if cursor.get("left") or not cursor.get("members_whole") or not before:
            return cursor
        members = self.env["infor.crm.run.member"]
        while rows := members._vanished(job.run, before, cursor.get("last_key"), CHUNK):
            reader = job.client.read_members(
                RESOURCES[job.kind], [row["key"] for row in rows], ["Id"], CHUNK
            )
            self.env["ir.cron"]._commit_progress()
            with PageFeed(reader) as feed:
                page = feed.next(HTTP_WAIT)
            cursor = {**cursor, "last_key": rows[-1]["key"]}
            if not feed.reader.complete:
                # that somebody is not there proves nothing
                rows = [row for row in rows if row["key"] not in page.missing]
                cursor["gaps"] = True
            if not self._members_gone(job, cursor, rows, page):
                return None
            if self._time_over(end):
                return None
        cursor = {**cursor, "left": True}
        cursor.pop("last_key", None)
        return cursor

    def _members_gone(self, job, cursor, rows, page):
        stay = [row for row in rows if row["key"] not in page.missing]

        def note():
            insert_outcomes(self.env, job.run, map(_left_group, stay))
            return self._close_page(job, self._calls(job), dict(cursor))

        missing = {
            row["id"]: (row["kind"], row["key"])
            for row in rows
            if row["key"] in page.missing
        }
        if missing and not self._settle_missing(job, missing):
            return False
        return not self._serialized(note)


def _left_group(row):
    return {
        "kind": row["kind"],
        "key": row["key"],
        "name": row["name"],
        "direction": "to_odoo",
        "status": "unchanged",
        "reason": "left_group",
        "odoo_model": "mailing.contact",
        "res_id": row["res_id"],
    }
