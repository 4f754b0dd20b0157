"""Whatever happens on the way, a submission arrives, and once."""

import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .forms_common import FormsCase
from .test_outbox_faults import AFTER, DOWN

LOG = "odoo.addons.infor_crm_connector.controllers.website_form"
WORKER_LOG = "odoo.addons.infor_crm_connector.models.infor_crm_worker_outbox"


class FaultCase(FormsCase):
    def setUp(self):
        super().setUp()
        self.page(self.form())

    def assertOnce(self, notes=0):
        self.assertEqual(set(self.rows_of().mapped("state")), {"done"})
        lead = self.lead()
        self.assertEqual(len(self.notes_of(lead["LEADID"])), notes)
        self.assertEqual(self.rows_of()[0].key, lead["LEADID"].strip())


@tagged("post_install", "-at_install")
class TestNeverInTheWay(FaultCase):
    def test_the_crm_is_down_and_it_arrives_later(self):
        self.crm.fault(fault="drop_before", match="/sdata")
        self.assertTrue(self.visit()["id"], "the visitor notices nothing")
        self.drain()
        self.assertEqual(self.rows_of().state, "waiting")
        self.crm.clear_faults()
        for minutes in (30, 60, 90):
            with self.later(minutes=minutes):
                self.drain()
        self.assertOnce()

    def test_two_hours_of_errors_instead_of_answers(self):
        for number, fault in enumerate(DOWN):
            with self.subTest(fault):
                self.visit(email_from=f"v{number}@example.com")
                self.crm.fault(match="/sdata", **fault)
                for minutes in range(0, 121, 10):
                    with self.later(minutes=minutes):
                        self.lane()
                self.crm.clear_faults()
                for minutes in (135, 150, 160):
                    with self.later(minutes=minutes):
                        self.drain()
                self.assertEqual(set(self.rows_of().mapped("state")), {"done"})
                self.assertEqual(len(self.leads(f"v{number}@example.com")), 1)

    def test_nobody_calls_the_crm_while_the_visitor_waits(self):
        self.crm.clear_requests()
        self.visit()
        self.assertEqual(self.crm.requests(), [])

    def test_a_mistake_of_ours_breaks_no_form_and_loses_nothing(self):
        with (
            mute_logger(LOG),
            patch(
                "odoo.addons.infor_crm_connector.models.infor_crm_form.collect",
                side_effect=RuntimeError("ours"),
            ),
        ):
            self.assertTrue(self.visit()["id"])
        row = self.rows_of()
        self.assertEqual(row.payload["raw"]["email_from"], "vera@example.com")
        self.assertIn("Do you deliver to Oslo?", row.content)
        self.drain()
        self.assertEqual(self.lead()["COMPANY"], "Acme")
        self.assertIn("Do you deliver to Oslo?", self.lead()["NOTES"])

    def test_even_when_it_cannot_be_kept_the_form_works(self):
        forms = type(self.env["infor.crm.form"])
        with (
            mute_logger(LOG),
            patch.object(forms, "_submit", side_effect=RuntimeError("ours")),
            patch.object(forms, "_keep_raw", side_effect=RuntimeError("too")),
        ):
            self.assertTrue(self.visit()["id"])
        self.assertFalse(self.rows_of())

    def test_an_error_of_the_database_is_undone_alone(self):
        def fail(forms, *args):
            forms.env.cr.execute("SELECT 1 / 0")

        forms = type(self.env["infor.crm.form"])
        with mute_logger(LOG, "odoo.sql_db"), patch.object(forms, "_submit", fail):
            answer = self.visit()
        mail = self.env["mail.mail"].sudo().browse(answer["id"]).exists()
        self.assertTrue(not mail or mail.body_html)
        self.assertEqual(len(self.rows_of()), 1, "kept as it came")

    def test_without_a_connector_the_form_works_as_before(self):
        self.connector.unlink()
        self.env.flush_all()
        with mute_logger("odoo.addons.infor_crm_connector.models.infor_crm_form"):
            self.assertTrue(self.visit()["id"])

    def test_what_is_wrong_in_the_worker_parks_the_row(self):
        self.visit()
        work = "odoo.addons.infor_crm_connector.tools.form_work.FormWork.match"
        with mute_logger(WORKER_LOG), patch(work, side_effect=RuntimeError("ours")):
            self.drain()
        row = self.rows_of()
        self.assertEqual(row.state, "parked")
        self.assertIn("RuntimeError", row.reason)
        row.with_user(self.user).action_retry()
        self.drain()
        self.assertOnce()


@tagged("post_install", "-at_install")
class TestLostAnswers(FaultCase):
    def lost(self, **fault):
        self.visit()
        self.crm.fault(match="/leads", method="POST", count=1, **fault)
        self.drain()
        self.assertEqual(self.rows_of().state, "unsure")

    def test_what_arrived_is_found_by_its_mark(self):
        for name in (*AFTER[1:], "drop_after", "truncate"):
            fault, _blank, status = name.partition(" ")
            with self.subTest(name):
                self.lost(fault=fault, status=int(status or 0))
                self.settled()
                self.assertOnce()
                self.crm.clear_faults()
                self.crm.reset()
                self.outbox.search([]).unlink()
                self.env["infor.crm.claim"].search([]).sudo().unlink()

    def test_a_refusal_that_was_none_is_found_later(self):
        """Some servers complain and do it all the same."""
        for status in (200, 500):
            self.visit(email_from=f"v{status}@example.com")
            self.crm.fault(
                match="/leads", method="POST", count=1, fault="error_200", status=status
            )
            self.drain()
            self.assertEqual(self.rows_of()[-1].state, "parked")
            self.settled()
            self.assertEqual(self.rows_of()[-1].state, "done")
            self.assertEqual(len(self.leads(f"v{status}@example.com")), 1)

    def test_what_did_not_arrive_is_sent_again(self):
        self.lost(fault="drop_before")
        self.settled()
        self.assertOnce()

    def test_a_late_commit_within_the_limit(self):
        self.lost(fault="commit_late", delay=0.3)
        end = time.monotonic() + 20
        while not self.leads() and time.monotonic() < end:
            time.sleep(0.05)
        self.settled()
        self.assertOnce()

    def test_without_an_address_it_is_found_all_the_same(self):
        self.visit(email_from="", phone="4711")
        self.crm.fault(fault="drop_after", match="/leads", method="POST", count=1)
        self.drain()
        self.settled()
        found = self.crm.sql("SELECT * FROM LEAD WHERE WORKPHONE = '4711'")
        self.assertEqual(len(found), 1)
        self.assertEqual(self.rows_of().state, "done")

    def test_somebody_elses_lead_made_meanwhile_gets_the_note(self):
        self.lost(fault="drop_before")
        key = self.known("lead", WorkPhone="1")
        self.settled()
        self.assertEqual(len(self.leads()), 1)
        self.assertIn("Do you deliver to Oslo?", self.note_of(key))

    def test_the_answer_to_a_change_is_lost_and_the_note_still_says_what_there_was(
        self,
    ):
        self.change(
            self.env["ir.ui.view"].search([("key", "=", "website.lead-form")]),
            'data-infor-crm-push="form1"',
            'data-infor-crm-push="form1" data-infor-crm-policy="overwrite"',
        )
        key = self.known("lead", WorkPhone="+49 30 1234")
        self.visit()
        self.crm.fault(fault="drop_after", match="/leads", method="PUT", count=1)
        self.drain()
        self.settled()
        self.assertEqual(self.record("lead", key)["WORKPHONE"], "+1 555 0100")
        self.assertIn("(before: +49 30 1234)", self.note_of(key))

    def test_the_answer_to_its_note_is_lost(self):
        key = self.known("lead")
        self.visit()
        self.crm.fault(fault="drop_after", match="/history", method="POST", count=1)
        self.drain()
        self.settled()
        self.assertEqual(len(self.notes_of(key)), 1)
        self.assertEqual(set(self.outbox.search([]).mapped("state")), {"done"})

    def test_while_an_answer_is_lost_a_list_makes_no_second_lead(self):
        self.lost(fault="commit_late", delay=60)
        contact = self.env["mailing.contact"].create(
            {"email": "vera@example.com", "last_name": "V", "company_name": "A"}
        )
        target = self.env["mailing.list"].create({"name": "Own"})
        self.env["mailing.subscription"].create(
            {"list_id": target.id, "contact_id": contact.id}
        )
        sync = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=target.id
        )
        sync.sudo().write({"push": True, "push_add": True, "push_update": True})
        run = sync._queue_run("manual", user=self.user, operation="push")
        self.env.flush_all()
        self.lane()
        self.assertFalse(self.leads(), "it waits for what the form sent")
        self.assertEqual(run.push_created, 0)


@tagged("post_install", "-at_install")
class TestMany(FaultCase):
    def test_two_hundred_in_a_minute_cost_few_requests(self):
        """Fewer than the budget of a minute (600), first visits and notes together."""
        view = self.env["infor.crm.form"]._open(self.seal(), "mail.mail", self.website)
        for number in range(200):
            values = self.values(email_from=f"v{number}@example.com")
            self.env["infor.crm.form"]._submit(
                view, values, None, self.website, "/lead-form"
            )
        self.env.flush_all()
        self.crm.clear_requests()
        for _call in range(40):
            self.lane()
            if set(self.rows_of().mapped("state")) == {"done"}:
                break
        self.assertEqual(set(self.rows_of().mapped("state")), {"done"})
        made = self.crm.sql(
            "SELECT count(*) AS n FROM LEAD WHERE EMAIL LIKE 'v%@example.com'"
        )
        self.assertEqual(made[0]["n"], 200)
        self.assertLess(len(self.crm.requests()), 100)

    def test_noting_one_takes_few_queries(self):
        opened = self.env["infor.crm.form"]._open(
            self.seal(), "mail.mail", self.website
        )
        forms, values = self.env["infor.crm.form"], self.values()
        forms._submit(opened, values, None, self.website, "")
        self.env.flush_all()
        with self.assertQueryCount(15):
            forms._submit(opened, values, None, self.website, "")
            self.env.flush_all()

    def test_submissions_leave_before_notes_and_runs(self):
        """A lane first sends what people did, those who wait for it before others."""
        for number in range(3):
            self.outbox._add(
                self.connector,
                "note",
                f"lead:{number}",
                {},
                kind="lead",
                key=f"QXXXX000000{number}",
            )
        sync = self.start("lead")
        self.visit()
        self.crm.clear_requests()
        self.lane()
        self.assertEqual(self.rows_of().state, "done")
        paths = [r["path"] for r in self.crm.requests()]
        posted = next(
            n
            for n, r in enumerate(self.crm.requests())
            if r["method"] == "POST" and "/leads" in r["path"]
        )
        self.assertFalse(any("history" in path for path in paths[:posted]))
        self.assertTrue(sync.last_run_id.state in ("running", "done", "queued"))
