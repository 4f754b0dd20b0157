from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..models.infor_crm_list_schedule import SCHEDULE_FIELDS
from ..models.infor_crm_list_sync_setup import OPTIONS

# Models whose segments can be pushed: people with an e-mail address.
SEGMENTS = ("mailing.contact", "res.partner", "crm.lead")


class InforCrmListSetup(models.TransientModel):
    """*Infor CRM Sync Setup*, or *Push to Infor CRM*: a copy of a set-up, to edit.

    Nothing is kept before *Save*; *Cancel* forgets the copy. What was pushed only is
    set up the same way, without anything to pull.
    """

    _name = "infor.crm.list.setup"
    _inherit = "infor.crm.list.schedule"
    _description = "Infor CRM Sync Setup"

    step = fields.Selection(
        [("edit", "Edit"), ("ask", "Ask")], default="edit", required=True
    )
    sync_id = fields.Many2one("infor.crm.list.sync", readonly=True)
    list_id = fields.Many2one("mailing.list", readonly=True)
    filter_id = fields.Many2one("mailing.filter", readonly=True)
    push_only = fields.Boolean(readonly=True)
    connector_id = fields.Many2one(
        "infor.crm.connector", "Infor CRM", domain="[('state', '!=', 'draft')]"
    )
    choose_connector = fields.Boolean(readonly=True)
    kind = fields.Char(compute="_compute_source")
    group_name = fields.Char(compute="_compute_source")
    source = fields.Char(compute="_compute_source")
    title = fields.Char(compute="_compute_source")

    push = fields.Boolean("Push to Infor CRM")
    push_add = fields.Boolean("Add new records to Infor CRM")
    push_update = fields.Boolean("Update existing records in Infor CRM")
    push_field_ids = fields.Many2many(
        "infor.crm.field",
        "infor_crm_list_setup_push_field",
        string="Push-Update Fields",
    )
    push_paused = fields.Boolean("Pause pushing")
    pull = fields.Boolean("Pull from Infor CRM")
    pull_add = fields.Boolean("Add new records to the list")
    pull_update = fields.Boolean("Update existing records in the list")
    pull_all_fields = fields.Boolean("All fields", default=True)
    pull_field_ids = fields.Many2many(
        "infor.crm.field",
        "infor_crm_list_setup_pull_field",
        string="Pull-Update Fields",
    )
    pull_paused = fields.Boolean("Pause pulling")
    leaving_opts_out = fields.Boolean("Leaving the list sets Do Not Email")
    column_ids = fields.Many2many(
        "infor.crm.field", "infor_crm_list_setup_column", readonly=True
    )
    new_column_ids = fields.Many2many(
        "infor.crm.field", "infor_crm_list_setup_new_column", string="List Columns"
    )
    at_time = fields.Float("Time", compute="_compute_at_time", readonly=False)
    columns_shown = fields.Boolean(readonly=True)
    columns_note = fields.Char(readonly=True)
    many_columns = fields.Boolean(compute="_compute_many_columns")

    # what was copied: {name: plain value}, to tell what was edited since
    copied = fields.Json(readonly=True)
    push_choice = fields.Binary(compute="_compute_choices")
    pull_choice = fields.Binary(compute="_compute_choices")
    column_choice = fields.Binary(compute="_compute_choices")
    nothing_mapped = fields.Boolean(compute="_compute_choices")
    hindrance = fields.Char(compute="_compute_hindrance")
    effect = fields.Text("What will happen", compute="_compute_effect")
    advice = fields.Text(compute="_compute_effect")
    changes = fields.Text(compute="_compute_changes")

    # --- opening ------------------------------------------------------------------

    @api.model
    def _open(self, sync=None, list_id=False, filter_id=False):
        """The window on a copy of ``sync``, or on a new set-up that pushes a list or a
        segment."""
        if sync:
            sync._check_may_set_up()
            setup = self.create({"connector_id": sync.connector_id.id})
        else:
            setup = self._create_for_target(list_id, filter_id)
            sync = setup._sync_of_connector()
        setup._copy(sync)
        return setup._reopen()

    def _create_for_target(self, list_id, filter_id):
        connectors = self._usable_connectors()
        setup = self.create(
            {
                "list_id": list_id,
                "filter_id": filter_id,
                "push_only": True,
                "connector_id": connectors[:1].id,
                "choose_connector": len(connectors) > 1,
            }
        )
        setup._check_target()
        return setup

    def _usable_connectors(self):
        """Those to choose from; the window needs one, and says whom to ask for it."""
        wizard = self.env["infor.crm.import.wizard"]
        connectors = wizard._usable_connectors()
        if connectors:
            return connectors
        if not wizard._is_manager():
            raise UserError(wizard._why_no_connector())
        raise RedirectWarning(
            wizard._why_no_connector(),
            self.env.ref("infor_crm_connector.infor_crm_connector_action").id,
            self.env._("Open Infor CRM"),
        )

    def _check_target(self):
        """May this user push that at all?"""
        model = self.filter_id.mailing_model_name or "mailing.contact"
        if model not in SEGMENTS:
            raise UserError(
                self.env._(
                    "“%s” selects records that are no people. Segments of mailing "
                    "contacts, contacts and leads of Odoo can be pushed.",
                    self.filter_id.name,
                )
            )
        self.env[model].check_access("read")
        (self.list_id or self.filter_id).check_access("read")
        foreign = self.list_id and self.list_id.sudo().infor_sync_ids
        if foreign and not foreign.with_user(self.env.user)._filtered_access("read"):
            raise UserError(
                self.env._(
                    "“%s” is in step with the Infor CRM of another company, whose "
                    "people set it up. Copy the people you want to push into a list of "
                    "your own.",
                    self.list_id.name,
                )
            )

    def _sync_of_connector(self):
        """The set-up of the target that exists already, or an empty recordset."""
        Sync = self.env["infor.crm.list.sync"]
        if self.list_id:
            return Sync.search([("list_id", "=", self.list_id.id)])
        return Sync.search(
            [
                ("filter_id", "=", self.filter_id.id),
                ("connector_id", "=", self.connector_id.id),
            ]
        )

    def _copy(self, sync):
        """Take over the options of a set-up, or those of none."""
        self.ensure_one()
        source = sync.sudo() or self._draft()
        values = {"sync_id": sync.id}
        if sync:
            values |= {
                "list_id": source.list_id.id,
                "filter_id": source.filter_id.id,
                "push_only": source.push_only,
                "connector_id": source.connector_id.id,
            }
        values |= {
            name: [(6, 0, value.ids)] if isinstance(value, models.Model) else value
            for name in (*OPTIONS, *SCHEDULE_FIELDS)
            for value in [source[name]]
        }
        self.write({**values, "new_column_ids": [(5,)]})
        self.copied = self._plain()

    def _draft(self):
        """A set-up that does not exist yet."""
        return (
            self.env["infor.crm.list.sync"]
            .sudo()
            .new(
                {
                    "connector_id": self.connector_id.id,
                    "list_id": self.list_id.id,
                    "filter_id": self.filter_id.id,
                    "kind": "lead",
                    "push_only": True,
                    "push": True,
                    "tz": self.env.user.tz or "UTC",
                }
            )
        )

    @api.onchange("connector_id")
    def _onchange_connector_id(self):
        """Another CRM has a set-up of its own."""
        if self.choose_connector and self.filter_id:
            sync = self._sync_of_connector()
            self.sync_id = sync
            source = sync.sudo() or self._draft()
            for name in (*OPTIONS, *SCHEDULE_FIELDS):
                self[name] = source[name]
            self.copied = self._plain()

    # --- what was edited ----------------------------------------------------------

    def _plain_scalars(self):
        return {
            name: self[name]
            for name in (*OPTIONS, *SCHEDULE_FIELDS)
            if self._fields[name].type != "many2many"
        }

    def _plain(self):
        """{name: value that JSON can hold} of all options."""
        found = {"new_column_ids": self.new_column_ids._origin.ids}
        for name in (*OPTIONS, *SCHEDULE_FIELDS):
            value = self[name]
            if isinstance(value, models.Model):
                value = sorted(value._origin.ids)
            elif self._fields[name].type == "date":
                value = fields.Date.to_string(value) or False
            found[name] = value
        return found

    def _edited(self):
        """Names of the options that differ from what was copied."""
        copied = self.copied or {}
        return [
            name
            for name, value in self._plain().items()
            if value != copied.get(name, False)
        ]

    # --- saving -------------------------------------------------------------------

    def _save(self):
        if not self.sync_id:
            self._check_target()
            self.connector_id.check_access("read")
            self.sync_id = self.env["infor.crm.list.sync"]._push_target(
                self.connector_id,
                list_id=self.list_id.id,
                filter_id=self.filter_id.id,
            )
        self.sync_id._change_setup(self._values())
        self._copy(self.sync_id)

    def _values(self):
        """What was edited, for the set-up; somebody else's edits of the rest stay."""
        values = {name: self[name] for name in self._edited()}
        values.pop("new_column_ids", None)
        self._only_offered(values, "push_field_ids", self.push_choice)
        self._only_offered(values, "pull_field_ids", self.pull_choice)
        if self.filter_id:
            # nobody leaves a segment
            values.pop("leaving_opts_out", None)
        if self.push_only:
            return {k: v for k, v in values.items() if not k.startswith("pull")}
        return values | self._values_of_columns(values)

    def _values_of_columns(self, values):
        new = self._offered(self.new_column_ids, self.column_choice)
        if not new:
            return {}
        found = {"column_ids": self.sync_id.column_ids | new}
        if not self.pull_all_fields:
            picked = values.get("pull_field_ids", self.pull_field_ids)
            found["pull_field_ids"] = picked | new
        return found

    def _only_offered(self, values, name, domain):
        if name in values:
            values[name] = self._offered(values[name], domain)

    def _offered(self, picked, domain):
        return picked & self.env["infor.crm.field"].search(domain)
