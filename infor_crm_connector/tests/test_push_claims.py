"""One person is created once, whatever happens to the answer."""

import time
from unittest.mock import patch

from odoo.tests import tagged

from ..models import infor_crm_worker_push as push
from ..models import infor_crm_worker_push_new as push_new
from ..models.infor_crm_worker import RunLost
from .push_common import PushCase
from .together_common import CommittedCase

POST = {"match": "leads", "method": "POST"}


class Claims:
    """The same with batches and without."""

    batch = "open"

    def setUp(self):
        super().setUp()
        self.connector.execution_limit = 1
        self.crm.switches(batch=self.batch)
        self.people = self.person("ann@new.example") + self.person("bob@new.example")
        self.sync = self.push_list(*self.people)

    def started(self):
        return self.work_off(self.sync._queue_run("manual", operation="push"))

    def assertOnce(self, run, created=2):
        self.assertEqual(run.state, "done", run.message)
        self.assertPushAddsUp(run)
        for person in self.people:
            leads = self.leads_of(person.email)
            self.assertEqual(len(leads), 1, person.email)
            self.assertEqual(
                self.binding_of(person).key, leads[0]["LEADID"].strip(), person.email
            )
        self.assertEqual((run.push_selected, run.push_created), (2, created))
        self.assertEqual(run.push_waiting, 0)
        self.assertFalse(self.env["infor.crm.claim"].search([("state", "!=", "done")]))

    def test_an_answer_lost_after_the_work_is_looked_up(self):
        self.crm.fault(fault="drop_after", count=1, **POST)
        run = self.started()
        self.assertEqual(run.state, "queued")
        self.assertGreaterEqual(run.push_waiting, 1)
        self.assertPushAddsUp(run)
        self.assertOnce(self.patiently(run))

    def test_a_request_lost_before_the_work_is_sent_again(self):
        self.crm.fault(fault="drop_before", count=1, **POST)
        self.assertOnce(self.patiently(self.started()))

    def test_nothing_is_sent_again_before_the_server_must_be_done(self):
        self.connector.execution_limit = 3600
        self.crm.fault(fault="drop_before", count=1, **POST)
        run = self.started()
        sent = len(self.writes())
        for _time in range(3):
            self.hurry(run)
            self.work_off(run)
        self.assertEqual(run.state, "queued")
        self.assertEqual(len(self.writes()), sent)
        self.assertIn("lost", run.message)

    def test_what_the_server_does_late_is_found(self):
        self.connector.execution_limit = 2
        self.crm.fault(fault="commit_late", count=1, delay=1, **POST)
        self.assertOnce(self.patiently(self.started()))

    def test_an_error_after_the_work_makes_no_second_one(self):
        self.crm.fault(fault="error_200", count=1, **POST)
        run = self.patiently(self.started())
        if run.push_failed:
            run = self.pushed(self.sync)
        for person in self.people:
            self.assertEqual(len(self.leads_of(person.email)), 1)
            self.assertTrue(self.binding_of(person))

    def test_what_takes_too_long_is_not_sent_behind_the_back_of_the_lane(self):
        """Whoever sends again counts the server's time from the last request on."""
        self.connector.parallel_requests = 1
        self.crm.fault(fault="slow", seconds=0.5, **POST)
        with patch.object(push, "HTTP_WAIT", 0.2):
            run = self.started()
        self.assertEqual(run.state, "queued", run.message)
        time.sleep(1.5)
        self.assertLessEqual(len(self.writes()), 1)
        self.crm.clear_faults()
        self.assertOnce(self.patiently(run))

    def test_whose_address_changes_while_an_answer_is_lost_stays_one_person(self):
        self.crm.fault(fault="drop_after", **POST)
        run = self.started()
        self.crm.clear_faults()
        ann = self.people[0]
        self.touch(ann, email="ann@moved.example")
        run = self.patiently(run)
        self.assertEqual((run.state, run.push_waiting), ("done", 0), run.message)
        (lead,) = self.leads_of("ann@new.example") + self.leads_of(ann.email)
        self.assertEqual(self.binding_of(ann).key, lead["LEADID"].strip())
        self.assertFalse(self.env["infor.crm.claim"].search([("state", "!=", "done")]))

    def test_whose_address_changes_after_a_run_was_stopped_stays_one_person(self):
        for fault in ("drop_after", "drop_before"):
            with self.subTest(fault):
                person = self.person(f"{fault}@new.example")
                sync = self.push_list(person, name=fault)
                self.crm.fault(fault=fault, **POST)
                run = self.work_off(sync._queue_run("manual", operation="push"))
                self.crm.clear_faults()
                run.with_user(self.user).action_stop()
                self.lane()
                self.assertEqual(run.state, "stopped")
                self.touch(person, email=f"{fault}@moved.example")
                again = self.patiently(sync._queue_run("manual", operation="push"))
                self.assertEqual((again.state, again.push_waiting), ("done", 0))
                (lead,) = self.crm.sql(
                    "SELECT * FROM LEAD WHERE EMAIL LIKE ?", [f"{fault}@%"]
                )
                self.assertEqual(self.binding_of(person).key, lead["LEADID"].strip())

    def test_whose_address_changes_before_the_crm_heard_of_it_is_made_with_it(self):
        self.crm.fault(fault="drop_before", **POST)
        run = self.started()
        self.crm.clear_faults()
        ann = self.people[0]
        self.touch(ann, email="ann@moved.example")
        run = self.patiently(run)
        self.assertEqual((run.state, run.push_waiting), ("done", 0), run.message)
        self.assertEqual(self.leads_of("ann@new.example"), [])
        (lead,) = self.leads_of("ann@moved.example")
        self.assertEqual(self.binding_of(ann).key, lead["LEADID"].strip())
        self.assertFalse(self.env["infor.crm.claim"].search([("state", "!=", "done")]))

    def killed(self, target, name):
        """A lane that dies in the middle; the run stays its own."""

        def dies(*_args, **_kwargs):
            raise RunLost

        run = self.sync._queue_run("manual", operation="push")
        with patch.object(target, name, dies):
            self.lane()
        # the lane takes its run up again at once
        self.assertIn(run.state, ("running", "queued"))
        return run

    def test_killed_before_sending_it_is_sent_once_the_time_is_over(self):
        run = self.killed(push_new, "post_all")
        self.assertEqual(self.leads_of("ann@new.example"), [])
        self.assertEqual(
            set(self.env["infor.crm.claim"].search([]).mapped("state")), {"sent"}
        )
        self.assertOnce(self.patiently(run))

    def test_killed_after_sending_it_is_found(self):
        worker = type(self.env["infor.crm.worker"])
        run = self.killed(worker, "_write_new")
        self.assertEqual(len(self.leads_of("ann@new.example")), 1)
        self.assertFalse(self.binding_of(self.people[0]))
        self.assertOnce(self.patiently(run))

    def test_whom_another_run_creates_is_waited_for(self):
        other = self.env["infor.crm.sync.run"].create(
            {
                "connector_id": self.connector.id,
                "kind": "lead",
                "operation": "push",
                "state": "running",
                "lane": 4,
            }
        )
        claims = self.env["infor.crm.claim"]
        claims._take(other, ["ann@new.example"])
        run = self.started()
        self.assertEqual((run.state, run.push_created), ("queued", 1))
        self.assertEqual(run.push_waiting, 1)
        self.assertEqual(self.leads_of("ann@new.example"), [])
        other.write({"state": "done", "lane": False})
        self.env.flush_all()
        self.assertOnce(self.patiently(run))

    def test_what_a_run_left_behind_before_sending_holds_nobody_up(self):
        dead = self.env["infor.crm.sync.run"].create(
            {
                "connector_id": self.connector.id,
                "kind": "lead",
                "operation": "push",
                "state": "stopped",
            }
        )
        self.env["infor.crm.claim"]._take(dead, ["ann@new.example"])
        self.assertOnce(self.started())

    def test_what_a_stopped_run_sent_is_found_out_by_the_next_one(self):
        self.crm.fault(fault="drop_before", count=1, **POST)
        run = self.started()
        run.with_user(self.user).action_stop()
        self.lane()
        self.assertEqual(run.state, "stopped")
        again = self.patiently(self.started())
        self.assertNotEqual(again, run)
        for person in self.people:
            self.assertEqual(len(self.leads_of(person.email)), 1)
            self.assertTrue(self.binding_of(person))

    def test_while_nobody_answers_nothing_is_blamed_on_people(self):
        self.crm.fault(fault="html_503", **POST)
        run = self.started()
        self.assertEqual(run.state, "queued")
        self.assertEqual(run.push_failed, 0)
        self.assertEqual(run.push_selected, run.push_waiting)
        self.crm.clear_faults()
        self.assertOnce(self.patiently(run))


@tagged("post_install", "-at_install")
class TestClaimsInBatches(Claims, PushCase):
    def test_a_batch_that_fails_as_a_whole_is_sent_one_by_one(self):
        self.crm.switches(batch_failure="container")
        self.crm.fault(fault="fail_items", status=500, match="leads")
        self.assertOnce(self.patiently(self.started()))


@tagged("post_install", "-at_install")
class TestClaimsOneByOne(Claims, PushCase):
    batch = "refused"
    generation = "7.5.4"


@tagged("post_install", "-at_install")
class TestClaimsTogether(CommittedCase):
    def setUp(self):
        super().setUp()
        with self.committed() as env:
            connector = env["infor.crm.connector"].create(
                {"name": "Claims", "url": "http://127.0.0.1:1"}
            )
            self.connector_id = connector.id
            runs = env["infor.crm.sync.run"].create(
                [
                    {
                        "connector_id": connector.id,
                        "kind": "lead",
                        "operation": "push",
                        "state": "running",
                        "lane": 100 + number,
                    }
                    for number in range(4)
                ]
            )
            self.run_ids = runs.ids

    def test_of_several_lanes_one_gets_each_claim(self):
        addresses = [f"p{number}@new.example" for number in range(50)]
        mine = {run_id: set() for run_id in self.run_ids}

        def take(env, number):
            run = env["infor.crm.sync.run"].browse(self.run_ids[number])
            found = env["infor.crm.worker"]._serialized(
                lambda: env["infor.crm.claim"]._take(run, addresses)
            )
            mine[run.id] = {a for a, held in found.items() if held.mine}

        self.assertEqual(self.in_parallel(take, len(self.run_ids)), [])
        taken = [address for found in mine.values() for address in found]
        self.assertEqual(sorted(taken), sorted(addresses))
