from odoo import models


class MailingMailingSegment(models.Model):
    """A favorite filter can be pushed from where its people are written to."""

    _inherit = "mailing.mailing"

    def action_infor_push_segment(self):
        self.ensure_one()
        return self.mailing_filter_id.action_infor_push()
