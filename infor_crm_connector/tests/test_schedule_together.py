"""Schedules on several servers: real transactions, no test mode."""

import threading
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.fingerprint import fingerprint
from .together_common import CommittedCase

LANES = 6
LISTS = 8


@tagged("post_install", "-at_install")
class TestScheduleTogether(CommittedCase):
    def setUp(self):
        super().setUp()
        with self.committed() as env:
            self.connector_id = self.make_connector(env)
            self.sync_ids = [
                self.make_sync(env, f"Together {number}", scheduled=True)
                for number in range(LISTS)
            ]

    def make_connector(self, env):
        connector = env["infor.crm.connector"].create(
            {"name": "Together", "url": "http://127.0.0.1:1"}
        )
        connector.sudo().write(
            {"mode": "connected", "database_fingerprint": fingerprint(env)}
        )
        return connector.id

    def make_sync(self, env, name, **values):
        return (
            env["infor.crm.list.sync"]
            .create(
                {
                    "list_id": env["mailing.list"].create({"name": name}).id,
                    "connector_id": self.connector_id,
                    "kind": "lead",
                    "push_only": True,
                    **values,
                }
            )
            .id
        )

    def forget(self):
        with self.committed() as env:
            env["infor.crm.list.sync"].search(
                [("connector_id", "=", self.connector_id)]
            ).list_id.unlink()
        return super().forget()

    def make_due(self):
        with self.committed() as env:
            long_ago = fields.Datetime.now() - timedelta(days=3)
            env["infor.crm.list.sync"].browse(self.sync_ids).next_run = long_ago

    def runs_of_each(self):
        with self.committed() as env:
            syncs = env["infor.crm.list.sync"].browse(self.sync_ids)
            return [len(sync.run_ids) for sync in syncs]

    def end_all(self):
        with self.committed() as env:
            env.cr.execute(
                "UPDATE infor_crm_sync_run SET state = 'done' WHERE connector_id = %s",
                [self.connector_id],
            )

    def test_lanes_that_look_at_once_start_each_list_once(self):
        for done in range(1, 6):
            self.make_due()
            with self.assertNoLogs("odoo.sql_db", "ERROR"):
                errors = self.in_parallel(
                    lambda env, _lane: env["infor.crm.list.sync"]._dispatch_due(), LANES
                )
            self.assertEqual(errors, [])
            self.assertEqual(self.runs_of_each(), [done] * LISTS)
            self.end_all()
        with self.committed() as env:
            moved = env["infor.crm.list.sync"].browse(self.sync_ids).mapped("next_run")
            self.assertGreater(min(moved), fields.Datetime.now())

    def test_run_now_at_the_same_moment_makes_no_second_run(self):
        """A lane that loses looks again and joins; a person reads that one is under
        way."""
        self.make_due()

        def at_once(env, number):
            syncs = env["infor.crm.list.sync"]
            if number:
                syncs._dispatch_due()
            else:
                for sync in syncs.browse(self.sync_ids):
                    sync._queue_run("manual", operation="push")

        with mute_logger("odoo.sql_db"):
            self.in_parallel(at_once, 3)
            with self.committed() as env:
                env["infor.crm.list.sync"]._dispatch_due()
        self.assertEqual(self.runs_of_each(), [1] * LISTS)

    def test_of_two_people_who_take_the_last_place_one_is_refused(self):
        with self.committed() as env:
            env["infor.crm.connector"].browse(self.connector_id).max_scheduled = (
                LISTS + 1
            )
            late = [self.make_sync(env, "Ninth"), self.make_sync(env, "Tenth")]

        def place(env, number):
            sync = env["infor.crm.list.sync"].browse(late[number])
            self.assertFalse(sync.scheduled)  # a snapshot of before
            both.wait(30)
            sync.scheduled = True
            env.flush_all()

        both = threading.Barrier(2)
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            [error] = self.in_parallel(place, 2)
        self.assertIsInstance(error, SerializationFailure)
        # Odoo repeats such a request
        with self.committed() as env:
            [left] = [
                sync
                for sync in env["infor.crm.list.sync"].browse(late)
                if not sync.scheduled
            ]
            with self.assertRaises(UserError):
                left.scheduled = True
            env.cr.rollback()
