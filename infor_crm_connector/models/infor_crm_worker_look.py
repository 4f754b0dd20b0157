from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

from odoo import models
from odoo.exceptions import AccessError

from ..const import RESOURCES
from ..lib.sdata import where as filters
from ..lib.sdata.errors import BadRequest, ServerFault
from ..tools.push_line import PushLine
from ..tools.sync_look import SyncLook
from ..tools.windows import Window, clock_of, moment
from .infor_crm_worker_import import HTTP_WAIT
from .infor_crm_worker_window import ADDRESS_MODIFIED, MODIFIED, NOT_UNDERSTOOD


class InforCrmWorkerLook(models.AbstractModel):
    """The look with which a run begins: most runs find nothing to do on either side.

    The CRM counts what changed while the lane compares its own rows. When neither finds
    anything, the run is done. Otherwise it goes through its phases, and what the CRM
    said is not asked again: ``cursor["silent"]`` is {field: kinds of which nothing
    changed in the run's window}.
    """

    _inherit = "infor.crm.worker"

    def _look_first(self, job, cursor):
        """The cursor with its window, ``idle`` when there is nothing to do; None when
        the run was left."""
        run, sync = job.run, job.run.list_sync_id
        if "phase" in cursor or "window" in cursor:
            return cursor
        if run.connector_id._quiet_reason(run):
            # opt-outs alone travel now
            return cursor
        known = sync.pull_window or {}
        facts = self._what_to_read(sync, known)
        places = self._places(job, known, facts)
        spans = self._spans(job, facts, places)
        if facts["all"] or (facts["kinds"] and MODIFIED not in spans):
            return cursor
        questions = _questions(job, facts["kinds"], spans)
        with PushLine(job.client, HTTP_WAIT) as line:
            # the lane compares meanwhile, and waits when its transaction is over
            asked = line.submit(_ask, questions)
            busy = self._is_busy(job, facts)
            self.env["ir.cron"]._commit_progress()
            counts = line.wait(asked)
        if not facts["kinds"]:
            cursor = {**cursor, **facts, "window": None}
            return cursor if busy else {**cursor, "idle": True}
        cursor = {**cursor, **facts, **self._window_facts(job, places)}
        cursor["silent"] = _silent(cursor, spans, counts)
        cursor["no_address_window"] = None in counts.values()
        return self._after_look(job, cursor, busy)

    def _spans(self, job, facts, places):
        """{field: window of changes that are not known}, longer than the one that is
        read: the first answer only tells the CRM's clock. An end there is, because
        servers find what lies between two moments faster."""
        skew = job.run.connector_id.sudo().clock_skew
        end = clock_of(skew) + timedelta(days=1)
        return {
            field: replace(Window.after(until, moment(until), late), end=end)
            for field, (until, late) in places.items()
            if until and (field == MODIFIED or facts["pulling"])
        }

    def _is_busy(self, job, facts):
        """Whether there is anything in Odoo, or in the group, which is read in any
        case."""
        sync = job.run.list_sync_id
        if sync.group_key and facts["pulling"]:
            return True
        look = SyncLook(
            self.env,
            job,
            pulling=facts["pulling"],
            updates=self._pushes(sync, ("update",)),
            meets=self._pushes(sync, ("add", "update")),
        )
        try:
            return self._serialized(look.finds_anything)
        except AccessError:
            # of a segment's people; the phase that needs them says so
            self.env.cr.rollback()
            return True

    def _after_look(self, job, cursor, busy):
        """The cursor, written down; None when the run was left."""
        fields = (MODIFIED, ADDRESS_MODIFIED) if cursor["pulling"] else (MODIFIED,)
        silent = all(
            kind in cursor["silent"].get(field, ())
            for field in fields
            for kind in cursor["kinds"]
        )
        if busy or not silent:
            note = partial(self._close_page, job, self._calls(job), cursor)
            return None if self._serialized(note) else cursor
        cursor["idle"] = True
        known = self._known_after_pull(cursor)
        if cursor["pulling"]:
            known["address_until"] = cursor["window"]["end"]
        return None if self._keep_known(job, cursor, known) else cursor


def _questions(job, kinds, spans):
    """[(kind, field, filter, how many answers have to agree on nobody)]

    One is not believed (docs/sdata.md 4.7), but for the few people of the other kind.
    """
    found = []
    for field, span in spans.items():
        clause = filters.between_dates(field, span.start, span.end)
        found += [(kind, field, clause, 1 + (kind == job.kind)) for kind in kinds]
    return found


def _ask(client, questions):
    """{(kind, field): count}, in threads. The first is asked alone: a login that is
    refused is not tried several times at once."""
    counts = {}

    def count(question):
        kind, field, clause, _answers = question
        try:
            return kind, field, client.count(RESOURCES[kind], clause)
        except (BadRequest, ServerFault) as error:
            if field != ADDRESS_MODIFIED or error.status not in NOT_UNDERSTOOD:
                raise
            return kind, field, None

    if not questions:
        return counts
    answers = [count(questions[0])]
    more = [one for one in questions for _n in range(one[-1])][1:]
    with ThreadPoolExecutor(max(client.parallel, 1), "infor-crm-look") as pool:
        answers += pool.map(count, more)
    for kind, field, found in answers:
        before = counts.get((kind, field), 0)
        both = None if None in (found, before) else max(found, before)
        counts[kind, field] = both
    return counts


def _silent(cursor, spans, counts):
    """{field: kinds} where all that the window holds was asked for: the CRM's clock may
    have been put back, or far forward."""
    window = Window.from_json(cursor["window"])
    begins = {MODIFIED: window.start, ADDRESS_MODIFIED: moment(cursor["address_start"])}
    found = {}
    for (kind, field), count in counts.items():
        span = spans[field]
        if count == 0 and span.start <= begins[field] and window.end <= span.end:
            found.setdefault(field, []).append(kind)
    return found
