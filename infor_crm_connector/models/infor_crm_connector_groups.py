from odoo import models
from odoo.exceptions import UserError

from ..const import FAMILIES
from ..lib.sdata.errors import KindNotFound


class InforCrmConnectorGroups(models.Model):
    """What the import wizard learns of groups while somebody waits."""

    _inherit = "infor.crm.connector"

    def _refresh_groups(self):
        """The groups this login may see, as the CRM has them now.

        Raises the client's errors. Call it without own writes pending.
        """
        self.ensure_one()
        try:
            with self._client() as client:
                found = {kind: client.groups(name) for kind, name in FAMILIES.items()}
        except KindNotFound:
            raise UserError(
                self.env._(
                    "This Infor CRM does not offer its groups over SData; early "
                    "releases of 7.5 do not. Import all leads or all contacts instead."
                )
            ) from None
        for kind, groups in found.items():
            rows = [_values(kind, group) for group in groups]
            self.sudo()._store_rows(
                "infor.crm.group", [("kind", "=", kind)], "key", rows
            )

    def _count_group(self, group):
        """How many members a group shows now; None where that is not counted."""
        with self._client() as client:
            return client.group_count(group._info())


def _values(kind, group):
    return {
        "kind": kind,
        "key": group.key,
        "name": group.name,
        "ad_hoc": group.ad_hoc,
        "hidden": group.hidden,
    }
