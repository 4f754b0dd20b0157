from odoo import api, fields, models


class InforCrmQuestionAnswerConsent(models.TransientModel):
    _inherit = "infor.crm.question.answer"

    question_type = fields.Selection(
        selection_add=[("consent", "Consented in a form?")]
    )
    decision_consent = fields.Selection(
        [
            ("lift", "Lift it on both sides: it was this person who consented"),
            ("keep", "Leave it: nobody e-mails the person"),
        ],
        "What is to be done about the opt-out",
    )

    @api.depends("decision_consent")
    def _compute_opens(self):
        return super()._compute_opens()
