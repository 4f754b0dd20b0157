from odoo import api, fields, models

from ..exceptions import ConnectorStopped
from ..tools import log_mask, secret_box
from .infor_crm_connector import MANAGER

log_mask.install()


class InforCrmConnectorSecret(models.Model):
    """The password: written by administrators, read by nobody but :meth:`_password`."""

    _inherit = "infor.crm.connector"

    # NO_ACCESS: not even an administrator reads, exports or searches it by RPC
    password_encrypted = fields.Char(
        copy=False, groups=fields.NO_ACCESS, prefetch=False, exportable=False
    )
    password = fields.Char(
        compute="_compute_password",
        inverse="_inverse_password",
        copy=False,
        exportable=False,
        groups=MANAGER,
        help="Can be replaced, never read back. Leave it empty when the login has no "
        "password, which Infor CRM allows.",
    )
    has_password = fields.Boolean(compute="_compute_password", groups=MANAGER)

    @api.depends("password_encrypted")
    def _compute_password(self):
        for connector in self:
            connector.password = False
            connector.has_password = bool(connector.sudo().password_encrypted)

    def _inverse_password(self):
        for connector in self:
            # an untouched, empty field means "as it was", see action_blank_password
            if connector.password:
                connector._set_password(connector.password)

    def _set_password(self, text):
        """Store the password of the login; blank is legal in Infor CRM."""
        for connector in self.sudo():
            token = secret_box.encrypt(self.env, text) if text else False
            connector.password_encrypted = token
        # what was typed must not wait in the cache for the next reader
        self.invalidate_recordset(["password", "has_password"])

    def _password(self):
        """The password itself; ConnectorStopped when it cannot be decrypted here."""
        self.ensure_one()
        token = self.sudo().password_encrypted
        if not token:
            return ""
        try:
            return secret_box.decrypt(self.env, token)
        except secret_box.CannotDecrypt:
            raise ConnectorStopped(self.id, "secret") from None

    def action_blank_password(self):
        """Forget the stored password: the login has a blank one."""
        self.check_access("write")
        known = self.filtered("has_password")
        known._set_password("")
        known.filtered(lambda c: c.mode != "draft")._turn_red({"error": "Changed"})
