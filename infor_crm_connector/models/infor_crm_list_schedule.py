from datetime import timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date
from odoo.tools.i18n import format_list

from odoo.addons.base.models.res_partner import _tz_get

from ..lib.sync.schedule import Schedule

WEEKDAYS = (
    "on_monday",
    "on_tuesday",
    "on_wednesday",
    "on_thursday",
    "on_friday",
    "on_saturday",
    "on_sunday",
)
LAST_DAY = 31
# What a schedule consists of, for whoever keeps a copy of it.
SCHEDULE_FIELDS = (
    "scheduled",
    "frequency",
    *WEEKDAYS,
    "month_day",
    "at_hour",
    "at_minute",
    "start_date",
    "tz",
)


class InforCrmListSchedule(models.AbstractModel):
    """When something repeats, as people enter it: for what is kept, and for the window
    that edits a copy of it."""

    _name = "infor.crm.list.schedule"
    _description = "Infor CRM Schedule"

    scheduled = fields.Boolean("Schedule")
    frequency = fields.Selection(
        [("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly")],
        default="daily",
        required=True,
    )
    on_monday = fields.Boolean("Monday", default=True)
    on_tuesday = fields.Boolean("Tuesday")
    on_wednesday = fields.Boolean("Wednesday")
    on_thursday = fields.Boolean("Thursday")
    on_friday = fields.Boolean("Friday")
    on_saturday = fields.Boolean("Saturday")
    on_sunday = fields.Boolean("Sunday")
    month_day = fields.Integer(
        "Day of the month",
        default=1,
        help="31 means the last day of the month; so do 29 and 30 in months that lack "
        "them.",
    )
    # after the hours that connectors propose as quiet ones
    at_hour = fields.Integer("Hour", default=5, help="0 to 23")
    at_minute = fields.Integer("Minute", default=0, help="0 to 59")
    start_date = fields.Date(
        "Starts on", help="No run before this day. Empty: from now on."
    )
    tz = fields.Selection(
        _tz_get,
        "Time zone",
        default=lambda self: self._default_tz(),
        required=True,
        help="The clocks that the schedule goes by, winter and summer time included. A "
        "time that is skipped when the clocks are put forward runs right after, one "
        "that comes twice runs once.",
    )
    next_run = fields.Datetime(compute="_compute_next_run")
    schedule_text = fields.Char(
        "Schedule in words", compute="_compute_schedule_text", exportable=False
    )

    @api.constrains(*SCHEDULE_FIELDS)
    def _check_schedule(self):
        for record in self.filtered("scheduled"):
            if problem := record._schedule_problem():
                raise ValidationError(problem)

    def _schedule_problem(self):
        """What is wrong with it, in words; "" when nothing is."""
        self.ensure_one()
        if not 0 <= self.at_hour <= 23:
            return self.env._("The hour must lie between 0 and 23.")
        if not 0 <= self.at_minute <= 59:
            return self.env._("The minute must lie between 0 and 59.")
        if not 1 <= self.month_day <= LAST_DAY:
            return self.env._(
                "The day of the month must lie between 1 and 31; 31 means the last day."
            )
        if self.frequency == "weekly" and not self._weekdays():
            return self.env._("Choose at least one day of the week.")
        if not _is_known(self.tz):
            return self.env._(
                "This server does not know the clocks of “%s”. Choose another time "
                "zone, such as the one of the nearest large city.",
                self.tz or "",
            )
        return ""

    @api.model
    def _default_tz(self):
        zone = self.env.user.tz
        return zone if _is_known(zone) else "UTC"

    def _weekdays(self):
        return frozenset(day for day, name in enumerate(WEEKDAYS) if self[name])

    # --- when -----------------------------------------------------------------------

    @api.model
    def _schedule_now(self):
        """The time that schedules go by (naive UTC)."""
        return self.env["infor.crm.connector"]._now()

    @api.depends(*SCHEDULE_FIELDS)
    def _compute_next_run(self):
        now = self._schedule_now()
        for record in self:
            valid = record.scheduled and not record._schedule_problem()
            record.next_run = valid and record._next_run_after(now)

    def _schedule(self):
        """It as :class:`lib.sync.schedule.Schedule`."""
        self.ensure_one()
        return Schedule(
            frequency=self.frequency,
            weekdays=self._weekdays(),
            month_day=self.month_day,
            hour=self.at_hour,
            minute=self.at_minute,
            start_date=self.start_date or None,
            zone=self.tz,
        )

    def _next_run_after(self, moment):
        """The first run later than a moment (both naive UTC), False when none is."""
        run = self._schedule().next_after(moment.replace(tzinfo=timezone.utc))
        return run.replace(tzinfo=None) if run else False

    # --- in words -------------------------------------------------------------------

    @api.depends(*SCHEDULE_FIELDS)
    @api.depends_context("lang")
    def _compute_schedule_text(self):
        for record in self:
            valid = record.scheduled and not record._schedule_problem()
            record.schedule_text = valid and record._schedule_sentence()

    def _schedule_sentence(self):
        """Such as "Daily at 02:30 (Europe/Vienna)"."""
        self.ensure_one()
        facts = {
            "time": f"{self.at_hour:02}:{self.at_minute:02}",
            "zone": self.tz,
            "days": self._weekdays_text(),
            "day": self.month_day,
        }
        words = self._schedule_words(facts)
        if self.start_date and self.start_date > self._schedule_now().date():
            date = format_date(self.env, self.start_date)
            words = self.env._(
                "%(schedule)s, from %(date)s on", schedule=words, date=date
            )
        return words

    def _schedule_words(self, facts):
        if self.frequency == "weekly":
            return self.env._("Weekly on %(days)s at %(time)s (%(zone)s)", **facts)
        if self.frequency == "daily":
            return self.env._("Daily at %(time)s (%(zone)s)", **facts)
        if self.month_day == LAST_DAY:
            return self.env._("Monthly on the last day at %(time)s (%(zone)s)", **facts)
        return self.env._("Monthly on day %(day)s at %(time)s (%(zone)s)", **facts)

    def _weekdays_text(self):
        names = [
            self._fields[WEEKDAYS[day]]._description_string(self.env)
            for day in sorted(self._weekdays())
        ]
        return format_list(self.env, names) if names else ""


def _is_known(zone):
    """Odoo offers old names, too, that not every system has."""
    try:
        ZoneInfo(zone or "")
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
