import time
from dataclasses import replace
from datetime import UTC, datetime

from odoo import models

from ..const import RESOURCES
from ..lib.sync import Policy, Settings
from ..tools.contact_writer import choose_writer
from ..tools.import_job import ImportJob, make_reader, mapped_columns, picked_columns
from ..tools.page_feed import PageFeed
from ..tools.windows import clock_of, text
from .infor_crm_list_sync import property_name, property_type
from .infor_crm_worker import ListGone, RunLost

# A lane serves Odoo's other jobs too: no longer than this without giving way.
HTTP_WAIT = 20
NOTICES_KEPT = 50


class InforCrmWorkerImport(models.AbstractModel):
    """A slice of an import: pages from the cursor on, each committed with it."""

    _inherit = "infor.crm.worker"

    def _slice_import(self, run, lane, client, end):
        if not run.list_sync_id:
            raise ListGone
        self._ensure_columns(run.list_sync_id)
        job = self._import_job(run, lane, client)
        if run.list_sync_id.group_key:
            self._import_group(job, end)
            return
        cursor = self._start_cursor(job)
        read_so_far = run.selected
        self.env["ir.cron"]._commit_progress()
        reader = client.read(
            RESOURCES[job.kind],
            select=job.reader.select,
            after=cursor.get("last_key"),
            page_size=cursor.get("page_size") or self._page_size(),
            read_ahead=0,
        )
        with PageFeed(reader, job.reader.read_page) as feed:
            self._import_pages(job, feed, cursor, read_so_far, end)

    def _import_pages(self, job, feed, cursor, read_so_far, end):
        """Ends when the slice does, when people ask for it, or with the last page."""
        began, asked = time.monotonic(), datetime.now(UTC)
        page = feed.next(HTTP_WAIT)
        cursor = self._note_start(job, cursor, asked)
        if feed.expected is not None:
            self._expect(job, read_so_far + feed.expected)
        while page is not None:
            cursor = self._cursor_after(job, feed, cursor, page)
            if not self._import_page(job, page, cursor, began):
                return
            if self._time_over(end) and not job.by_position:
                self._keep_notices(job, feed.reader)
                return
            job.run.connector_id._ensure_bulk(job.run)
            began = time.monotonic()
            page = feed.next(HTTP_WAIT)
        self._keep_notices(job, feed.reader)
        self._finish_import(job, {notice.what for notice in feed.reader.notices})

    # --- before the first page --------------------------------------------------------

    def _note_start(self, job, cursor, asked):
        """The CRM's clock when the first question was asked: what changes from then on
        is left to the first sync. Kept with the first page."""
        skew = job.client.server_clock_skew
        if cursor.get("crm_started") or skew is None:
            return cursor
        return {**cursor, "crm_started": text(clock_of(skew, asked))}

    def _ensure_columns(self, sync):
        """Define the properties in a transaction of their own, before any value."""
        definitions = sync._definitions()
        if definitions:
            self.env["properties.base.definition"]._infor_define(definitions)

    def _import_job(self, run, lane, client):
        sync = run.list_sync_id
        columns, _unusable = mapped_columns(self.env, sync)
        columns += picked_columns(sync, property_name, property_type)
        return ImportJob(
            run=run,
            lane=lane,
            client=client,
            list_sync_id=sync.id,
            list_id=sync.list_id.id,
            connector_id=run.connector_id.id,
            kind=run.kind,
            columns=tuple(columns),
            reader=make_reader(self.env, columns),
            settings=self._import_settings(sync, columns),
            writer=choose_writer(self.env),
        )

    def _import_settings(self, sync, columns):
        """An import moves what the mapping allows and decides no conflict; the columns
        of its own that it fills come from the CRM alone."""
        ceiling = sync._ceiling(sync.kind)
        rules = {c.target: ceiling[c.target] for c in columns if c.target in ceiling}
        for target, rule in rules.items():
            if target.startswith("properties.infor_"):
                rules[target] = replace(rule, push=False)
        return Settings(rules=rules, policy=Policy(conflict="keep"))

    def _start_cursor(self, job):
        """Where to go on. A feed that cannot be read by key starts over: what was
        counted of it so far is counted again."""
        cursor = dict(job.run.cursor or {})
        if cursor.pop("by_position", False):
            cursor.pop("last_key", None)
            self._forget_counts(job)
        return cursor

    def _forget_counts(self, job):
        counters = dict.fromkeys(
            (
                "selected",
                "created",
                "updated",
                "linked",
                "conflicts",
                "skipped_no_email",
                "skipped_same_address",
                "skipped_removed",
                "skipped_gone",
                "skipped_not_wanted",
                "consent_imposed",
                "failed",
            ),
            0,
        )
        self.env.cr.execute(
            "DELETE FROM infor_crm_sync_outcome WHERE run_id = %s", [job.run.id]
        )
        if not job.run._set(job.lane, **counters):
            raise RunLost

    def _cursor_after(self, job, feed, cursor, page):
        job.by_position = any(notice.what == "offset" for notice in feed.reader.notices)
        place = {"last_key": page.last_key}
        if job.by_position:
            place["by_position"] = True
        return {**cursor, **place}

    def _expect(self, job, expected):
        def note():
            if not job.run._set(job.lane, expected=expected):
                raise RunLost

        self._serialized(note)

    # --- after the last page ----------------------------------------------------------

    def _keep_notices(self, job, reader):
        """Oddities the client met, and whether rows are missing for good."""
        if not reader.notices and reader.complete:
            return
        known = job.run.notices or []
        found = [{"what": notice.what, **notice.facts} for notice in reader.notices]
        values = {"notices": (known + found)[:NOTICES_KEPT]}
        if not reader.complete:
            values["incomplete"] = True

        def keep():
            if not job.run._set(job.lane, **values):
                raise RunLost

        self._serialized(keep)

    def _finish_import(self, job, noticed):
        """Say how it ended.

        ``noticed``: what was odd about the answers at the end, in words of ``Notice``.
        """
        run = job.run
        self.env.invalidate_all()
        if wrong := self._wrong_sums(run):
            self._end_in_doubt(job, wrong)
            return
        words = self._closing_words(run, noticed) or None
        self._know_imported(run)
        run._leave(job.lane, "done", message=words, attempts=0)

    def _know_imported(self, run):
        """Up to when the list knows the CRM's changes now; nothing of it is said of an
        import that did not get all."""
        started = (run.cursor or {}).get("crm_started")
        sync = run.list_sync_id
        if not started or run.incomplete or not sync:
            return
        known = {
            "until": started,
            "address_until": started,
            "fields": sync._imported_fields(),
            "add": True,
        }
        self._write_known(sync.id, known)

    def _wrong_sums(self, run):
        """In words; "" when every record read is accounted for once."""
        if run.unchanged < 0:
            return f"{run.unchanged} unchanged"
        self.env.cr.execute(
            "SELECT count(*) FROM infor_crm_binding WHERE run_id = %s", [run.id]
        )
        made = self.env.cr.fetchone()[0]
        # a contact deleted while the import ran takes nothing from these
        if made != run.created + run.linked:
            return f"{made} links, {run.created} created, {run.linked} linked"
        return ""

    def _closing_words(self, run, noticed):
        if run.incomplete:
            return self.env._(
                "Infor CRM announced %(expected)s records and gave only %(read)s, also "
                "when asked again. Import again to get the rest.",
                expected=run.expected,
                read=run.selected,
            )
        if not run.selected:
            return self.env._(
                "Infor CRM returned no records. Either there are none, or the login "
                "of the connector may not see them."
            )
        if "fewer" in noticed:
            return self.env._(
                "Infor CRM gave %s records, more than it counts. Either some were "
                "deleted meanwhile, or its counts are wrong and records may be "
                "missing. Import again later to be sure.",
                run.selected,
            )
        if run.notices:
            return self._faulty_words()
        return False
