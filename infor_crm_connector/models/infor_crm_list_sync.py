import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import FAMILIES, KINDS
from ..lib.sdata import GroupInfo


class InforCrmListSync(models.Model):
    """The set-up of one mailing list: which source of the CRM it holds, with which
    columns, and what travels both ways. A source has one list; importing it again
    offers that list."""

    _name = "infor.crm.list.sync"
    _description = "Infor CRM List"
    _order = "id desc"

    list_id = fields.Many2one("mailing.list", ondelete="cascade")
    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    kind = fields.Selection(KINDS, required=True)
    group_key = fields.Char("Group", help="Empty: all records of the kind.")
    group_name = fields.Char()
    group_ad_hoc = fields.Boolean(help="People picked by hand, not by a query.")
    column_ids = fields.Many2many(
        "infor.crm.field",
        string="Columns",
        help="Fields of Infor CRM besides the mapped ones.",
    )
    run_ids = fields.One2many("infor.crm.sync.run", "list_sync_id")
    last_run_id = fields.Many2one("infor.crm.sync.run", compute="_compute_last_run_id")

    _list_unique = models.Constraint(
        "unique (list_id)", "This mailing list is connected with Infor CRM already."
    )
    _source_unique = models.UniqueIndex(
        "(connector_id, kind, COALESCE(group_key, '')) WHERE push_only IS NOT TRUE",
        "This source of Infor CRM has a list already.",
    )

    @api.depends("list_id", "filter_id")
    def _compute_display_name(self):
        for sync in self:
            sync.display_name = sync._target_name()

    @api.depends("run_ids")
    def _compute_last_run_id(self):
        latest = dict(
            self.env["infor.crm.sync.run"]
            .sudo()
            ._read_group(
                [("list_sync_id", "in", self.ids)], ["list_sync_id"], ["id:max"]
            )
        )
        for sync in self:
            sync.last_run_id = latest.get(sync, False)

    @api.model
    def _existing_for(self, connector, kind, group_key=False):
        """The list sync of a source, or an empty recordset. Archived lists count."""
        return self.sudo().search(
            [
                ("connector_id", "=", connector.id),
                ("kind", "=", kind),
                ("group_key", "=", group_key or False),
                ("push_only", "=", False),
            ],
            limit=1,
        )

    @api.model
    def _list_name(self, connector, kind, group=None):
        names = {
            "lead": self.env._("All Infor CRM Leads"),
            "contact": self.env._("All Infor CRM Contacts"),
        }
        name = group.name if group else names[kind]
        connectors = self.env["infor.crm.connector"].sudo().search_count([], limit=2)
        return f"{name} ({connector.name})" if connectors > 1 else name

    def _group_info(self):
        """The group it was made of, as the client knows it."""
        self.ensure_one()
        family = FAMILIES[self.kind]
        return GroupInfo(self.group_key, self.group_name, family, self.group_ad_hoc)

    def _queue_run(self, trigger, user=None, operation="import"):
        """A run for this list, or the one that waits or works already."""
        self.ensure_one()
        Run = self.env["infor.crm.sync.run"].sudo()
        active = Run._active_of(self)
        if active:
            return active
        run = Run.create(
            {
                "connector_id": self.connector_id.id,
                "list_sync_id": self.id,
                "subject": self._target_name(),
                "kind": self.kind,
                "operation": operation,
                "trigger": trigger,
                "user_id": (user or self.env.user).id,
                **self._waits(operation),
            }
        )
        self.env["infor.crm.lane"]._wake(run.next_try or None)
        return run

    def _waits(self, operation):
        """In quiet hours an import waits at once; a sync has opt-outs to tell first."""
        return self.connector_id._quiet_values() if operation == "import" else {}

    def action_import(self):
        """Import the source again: new records join, changed ones are updated."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("infor_crm_connector.group_user"):
            raise UserError(self.env._("Only users of Infor CRM may import."))
        self.connector_id._ensure_callable()
        return self._queue_run("manual")._form_action()

    # --- columns ------------------------------------------------------------------

    def _picked_columns(self, rows=None):
        """The columns that need a property: those the mapping does not fill anyway.
        ``rows``: that mapping, where it was read already (``_mapping_rows``)."""
        self.ensure_one()
        if rows is None:
            rows = self._mappings()
        pulled = rows.filtered(lambda row: row.direction in ("both", "pull"))
        mapped = {row.crm_field.lower() for row in pulled}
        return self.sudo().column_ids.filtered(lambda f: f.name.lower() not in mapped)

    def _column_target(self, field):
        """The property that holds a picked column."""
        return f"properties.{property_name(field)}"

    def _mappings(self, kind=None):
        """What a pull may write on mailing contacts, of its own or another kind."""
        self.ensure_one()
        return (
            self.env["infor.crm.field.mapping"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", self.connector_id.id),
                    ("kind", "=", kind or self.kind),
                    ("odoo_model", "=", "mailing.contact"),
                    ("direction", "in", ("both", "pull")),
                ]
            )
            .filtered(lambda row: not row.suspended)
        )

    def _definitions(self):
        """The property definitions that the picked columns of these lists need."""
        several = self.env["infor.crm.connector"].sudo().search_count([], limit=2) > 1
        return [
            _definition(field, several)
            for sync in self
            for field in sync._picked_columns()
        ]


PROPERTY_TYPES = {
    "string": "char",
    "memo": "text",
    "boolean": "boolean",
    "datetime": "datetime",
    "integer": "integer",
    "decimal": "float",
    "enum": "selection",
    "reference": "char",
}
# The CRM types these as moments, but they are days: midnight and five seconds, UTC
# (docs/sdata.md 2.3); shown in a time zone they would slip to the day before.
DAYS = frozenset({"birthday", "spousebirthday"})


def property_name(field):
    """Name of the property that holds a field; unique over connectors and kinds.

    >>> property_name(field)  # Address/City of the leads of connector 1
    'infor_1_lead_address__city'
    """
    path = field.name.lower().replace("/", "__")
    name = (
        f"infor_{field.connector_id.id}_{field.kind}_{re.sub('[^a-z0-9_]', '_', path)}"
    )
    # Odoo treats what ends like this as markup
    return f"{name}_" if name.endswith("_html") else name


def property_type(field):
    if field.type == "enum" and not field.selection_items:
        return "char"
    if field.type == "datetime" and field.name.lower() in DAYS:
        return "date"
    return PROPERTY_TYPES[field.type]


def _definition(field, several_connectors):
    kind = dict(field._fields["kind"]._description_selection(field.env))[field.kind]
    origin = f"{kind}, {field.connector_id.name}" if several_connectors else kind
    definition = {
        "name": property_name(field),
        "string": f"{field.label} ({origin})",
        "type": property_type(field),
    }
    if definition["type"] == "selection":
        items = field.selection_items
        definition["selection"] = [[item["text"], item["text"]] for item in items]
    return definition
