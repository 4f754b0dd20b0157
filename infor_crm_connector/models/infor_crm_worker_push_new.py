from functools import partial

from odoo import models

from ..const import RESOURCES
from ..tools import consent_flags, push_tried
from ..tools.page_feed import FeedTimeout
from ..tools.push_book import PushBook
from ..tools.push_line import outage, post_all
from ..tools.push_look import DOUBTS, read_by_address
from ..tools.push_meeting import Meeting
from ..tools.push_people import Matching, Person
from ..tools.push_rows import PushRows
from ..tools.push_work import PUSHED_KINDS
from .infor_crm_worker import RunLost
from .infor_crm_worker_push import PAGE


class InforCrmWorkerPushNew(models.AbstractModel):
    """People who are linked with nothing in the CRM: matched by address, linked, or
    created as leads.

    Who is not found is claimed (infor.crm.claim) and looked for again under the claim,
    so that of all lists, lanes and servers exactly one creates the person. Who cannot
    be settled now waits, as a row among the outcomes, for the phase of doubts.
    """

    _inherit = "infor.crm.worker"

    def _phase_push_new(self, job, cursor, end):
        done = self._push_phase(
            job,
            ("add", "update"),
            lambda work, line: self._push_new(work, line, job, cursor, end),
        )
        cursor.pop("push_after", None)
        return cursor if done else None

    def _push_new(self, work, line, job, cursor, end):
        """True when all are done, False when the slice or the run ended."""
        while True:
            job.run.connector_id._ensure_bulk(job.run)
            after = cursor.get("push_after", 0)
            rows = work.target.unbound(after, self._push_size(cursor))
            people = self._persons(work, rows)
            self._unlocked()
            if not people:
                return True
            cursor["push_after"] = rows[-1]["id"]
            if self._meet(work, line, job, Meeting(people), cursor):
                return False
            if self._time_over(end):
                return False

    def _persons(self, work, rows):
        if not rows:
            return []
        ids = [row["id"] for row in rows]
        values = work.odoo.read(ids)
        people = [Person.of(row, values.get(row["id"], {})) for row in rows]
        sent_as = self.env["infor.crm.claim"]._sent_as(work.connector, work.model, ids)
        for person in people:
            person.sent_as(sent_as.get(person.id))
        return people

    def _meet(self, work, line, job, meeting, cursor):
        """All of a page of people; true when the run was left."""
        self._look_for(work, line, meeting, meeting.addresses)
        self._serialized(partial(self._decide_new, work, meeting))
        self._unlocked()
        if claimed := meeting.of("create"):
            addresses = {person.address for person in claimed}
            for doubt in range(DOUBTS):
                self._look_for(work, line, meeting, addresses, around=not doubt)
            self._serialized(partial(self._decide_new, work, meeting))
            self._unlocked()
        try:
            self._send_new(work, line, job, meeting)
        except FeedTimeout:
            self._call_off(job, meeting)
            raise
        stop = outage(meeting.results, self._patient(job))
        if stop:
            self._keep_new(work, job, meeting)
            raise stop
        with self._address_lock():
            signal = self._serialized(
                partial(self._write_new, work, job, meeting, cursor)
            )
        self._unlocked()
        return signal or not all(
            self._bring(job, kind, keys) for kind, keys in meeting.to_bring().items()
        )

    # --- find out ---------------------------------------------------------------------

    def _look_for(self, work, line, meeting, addresses, around=False):
        """Adds what both kinds have with these addresses."""
        if addresses:
            asked = [
                line.submit(
                    read_by_address, kind, work.readers[kind], addresses, around
                )
                for kind in PUSHED_KINDS
            ]
            for future in asked:
                meeting.add(line.wait(future))

    def _decide_new(self, work, meeting):
        """In one snapshot: who is still unlinked, who is whom, and whose turn it is."""
        rows = work.target.still_unbound(meeting.ids)
        meeting.keep(self._persons(work, rows))
        addresses = meeting.addresses
        may_add = work.sync.sudo().push_add
        matching = Matching(
            work.match_rule,
            meeting.seen,
            PushRows(work).bound(meeting.seen),
            self._decisions(work, addresses),
            self.env["infor.crm.claim"]._ours(work.job.run, addresses),
            PushRows(work).tombs(addresses),
            may_add,
        )
        matching.decide(meeting.people)
        # what another run sent before it was stopped has to be found out about, too
        moved = {p.address for p in meeting.of("held") if p.moved}
        if wanted := moved | {p.address for p in meeting.of("create")}:
            matching.claims = self.env["infor.crm.claim"]._take(work.job.run, wanted)
            matching.decide(meeting.people)

    def _decisions(self, work, addresses):
        questions = self.env["infor.crm.question"]
        return questions._decisions_of(work.connector, "match", addresses)

    # --- send -------------------------------------------------------------------------

    def _send_new(self, work, line, job, meeting):
        self._serialized(partial(self._prepare, work, job, meeting))
        self._unlocked()
        wires = [person.wire for person in meeting.sending]
        created = []
        if wires:
            again = any(person.again for person in meeting.sending)
            future = line.submit(post_all, RESOURCES["lead"], wires, again)
            created.append((meeting.sending, future))
        changed = [
            self._put(line, kind, changes)
            for kind in PUSHED_KINDS
            if (changes := meeting.changes(kind))
        ]
        self._take(line, created)
        self._take_results(work, line, changed, PAGE)

    def _call_off(self, job, meeting):
        """Nothing leaves any more; what left may be under way from now on."""
        job.client.close()
        self._serialized(partial(self._note_lost, job, meeting.sending))

    def _note_lost(self, job, people):
        lost = {person.address for person in people}
        self.env["infor.crm.claim"]._unanswered(job.run, lost)

    def _prepare(self, work, job, meeting):
        """What to send, and the claims of those who are sent now."""
        people = meeting.people
        rules = work.rules.of({person.id: person.kind for person in people})
        left = self._who_left(work, people)
        for person in meeting.of("link"):
            meeting.link(work, person, rules[person.id])
        for person in meeting.of("create"):
            meeting.lead(work, person, rules[person.id], person.id in left)
        known = {p.address: p.known for p in meeting.of("create")}
        claims = self.env["infor.crm.claim"]
        who = {p.address: p.id for p in meeting.of("create")}
        sent = claims._send(job.run, known, (work.model, who)) if known else set()
        meeting.sending = [p for p in meeting.of("create") if p.address in sent]
        for person in meeting.of("create"):
            if person.address not in sent:
                person.verdict = "held"
        if not job.run._set(job.lane, attempts=job.run.attempts):
            raise RunLost

    def _who_left(self, work, people):
        """Of a list whose leaving opts out."""
        sync = work.sync.sudo()
        if not (sync.list_id and sync.leaving_opts_out):
            return set()
        return PushRows(work).opted_out([person.id for person in people])

    # --- write down -------------------------------------------------------------------

    def _write_new(self, work, job, meeting, cursor):
        rows = PushRows(work)
        settled = rows.forget_waiting(meeting.all_ids) if meeting.settling else 0
        book = PushBook(work)
        self._bind_new(work, job, meeting, rows)
        self._note_new(work, job, meeting, book)
        self._remember_tried(work, meeting.people)
        self._release(job, meeting)
        counted = 0 if meeting.settling else len(meeting.all_ids)
        return self._close_push(job, book, counted, cursor, settled)

    def _remember_tried(self, work, people):
        """For whom the next runs need not ask again."""
        rows = [
            (person.id, reason, person.address or None, person.stamp)
            for person in people
            if (reason := _in_vain(person))
        ]
        push_tried.remember(self.env, work.sync, work.target.set_up, rows)

    def _bind_new(self, work, job, meeting, rows):
        bound = rows.bind(meeting.binding_rows())
        rows.stamp(meeting.stamps(bound))
        flags = consent_flags.flags_of(self.env, work.model, list(bound.values()))
        meeting.consent = self._settle_flags(job, list(flags.values()), {})

    def _note_new(self, work, job, meeting, book):
        for person in meeting.people:
            if meeting.unanswered(person):
                person.verdict = "no_answer"
            if person.verdict == "create":
                self._note_created(person, book)
            elif person.verdict == "link":
                if person.again:
                    book.created(person, found_later=True)
                else:
                    book.linked(person)
            else:
                book.person(person)
        book.more(meeting.consent)
        asked = meeting.of("ask")
        if asked:
            book.more({"questions": self._ask_match(work, asked)})

    def _note_created(self, person, book):
        if person.result.error:
            book.not_created(person, person.result.error)
        else:
            book.created(person)

    def _ask_match(self, work, people):
        return len(
            self.env["infor.crm.question"]._ask_all(
                work.connector,
                "match",
                {
                    person.address: {
                        "name": person.name,
                        "address": person.address,
                        "odoo_model": work.model,
                        "res_id": person.id,
                        "cause": self.env._("Several records have this address."),
                        "cards": list(person.cards),
                    }
                    for person in people
                },
            )
        )

    def _release(self, job, meeting):
        """Whom nobody has to wait for any more; a lost answer is waited for."""
        claims = self.env["infor.crm.claim"]
        doubtful = {
            p.address for p in meeting.people if p.verdict in ("no_answer", "given_up")
        }
        lost = {p.address for p in meeting.people if meeting.unanswered(p)}
        claims._unanswered(job.run, lost)
        claims._settle(job.run, meeting.addresses - doubtful)

    def _keep_new(self, work, job, meeting):
        """An outage: what was linked or created stays, all else is found again."""
        came = meeting.taken()
        lost = [p for p in meeting.sending if meeting.unanswered(p)]

        def keep():
            rows = PushRows(work)
            self._bind_new(work, job, came, rows)
            book = PushBook(work)
            settled = rows.forget_waiting(came.all_ids) if meeting.settling else 0
            self._note_new(work, job, came, book)
            self._release(job, came)
            counted = 0 if meeting.settling else len(came.people)
            return self._close_push(job, book, counted, job.run.cursor or {}, settled)

        if came.people:
            with self._address_lock():
                self._serialized(keep)
        self._serialized(partial(self._note_lost, job, lost))
        self._unlocked()


def _in_vain(person):
    if person.verdict == "create":
        return push_tried.REFUSED if push_tried.is_refused(person.result) else ""
    return person.verdict if person.verdict in push_tried.LASTING else ""
