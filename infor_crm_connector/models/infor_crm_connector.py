from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..const import OWNER_EVERYONE
from ..lib.sdata import urls

MANAGER = "infor_crm_connector.group_manager"

STATES = [
    ("draft", "Not connected"),
    ("connected", "Connected"),
    ("paused", "Paused"),
    ("attention", "Needs attention"),
]
# Stops that somebody wanted.
CALM_STOPS = ("draft", "paused", "archived")
# Whoever changes one of these may be talking to another CRM, or as somebody else.
ACCESS_FIELDS = ("url", "login", "password")


class InforCrmConnector(models.Model):
    """A configured Infor CRM.

    This file holds what people set; the files beside it what the connector does:
    ``_secret`` the password, ``_guard`` who may call, ``_check`` connecting,
    ``_discover`` fields and choices, ``_alert`` red and green, ``_watch`` probes and
    tells, ``_quiet`` the hours of rest, ``_reset`` the end.
    """

    _name = "infor.crm.connector"
    _description = "Infor CRM Connector"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, default="Infor CRM", tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Is told when the connection breaks, and when it is well again.",
    )
    # What people set. Whether it works is in infor.crm.connector.pulse, which lanes
    # write: see there why the two are apart. ``state`` is both, for screens.
    mode = fields.Selection(
        [state for state in STATES if state[0] != "attention"],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    state = fields.Selection(
        STATES, compute="_compute_state", search="_search_state", compute_sudo=True
    )

    # where and as whom
    url = fields.Char(
        "Address",
        required=True,
        groups=MANAGER,
        help="What you type into the browser to open Infor CRM, such as "
        "https://company.saleslogixcloud.com or http://crm:3333, or the full SData "
        "address. The connector finds the rest.",
    )
    base_url = fields.Char(
        "Service found at", readonly=True, copy=False, groups=MANAGER
    )
    login = fields.Char(
        "User name",
        groups=MANAGER,
        help="A login of its own for Odoo works best: one that sees all owners, may "
        "change leads, contacts and accounts, whose password does not expire and that "
        "needs no second factor.",
    )
    tls_verify = fields.Boolean(
        "Verify the certificate",
        default=True,
        groups=MANAGER,
        help="Leave this on. Without it, anybody between Odoo and Infor CRM can read "
        "and change what travels, the password included.",
    )
    ca_certificate = fields.Text(
        groups=MANAGER, readonly=True, copy=False, prefetch=False
    )
    allow_plain_http = fields.Boolean(
        "Allow unencrypted http",
        groups=MANAGER,
        help="The password and the data travel readable through the network. Only for "
        "a network you trust.",
    )
    allow_private_address = fields.Boolean(
        "Allow a private address",
        groups=MANAGER,
        help="Infor CRM stands inside your own network. Off, nobody can use the "
        "connector to reach computers that only Odoo's server can see.",
    )

    # limits
    timeout = fields.Integer(
        "Time-out (seconds)",
        default=60,
        groups=MANAGER,
        help="How long to wait for one answer of Infor CRM.",
    )
    parallel_requests = fields.Integer(
        "Requests at a time",
        default=4,
        groups=MANAGER,
        help="How many requests may be under way at a time.",
    )
    requests_per_minute = fields.Integer(
        "Requests per minute",
        default=600,
        groups=MANAGER,
        help="Imports, synchronizations, forms and notes of this connector together.",
    )

    # defaults for records we create
    default_owner_id = fields.Many2one(
        "infor.crm.choice",
        "Owner",
        domain="[('connector_id', '=', id), ('subject', '=', 'owner')]",
        copy=False,
        groups=MANAGER,
        help="Who may see records that Odoo creates. Empty: Everyone.",
    )
    default_account_manager_id = fields.Many2one(
        "infor.crm.choice",
        "Account manager",
        domain="[('connector_id', '=', id), ('subject', '=', 'user')]",
        copy=False,
        groups=MANAGER,
        help="Empty: the login of this connector.",
    )
    default_lead_source_id = fields.Many2one(
        "infor.crm.choice",
        "Lead source",
        domain="[('connector_id', '=', id), ('subject', '=', 'lead_source')]",
        copy=False,
        groups=MANAGER,
    )
    default_status = fields.Char(
        "Status", groups=MANAGER, help="Status of leads that Odoo creates, such as New."
    )
    default_type = fields.Char(
        "Type", groups=MANAGER, help="Type of leads that Odoo creates."
    )
    missing_last_name = fields.Selection(
        [("skip", "Do not send the person"), ("text", "Send this text instead")],
        "Without last name",
        default="skip",
        required=True,
        groups=MANAGER,
        help="Infor CRM wants a last name for every lead.",
    )
    missing_last_name_text = fields.Char("Last name to send", groups=MANAGER)
    missing_company = fields.Selection(
        [("skip", "Do not send the person"), ("text", "Send this text instead")],
        "Without company",
        default="skip",
        required=True,
        groups=MANAGER,
        help="Infor CRM wants a company for every lead.",
    )
    missing_company_text = fields.Char("Company to send", groups=MANAGER)

    field_count = fields.Integer(compute="_compute_counts", groups=MANAGER)
    mapping_count = fields.Integer(compute="_compute_counts", groups=MANAGER)
    field_ids = fields.One2many("infor.crm.field", "connector_id", groups=MANAGER)
    mapping_ids = fields.One2many(
        "infor.crm.field.mapping", "connector_id", groups=MANAGER
    )

    _limits = models.Constraint(
        "CHECK(timeout BETWEEN 5 AND 600 AND parallel_requests BETWEEN 1 AND 16"
        " AND requests_per_minute BETWEEN 1 AND 60000)",
        "The time-out must lie between 5 and 600 seconds, parallel requests between 1 "
        "and 16, and requests per minute between 1 and 60000.",
    )

    @api.constrains("url")
    def _check_url(self):
        for connector in self.sudo():
            if not _origin(connector.url):
                raise ValidationError(
                    self.env._(
                        "“%s” is no web address. Enter what you type into the browser "
                        "to open Infor CRM, for example "
                        "https://company.saleslogixcloud.com.",
                        connector.url,
                    )
                )
            if "@" in (connector.url or ""):
                raise ValidationError(
                    self.env._(
                        "Please enter the user name and the password in their own "
                        "fields, not in the address."
                    )
                )

    @api.constrains(
        "missing_last_name",
        "missing_last_name_text",
        "missing_company",
        "missing_company_text",
    )
    def _check_texts(self):
        for connector in self.sudo():
            for name in ("missing_last_name", "missing_company"):
                text = connector[f"{name}_text"]
                if connector[name] == "text" and not (text or "").strip():
                    raise ValidationError(
                        self.env._(
                            "Enter the text to send for people without a last name or "
                            "company, or choose not to send them."
                        )
                    )

    @api.depends("mode", "active", "pulse_ids", "database_fingerprint")
    def _compute_state(self):
        for connector in self:
            calm = connector._stop_reason() in ("", *CALM_STOPS)
            connector.state = connector.mode if calm else "attention"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        everyone = self.sudo().with_context(active_test=False)
        used = everyone.search([("mode", "!=", "draft")])
        found = [("id", "in", used.filtered(lambda c: c.state in value).ids)]
        return ["|", ("mode", "=", "draft"), *found] if "draft" in value else found

    @api.depends("field_ids", "mapping_ids")
    def _compute_counts(self):
        for name, model in (
            ("field_count", "infor.crm.field"),
            ("mapping_count", "infor.crm.field.mapping"),
        ):
            found = self.env[model]._read_group(
                [("connector_id", "in", self.ids)], ["connector_id"], ["__count"]
            )
            counts = {connector.id: count for connector, count in found}
            for connector in self:
                connector[name] = counts.get(connector.id, 0)

    def write(self, vals):
        """A changed login stops all calls until somebody clicks *Reconfirm Login*.

        A stored password belongs to the server it was typed for: pointing the
        connector elsewhere would otherwise send it there, and so show it.
        """
        if not self.env.su and {"base_url", "mode"} & vals.keys():
            raise AccessError(
                self.env._("The connector itself finds its service and connects.")
            )
        changed = self.filtered(lambda c: c._access_changes(vals))
        moved = self.filtered(lambda c: c._moves_to(vals.get("url")))
        result = super().write(vals)
        if not vals.get("password"):
            moved._set_password("")
        changed.filtered(lambda c: c.mode != "draft")._turn_red({"error": "Changed"})
        return result

    def _access_changes(self, vals):
        self.ensure_one()
        known = self.sudo()
        return bool(vals.get("password")) or any(
            name in vals and (vals[name] or "") != (known[name] or "")
            for name in ("url", "login")
        )

    def _moves_to(self, url):
        self.ensure_one()
        return bool(url) and _origin(url) != _origin(self.sudo().url)

    @api.onchange("url")
    def _onchange_url(self):
        if self._origin and self.has_password and self._origin._moves_to(self.url):
            return {
                "warning": {
                    "title": self.env._("Another server"),
                    "message": self.env._(
                        "The saved password is for the former address and will be "
                        "forgotten. Please enter the password for the new one."
                    ),
                }
            }
        return None

    def action_import(self):
        """The next step after connecting."""
        self.ensure_one()
        self._ensure_callable()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "infor_crm_connector.infor_crm_import_wizard_action"
        )
        return {**action, "context": {"default_connector_id": self.id}}

    def action_view_fields(self):
        return self._view_of("infor_crm_connector.infor_crm_field_action")

    def action_view_mappings(self):
        return self._view_of("infor_crm_connector.infor_crm_field_mapping_action")

    def _view_of(self, action):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "domain": [("connector_id", "=", self.id)],
        }

    def _owner_key(self):
        """Key of the owner for records we create."""
        return self.sudo().default_owner_id.key or OWNER_EVERYONE


def _origin(url):
    """Scheme, host and port meant by what people type; None when it is no address."""
    if len((url or "").split()) != 1:
        return None
    try:
        return urls.origin(urls.candidates(url or "")[0])
    except ValueError:
        return None
