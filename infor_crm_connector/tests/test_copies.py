"""A copy of the database never calls Infor CRM by itself."""

from odoo.exceptions import UserError
from odoo.modules.neutralize import neutralize_database
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import ConnectorStopped
from .common import SimulatorCase


@tagged("post_install", "-at_install")
class TestCopies(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.connector = self.make_connected()
        self.crm.clear_requests()

    def assertSilent(self, reason, *words):
        """No request is made, and whoever asks is told why."""
        self.assertEqual(self.connector.health, "red")
        for word in words:
            self.assertIn(word, self.connector.stop_message)
        with self.assertRaises(ConnectorStopped) as caught:
            self.connector._client()
        self.assertEqual(caught.exception.reason, reason)
        with self.assertRaises(UserError):
            self.connector._ensure_callable()
        with self.assertRaises(UserError):
            self.connector.action_refresh_fields()
        self.assertEqual(self.crm.requests(), [])

    def test_the_database_itself_calls(self):
        with self.connector._client() as client:
            client.count("leads")
        self.assertTrue(self.crm.requests())

    def test_neutralized_copy(self):
        self.env.flush_all()
        with mute_logger("odoo.modules.neutralize"):
            neutralize_database(self.env.cr)
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertEqual(self.connector._password(), "")
        self.assertSilent("neutralized", "neutralized copy", "Reconfirm Login")

    def test_neutralized_copy_has_nothing_under_way(self):
        """No login, no run, no wish of anybody's, no alert of the original's."""
        fields = self.env["infor.crm.field"]
        run = self.connector._start_import("lead", fields).last_run_id
        other = self.connector._start_import("contact", fields).last_run_id
        other.action_stop()
        self.connector._turn_red({"error": "CredentialsRefused"})
        self.env.flush_all()
        with mute_logger("odoo.modules.neutralize"):
            neutralize_database(self.env.cr)
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertEqual((run | other).mapped("state"), ["stopped", "stopped"])
        self.assertFalse((run | other).signal_ids)
        self.assertFalse(self.connector.login or self.connector._password())
        self.assertFalse(self.connector.activity_ids)
        self.assertSilent("neutralized", "neutralized copy")
        lanes = self.env["ir.cron"].search([("name", "=like", "Infor CRM: lane %")])
        self.assertFalse(lanes)

    def test_copy_under_another_name(self):
        """The state of ``createdb -T``: the row knows another database's number."""
        self.env.cr.execute("SELECT oid FROM pg_database WHERE datname = 'postgres'")
        [other] = self.env.cr.fetchone()
        self.assertSilentWith(1, str(other))

    def test_restore_in_another_cluster(self):
        self.assertSilentWith(2, "7000000000000000001")

    def test_duplicate_made_by_the_database_manager(self):
        """It gives the copy a uuid of its own."""
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "another")
        self.connector.invalidate_recordset()
        self.assertSilent("copied", "copy", "Reconfirm Login")

    def assertSilentWith(self, place, value):
        known = self.connector.sudo().database_fingerprint.split("/")
        known[place] = value
        self.connector.sudo().database_fingerprint = "/".join(known)
        self.connector.invalidate_recordset()
        self.assertSilent("copied", "copy", "Reconfirm Login")

    def test_reconnecting_on_purpose_works(self):
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "another")
        self.connector.action_reconfirm()
        self.assertEqual(self.connector.health, "green")
        with self.connector._client() as client:
            self.assertGreater(client.count("leads"), 0)
