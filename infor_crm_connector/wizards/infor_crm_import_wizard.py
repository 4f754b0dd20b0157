from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.record_form import open_record

# From here on each column slows every later import noticeably (docs/operations.md).
MANY_COLUMNS = 20
# Fields of a mailing contact without which there is nobody to write to.
ALWAYS = {"email", "first_name", "last_name"}

FROM_LISTS = "infor_from_lists"


class InforCrmImportWizard(models.TransientModel):
    """*Infor CRM Import*: which people, which of their fields, and off it goes."""

    _name = "infor.crm.import.wizard"
    _description = "Infor CRM Import"

    step = fields.Selection(
        [("source", "People"), ("group", "Group"), ("columns", "Columns")],
        default="source",
        required=True,
    )
    connector_id = fields.Many2one(
        "infor.crm.connector",
        "From",
        domain=[("state", "=", "connected")],
        default=lambda self: self._usable_connectors()[:1],
    )
    several_connectors = fields.Boolean(
        default=lambda self: len(self._usable_connectors()) > 1
    )
    kind = fields.Selection(
        [
            ("lead", "All Infor CRM Leads"),
            ("contact", "All Infor CRM Contacts"),
            ("group", "A group of Infor CRM"),
        ],
        "Import",
        default="lead",
        required=True,
    )
    group_id = fields.Many2one(
        "infor.crm.group",
        compute="_compute_group_id",
        store=True,
        readonly=False,
        domain="[('connector_id', '=', connector_id)]",
    )
    # what the records are: of a group those of its family
    people = fields.Selection(
        [("lead", "Leads"), ("contact", "Contacts")], compute="_compute_people"
    )
    group_note = fields.Char(readonly=True)
    count_note = fields.Char(compute="_compute_count_note")
    obstacle = fields.Char(compute="_compute_obstacle")
    can_connect = fields.Boolean(compute="_compute_obstacle")
    can_mend = fields.Boolean(compute="_compute_obstacle")
    existing_note = fields.Char(compute="_compute_existing_note")
    always_ids = fields.Many2many(
        "infor.crm.field", compute="_compute_choice", string="Always imported"
    )
    mapped_note = fields.Char("In the contact's own fields", compute="_compute_choice")
    choice_domain = fields.Binary(compute="_compute_choice")
    column_ids = fields.Many2many(
        "infor.crm.field",
        "infor_crm_import_wizard_column",
        string="Columns",
        compute="_compute_column_ids",
        store=True,
        readonly=False,
    )
    many_columns = fields.Boolean(compute="_compute_many_columns")

    # --- is there a CRM to import from? -----------------------------------------

    @api.model
    def _usable_connectors(self):
        connectors = self.env["infor.crm.connector"].search(
            [("state", "=", "connected")]
        )
        return connectors.filtered(lambda connector: not connector._stop_reason())

    @api.depends("connector_id")
    def _compute_obstacle(self):
        is_manager = self._is_manager()
        known = self.env["infor.crm.connector"].search_count([], limit=1)
        for wizard in self:
            wizard.obstacle = not wizard.connector_id and wizard._why_no_connector()
            acts = bool(wizard.obstacle) and is_manager
            wizard.can_connect = acts and not known
            wizard.can_mend = acts and known

    def _is_manager(self):
        return self.env.user.has_group("infor_crm_connector.group_manager")

    def _why_no_connector(self):
        """What is in the way of an import, and who can do what about it.

        The cause may name address and login of the CRM: it is for administrators.
        """
        stopped = self.env["infor.crm.connector"].search([("state", "!=", "draft")])
        if self._is_manager():
            reasons = (f"{one.name}: {one.stop_message}" for one in stopped)
            return " ".join(reasons) or self._not_connected()
        rests = self.env._(
            "%s is at rest at the moment.", ", ".join(stopped.mapped("name"))
        )
        return self.env._(
            "%(sentence)s Please ask %(administrators)s to look at Email Marketing → "
            "Configuration → Infor CRM.",
            sentence=rests if stopped else self._not_connected(),
            administrators=self._administrators(),
        )

    def _not_connected(self):
        return self.env._("Odoo is not connected with Infor CRM yet.")

    def _administrators(self):
        """Names of at most three people who may connect."""
        group = self.env.ref("infor_crm_connector.group_manager").sudo()
        people = group.all_user_ids.filtered(lambda user: user.active and user.id != 1)
        names = people.sorted("name")[:3].mapped("name")
        return self.env._(" or ").join(names) or self.env._("an administrator")

    # --- whom to import ---------------------------------------------------------

    @api.depends("connector_id", "kind")
    def _compute_group_id(self):
        self.group_id = False

    @api.depends("kind", "group_id")
    def _compute_people(self):
        for wizard in self:
            of_group = wizard.kind == "group"
            wizard.people = wizard.group_id.kind if of_group else wizard.kind

    def _group(self):
        """The group to import, or an empty recordset for everybody."""
        return self.group_id if self.kind == "group" else self.group_id.browse()

    @api.depends("connector_id", "kind")
    def _compute_count_note(self):
        for wizard in self:
            wizard.count_note = bool(wizard.connector_id) and self.env._(
                "At the last check Infor CRM had %(leads)s leads and %(contacts)s "
                "contacts.",
                leads=self._number(wizard.connector_id.lead_count),
                contacts=self._number(wizard.connector_id.contact_count),
            )

    def _number(self, value):
        lang = self.env["res.lang"]._lang_get(self.env.user.lang or "en_US")
        return lang.format("%d", value, grouping=True)

    @api.depends("connector_id", "kind", "group_id")
    def _compute_existing_note(self):
        for wizard in self:
            sync = wizard._existing_sync()
            wizard.existing_note = bool(sync) and self.env._(
                "This is imported already, as the list “%s”. A second list would hold "
                "the same people: use that one, or import again to bring it up to "
                "date.",
                sync.list_id.name,
            )

    def _existing_sync(self):
        return self.env["infor.crm.list.sync"]._existing_for(
            self.connector_id, self.people, self._group().key
        )

    # --- which of their fields --------------------------------------------------

    @api.depends("connector_id", "kind", "group_id", "step")
    def _compute_choice(self):
        """Mapped fields fill the contact's own fields; the others are to choose from.

        A reference itself is a key; what is worth reading lies behind it, and is
        offered as a field of its own.
        """
        for wizard in self:
            known = wizard._fields_of_source()
            mappings = wizard._mappings()
            always = mappings.filtered(lambda row: row.odoo_field in ALWAYS)
            wizard.always_ids = _mapped_by(known, always)
            wizard.mapped_note = ", ".join((mappings - always).mapped("odoo_label"))
            offered = known - _mapped_by(known, mappings)
            offered = offered.filtered(lambda field: field.type != "reference")
            wizard.choice_domain = [("id", "in", offered.ids)]

    def _fields_of_source(self):
        return self.env["infor.crm.field"].search(
            [("connector_id", "=", self.connector_id.id), ("kind", "=", self.people)]
        )

    def _mappings(self):
        """What an import writes into fields of the mailing contact anyway."""
        return self.env["infor.crm.field.mapping"].search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("kind", "=", self.people),
                ("odoo_model", "=", "mailing.contact"),
                ("direction", "in", ("both", "pull")),
            ]
        )

    @api.depends("connector_id", "kind", "group_id")
    def _compute_column_ids(self):
        """Fields belong to one kind of one connector: choose again for another."""
        self.column_ids = False

    @api.depends("column_ids")
    def _compute_many_columns(self):
        for wizard in self:
            wizard.many_columns = len(wizard.column_ids) > MANY_COLUMNS

    # --- steps ------------------------------------------------------------------

    def action_next(self):
        """Ask the CRM for its groups or fields, and offer them."""
        self.ensure_one()
        self.connector_id.check_access("read")
        self.connector_id._ensure_callable()
        if self.kind == "group" and self.step == "source":
            return self._offer_groups()
        return self._offer_columns()

    def _offer_groups(self):
        connector = self.connector_id
        connector._at_the_edge(connector._refresh_groups)
        self.step = "group"
        return self._reopen()

    def _offer_columns(self):
        connector, group = self.connector_id, self._group()
        if self.kind == "group" and not group:
            raise UserError(self.env._("Choose a group."))
        connector._at_the_edge(lambda: connector._refresh_columns(self.people))
        count = group and connector._at_the_edge(lambda: connector._count_group(group))
        self.group_note = bool(group) and self._group_words(group, count)
        self.step = "columns"
        return self._reopen()

    def _group_words(self, group, count):
        if not isinstance(count, int):
            return group.display_name
        return self.env._(
            "%(group)s: %(count)s people",
            group=group.display_name,
            count=self._number(count),
        )

    def action_back(self):
        self.ensure_one()
        from_group = self.kind == "group" and self.step == "columns"
        self.step = "group" if from_group else "source"
        return self._reopen()

    def action_finish(self):
        self.ensure_one()
        sync = self.connector_id._start_import(
            self.people, self.column_ids, group=self._group()
        )
        message = self.env._(
            "The list “%s” fills in the background.", sync.list_id.name
        )
        return self._back_to_lists(message)

    def action_import_again(self):
        self.ensure_one()
        sync = self._existing_sync()
        sync.action_import()
        message = self.env._(
            "The list “%s” is being brought up to date.", sync.list_id.name
        )
        return self._back_to_lists(message)

    def action_open_list(self):
        self.ensure_one()
        return open_record("mailing.list", self._existing_sync().list_id.id)

    def action_connect(self):
        """Where an administrator connects Infor CRM, or sees why it stopped."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "infor_crm_connector.infor_crm_connector_action"
        )
        known = self.env["infor.crm.connector"].search([], limit=2)
        if len(known) < 2:
            action.update(views=[(False, "form")], res_id=known.id)
        return action

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Infor CRM Import"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {FROM_LISTS: self.env.context.get(FROM_LISTS)},
        }

    def _back_to_lists(self, message):
        """Show the mailing lists, the new one on top.

        Whoever comes from there stays in the view they chose; closing reloads it.
        """
        lists = self.env["ir.actions.act_window"]._for_xml_id(
            "mass_mailing.action_view_mass_mailing_lists"
        )
        close = {"type": "ir.actions.act_window_close"}
        stays = self.env.context.get(FROM_LISTS)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": close if stays else {**lists, "target": "main"},
            },
        }


def _mapped_by(crm_fields, mappings):
    """Those of the CRM's fields that a mapping names."""
    names = {row.crm_field.lower() for row in mappings}
    return crm_fields.filtered(lambda field: field.name.lower() in names)
