"""What a mailing list shows of its import."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestMailingList(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector = cls.env["infor.crm.connector"].create(
            {"name": "Headquarters", "url": "https://crm.example.com"}
        )
        cls.list, cls.plain = cls.env["mailing.list"].create(
            [{"name": "All Infor CRM Leads"}, {"name": "News"}]
        )
        cls.sync = cls.env["infor.crm.list.sync"].create(
            {
                "list_id": cls.list.id,
                "connector_id": cls.connector.id,
                "kind": "lead",
            }
        )

    def _run(self, state, **values):
        return self.env["infor.crm.sync.run"].create(
            {
                "connector_id": self.connector.id,
                "list_sync_id": self.sync.id,
                "kind": "lead",
                "operation": "import",
                "state": state,
                "expected": 5000,
                **values,
            }
        )

    def _shown(self):
        self.env.invalidate_all()
        return self.list.infor_import

    def test_an_ordinary_list_shows_nothing(self):
        self._run("done")
        self.assertFalse(self.plain.infor_import)

    def test_a_list_without_run_shows_nothing(self):
        self.assertFalse(self._shown())

    def test_progress_while_it_runs(self):
        self._run("running", selected=1250, busy_seconds=5)
        shown = self._shown()
        self.assertEqual(shown["label"], "1,250 of 5,000")
        self.assertEqual(shown["pace"], "250 records per second, 15 seconds left")
        self.assertEqual(shown["percent"], 25)
        self.assertEqual(shown["connector"], "Headquarters")
        self.assertTrue(shown["live"] and shown["can_stop"])
        self.assertFalse(shown["can_resume"])

    def test_long_imports_count_in_minutes(self):
        self._run("running", selected=1000, expected=61_000, busy_seconds=10)
        self.assertIn("10 minutes left", self._shown()["pace"])

    def test_numbers_follow_the_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self._run("running", selected=1250)
        shown = self.list.with_context(lang="de_DE").infor_import
        self.assertIn("1.250", shown["label"])

    def test_waiting_to_start(self):
        self._run("queued", expected=0)
        shown = self._shown()
        self.assertEqual(shown["label"], "Waiting to start")
        self.assertEqual(shown["percent"], 0)
        self.assertTrue(shown["live"])

    def test_counting_before_the_first_page(self):
        self._run("running", expected=0)
        self.assertEqual(self._shown()["label"], "Counting…")

    def test_waiting_for_the_crm_says_why(self):
        later = fields.Datetime.now() + timedelta(minutes=5)
        self._run("queued", selected=10, next_try=later, message="Nobody answers.")
        self.assertIn("Nobody answers. Next try at", self._shown()["pace"])

    def test_n_of_m_and_who_is_missing(self):
        self._run(
            "done",
            selected=5000,
            created=4800,
            skipped_no_email=120,
            skipped_same_address=30,
            skipped_removed=1,
            failed=2,
        )
        shown = self._shown()
        self.assertEqual(shown["label"], "4,847 of 5,000 imported")
        self.assertEqual(
            shown["detail"].splitlines(),
            [
                "Not imported:",
                "120 without an e-mail address",
                "30 with the address of another record",
                "1 removed from the list in Odoo",
                "2 failed",
            ],
        )
        self.assertFalse(shown["live"])
        self.assertIsNone(shown["percent"])

    def test_nobody_missing_is_said_too(self):
        self._run("done", selected=5000, created=5000)
        self.assertEqual(self._shown()["detail"], "Nobody was left out.")

    def test_known_gaps_are_said(self):
        self._run("done", selected=4990, created=4990, incomplete=True)
        self.assertIn("known to be missing", self._shown()["detail"])

    def test_stopping_and_going_on(self):
        run = self._run("running", selected=100)
        self.list.action_infor_stop()
        shown = self._shown()
        self.assertEqual(shown["label"], "Stopping at 100 of 5,000…")
        self.assertFalse(shown["can_stop"])
        run.signal_ids.unlink()
        run.state = "stopped"
        shown = self._shown()
        self.assertEqual(shown["label"], "Stopped at 100 of 5,000")
        self.assertTrue(shown["can_resume"])
        self.list.action_infor_resume()
        self.assertEqual(run.signal_ids.action, "resume")
        # the lane takes the signal soon: worth asking again
        shown = self._shown()
        self.assertEqual(shown["label"], "Going on at 100 of 5,000…")
        self.assertTrue(shown["live"])
        self.assertFalse(shown["can_resume"])

    def test_a_failure_says_what_to_do(self):
        self._run("failed", selected=100, message="The password expired. Renew it.")
        shown = self._shown()
        self.assertEqual(shown["pace"], "The password expired. Renew it.")
        self.assertTrue(shown["can_resume"])

    def test_others_learn_of_a_failure_without_its_details(self):
        self._run("failed", message="crm.example.com refuses the login admin.")
        marketer = new_test_user(
            self.env, "marketer", "mass_mailing.group_mass_mailing_user"
        )
        shown = self.list.with_user(marketer).infor_import
        self.assertEqual(shown["pace"], "Infor CRM could not be read.")

    def test_the_newest_run_counts(self):
        self._run("done", selected=1)
        self._run("stopped", selected=7)
        self.assertEqual(self._shown()["phase"], "stopped")

    def test_no_query_per_list(self):
        """The page of lists shows eighty of them."""
        lists = self.env["mailing.list"].create(
            [{"name": f"List {number}"} for number in range(20)]
        )
        connectors = self.env["infor.crm.connector"].create(
            [
                {"name": f"CRM {number}", "url": "https://crm.example.com"}
                for number in range(20)
            ]
        )
        syncs = self.env["infor.crm.list.sync"].create(
            [
                {"list_id": one.id, "connector_id": connector.id, "kind": "lead"}
                for one, connector in zip(lists, connectors, strict=True)
            ]
        )
        self.env["infor.crm.sync.run"].create(
            [
                {
                    "connector_id": sync.connector_id.id,
                    "list_sync_id": sync.id,
                    "kind": "lead",
                    "operation": "import",
                    "state": "running",
                }
                for sync in syncs
            ]
        )
        self._count_queries(self.list)
        one, twenty = self._count_queries(lists[:1]), self._count_queries(lists)
        self.assertEqual(twenty, one)

    def _count_queries(self, lists):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        lists.mapped("infor_import")
        return self.env.cr.sql_log_count - before

    def test_every_marketing_user_sees_the_progress(self):
        """But only users of Infor CRM see the set-up and the report behind it."""
        self._run("done", selected=5000, created=5000)
        marketer = new_test_user(
            self.env, "marketer", "mass_mailing.group_mass_mailing_user"
        )
        seen = self.list.with_user(marketer)
        self.assertEqual(seen.infor_import["label"], "5,000 of 5,000 imported")
        self.assertFalse(seen.action_infor_open_run())
        self.assertNotIn("infor_sync_ids", seen.fields_get())

    def test_the_report_opens_from_the_list(self):
        run = self._run("done", selected=5000)
        user = new_test_user(self.env, "user", "infor_crm_connector.group_user")
        action = self.list.with_user(user).action_infor_open_run()
        self.assertEqual((action["res_model"], action["res_id"]), (run._name, run.id))

    def test_the_form_knows_source_columns_and_runs(self):
        column = self.env["infor.crm.field"].create(
            {
                "connector_id": self.connector.id,
                "kind": "lead",
                "name": "Industry",
                "label": "Industry",
            }
        )
        self.sync.column_ids = column
        self._run("done")
        user = new_test_user(self.env, "user", "infor_crm_connector.group_user")
        seen = self.list.with_user(user)
        self.assertEqual(seen.infor_source, "All leads of Headquarters")
        self.assertEqual(seen.infor_column_ids, column)
        self.assertEqual(seen.infor_run_count, 1)
        self.assertEqual(
            self.env["infor.crm.sync.run"].search(
                seen.action_infor_view_runs()["domain"]
            ),
            self.sync.run_ids,
        )
