from collections import deque
from functools import partial

from odoo import models

from ..lib.sdata.errors import NotFound
from ..tools import push_tried
from ..tools.import_values import usable_address
from ..tools.push_book import PushBook
from ..tools.push_line import outage
from ..tools.push_look import read_by_key
from ..tools.push_people import Change
from ..tools.push_rows import PushRows
from .infor_crm_worker_push import PAGE

# Rows fetched at a time, and looked through for a page of those to be sent.
SCAN = 500
# Pages whose requests are under way together: one fills the gaps of the other.
AHEAD = 2


class ChangedPage:
    """A page of people whose records were written in Odoo. ``same``: nothing of it may
    be sent; ``changes``: to be compared with the CRM; ``last``: its last binding."""

    def __init__(self, last, same, changes):
        self.last = last
        self.same = same
        self.changes = changes
        self.read = None
        self.asked = []

    @property
    def keys(self):
        found = {}
        for change in self.changes:
            found.setdefault(change.kind, []).append(change.key)
        return found


class ChangedRows:
    """Candidates behind a binding, fetched many at a time. A row that is written again
    meanwhile has another version then, and is found by the next run."""

    def __init__(self, target, after):
        self._target = target
        self._rows = deque()
        self._fetched = self.last = after

    def take(self, count):
        if not self._rows:
            self._rows.extend(self._target.changed(self._fetched, SCAN))
            if self._rows:
                self._fetched = self._rows[-1]["binding"]
        some = [self._rows.popleft() for _n in range(min(count, len(self._rows)))]
        if some:
            self.last = some[-1]["binding"]
        return some


class InforCrmWorkerPushChanges(models.AbstractModel):
    """Changes of linked people go to the CRM.

    Requests of neighbouring pages overlap: while one page is written, the next one is
    read. What each page did is written down in their order, with the cursor.
    """

    _inherit = "infor.crm.worker"

    def _phase_push_changes(self, job, cursor, end):
        done = self._push_phase(
            job,
            ("update",),
            lambda work, line: self._push_changes(work, line, job, cursor, end),
        )
        cursor.pop("push_after", None)
        return cursor if done else None

    def _push_changes(self, work, line, job, cursor, end):
        """True when all are done, False when the slice or the run ended."""
        under_way = deque()
        size = self._push_size(cursor)
        rows = ChangedRows(work.target, cursor.get("push_after", 0))
        page = self._next_changed(work, line, rows, size)
        while page or under_way:
            following = None
            if page:
                if not self._time_over(end):
                    following = self._next_changed(work, line, rows, size)
                self._send_changed(work, line, job, page)
                under_way.append(page)
            while under_way and (len(under_way) >= AHEAD or not following):
                first = under_way.popleft()
                if not self._close_changed(work, line, job, first, cursor):
                    return False
            if page and not following and self._time_over(end):
                return False
            page = following
        return True

    # --- one page: choose, read -------------------------------------------------------

    def _next_changed(self, work, line, rows, size):
        """The next page, its records being read; None behind the last."""
        work.job.run.connector_id._ensure_bulk(work.job.run)
        page = self._chosen(work, rows, size)
        self._unlocked()
        if page and page.changes:
            page.read = line.submit(read_by_key, work.readers, page.keys, size)
        return page

    def _chosen(self, work, rows, size):
        same, changes = [], []
        while len(changes) < size and len(same) < SCAN:
            some = rows.take(size - len(changes))
            if not some:
                break
            for change in self._with_values(work, some):
                (changes if change.may_differ else same).append(change)
        return ChangedPage(rows.last, same, changes) if same or changes else None

    def _with_values(self, work, rows):
        values = work.odoo.read([row["res_id"] for row in rows])
        rules = work.rules.of({row["res_id"]: row["kind"] for row in rows})
        return [
            Change.of(row, values[row["res_id"]], rules[row["res_id"]])
            for row in rows
            if row["res_id"] in values
        ]

    # --- compare, send ----------------------------------------------------------------

    def _send_changed(self, work, line, job, page):
        """Decide with what both sides hold now, in one snapshot, and send."""
        if not page.read:
            return
        read = line.wait(page.read)
        rows = work.target.again([change.binding for change in page.changes])
        page.changes = self._with_values(work, rows)
        for change in page.changes:
            change.seen = read.seen.get(change.place)
            if change.seen:
                change.decide(work)
        self._unlocked()
        page.read = read
        for kind in page.keys:
            sent = [c for c in page.changes if c.kind == kind and c.sent]
            if sent:
                page.asked.append(self._put(line, kind, sent))

    # --- write down -------------------------------------------------------------------

    def _close_changed(self, work, line, job, page, cursor):
        """False when the run was left; raises what concerns more than this page."""
        self._take_results(work, line, page.asked, PAGE)
        results = [c.result for c in page.changes if c.result is not None]
        stop = outage(results, self._patient(job))
        if stop:
            self._keep_what_came(work, job, page)
            raise stop
        cursor["push_after"] = page.last
        signal = self._serialized(partial(self._write_changed, work, job, page, cursor))
        missing = self._missing_changes(page)
        if signal or (missing and not self._settle_missing(job, missing)):
            return False
        self._unlocked()
        return True

    def _write_changed(self, work, job, page, cursor):
        book = PushBook(work)
        for change in page.changes:
            self._note_change(book, page, change)
        rows = PushRows(work)
        rows.agree([c for c in page.changes if c.seen and not c.failed])
        rows.stamp({c.binding: c.stamp for c in page.same})
        self._remember_refused(work, page)
        return self._close_push(job, book, len(page.same) + len(page.changes), cursor)

    def _remember_refused(self, work, page):
        """Whose values the CRM would refuse again; they stay to be pushed."""
        refused = [c for c in page.changes if push_tried.is_refused(c.result)]
        rows = [
            (
                c.res_id,
                push_tried.REFUSED,
                usable_address(c.odoo.get(work.email)),
                c.stamp,
            )
            for c in refused
        ]
        push_tried.remember(self.env, work.sync, work.target.set_up, rows)

    def _note_change(self, book, page, change):
        if _is_gone(page, change):
            book.gone(change)
        elif change.seen:
            book.change(change)
        else:
            error = page.read.unreadable.get(change.place)
            book.unreadable(change, error or "")

    def _keep_what_came(self, work, job, page):
        """The rest is found again: only what was taken is counted now."""
        taken = [c for c in page.changes if c.result is not None and not c.failed]

        def keep():
            book = PushBook(work)
            for change in taken:
                book.change(change)
            PushRows(work).agree(taken)
            return self._close_push(job, book, len(taken), job.run.cursor or {})

        if taken:
            self._serialized(keep)

    def _missing_changes(self, page):
        """{binding: (kind, key)} of records that the CRM did not find."""
        return {c.binding: c.place for c in page.changes if _is_gone(page, c)}


def _is_gone(page, change):
    if change.result is not None:
        return isinstance(change.result.error, NotFound)
    return change.seen is None and change.place not in page.read.unreadable
