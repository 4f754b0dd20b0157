from odoo import models


class InforCrmBinding(models.Model):
    _inherit = "infor.crm.binding"

    # a note for a lead that became a contact looks its contact up
    _converted_idx = models.Index(
        "(connector_id, converted_from) WHERE converted_from IS NOT NULL"
    )
