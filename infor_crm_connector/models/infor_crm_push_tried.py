from odoo import api, fields, models

# Rows that no push goes by any more.
FORGET = """
    DELETE FROM infor_crm_push_tried
     WHERE tried < now() AT TIME ZONE 'UTC' - interval '14 days'"""


class InforCrmPushTried(models.Model):
    """Somebody for whom a push could do nothing, for a lasting reason.

    As long as neither the person nor what the push goes by has changed, the next ones
    pass over: a list of people whom Infor CRM does not know would cost hundreds of
    requests each time. Nothing is said by a row that is missing. See tools/push_tried.
    """

    _name = "infor.crm.push.tried"
    _description = "Infor CRM People Tried in Vain"
    _log_access = False

    list_sync_id = fields.Many2one(
        "infor.crm.list.sync", required=True, ondelete="cascade"
    )
    res_id = fields.Integer("Odoo record", required=True)
    reason = fields.Char(required=True)
    address = fields.Char(index="btree_not_null")
    stamp = fields.Datetime(help="Version of the Odoo record.")
    set_up = fields.Char(help="Version of all that the push went by.")
    tried = fields.Datetime(required=True)

    _person_unique = models.UniqueIndex("(list_sync_id, res_id)")

    @api.autovacuum
    def _gc_tried(self):
        self.env.cr.execute(FORGET)
