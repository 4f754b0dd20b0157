from odoo import fields, models


class MailingContact(models.Model):
    """Room for what the CRM knows about a person besides name and address."""

    _inherit = "mailing.contact"

    street = fields.Char()
    street2 = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    state_id = fields.Many2one(
        "res.country.state", domain="[('country_id', '=?', country_id)]"
    )
    phone = fields.Char()
    function = fields.Char("Job Position")

    # Odoo has none; an import asks for 500 addresses at a time
    _email_normalized_idx = models.Index("(email_normalized)")
