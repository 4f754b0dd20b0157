from odoo import api, fields, models

from ..const import FAMILIES, KINDS
from ..lib.sdata import GroupInfo


class InforCrmGroup(models.Model):
    """A group of leads or contacts, as the login of a connector saw it last.

    Groups that vanish become inactive; lists that were made of them keep their name.
    """

    _name = "infor.crm.group"
    _description = "Infor CRM Group"
    _order = "name, kind, id"

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    kind = fields.Selection(KINDS, "People", required=True)
    key = fields.Char(required=True)
    name = fields.Char("Group", required=True)
    ad_hoc = fields.Boolean(
        "Picked by hand", help="Ad hoc: people picked by hand, not by a query."
    )
    hidden = fields.Boolean(help="Kept out of the tabs in Infor CRM.")
    active = fields.Boolean(default=True)

    _key_unique = models.UniqueIndex(
        "(connector_id, kind, key)", "This group is known already."
    )

    @api.depends("name", "kind", "ad_hoc")
    def _compute_display_name(self):
        words = {
            ("lead", True): self.env._("leads, ad hoc"),
            ("lead", False): self.env._("leads, query"),
            ("contact", True): self.env._("contacts, ad hoc"),
            ("contact", False): self.env._("contacts, query"),
        }
        for group in self:
            kind = words.get((group.kind, group.ad_hoc))
            group.display_name = f"{group.name} ({kind})" if kind else group.name

    def _info(self):
        """The group as the client knows it."""
        self.ensure_one()
        return GroupInfo(self.key, self.name, FAMILIES[self.kind], self.ad_hoc)
