"""Groups of Infor CRM: a list holds exactly whom the group holds."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .import_common import ImportCase

WIZARD = "infor.crm.import.wizard"
CLIENT = "odoo.addons.infor_crm_connector.lib.sdata"


class GroupCase(ImportCase):
    def group(self, name, kind="lead"):
        self.connector._refresh_groups()
        found = self.env["infor.crm.group"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("name", "=", name),
                ("kind", "=", kind),
            ]
        )
        self.assertEqual(len(found), 1, name)
        return found

    def start_group(self, name, kind="lead"):
        return self.connector._start_import(
            kind,
            self.env["infor.crm.field"],
            self.user,
            group=self.group(name, kind),
        )

    def imported_group(self, name, kind="lead"):
        sync = self.start_group(name, kind)
        run = self.work_off(sync.last_run_id)
        self.assertEqual(run.state, "done", run.message)
        return sync, run

    def listed(self, group_key):
        """Keys in the table of ad hoc members."""
        sql = "SELECT ENTITYID FROM ADHOCGROUP WHERE GROUPID = ?"
        return {row["ENTITYID"].strip() for row in self.crm.sql(sql, [group_key])}

    def assertHolds(self, sync, run, rows):
        """The list reaches everybody of these rows, and nobody else."""
        self.assertTrue(rows)
        self.assertEqual(
            sorted(self.members(sync).mapped("email_normalized")),
            sorted(self.usable(rows)),
        )
        self.assertEqual(run.selected, len(rows) + run.skipped_gone)
        self.assertFalse(run.incomplete)
        self.assertAddsUp(run)


class GroupsMixin:
    crm_options = {"seed": 1, "leads": 120, "contacts": 60}

    # --- a group import equals the group ----------------------------------------------

    def test_an_ad_hoc_group_of_leads(self):
        sync, run = self.imported_group("Trade Show Visitors")
        listed = self.listed(sync.group_key)
        rows = [row for row in self.rows() if row["LEADID"].strip() in listed]
        self.assertHolds(sync, run, rows)

    def test_an_ad_hoc_group_of_contacts(self):
        sync, run = self.imported_group("Newsletter", "contact")
        listed = self.listed(sync.group_key)
        rows = self.rows("contact")
        rows = [row for row in rows if row["CONTACTID"].strip() in listed]
        self.assertHolds(sync, run, rows)

    def test_a_query_group_of_leads(self):
        sync, run = self.imported_group("New Leads")
        self.assertHolds(
            sync, run, [row for row in self.rows() if row["STATUS"] == "New"]
        )
        self.assertFalse(run.skipped_gone)

    def test_a_query_group_of_contacts(self):
        sync, run = self.imported_group("All Contacts", "contact")
        self.assertHolds(sync, run, self.rows("contact"))

    def test_members_deleted_in_the_crm_are_accounted_for(self):
        """Their keys linger in an ad hoc group: skipped, with the reason."""
        sync, run = self.imported_group("Trade Show Visitors")
        rows = {row["LEADID"].strip() for row in self.rows()}
        gone = self.listed(sync.group_key) - rows
        self.assertEqual(len(gone), run.skipped_gone)
        for key in gone:
            outcome = self.outcome(run, key)
            self.assertEqual((outcome.status, outcome.reason), ("skipped", "gone"))
        self.assertIn("hidden from the login", sync.list_id.infor_import["detail"])

    def test_a_group_without_members_ends_and_says_so(self):
        key = self.group("Trade Show Visitors").key
        self.crm.sql("DELETE FROM ADHOCGROUP WHERE GROUPID = ?", [key])
        _sync, run = self.imported_group("Trade Show Visitors")
        self.assertEqual(run.selected, 0)
        self.assertIn("no records", run.message)

    # --- lossy servers ----------------------------------------------------------------

    def lossy(self, fault, match, **more):
        self.crm.switches(page_cap=15)
        self.crm.fault(fault=fault, match=match, method="GET", **more)
        sync = self.start_group("All Leads")
        run = sync.last_run_id
        for _ in range(40):
            self.work_off(run)
            if run.state != "queued":
                break
            self.env.cr.execute(
                "UPDATE infor_crm_sync_run SET next_try = NULL WHERE id = %s", [run.id]
            )
            self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.message)
        self.assertHolds(sync, run, self.rows())

    def test_execute_that_loses_rows(self):
        self.lossy("drop_rows", "$queries/execute", rows=3, probability=0.5)

    def test_execute_that_shrinks_pages(self):
        self.lossy("shrink_page", "$queries/execute", probability=0.5)

    def test_execute_that_repeats_pages(self):
        self.lossy("repeat_page", "$queries/execute", probability=0.3)

    def test_records_that_are_left_out_are_asked_for_again(self):
        self.lossy("drop_rows", "dynamic/-/leads", rows=3, probability=0.5)

    def test_empty_answers_make_nobody_vanish(self):
        self.lossy("empty_feed", "dynamic/-/leads", count=2)

    def test_a_server_that_fails_now_and_then(self):
        with mute_logger(CLIENT):
            self.lossy("status", "groups(", status=500, probability=0.3)

    # --- where it was -----------------------------------------------------------------

    def test_it_goes_on_where_it_was(self):
        """Page by page, each by another lane: nobody twice, nobody left out."""
        self.crm.switches(page_cap=15)
        sync = self.start_group("All Leads")
        run = sync.last_run_id
        for number in range(60):
            if run.state not in ("queued", "running"):
                break
            self.one_page(1 + number % 2)
        self.assertEqual(run.state, "done", run.message)
        self.assertGreater(number, 5)
        self.assertHolds(sync, run, self.rows())
        # what the next sync compares the group with
        self.assertEqual(sync.pull_window["members_run"], run.id)
        kept = self.env["infor.crm.run.member"].search([]).run_id
        self.assertEqual(kept, run)

    def test_it_can_be_stopped_and_resumed(self):
        sync = self.start_group("All Leads")
        run = sync.last_run_id
        self.one_page()
        self.assertTrue(run.cursor)
        run.action_stop()
        self.lane()
        self.assertEqual(run.state, "stopped")
        run.action_resume()
        self.work_off(run)
        self.assertEqual(run.state, "done", run.message)
        self.assertHolds(sync, run, self.rows())

    def test_importing_again_brings_new_members(self):
        sync, run = self.imported_group("New Leads")
        others = [row for row in self.rows() if row["STATUS"] != "New"]
        joins = others[0]["LEADID"]
        self.crm.sql("UPDATE LEAD SET STATUS = 'New' WHERE LEADID = ?", [joins])
        again = self.again(sync)
        self.assertEqual(again.selected, run.selected + 1)
        self.assertHolds(
            sync, again, [row for row in self.rows() if row["STATUS"] == "New"]
        )

    def test_a_deleted_group_ends_the_import_and_empties_nothing(self):
        sync, _run = self.imported_group("New Leads")
        before = self.members(sync)
        self.crm.sql("DELETE FROM PLUGIN WHERE PLUGINID = ?", [sync.group_key])
        run = self.work_off(sync._queue_run("manual"))
        self.assertEqual(run.state, "failed")
        self.assertIn("New Leads", run.message)
        self.assertEqual(self.members(sync), before)

    # --- rights -----------------------------------------------------------------------

    def restricted(self):
        """Dora sees two owners' records; (connector, where of what she sees)."""
        self.connector = self.make_connected(
            name="Dora", login="dora", password="secret"
        )
        owners = self.crm.call("GET", "users")["dora"]["owners"]
        marks = ", ".join(f"'{owner}'" for owner in owners)
        return f"SECCODEID IN ({marks})"

    def visible(self, kind):
        where = self.restricted()
        rows = self.crm.sql(f"SELECT * FROM {kind.upper()} WHERE {where}")
        self.assertLess(len(rows), len(self.rows(kind)))
        return rows

    def test_a_restricted_login_imports_exactly_the_rows_it_may_see(self):
        for kind in ("lead", "contact"):
            with self.subTest(kind):
                rows = self.visible(kind)
                sync, run = self.imported(kind)
                self.assertHolds(sync, run, rows)

    def test_a_restricted_login_imports_what_it_sees_of_an_ad_hoc_group(self):
        rows = self.visible("lead")
        sync, run = self.imported_group("Trade Show Visitors")
        listed = self.listed(sync.group_key)
        seen = [row for row in rows if row["LEADID"].strip() in listed]
        self.assertHolds(sync, run, seen)
        self.assertEqual(run.skipped_gone, len(listed) - len(seen))

    def test_a_restricted_login_imports_what_it_sees_of_a_query_group(self):
        rows = self.visible("lead")
        sync, run = self.imported_group("New Leads")
        self.assertHolds(sync, run, [row for row in rows if row["STATUS"] == "New"])

    def test_groups_of_others_are_not_offered(self):
        self.restricted()
        self.connector._refresh_groups()
        offered = self.env["infor.crm.group"].search(
            [("connector_id", "=", self.connector.id)]
        )
        self.assertIn("Midwest Contacts", offered.mapped("name"))
        self.assertNotIn("Lee's Visits", offered.mapped("name"))

    # --- the wizard -------------------------------------------------------------------

    def wizard(self, **values):
        return self.env[WIZARD].create({"connector_id": self.connector.id, **values})

    def test_the_wizard_leads_from_group_to_columns_to_list(self):
        wizard = self.wizard(kind="group")
        wizard.action_next()
        self.assertEqual(wizard.step, "group")
        groups = self.env["infor.crm.group"].search([])
        self.assertEqual(set(groups.mapped("kind")), {"lead", "contact"})
        self.assertEqual(len(groups.filtered(lambda g: "E-mail" in g.name)), 1)
        with self.assertRaises(UserError):
            wizard.action_next()
        wizard.group_id = self.group("Newsletter", "contact")
        wizard.action_next()
        self.assertEqual((wizard.step, wizard.people), ("columns", "contact"))
        self.assertIn("20 people", wizard.group_note)
        offered = self.env["infor.crm.field"].search(wizard.choice_domain)
        self.assertEqual(set(offered.mapped("kind")), {"contact"})
        wizard.column_ids = offered.filtered("custom")[:1]
        wizard.action_finish()
        sync = self.env["infor.crm.list.sync"]._existing_for(
            self.connector, "contact", wizard.group_id.key
        )
        self.assertEqual(sync.list_id.name, "Newsletter")
        self.assertEqual(sync.column_ids, wizard.column_ids)
        self.assertIn("Group “Newsletter”", sync.list_id.infor_source)

    def test_back_leads_to_the_groups(self):
        wizard = self.wizard(kind="group")
        wizard.action_next()
        wizard.group_id = self.group("New Leads")
        wizard.action_next()
        wizard.action_back()
        self.assertEqual(wizard.step, "group")
        wizard.action_back()
        self.assertEqual(wizard.step, "source")

    def test_the_same_group_again_offers_its_list(self):
        sync, _run = self.imported_group("New Leads")
        wizard = self.wizard(kind="group")
        self.assertFalse(wizard.existing_note)
        wizard.action_next()
        wizard.group_id = self.group("New Leads")
        self.assertIn("New Leads", wizard.existing_note)
        self.assertEqual(wizard.action_open_list()["res_id"], sync.list_id.id)
        with self.assertRaises(UserError):
            self.start_group("New Leads")
        wizard.action_import_again()
        self.assertEqual(sync.last_run_id.state, "queued")

    def test_a_group_and_all_of_its_kind_are_two_lists(self):
        one, _run = self.imported_group("All Leads")
        all_of_them, _run = self.imported()
        self.assertNotEqual(one.list_id, all_of_them.list_id)
        self.assertEqual(self.members(one), self.members(all_of_them))

    def test_a_crm_without_groups_says_so(self):
        self.crm.fault(fault="status", match="system/-/groups", status=404)
        with self.assertRaises(UserError) as caught:
            self.wizard(kind="group").action_next()
        self.assertIn("does not offer its groups", str(caught.exception))


@tagged("post_install", "-at_install")
class TestImportGroups(GroupsMixin, GroupCase):
    pass


@tagged("post_install", "-at_install")
class TestImportGroupsOld(GroupsMixin, GroupCase):
    generation = "7.5.4"
