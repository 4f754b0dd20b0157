"""A connection that breaks: red, told, probed, well again."""

import itertools
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..lib.sdata import errors
from .import_common import ImportCase

WARNING = "mail.mail_activity_data_warning"
NOON = datetime(2030, 5, 6, 12)


class WatchCase(ImportCase):
    """A clock of our own; nobody waits."""

    crm_options = {"seed": 1, "leads": 30, "contacts": 20}

    def setUp(self):
        super().setUp()
        self.now = NOON
        model = type(self.env["infor.crm.connector"])
        self.startPatcher(patch.object(model, "_now", lambda this: self.now))
        self.user.email = "admin@example.com"
        self.connector.user_id = self.user

    def minutes(self, count, lane=1):
        """So many minutes pass; a lane is called in each, as Odoo's cron does it."""
        for _ in range(count):
            self.now += timedelta(minutes=1)
            self.lane(lane)

    def mails(self):
        return self.env["mail.mail"].search(
            [("subject", "=like", "Practice CRM: %"), ("state", "=", "outgoing")]
        )

    def activities(self):
        return self.connector.activity_search([WARNING])

    def noted(self, error):
        """As a lane does with an error it met."""
        with self.enter_registry_test_mode():
            return self.connector._report_error(error)

    def go_down(self):
        self.crm.fault(match="", fault="html_503")
        self.noted(errors.ServerUnavailable(status=503))


@tagged("post_install", "-at_install")
class TestOutage(WatchCase):
    def test_an_hour_down(self):
        """Red after ten minutes, one activity, one mail a day, resumes by itself."""
        run = self.start().last_run_id
        self.go_down()
        self.env.cr.execute(
            "UPDATE infor_crm_sync_run SET next_try = '2030-01-01' WHERE id = %s",
            [run.id],
        )
        self.crm.clear_requests()
        self.minutes(9)
        self.assertEqual(self.connector.health, "green")
        self.assertFalse(self.activities())
        self.minutes(1)
        self.assertEqual(self.connector.state, "attention")
        self.assertIn("starting, stopped or overloaded", self.connector.stop_message)
        self.assertIn("goes on by itself", self.connector.stop_message)
        self.minutes(50)
        activity = self.activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.connector.user_id)
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("overloaded", self.mails().body_html)
        self.assertEqual(run.state, "queued")

        self.crm.clear_faults()
        self.minutes(10)
        self.assertEqual(self.connector.health, "green")
        self.assertFalse(self.activities())
        self.assertEqual(len(self.mails()), 1)
        self.work_off(run)
        self.assertEqual(run.state, "done", run.message)

    def test_it_is_probed_with_one_request_less_and_less_often(self):
        self.go_down()
        self.crm.clear_requests()
        asked = []
        for minute in range(60):
            self.minutes(1)
            asked += [minute] * (len(self.crm.requests()) - len(asked))
        gaps = [later - earlier for earlier, later in itertools.pairwise(asked)]
        self.assertEqual(set(gaps[:2]), {1})
        self.assertEqual(gaps[-1], 10)
        self.assertLess(len(asked), 15)

    def test_several_lanes_probe_once(self):
        self.go_down()
        self.crm.clear_requests()
        self.now += timedelta(minutes=1)
        for number in (1, 2, 3, 4):
            self.lane(number)
        self.assertEqual(len(self.crm.requests()), 1)

    def test_one_mail_a_day_until_it_is_well(self):
        self.go_down()
        self.minutes(11)
        for day in (1, 2, 3):
            self.assertEqual(len(self.mails()), day)
            self.now += timedelta(days=1)
            self.lane(1)
            self.lane(2)
        self.assertEqual(len(self.activities()), 1)

    def test_nobody_but_the_probe_calls_a_red_crm(self):
        self.go_down()
        self.minutes(11)
        run = self.start_anyway()
        self.crm.clear_requests()
        for number in (1, 2, 3, 4):
            self.lane(number)
        self.assertEqual(self.crm.requests(), [])
        self.assertEqual(run.state, "queued")
        self.assertIn("overloaded", run.message)

    def start_anyway(self):
        """An import that was asked for a moment before it turned red."""
        model = type(self.env["infor.crm.connector"])
        with patch.object(model, "_ensure_callable", lambda this: None):
            return self.start().last_run_id

    def test_a_short_outage_troubles_nobody(self):
        self.go_down()
        self.minutes(5)
        self.crm.clear_faults()
        self.minutes(30)
        self.assertEqual(self.connector.health, "green")
        self.assertFalse(self.activities() or self.mails())
        # the next outage has ten minutes of its own
        self.go_down()
        self.minutes(9)
        self.assertEqual(self.connector.health, "green")

    def test_a_paused_connector_is_neither_probed_nor_told_of(self):
        self.go_down()
        self.connector.action_pause()
        self.crm.clear_requests()
        self.minutes(60)
        self.assertEqual(self.crm.requests(), [])
        self.assertFalse(self.activities() or self.mails())

    def test_an_outage_that_ends_with_a_refused_login_stays_red(self):
        self.go_down()
        self.minutes(11)
        self.crm.clear_faults()
        self.crm.users(admin={"password": "changed"})
        self.minutes(30)
        self.crm.clear_requests()
        self.minutes(60)
        self.assertEqual(self.crm.requests(), [])
        self.assertIn("user name and password", self.connector.stop_message)
        self.assertEqual(len(self.activities()), 1)

    def test_without_responsible_an_administrator_is_told(self):
        self.connector.user_id = False
        self.go_down()
        self.minutes(11)
        told = self.activities().user_id
        self.assertTrue(told.has_group("infor_crm_connector.group_manager"))

    def test_reconfirming_ends_the_alert_at_once(self):
        self.go_down()
        self.minutes(11)
        self.crm.clear_faults()
        self.connector.action_reconfirm()
        self.assertEqual(self.connector.health, "green")
        self.assertFalse(self.activities())


class RefusedMixin:
    """At most one further request after the first refusal, until Reconfirm Login."""

    further = 1

    def everybody(self, times=2):
        for _ in range(times):
            for number in (1, 2, 3, 4):
                self.lane(number)

    def test_a_refused_password_costs_one_further_request(self):
        runs = self.start("lead").last_run_id | self.start("contact").last_run_id
        self.crm.users(admin={"password": "changed"})
        self.crm.clear_requests()
        self.everybody()
        self.minutes(60)
        self.assertEqual(len(self.crm.requests()), 1 + self.further)
        self.assertEqual(self.connector.state, "attention")
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(len(self.mails()), 1)
        self.assertEqual(set(runs.mapped("state")), {"queued"})

        self.connector.password = "changed"
        self.connector.action_reconfirm()
        self.assertFalse(self.activities())
        for run in runs:
            self.work_off(run)
            self.assertEqual(run.state, "done", run.message)

    def test_in_the_middle_of_an_import(self):
        self.crm.switches(page_cap=10)
        run = self.start("lead").last_run_id
        self.one_page()
        self.crm.users(admin={"password": "changed"})
        self.crm.clear_requests()
        self.everybody()
        self.assertEqual(len(self.crm.requests()), 1 + self.further)
        self.assertEqual(run.state, "queued")
        self.assertEqual(run.selected, 10)

    def test_a_wrong_reconfirmation_stays_red_and_quiet(self):
        self.crm.users(admin={"password": "changed"})
        self.noted(errors.CredentialsRefused())
        self.connector.password = "wrong"
        self.connector.action_reconfirm()
        self.assertEqual(self.connector.health, "red")
        self.crm.clear_requests()
        self.minutes(60)
        self.assertEqual(self.crm.requests(), [])


@tagged("post_install", "-at_install")
class TestRefused403(RefusedMixin, WatchCase):
    """403 may mean rights, too: asking who we are is the one further request."""


@tagged("post_install", "-at_install")
class TestRefused401(RefusedMixin, WatchCase):
    further = 0

    def setUp(self):
        super().setUp()
        self.crm.switches(login_failure="401")


@tagged("post_install", "-at_install")
class TestPause(ImportCase):
    crm_options = {"seed": 1, "leads": 100, "contacts": 20}

    def test_paused_in_the_middle_of_an_import(self):
        """The page under way is kept, nothing more is asked, Resume goes on."""
        self.crm.switches(page_cap=10)
        sync = self.start()
        run = sync.last_run_id
        worker = type(self.env["infor.crm.worker"])
        original = worker._close_page

        def paused_meanwhile(this, job, counts, cursor):
            result = original(this, job, counts, cursor)
            this.env["infor.crm.connector"].browse(job.connector_id).action_pause()
            return result

        with patch.object(worker, "_close_page", paused_meanwhile):
            self.lane()
        self.assertEqual((run.state, run.selected), ("queued", 10))
        self.assertIn("paused", run.message)
        self.crm.clear_requests()
        for number in (1, 2, 3, 4):
            self.lane(number)
        self.env.cr.execute("UPDATE infor_crm_sync_run SET next_try = NULL")
        self.env.invalidate_all()
        self.lane()
        self.assertEqual(self.crm.requests(), [])

        self.assertGreater(run.next_try, fields.Datetime.now())
        self.connector.action_resume()
        self.work_off(run)
        self.assertEqual((run.state, run.selected), ("done", 100), run.message)
        self.assertAddsUp(run)
