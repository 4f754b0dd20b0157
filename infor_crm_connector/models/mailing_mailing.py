from odoo import api, fields, models

from ..lib.sdata import urls

USER = "infor_crm_connector.group_user"
MAY_BE_LINKED = ("mailing.list", "mailing.contact", "res.partner", "crm.lead")


class MailingMailing(models.Model):
    """*Add a note in Infor CRM*, and what became of the notes."""

    _inherit = "mailing.mailing"

    infor_note_offered = fields.Boolean(
        compute="_compute_infor_note_offered", compute_sudo=True
    )
    # Remembered, so that only a change of the recipients changes the choice below.
    infor_linked = fields.Boolean(
        compute="_compute_infor_note",
        store=True,
        readonly=False,
        compute_sudo=True,
        help="The recipients are a list or segment that is linked with Infor CRM.",
    )
    infor_note = fields.Boolean(
        "Add a note in Infor CRM",
        compute="_compute_infor_note",
        store=True,
        readonly=False,
        compute_sudo=True,
        help="Each recipient who is a lead or contact of Infor CRM gets one note "
        "there: the message, when it was sent, and a link to it as received.",
    )
    infor_note_opens = fields.Boolean(
        "Tell of opens and clicks",
        help="The same note says later when the message was opened and clicked.",
    )
    infor_note_warning = fields.Char(
        compute="_compute_infor_note_warning", compute_sudo=True
    )
    infor_note_count = fields.Integer(
        "Notes", compute="_compute_infor_counts", compute_sudo=True, groups=USER
    )
    infor_note_waiting = fields.Integer(
        "Notes on their way",
        compute="_compute_infor_counts",
        compute_sudo=True,
        groups=USER,
    )
    infor_note_parked = fields.Integer(
        "Notes that need attention",
        compute="_compute_infor_counts",
        compute_sudo=True,
        groups=USER,
    )
    infor_preview_count = fields.Integer(
        "Previews", compute="_compute_infor_previews", compute_sudo=True, groups=USER
    )
    infor_preview_opened = fields.Integer(
        "Previews opened",
        compute="_compute_infor_previews",
        compute_sudo=True,
        groups=USER,
        help="How often the previews of this mailing were opened from Infor CRM.",
    )
    infor_previews_revoked = fields.Boolean(copy=False, readonly=True)

    @api.depends("mailing_type", "mailing_model_name")
    def _compute_infor_note_offered(self):
        connected = self._infor_connected()
        for mailing in self:
            mailing.infor_note_offered = (
                bool(connected)
                and mailing.mailing_type == "mail"
                and mailing.mailing_model_name in MAY_BE_LINKED
            )

    @api.depends(
        "mailing_type",
        "mailing_model_id",
        "contact_list_ids.infor_sync_ids",
        "mailing_filter_id",
    )
    def _compute_infor_note(self):
        """Chosen as soon as the recipients are linked; afterwards people decide."""
        for mailing in self:
            linked = mailing.mailing_type == "mail" and bool(mailing._infor_syncs())
            if linked != mailing.infor_linked:
                mailing.infor_note = linked
            else:
                mailing.infor_note = mailing.infor_note
            mailing.infor_linked = linked

    def _infor_syncs(self):
        """Set-ups of the lists, or of the segment, this mailing goes to."""
        self.ensure_one()
        syncs = self.env["infor.crm.list.sync"].sudo()
        if self.mailing_model_name == "mailing.list":
            lists = self.contact_list_ids._origin or self.contact_list_ids
            return syncs.search([("list_id", "in", lists.ids)]) if lists.ids else syncs
        chosen = self.mailing_filter_id
        return syncs.search([("filter_id", "=", chosen.id)]) if chosen else syncs

    @api.model
    def _infor_connected(self):
        return self.env["infor.crm.connector"].sudo().search([("mode", "!=", "draft")])

    def _infor_connectors(self):
        """The Infor CRMs this mailing concerns: those its recipients are linked with
        on purpose; without such a link, all that its responsible may see."""
        self.ensure_one()
        linked = self._infor_syncs().connector_id.filtered(lambda c: c.mode != "draft")
        if linked:
            return linked
        companies = self.user_id.company_ids or self.env.company
        return self._infor_connected().filtered(lambda c: c.company_id in companies)

    @api.depends("infor_note", "infor_note_offered")
    @api.depends_context("lang")
    def _compute_infor_note_warning(self):
        for mailing in self:
            wanted = mailing.infor_note and mailing.infor_note_offered
            mailing.infor_note_warning = wanted and mailing._infor_base_url_warning()

    def _infor_base_url_warning(self):
        base_url = self.env["infor.crm.preview"].get_base_url()
        try:
            host = urls.origin(base_url)[1]
        except ValueError:
            host = ""
        if host and not urls.is_loopback_name(host):
            return False
        return self.env._(
            "Links in the notes will begin with %s, which only this computer can open. "
            "Ask your administrator to set the address of Odoo (system parameter "
            "web.base.url) before you send.",
            base_url,
        )

    def _compute_infor_counts(self):
        counts = {}
        for mailing, state, count in self.env["infor.crm.outbox"]._read_group(
            [("mailing_id", "in", self.ids), ("type", "=", "note")],
            ["mailing_id", "state"],
            ["__count"],
        ):
            counts[mailing.id, state] = count
        for mailing in self:
            mailing.infor_note_count = counts.get((mailing.id, "done"), 0)
            mailing.infor_note_parked = counts.get((mailing.id, "parked"), 0)
            mailing.infor_note_waiting = sum(
                counts.get((mailing.id, state), 0)
                for state in ("waiting", "sending", "unsure")
            )

    def _compute_infor_previews(self):
        found = {
            mailing.id: (count, opened)
            for mailing, count, opened in self.env["infor.crm.preview"]._read_group(
                [("mailing_id", "in", self.ids)],
                ["mailing_id"],
                ["__count", "opened:sum"],
            )
        }
        for mailing in self:
            count, opened = found.get(mailing.id, (0, 0))
            mailing.infor_preview_count = count
            mailing.infor_preview_opened = opened

    # --- buttons --------------------------------------------------------------------

    def action_view_infor_notes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "infor_crm_connector.infor_crm_outbox_action"
        )
        return {**action, "domain": [("mailing_id", "=", self.id)], "context": {}}

    def action_view_infor_previews(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "infor_crm_connector.infor_crm_preview_action"
        )
        return {**action, "domain": [("mailing_id", "=", self.id)]}

    def action_revoke_previews(self):
        """Links in notes lead nowhere from now on, those of mails still to come too."""
        return self._infor_revoke(True)

    def action_allow_previews(self):
        return self._infor_revoke(False)

    def _infor_revoke(self, revoked):
        self.check_access("write")
        self.sudo().infor_previews_revoked = revoked
        self.env["infor.crm.preview"].sudo().search(
            [("mailing_id", "in", self.ids)]
        ).revoked = revoked
        return True
