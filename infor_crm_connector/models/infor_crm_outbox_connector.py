from odoo import fields, models

from .infor_crm_connector import MANAGER
from .infor_crm_outbox import OPEN


class InforCrmOutboxConnector(models.Model):
    """What a connector's outbox has to do with its life: stops, resets, settings.

    Loaded after the files of the connector, which it extends.
    """

    _inherit = "infor.crm.connector"

    note_mark_field = fields.Selection(
        [(f"UserDef{number}", f"UserDef{number}") for number in (1, 2, 3)],
        "Our mark on notes",
        default="UserDef3",
        required=True,
        groups=MANAGER,
        help="The field of Infor CRM's history that tells Odoo whether a note arrived. "
        "Choose one that nothing else uses.",
    )
    outbox_waiting = fields.Integer(compute="_compute_outbox", compute_sudo=True)
    outbox_parked = fields.Integer(compute="_compute_outbox", compute_sudo=True)

    def _compute_outbox(self):
        counts = {}
        for connector, state, count in self.env["infor.crm.outbox"]._read_group(
            [("connector_id", "in", self.ids), ("state", "in", OPEN)],
            ["connector_id", "state"],
            ["__count"],
        ):
            name = "parked" if state == "parked" else "waiting"
            counts[connector.id, name] = counts.get((connector.id, name), 0) + count
        for connector in self:
            connector.outbox_waiting = counts.get((connector.id, "waiting"), 0)
            connector.outbox_parked = counts.get((connector.id, "parked"), 0)

    def action_view_outbox(self):
        action = self._view_of("infor_crm_connector.infor_crm_outbox_action")
        return {**action, "context": {"search_default_open": 1}}

    def _go_on(self):
        self.env["infor.crm.outbox"]._release(self)
        return super()._go_on()

    def _reset_summary(self, keep_links):
        count = self.env["infor.crm.outbox"].sudo().search_count(self._outbox_open())
        kept = self.env["infor.crm.preview"].sudo()
        rows = super()._reset_summary(keep_links)
        rows.append(
            {
                "label": self.env._("Notes and forms waiting to be sent"),
                "count": count,
                "fate": self.env._("Dropped. They will not reach Infor CRM."),
            }
        )
        rows.append(
            {
                "label": self.env._("Previews of sent messages"),
                "count": kept.search_count([("connector_id", "=", self.id)]),
                "fate": self.env._("Kept. Links in existing notes go on working."),
            }
        )
        return rows

    def _outbox_open(self):
        return [("connector_id", "=", self.id), ("state", "in", OPEN)]

    def _reset_execute(self, keep_links):
        self.env["infor.crm.outbox"]._drop_all(
            self, self.env._("The connector was reset.")
        )
        return super()._reset_execute(keep_links)
