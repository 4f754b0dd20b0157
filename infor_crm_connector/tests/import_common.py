"""What the import tests share: importing through the lanes, and counting directly."""

from unittest.mock import patch

from odoo import api
from odoo.tools import email_normalize

from ..models import infor_crm_connector_guard as guard
from .common import SimulatorCase


class ImportCase(SimulatorCase):
    """Runs execute as they do in production: by the cron job of a lane."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.env.ref("base.user_admin")
        cls.connector = cls.make_connected()

    def setUp(self):
        super().setUp()
        # each test has all requests of a minute before it
        guard._budgets.clear()

    def field(self, name, kind="lead"):
        found = self.env["infor.crm.field"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("kind", "=", kind),
                ("name", "=", name),
            ]
        )
        self.assertEqual(len(found), 1, name)
        return found

    def start(self, kind="lead", *columns):
        fields = self.env["infor.crm.field"].browse(
            self.field(name, kind).id for name in columns
        )
        return self.connector._start_import(kind, fields, self.user)

    def lane(self, number=1):
        """One call of a lane, as Odoo's cron makes it."""
        with self.enter_registry_test_mode():
            cron = self.env.ref(f"infor_crm_connector.ir_cron_lane_{number}")
            cron.with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def one_page(self, number=1):
        """One page by a lane whose time is over then, as after a long wait."""
        worker = type(self.env["infor.crm.worker"])
        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            patch.object(worker, "_time_over", lambda this, end: True),
        ):
            api.Environment(cr, 1, {})["infor.crm.lane"]._run_lane(number)
        self.env.invalidate_all()

    def work_off(self, run, lanes=(1,), calls=20):
        """Call lanes until the run has nothing more to do now."""
        for number in range(calls):
            self.lane(lanes[number % len(lanes)])
            if run.state not in ("queued", "running") or run.next_try:
                return run
        raise AssertionError(f"{run.state} at {run.selected}: the run does not end")

    def imported(self, kind="lead", *columns):
        """(list sync, run) of a finished import of everything."""
        sync = self.start(kind, *columns)
        run = self.work_off(sync.last_run_id)
        self.assertEqual(run.state, "done", run.message)
        return sync, run

    def again(self, sync):
        run = self.work_off(sync._queue_run("manual"))
        self.assertEqual(run.state, "done", run.message)
        return run

    # --- counting past the connector ------------------------------------------------

    def rows(self, kind="lead"):
        return self.crm.sql(f"SELECT * FROM {kind.upper()}")

    def usable(self, rows):
        """{normalised address: rows} of those with a usable one."""
        found = {}
        for row in rows:
            address = email_normalize(row["EMAIL"] or "", strict=False)
            if address and not address.startswith("@"):
                found.setdefault(address, []).append(row)
        return found

    def members(self, sync):
        return sync.list_id.contact_ids

    def contact(self, email):
        found = self.env["mailing.contact"].search(
            [("email_normalized", "=", email_normalize(email))]
        )
        self.assertEqual(len(found), 1, email)
        return found

    def binding(self, key, kind="lead"):
        return self.env["infor.crm.binding"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("kind", "=", kind),
                ("key", "=", key),
            ]
        )

    def outcome(self, run, key):
        found = run.outcome_ids.filtered(lambda row: row.key == key)
        self.assertEqual(len(found), 1, f"outcomes of {key}")
        return found

    def assertAddsUp(self, run):
        """Every record the CRM returned is accounted for once."""
        accounted = (
            run.created
            + run.updated
            + run.unchanged
            + run.conflicts
            + run.skipped
            + run.failed
        )
        self.assertEqual(accounted, run.selected)
        self.assertGreaterEqual(run.unchanged, 0)
        keys = run.outcome_ids.mapped("key")
        self.assertEqual(len(keys), len(set(keys)), "a record has two outcomes")
        by_status = {}
        for row in run.outcome_ids:
            by_status[row.status] = by_status.get(row.status, 0) + 1
        self.assertEqual(by_status.get("skipped", 0), run.skipped)
        self.assertEqual(by_status.get("failed", 0), run.failed)
        self.assertEqual(by_status.get("conflict", 0), run.conflicts)
        self.assertEqual(by_status.get("updated", 0), run.updated)
