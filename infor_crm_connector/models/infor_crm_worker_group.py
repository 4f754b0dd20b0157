import time
from datetime import UTC, datetime

from odoo import models

from ..const import RESOURCES
from ..lib.sdata.errors import NotFound
from ..tools.page_feed import PageFeed
from .infor_crm_worker import RunLost
from .infor_crm_worker_import import HTTP_WAIT

# Keys in memory at a time, and records in one question.
PORTION = 5000
CHUNK = 100


class InforCrmWorkerGroup(models.AbstractModel):
    """A slice of a group's import: first who is in it, then their records by key.

    The members' keys lie in a table, so that a killed or stopped run goes on where it
    was and imports the group as it was when the import began.
    """

    _inherit = "infor.crm.worker"

    def _import_group(self, job, end):
        cursor = dict(job.run.cursor or {})
        if not cursor.get("members_known"):
            cursor = self._read_members(job, cursor, end)
        if cursor is not None:
            self._import_members(job, cursor, end)

    # --- who is in it -----------------------------------------------------------------

    def _read_members(self, job, cursor, end):
        """The cursor when all keys are known; None when the slice or the run ended."""
        group = job.run.list_sync_id._group_info()
        known = self.env["infor.crm.run.member"]._count(job.run)
        self.env["ir.cron"]._commit_progress()
        reader = job.client.group_members(
            group, cursor.get("member_key"), self._members_asked(cursor)
        )
        try:
            with PageFeed(reader) as feed:
                cursor = self._keep_pages(job, group, feed, cursor, end)
        except NotFound:
            return self._group_gone(job, cursor)
        if cursor is None:
            return None
        return self._members_known(job, reader, cursor, known)

    def _members_asked(self, cursor):
        return cursor.get("page_size") or self._page_size()

    def _keep_pages(self, job, group, feed, cursor, end):
        began = datetime.now(UTC)
        page = feed.next(HTTP_WAIT)
        cursor = self._note_start(job, cursor, began)
        while page is not None:
            offset = any(notice.what == "offset" for notice in feed.reader.notices)
            resumable = not (group.ad_hoc or offset)
            cursor.pop("member_key", None)
            if resumable:
                cursor = {**cursor, "member_key": page.last_key}
            if self._keep_members(job, page, cursor):
                return None
            if resumable and self._time_over(end):
                self._keep_notices(job, feed.reader)
                return None
            job.run.connector_id._ensure_bulk(job.run)
            self.env["ir.cron"]._commit_progress()
            page = feed.next(HTTP_WAIT)
        return cursor

    def _keep_members(self, job, page, cursor):
        """The signal that ends the run, or ""."""

        def keep():
            keys = [record.key for record in page.records]
            self.env["infor.crm.run.member"]._store(job.run, keys)
            calls = job.client.request_count - job.calls
            return self._close_page(job, {"calls": calls}, cursor)

        return self._serialized(keep)

    def _members_known(self, job, reader, cursor, known):
        self._keep_notices(job, reader)
        found = self.env["infor.crm.run.member"]._count(job.run)
        whole = bool(reader.complete and found)
        cursor = {**cursor, "members_known": True, "members_whole": whole}
        cursor.pop("member_key", None)
        values = {"cursor": cursor}
        if job.run.operation == "import":
            missed = 0 if reader.complete else known + (reader.expected or 0)
            values["expected"] = max(found, missed)

        def note():
            if not job.run._set(job.lane, **values):
                raise RunLost

        self._serialized(note)
        return cursor

    def _group_gone(self, job, cursor):
        """An import ends here; a sync goes on with the people the list has, and says so
        in the end."""
        self.env.cr.rollback()
        if job.run.operation == "sync":
            return {**cursor, "members_known": True, "group_gone": True}
        words = self._group_gone_words(job.run)
        job.run._leave(job.lane, "failed", message=words)
        return None

    def _group_gone_words(self, run):
        return self.env._(
            "The group “%s” is not in Infor CRM any more, or the login of the "
            "connector may not see it. The list stays as it is.",
            run.list_sync_id.group_name,
        )

    # --- their records ----------------------------------------------------------------

    def _import_members(self, job, cursor, end):
        members = self.env["infor.crm.run.member"]
        while keys := members._after(job.run, cursor.get("last_key"), PORTION):
            self.env["ir.cron"]._commit_progress()
            reader = job.client.read_members(
                RESOURCES[job.kind],
                keys,
                job.reader.select,
                min(CHUNK, cursor.get("page_size") or CHUNK),
            )
            with PageFeed(reader, job.reader.read_page) as feed:
                cursor = self._import_portion(job, feed, cursor, end)
            if cursor is None:
                return
        self._serialized(lambda: self._keep_imported_group(job, cursor))
        noticed = {notice["what"] for notice in job.run.notices or []}
        self._finish_import(job, noticed)

    def _keep_imported_group(self, job, cursor):
        """The next sync tells by it who is new in the group, and who left."""
        members = self.env["infor.crm.run.member"]
        if not cursor.get("members_whole"):
            members._forget(job.run)
            return
        known = job.run.list_sync_id.pull_window or {}
        before = known.get("members_run")
        if before and before != job.run.id:
            members._forget_of(before)
        self._write_known(job.list_sync_id, {"members_run": job.run.id})

    def _import_portion(self, job, feed, cursor, end):
        """The cursor behind the portion; None when the slice or the run ended."""
        began = time.monotonic()
        while (page := feed.next(HTTP_WAIT)) is not None:
            cursor = {**cursor, "last_key": page.last_key}
            if not self._import_page(job, page, cursor, began):
                return None
            if self._time_over(end):
                self._keep_notices(job, feed.reader)
                return None
            job.run.connector_id._ensure_bulk(job.run)
            began = time.monotonic()
        self._keep_notices(job, feed.reader)
        return cursor
