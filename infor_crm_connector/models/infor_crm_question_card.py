from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..const import KINDS

FACTS = ("name", "company", "email")


class InforCrmQuestionCard(models.Model):
    """One of the records a question is about, side by side with the others."""

    _name = "infor.crm.question.card"
    _description = "Infor CRM Question: Record"
    _order = "in_odoo desc, id"
    _log_access = False

    question_id = fields.Many2one(
        "infor.crm.question", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="question_id.company_id", string="Company in Odoo"
    )
    in_odoo = fields.Boolean(help="The person in Odoo, to compare with.")
    kind = fields.Selection(KINDS)
    key = fields.Char("Infor CRM key")
    name = fields.Char()
    company = fields.Char()
    email = fields.Char()
    created_at = fields.Datetime("Created")
    modified_at = fields.Datetime("Last changed")
    # [[label, value]]: what else tells the records apart
    details = fields.Json()
    title = fields.Char(compute="_compute_title")
    facts = fields.Html(compute="_compute_facts", sanitize=False)
    url = fields.Char(compute="_compute_url")
    chosen = fields.Boolean(compute="_compute_chosen")
    question_type = fields.Selection(related="question_id.type", string="What is asked")
    question_state = fields.Selection(related="question_id.state")

    @api.depends("in_odoo", "kind")
    @api.depends_context("lang")
    def _compute_title(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for card in self:
            where = "Odoo" if card.in_odoo else "Infor CRM"
            what = self.env._("Person") if card.in_odoo else kinds.get(card.kind, "")
            card.title = f"{what}, {where}"

    @api.depends("question_id.card_ids", *FACTS, "created_at", "modified_at", "details")
    @api.depends_context("lang", "tz")
    def _compute_facts(self):
        """A small table; what differs between the records of Infor CRM is marked."""
        for card in self:
            others = card.question_id.card_ids.filtered(lambda c: not c.in_odoo)
            columns = [dict(other._rows()) for other in others]
            days = Markup().join(_row(*row, False) for row in card._days())
            rows = Markup().join(
                _row(
                    label,
                    value,
                    not card.in_odoo
                    and len({column.get(label, "") for column in columns}) > 1,
                )
                for label, value in card._rows()
            )
            card.facts = Markup(
                '<table class="table table-sm table-borderless mb-2">%s</table>'
            ) % (rows + days)

    def _rows(self):
        """[(label, value as text)] in the order in which they are shown."""
        self.ensure_one()
        rows = [(self._label(name), self[name] or "") for name in FACTS]
        return rows + [(str(label), str(value)) for label, value in self.details or []]

    def _days(self):
        """When it was made and changed: of no two records the same, so not marked."""
        days = [("created_at", self.created_at), ("modified_at", self.modified_at)]
        rows = [
            (self._label(name), format_date(self.env, at)) for name, at in days if at
        ]
        return [*rows, (self.env._("Key"), self.key)] if self.key else rows

    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.depends("kind", "key", "question_id.connector_id")
    def _compute_url(self):
        for card in self:
            connector = card.question_id.connector_id
            card.url = card.key and connector._record_url(card.kind, card.key)

    @api.depends("question_id.decision", "question_id.decision_key")
    def _compute_chosen(self):
        for card in self:
            question = card.question_id
            card.chosen = bool(card.key) and (
                (question.decision_kind, question.decision_key) == (card.kind, card.key)
            )

    def action_choose(self):
        """It is this one."""
        self.ensure_one()
        self.question_id._decide("record", card=self)
        return True

    def action_open(self):
        """The record itself: in Odoo, or in Infor CRM where its address is known."""
        self.ensure_one()
        if self.in_odoo:
            return self.question_id.action_open_person()
        if not self.url:
            return False
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}


def _row(label, value, marked):
    cell = Markup('<span class="text-bg-warning px-1 rounded">%s</span>')
    return Markup(
        '<tr><td class="text-muted ps-0 text-nowrap">%s</td><td>%s</td></tr>'
    ) % (label, cell % value if marked and value else value or "–")
