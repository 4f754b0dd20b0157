from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.conversion import convert
from ..tools.conversion_lists import follow
from ..tools.people import ADDRESS_FIELDS, bindings_at, person_addresses
from .infor_crm_question import Choice

LIFTED = SQL("b.opted_out AND b.consent_lifted")
COMPANY_FIELDS = {
    "mailing.contact": "company_name",
    "res.partner": "parent_name",
    "crm.lead": "partner_name",
}


class InforCrmQuestionTypes(models.Model):
    """The types of questions that stand. See infor.crm.question."""

    _inherit = "infor.crm.question"

    # --- match: several records of Infor CRM have the address -------------------------

    def _cards_match(self, cards):
        return self._odoo_cards() + [_row(card) for card in cards]

    def _decisions_match(self):
        return (Choice("record"), Choice("new"), Choice("none"))

    def _sentence_match(self):
        return self.env._(
            "Several records of Infor CRM have the address %(address)s. Which of them "
            "is %(name)s?",
            address=self.address or self.subject_key,
            name=self.name or self.env._("this person"),
        )

    def _apply_match(self):
        """The next push looks it up, and links or creates."""
        return False

    def _stale_match(self):
        """Linked meanwhile, or no longer a person with this address."""
        return SQL(
            """EXISTS (SELECT FROM infor_crm_binding b
                        WHERE b.res_id = q.res_id AND b.odoo_model = q.odoo_model
                          AND b.connector_id = q.connector_id
                          AND b.gone_since IS NULL)
               OR %s""",
            self._person_gone(SQL("p.email_normalized = q.subject_key")),
        )

    # --- clear_do_not_email: lifted in Odoo, the CRM's flag still stands --------------

    def _cards_clear_do_not_email(self, _cards):
        links = self._links(LIFTED)
        return self._odoo_cards(links) + [self._link_card(link) for link in links]

    def _decisions_clear_do_not_email(self):
        return (Choice("clear", opens=True), Choice("keep"), Choice("opt_out"))

    def _sentence_clear_do_not_email(self):
        return self.env._(
            "Odoo may e-mail %(address)s again. Infor CRM still says “do not e-mail”. "
            "Clear it there, too?",
            address=self.address or self.subject_key,
        )

    def _apply_clear_do_not_email(self):
        if self.decision == "opt_out":
            self._blacklist_again()
        return self.decision == "clear"

    def _blacklist_again(self):
        words = self.env._("Decided in the questions of Infor CRM.")
        self.env["mail.blacklist"].sudo()._add(
            self.subject_key, message=Markup("<p>%s</p>") % words
        )

    def _stale_clear_do_not_email(self):
        """On the blacklist again, or cleared in Infor CRM."""
        return SQL("NOT %s", self._some_link_at(LIFTED))

    def _writes_clear_do_not_email(self):
        return {
            (link.kind, link.key): {"DoNotEmail": False} for link in self._links(LIFTED)
        }

    def _written_clear_do_not_email(self, after):
        self._keep_flags(after, blacklisted=False)

    # --- lift_blacklist: the CRM's flag was cleared, Odoo still blacklists ------------

    def _cards_lift_blacklist(self, _cards):
        links = self._links(SQL("TRUE"))
        return self._odoo_cards(links) + [self._link_card(link) for link in links]

    def _decisions_lift_blacklist(self):
        return (Choice("lift", opens=True), Choice("keep"), Choice("opt_out"))

    def _sentence_lift_blacklist(self):
        return self.env._(
            "In Infor CRM %(address)s may be e-mailed again. Odoo still keeps the "
            "address on its blacklist. Lift that, too?",
            address=self.address or self.subject_key,
        )

    def _apply_lift_blacklist(self):
        if self.decision == "lift":
            words = self.env._("Cleared in Infor CRM. Reason: %s", self.reason)
            self.env["mail.blacklist"].sudo()._remove(
                self.subject_key, message=Markup("<p>%s</p>") % words
            )
        return self.decision == "opt_out"

    def _stale_lift_blacklist(self):
        """Lifted meanwhile, or set again in Infor CRM."""
        return SQL(
            """NOT EXISTS (SELECT FROM mail_blacklist l
                            WHERE l.email = q.subject_key AND l.active)
               OR %s""",
            self._some_link_at(SQL("b.opted_out AND b.consent_lifted IS NOT TRUE")),
        )

    def _writes_lift_blacklist(self):
        links = self._links(SQL("b.gone_since IS NULL"))
        return {(link.kind, link.key): {"DoNotEmail": True} for link in links}

    def _written_lift_blacklist(self, after):
        self._keep_flags(after, blacklisted=True)

    # --- conversion: a lead vanished; is it one of these contacts now? ----------------

    def _cards_conversion(self, cards):
        return self._odoo_cards() + [_row(card) for card in cards]

    def _decisions_conversion(self):
        return (Choice("record"), Choice("none"))

    def _sentence_conversion(self):
        return self.env._(
            "The lead %(name)s is gone from Infor CRM. Did it become one of these "
            "contacts?",
            name=self.name or self.subject_key,
        )

    def _apply_conversion(self):
        if self.decision != "record":
            return False
        for link in self._gone_leads():
            model, res_id = link.odoo_model, link.res_id
            if not convert(self.env, link.id, self.decision_key):
                raise UserError(
                    self.env._(
                        "That contact is linked with another person of Odoo already."
                    )
                )
            follow(self.env, self.connector_id, model, res_id, self.decision_key)
        return False

    def _gone_leads(self):
        return self.env["infor.crm.binding"].search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("kind", "=", "lead"),
                ("key", "=", self.subject_key),
                ("gone_since", "!=", False),
            ]
        )

    def _stale_conversion(self):
        """It came back, was converted meanwhile, or nobody is linked with it."""
        return SQL(
            """NOT EXISTS (SELECT FROM infor_crm_binding b
                            WHERE b.connector_id = q.connector_id AND b.kind = 'lead'
                              AND b.key = q.subject_key
                              AND b.gone_since IS NOT NULL)"""
        )

    # --- shared -----------------------------------------------------------------------

    def _links(self, condition):
        """The links of this connector with people of this address."""
        own = SQL("b.connector_id = %s AND (%s)", self.connector_id.id, condition)
        ids = bindings_at(self.env, [self.subject_key], own)
        return self.env["infor.crm.binding"].browse(sorted(ids))

    def _odoo_cards(self, links=()):
        model, res_id = self.odoo_model, self.res_id
        if not model and links:
            model, res_id = links[0].odoo_model, links[0].res_id
            self.write({"odoo_model": model, "res_id": res_id})
        if model not in COMPANY_FIELDS:
            return []
        person = self.env[model].browse(res_id).exists()
        if not person:
            return []
        if not self.name:
            self.name = person.name
        row = {
            "in_odoo": True,
            "name": person.name,
            "company": person[COMPANY_FIELDS[model]],
            "email": person[ADDRESS_FIELDS[model]],
            "created_at": person.create_date,
        }
        return [row]

    def _link_card(self, link):
        base = link.base or {}
        names = [base.get("first_name"), base.get("last_name")]
        yes, no = self.env._("yes"), self.env._("no")
        return {
            "kind": link.kind,
            "key": link.key,
            "name": base.get("name") or " ".join(filter(None, names)),
            "company": base.get("company_name") or base.get("partner_name"),
            "email": base.get("email") or base.get("email_from"),
            "created_at": link.crm_created,
            "modified_at": link.crm_modified,
            "details": [[self.env._("Do not e-mail"), yes if link.opted_out else no]],
        }

    def _some_link_at(self, condition):
        """SQL about ``q``: a link with somebody of its address meets the condition."""
        return SQL(
            """EXISTS (SELECT FROM (%s) people
                         JOIN infor_crm_binding o ON o.id = people.binding
                        WHERE people.address = q.subject_key
                          AND o.connector_id = q.connector_id)""",
            person_addresses(self.env, condition),
        )

    def _person_gone(self, still):
        """SQL about ``q``: nobody in Odoo is (any longer) whom it is about."""
        for model in ADDRESS_FIELDS:
            self.env[model].flush_model(["email_normalized"])
        known = [
            SQL(
                """(q.odoo_model = %s AND NOT EXISTS (
                        SELECT FROM %s p WHERE p.id = q.res_id AND %s))""",
                model,
                SQL.identifier(self.env[model]._table),
                still,
            )
            for model in ADDRESS_FIELDS
        ]
        return SQL("(%s)", SQL(" OR ").join(known))

    def _keep_flags(self, after, blacklisted):
        """Note what both sides hold now. ``after``: {(kind, key): the CRM's flag}"""
        for (kind, key), opted_out in after.items():
            self.env.cr.execute(
                SQL(
                    """UPDATE infor_crm_binding
                          SET opted_out = %(out)s, blacklisted = %(listed)s,
                              opt_out_due = FALSE,
                              consent_lifted = consent_lifted AND %(out)s
                        WHERE connector_id = %(connector)s AND kind = %(kind)s
                          AND key = %(key)s""",
                    out=opted_out,
                    listed=blacklisted,
                    connector=self.connector_id.id,
                    kind=kind,
                    key=key,
                )
            )
        self.env["infor.crm.binding"].invalidate_model()


def _row(card):
    """A card of ``_ask`` as values of infor.crm.question.card."""
    renamed = {"created": "created_at", "modified": "modified_at"}
    return {renamed.get(name, name): value for name, value in card.items() if value}
