"""Schedule: daily, weekly or monthly, at a time of the day, on the clocks of a zone."""

from datetime import timedelta

import pytz

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .schedule_common import ScheduleCase, utc

VIENNA, NEW_YORK = "Europe/Vienna", "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"


@tagged("post_install", "-at_install")
class TestSchedule(ScheduleCase):
    # --- what people set ------------------------------------------------------------

    def test_daily_at_an_hour_and_minute(self):
        sync = self.scheduled_list(at="02:30")
        self.assertEqual(sync.schedule_text, "Daily at 02:30 (Europe/Vienna)")
        self.assertEqual(sync.next_run, utc("2035-01-16 01:30"))

    def test_weekly_on_one_or_more_days(self):
        sync = self.scheduled_list(
            frequency="weekly", on_monday=False, on_wednesday=True, on_sunday=True
        )
        self.assertEqual(
            sync.schedule_text,
            "Weekly on Wednesday and Sunday at 02:30 (Europe/Vienna)",
        )
        self.assertEqual(sync.next_run, utc("2035-01-17 01:30"))

    def test_monthly_on_a_day_and_31_means_the_last(self):
        sync = self.scheduled_list(frequency="monthly", month_day=12)
        self.assertEqual(
            sync.schedule_text, "Monthly on day 12 at 02:30 (Europe/Vienna)"
        )
        self.assertEqual(sync.next_run, utc("2035-02-12 01:30"))
        self.now = utc("2035-02-12 12:00")
        self.schedule(sync, month_day=31)
        self.assertEqual(
            sync.schedule_text, "Monthly on the last day at 02:30 (Europe/Vienna)"
        )
        self.assertEqual(sync.next_run, utc("2035-02-28 01:30"))

    def test_not_before_its_start_date(self):
        sync = self.scheduled_list(start_date="2035-03-01")
        self.assertEqual(sync.next_run, utc("2035-03-01 01:30"))
        self.assertIn("from 03/01/2035 on", sync.schedule_text)
        self.now = utc("2035-03-01 12:00")
        sync.invalidate_recordset()
        self.assertNotIn("2035", sync.schedule_text)

    def test_in_the_users_time_zone_unless_another_is_chosen(self):
        made = self.env["infor.crm.list.schedule"].with_user(self.marketer)
        self.assertEqual(made.default_get(["tz"]), {"tz": VIENNA})
        self.marketer.tz = False
        self.assertEqual(made.default_get(["tz"]), {"tz": "UTC"})

    def test_the_zone_stays_with_the_schedule(self):
        sync = self.scheduled_list()
        self.marketer.tz = NEW_YORK
        self.now += timedelta(days=1)
        self.lanes_look()
        self.assertEqual(sync.tz, VIENNA)
        self.assertEqual(sync.next_run, utc("2035-01-17 01:30"))

    def test_what_does_not_make_a_schedule_is_refused_with_a_reason(self):
        sync = self.make_list()
        refused = (
            ("at least one day", {"frequency": "weekly", "on_monday": False}),
            ("hour", {"at_hour": 24}),
            ("hour", {"at_hour": -1}),
            ("minute", {"at_minute": 60}),
            ("day of the month", {"month_day": 0}),
            ("day of the month", {"month_day": 32}),
        )
        for word, values in refused:
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, word),
                self.cr.savepoint(),
            ):
                sync.write({"scheduled": True, **values})
        sync.write({"scheduled": True, "frequency": "weekly", "at_hour": 23})
        self.assertTrue(sync.next_run)

    def test_off_means_that_nothing_runs(self):
        sync = self.scheduled_list()
        sync.scheduled = False
        self.assertFalse(sync.next_run)
        self.assertFalse(sync.schedule_text)
        self.now += timedelta(days=30)
        self.lanes_look()
        self.assertFalse(self.runs(sync))

    # --- next run -------------------------------------------------------------------

    def test_a_changed_schedule_shows_its_next_run_at_once(self):
        sync = self.scheduled_list(at="02:30")
        self.schedule(sync, at="23:00")
        self.assertEqual(sync.next_run, utc("2035-01-15 22:00"))
        self.schedule(sync, at="23:00", tz=NEW_YORK)
        self.assertEqual(sync.next_run, utc("2035-01-16 04:00"))

    def test_a_run_that_is_due_is_not_lost_by_saving_other_options(self):
        sync = self.scheduled_list(at="02:30")
        due = sync.next_run
        self.now = due + timedelta(seconds=20)
        self.schedule(sync, at="02:30", push_add=True)
        self.assertEqual(sync.next_run, due)
        self.lanes_look()
        self.assertEqual(len(self.runs(sync)), 1)

    def test_a_lane_is_woken_at_the_time(self):
        sync = self.scheduled_list()
        lanes = [
            self.env.ref(f"infor_crm_connector.ir_cron_lane_{number}").id
            for number in (1, 2, 3, 4)
        ]

        def woken_at(moment):
            return self.env["ir.cron.trigger"].search_count(
                [("cron_id", "in", lanes), ("call_at", "=", moment)]
            )

        self.assertTrue(woken_at(sync.next_run))
        self.now = sync.next_run
        self.lanes_look()
        self.assertTrue(woken_at(sync.next_run))

    # --- runs -----------------------------------------------------------------------

    def test_the_run_belongs_to_who_set_the_schedule(self):
        sync = self.scheduled_list()
        self.now = sync.next_run
        self.lanes_look()
        run = self.runs(sync)
        self.assertEqual(
            (run.state, run.trigger, run.operation, run.user_id, run.subject),
            ("queued", "schedule", "push", self.marketer, "Customers"),
        )

    def test_an_imported_list_is_synced_both_ways(self):
        sync = self.schedule(self.source_list())
        self.now = sync.next_run
        self.lanes_look()
        self.assertEqual(self.runs(sync).mapped("operation"), ["import", "sync"])

    def test_a_segment_is_pushed(self):
        segment = self.env["mailing.filter"].create(
            {
                "name": "Leads of Odoo",
                "mailing_domain": "[]",
                "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        sync = self.make_list(list_id=False, filter_id=segment.id)
        self.schedule(sync)
        self.now = sync.next_run
        self.lanes_look()
        run = self.runs(sync)
        self.assertEqual((run.operation, run.subject), ("push", "Leads of Odoo"))

    def test_the_lanes_themselves_look_at_the_schedules(self):
        sync = self.scheduled_list()
        self.connector.action_pause()
        self.now = sync.next_run
        self.lane(2)
        self.assertEqual(self.runs(sync).trigger, "schedule")

    def test_across_both_clock_changes_the_run_shown_is_the_run_that_happens(self):
        """For each zone and time: what is shown, day by day, on the clock there."""
        for zone, at, start, shown in (
            # put forward at 02:00: half past two does not exist, so at three
            (VIENNA, "02:30", "2035-03-24", ["24 02:30", "25 03:00", "26 02:30"]),
            # put back at 03:00: half past two comes twice, and runs once
            (VIENNA, "02:30", "2035-10-27", ["27 02:30", "28 02:30", "29 02:30"]),
            (NEW_YORK, "02:30", "2035-03-10", ["10 02:30", "11 03:00", "12 02:30"]),
            (NEW_YORK, "01:30", "2035-11-03", ["03 01:30", "04 01:30", "05 01:30"]),
            # by half an hour
            (LORD_HOWE, "02:15", "2035-10-06", ["06 02:15", "07 02:30", "08 02:15"]),
            (LORD_HOWE, "01:45", "2035-03-31", ["31 01:45", "01 01:45", "02 01:45"]),
        ):
            with self.subTest(zone=zone, start=start):
                self.now = utc(f"{start} 00:00") - timedelta(hours=14)
                sync = self.scheduled_list(at=at, tz=zone, start_date=start)
                self.assertEqual(self.watch(sync, zone, len(shown)), shown)
                sync.scheduled = False

    def watch(self, sync, zone, count):
        """What was shown, each checked to be the moment at which it happened."""
        shown = []
        for number in range(count):
            moment = sync.next_run
            local = pytz.utc.localize(moment).astimezone(pytz.timezone(zone))
            shown.append(f"{local:%d %H:%M}")
            self.now = moment - timedelta(seconds=1)
            self.lanes_look()
            self.assertEqual(len(self.runs(sync)), number, "too early")
            self.now = moment
            self.lanes_look()
            self.lanes_look()
            self.assertEqual(len(self.runs(sync)), number + 1, "not once")
            self.end(self.runs(sync))
        return shown

    def test_runs_missed_while_odoo_was_down_are_made_up_for_once(self):
        sync = self.scheduled_list()
        self.now = utc("2035-01-22 12:00")  # a week later
        self.lanes_look()
        self.assertEqual(len(self.runs(sync)), 1)
        self.assertEqual(sync.next_run, utc("2035-01-23 01:30"))
        self.end(self.runs(sync))
        self.lanes_look()
        self.assertEqual(len(self.runs(sync)), 1)

    def test_all_lists_that_are_due_are_started(self):
        syncs = [self.scheduled_list(f"List {number}") for number in range(5)]
        self.now += timedelta(days=1)
        self.lanes_look()
        self.assertEqual([len(self.runs(sync)) for sync in syncs], [1] * 5)

    def test_one_schedule_that_cannot_run_does_not_keep_the_others(self):
        broken, sync = self.scheduled_list("Broken"), self.scheduled_list("Fine")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE infor_crm_list_sync SET tz = 'Middle/Earth' WHERE id = %s",
            [broken.id],
        )
        self.env.invalidate_all()
        self.now += timedelta(days=1)
        logger = "odoo.addons.infor_crm_connector.models.infor_crm_list_sync_schedule"
        with self.assertLogs(logger, "ERROR"):
            self.lanes_look()
        self.assertFalse(self.runs(broken))
        self.assertTrue(self.runs(sync))
