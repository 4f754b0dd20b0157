from odoo import api, fields, models
from odoo.tools import SQL

USER = "infor_crm_connector.group_user"

# Gone from a CRM of which no other record of the person is left.
_GONE = """
    SELECT b.res_id, min(b.gone_since)
      FROM infor_crm_binding b
     WHERE b.odoo_model = 'mailing.contact' AND b.gone_since IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM infor_crm_binding a
            WHERE a.res_id = b.res_id AND a.odoo_model = b.odoo_model
              AND a.connector_id = b.connector_id AND a.gone_since IS NULL)
       AND %s
     GROUP BY b.res_id"""


class MailingContact(models.Model):
    """What a person is in Infor CRM."""

    _inherit = "mailing.contact"

    infor_binding_ids = fields.One2many(
        "infor.crm.binding",
        "res_id",
        "Records in Infor CRM",
        domain=[("odoo_model", "=", "mailing.contact")],
        readonly=True,
        copy=False,
        groups=USER,
    )
    infor_gone_since = fields.Datetime(
        "Gone from Infor CRM since",
        compute="_compute_infor_gone_since",
        search="_search_infor_gone_since",
    )
    infor_consent = fields.Char("E-mail", compute="_compute_infor_consent", groups=USER)

    def _compute_infor_gone_since(self):
        self.env["infor.crm.binding"].flush_model()
        rows = self.env.execute_query(SQL(_GONE, SQL("b.res_id = ANY(%s)", self.ids)))
        since = dict(rows)
        for contact in self:
            contact.infor_gone_since = since.get(contact._origin.id, False)

    @api.model
    def _search_infor_gone_since(self, operator, value):
        """Only whether somebody is gone can be asked for."""
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        self.env["infor.crm.binding"].flush_model()
        gone = SQL("(SELECT res_id FROM (%s) gone)", SQL(_GONE, SQL("TRUE")))
        return [("id", "not in", gone)]

    @api.depends("email_normalized", "infor_binding_ids")
    @api.depends_context("lang")
    def _compute_infor_consent(self):
        for contact in self:
            contact.infor_consent = contact._infor_consent_words()

    def _infor_consent_words(self):
        links = self.sudo().infor_binding_ids
        if any(link.opted_out and not link.consent_lifted for link in links):
            return self.env._("Opted out in Infor CRM: no mailing reaches this person.")
        if self.is_blacklisted:
            return self.env._("On Odoo's blacklist: no mailing reaches this person.")
        if any(link.opted_out for link in links):
            return self.env._(
                "May be mailed: lifted in Odoo, while Infor CRM still says not to."
            )
        if self.infor_gone_since:
            return self.env._(
                "Left out of mailings to lists and segments of Infor CRM: gone there."
            )
        return self.env._("May be mailed.")


class InforCrmBindingPerson(models.Model):
    """What people read about a link."""

    _inherit = "infor.crm.binding"

    url = fields.Char(compute="_compute_url")
    last_synced = fields.Datetime(compute="_compute_last_synced")

    @api.depends("connector_id", "kind", "key")
    def _compute_url(self):
        for link in self:
            link.url = link.connector_id._record_url(link.kind, link.key)

    def _compute_last_synced(self):
        """When a run of a list it belongs to last came to its end."""
        rows = self.env.execute_query(
            SQL(
                """SELECT m.binding_id, max(r.finished)
                     FROM infor_crm_list_member m
                     JOIN infor_crm_sync_run r ON r.list_sync_id = m.list_sync_id
                    WHERE m.binding_id = ANY(%s) AND r.state = 'done'
                    GROUP BY m.binding_id""",
                self.ids,
            )
        )
        last = dict(rows)
        for link in self:
            link.last_synced = last.get(link._origin.id, False)

    def action_open_in_infor(self):
        self.ensure_one()
        if not self.url:
            return False
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}
