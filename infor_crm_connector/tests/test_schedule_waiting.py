"""Schedules that meet something: a run under way, a pause, quiet hours, a red light."""

from datetime import timedelta

from odoo.tests import tagged

from .schedule_common import ScheduleCase, utc

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestScheduleWaits(ScheduleCase):
    def both_ways(self):
        return self.schedule(self.source_list(), push=True, pull=True)

    def test_a_run_under_way_is_joined(self):
        sync = self.scheduled_list()
        by_hand = sync._queue_run("manual", operation="push")
        self.now = sync.next_run
        self.lanes_look()
        self.assertEqual(self.runs(sync), by_hand)
        self.assertEqual(sync.next_run, utc("2035-01-17 01:30"))

    def test_a_run_that_waits_for_people_is_not_passed_by(self):
        sync = self.scheduled_list()
        for state in ("paused", "to_approve"):
            run = sync._queue_run("manual", operation="push")
            self.end(run, state)
            self.assertIn("waits for somebody", sync.schedule_note)
            self.now += DAY
            self.lanes_look()
            self.assertEqual(sync.last_run_id, run)
            self.end(run)
        self.assertFalse(sync.schedule_note)
        self.now += DAY
        self.lanes_look()
        self.assertEqual(sync.last_run_id.trigger, "schedule")

    def test_an_import_under_way_is_waited_for(self):
        """It would not do what was scheduled: nothing would be pushed this night."""
        sync = self.schedule(self.start("lead"))
        importing = sync.last_run_id
        self.now = sync.next_run
        self.lanes_look()
        self.assertEqual(self.runs(sync), importing)
        self.end(importing)
        self.lanes_look()
        self.assertEqual(self.runs(sync).mapped("operation"), ["import", "sync"])
        self.assertEqual(sync.next_run, utc("2035-01-17 01:30"))

    def test_a_pause_of_both_directions_is_made_up_for_once(self):
        sync = self.both_ways()
        before = self.runs(sync)
        sync.write({"push_paused": True, "pull_paused": True})
        self.assertIn("made up for", sync.schedule_note)
        self.now += 9 * DAY
        self.lanes_look()
        self.assertEqual(self.runs(sync), before)
        sync.pull_paused = False
        self.lanes_look()
        self.lanes_look()
        self.assertEqual(len(self.runs(sync) - before), 1)
        self.assertGreater(sync.next_run, self.now)

    def test_one_paused_direction_does_not_keep_the_other(self):
        sync = self.both_ways()
        sync.push_paused = True
        self.assertFalse(sync.schedule_note)
        self.now += DAY
        self.lanes_look()
        self.assertEqual(sync.last_run_id.operation, "sync")

    def test_a_paused_connector_has_one_run_waiting_however_long(self):
        sync = self.scheduled_list()
        self.connector.action_pause()
        for _night in range(4):
            self.now += DAY
            self.lane()
        run = self.runs(sync)
        self.assertEqual((len(run), run.state), (1, "queued"))
        self.assertIn("paused", run.message)
        self.assertIn("paused", sync.schedule_note)
        self.assertGreater(sync.next_run, self.now)

    def test_a_red_connector_has_it_wait_until_it_is_well(self):
        sync = self.scheduled_list()
        self.connector._turn_red({"error": "LoginRefused"})
        self.now += DAY
        self.lane()
        run = self.runs(sync)
        self.assertEqual((run.state, bool(run.next_try)), ("queued", True))

    def test_in_quiet_hours_it_waits_for_their_end(self):
        self.connector.write(
            {
                "quiet_hours": True,
                "quiet_from": 1,
                "quiet_to": 5,
                "quiet_tz": "Europe/Vienna",
            }
        )
        sync = self.scheduled_list(at="02:30")
        self.assertIn("05:00", sync.schedule_note)
        self.now = sync.next_run
        # opt-outs travel at once; all else waits
        self.lane()
        run = self.runs(sync)
        self.assertEqual(run.state, "queued")
        self.assertTrue(run.next_try)
        self.assertFalse(run.selected)
        self.assertIn("05:00", run.message)

    def test_a_connector_that_is_not_connected_starts_nothing(self):
        sync = self.scheduled_list()
        for state in ({"mode": "draft"}, {"database_fingerprint": "another/1//live"}):
            with self.subTest(state):
                former = {name: self.connector[name] for name in state}
                self.connector.sudo().write(state)
                self.now += DAY
                self.lanes_look()
                self.assertFalse(self.runs(sync))
                self.connector.sudo().write(former)
        self.lanes_look()
        self.assertEqual(len(self.runs(sync)), 1)

    def test_an_archived_list_rests_and_goes_on_when_it_comes_back(self):
        sync = self.scheduled_list()
        sync.list_id.active = False
        self.assertFalse(sync.next_run)
        self.now += 9 * DAY
        self.lanes_look()
        self.assertFalse(self.runs(sync))
        sync.list_id.active = True
        self.assertEqual(sync.next_run, utc("2035-01-25 01:30"))
        self.assertEqual(sync.schedule_uid, self.marketer)

    def test_a_reset_removes_the_schedules(self):
        sync, archived = self.scheduled_list(), self.scheduled_list("Former")
        archived.list_id.active = False
        rows = self.connector._reset_summary(keep_links=True)
        self.assertIn(("Schedules", 2), [(row["label"], row["count"]) for row in rows])
        self.connector._reset_execute(keep_links=True)
        self.assertFalse(sync.scheduled or sync.next_run or archived.scheduled)
