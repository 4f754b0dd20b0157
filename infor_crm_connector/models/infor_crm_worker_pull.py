import time
from dataclasses import replace
from datetime import timedelta

from odoo import models

from ..const import RESOURCES
from ..lib.sdata import where as filters
from ..lib.sdata.errors import BadRequest, ServerFault
from ..lib.sync import Rule, Settings
from ..tools.contact_writer import choose_writer
from ..tools.import_job import ImportJob, make_reader, mapped_columns, picked_columns
from ..tools.import_values import OPT_OUT_FIELDS, Column, RecordReader
from ..tools.page_feed import PageFeed
from ..tools.page_links import (
    PageLinks,
    heal_stale_forms,
    of_interest,
    unread,
    unsaid,
    were_leads,
)
from ..tools.permissions import Permissions
from ..tools.windows import moment
from .infor_crm_list_sync import property_name, property_type
from .infor_crm_worker import ListGone
from .infor_crm_worker_import import HTTP_WAIT
from .infor_crm_worker_window import ADDRESS_MODIFIED, MODIFIED, NOT_UNDERSTOOD

CHUNK = 100
EMAIL = Column("email", "Email", "Email", "string", "char")


class InforCrmWorkerPull(models.AbstractModel):
    """Brings what changed in Infor CRM since the last sync."""

    _inherit = "infor.crm.worker"

    # --- the phases -------------------------------------------------------------------

    def _phase_pull(self, job, cursor, end):
        cursor = self._open_window(job, cursor)
        if cursor is None or cursor.get("pulled") or not cursor["window"]:
            return cursor
        if cursor["pulling"]:
            heal_stale_forms(self.env, job.connector_id)
            if not self._bring_converted(job):
                return None
        if cursor["all"]:
            self._ensure_columns(job.run.list_sync_id)
        cursor = self._go_through_kinds(job, cursor, MODIFIED, end)
        if cursor is None:
            return None
        cursor["pulled"] = True
        whole = cursor["all"] and not cursor.get("gaps")
        known = {} if cursor.get("gaps") else self._known_after_pull(cursor)
        return None if self._keep_known(job, cursor, known, whole) else cursor

    def _known_after_pull(self, cursor):
        until = cursor["window"]["end"]
        if not cursor["pulling"]:
            columns = {"fields": cursor["fields"]} if cursor["all"] else {}
            return {"consent_until": until, **columns}
        known = {"until": until, "fields": cursor["fields"], "add": cursor["add"]}
        if cursor["all"]:
            known["address_until"] = until
        return known

    def _phase_address(self, job, cursor, end):
        """Addresses are records of their own: a change of one does not touch the
        person's ModifyDate (docs/sdata.md 7)."""
        cursor = dict(cursor)
        if not cursor["window"] or not cursor["pulling"] or cursor["all"]:
            return cursor
        if cursor.get("no_address_window"):
            return self._no_address_window(job, cursor)
        try:
            cursor = self._go_through_kinds(job, cursor, ADDRESS_MODIFIED, end)
        except (BadRequest, ServerFault) as error:
            if error.status not in NOT_UNDERSTOOD:
                raise
            # not every server lets addresses be asked for like that
            return self._no_address_window(job, cursor)
        if cursor is None:
            return None
        known = {"address_until": cursor["window"]["end"]}
        if cursor.get("gaps"):
            known = {}
        return None if self._keep_known(job, cursor, known) else cursor

    def _no_address_window(self, job, cursor):
        self.env.cr.rollback()
        for name in ("last_key", "kind"):
            cursor.pop(name, None)
        notices = [*(job.run.notices or []), {"what": "no_address_window"}]
        self._serialized(lambda: job.run._set(job.lane, notices=notices))
        return cursor

    def _go_through_kinds(self, job, cursor, field, end):
        """The cursor behind all records of the window; None when the slice ended."""
        kinds = cursor["kinds"]
        for kind in kinds[kinds.index(cursor.get("kind", kinds[0])) :]:
            cursor = {**cursor, "kind": kind}
            cursor = self._pull_kind(job, cursor, field, end)
            if cursor is None:
                return None
            cursor.pop("last_key", None)
        cursor.pop("kind", None)
        return cursor

    # --- one kind ---------------------------------------------------------------------

    def _pull_kind(self, job, cursor, field, end):
        sync = job.run.list_sync_id
        kind = cursor["kind"]
        own = kind == sync.kind
        if cursor["all"] and (not own or sync.group_key):
            # but for those of the group, which were read with its members
            return self._pull_members_of(job, cursor, end)
        clause = self._clause_to_read(cursor, field)
        if self._is_quiet(job, cursor, kind, field, clause):
            return cursor
        pull = self._pull_job(job, kind, cursor)
        pull.members_only = not own or bool(sync.group_key)
        if field == ADDRESS_MODIFIED:
            # what the other window had was read
            pull.read_from = moment(cursor["window"]["start"])
        reader = job.client.read(
            RESOURCES[kind],
            where=clause,
            select=pull.reader.select,
            after=cursor.get("last_key"),
            page_size=cursor.get("page_size") or self._page_size(),
            read_ahead=0,
        )
        return self._read_pages(job, pull, reader, cursor, end)

    def _clause_to_read(self, cursor, field):
        if cursor["all"]:
            return None
        clause = self._clause(cursor, field)
        # the first time that only opt-outs are wanted, those that stand
        return clause or filters.or_(*(filters.eq(n, True) for n in OPT_OUT_FIELDS))

    def _read_pages(self, job, pull, reader, cursor, end):
        self.env["ir.cron"]._commit_progress()
        began = time.monotonic()
        with PageFeed(reader, pull.reader.read_page) as feed:
            while (page := feed.next(HTTP_WAIT)) is not None:
                cursor = self._place_behind(feed, cursor, page)
                if not self._pull_page(job, pull, page, cursor, began):
                    return None
                if not self._settle_not_found(
                    job, pull.kind, _surely_missing(feed, page)
                ):
                    return None
                if not self._settle_leads(job, pull, page):
                    return None
                if self._time_over(end):
                    self._keep_notices(job, feed.reader)
                    return None
                job.run.connector_id._ensure_bulk(job.run)
                self.env["ir.cron"]._commit_progress()
                began = time.monotonic()
        self._keep_notices(job, feed.reader)
        if not feed.reader.complete:
            cursor = {**cursor, "gaps": True}
        return cursor

    def _settle_not_found(self, job, kind, keys):
        """False when the run was left."""
        if not keys:
            return True
        self.env.cr.execute(
            """SELECT id, key FROM infor_crm_binding
                WHERE connector_id = %s AND kind = %s AND key = ANY(%s)
                  AND gone_since IS NULL""",
            [job.connector_id, kind, list(keys)],
        )
        missing = {binding: (kind, key) for binding, key in self.env.cr.fetchall()}
        return not missing or self._settle_missing(job, missing)

    def _settle_leads(self, job, pull, page):
        """Leads that became these contacts; False when the run was left."""
        found = were_leads(self.env, pull, page)
        missing = {link: ("lead", key) for link, key in found.items()}
        return not missing or self._settle_missing(job, missing, sure=False)

    @staticmethod
    def _place_behind(feed, cursor, page):
        """Where to go on. What cannot be read by key starts over."""
        if any(notice.what == "offset" for notice in feed.reader.notices):
            return {name: cursor[name] for name in cursor if name != "last_key"}
        return {**cursor, "last_key": page.last_key}

    def _pull_page(self, job, pull, page, cursor, began):
        pull.calls = job.calls
        if cursor["pulling"] or cursor["all"]:
            going_on = self._import_page(pull, page, cursor, began)
        else:
            going_on = not self._serialized(
                lambda: self._write_consent_page(pull, page, cursor)
            )
        job.calls = pull.calls
        return going_on

    def _write_consent_page(self, pull, page, cursor):
        """Opt-outs alone, for a list that pulls nothing at present."""
        if not self.env["infor.crm.list.sync"].browse(pull.list_sync_id).exists():
            raise ListGone
        links = PageLinks(self.env, pull, page.records)
        counts = self._settle_page(pull, page, links)
        return self._close_page(pull, {**counts, **self._calls(pull)}, cursor)

    def _of_interest(self, job, page, links):
        if job.read_from:
            page = unread(page, job.read_from)
        page = super()._of_interest(job, page, links)
        if job.permissions is not None:
            page = unsaid(self.env, job, page)
        return of_interest(self.env, job, page) if job.members_only else page

    # --- members that are linked with records of the other kind -----------------------

    def _pull_members_of(self, job, cursor, end):
        """Read by key, when everything is read; likewise who left the group."""
        pull = self._pull_job(job, cursor["kind"], cursor)
        while keys := self._linked_keys(job, cursor):
            reader = job.client.read_members(
                RESOURCES[cursor["kind"]], keys, pull.reader.select, CHUNK
            )
            cursor = self._read_pages(job, pull, reader, cursor, end)
            if cursor is None:
                return None
        return cursor

    def _linked_keys(self, job, cursor):
        self.env.cr.execute(
            """SELECT b.key FROM infor_crm_binding b
                 JOIN infor_crm_list_member m ON m.binding_id = b.id
                WHERE m.list_sync_id = %s AND b.kind = %s AND b.gone_since IS NULL
                  AND b.key COLLATE "C" > %s
                  AND NOT EXISTS (SELECT FROM infor_crm_run_member r
                                   WHERE r.run_id = %s AND r.key = b.key)
                ORDER BY b.key COLLATE "C" LIMIT 1000""",
            [
                job.list_sync_id,
                cursor["kind"],
                cursor.get("last_key") or "",
                job.run.id,
            ],
        )
        return [key for (key,) in self.env.cr.fetchall()]

    # --- what a page is read and planned with -----------------------------------------

    def _pull_job(self, job, kind, cursor):
        sync = job.run.list_sync_id
        wanted = cursor["pulling"] or cursor["all"]
        columns = self._pull_columns(sync, kind) if wanted else []
        rules = self._pull_rules(sync, kind, cursor)
        own = kind == sync.kind
        return ImportJob(
            run=job.run,
            lane=job.lane,
            client=job.client,
            list_sync_id=sync.id,
            list_id=sync.list_id.id,
            connector_id=job.connector_id,
            kind=kind,
            columns=tuple(columns),
            reader=make_reader(self.env, columns) if wanted else FlagReader(),
            settings=Settings(
                rules=rules,
                policy=job.policy,
                add=own and cursor["add"],
                skew=timedelta(seconds=cursor.get("skew") or 0),
                allowance=job.allowance,
            ),
            writer=choose_writer(self.env),
            calls=job.calls,
            permissions=Permissions(
                self.env,
                job.connector_id,
                "mailing.contact",
                own={(sync.id, kind): rules},
            ),
        )

    def _pull_columns(self, sync, kind):
        columns, _unusable = mapped_columns(self.env, sync, kind)
        if kind == sync.kind:
            columns += picked_columns(sync, property_name, property_type)
        return columns

    def _pull_rules(self, sync, kind, cursor):
        """What the list allows. A new column is filled once, whatever it allows."""
        rules = dict(sync._rules(kind))
        if kind == sync.kind and cursor["all"]:
            for target in cursor["columns"]:
                rules[target] = replace(rules.get(target) or Rule(), pull=True)
        return rules


def _surely_missing(feed, page):
    """An answer that was cut short proves nothing."""
    return page.missing if feed.reader.complete else ()


class FlagReader(RecordReader):
    """Reads nothing of a record but its opt-outs, its stamps and whose it is."""

    def __init__(self):
        super().__init__((EMAIL,), None)

    @property
    def select(self):
        return ["ModifyDate", *OPT_OUT_FIELDS, EMAIL.path]
