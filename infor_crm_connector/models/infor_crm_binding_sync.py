from odoo import fields, models


class InforCrmBindingSync(models.Model):
    """What a sync remembers of a link besides the agreed values."""

    _inherit = "infor.crm.binding"

    consent_address = fields.Char(
        help="The address whose blacklisting both sides last agreed on. Another one "
        "now means that the person moved, not that somebody lifted the opt-out."
    )
    opt_out_due = fields.Boolean(help="Infor CRM is still to be told of the opt-out.")
    # {"left": …, "before": …}: ModifyDate (UTC) as our own opt-out left it, and as it
    # was before; no change of anybody's that could win over one in Odoo
    echo = fields.Json()

    # leads that became contacts, whose values were not read since
    _unread_idx = models.Index(
        "(connector_id) WHERE converted_from IS NOT NULL AND crm_modified IS NULL"
    )
    _opt_out_due_idx = models.Index("(connector_id, id) WHERE opt_out_due")
