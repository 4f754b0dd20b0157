from odoo import fields, models

ACTIONS = [
    ("stop", "Stop"),
    ("pause", "Pause"),
    ("resume", "Resume"),
    ("retry", "Look again"),
    ("now", "Run now"),
]


class InforCrmRunSignal(models.Model):
    """What somebody wants a run to do.

    An inserted row, not a field of the run: people and lanes must never write the same
    row, or the lane's transaction would fail. Lanes read it between batches.
    """

    _name = "infor.crm.run.signal"
    _description = "Infor CRM Run Signal"
    _order = "id"

    run_id = fields.Many2one(
        "infor.crm.sync.run", required=True, ondelete="cascade", index=True
    )
    action = fields.Selection(ACTIONS, required=True)
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user)
