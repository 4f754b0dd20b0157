from odoo import fields, models


class InforCrmChoice(models.Model):
    """A record of the CRM one may choose by name: an owner, a user, a lead source."""

    _name = "infor.crm.choice"
    _description = "Infor CRM Choice"
    _order = "subject, name, id"

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    subject = fields.Selection(
        [("owner", "Owner"), ("user", "User"), ("lead_source", "Lead source")],
        required=True,
    )
    key = fields.Char(required=True)
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _key_unique = models.UniqueIndex(
        "(connector_id, subject, key)", "This choice is known already."
    )
