import base64

from odoo import api, fields, models


class InforCrmPreviewFrame(models.Model):
    """What the mails of a mailing have in common; see ``tools.preview_delta``."""

    _name = "infor.crm.preview.frame"
    _description = "Infor CRM Preview Frame"
    _log_access = False

    mailing_id = fields.Many2one(
        "mailing.mailing", index="btree_not_null", ondelete="set null"
    )
    # in the row, not in a file: written in the middle of sending mails
    body = fields.Binary(
        attachment=False, required=True, groups=fields.NO_ACCESS, exportable=False
    )

    def _bytes(self):
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).body)

    @api.model
    def _forget_unused(self):
        """Frames no preview needs any more."""
        self.flush_model()
        self.env.cr.execute(
            """DELETE FROM infor_crm_preview_frame f
                WHERE NOT EXISTS (SELECT FROM infor_crm_preview p
                                   WHERE p.frame_id = f.id)"""
        )
        self.invalidate_model()
