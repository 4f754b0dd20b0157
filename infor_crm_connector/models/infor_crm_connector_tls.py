import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import certificates
from .infor_crm_connector import MANAGER


class InforCrmConnectorTls(models.Model):
    """The certificate of an authority of one's own."""

    _inherit = "infor.crm.connector"

    ca_upload = fields.Binary(
        "Own authority",
        compute="_compute_ca_upload",
        inverse="_inverse_ca_upload",
        exportable=False,
        groups=MANAGER,
        help="Certificate file (.pem, .crt or .cer) of the authority that signed your "
        "server's certificate. Only needed when your company has one of its own.",
    )
    ca_subject = fields.Char(
        "Trusted authority", compute="_compute_ca_upload", groups=MANAGER
    )

    @api.depends("ca_certificate")
    def _compute_ca_upload(self):
        for connector in self:
            pem = connector.ca_certificate
            connector.ca_upload = pem and base64.b64encode(pem.encode())
            connector.ca_subject = pem and certificates.subjects(pem)

    def _inverse_ca_upload(self):
        for connector in self:
            connector.ca_certificate = self._pem_of(connector.ca_upload)

    def _pem_of(self, upload):
        if not upload:
            return False
        try:
            return certificates.to_pem(base64.b64decode(upload))
        except (ValueError, binascii.Error) as error:
            raise ValidationError(
                self.env._(
                    "This file holds no certificate. Choose the certificate of your "
                    "authority as a .pem, .crt or .cer file, without a private key."
                )
            ) from error
