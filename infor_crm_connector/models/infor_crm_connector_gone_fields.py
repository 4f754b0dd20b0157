from markupsafe import Markup, escape

from odoo import models

from ..tools.words import word

GONE = "infor_crm_connector.mail_activity_fields_gone"


class InforCrmConnectorGoneFields(models.Model):
    """A field that vanished from the CRM suspends its mapping alone.

    Whoever is responsible is told, and once more never: one activity holds all that is
    gone now, and is closed when it is back or not mapped any more.
    """

    _inherit = "infor.crm.connector"

    def _store_offer(self, found):
        before = {connector: connector._suspended_rows() for connector in self}
        result = super()._store_offer(found)
        self.env["infor.crm.field.mapping"].invalidate_model()
        for connector, former in before.items():
            connector._compare_suspended(former)
        return result

    def _suspended_rows(self):
        self.ensure_one()
        rows = self.env["infor.crm.field.mapping"].sudo()
        found = rows.search([("connector_id", "=", self.id)])
        return found.filtered(lambda row: row.missing == "crm")

    def _compare_suspended(self, former):
        """Tell of what is newly gone; look again where something came back."""
        now = self._suspended_rows()
        back = former - now
        for kind, odoo_model in {(row.kind, row.odoo_model) for row in back}:
            self.sudo()._look_again(kind, odoo_model)
        if now - former:
            self.sudo()._tell_of_gone_fields(now)
        elif back:
            self.sudo()._close_gone_fields(now)

    def _tell_of_gone_fields(self, rows):
        self.ensure_one()
        connector = self._for_responsible()
        summary = connector.env._("%s: mapped fields are gone", self.name)
        note = connector._gone_note(rows)
        if known := connector.activity_search([GONE]):
            known.write({"summary": summary, "note": note})
        else:
            connector.activity_schedule(
                GONE, summary=summary, note=note, user_id=self._responsible().id
            )
        connector._message_log(body=note)

    def _gone_note(self, rows):
        """What is gone, what that means, and what to do."""
        rows = rows.with_env(self.env)
        names = sorted({f"{word(row, 'kind')}: {row._crm_label()}" for row in rows})
        items = Markup().join(Markup("<li>%s</li>") % name for name in names)
        return Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (
            escape(self.env._("These fields are not in Infor CRM any more:")),
            items,
            escape(
                self.env._(
                    "Their mapping rests, everything else goes on. Map another field "
                    "in Standard Field Names, or remove the mapping. If the field "
                    "comes back, its mapping goes on by itself."
                )
            ),
        )

    def _close_gone_fields(self, rows):
        """Some are back: the rest stays on the activity, which ends with the last."""
        self.ensure_one()
        connector = self._for_responsible()
        known = connector.activity_search([GONE])
        if known and rows:
            known.write({"note": connector._gone_note(rows)})
        elif known:
            words = connector.env._("All mapped fields are in Infor CRM again.")
            connector.activity_feedback([GONE], feedback=words)
