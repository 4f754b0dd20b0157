from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

from psycopg2.extras import Json

from odoo import models

from ..const import RESOURCES
from ..lib.sdata import codec, where
from ..tools.form_work import KINDS, FormWork
from ..tools.outbox_job import Result
from ..tools.people import ADDRESS_FIELDS
from ..tools.push_line import post_all, put_all
from ..tools.push_look import DOUBTS, read_by_address, read_by_key
from ..tools.push_meeting import put_item
from ..tools.push_rows import PushRows

LOOKED_FOR = 20
AGAIN = 5.0  # seconds until the next look at what another lane is creating
# Clocks differ; whoever is looked for by name was created about when it was sent.
SKEW = timedelta(days=1)
_KEEP = """
    UPDATE infor_crm_outbox SET payload = COALESCE(payload, '{}'::jsonb) || %s
     WHERE id = %s"""
_BECAME = "UPDATE infor_crm_outbox SET kind = %s, key = %s WHERE id = %s"


class InforCrmWorkerSubmission(models.AbstractModel):
    """Submissions of website forms: each becomes a lead, or goes to whom it matches.

    A submission never waits for a decision, only for an answer. New leads are claimed
    before they are created and carry the row's mark in their notes, by which one whose
    answer was lost is found. Values for an existing record can be sent twice.
    """

    _inherit = "infor.crm.worker"

    def _outbox_submission(self, job, tasks):
        work, entries = self._forms_begin(job, tasks)
        by_key = self._forms_linked(job, work, entries)
        by_address = defaultdict(dict)
        self._forms_look(job, work, by_address, entries)
        self._forms_decide(job, work, entries, by_key, by_address)
        if new := [entry for entry in entries if self._is_created(entry)]:
            for _doubt in range(DOUBTS):
                self._forms_look(job, work, by_address, new)
            self._forms_decide(job, work, entries, by_key, by_address)
        self._forms_send(job, work, entries)
        return {entry.task.id: self._forms_result(job, entry) for entry in entries}

    def _outbox_find_submission(self, job, tasks):
        """New leads by what was sent, told from others by the mark in their notes."""
        marks = {task.mark: task.id for task in tasks if task.payload.get("sent")}
        sent = [task for task in tasks if task.payload.get("sent")]
        found = {}
        for start in range(0, len(sent), LOOKED_FOR):
            clause = _sent_clause(sent[start : start + LOOKED_FOR])
            with job.client.read(
                RESOURCES["lead"],
                where=clause,
                select=["Notes"],
                read_ahead=0,
                cross_check=False,
            ) as pages:
                for record in (record for page in pages for record in page.records):
                    notes = str(record.get("Notes") or "")
                    for mark, task_id in marks.items():
                        if mark in notes:
                            found.setdefault(task_id, []).append(record.key)
        return found

    # a note is a note
    def _outbox_submission_note(self, job, tasks):
        return self._outbox_note(job, tasks)

    def _outbox_find_submission_note(self, job, tasks):
        return self._outbox_find_note(job, tasks)

    # --- find out ---------------------------------------------------------------------

    def _forms_begin(self, job, tasks):
        work = FormWork(self.env, job.connector)
        entries = work.entries(tasks)
        self.env["ir.cron"]._commit_progress()
        return work, entries

    def _forms_linked(self, job, work, entries):
        """{(kind, key): Seen} of the records that people are linked with."""
        keys = {
            kind: sorted({k for e in entries for found, k in e.links if found == kind})
            for kind in KINDS
        }
        keys = {kind: found for kind, found in keys.items() if found}
        return read_by_key(job.client, work.readers, keys, 100).seen if keys else {}

    def _forms_look(self, job, work, by_address, entries):
        """Adds what both kinds have with the addresses of those without a link."""
        wanted = {e.address for e in entries if e.address and not e.chosen}
        for kind in KINDS if wanted else ():
            for seen in read_by_address(job.client, kind, work.readers[kind], wanted):
                by_address[seen.address][seen.place] = seen

    def _is_created(self, entry):
        return not entry.chosen and entry.wait is None

    def _forms_decide(self, job, work, entries, by_key, by_address):
        self._serialized(partial(self._forms_match, work, entries, by_key, by_address))
        self.env.invalidate_all()

    def _forms_match(self, work, entries, by_key, by_address):
        addresses = {entry.address for entry in entries if entry.address}
        decisions = self.env["infor.crm.question"]._decisions_of(
            work.connector, "match", addresses
        )
        work.match(entries, by_key, by_address, decisions)
        for entry in entries:
            entry.wait = None
            if not entry.chosen and entry.address:
                entry.wait = self._forms_claim(entry)

    def _forms_claim(self, entry):
        """Seconds to wait before the lead may be created, None: now."""
        held = self.env["infor.crm.claim"]._take(entry.row, [entry.address])
        held = held.get(entry.address)
        if held is None or not held.mine:
            return AGAIN
        return held.wait + 1 if held.sent and held.wait > 0 else None

    # --- send -------------------------------------------------------------------------

    def _forms_send(self, job, work, entries):
        self._serialized(partial(self._forms_prepare, work, entries))
        self.env.invalidate_all()
        new = [e for e in entries if self._is_created(e) and e.wire]
        tasks = [entry.task for entry in new]
        announced = {t.id for t in self._outbox_announce(job, tasks)} if tasks else ()
        new = [entry for entry in new if entry.task.id in announced]
        again = any(entry.task.repeat for entry in new)
        wires = [_encoded(entry.wire) for entry in new]
        answers = post_all(job.client, RESOURCES["lead"], wires, again) if new else []
        for entry, answer in zip(new, answers, strict=True):
            entry.result = answer
        for kind in KINDS:
            changed = [e for e in entries if e.chosen and e.kind == kind and e.wire]
            items = [put_item(_change(entry)) for entry in changed]
            answers = put_all(job.client, RESOURCES[kind], items) if items else []
            for entry, answer in zip(changed, answers, strict=True):
                entry.result = answer

    def _forms_prepare(self, work, entries):
        """What is sent, kept in the rows beforehand: an answer may get lost."""
        for entry in entries:
            if entry.wait is not None:
                continue
            work.prepare(entry)
            if entry.chosen:
                self._forms_keep(entry, {"told": _told(entry)})
            elif entry.wire:
                self._forms_keep(entry, {"sent": _sent(entry)})
                if entry.address and not self._forms_still_ours(entry):
                    entry.wait = AGAIN

    def _forms_still_ours(self, entry):
        claims = self.env["infor.crm.claim"]
        return entry.address in claims._send(entry.row, {entry.address: ()})

    def _forms_keep(self, entry, values):
        self.env.cr.execute(_KEEP, [Json(values), entry.task.id])

    def _forms_result(self, job, entry):
        if entry.wait is not None:
            again = "unsure" if entry.task.todo == "unsure" else "waiting"
            words = self.env._("Another run is about to create this person.")
            return Result(again, seconds=entry.wait, reason=words)
        if entry.refusal:
            return Result("parked", reason=entry.refusal)
        if entry.result is None:
            if not entry.chosen:  # somebody dropped it meanwhile
                return self._outbox_unchanged([entry.task])[entry.task.id]
            return Result("done", key=entry.key, entry=entry)
        if entry.result.error:
            return self._outbox_result_of(job, entry.task, entry.result.error)
        return Result("done", key=entry.result.key or entry.key, entry=entry)

    # --- what follows, in the transaction that notes the result -----------------------

    def _outbox_close(self, job, tasks, results):
        for task in tasks:
            result = results.get(task.id)
            if task.type == "submission" and result:
                self._forms_close(job, task, result)
        return super()._outbox_close(job, tasks, results)

    def _forms_close(self, job, task, result):
        row = self.env["infor.crm.outbox"].browse(task.id)
        row.invalidate_recordset()
        if task.todo == "verify" and (row.key or result.state != "done"):
            return
        address = row.address
        claims = self.env["infor.crm.claim"]
        if result.state == "done":
            entry = result.entry
            kind = entry.kind if entry else "lead"
            self.env.cr.execute(_BECAME, [kind, result.key, task.id])
            row.invalidate_recordset()
            self._forms_bind(job, row, kind, result.key, entry)
            if entry and entry.chosen:
                row._add_submission_note(kind, result.key, entry.lines)
            self._forms_ask(job, row, kind, result.key, entry)
        if address and (result.state == "done" or task.id not in job.sent):
            claims._settle(row, [address])
        elif address and result.state == "unsure":
            claims._unanswered(row, [address])

    def _forms_bind(self, job, row, kind, key, entry):
        """The record Odoo made of the form is the person it became."""
        if row.odoo_model not in ADDRESS_FIELDS or not row.res_id:
            return
        sent = (row.payload or {}).get("sent") or {}
        base = entry.sent if entry else sent.get("base") or {}
        work = SimpleNamespace(
            env=self.env,
            connector=job.connector,
            model=row.odoo_model,
            job=SimpleNamespace(run=SimpleNamespace(id=None)),
        )
        chosen = entry and entry.chosen
        PushRows(work).bind(
            [
                {
                    "kind": kind,
                    "key": key,
                    "res_id": row.res_id,
                    "base": base if row.odoo_model == "crm.lead" else {},
                    "opted_out": bool(chosen and chosen.incoming.opted_out),
                    "created": None,
                    "modified": None,
                }
            ]
        )

    def _forms_ask(self, job, row, kind, key, entry):
        questions = self.env["infor.crm.question"]
        if entry and entry.asked:
            questions._ask(
                job.connector,
                "match",
                entry.address,
                name=entry.address,
                address=entry.address,
                cause=self.env._(
                    "A website form was sent with this address. It went to the record "
                    "changed last."
                ),
                cards=list(entry.asked),
            )
        consents = (row.payload or {}).get("consents")
        refused = entry.opted_out if entry else self._forms_refused(row.address)
        if consents and refused and row.address:
            card = None
            if entry and entry.chosen and entry.chosen.incoming.opted_out:
                card = entry.chosen.candidate
            elif not (entry and entry.chosen):
                card = {"kind": kind, "key": key, "email": row.address}
            form = (row.payload or {}).get("form") or {}
            questions._ask_consent(
                job.connector,
                row.address,
                consents,
                card,
                self.env._("In the form %s:", form.get("page") or row.subject or ""),
            )

    def _forms_refused(self, address):
        blacklist = self.env["mail.blacklist"].sudo()
        return bool(address and blacklist.search_count([("email", "=", address)]))


def _encoded(wire):
    return {**wire, "Notes": codec.encode(wire["Notes"], "memo")}


def _change(entry):
    return SimpleNamespace(key=entry.key, wire=entry.wire, seen=entry.chosen)


def _sent(entry):
    """What a lead whose answer is lost is looked for by, and linked with."""
    return {
        "email": entry.wire.get("Email") or "",
        "last_name": entry.wire.get("LastName") or "",
        "base": entry.sent,
        "at": datetime.now(UTC).isoformat(),
    }


def _told(entry):
    return {"key": entry.key, "lines": entry.told}


def _sent_clause(tasks):
    sent = [task.payload["sent"] for task in tasks]
    emails = sorted({one["email"] for one in sent if one["email"]})
    names = sorted({o["last_name"] for o in sent if not o["email"] and o["last_name"]})
    since = min(datetime.fromisoformat(one["at"]) for one in sent) - SKEW
    return where.and_(
        where.or_(
            where.in_("Email", emails) if emails else None,
            where.in_("LastName", names) if names else None,
        ),
        where.between_dates("CreateDate", since, None),
    )
