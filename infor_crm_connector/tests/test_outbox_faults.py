"""Whatever happens on the way, every note is there once."""

import time

from odoo.tests import tagged

from ..tools.outbox_job import OutboxJob
from .notes_common import NotesCase

LIMIT = 180
# The CRM has committed and answers an error all the same.
AFTER = ("error_200 500", "html_after 500", "html_after 502", "html_after 504")

DOWN = (
    {"fault": "html_503"},
    {"fault": "status", "status": 500},
    {"fault": "html_503", "status": 504},
)


class FaultCase(NotesCase):
    def setUp(self):
        super().setUp()
        self.message = self.sent()

    def states(self):
        return set(self.rows(self.message).mapped("state"))

    def settled(self):
        """Let the execution limit pass, and what comes after it."""
        for number in range(1, 5):
            with self.later(seconds=number * (LIMIT + 20)):
                self.drain()

    def assertOnce(self):
        self.assertEqual(self.states(), {"done"})
        self.assertOneEach(self.message)

    def wait_for_notes(self, count):
        end = time.monotonic() + 20
        while len(self.notes()) < count and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(len(self.notes()), count)


@tagged("post_install", "-at_install")
class TestLostAnswers(FaultCase):
    def lost(self, **fault):
        """The batch was sent; its answer was lost."""
        self.crm.fault(match="history/$batch", count=1, **fault)
        self.drain()
        self.assertEqual(self.states(), {"unsure"})
        self.crm.clear_requests()
        self.drain()
        self.assertEqual(self.asked(), [], "nobody looks before the time is over")

    def asked(self):
        return [row for row in self.crm.requests() if "/history" in row["path"]]

    def posted(self):
        return [row for row in self.asked() if row["method"] == "POST"]

    def test_what_arrived_is_found_and_not_sent_again(self):
        for name in (*AFTER, "error_200 200", "drop_after", "truncate", "cut_json"):
            fault, _blank, status = name.partition(" ")
            with self.subTest(name):
                self.lost(fault=fault, status=int(status or 0))
                self.settled()
                self.assertOnce()
                self.assertEqual(self.posted(), [])
                self.crm.clear_faults()
                self.crm.sql("DELETE FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'")
                self.message = self.sent()

    def test_what_did_not_arrive_is_sent_again(self):
        self.lost(fault="drop_before")
        self.settled()
        self.assertOnce()
        self.assertTrue(all(self.rows(self.message).mapped("repeated")))

    def test_late_commits_within_the_limit(self):
        count = len(self.rows(self.message))
        self.lost(fault="commit_late", delay=0.3)
        self.wait_for_notes(count)
        self.settled()
        self.assertOnce()

    def test_a_commit_after_the_limit_is_reported_and_not_deleted(self):
        count = len(self.rows(self.message))
        self.lost(fault="commit_late", lookups=1)
        self.settled()
        self.assertEqual(self.states(), {"done"})
        self.assertEqual(len(self.notes()), 2 * count, "nothing is deleted there")
        rows = self.rows(self.message)
        self.assertEqual(rows, rows.filtered("double"))
        self.assertIn("2 times", rows[0].reason)
        self.assertIn("2 times", self.connector.message_ids[0].body)

    def test_the_crm_is_down_while_it_is_looked_for(self):
        self.lost(fault="drop_after")
        self.crm.fault(fault="html_503", match="/sdata")
        with self.later(seconds=LIMIT + 20):
            self.drain()
        self.assertEqual(self.states(), {"unsure"}, "not sent again without a look")
        self.crm.clear_faults()
        with self.later(hours=1):
            self.drain()
            self.due()
            self.drain()
        self.assertOnce()

    def test_one_alone_whose_answer_is_lost(self):
        rows = self.rows(self.message)
        rows[1:].write({"next_try": "2100-01-01"})
        self.env.flush_all()
        for fault in ("drop_after", "error_200"):
            with self.subTest(fault):
                self.crm.fault(fault=fault, match="/history", method="POST", count=1)
                self.drain()
                before = len(self.notes())
                self.settled()
                self.assertEqual(rows[0].state, "done")
                self.assertEqual(len(self.notes()), before)
                rows = rows[1:]
                rows[0].next_try = False
                self.env.flush_all()

    def test_nobody_sends_it_again_before_the_time_is_over(self):
        """Not even who presses Retry, after it was given up."""
        rows = self.rows(self.message)
        rows.attempts = 7
        self.env.flush_all()
        self.crm.fault(match="history/$batch", count=1, fault="drop_before")
        self.drain()
        self.assertEqual(self.states(), {"parked"})
        self.crm.clear_requests()
        self.env.cr.execute("DELETE FROM infor_crm_connector_pulse")
        rows.action_retry()
        self.env.flush_all()
        self.drain()
        self.assertEqual(self.asked(), [])
        self.assertEqual(self.states(), {"unsure"})
        self.settled()
        self.assertOnce()

    def test_who_converts_a_lead_in_between_does_not_cause_a_second(self):
        self.lost(fault="drop_after")
        row = self.rows(self.message)[0]
        made = self.crm.call("POST", "convert-lead", {"lead": row.key})
        self.env.cr.execute(
            "UPDATE infor_crm_binding SET kind = 'contact', key = %s,"
            " converted_from = key WHERE connector_id = %s AND key = %s",
            [made["contact"], self.connector.id, row.key],
        )
        self.settled()
        self.assertOnce()


@tagged("post_install", "-at_install")
class TestDown(FaultCase):
    def test_two_hours(self):
        self.crm.fault(fault="drop_before", match="/sdata")
        self.crm.clear_requests()
        for minutes in range(0, 121, 4):
            with self.later(minutes=minutes):
                self.lane()
        self.assertEqual(self.states(), {"waiting"})
        self.assertEqual(self.connector.state, "attention")
        self.assertLess(len(self.crm.requests()), 40, "only probes call")
        self.crm.clear_faults()
        with self.later(minutes=135):
            self.lane()
            self.assertEqual(self.connector.state, "connected")
            self.drain()
        self.assertOnce()

    def test_two_hours_of_errors_instead_of_answers(self):
        """It is there, in a way: a proxy answers, or a server that cannot work."""
        for fault in DOWN:
            with self.subTest(fault):
                self.crm.fault(match="/sdata", **fault)
                for minutes in range(0, 121, 10):
                    with self.later(minutes=minutes):
                        self.lane()
                self.assertEqual(self.notes(), [])
                self.crm.clear_faults()
                for minutes in (135, 150, 160):
                    with self.later(minutes=minutes):
                        self.drain()
                self.assertOnce()
                self.crm.sql("DELETE FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'")
                self.message = self.sent()

    def test_a_short_one(self):
        self.crm.fault(fault="html_503", match="/sdata", count=1)
        self.drain()
        self.assertEqual(self.states(), {"waiting"})
        with self.later(minutes=2):
            self.drain()
        self.assertOnce()

    def test_what_fails_for_ever_is_parked(self):
        self.crm.fault(fault="html_503", match="/history")
        for number in range(1, 40):
            with self.later(hours=2 * number):
                self.drain(calls=3)
            if self.states() == {"parked"}:
                break
        self.assertEqual(self.states(), {"parked"})
        self.assertIn("stopped or overloaded", self.rows(self.message)[0].reason)
        self.crm.clear_faults()
        self.connector._go_on()
        self.env.flush_all()
        with self.later(hours=100):
            self.drain()
        with self.later(hours=101):
            self.drain()
        self.assertOnce()


@tagged("post_install", "-at_install")
class TestKilled(FaultCase):
    """The steps of a lane, each committed; then the server dies, and whoever resumes
    the lane goes on."""

    def until(self, step):
        with self.worker() as (worker, connector):
            found = worker._outbox_claim(connector, 1)
            if step == "claimed":
                return
            job = OutboxJob(connector, 1)
            tasks = worker._outbox_tasks(found[2], found[1])
            with connector._client() as job.client:
                if step == "announced":
                    worker._outbox_announce(job, tasks)
                elif step == "sent":
                    worker._outbox_note(job, tasks)
                elif step == "looked and sent":
                    worker._outbox_do_unsure(job, found[0], tasks)
                elif step == "written":
                    results = worker._outbox_note(job, tasks)
                    worker._outbox_note_results(job, tasks, results)

    def test_after_it_claimed(self):
        self.until("claimed")
        self.drain(number=2)
        self.assertEqual(self.states(), {"waiting"}, "they belong to lane 1")
        self.drain()
        self.assertOnce()

    def test_after_it_said_that_it_sends(self):
        self.until("announced")
        self.assertEqual(self.states(), {"sending"})
        self.drain()
        self.assertEqual(self.states(), {"unsure"})
        self.settled()
        self.assertOnce()

    def test_a_request_may_wait_for_its_turn_after_it_was_announced(self):
        self.until("announced")
        self.drain()
        for row in self.rows(self.message):
            looked_for = (row.next_try - row.sent_at).total_seconds()
            self.assertGreaterEqual(looked_for, LIMIT + 30)

    def test_after_it_sent(self):
        self.until("sent")
        self.drain(number=2)
        self.drain()
        self.assertEqual(self.states(), {"unsure"})
        self.settled()
        self.assertOnce()

    def test_after_it_wrote_the_result(self):
        self.until("written")
        self.drain()
        self.assertOnce()

    def test_while_it_was_sent_again(self):
        """It had not arrived; the server dies again while it is repeated."""
        self.until("sent")
        self.crm.sql("DELETE FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'")
        self.drain()
        with self.later(seconds=LIMIT + 80):
            self.until("looked and sent")
        self.drain()
        self.assertEqual(self.states(), {"unsure"})
        with self.later(seconds=2 * (LIMIT + 80)):
            self.drain()
        self.assertOnce()
