from odoo import fields, models

# Contacts before leads, then the older link; per connector.
_DIRECT = """
    SELECT DISTINCT ON (b.connector_id) b.connector_id, b.kind, b.key
      FROM infor_crm_binding b
     WHERE b.odoo_model = %(model)s AND b.res_id = %(res_id)s
       AND b.connector_id = ANY(%(connectors)s) AND b.gone_since IS NULL
       AND b.kind IN ('contact', 'lead')
     ORDER BY b.connector_id, b.kind = 'lead', b.id"""
_BY_ADDRESS = """
    SELECT DISTINCT ON (b.connector_id) b.connector_id, b.kind, b.key
      FROM mailing_contact m JOIN infor_crm_binding b
        ON b.odoo_model = 'mailing.contact' AND b.res_id = m.id
     WHERE m.email_normalized = %(email)s
       AND b.connector_id = ANY(%(connectors)s) AND b.gone_since IS NULL
       AND b.kind IN ('contact', 'lead')
     ORDER BY b.connector_id, b.kind = 'lead', b.id"""


class MailingTrace(models.Model):
    """Whom of Infor CRM a message went to, and what is told about it later."""

    _inherit = "mailing.trace"

    def _infor_targets(self):
        """[{"connector_id", "kind", "key"}]: the records that get a note, one per
        Infor CRM the mailing concerns. A contact or lead of Odoo without a link of its
        own is who the mailing contact with their address is."""
        self.ensure_one()
        connectors = self.mass_mailing_id._infor_connectors()
        if not connectors:
            return []
        self.env["infor.crm.binding"].flush_model()
        self.env["mailing.contact"].flush_model(["email_normalized"])
        values = {
            "model": self.model,
            "res_id": self.res_id,
            "email": self.email,
            "connectors": connectors.ids,
        }
        self.env.cr.execute(_DIRECT, values)
        found = self.env.cr.dictfetchall()
        if not found and self.email and self.model != "mailing.contact":
            self.env.cr.execute(_BY_ADDRESS, values)
            found = self.env.cr.dictfetchall()
        return found

    def set_bounced(self, domain=None, bounce_message=False):
        traces = super().set_bounced(domain=domain, bounce_message=bounce_message)
        at = fields.Datetime.to_string(fields.Datetime.now())
        self.env["infor.crm.outbox"]._add_note_updates(
            traces.sudo().filtered("mass_mailing_id.infor_note"), "bounced", {"at": at}
        )
        return traces

    def set_opened(self, domain=None):
        traces = super().set_opened(domain=domain)
        traces._infor_roll_up()
        return traces

    def set_clicked(self, domain=None):
        traces = super().set_clicked(domain=domain)
        traces._infor_roll_up()
        return traces

    def _infor_roll_up(self):
        wanted = self.sudo().filtered(
            lambda trace: (
                trace.mass_mailing_id.infor_note
                and trace.mass_mailing_id.infor_note_opens
            )
        )
        if wanted:
            self.env["infor.crm.outbox"]._add_note_updates(wanted, "opened")
