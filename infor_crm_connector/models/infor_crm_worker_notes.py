from odoo import models

from ..const import RESOURCES
from ..lib.sdata import BatchItem, where
from ..lib.sdata.errors import NotFound
from ..tools import note_text
from ..tools.outbox_job import Result

HISTORY = "history"
# Keys and marks in one search: the address must stay short enough for any server.
LOOKED_FOR = 20
SELECT = {
    "lead": ("LastName", "FirstName", "Company"),
    "contact": ("LastName", "FirstName", "AccountName", "Account"),
}
PERSON_FIELD = {"lead": "LeadId", "contact": "ContactId"}


class InforCrmWorkerNotes(models.AbstractModel):
    """Notes about messages that were sent (docs/sdata.md 8.5), and changes to them."""

    _inherit = "infor.crm.worker"

    def _outbox_note(self, job, tasks):
        facts = self._note_facts(job, tasks)
        people = self._note_people(job, tasks)
        results = {
            task.id: self._note_person_gone(job)
            for task in tasks
            if task.id not in people
        }
        values = {
            task.id: self._note_values(job, task, people, facts)
            for task in tasks
            if task.id in people
        }
        self.env["ir.cron"]._commit_progress()
        announced = self._outbox_announce(job, [t for t in tasks if t.id in values])
        items = [BatchItem("POST", values=values[task.id]) for task in announced]
        answers = job.client.batch(HISTORY, items)
        for task, answer in zip(announced, answers, strict=True):
            results[task.id] = (
                self._outbox_result_of(job, task, answer.error)
                if answer.error
                else Result("done", key=answer.key)
            )
        return results

    def _outbox_find_note(self, job, tasks):
        """Looked for by person, which is indexed, and by our mark. A lead may have
        become a contact since: its history went along."""
        marks = {task.mark: task.id for task in tasks}
        field = job.connector.sudo().note_mark_field
        found = {}
        for start in range(0, len(tasks), LOOKED_FOR):
            portion = tasks[start : start + LOOKED_FOR]
            clause = where.and_(
                self._note_whose(job, portion),
                where.in_(field, [task.mark for task in portion]),
            )
            with job.client.read(
                HISTORY, where=clause, select=[field], read_ahead=0, cross_check=False
            ) as pages:
                for page in pages:
                    for record in page.records:
                        task_id = marks.get((record.get(field) or "").strip())
                        if task_id:
                            found.setdefault(task_id, []).append(record.key)
        return found

    def _note_whose(self, job, tasks):
        rows = self.env["infor.crm.outbox"].browse([task.id for task in tasks])
        keys = {"lead": set(), "contact": set()}
        for task in tasks:
            keys[task.kind].add(task.key)
        for row in rows:
            keys[row.kind].add(row.key)
        self.env["ir.cron"]._commit_progress()
        return where.or_(
            *(
                where.in_(PERSON_FIELD[kind], sorted(found))
                for kind, found in keys.items()
                if found
            )
        )

    def _outbox_note_update(self, job, tasks):
        """Changes are sent to notes that arrived; one that sales deleted stays so."""
        facts = self._note_facts(job, tasks)
        gone = self.env._("There is no note to change.")
        results = {
            task.id: Result("dropped", reason=gone)
            for task in tasks
            if task.parent_state != "done" or not task.parent_key
        }
        going = [task for task in tasks if task.id not in results]
        items = [
            BatchItem("PUT", task.parent_key, note_text.texts(self, facts[task.id]))
            for task in going
        ]
        self.env["ir.cron"]._commit_progress()
        answers = job.client.batch(HISTORY, items)
        for task, answer in zip(going, answers, strict=True):
            results[task.id] = self._note_changed(job, task, answer)
        return results

    def _note_changed(self, job, task, answer):
        if isinstance(answer.error, NotFound):
            return Result(
                "dropped",
                reason=self.env._("The note was deleted in Infor CRM, and stays so."),
            )
        if answer.error:
            return self._outbox_result_of(job, task, answer.error)
        return Result("done", key=task.parent_key)

    # --- what stands in a note ------------------------------------------------------

    def _note_facts(self, job, tasks):
        """{task id: what a note tells}, in the language of who is responsible."""
        rows = self.env["infor.crm.outbox"].browse([task.id for task in tasks])
        facts = {row.id: row._note_facts() for row in rows}
        self.env["ir.cron"]._commit_progress()
        return facts

    def _note_people(self, job, tasks):
        """{task id: record of the person} of those the CRM shows."""
        found = {}
        for kind, select in SELECT.items():
            keys = [task.key for task in tasks if task.kind == kind]
            if keys:
                records = job.client.read_keys(RESOURCES[kind], keys, select=select)
                found.update({(kind, record.key): record for record in records})
        return {
            task.id: found[task.kind, task.key]
            for task in tasks
            if (task.kind, task.key) in found
        }

    def _note_person_gone(self, job):
        return Result(
            "parked",
            reason=self.env._(
                "This person is not in Infor CRM any more, or hidden from the login. "
                "The note is sent by itself when they are found again."
            ),
        )

    def _note_values(self, job, task, people, facts):
        connector = job.connector.sudo()
        return {
            **note_text.person_values(task.kind, people[task.id]),
            **note_text.moment_values(facts[task.id]),
            **note_text.texts(self, facts[task.id]),
            **note_text.user_values(connector.crm_user_key, connector.crm_user),
            "Type": "atNote",
            connector.note_mark_field: task.mark,
        }
