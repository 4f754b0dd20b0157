from odoo import fields, models

from ..const import KINDS

GONE_REASONS = [
    ("not_found", "No longer found, or hidden from the login"),
    ("deleted", "Deleted"),
]


class InforCrmBinding(models.Model):
    """A record of the CRM and the Odoo record it is, with what both last agreed on.

    Written by set-based SQL only. ``odoo_stamp`` is the ``write_date`` that the sync
    itself left behind, copied inside the database with its microseconds: a record
    whose ``write_date`` differs may have been edited since.
    """

    _name = "infor.crm.binding"
    _description = "Infor CRM Link"
    _order = "id"
    _log_access = False

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    kind = fields.Selection(KINDS, required=True)
    key = fields.Char("Infor CRM key", required=True)
    odoo_model = fields.Char(required=True)
    res_id = fields.Many2oneReference("Odoo record", model_field="odoo_model")
    base = fields.Json("Last agreed values")
    moves_values = fields.Boolean(
        default=True,
        help="Moves field values. When a mailing contact is linked to several records "
        "of Infor CRM, one of them leads: a contact before a lead, then the older one.",
    )
    made = fields.Boolean(help="The Odoo record exists only because it was imported.")
    opted_out = fields.Boolean(help="DoNotEmail or DoNotSolicit when last seen.")
    crm_created = fields.Datetime("Created in Infor CRM")
    crm_modified = fields.Datetime("Last seen change in Infor CRM")
    odoo_stamp = fields.Datetime(
        "Odoo's write date after the last sync", help="Empty: to be looked at again."
    )
    before_pull = fields.Json(
        help="Property values before the last pull: found again, they come from a form "
        "that was opened before it, not from an edit."
    )
    blacklisted = fields.Boolean(help="On Odoo's blacklist at the last agreement.")
    consent_lifted = fields.Boolean(
        help="Somebody lifted the opt-out in Odoo while Infor CRM's still stands."
    )
    gone_since = fields.Datetime("Gone from Infor CRM since")
    gone_reason = fields.Selection(GONE_REASONS)
    converted_from = fields.Char("Key of the lead it was")
    run_id = fields.Many2one(
        "infor.crm.sync.run", "Linked by", index="btree_not_null", ondelete="set null"
    )

    _record_unique = models.UniqueIndex(
        "(connector_id, kind, key, odoo_model)",
        "This record of Infor CRM is linked already.",
    )
    _res_idx = models.Index("(res_id, odoo_model)")
    # few of many: asked for with every 50 recipients of a mailing
    _opted_out_idx = models.Index("(odoo_model) WHERE opted_out")
    _lifted_idx = models.Index("(connector_id) WHERE consent_lifted")
    _gone_idx = models.Index("(connector_id) WHERE gone_since IS NOT NULL")
