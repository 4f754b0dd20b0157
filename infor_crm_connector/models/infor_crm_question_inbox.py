from odoo import api, fields, models
from odoo.tools import SQL

from .infor_crm_connector import MANAGER

ACTIVITY = "infor_crm_connector.mail_activity_type_question"
ACTION = "infor_crm_connector.infor_crm_question_action"

_CLOSE = """
    UPDATE infor_crm_question q SET state = 'obsolete', to_do = FALSE,
           write_date = now() AT TIME ZONE 'UTC'
     WHERE q.state = 'open' AND q.type = %(type)s AND %(whose)s AND (%(stale)s)
    RETURNING q.id"""
# Whatever was decided before holds no longer: it was about an earlier lifting.
_FORGET = """
    UPDATE infor_crm_question q SET state = 'obsolete', to_do = FALSE,
           write_date = now() AT TIME ZONE 'UTC'
     WHERE q.type = 'clear_do_not_email' AND q.subject_key = ANY(%(addresses)s)
       AND q.state <> 'obsolete' AND q.decision IS DISTINCT FROM 'opt_out'
    RETURNING q.id"""


class InforCrmQuestionInbox(models.Model):
    """The inbox: who is told, and what closes by itself."""

    _inherit = "infor.crm.question"

    @api.model
    def _close_stale(self, connector=None):
        """Close open questions with nothing left to decide; returns them.

        Called when a run ends, and daily.
        """
        self.flush_model()
        self.env["infor.crm.binding"].flush_model()
        self.env["mail.blacklist"].flush_model(["email", "active"])
        whose = SQL("q.connector_id = %s", connector.id) if connector else SQL("TRUE")
        closed = self.browse()
        for question_type in self._open_types(whose):
            stale = getattr(self, f"_stale_{question_type}")()
            rows = self.env.execute_query(
                SQL(_CLOSE, type=question_type, whose=whose, stale=stale)
            )
            closed |= self.browse([row[0] for row in rows])
        return closed._closed()

    def _open_types(self, whose):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT q.type FROM infor_crm_question q
                    WHERE q.state = 'open' AND %s""",
                whose,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _forget_lifting(self, addresses):
        """These were lifted, or opted out, anew: former questions are settled."""
        self.flush_model()
        rows = self.env.execute_query(SQL(_FORGET, addresses=list(addresses)))
        return self.browse([row[0] for row in rows])._closed()

    def _closed(self):
        if self:
            self.invalidate_recordset()
            self.sudo()._tell(self.sudo().connector_id)
        return self

    @api.autovacuum
    def _gc_stale(self):
        self._close_stale()

    # --- telling ----------------------------------------------------------------------

    def _tell(self, connectors):
        """One activity for the whole inbox, as long as something is open."""
        for connector in connectors.sudo():
            known = connector.activity_search([ACTIVITY])
            waiting = self.sudo().search_count(
                [("connector_id", "=", connector.id), ("state", "=", "open")], limit=1
            )
            if waiting and not known:
                self._schedule(connector)
            elif known and not waiting:
                known.unlink()

    def _schedule(self, connector):
        connector = connector._for_responsible()
        user = connector._responsible()
        connector.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            summary=connector.env._("Questions about people in Infor CRM"),
            note=connector.env._(
                "Only a person can decide them: Email Marketing → Infor CRM → "
                "Questions."
            ),
            user_id=user.id,
        )


class InforCrmConnectorQuestions(models.Model):
    """What a connector has to do with questions."""

    _inherit = "infor.crm.connector"

    web_client_url = fields.Char(
        "Web client",
        groups=MANAGER,
        help="Where people open Infor CRM in their browser, such as "
        "https://crm.example.com/SlxClient. Odoo then links to the records there.",
    )
    question_count = fields.Integer(compute="_compute_question_count")

    def _compute_question_count(self):
        found = self.env["infor.crm.question"]._read_group(
            [("connector_id", "in", self.ids), ("state", "=", "open")],
            ["connector_id"],
            ["__count"],
        )
        counts = {connector.id: count for connector, count in found}
        for connector in self:
            connector.question_count = counts.get(connector.id, 0)

    def action_view_questions(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(ACTION),
            "domain": [("connector_id", "=", self.id)],
        }

    def _record_url(self, kind, key):
        """Address of a record in the web client; False where that is not known."""
        base = (self.sudo().web_client_url or "").strip().rstrip("/")
        if not base.lower().startswith(("http://", "https://")) or not kind or not key:
            return False
        return f"{base}/{kind.capitalize()}.aspx?entityid={key}"

    def _queue_answers(self):
        """Have lanes tell Infor CRM what was decided, soon and at any hour."""
        Run = self.env["infor.crm.sync.run"].sudo()
        for connector in self.sudo():
            waiting = [
                ("connector_id", "=", connector.id),
                ("operation", "=", "answers"),
                ("state", "in", ("queued", "paused")),
            ]
            if not Run.search_count(waiting, limit=1):
                Run.create(
                    {
                        "connector_id": connector.id,
                        "subject": self.env._("Decisions of people"),
                        "operation": "answers",
                        "trigger": "manual",
                        "user_id": self.env.user.id,
                        "at_any_hour": True,
                    }
                )
            self.env["infor.crm.lane"]._wake()

    def _retry_answers(self):
        """What Infor CRM refused is tried again after the next run of a list."""
        if self.env["infor.crm.question"]._to_perform(self).filtered("problem"):
            self._queue_answers()


class InforCrmSyncRunQuestions(models.Model):
    _inherit = "infor.crm.sync.run"

    def _leave(self, lane, state, /, **values):
        """What a finished run settled need not be asked any longer."""
        if state == "done":
            self.env["infor.crm.question"]._close_stale(self.connector_id)
            if self.list_sync_id:
                self.connector_id._retry_answers()
        return super()._leave(lane, state, **values)
