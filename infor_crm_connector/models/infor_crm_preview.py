import base64
import re
import secrets

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import preview_clean, preview_delta

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
PATH = "/infor_crm/preview/"
MONTHS = "infor_crm_connector.preview_months"
DEFAULT_MONTHS = 24
# A mail that shares less with all frames of its mailing becomes a frame itself, such
# as the first one in another language.
WORTH_A_FRAME = 0.25
FRAMES = 8
PORTION = 10_000


class InforCrmPreview(models.Model):
    """A message as one person got it, frozen when it was sent.

    Shown to whoever has its link, which stands in the note; see ``controllers``. It
    does not need the mail, the contact or the mailing any more.
    """

    _name = "infor.crm.preview"
    _description = "Infor CRM Preview"
    _order = "id desc"
    _log_access = False

    connector_id = fields.Many2one(
        "infor.crm.connector", readonly=True, ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    mailing_id = fields.Many2one(
        "mailing.mailing", readonly=True, index="btree_not_null", ondelete="set null"
    )
    subject = fields.Char(readonly=True)
    address = fields.Char("Sent to", readonly=True)
    sent = fields.Datetime("Sent on", readonly=True, required=True)
    token = fields.Char(
        required=True, readonly=True, groups=fields.NO_ACCESS, exportable=False
    )
    frame_id = fields.Many2one(
        "infor.crm.preview.frame", readonly=True, index=True, ondelete="restrict"
    )
    delta = fields.Text(readonly=True, groups=fields.NO_ACCESS, exportable=False)
    opened = fields.Integer("Times opened", readonly=True)
    last_opened = fields.Datetime("Last opened on", readonly=True)
    revoked = fields.Boolean(readonly=True)

    _token_unique = models.UniqueIndex("(token)")

    @api.depends("subject", "address")
    def _compute_display_name(self):
        for preview in self:
            parts = (preview.subject, preview.address)
            preview.display_name = " – ".join(part for part in parts if part)

    # --- keeping --------------------------------------------------------------------

    @api.model
    def _keep(self, trace, connector, mail):
        """Freeze a captured mail (see ``mail.mail``) for the person of a trace."""
        mailing = trace.mass_mailing_id
        page = preview_clean.cleaned(
            mail["body"], mail["hosts"], mail["targets"], mail["subject"]
        )
        frame, delta = self._framed(mailing, page)
        return self.sudo().create(
            {
                "connector_id": connector.id,
                "company_id": connector.company_id.id,
                "mailing_id": mailing.id,
                "subject": mail["subject"],
                "address": trace.email,
                "sent": trace.sent_datetime,
                "token": secrets.token_urlsafe(16),
                "frame_id": frame.id,
                "delta": delta,
                "revoked": mailing.infor_previews_revoked,
            }
        )

    def _framed(self, mailing, page):
        """(frame, delta) that together make the page."""
        frames = self.env["infor.crm.preview.frame"].sudo()
        best = None
        known = frames.search(
            [("mailing_id", "=", mailing.id)], order="id desc", limit=FRAMES
        )
        for frame in known:
            delta = preview_delta.delta_of(frame._bytes(), page)
            if best is None or len(delta) < len(best[1]):
                best = frame, delta
            if len(best[1]) <= WORTH_A_FRAME * len(page) / 4:
                break
        if best and len(best[1]) <= max(WORTH_A_FRAME * len(page), 200):
            return best
        data = preview_delta.frame_of(page)
        frame = frames.create(
            {"mailing_id": mailing.id, "body": base64.b64encode(data)}
        )
        return frame, preview_delta.delta_of(data, page)

    # --- showing --------------------------------------------------------------------

    def _url(self):
        self.ensure_one()
        return f"{self.get_base_url()}{PATH}{self.sudo().token}"

    def _page(self):
        """The HTML document."""
        self.ensure_one()
        preview = self.sudo()
        return preview_delta.restored(preview.frame_id._bytes(), preview.delta)

    @api.model
    def _of_token(self, token):
        """Nothing for what no token of ours can be; the database never sees it."""
        known = _TOKEN.fullmatch(token or "")
        return self.sudo().search([("token", "=", token)]) if known else self.browse()

    def _count_opening(self):
        self.env.cr.execute(
            """UPDATE infor_crm_preview
                  SET opened = COALESCE(opened, 0) + 1,
                      last_opened = now() AT TIME ZONE 'UTC'
                WHERE id = %s""",
            [self.id],
        )
        self.invalidate_recordset(["opened", "last_opened"])

    def action_open(self):
        self.ensure_one()
        self.check_access("read")
        if self.revoked:
            raise UserError(self.env._("This preview was withdrawn."))
        return {
            "type": "ir.actions.act_url",
            "url": f"{PATH}{self.sudo().token}?mine=1",
            "target": "new",
        }

    # --- revoking and forgetting ----------------------------------------------------

    def action_revoke(self):
        self.check_access("read")
        self.sudo().revoked = True

    def action_allow(self):
        self.check_access("read")
        self.sudo().revoked = False

    @api.model
    def _months_kept(self):
        """How long previews are kept; 0: for ever."""
        months = self.env["ir.config_parameter"].sudo().get_param(MONTHS)
        try:
            return int(months) if months else DEFAULT_MONTHS
        except ValueError:
            return DEFAULT_MONTHS

    @api.model
    def _kept_since(self):
        """Older previews are forgotten; None when all are kept."""
        months = self._months_kept()
        return fields.Datetime.now() - relativedelta(months=months) if months else None

    @api.autovacuum
    def _gc_previews(self):
        before = self._kept_since()
        if not before:
            return None
        old = self.search([("sent", "<", before)], order="id", limit=PORTION)
        old.unlink()
        self.env["infor.crm.preview.frame"]._forget_unused()
        return len(old), len(old) == PORTION
