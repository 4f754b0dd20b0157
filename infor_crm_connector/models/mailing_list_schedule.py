from odoo import models


class MailingListSchedule(models.Model):
    """An archived list rests: its schedule does not count until it comes back."""

    _inherit = "mailing.list"

    def write(self, vals):
        if "active" not in vals:
            return super().write(vals)
        moved = self.filtered(lambda lst: lst.active != bool(vals["active"]))
        result = super().write(vals)
        syncs = moved.sudo().infor_sync_ids.filtered("scheduled")
        if vals["active"]:
            syncs._check_max_scheduled()
        syncs._set_next_run()
        return result
