"""What real servers do during an import: nothing is silently gone."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .import_common import ImportCase

CLIENT = "odoo.addons.infor_crm_connector.lib.sdata"


class FaultsMixin:
    crm_options = {"seed": 1, "leads": 120, "contacts": 5}
    pages = "dynamic/-/leads"

    def setUp(self):
        super().setUp()
        self.crm.switches(page_cap=20)

    def fault(self, fault, **more):
        self.crm.fault(fault=fault, match=self.pages, method="GET", **more)

    def complete(self, run):
        """The run ended, and everybody is there."""
        self.assertEqual(run.state, "done", run.message)
        rows = self.rows()
        self.assertEqual(run.selected, len(rows))
        self.assertEqual(
            sorted(self.members(run.list_sync_id).mapped("email_normalized")),
            sorted(self.usable(rows)),
        )
        self.assertFalse(run.incomplete)
        self.assertAddsUp(run)

    def patiently(self, run):
        """Work the run off, however often it has to wait."""
        for _ in range(60):
            self.work_off(run)
            if run.state != "queued":
                return run
            self.assertTrue(run.message)
            self.pass_time(run)
        raise AssertionError(f"still {run.state}: {run.message}")

    def pass_time(self, run):
        """As if the time to wait were over (a test is one transaction: its clock, the
        database's, stands still)."""
        self.env.cr.execute(
            "UPDATE infor_crm_sync_run SET next_try = NULL WHERE id = %s", [run.id]
        )
        self.env.invalidate_all()

    def test_pages_that_lose_rows(self):
        self.fault("drop_rows", rows=3, probability=0.5)
        run = self.patiently(self.start().last_run_id)
        self.complete(run)
        self.assertTrue(run.notices)

    def test_a_page_that_comes_twice(self):
        self.fault("repeat_page", skip=2, count=2)
        run = self.patiently(self.start().last_run_id)
        self.complete(run)
        self.assertIn("repeated", {notice["what"] for notice in run.notices})
        self.assertIn("asked for again", run.message)

    def test_a_page_that_shrinks(self):
        self.fault("shrink_page", skip=1, count=2)
        run = self.patiently(self.start().last_run_id)
        self.complete(run)
        self.assertIn("shrunk", {notice["what"] for notice in run.notices})

    def test_counts_that_contradict_the_records_promise_nothing(self):
        self.fault("half_feed")
        run = self.patiently(self.start().last_run_id)
        self.assertEqual(run.state, "done")
        self.assertLess(run.selected, len(self.rows()))
        self.assertNotIn("All records are there", run.message)
        self.assertIn(f"gave {run.selected} records", run.message)
        self.assertAddsUp(run)

    def test_an_error_under_200_imports_nothing_silently(self):
        self.fault("error_200")
        run = self.work_off(self.start().last_run_id)
        self.assertEqual((run.selected, run.created), (0, 0))
        self.assertIn(run.state, ("failed", "queued"))
        self.assertTrue(run.message)
        self.assertFalse(self.members(run.list_sync_id))
        self.crm.clear_faults()
        if run.state == "failed":
            run.action_resume()
        else:
            self.pass_time(run)
        self.complete(self.patiently(run))

    def test_passing_faults_are_waited_for(self):
        for fault in ("html_503", "truncate", "cut_json", "drop_before", "not_json"):
            with self.subTest(fault=fault):
                self.env["infor.crm.list.sync"].search([]).list_id.unlink()
                self.env["mailing.contact"].search([]).unlink()
                self.env["infor.crm.binding"].search([]).unlink()
                self.crm.clear_faults()
                self.fault(fault, skip=3, count=4)
                run = self.patiently(self.start().last_run_id)
                self.complete(run)

    def test_all_faults_at_five_percent(self):
        for fault in (
            "drop_rows",
            "repeat_page",
            "shrink_page",
            "html_503",
            "truncate",
        ):
            self.fault(fault, probability=0.05)
        self.complete(self.patiently(self.start().last_run_id))

    def test_half_a_feed_or_none_empties_no_list(self):
        sync, _run = self.imported()
        members = self.members(sync)
        for fault in ("half_feed", "empty_feed"):
            with self.subTest(fault=fault):
                self.crm.clear_faults()
                self.fault(fault)
                run = self.work_off(sync._queue_run("manual"))
                self.assertEqual(run.state, "done")
                self.assertEqual(self.members(sync), members)
        self.assertIn("no records", run.message)

    def test_a_refused_login_stops_everything_until_reconfirmed(self):
        run = self.start().last_run_id
        self.crm.users(admin={"password": "changed"})
        self.work_off(run)
        self.assertEqual(self.connector.state, "attention")
        self.assertEqual(run.state, "queued")
        self.assertTrue(run.next_try)
        self.crm.clear_requests()
        self.pass_time(run)
        self.work_off(run)
        self.assertFalse(self.crm.requests())
        self.connector.password = "changed"
        self.connector.action_connect()
        self.assertEqual(self.connector.state, "connected")
        self.pass_time(run)
        self.complete(self.patiently(run))

    def test_rights_lost_end_the_run_with_a_remedy(self):
        self.crm.users(admin={"kinds_refused": ["leads"]})
        run = self.work_off(self.start().last_run_id)
        self.assertEqual(run.state, "failed")
        self.assertTrue(run.message)

    def test_a_record_odoo_refuses_is_one_line_in_the_report(self):
        row = next(iter(self.usable(self.rows()).values()))[0]
        self.env.cr.execute(
            """ALTER TABLE mailing_contact ADD CONSTRAINT infor_test
               CHECK (last_name <> 'Refused') NOT VALID"""
        )
        self.crm.sql(
            "UPDATE LEAD SET LASTNAME = 'Refused' WHERE LEADID = ?", [row["LEADID"]]
        )
        with mute_logger("odoo.sql_db"):
            run = self.work_off(self.start().last_run_id)
        self.assertEqual(run.state, "done", run.message)
        self.assertEqual(run.failed, 1)
        self.assertEqual(self.outcome(run, row["LEADID"]).status, "failed")
        self.assertEqual(run.created, len(self.usable(self.rows())) - 1)
        self.assertAddsUp(run)


@tagged("post_install", "-at_install")
class TestFaults8(FaultsMixin, ImportCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestFaults75(FaultsMixin, ImportCase):
    generation = "7.5.4"
