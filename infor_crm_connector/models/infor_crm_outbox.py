import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import outbox_sql as sql

TYPES = [
    ("note", "Note"),
    ("note_update", "Change to a note"),
]
STATES = [
    ("waiting", "Waiting"),
    ("sending", "Being sent"),
    ("unsure", "To be verified"),
    ("done", "Sent"),
    ("parked", "Needs attention"),
    ("dropped", "Not needed"),
]
# Later rows of the same person wait for these.
UNFINISHED = ("waiting", "sending", "unsure")
OPEN = (*UNFINISHED, "parked")


class InforCrmOutbox(models.Model):
    """Things to send to Infor CRM, noted in the transaction that caused them.

    Whoever has something to send adds a row (:meth:`_add`) and goes on; lanes send it
    (``infor.crm.worker``, methods ``_outbox_<type>`` and ``_outbox_find_<type>``). A
    row with a ``lane`` belongs to that lane; people change rows that have none.

    ``source`` keeps the same thing from being noted twice in Odoo, ``mark`` from
    being created twice in the CRM: it travels in a field that can be searched.
    """

    _name = "infor.crm.outbox"
    _description = "Infor CRM Outbox"
    _order = "id desc"

    type = fields.Selection(TYPES, required=True, readonly=True)
    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    subject = fields.Char(readonly=True)
    address = fields.Char("Person", readonly=True)
    person = fields.Char(
        "In order with",
        required=True,
        readonly=True,
        help="Rows of one person leave one after the other.",
    )
    urgent = fields.Boolean(readonly=True, help="Leaves before the others.")
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True)
    lane = fields.Integer(readonly=True)
    kind = fields.Char(readonly=True)
    key = fields.Char("Infor CRM key of the person", readonly=True)
    odoo_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        "Odoo record", model_field="odoo_model", readonly=True
    )
    source = fields.Char(readonly=True)
    mark = fields.Char(readonly=True, default=lambda self: f"odoo-{uuid.uuid4().hex}")
    payload = fields.Json(readonly=True)
    parent_id = fields.Many2one(
        "infor.crm.outbox",
        "Goes with",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    mailing_id = fields.Many2one(
        "mailing.mailing", readonly=True, index="btree_not_null", ondelete="set null"
    )
    preview_id = fields.Many2one(
        "infor.crm.preview", readonly=True, index="btree_not_null", ondelete="set null"
    )
    crm_key = fields.Char("Key in Infor CRM", readonly=True)
    attempts = fields.Integer("Failed attempts", readonly=True)
    next_try = fields.Datetime(readonly=True)
    sent_at = fields.Datetime("Sent to Infor CRM", readonly=True)
    repeated = fields.Boolean(
        readonly=True, help="Sent again, after it was looked for in vain."
    )
    verify_at = fields.Datetime(readonly=True)
    double = fields.Boolean("Found twice", readonly=True)
    reason = fields.Text(readonly=True, help="What happened, and what to do about it.")
    crm_message = fields.Text("Infor CRM says", readonly=True)
    facts = fields.Json(readonly=True)
    stamp = fields.Char(readonly=True)
    finished = fields.Datetime(readonly=True)

    _source_unique = models.UniqueIndex(
        "(connector_id, type, source) WHERE source IS NOT NULL",
        "This is in the outbox already.",
    )
    _person_idx = models.Index(
        "(connector_id, person, id) WHERE state IN ('waiting', 'sending', 'unsure')"
    )
    _due_idx = models.Index(
        "(connector_id, urgent DESC, id)"
        " WHERE state IN ('waiting', 'unsure') AND lane IS NULL"
    )
    _lane_idx = models.Index("(lane) WHERE lane IS NOT NULL")
    _parked_idx = models.Index("(connector_id) WHERE state = 'parked'")
    _verify_idx = models.Index("(verify_at) WHERE verify_at IS NOT NULL")

    @api.depends("type", "address", "subject")
    def _compute_display_name(self):
        names = dict(self._fields["type"]._description_selection(self.env))
        for row in self:
            parts = (names.get(row.type), row.address or row.subject)
            row.display_name = " – ".join(part for part in parts if part)

    @api.model
    def _add(self, connector, type_, person, payload, *, at_once=False, **values):
        """Note something to send; the new row, or the one there is for ``source``.

        ``person``: of whom; rows of one person leave in the order of their ids.
        ``at_once``: somebody waits for it, so a lane is woken at the commit.
        Else the lanes find it within a minute.
        """
        known = self._known(connector, type_, values.get("source"))
        return known or self._put(
            connector, type_, person, payload, urgent=at_once, **values
        )

    @api.model
    def _known(self, connector, type_, source):
        """The row that there is of this already."""
        if not source:
            return self.browse()
        return self.sudo().search(
            [
                ("connector_id", "=", connector.id),
                ("type", "=", type_),
                ("source", "=", source),
            ]
        )

    def _put(self, connector, type_, person, payload, **values):
        row = self.sudo().create(
            {
                "connector_id": connector.id,
                "type": type_,
                "person": person,
                "payload": payload,
                **values,
            }
        )
        if row.urgent:
            self.env["infor.crm.lane"]._wake()
        return row

    # --- what people do -------------------------------------------------------------

    def action_retry(self):
        """Try again now. What may have arrived is looked for first."""
        self.check_access("read")
        tried = self._retry()
        if not tried:
            raise UserError(
                self.env._(
                    "Nothing to retry: only rows that wait or need attention can be "
                    "tried again, and a row to be verified waits until Infor CRM is "
                    "surely through with it."
                )
            )
        return True

    def action_drop(self):
        """Give up on rows: they will not be sent."""
        self.check_access("write")
        self.flush_recordset()
        self.env.cr.execute(
            sql.DROP_IDS,
            {
                "ids": self.ids,
                "reason": self.env._("Dropped by %s.", self.env.user.name),
            },
        )
        self.invalidate_recordset()
        return True

    def action_open_record(self):
        self.ensure_one()
        if not (self.odoo_model in self.env and self.res_id):
            raise UserError(self.env._("This person is no longer in Odoo."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.odoo_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_open_preview(self):
        self.ensure_one()
        return self.preview_id.action_open()

    # --- for others -----------------------------------------------------------------

    def _retry(self):
        """Ids of the rows that will be tried again now."""
        self.flush_model()
        self.env.cr.execute(sql.RETRY, [self.ids])
        tried = [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_model()
        if tried:
            self.env["infor.crm.lane"]._wake()
        return tried

    @api.model
    def _release(self, connectors):
        """What waits for its next try, or for somebody's attention, is tried now."""
        self.browse(
            self.sudo()
            .search(
                [
                    ("connector_id", "in", connectors.ids),
                    "|",
                    ("state", "=", "parked"),
                    "&",
                    ("state", "=", "waiting"),
                    ("next_try", "!=", False),
                ]
            )
            .ids
        )._retry()

    @api.model
    def _drop_all(self, connector, reason):
        self.flush_model()
        self.env.cr.execute(
            sql.DROP_ALL,
            {"connector": connector.id, "reason": reason},
        )
        self.invalidate_model()
