from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.infor_crm_question import TYPES


class InforCrmQuestionAnswer(models.TransientModel):
    """Answers one or many questions of one type.

    A type has its choices in a field of its own, ``decision_<type>``.
    """

    _name = "infor.crm.question.answer"
    _description = "Infor CRM Question: Answer"

    question_ids = fields.Many2many("infor.crm.question", required=True)
    question_count = fields.Integer(compute="_compute_question")
    question_type = fields.Selection(TYPES, compute="_compute_question")
    sentence = fields.Char(compute="_compute_question")
    opens = fields.Boolean(compute="_compute_opens")
    decision_match = fields.Selection(
        [
            ("recent", "Link with the record that was changed last"),
            ("oldest", "Link with the oldest record"),
            ("new", "Create a new lead"),
            ("none", "None of them: leave the person unlinked"),
        ],
        "What is to be done",
    )
    decision_clear_do_not_email = fields.Selection(
        [
            ("clear", "Clear it in Infor CRM, too: both sides may e-mail again"),
            ("keep", "Leave it: Odoo e-mails again, Infor CRM keeps its mark"),
            ("opt_out", "No e-mail from either side: back on Odoo's blacklist"),
        ],
        "What is to be done about the mark",
    )
    decision_lift_blacklist = fields.Selection(
        [
            ("lift", "Lift it in Odoo, too: both sides may e-mail again"),
            ("keep", "Leave it: Odoo does not e-mail, Infor CRM may"),
            ("opt_out", "No e-mail from either side: mark it in Infor CRM again"),
        ],
        "What is to be done about the blacklist",
    )
    decision_conversion = fields.Selection(
        [
            ("recent", "It is the contact that was changed last"),
            ("none", "None of them: the person is gone from Infor CRM"),
        ],
        "What became of the lead",
    )
    reason = fields.Char()

    @api.depends("question_ids")
    def _compute_question(self):
        for answer in self:
            answer.question_count = len(answer.question_ids)
            answer.question_type = answer.question_ids[:1].type
            single = answer.question_ids if answer.question_count == 1 else False
            answer.sentence = single.sentence if single else False

    @api.depends(
        "question_ids",
        "decision_match",
        "decision_clear_do_not_email",
        "decision_lift_blacklist",
        "decision_conversion",
    )
    def _compute_opens(self):
        for answer in self:
            code = answer._decision()
            choices = answer.question_ids[:1]
            answer.opens = bool(choices) and any(
                choice.opens
                for choice in choices._of_type("decisions")
                if choice.code == code
            )

    def _decision(self):
        return self.question_type and self[f"decision_{self.question_type}"]

    def action_apply(self):
        self.ensure_one()
        code = self._decision()
        if not code or len(set(self.question_ids.mapped("type"))) != 1:
            raise UserError(self.env._("Please choose what is to be done."))
        for question in self.question_ids.filtered(lambda q: q.state == "open"):
            if code in ("recent", "oldest"):
                question._decide("record", question._card_by(code), self.reason)
            else:
                question._decide(code, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
