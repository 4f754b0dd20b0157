"""Whoever is linked and must not be mailed takes that along to a new address, in the
transaction that gives it: no mailing gets in between.

Nothing happens unless an address is written.
"""

from odoo import models

from ..tools.moved_opt_out import refused_follow


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    def write(self, vals):
        with refused_follow(self, vals, "email"):
            return super().write(vals)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        with refused_follow(self, vals, "email"):
            return super().write(vals)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def write(self, vals):
        with refused_follow(self, vals, "email_from"):
            return super().write(vals)
