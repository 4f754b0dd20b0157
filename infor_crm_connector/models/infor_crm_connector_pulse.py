from odoo import api, fields, models


class InforCrmConnectorPulse(models.Model):
    """How a connection fares, since somebody confirmed its login.

    Lanes change the newest row of a connector, each time in a transaction of a moment;
    people (Connect, Reconfirm Login, a changed password) add a row and never change
    one. So the two never write the same row, and what is learnt about a login can
    never be said of the next.
    """

    _name = "infor.crm.connector.pulse"
    _description = "Infor CRM Connection State"
    _order = "id desc"

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade", index=True
    )
    # Facts of the newest error (SDataError.facts), so that each reader gets the
    # sentence in their own language. They may name address and login.
    problem = fields.Json(groups=fields.NO_ACCESS, exportable=False)
    lasting = fields.Boolean(help="Nothing is sent until Reconfirm Login.")
    failing_since = fields.Datetime()
    failures = fields.Integer("Failed probes in a row")
    next_probe = fields.Datetime()
    red_since = fields.Datetime()
    told = fields.Boolean("The responsible user knows")
    mailed = fields.Datetime()
    # while one process finds out whether the CRM still accepts the login
    asking_until = fields.Datetime()
    fields_checked = fields.Datetime("Looked for mapped fields")

    @api.autovacuum
    def _gc_former(self):
        self.env.cr.execute(
            """DELETE FROM infor_crm_connector_pulse former
                USING infor_crm_connector_pulse newer
                WHERE newer.connector_id = former.connector_id
                  AND newer.id > former.id
                  AND former.create_date
                      < now() AT TIME ZONE 'UTC' - interval '1 day'"""
        )
