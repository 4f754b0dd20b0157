from odoo import models

from ..models.mailing_gone import GONE


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _process_mail_values_state(self, mail_values_dict):
        """Cancel the gone ones before the others are looked at: a twin with the same
        address is not to be taken for a duplicate of somebody who gets no mail."""
        if not self.mass_mailing_id or self.composition_mode != "mass_mail":
            return super()._process_mail_values_state(mail_values_dict)
        gone = self.mass_mailing_id.sudo()._infor_gone_among(mail_values_dict)
        others = {i: v for i, v in mail_values_dict.items() if i not in gone}
        super()._process_mail_values_state(others)
        for res_id in gone:
            mail_values_dict[res_id].update(
                {"state": "cancel", "failure_type": GONE, "is_notification": False}
            )
        return mail_values_dict
