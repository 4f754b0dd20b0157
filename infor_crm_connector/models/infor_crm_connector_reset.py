from odoo import models

# What a disconnected connector does not know any more.
FORGOTTEN = (
    "base_url",
    "login",
    "ca_certificate",
    "crm_user",
    "crm_user_key",
    "generation",
    "lead_count",
    "contact_count",
    "account_count",
    "clock_skew",
    "check_result",
    "check_date",
    "database_fingerprint",
    "sharing_confirmed",
)


class InforCrmConnectorReset(models.Model):
    """Reset Connector: the end of a connection. Nothing is deleted in Infor CRM."""

    _inherit = "infor.crm.connector"

    def action_reset(self):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reset Connector"),
            "res_model": "infor.crm.reset",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connector_id": self.id},
        }

    def _reset_summary(self, keep_links):
        """What a reset touches, for people: [{"label", "count", "fate"}]; rows with
        a count of 0 are not shown.

        ``keep_links``: links and imported lists stay. For others to extend.
        """
        self.ensure_one()
        mapping = len(self.sudo().mapping_ids)
        return [
            {
                "label": self.env._("Login"),
                "count": "",
                "fate": self.env._("User name and password are erased."),
            },
            {
                "label": self.env._("Field mapping"),
                "count": mapping,
                "fate": self.env._("Kept, in case you connect again."),
            },
        ]

    def _reset_execute(self, keep_links):
        """Disconnect. For others to extend; call super last, it ends all calls."""
        self.ensure_one()
        connector = self.sudo()
        connector._set_password("")
        connector.write({"mode": "draft", **dict.fromkeys(FORGOTTEN, False)})
        connector.activity_unlink(["mail.mail_activity_data_warning"])
        connector._message_log(body=self.env._("Connector reset."))
