"""Several servers, one login and one budget: real transactions."""

import threading
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ..lib.sdata import errors
from ..tools import aside
from ..tools.request_budget import SharedBudget
from .common import SimulatorCase

WHO = "getCurrentUser"
STOPPED = (errors.LoginRefused, errors.Halted)


class TogetherCase(SimulatorCase):
    """Rows are committed, because other connections must see them, and deleted.

    Each ``with self.server()`` is what another server of the database would see.
    """

    def setUp(self):
        super().setUp()
        with self.server() as env:
            connector = env["infor.crm.connector"].create(
                {
                    "name": "Together",
                    "url": self.crm.url,
                    "login": "lee",
                    "password": "secret",
                    "user_id": env.ref("base.user_admin").id,
                }
            )
            connector.action_connect()
            self.assertEqual(connector.state, "connected", connector.check_html)
            self.connector_id = connector.id
        self.addCleanup(self.forget)
        self.crm.clear_requests()

    @contextmanager
    def server(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def forget(self):
        with self.server() as env:
            connector = env["infor.crm.connector"].browse(self.connector_id)
            mails = [("subject", "=like", "Together%")]
            env["mail.mail"].search(mails).unlink()
            syncs = env["infor.crm.list.sync"].search(
                [("connector_id", "=", connector.id)]
            )
            syncs.list_id.unlink()
            env["infor.crm.sync.run"].search(
                [("connector_id", "=", connector.id)]
            ).unlink()
            connector.unlink()

    def on(self, env):
        return env["infor.crm.connector"].browse(self.connector_id)

    def client(self):
        with self.server() as env:
            return self.on(env)._client()

    def at_once(self, *calls):
        """What each call raised or returned; all begin together."""
        found = [None] * len(calls)
        start = threading.Barrier(len(calls))

        def work(number, call):
            start.wait()
            try:
                found[number] = call()
            except Exception as error:
                found[number] = error

        threads = [
            threading.Thread(target=work, args=pair) for pair in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return found

    def asked_who(self):
        return [row for row in self.crm.requests() if WHO in row["path"]]


@tagged("post_install", "-at_install")
class TestOneLogin(TogetherCase):
    def test_servers_that_are_refused_together_ask_once_who_they_are(self):
        """Requests under way cannot be called back; of all that come after the first
        refusal, one is sent, by whichever server it is."""
        clients = [self.client() for _ in range(6)]
        self.crm.users(lee={"password": "changed"})
        self.crm.call("POST", "latency", {"ms": 30})
        found = self.at_once(*[lambda c=c: c.count("leads") for c in clients])
        self.crm.call("POST", "latency", {"ms": 0})
        for error in found:
            self.assertIsInstance(error, STOPPED)
        self.assertEqual(len(self.asked_who()), 1)
        self.assertLessEqual(len(self.crm.requests()), len(clients) + 1)
        self.nobody_calls(clients)

    def assertStopped(self, client):
        with self.assertRaises(errors.SDataError) as caught:
            client.count("contacts")
        self.assertIsInstance(caught.exception, STOPPED)

    def nobody_calls(self, clients):
        self.crm.clear_requests()
        for client in clients:
            self.assertStopped(client)
        with self.server() as env:
            self.assertEqual(self.on(env).state, "attention")
            self.assertIn("user name and password", self.on(env).stop_message)
        self.assertEqual(self.crm.requests(), [])

    def test_one_server_after_the_other(self):
        clients = [self.client() for _ in range(4)]
        self.crm.users(lee={"password": "changed"})
        with self.assertRaises(errors.CredentialsRefused):
            clients[0].count("leads")
        self.assertEqual(len(self.crm.requests()), 2)
        self.nobody_calls(clients)

    def test_rights_are_no_refusal(self):
        """A good login that may not read something: everybody goes on."""
        clients = [self.client() for _ in range(4)]
        self.crm.users(lee={"kinds_refused": ["accounts"]})
        found = self.at_once(*[lambda c=c: c.count("accounts") for c in clients])
        for error in found:
            self.assertIsInstance(error, errors.RightsRefused)
        for client in clients:
            self.assertGreater(client.count("leads"), 0)
        with self.server() as env:
            self.assertEqual(self.on(env).health, "green")

    def test_a_lane_that_is_refused_tells_before_its_own_work_ends(self):
        client = self.client()
        self.crm.users(lee={"password": "changed"})
        with self.server() as env:
            with self.assertRaises(errors.CredentialsRefused) as caught:
                client.count("leads")
            self.on(env)._report_error(caught.exception)
            env.cr.rollback()
        with self.server() as env:
            activity = self.on(env).activity_search(["mail.mail_activity_data_warning"])
            self.assertEqual(len(activity), 1)

    def test_what_is_learnt_of_the_old_login_is_not_said_of_the_new(self):
        """Somebody reconfirms while a lane still waits with the old password."""
        client = self.client()
        self.crm.users(lee={"password": "changed"})
        with self.assertRaises(errors.CredentialsRefused) as caught:
            client.count("leads")
        with self.server() as env:
            self.on(env).password = "changed"
            self.on(env).action_reconfirm()
        with self.server() as env:
            self.on(env)._report_error(caught.exception)
        with self.server() as env:
            self.assertEqual(self.on(env).health, "green")
        self.assertStopped(client)
        self.assertGreater(self.client().count("leads"), 0)

    def test_a_pause_stops_clients_at_work(self):
        client = self.client()
        self.assertGreater(client.count("leads"), 0)
        with self.server() as env:
            self.on(env).action_pause()
        self.crm.clear_requests()
        with self.assertRaises(errors.Halted) as caught:
            client.count("leads")
        self.assertEqual(caught.exception.reason, "paused")
        self.assertEqual(self.crm.requests(), [])
        with self.server() as env:
            self.on(env).action_resume()
        self.assertGreater(client.count("leads"), 0)

    def test_an_answer_ends_what_looked_like_trouble(self):
        with self.server() as env:
            self.on(env)._report_error(errors.ServerUnavailable())
        self.client().count("leads")
        with aside.short_cursor(self.env.cr.dbname) as cr:
            cr.execute(
                """SELECT failing_since, next_probe FROM infor_crm_connector_pulse
                    WHERE connector_id = %s""",
                [self.connector_id],
            )
            self.assertEqual(cr.fetchall(), [(None, None)])

    def test_people_and_lanes_do_not_meet(self):
        """A lane notes a refusal while somebody's Connect waits for the CRM."""
        with self.server() as person:
            connector = self.on(person)
            self.assertEqual(connector.mode, "connected")
            with self.server() as lane:
                self.on(lane)._report_error(errors.CredentialsRefused())
            connector.name = "Together again"
            connector._turn_green()
            person.flush_all()
        with self.server() as env:
            self.assertEqual(self.on(env).health, "green")
            self.on(env)._watch()
        with self.server() as env:
            self.assertFalse(self.on(env).activity_ids)


@tagged("post_install", "-at_install")
class TestOneBudget(TogetherCase):
    def purses(self, count, per_minute):
        """As many servers, which do not really wait."""
        self.waits = []
        return [
            SharedBudget(
                self.env.cr.dbname,
                self.connector_id,
                per_minute,
                sleep=self.waits.append,
            )
            for _ in range(count)
        ]

    def full_at(self):
        with aside.short_cursor(self.env.cr.dbname) as cr:
            cr.execute(
                "SELECT full_at - EXTRACT(EPOCH FROM clock_timestamp())::float8"
                " FROM infor_crm_connector_budget WHERE connector_id = %s",
                [self.connector_id],
            )
            return cr.fetchone()[0]

    def test_servers_share_it(self):
        """60 a minute: six at once, whoever asks, then one each second."""
        purses = self.purses(3, 60)
        for number in range(18):
            purses[number % 3].take()
        # eighteen seconds' worth was spent in far less
        self.assertGreater(self.full_at(), 12)
        self.assertGreater(len(self.waits), 9)

    def test_nobody_waits_for_ever(self):
        purses = self.purses(2, 60)
        with self.assertRaises(errors.BudgetExceeded) as caught:
            for number in range(60):
                purses[number % 2].take()
        self.assertTrue(caught.exception.retryable)
        self.assertGreater(caught.exception.retry_after, 0)

    def test_servers_at_once_lose_and_double_nothing(self):
        purses = self.purses(6, 60)

        def spend(purse):
            for _ in range(3):
                purse.take()

        self.assertEqual(
            set(self.at_once(*[lambda p=p: spend(p) for p in purses])), {None}
        )
        self.assertGreater(self.full_at(), 12)
        self.assertLessEqual(self.full_at(), 18)

    def test_a_few_requests_cost_one_look_at_the_table(self):
        [purse] = self.purses(1, 600)
        purse.take()
        before = self.full_at()
        for _ in range(4):
            purse.take()
        self.assertLessEqual(self.full_at(), before)

    def test_without_the_table_each_server_counts_alone(self):
        purse = SharedBudget(self.env.cr.dbname, 0, 60, sleep=lambda seconds: None)
        waited = [purse.take() for _ in range(8)]
        self.assertEqual(waited[:6], [0] * 6)
        self.assertGreater(waited[7], 0)

    def test_what_the_connector_spends_is_counted_there(self):
        with self.server() as env:
            env.cr.execute(
                "DELETE FROM infor_crm_connector_budget WHERE connector_id = %s",
                [self.connector_id],
            )
            self.on(env).requests_per_minute = 120
        self.client().count("leads")
        with aside.short_cursor(self.env.cr.dbname) as cr:
            cr.execute(
                "SELECT count(*) FROM infor_crm_connector_budget"
                " WHERE connector_id = %s",
                [self.connector_id],
            )
            self.assertEqual(cr.fetchone()[0], 1)
