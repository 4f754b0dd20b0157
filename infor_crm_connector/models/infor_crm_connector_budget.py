from odoo import fields, models


class InforCrmConnectorBudget(models.Model):
    """The request budget of a connector, shared by all servers: see
    ``tools.request_budget``, which is all that uses this table."""

    _name = "infor.crm.connector.budget"
    _description = "Infor CRM Request Budget"
    _log_access = False

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade"
    )
    full_at = fields.Float(help="When the bucket is full again: epoch seconds.")

    _connector_unique = models.Constraint("unique (connector_id)")
