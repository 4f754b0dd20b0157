from odoo import api, fields, models

from ..const import KINDS
from ..tools.record_form import open_record

KEEP_DAYS = "infor_crm_connector.keep_outcomes_days"
BATCH = 10_000

STATUSES = [
    ("created", "Created"),
    ("updated", "Updated"),
    ("unchanged", "Unchanged"),
    ("skipped", "Skipped"),
    ("conflict", "Differs"),
    ("failed", "Failed"),
    ("waiting", "Waiting"),
]
REASONS = [
    ("no_email", "No e-mail"),
    ("same_address", "Same address as another record"),
    ("removed", "Deleted in Odoo"),
    ("gone", "No longer in Infor CRM, or hidden from the login"),
    ("linked", "Linked to an existing contact"),
    ("joined", "Joined the list"),
    ("changed", "Changed in Infor CRM"),
    ("opted_out", "Opted out in Infor CRM"),
    ("took_over", "The older record of this address"),
    ("left_out", "Values left out"),
    ("differs", "Both sides hold different values"),
    ("address_taken", "The new address belongs to another contact"),
    ("overwritten", "Changed on both sides"),
    ("cleared", "Emptied on one side"),
    ("not_wanted", "New in Infor CRM; this list takes no new ones"),
    ("left_group", "Left the group in Infor CRM; stays in the list"),
    ("vanished", "Gone from Infor CRM, or hidden from the login"),
    ("deleted", "Deleted in Infor CRM"),
    ("converted", "The lead became a contact"),
    ("conversion_asked", "Did the lead become a contact? Asked in the questions"),
    ("opt_out_told", "Infor CRM was told of the opt-out"),
    ("opt_out_refused", "Infor CRM refused to note the opt-out"),
    ("not_written", "Odoo refused the values"),
    ("pushed", "Changed in Odoo"),
    ("overwritten", "Changed on both sides; Odoo's value won"),
    ("cleared", "Blank on one side"),
    ("refused", "Infor CRM refused it"),
    ("rights", "The login may not do that"),
    ("not_read", "Could not be read"),
    ("changed_meanwhile", "Changed in Infor CRM at the same moment"),
    ("incomplete", "Not enough for a lead"),
    ("not_added", "Unknown to Infor CRM"),
    ("ask", "Waits for a decision"),
    ("held", "Another run is creating it"),
    ("no_answer", "Sent, not answered"),
    ("given_up", "Sent several times, never answered"),
    ("found_later", "Created; the answer was lost"),
    ("decided", "Somebody decided so"),
    ("not_told", "Infor CRM refused a decision"),
]


class InforCrmSyncOutcome(models.Model):
    """What became of one record in a run. Created and unchanged records have
    one only when there is something to say."""

    _name = "infor.crm.sync.outcome"
    _description = "Infor CRM Outcome"
    _order = "id"
    _log_access = False

    run_id = fields.Many2one(
        "infor.crm.sync.run", required=True, ondelete="cascade", index=True
    )
    connector_id = fields.Many2one(related="run_id.connector_id")
    company_id = fields.Many2one(related="run_id.connector_id.company_id")
    kind = fields.Selection(KINDS, required=True)
    key = fields.Char("Infor CRM key", required=True)
    name = fields.Char("Record")
    direction = fields.Selection(
        [("to_odoo", "To Odoo"), ("to_infor", "To Infor CRM")],
        default="to_odoo",
        required=True,
    )
    status = fields.Selection(STATUSES, required=True)
    reason = fields.Selection(REASONS, required=True)
    detail = fields.Text(help="In words: which values, which other record.")
    crm_message = fields.Text("Infor CRM's own message")
    crm_severity = fields.Char("Severity")
    crm_code = fields.Char("Code")
    odoo_model = fields.Char()
    res_id = fields.Many2oneReference("Odoo record", model_field="odoo_model")
    time = fields.Datetime(default=fields.Datetime.now)

    _key_idx = models.Index("(run_id, key)")

    def action_open_record(self):
        self.ensure_one()
        return open_record(self.odoo_model, self.res_id)

    @api.autovacuum
    def _gc_outcomes(self):
        """Details go after a while; the run and its numbers stay."""
        days = self.env["ir.config_parameter"].sudo().get_param(KEEP_DAYS)
        days = int(days) if (days or "").isdigit() else 180
        self.env.cr.execute(
            """DELETE FROM infor_crm_sync_outcome WHERE id IN (
                   SELECT o.id FROM infor_crm_sync_outcome o
                     JOIN infor_crm_sync_run r ON r.id = o.run_id
                    WHERE r.finished
                          < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                    LIMIT %s)""",
            [days, BATCH],
        )
        return self.env.cr.rowcount, self.env.cr.rowcount == BATCH
