"""A marketing person's way: connect, import, write to the imported people."""

from odoo.tests import HttpCase, common, new_test_user, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import SimulatorCase


@tagged("post_install", "-at_install")
class TestTours(SimulatorCase, MockEmail, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a busy machine needs longer than ten seconds to start a browser
        cls.classPatch(common, "CHECK_BROWSER_ITERATIONS", 900)
        cls.env["ir.config_parameter"].set_param(
            "infor_crm_connector.tour_address", cls.crm.url
        )
        cls.user = new_test_user(
            cls.env, "marketer", "infor_crm_connector.group_user", name="Marja Marketer"
        )

    def lanes(self):
        """What the crons do in production; their threads do not run in tests."""
        with self.enter_registry_test_mode():
            cron = self.env.ref("infor_crm_connector.ir_cron_lane_1")
            cron.with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def test_connect_import_and_write(self):
        self.start_tour("/odoo/mailing-lists", "infor_crm_connect", login="admin")
        connector = self.env["infor.crm.connector"].search([])
        self.assertEqual(connector.state, "connected")

        self.start_tour(
            "/odoo/mailing-lists", "infor_crm_import_leads", login="marketer"
        )
        self.lanes()
        sync = self.env["infor.crm.list.sync"].search([])
        self.assertEqual(
            set(sync.column_ids.mapped("name")), {"Industry", "AnnualBudget"}
        )
        self.assertEqual(sync.last_run_id.state, "done", sync.last_run_id.message)

        self.start_tour(
            "/odoo/mailing-lists", "infor_crm_mail_imported_leads", login="marketer"
        )
        self._assert_mails_are_personal(sync.list_id)

    def _assert_mails_are_personal(self, mailing_list):
        mailing = self.env["mailing.mailing"].search([("subject", "=", "Our offer")])
        self.assertEqual(mailing.contact_list_ids, mailing_list)
        with self.mock_mail_gateway(mail_unlink_sent=False):
            mailing.with_user(self.user).action_send_mail()
        self.assertTrue(self._new_mails)
        budgets = self._budgets_by_email()
        for mail in self._new_mails:
            email = mail.mailing_trace_ids.email
            expected = budgets[email] or "a budget of your own"
            self.assertIn(expected, mail.body_html, email)
            self.assertNotIn("object.properties", mail.body_html)
        self.assertTrue(any(budgets.values()))

    def _budgets_by_email(self):
        """From the practice CRM's own store, as Odoo writes numbers."""
        rows = self.crm.sql(
            "SELECT EMAIL, ANNUALBUDGET FROM LEAD ORDER BY CREATEDATE DESC"
        )
        return {
            (row["EMAIL"] or "").strip().lower(): row["ANNUALBUDGET"]
            and str(float(row["ANNUALBUDGET"]))
            for row in rows
        }

    # --- in step with Infor CRM ---------------------------------------------------

    def test_set_up_run_change_on_both_sides_and_read_the_report(self):
        connector = self.make_connected()
        keys = {
            name: self._lead(connector, name, f"{name.lower()}@tour.example")
            for name in ("Tessa", "Terry")
        }
        sync = connector._start_import("lead", self.env["infor.crm.field"], self.user)
        self.lanes()
        self.assertEqual(sync.last_run_id.state, "done", sync.last_run_id.message)

        self._tour("infor_crm_sync_set_up")
        self.lanes()
        run = sync.last_run_id
        self.assertEqual((run.operation, run.state), ("sync", "done"), run.message)

        with connector._client() as client:
            client.update("leads", keys["Terry"], {"WorkPhone": "+32 2 555 03 04"})
        self._tour("infor_crm_sync_change_and_run")
        self._let_time_pass()
        self.lanes()
        self.assertNotEqual(sync.last_run_id, run)
        self._assert_both_sides_agree(sync, keys)
        self._tour("infor_crm_sync_report")

    def _tour(self, name):
        self.start_tour("/odoo/mailing-lists", name, login="marketer")

    def _lead(self, connector, first_name, email):
        values = {"FirstName": first_name, "LastName": "Tour", "Email": email}
        with connector._client() as client:
            return client.create("leads", {**values, "Company": "Tours"}).key

    def _let_time_pass(self):
        """A test is one transaction, in which every edit has the same time."""
        self.env.cr.execute(
            """UPDATE mailing_contact SET write_date = write_date + interval '1 second'
                WHERE email_normalized = 'tessa@tour.example'"""
        )
        self.env.invalidate_all()

    def _assert_both_sides_agree(self, sync, keys):
        run = sync.last_run_id
        self.assertEqual(run.state, "done", run.message)
        phones = {
            contact.first_name: contact.phone
            for contact in sync.list_id.contact_ids
            if contact.last_name == "Tour"
        }
        self.assertEqual(
            phones, {"Tessa": "+32 2 555 01 02", "Terry": "+32 2 555 03 04"}
        )
        for name, key in keys.items():
            row = self.crm.sql("SELECT WORKPHONE FROM LEAD WHERE LEADID = ?", [key])[0]
            self.assertEqual(row["WORKPHONE"], phones[name])
