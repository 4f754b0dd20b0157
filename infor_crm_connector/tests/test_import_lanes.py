"""A run is a row, lanes execute rows."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import infor_crm_worker_import
from .import_common import ImportCase

WORKER = "odoo.addons.infor_crm_connector.models.infor_crm_worker"


class Killed(BaseException):
    """What a killed server feels like: nothing behind it is executed."""


@tagged("post_install", "-at_install")
class TestLanes(ImportCase):
    crm_options = {"seed": 1, "leads": 100, "contacts": 20}

    def setUp(self):
        super().setUp()
        self.crm.switches(page_cap=10)

    def assertComplete(self, sync, run):
        self.assertEqual(run.state, "done", run.message)
        rows = self.rows()
        self.assertEqual(run.selected, len(rows))
        addresses = self.members(sync).mapped("email_normalized")
        self.assertEqual(sorted(addresses), sorted(self.usable(rows)))
        self.assertAddsUp(run)

    # --- cursor ---------------------------------------------------------------------

    def test_a_slice_ends_and_the_next_goes_on_from_the_cursor(self):
        sync = self.start()
        run = sync.last_run_id
        self.one_page()
        self.assertEqual((run.state, run.lane), ("running", 1))
        keys = sorted(row["LEADID"] for row in self.rows())
        self.assertEqual(run.selected, 10)
        self.assertEqual(run.cursor["last_key"], keys[run.selected - 1])
        self.assertEqual((run.expected, run.total), (100, 100))
        self.assertEqual(run.done, run.selected)
        self.assertTrue(run.eta)
        self.work_off(run)
        self.assertComplete(sync, run)

    def test_killed_between_two_pages_it_goes_on_with_none_twice(self):
        sync = self.start()
        run = sync.last_run_id
        self.die_after(3)
        self.assertEqual((run.state, run.lane, run.selected), ("running", 1, 30))
        self.die_after(2)
        self.assertEqual(run.selected, 50)
        self.work_off(run)
        self.assertComplete(sync, run)

    def die_after(self, pages):
        """Run a lane that is killed while it writes the page after so many."""
        worker = type(self.env["infor.crm.worker"])
        original = worker._close_page
        left = [pages]

        def close_page(this, job, counts, cursor):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return original(this, job, counts, cursor)

        with patch.object(worker, "_close_page", close_page):
            try:
                self.lane()
            except Killed:  # assertRaises would roll back what was committed
                self.env.invalidate_all()
            else:
                self.fail("nobody was killed")

    # --- claims ---------------------------------------------------------------------

    def claim(self, lane):
        return self.env["infor.crm.lane"]._claim(lane)

    def claiming(self):
        return self.enter_registry_test_mode()

    def test_each_run_has_one_lane(self):
        leads = self.start("lead").last_run_id
        contacts = self.start("contact").last_run_id
        with self.claiming():
            self.assertEqual(self.claim(1), leads.id)
            self.assertEqual(self.claim(2), contacts.id)
            self.assertIsNone(self.claim(3))
            # a lane called again goes on with its own
            self.assertEqual(self.claim(1), leads.id)
            self.assertEqual(self.claim(2), contacts.id)

    def test_a_waiting_run_is_left_alone_until_its_time(self):
        run = self.start().last_run_id
        self.env.cr.execute(
            "UPDATE infor_crm_sync_run SET next_try = now() + interval '1 hour'"
            " WHERE id = %s",
            [run.id],
        )
        with self.claiming():
            self.assertIsNone(self.claim(1))
        self.assertFalse(self.env["infor.crm.lane"]._has_work(1))

    def test_two_lanes_import_two_lists_of_the_same_people(self):
        self.crm.sql(
            "UPDATE CONTACT SET EMAIL = (SELECT EMAIL FROM LEAD"
            " WHERE substr(LEADID, 2) = substr(CONTACTID, 2))"
        )
        leads, contacts = self.start("lead"), self.start("contact")
        for number in range(24):
            self.one_page(number % 2 + 1)
        for sync in (leads, contacts):
            self.assertEqual(sync.last_run_id.state, "done")
            self.assertAddsUp(sync.last_run_id)
        addresses = self.env["mailing.contact"].search([]).mapped("email_normalized")
        self.assertEqual(len(addresses), len(set(addresses)))

    def test_a_run_taken_away_is_rolled_back_not_written(self):
        sync = self.start()
        run = sync.last_run_id
        worker = type(self.env["infor.crm.worker"])
        original = worker._write_page

        def robbed(this, job, *rest):
            this.env.cr.execute(
                "UPDATE infor_crm_sync_run SET lane = 9 WHERE id = %s", [run.id]
            )
            return original(this, job, *rest)

        with patch.object(worker, "_write_page", robbed):
            self.one_page()
        self.assertEqual(run.selected, 0)
        self.assertFalse(self.members(sync))

    def test_release_gives_a_run_to_the_next_lane(self):
        sync = self.start()
        run = sync.last_run_id
        self.one_page(1)
        self.assertEqual(run.lane, 1)
        run.action_release()
        self.assertEqual((run.state, run.lane), ("queued", 0))
        self.work_off(run, lanes=(3,))
        self.assertComplete(sync, run)

    def test_only_administrators_release(self):
        run = self.start().last_run_id
        user = self.env["res.users"].create(
            {
                "name": "Mark",
                "login": "mark",
                "group_ids": [
                    (4, self.env.ref("infor_crm_connector.group_user").id),
                ],
            }
        )
        with self.assertRaises(UserError):
            run.with_user(user).action_release()
        run.with_user(user).action_stop()
        self.lane()
        self.assertEqual(run.state, "stopped")

    # --- stop, pause, resume ----------------------------------------------------------

    def test_a_waiting_run_is_stopped_and_resumed(self):
        sync = self.start()
        run = sync.last_run_id
        run.action_stop()
        self.assertTrue(run.asked)
        self.lane()
        self.assertEqual((run.state, run.selected), ("stopped", 0))
        self.assertFalse(run.asked)
        run.action_resume()
        self.work_off(run)
        self.assertComplete(sync, run)

    def test_a_running_run_stops_after_its_page_and_goes_on_from_there(self):
        for action, state in (("action_stop", "stopped"), ("action_pause", "paused")):
            with self.subTest(action=action):
                self.env["infor.crm.list.sync"].search([]).list_id.unlink()
                self.env["infor.crm.binding"].search([]).unlink()
                self.env["mailing.contact"].search([]).unlink()
                sync = self.start()
                run = sync.last_run_id
                self.one_page()
                read = run.selected
                self.assertGreater(read, 0)
                getattr(run, action)()
                self.lane()
                self.assertEqual((run.state, run.selected), (state, read))
                self.lane()
                self.assertEqual(run.state, state)
                run.action_resume()
                self.work_off(run)
                self.assertComplete(sync, run)

    def test_a_signal_while_a_page_is_written_takes_effect_with_it(self):
        sync = self.start()
        run = sync.last_run_id
        worker = type(self.env["infor.crm.worker"])
        original = worker._import_page

        def asked_meanwhile(this, *arguments):
            this.env["infor.crm.sync.run"].browse(run.id).with_user(2).action_stop()
            return original(this, *arguments)

        with patch.object(worker, "_import_page", asked_meanwhile):
            self.lane()
        self.assertEqual((run.state, run.selected), ("stopped", 10))
        run.action_resume()
        self.work_off(run)
        self.assertComplete(sync, run)

    def test_a_stopped_run_does_not_resume_beside_another(self):
        sync = self.start()
        first = sync.last_run_id
        first.action_stop()
        self.lane()
        second = sync._queue_run("manual")
        self.assertNotEqual(first, second)
        with self.assertRaises(UserError):
            first.action_resume()

    def test_a_list_deleted_meanwhile_ends_the_import_and_keeps_its_report(self):
        for started in (False, True):
            with self.subTest(started=started):
                sync = self.start()
                run = sync.last_run_id
                if started:
                    self.one_page()
                sync.list_id.unlink()
                self.work_off(run)
                self.assertEqual(run.state, "stopped")
                self.assertIn("deleted", run.message)
                self.assertIn("All Infor CRM Leads", run.display_name)

    def test_a_list_deleted_while_a_page_is_written_ends_the_import(self):
        sync = self.start()
        run = sync.last_run_id
        worker = type(self.env["infor.crm.worker"])
        original = worker._import_page

        def deleted_meanwhile(this, *arguments):
            this.env["mailing.list"].browse(sync.list_id.id).unlink()
            return original(this, *arguments)

        with patch.object(worker, "_import_page", deleted_meanwhile):
            self.lane()
        self.assertEqual(run.state, "stopped")
        self.assertEqual(run.selected, 0)

    # --- trouble ----------------------------------------------------------------------

    def test_our_own_mistake_ends_the_run_and_leaves_the_lane_alive(self):
        run = self.start().last_run_id
        worker = type(self.env["infor.crm.worker"])
        with (
            patch.object(worker, "_import_job", side_effect=KeyError("oops")),
            mute_logger(WORKER),
        ):
            self.lane()
        self.assertEqual(run.state, "failed")
        self.assertIn("KeyError", run.message)
        run.action_resume()
        self.work_off(run)
        self.assertEqual(run.state, "done")

    def test_numbers_that_do_not_add_up_are_said_aloud(self):
        run = self.start().last_run_id
        worker = type(self.env["infor.crm.worker"])
        original = worker._close_page

        def miscount(this, job, counts, cursor):
            counts["created"] += 1
            return original(this, job, counts, cursor)

        with patch.object(worker, "_close_page", miscount):
            self.work_off(run)
        self.assertEqual(run.state, "failed")
        self.assertIn("do not add up", run.message)

    def test_a_paused_connector_makes_its_runs_wait(self):
        run = self.start().last_run_id
        self.connector.action_pause()
        self.crm.clear_requests()
        self.lane()
        self.assertEqual(run.state, "queued")
        self.assertTrue(run.next_try)
        self.assertTrue(run.message)
        self.assertFalse(self.crm.requests())

    def test_a_lane_that_could_only_wait_is_no_warning_in_the_log(self):
        slow, other = self.start("lead").last_run_id, self.start("contact").last_run_id
        worker = type(self.env["infor.crm.worker"])
        with (
            patch.object(infor_crm_worker_import, "HTTP_WAIT", 0),
            patch.object(worker, "_time_over", lambda this, end: True),
            self.assertNoLogs("odoo.addons.base.models.ir_cron", "WARNING"),
        ):
            self.lane()
        self.assertTrue(slow.next_try)
        self.assertEqual((other.state, other.lane), ("queued", 0))

    def test_a_lane_that_came_too_late_tries_again_without_a_warning(self):
        run = self.start().last_run_id
        triggers = self.env["ir.cron.trigger"].search([])
        lane = type(self.env["infor.crm.lane"])
        with (
            patch.object(lane, "_claim", lambda this, number: None),
            self.assertNoLogs("odoo.addons.base.models.ir_cron", "WARNING"),
        ):
            self.lane(2)
        made = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertEqual(made.cron_id, self.env["infor.crm.lane"]._cron(2))
        self.assertEqual(run.state, "queued")

    def test_a_slow_crm_is_asked_for_less(self):
        run = self.start().last_run_id
        with patch.object(infor_crm_worker_import, "HTTP_WAIT", 0):
            self.lane()
        self.assertEqual(run.state, "queued")
        self.assertLess(run.cursor["page_size"], 500)
        self.assertIn("Smaller portions", run.message)
