"""Lanes on several servers: real transactions, no test mode."""

from psycopg2.errors import LockNotAvailable

from odoo.tests import tagged

from .together_common import CommittedCase


@tagged("post_install", "-at_install")
class TestClaims(CommittedCase):
    RUNS = 12
    LANES = 4

    def setUp(self):
        super().setUp()
        with self.committed() as env:
            self.connector_id = (
                env["infor.crm.connector"]
                .create({"name": "Claims", "url": "http://127.0.0.1:1"})
                .id
            )
            self.run_ids = (
                env["infor.crm.sync.run"]
                .create(
                    [
                        {
                            "connector_id": self.connector_id,
                            "kind": "lead",
                            "operation": "import",
                        }
                    ]
                    * self.RUNS
                )
                .ids
            )

    def states(self):
        with self.committed() as env:
            env.cr.execute(
                "SELECT id, state, lane FROM infor_crm_sync_run"
                " WHERE connector_id = %s",
                [self.connector_id],
            )
            return {row[0]: row[1:] for row in env.cr.fetchall()}

    def test_no_run_is_claimed_twice(self):
        claimed = []

        def claim_all(env, number):
            lane = 100 + number
            while run_id := env["infor.crm.lane"]._claim(lane):
                claimed.append(run_id)
                run = env["infor.crm.sync.run"].browse(run_id)
                env["ir.cron"]._commit_progress()
                self.assertTrue(run._leave(lane, "done"))

        self.assertEqual(self.in_parallel(claim_all, self.LANES), [])
        ours = [run_id for run_id in claimed if run_id in self.run_ids]
        self.assertEqual(sorted(ours), sorted(self.run_ids))
        self.assertEqual({state for state, _lane in self.states().values()}, {"done"})

    def test_a_lane_elsewhere_goes_on_with_its_run(self):
        with self.committed() as env:
            first = env["infor.crm.lane"]._claim(101)
        with self.committed() as env:
            self.assertEqual(env["infor.crm.lane"]._claim(101), first)
            self.assertNotEqual(env["infor.crm.lane"]._claim(102), first)

    def test_a_lane_that_lost_its_run_writes_nothing(self):
        with self.committed() as env:
            run_id = env["infor.crm.lane"]._claim(101)
        with self.committed() as mine:
            run = mine["infor.crm.sync.run"].browse(run_id)
            with self.committed() as other:
                other["infor.crm.sync.run"].browse(run_id).action_release()
            self.assertFalse(run._set(101, selected=7))
        self.assertEqual(self.states()[run_id], ("queued", None))

    def test_people_and_lanes_never_wait_for_each_other(self):
        with self.committed() as env:
            run_id = env["infor.crm.lane"]._claim(101)
        with self.committed() as lane:
            run = lane["infor.crm.sync.run"].browse(run_id)
            self.assertTrue(run._set(101, selected=7))
            with self.committed() as person:
                person.cr.execute("SET LOCAL lock_timeout = '2s'")
                try:
                    person["infor.crm.sync.run"].browse(run_id).action_stop()
                    person.flush_all()
                except LockNotAvailable:
                    self.fail("a person had to wait for a lane")
        with self.committed() as lane:
            run = lane["infor.crm.sync.run"].browse(run_id)
            self.assertEqual(run._take_signals(), "stop")

    def test_the_address_lock_shows_what_the_other_lane_committed(self):
        """Taken before the snapshot: the second lane sees the first one's contact."""
        address = "only.once@claims.example"

        def match_and_create(env, _number):
            with env["infor.crm.worker"]._address_lock():
                contacts = env["mailing.contact"]
                if not contacts.search([("email_normalized", "=", address)]):
                    contacts.create({"email": address})
                env["ir.cron"]._commit_progress()

        try:
            for _round in range(5):
                self.assertEqual(self.in_parallel(match_and_create, 2), [])
            with self.committed() as env:
                found = env["mailing.contact"].search([("email", "=", address)])
                self.assertEqual(len(found), 1)
        finally:
            with self.committed() as env:
                env["mailing.contact"].search([("email", "=", address)]).unlink()
