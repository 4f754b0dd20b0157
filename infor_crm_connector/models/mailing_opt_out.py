"""A person who opted out is reached by no mailing.

Odoo leaves three holes. A mailing on a *segment* (mailing contacts with a filter) or on
contacts never looks at list opt-outs. On lists, an opt-out is overruled when the same
address is opted in on another targeted list, or through a second contact. And of a
contact with several addresses only the first is held back.

The rule here: an opt-out from a list counts for every mailing aimed at that list. A
mailing that names no list may reach people of any of them, so every opt-out counts.

Who refuses e-mail in Infor CRM is held back from all of them, wherever the person is
found in Odoo and whatever the address is there by now.
"""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize_all

from odoo.addons.mass_mailing.models.mailing_list import (
    MailingList as OdooMailingList,
)

from ..tools.people import refused_addresses

LIST_PATHS = ("list_ids", "list_ids.id", "subscription_ids.list_id")


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    def _infor_opted_out_emails(self, list_ids=None):
        """Normalized addresses opted out of one of these lists (None: of any at all).

        One query, because the composer asks again for every 50 recipients. Whoever was
        taken off a list after opting out, and put on it anew, has still opted out; the
        next sync says so in the new subscription.
        """
        self.flush_model(["opt_out", "list_id", "contact_id"])
        self.env["mailing.contact"].flush_model(["email", "email_normalized"])
        which = SQL("AND s.list_id = ANY(%s)", list(list_ids)) if list_ids else SQL()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT c.email_normalized,
                          CASE WHEN c.email ~ '[,;].*@' THEN c.email END
                     FROM mailing_subscription s
                     JOIN mailing_contact c ON c.id = s.contact_id
                    WHERE s.opt_out AND c.email_normalized IS NOT NULL %(which)s
                    UNION
                   SELECT c.email_normalized,
                          CASE WHEN c.email ~ '[,;].*@' THEN c.email END
                     FROM infor_crm_list_member m
                     JOIN infor_crm_list_sync l ON l.id = m.list_sync_id
                     JOIN infor_crm_binding b
                       ON b.id = m.binding_id AND b.odoo_model = 'mailing.contact'
                     JOIN mailing_subscription s
                       ON s.list_id = l.list_id AND s.contact_id = b.res_id
                      AND s.id IS DISTINCT FROM m.subscription
                     JOIN mailing_contact c ON c.id = b.res_id
                    WHERE m.opt_out AND c.email_normalized IS NOT NULL %(which)s""",
                which=which,
            )
        )
        emails = {normalized for normalized, _several in rows}
        for _normalized, several in rows:
            emails.update(email_normalize_all(several) if several else ())
        return emails


class MailingList(models.Model):
    _inherit = "mailing.list"

    def _mailing_get_opt_out_list(self, mailing):
        """Odoo's own answer is part of ours, and is not asked for: it reads every
        subscription of the lists for each 50 recipients (0.7 s for 19,000 members,
        which is hours for 200,000). What another addon adds to it counts."""
        lists = self or mailing.contact_list_ids
        emails = self.env["mailing.subscription"]._infor_opted_out_emails(lists.ids)
        emails |= refused_addresses(self.env)
        before = super()._mailing_get_opt_out_list
        if before.__func__ is not OdooMailingList._mailing_get_opt_out_list:
            emails |= set(before(mailing))
        return emails


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    def _mailing_get_opt_out_list(self, mailing):
        list_ids = _lists_named_by(Domain(mailing._parse_mailing_domain()))
        return (
            _other_opt_outs(super(), mailing)
            | self.env["mailing.subscription"]._infor_opted_out_emails(list_ids)
            | refused_addresses(self.env)
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _mailing_get_opt_out_list(self, mailing):
        return (
            _other_opt_outs(super(), mailing)
            | self.env["mailing.subscription"]._infor_opted_out_emails()
            | refused_addresses(self.env)
        )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _mailing_get_opt_out_list(self, mailing):
        return (
            _other_opt_outs(super(), mailing)
            | self.env["mailing.subscription"]._infor_opted_out_emails()
            | refused_addresses(self.env)
        )


def _other_opt_outs(parent, mailing):
    """What another addon holds back on a model for which Odoo itself asks nobody."""
    method = getattr(parent, "_mailing_get_opt_out_list", None)
    return set(method(mailing)) if method else set()


def _lists_named_by(domain):
    """Ids of the lists to which a segment is confined; empty when it is to none.

    It is confined if nobody would be left once the conditions that name lists fail:
    then nobody enters it but through these lists.
    """
    named = set()

    def fail_if_it_names_lists(condition):
        list_ids = _list_ids_in(condition)
        named.update(list_ids)
        return Domain.FALSE if list_ids else condition

    confined = domain.map_conditions(fail_if_it_names_lists).is_false()
    return named if confined else set()


def _list_ids_in(condition):
    """The ids in ``list_ids in [1, 2]`` or ``list_ids = 1``, else nothing."""
    if condition.field_expr not in LIST_PATHS or condition.operator not in ("=", "in"):
        return set()
    value = condition.value
    ids = {value} if isinstance(value, int) else set(value or ())
    return ids if all(type(list_id) is int for list_id in ids) else set()
