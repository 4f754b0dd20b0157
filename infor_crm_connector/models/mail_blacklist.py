from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize, html2plaintext

from ..tools.people import bindings_at
from .infor_crm_connector import MANAGER

# Given to _remove(), which no client can call: what comes in the context of a request
# could be forged.
REASONS = "infor_crm_lift_reasons"
STANDING = SQL("b.opted_out AND b.consent_lifted IS NOT TRUE")
LIFTED = SQL("b.consent_lifted")


class MailBlacklist(models.Model):
    """Lifting what Infor CRM imposed, and opting out again.

    Only the person, on the preferences page of a mailing, or an administrator of
    Infor CRM with a reason may let somebody be mailed whom Infor CRM says not to
    e-mail. Infor CRM's own flag is then asked about in the inbox, and not imposed
    again meanwhile.
    """

    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        lifted = {
            email_normalize(vals.get("email"))
            for vals in vals_list
            if not vals.get("active", True)
        }
        self._infor_check_lifting(lifted)
        entries = super().create(vals_list)
        # those that were there already come back as they were
        off = entries.filtered(lambda e: not e.active and e.email in lifted)
        self._infor_lifted(off.mapped("email"))
        self._infor_opted_out_again(entries.filtered("active").mapped("email"))
        return entries

    def write(self, vals):
        lifted = self._infor_lifted_by(vals)
        self._infor_check_lifting(lifted)
        result = super().write(vals)
        self._infor_lifted(lifted)
        if vals.get("active") or "email" in vals:
            self._infor_opted_out_again(self.filtered("active").mapped("email"))
        return result

    def unlink(self):
        lifted = set(self.filtered("active").mapped("email"))
        self._infor_check_lifting(lifted)
        result = super().unlink()
        self._infor_lifted(lifted)
        return result

    def _remove(self, email, message=None):
        if message:
            reasons = self.env.cr.precommit.data.setdefault(REASONS, {})
            reasons[email_normalize(email)] = message
        try:
            return super()._remove(email, message=message)
        finally:
            self.env.cr.precommit.data.pop(REASONS, None)

    def _infor_lifted_by(self, vals):
        """Addresses that may be mailed once these values are written."""
        was = self.filtered("active")
        if "active" in vals and not vals["active"]:
            return set(was.mapped("email"))
        if "email" in vals:
            return set(was.mapped("email")) - {email_normalize(vals["email"])}
        return set()

    def _infor_check_lifting(self, addresses):
        """Refuse users who may not lift what Infor CRM imposed.

        Superuser mode is the server's own code: the preferences page, which knows
        the person by the mailing's link or by the login.
        """
        if self.env.su or not addresses:
            return
        imposed = self._infor_imposed(addresses)
        if not imposed:
            return
        names = ", ".join(sorted(imposed))
        if not self.env.user.has_group(MANAGER):
            raise UserError(
                self.env._(
                    "Infor CRM says not to e-mail %s. Only the person, with the "
                    "preferences link in each mailing, or an administrator of Infor "
                    "CRM may lift that.",
                    names,
                )
            )
        reasons = self.env.cr.precommit.data.get(REASONS, {})
        if imposed - {address for address, reason in reasons.items() if reason}:
            raise UserError(
                self.env._(
                    "Infor CRM says not to e-mail %s. Please give a reason for lifting "
                    "that: click “Unblacklist” on the entry of the blacklist.",
                    names,
                )
            )

    def _infor_imposed(self, addresses):
        """Those of the addresses that an opt-out of Infor CRM stands for."""
        return {a for a in addresses if bindings_at(self.env, [a], STANDING)}

    # --- what follows -----------------------------------------------------------------

    def _infor_lifted(self, addresses):
        """Mark the links of these people, and ask whether Infor CRM is to follow."""
        self = self.sudo()
        for address in addresses:
            found = bindings_at(self.env, [address], STANDING)
            if not found:
                continue
            links = self.env["infor.crm.binding"].browse(found)
            self._infor_mark(links, True)
            self.env["infor.crm.question"]._forget_lifting([address])
            for connector in links.connector_id:
                own = links.filtered(lambda b, c=connector: b.connector_id == c)
                self.env["infor.crm.question"]._ask(
                    connector,
                    "clear_do_not_email",
                    address,
                    address=address,
                    binding_id=own[:1].id,
                    cause=self._infor_cause(address),
                )

    def _infor_opted_out_again(self, addresses):
        if not addresses:
            return
        self = self.sudo()
        found = bindings_at(self.env, addresses, LIFTED)
        if found:
            self._infor_mark(self.env["infor.crm.binding"].browse(found), False)
            self.env["infor.crm.question"]._forget_lifting(addresses)

    def _infor_mark(self, links, lifted):
        # links are written by statements, also by lanes: nothing else may move
        links.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE infor_crm_binding SET consent_lifted = %s WHERE id = ANY(%s)",
                lifted,
                links.ids,
            )
        )
        links.invalidate_recordset(["consent_lifted"])

    def _infor_cause(self, address):
        """Who lifted it and why; when is the question's own date."""
        user = self.env.user
        if user._is_public() or user.email_normalized == address:
            return self.env._("Lifted by the person, on the preferences page.")
        reason = self.env.cr.precommit.data.get(REASONS, {}).get(address)
        if not reason:
            return self.env._("Lifted in Odoo by %s.", user.name)
        return self.env._(
            "Lifted in Odoo by %(name)s. %(reason)s",
            name=user.name,
            reason=html2plaintext(reason),
        )
