from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import quiet_hours, remedies
from .infor_crm_connector import MANAGER


class InforCrmConnectorQuiet(models.Model):
    """Quiet hours: bulk work leaves the CRM to itself, usually at night.

    Imports and list runs wait, whoever started them; people may say "now anyway" for
    a run. Forms, notes, consent and what somebody waits for at a screen go on.
    """

    _inherit = "infor.crm.connector"

    quiet_hours = fields.Boolean(
        groups=MANAGER,
        help="Imports and synchronizations rest in these hours, for example because "
        "Infor CRM replicates its own databases then. Website forms, notes and "
        "opt-outs go on.",
    )
    quiet_from = fields.Float("From", default=1.0, groups=MANAGER)
    quiet_to = fields.Float("To", default=5.0, groups=MANAGER)
    quiet_tz = fields.Selection(
        _tz_get,
        "Time zone",
        default=lambda self: self.env.user.tz or "UTC",
        required=True,
        groups=MANAGER,
        help="The clocks that the quiet hours go by, winter and summer time included.",
    )

    @api.constrains("quiet_hours", "quiet_from", "quiet_to")
    def _check_quiet_hours(self):
        for connector in self.sudo().filtered("quiet_hours"):
            start, end = connector.quiet_from, connector.quiet_to
            if not (0 <= start < 24 and 0 <= end <= 24) or start == end % 24:
                raise ValidationError(
                    self.env._(
                        "Enter quiet hours between 00:00 and 24:00 that begin and end "
                        "at different times. They may last over midnight."
                    )
                )

    def _quiet_until(self, at=None):
        """When bulk work may go on (naive UTC); None when it may. ``at``: not now but
        then (naive UTC)."""
        self.ensure_one()
        connector = self.sudo()
        if not connector.quiet_hours:
            return None
        return quiet_hours.quiet_until(
            at or connector._now(),
            connector.quiet_from,
            connector.quiet_to,
            connector.quiet_tz,
        )

    def _quiet_reason(self, run):
        return "quiet" if not run.at_any_hour and self._quiet_until() else ""

    def _quiet_sentence(self, until):
        facts = {
            "time": quiet_hours.wall_time(until, self.sudo().quiet_tz),
            "zone": self.sudo().quiet_tz,
        }
        return remedies.spoken(self.env, remedies.STOPS["quiet"], facts)

    def _quiet_values(self):
        """Values of a new run that has to wait for the end of the quiet hours."""
        until = self._quiet_until()
        if not until:
            return {}
        return {"next_try": until, "message": self._quiet_sentence(until)}
