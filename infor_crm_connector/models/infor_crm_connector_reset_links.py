from odoo import models
from odoo.tools import SQL

from .infor_crm_sync_run import ACTIVE

# Contacts that only the import made and nothing else uses: no other list, no other
# link, never mailed.
_ONLY_IMPORTED = """
    SELECT DISTINCT b.res_id FROM infor_crm_binding b
     WHERE b.connector_id = %(connector)s AND b.made
       AND b.odoo_model = 'mailing.contact'
       AND NOT EXISTS (
           SELECT FROM mailing_subscription s
            WHERE s.contact_id = b.res_id AND NOT s.list_id = ANY(%(lists)s))
       AND NOT EXISTS (
           SELECT FROM infor_crm_binding o
            WHERE o.odoo_model = b.odoo_model AND o.res_id = b.res_id
              AND o.connector_id <> b.connector_id)
       AND NOT EXISTS (
           SELECT FROM mailing_trace t
            WHERE t.model = 'mailing.contact' AND t.res_id = b.res_id)"""


class InforCrmConnectorResetLinks(models.Model):
    """What hangs on a connection: links, lists and runs, and what becomes of them.

    Loaded after ``_reset``, which it extends.
    """

    _inherit = "infor.crm.connector"

    def _reset_summary(self, keep_links):
        rows = super()._reset_summary(keep_links)
        links = self._reset_count("infor.crm.binding")
        rows.append(
            {
                "label": self.env._("Runs waiting or under way"),
                "count": len(self._reset_active_runs()),
                "fate": self.env._("Stopped. Their reports stay."),
            }
        )
        rows.append(
            {
                "label": self.env._("Links between Odoo and Infor CRM"),
                "count": links,
                "fate": self.env._(
                    "Kept. Connecting to the same Infor CRM continues with them."
                )
                if keep_links
                else self.env._("Forgotten."),
            }
        )
        return rows + self._reset_list_rows(keep_links)

    def _reset_list_rows(self, keep_links):
        label = self.env._("Imported mailing lists")
        parts = self._reset_lists()
        if keep_links:
            count = sum(map(len, parts.values()))
            return [{"label": label, "count": count, "fate": self.env._("Kept.")}]
        fates = {
            "deleted": self.env._("Deleted."),
            "archived": self.env._(
                "Archived: they were mailed, or people opted out of them."
            ),
            "kept": self.env._("Kept: a mailing that is not sent yet uses them."),
        }
        rows = [
            {"label": label, "count": len(lists), "fate": fates[fate]}
            for fate, lists in parts.items()
            if lists
        ]
        contacts = {
            "label": self.env._("Contacts that only this import created"),
            "count": len(self._reset_contacts(parts["deleted"])),
            "fate": self.env._(
                "Deleted, because nothing else uses them. All others stay."
            ),
        }
        return [*rows, contacts]

    def _reset_execute(self, keep_links):
        self._reset_active_runs()._signal("stop", ACTIVE)
        if not keep_links:
            self._reset_forget()
        return super()._reset_execute(keep_links)

    def _reset_forget(self):
        parts = self._reset_lists()
        contacts = self._reset_contacts(parts["deleted"])
        parts["archived"].write({"active": False})
        parts["deleted"].unlink()
        self.env["mailing.contact"].sudo().browse(contacts).unlink()
        self.env["infor.crm.list.sync"].sudo().search(
            [("connector_id", "=", self.id)]
        ).unlink()
        self.env.flush_all()
        for table in ("infor_crm_binding", "infor_crm_claim"):
            name = SQL.identifier(table)
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE connector_id = %s", name, self.id)
            )
        self.env.invalidate_all()

    def _reset_active_runs(self):
        return (
            self.env["infor.crm.sync.run"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", self.id),
                    ("state", "in", ACTIVE),
                ]
            )
        )

    def _reset_lists(self):
        """{"deleted" | "archived" | "kept": mailing lists} when links are forgotten."""
        lists = (
            self.env["infor.crm.list.sync"]
            .sudo()
            .with_context(active_test=False)
            .search([("connector_id", "=", self.id)])
            .list_id
        )
        mailings = (
            self.env["mailing.mailing"]
            .sudo()
            .with_context(active_test=False)
            .search([("contact_list_ids", "in", lists.ids)])
        )
        waiting = mailings.filtered(lambda m: m.state != "done").contact_list_ids
        opted_out = (
            self.env["mailing.subscription"]
            .sudo()
            ._read_group(
                [("list_id", "in", lists.ids), ("opt_out", "=", True)], ["list_id"]
            )
        )
        kept = lists & waiting
        mailed = mailings.contact_list_ids
        for (mailing_list,) in opted_out:
            mailed |= mailing_list
        archived = (lists & mailed) - kept
        return {"deleted": lists - kept - archived, "archived": archived, "kept": kept}

    def _reset_contacts(self, deleted_lists):
        """Ids of contacts that go together with these lists."""
        self.env.flush_all()
        self.env.cr.execute(
            _ONLY_IMPORTED, {"connector": self.id, "lists": deleted_lists.ids}
        )
        return [contact for (contact,) in self.env.cr.fetchall()]

    def _reset_count(self, model):
        return self.env[model].sudo().search_count([("connector_id", "=", self.id)])
