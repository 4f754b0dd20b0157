from odoo import api, fields, models

from .infor_crm_list_sync_setup import USER


class MailingFilter(models.Model):
    """Segments: what they show of being pushed."""

    _name = "mailing.filter"
    _inherit = ["mailing.filter", "infor.crm.progress"]

    infor_sync_ids = fields.One2many(
        "infor.crm.list.sync",
        "filter_id",
        "Infor CRM",
        groups=USER,
        exportable=False,
    )
    infor_import = fields.Json(
        "Push to Infor CRM",
        compute="_compute_infor_import",
        compute_sudo=True,
        exportable=False,
    )
    infor_run_count = fields.Integer(compute="_compute_infor_run_count", groups=USER)

    @api.depends("infor_sync_ids.run_ids")
    @api.depends_context("lang", "tz", "uid")
    def _compute_infor_import(self):
        shown = self._infor_shown("filter_id")
        for segment in self:
            segment.infor_import = shown.get(segment.id)

    @api.depends("infor_sync_ids.run_ids")
    def _compute_infor_run_count(self):
        for segment in self:
            segment.infor_run_count = len(segment.infor_sync_ids.run_ids)

    def write(self, vals):
        """Whoever is in the segment from now on may move more than before."""
        result = super().write(vals)
        if "mailing_domain" in vals:
            self.sudo().infor_sync_ids._look_again(push=True)
        return result

    def action_infor_push(self):
        """*Push to Infor CRM*."""
        self.ensure_one()
        return self.env["infor.crm.list.setup"]._open(filter_id=self.id)
