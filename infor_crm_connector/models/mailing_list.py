from odoo import api, fields, models

from ..tools import setup_words
from .infor_crm_list_sync_setup import USER


class MailingList(models.Model):
    """What a list shows of the imports that fill it and the syncs that follow."""

    _name = "mailing.list"
    _inherit = ["mailing.list", "infor.crm.progress"]

    infor_sync_ids = fields.One2many(
        "infor.crm.list.sync", "list_id", "Infor CRM", groups=USER, exportable=False
    )
    # What the progress widget shows, in words; everybody who sees the list sees it.
    infor_import = fields.Json(
        "Infor CRM import",
        compute="_compute_infor_import",
        compute_sudo=True,
        exportable=False,
    )
    infor_source = fields.Char("Source", compute="_compute_infor_setup", groups=USER)
    infor_column_ids = fields.Many2many(
        "infor.crm.field", string="Columns", compute="_compute_infor_setup", groups=USER
    )
    infor_imported = fields.Boolean(
        compute="_compute_infor_setup",
        groups=USER,
        help="Filled from Infor CRM; into other lists nothing can be pulled.",
    )
    infor_setup_text = fields.Text(
        "What travels", compute="_compute_infor_setup", groups=USER
    )
    infor_run_count = fields.Integer(compute="_compute_infor_setup", groups=USER)

    @api.depends("infor_sync_ids")
    def _compute_infor_setup(self):
        counts = dict(
            self.env["infor.crm.sync.run"]._read_group(
                [("list_sync_id", "in", self.infor_sync_ids.ids)],
                ["list_sync_id"],
                ["__count"],
            )
        )
        for mailing_list in self:
            sync = mailing_list.infor_sync_ids[:1]
            mailing_list.infor_source = bool(sync) and self._infor_source_of(sync)
            mailing_list.infor_column_ids = sync.column_ids
            mailing_list.infor_imported = bool(sync) and not sync.push_only
            mailing_list.infor_setup_text = bool(sync) and "\n".join(
                setup_words.sentences(sync)
            )
            mailing_list.infor_run_count = counts.get(sync, 0)

    # --- progress -----------------------------------------------------------------

    @api.depends("infor_sync_ids.run_ids")
    @api.depends_context("lang", "tz", "uid")
    def _compute_infor_import(self):
        shown = self._infor_shown("list_id")
        for mailing_list in self:
            mailing_list.infor_import = shown.get(mailing_list.id)

    # --- buttons ------------------------------------------------------------------

    @api.model
    def action_infor_import(self, *_ids):
        """The wizard; called without records from the top of the lists."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "infor_crm_connector.infor_crm_import_wizard_action"
        )
        return {**action, "context": {"infor_from_lists": True}}

    def action_infor_setup(self):
        """*Infor CRM Sync Setup* of an imported list, *Push to Infor CRM* of others."""
        self.ensure_one()
        Setup = self.env["infor.crm.list.setup"]
        if sync := self.infor_sync_ids[:1]:
            return Setup._open(sync=sync)
        return Setup._open(list_id=self.id)
