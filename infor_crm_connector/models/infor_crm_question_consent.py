from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from .infor_crm_question import Choice


class InforCrmQuestionConsent(models.Model):
    """``consent``: somebody who had opted out consented in a form of the website.

    Anybody can type any address into a form, so nothing is lifted by it. Subject key:
    the normalised address. ``cards`` are the records that say "do not e-mail".
    """

    _inherit = "infor.crm.question"

    type = fields.Selection(
        selection_add=[("consent", "Consented in a form?")],
        ondelete={"consent": "cascade"},
    )

    @api.model
    def _ask_consent(self, connector, address, texts, card, cause):
        """``texts``: what was consented to. ``card``: the record, maybe nothing."""
        known = self._of(connector, "consent", [address])
        if known.state == "decided":
            # it was about an earlier consent
            known.write({"state": "obsolete"})
        return self._ask(
            connector,
            "consent",
            address,
            name=address,
            address=address,
            cause=f"{cause} “{'” “'.join(texts)}”",
            cards=[card] if card else [],
        )

    def _cards_consent(self, cards):
        renamed = {"created": "created_at", "modified": "modified_at"}
        return self._odoo_cards() + [
            {renamed.get(name, name): value for name, value in card.items() if value}
            for card in cards
        ]

    def _decisions_consent(self):
        return (Choice("lift", opens=True), Choice("keep"))

    def _sentence_consent(self):
        return self.env._(
            "%s consented to e-mail in a form of the website, but had opted out "
            "before. Anybody can type this address: make sure that it was this "
            "person. Lift the opt-out?",
            self.address or self.subject_key,
        )

    def _apply_consent(self):
        if self.decision != "lift":
            return False
        words = self.env._("Consented in a form. Reason: %s", self.reason or "")
        self.env["mail.blacklist"].sudo()._remove(
            self.subject_key, message=Markup("<p>%s</p>") % words
        )
        # this question was the one to ask: Infor CRM follows without a second
        twin = self._of(self.connector_id, "clear_do_not_email", [self.subject_key])
        twin.filtered(lambda q: q.state == "open").write({"state": "obsolete"})
        return bool(self._writes_consent())

    def _stale_consent(self):
        """Neither side refuses any longer."""
        return SQL(
            """NOT EXISTS (SELECT FROM mail_blacklist l
                            WHERE l.email = q.subject_key AND l.active)
               AND COALESCE(jsonb_array_length(q.cards), 0) = 0
               AND NOT %s""",
            self._some_link_at(SQL("b.opted_out AND b.consent_lifted IS NOT TRUE")),
        )

    def _writes_consent(self):
        """Nothing for somebody who opted out again since."""
        if self.env["mail.blacklist"].search_count([("email", "=", self.subject_key)]):
            return {}
        links = self._links(SQL("b.opted_out AND b.gone_since IS NULL"))
        places = {(link.kind, link.key) for link in links}
        places |= {(card["kind"], card["key"]) for card in self.cards or []}
        return {place: {"DoNotEmail": False} for place in sorted(places)}

    def _written_consent(self, after):
        self._keep_flags(after, blacklisted=False)
