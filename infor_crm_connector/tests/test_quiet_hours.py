"""Quiet hours: bulk work leaves the CRM to itself."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged

from ..tools.quiet_hours import quiet_until
from .import_common import ImportCase

BERLIN = "Europe/Berlin"


def utc(text):
    return datetime.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestQuietClock(BaseCase):
    """Times of the day in a zone, as moments in UTC."""

    def assertQuiet(self, now, start, end, until, zone=BERLIN):
        found = quiet_until(utc(now), start, end, zone)
        self.assertEqual(found, until and utc(until))

    def test_within_a_day(self):
        self.assertQuiet("2025-01-15 00:59", 1, 5, "2025-01-15 04:00")
        self.assertQuiet("2025-01-15 00:00", 1, 5, "2025-01-15 04:00")
        self.assertQuiet("2025-01-14 23:59", 1, 5, None)
        self.assertQuiet("2025-01-15 04:00", 1, 5, None)

    def test_over_midnight(self):
        self.assertQuiet("2025-01-15 20:59", 22, 6.5, None)
        self.assertQuiet("2025-01-15 21:00", 22, 6.5, "2025-01-16 05:30")
        self.assertQuiet("2025-01-16 05:29", 22, 6.5, "2025-01-16 05:30")
        self.assertQuiet("2025-01-16 05:30", 22, 6.5, None)

    def test_until_midnight(self):
        self.assertQuiet("2025-01-15 22:30", 20, 24, "2025-01-15 23:00")
        self.assertQuiet("2025-01-15 23:00", 20, 24, None)
        self.assertQuiet("2025-01-15 22:30", 20, 0, "2025-01-15 23:00")

    def test_summer_and_winter_keep_the_time_on_the_wall(self):
        self.assertQuiet("2025-07-15 02:59", 1, 5, "2025-07-15 03:00")
        self.assertQuiet("2025-07-15 03:00", 1, 5, None)
        self.assertQuiet("2025-01-15 03:59", 1, 5, "2025-01-15 04:00")

    def test_the_clock_is_put_forward(self):
        """30 March, 02:00 becomes 03:00: the night is an hour shorter."""
        self.assertQuiet("2025-03-29 21:00", 22, 6, "2025-03-30 04:00")
        self.assertQuiet("2025-03-30 00:30", 1, 5, "2025-03-30 03:00")
        # 02:30 is no time that day: rather longer quiet than too short
        self.assertQuiet("2025-03-30 00:45", 1, 2.5, "2025-03-30 01:30")
        self.assertQuiet("2025-03-30 00:30", 2.5, 5, "2025-03-30 03:00")

    def test_the_clock_is_put_back(self):
        """26 October, 03:00 becomes 02:00: the hour from two to three comes twice."""
        self.assertQuiet("2025-10-25 20:00", 22, 6, "2025-10-26 05:00")
        self.assertQuiet("2025-10-26 00:45", 1, 2.5, "2025-10-26 01:30")
        self.assertQuiet("2025-10-26 01:29", 1, 2.5, "2025-10-26 01:30")
        self.assertQuiet("2025-10-26 00:30", 2.5, 5, "2025-10-26 04:00")

    def test_every_day_has_its_quiet_hours_once(self):
        """All year round, minute by minute around the changes."""
        for start in ("2025-03-29 00:00", "2025-10-25 00:00"):
            ends = {
                quiet_until(utc(start) + timedelta(minutes=m), 22, 6, BERLIN)
                for m in range(3 * 24 * 60)
            }
            self.assertEqual(len(ends - {None}), 4, start)


@tagged("post_install", "-at_install")
class TestQuietRuns(ImportCase):
    crm_options = {"seed": 1, "leads": 30, "contacts": 20}

    def setUp(self):
        super().setUp()
        self.now = datetime(2035, 1, 15, 2, 30)  # half past three in Berlin
        model = type(self.env["infor.crm.connector"])
        self.startPatcher(patch.object(model, "_now", lambda this: self.now))
        self.connector.write(
            {"quiet_hours": True, "quiet_from": 1, "quiet_to": 5, "quiet_tz": BERLIN}
        )
        self.crm.clear_requests()

    def work(self):
        for number in (1, 2, 3, 4):
            self.lane(number)

    def test_an_import_waits_and_says_how_long(self):
        run = self.start().last_run_id
        self.assertEqual(run.next_try, datetime(2035, 1, 15, 4))
        self.assertIn("05:00", run.message)
        self.assertIn(BERLIN, run.message)
        self.work()
        self.assertEqual(self.crm.requests(), [])
        self.assertTrue(run.quiet)

    def test_an_import_that_was_queued_before_waits_too(self):
        self.now -= timedelta(hours=3)
        run = self.start().last_run_id
        self.assertFalse(run.next_try)
        self.now += timedelta(hours=3)
        self.work()
        self.assertEqual(self.crm.requests(), [])
        self.assertEqual(run.state, "queued")
        self.assertIn("05:00", run.message)

    def test_quiet_hours_that_begin_while_it_runs(self):
        self.crm.switches(page_cap=10)
        self.now -= timedelta(hours=3)
        run = self.start().last_run_id
        worker = type(self.env["infor.crm.worker"])
        original = worker._close_page

        def time_flies(this, job, counts, cursor):
            self.now = datetime(2035, 1, 15, 0)
            return original(this, job, counts, cursor)

        with patch.object(worker, "_close_page", time_flies):
            self.lane()
        self.assertEqual((run.state, run.selected), ("queued", 10))
        self.assertIn("05:00", run.message)
        self.now = datetime(2035, 1, 15, 4)
        self.env.cr.execute("UPDATE infor_crm_sync_run SET next_try = NULL")
        self.env.invalidate_all()
        self.work_off(run)
        self.assertEqual((run.state, run.selected), ("done", 30), run.message)

    def test_run_now_anyway(self):
        run = self.start().last_run_id
        run.action_now()
        self.assertFalse(run.quiet)
        self.env.cr.flush()
        self.lane()
        self.work_off(run)
        self.assertEqual(run.state, "done", run.message)
        self.assertFalse(run.message)

    def test_what_somebody_waits_for_goes_on(self):
        with self.connector._client() as client:
            self.assertTrue(client.count("leads"))
        self.connector._ensure_callable()
        self.assertEqual(self.connector.health, "green")

    def test_hours_that_are_none(self):
        for start, end in ((5, 5), (-1, 5), (1, 25), (0, 24)):
            with self.subTest(start=start, end=end), self.assertRaises(ValidationError):
                self.connector.write({"quiet_from": start, "quiet_to": end})
