from odoo import fields, models

from .infor_crm_connector import MANAGER


class InforCrmConnectorSync(models.Model):
    """How two sides that disagree are brought together."""

    _inherit = "infor.crm.connector"

    conflict_rule = fields.Selection(
        [
            ("latest", "The latest change wins"),
            ("infor", "Infor CRM wins"),
            ("odoo", "Odoo wins"),
        ],
        "Changed on both sides",
        default="latest",
        required=True,
        groups=MANAGER,
        help="What happens to a field that was changed on both sides since the last "
        "sync. The value that loses is kept in the run's report.",
    )
    conflict_scope = fields.Selection(
        [("field", "Field by field"), ("record", "For the whole record")],
        "The rule applies",
        default="field",
        required=True,
        groups=MANAGER,
        help="Field by field, two people who edit different fields of one person both "
        "keep their work.",
    )
    match_rule = fields.Selection(
        [
            ("recent", "The most recently changed"),
            ("oldest", "The oldest"),
            ("ask", "Ask"),
        ],
        "Several with one address",
        default="recent",
        required=True,
        groups=MANAGER,
        help="Which record of Infor CRM a person of Odoo is linked with when several "
        "have the address. Once linked, it stays.",
    )
    push_consent = fields.Boolean(
        "Blacklisting sets DoNotEmail",
        default=True,
        groups=MANAGER,
        help="Whoever is put on Odoo's blacklist must not be e-mailed by Infor CRM "
        "either. Nothing is ever taken back by a sync.",
    )
    execution_limit = fields.Integer(
        "Execution limit (s)",
        default=180,
        required=True,
        groups=MANAGER,
        help="How long the server may work on a request. A new record whose answer "
        "was lost is looked for after that time, and only then sent again.",
    )
    converted_leads_leave = fields.Boolean(
        "Converted leads leave the leads list",
        groups=MANAGER,
        help="A lead that became a contact leaves the list of leads. Off, it stays.",
    )
    max_scheduled = fields.Integer(
        "Scheduled lists and segments",
        default=10,
        required=True,
        groups=MANAGER,
        help="How many may have a schedule at a time.",
    )

    _execution_limit_positive = models.Constraint(
        "CHECK (execution_limit > 0)", "The execution limit must be above zero."
    )
    _max_scheduled_positive = models.Constraint(
        "CHECK (max_scheduled >= 0)", "The number of schedules cannot be negative."
    )
