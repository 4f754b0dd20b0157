from odoo import fields, models


class InforCrmListMember(models.Model):
    """A record that once joined an imported list.

    Whoever was removed from the list, or deleted, has a row here and no subscription:
    that is how an import knows not to bring people back.
    """

    _name = "infor.crm.list.member"
    _description = "Infor CRM List Member"
    _log_access = False

    list_sync_id = fields.Many2one(
        "infor.crm.list.sync", required=True, ondelete="cascade"
    )
    binding_id = fields.Many2one(
        "infor.crm.binding", required=True, ondelete="cascade", index=True
    )
    # without foreign key: the row must outlive the subscription
    subscription = fields.Integer("Subscription id")
    subscription_stamp = fields.Datetime()
    opt_out = fields.Boolean()

    # few of many: asked for with every 50 recipients of a mailing
    _opt_out_idx = models.Index("(list_sync_id) WHERE opt_out")
    _member_unique = models.UniqueIndex("(list_sync_id, binding_id)")
