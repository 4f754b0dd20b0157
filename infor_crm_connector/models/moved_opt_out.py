"""Whoever is linked and must not be mailed takes that along to a new address, in the
transaction that gives it: no mailing gets in between.

Nothing happens unless an address is written.
"""

from odoo import models

from ..tools.moved_opt_out import refuse_new_addresses, refused_among


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    def write(self, vals):
        refused = refused_among(self) if "email" in vals else {}
        result = super().write(vals)
        if refused:
            refuse_new_addresses(self, refused)
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        refused = refused_among(self) if "email" in vals else {}
        result = super().write(vals)
        if refused:
            refuse_new_addresses(self, refused)
        return result


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def write(self, vals):
        refused = refused_among(self) if "email_from" in vals else {}
        result = super().write(vals)
        if refused:
            refuse_new_addresses(self, refused)
        return result
