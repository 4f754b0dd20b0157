from odoo import models

from ..tools.flag_writer import Sent
from .infor_crm_worker import RunLost

CHUNK = 20


class InforCrmWorkerQuestions(models.AbstractModel):
    """Tells Infor CRM what people decided in the inbox.

    The run's cursor is the last question tried: what is refused waits for the next run.
    """

    _inherit = "infor.crm.worker"

    def _slice_answers(self, run, lane, client, end):
        while True:
            questions = self._next_answers(run)
            if not questions:
                run._leave(lane, "done", attempts=0)
                return
            writes = {q.id: q._of_type("writes") for q in questions}
            # no transaction is open while we wait for the CRM
            self.env["ir.cron"]._commit_progress()
            sent = Sent(client, [key for one in writes.values() for key in one])
            sent.put({k: v for one in writes.values() for k, v in one.items()})
            self._serialized(
                lambda questions=questions, writes=writes, sent=sent: (
                    self._keep_answers(run, lane, questions, writes, sent)
                )
            )
            if self._time_over(end) or self._interrupted(run, lane):
                return

    def _next_answers(self, run):
        last = (run.cursor or {}).get("last_id", 0)
        to_do = self.env["infor.crm.question"]._to_perform(run.connector_id)
        return to_do.filtered(lambda q: q.id > last)[:CHUNK]

    def _keep_answers(self, run, lane, questions, writes, sent):
        counts = {"push_selected": 0, "push_updated": 0, "push_failed": 0}
        for question in questions.exists().filtered("to_do"):
            mine = writes[question.id]
            question._of_type("written", {k: sent.after[k] for k in mine if k in sent})
            failed = [key for key in mine if key in sent.errors]
            if failed:
                question._refused(run.connector_id._sentence(sent.errors[failed[0]]))
            else:
                question._performed()
            counts["push_selected"] += len(mine)
            counts["push_failed"] += len(failed)
            counts["push_updated"] += len([key for key in mine if key in sent])
            self._note_answers(run, question, mine, sent)
        counts["push_skipped"] = (
            counts["push_selected"] - counts["push_updated"] - counts["push_failed"]
        )
        cursor = {**(run.cursor or {}), "last_id": max(questions.ids)}
        if not run._add(lane, counts, cursor=cursor, calls=sent.calls):
            raise RunLost

    def _note_answers(self, run, question, keys, sent):
        """An outcome for each record, with Infor CRM's own words where it refused."""
        rows = []
        for kind, key in keys:
            error = sent.errors.get((kind, key))
            status = "failed" if error else "updated"
            reason = "decided" if (kind, key) in sent else "gone"
            values = {
                "run_id": run.id,
                "kind": kind,
                "key": key,
                "name": question.name or question.address or question.subject_key,
                "direction": "to_infor",
                "status": status if error or (kind, key) in sent else "skipped",
                "reason": "not_told" if error else reason,
                "detail": question.sentence,
                "odoo_model": question.odoo_model,
                "res_id": question.res_id,
            }
            if error:
                values["detail"] = run.connector_id._sentence(error)
                values["crm_message"] = error.diagnosis
            rows.append(values)
        self.env["infor.crm.sync.outcome"].create(rows)
