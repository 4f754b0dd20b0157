from odoo import models
from odoo.tools import SQL

from ..tools.consent import impose_opt_outs

_REFUSED = """
    SELECT c.id, c.email_normalized FROM mailing_contact c
     WHERE c.id = ANY(%s)
       AND EXISTS (SELECT FROM mail_blacklist l
                    WHERE l.email = c.email_normalized AND l.active)
       AND EXISTS (SELECT FROM infor_crm_binding b
                    WHERE b.res_id = c.id AND b.odoo_model = 'mailing.contact')"""


class MailingContactConsent(models.Model):
    """Whoever is linked and must not be mailed takes that along to a new address, in
    the transaction that gives it: no mailing gets in between."""

    _inherit = "mailing.contact"

    def write(self, vals):
        refused = self._infor_refused() if "email" in vals else {}
        result = super().write(vals)
        if refused:
            self._infor_refuse_new_addresses(refused)
        return result

    def _infor_refused(self):
        """{id: address} of those who are linked and blacklisted."""
        self.flush_recordset(["email_normalized"])
        self.env["mail.blacklist"].flush_model(["email", "active"])
        return dict(self.env.execute_query(SQL(_REFUSED, self.ids)))

    def _infor_refuse_new_addresses(self, refused):
        people = self.browse(refused)
        moved = [p for p in people if p.email_normalized != refused[p.id]]
        entries = {p.email_normalized: ("impose", None) for p in moved}
        entries.pop(False, None)
        reason = self.env._("The opt-out of this person, whose address changed.")
        impose_opt_outs(self.env, entries, reason)
