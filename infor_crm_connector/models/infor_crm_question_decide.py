from datetime import datetime

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.record_form import open_record
from .infor_crm_connector import MANAGER

USER = "infor_crm_connector.group_user"
# For records that do not say when.
BEFORE, NEVER = datetime(1, 1, 1), datetime(9999, 1, 1)


class InforCrmQuestionDecide(models.Model):
    """What people do with a question."""

    _inherit = "infor.crm.question"

    def _decide(self, code, card=None, reason=None):
        """Remember what somebody decided and do what follows from it in Odoo."""
        self.check_access("read")
        reason = (reason or "").strip()
        left = self.browse()
        for question in self:
            question._check_may_decide(code, card, reason)
            left |= question.sudo()._remember(code, card, reason)
        left.connector_id._queue_answers()
        self.sudo()._tell(self.connector_id)

    def _check_may_decide(self, code, card, reason):
        choices = {choice.code: choice for choice in self._of_type("decisions")}
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only users of Infor CRM may decide this."))
        if code not in choices or (code == "record") != bool(card):
            raise UserError(self.env._("That is no answer to this question."))
        if card and (card.question_id != self or not card.key):
            raise UserError(self.env._("That is no answer to this question."))
        if not choices[code].opens:
            return
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only an administrator of Infor CRM may let somebody be e-mailed "
                    "again who refused it."
                )
            )
        if not reason:
            raise UserError(self.env._("Please give the reason."))

    def _remember(self, code, card, reason):
        """Returns itself when a run has to go on, else nothing."""
        self.ensure_one()
        self.lock_for_update()
        if self.state != "open":
            raise UserError(
                self.env._(
                    "“%s” is decided already, or no question any longer.",
                    self.display_name,
                )
            )
        self.write(
            {
                "state": "decided",
                "decision": code,
                "decision_kind": card.kind if card else False,
                "decision_key": card.key if card else False,
                "reason": reason or False,
                "decided_uid": self.env.user.id,
                "decided_at": fields.Datetime.now(),
                "problem": False,
            }
        )
        self.to_do = bool(self._of_type("apply"))
        self._log_decision(card)
        return self if self.to_do else self.browse()

    def _log_decision(self, card):
        words = dict(self._fields["decision"]._description_selection(self.env))
        lines = [words[self.decision]]
        if card:
            lines.append(f"{card.title}: {card.name or ''} ({card.key})")
        if self.reason:
            lines.append(self.env._("Reason: %s", self.reason))
        body = Markup("<br/>").join(lines)
        self._message_log(body=body, author_id=self.env.user.partner_id.id)

    def action_decide(self):
        """Decide what the button's context says; asks for a reason where one is due."""
        code = self.env.context.get("decision")
        if any(c.opens for c in self._of_type("decisions") if c.code == code):
            return self.action_open_wizard()
        self._decide(code)
        return True

    def action_open_wizard(self):
        """Answer one or many questions of one type."""
        if len(set(self.mapped("type"))) > 1:
            raise UserError(
                self.env._("Please choose questions of one type to answer together.")
            )
        code = self.env.context.get("decision")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "infor.crm.question.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_question_ids": self.ids,
                **({f"default_decision_{self[:1].type}": code} if code else {}),
            },
        }

    def _card_by(self, rule):
        """The card of the record changed last (``recent``), or created first."""
        self.ensure_one()
        cards = self.card_ids.filtered("key")
        if rule == "oldest":
            return cards.sorted(
                lambda c: (c.created_at or c.modified_at or NEVER, c.id)
            )[:1]
        return cards.sorted(lambda c: (c.modified_at or BEFORE, c.id))[-1:]

    def action_reopen(self):
        """Ask again; what was decided stays in the log."""
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only an administrator of Infor CRM may reopen a question.")
            )
        for question in self.sudo().filtered(lambda q: q.state != "open"):
            question._open({"cards": question.cards or []})
            body = self.env._("Reopened.")
            question._message_log(body=body, author_id=self.env.user.partner_id.id)
        self.sudo()._tell(self.connector_id)
        return True

    def action_open_person(self):
        self.ensure_one()
        return open_record(self.odoo_model, self.res_id)
