from odoo import models
from odoo.exceptions import AccessError, UserError


class InforCrmConnectorImport(models.Model):
    """Starting an import."""

    _inherit = "infor.crm.connector"

    def _start_import(self, kind, crm_fields, user=None, group=None):
        """A new mailing list, filled in the background: for all records of a kind, or
        for a group of them (infor.crm.group), whose name it takes.

        ``crm_fields``: infor.crm.field records to have as columns. Returns the
        infor.crm.list.sync. UserError when the source has a list already, or when the
        CRM must not be called now.
        """
        self.ensure_one()
        user = user or self.env.user
        if group and (group.connector_id, group.kind) != (self, kind):
            raise UserError(self.env._("This group belongs to another source."))
        self._check_may_import(user, kind, group)
        Sync = self.env["infor.crm.list.sync"].sudo()
        mailing_list = self.env["mailing.list"].create(
            {"name": Sync._list_name(self, kind, group)}
        )
        columns = crm_fields.filtered(
            lambda f: f.connector_id == self and f.kind == kind
        )
        sync = Sync.create(
            {
                "list_id": mailing_list.id,
                "connector_id": self.id,
                "kind": kind,
                **_group_values(group),
                "column_ids": [(6, 0, columns.ids)],
            }
        )
        sync._queue_run("manual", user)
        return sync

    def _check_may_import(self, user, kind, group=None):
        if not user.has_group("infor_crm_connector.group_user"):
            raise AccessError(self.env._("Only users of Infor CRM may import."))
        self.check_access("read")
        self._ensure_callable()
        Sync = self.env["infor.crm.list.sync"]
        if Sync._existing_for(self, kind, group and group.key):
            raise UserError(
                self.env._("This source of Infor CRM has a mailing list already.")
            )


def _group_values(group):
    if not group:
        return {}
    return {
        "group_key": group.key,
        "group_name": group.name,
        "group_ad_hoc": group.ad_hoc,
    }
