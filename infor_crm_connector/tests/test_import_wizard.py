"""The import wizard: people, columns, finish."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import SimulatorCase

WIZARD = "infor.crm.import.wizard"


class ImportWizardCase(SimulatorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "infor_user", "infor_crm_connector.group_user", name="Uma User"
        )
        cls.manager = new_test_user(
            cls.env, "infor_boss", "infor_crm_connector.group_manager", name="Ada Boss"
        )

    def wizard(self, user=None, **values):
        wizards = self.env[WIZARD].with_user(user or self.user)
        return wizards.create(values)

    def offered(self, wizard):
        return self.env["infor.crm.field"].search(wizard.choice_domain)


@tagged("post_install", "-at_install")
class TestWithoutConnection(ImportWizardCase):
    def test_an_administrator_learns_to_connect(self):
        wizard = self.wizard(self.manager)
        self.assertIn("not connected with Infor CRM yet", wizard.obstacle)
        self.assertTrue(wizard.can_connect)
        action = wizard.action_connect()
        self.assertEqual(action["res_model"], "infor.crm.connector")
        self.assertEqual(action["views"], [(False, "form")])

    def test_a_user_learns_whom_to_ask(self):
        wizard = self.wizard()
        self.assertIn("Ada Boss", wizard.obstacle)
        self.assertIn("Configuration → Infor CRM", wizard.obstacle)
        self.assertFalse(wizard.can_connect)

    def test_a_stopped_connector_says_why(self):
        connector = self.make_connected()
        connector.action_pause()
        wizard = self.wizard(self.manager)
        self.assertFalse(wizard.connector_id)
        self.assertIn("Practice CRM: ", wizard.obstacle)
        self.assertIn(connector.stop_message, wizard.obstacle)
        self.assertTrue(wizard.can_mend)
        self.assertEqual(wizard.action_connect()["res_id"], connector.id)

    def test_a_user_learns_of_a_stop_without_its_details(self):
        """Address and login of Infor CRM are for administrators."""
        connector = self.make_connected()
        connector._turn_red({"error": "CredentialsRefused"})
        wizard = self.wizard()
        self.assertIn("Practice CRM is at rest", wizard.obstacle)
        self.assertNotIn(self.crm.url.split("//")[1], wizard.obstacle)
        self.assertIn("Ada Boss", wizard.obstacle)

    def test_the_window_opens_without_a_connection(self):
        self.assertTrue(Form(self.env[WIZARD].with_user(self.user)).obstacle)

    def test_others_may_not_import(self):
        marketer = new_test_user(
            self.env, "marketer", "mass_mailing.group_mass_mailing_user"
        )
        with self.assertRaises(AccessError):
            self.wizard(marketer)


class ImportWizardMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector = cls.make_connected()

    def chosen(self, wizard, *names):
        fields = self.offered(wizard).filtered(lambda field: field.name in names)
        self.assertEqual(len(fields), len(names))
        return fields

    def custom(self, wizard):
        return self.offered(wizard).filtered("custom")[:1]

    # --- people -------------------------------------------------------------------

    def test_with_one_connector_nobody_chooses_it(self):
        wizard = self.wizard()
        self.assertEqual(wizard.connector_id, self.connector)
        self.assertFalse(wizard.several_connectors or wizard.obstacle)

    def test_with_two_connectors_one_chooses(self):
        second = self.make_connected(name="Second CRM")
        wizard = self.wizard()
        self.assertTrue(wizard.several_connectors)
        wizard.connector_id = second
        self.assertEqual(self.offered(wizard).connector_id, second)

    def test_it_says_how_many_people_there_are(self):
        counts = self.crm.counts()
        note = self.wizard().count_note
        self.assertIn(f"{counts['leads']} leads", note)
        self.assertIn(f"{counts['contacts']} contacts", note)

    def test_it_says_who_will_see_the_people(self):
        """Mailing lists belong to everybody, which is Odoo's rule."""
        arch = self.env[WIZARD].with_user(self.user).get_view(view_type="form")["arch"]
        self.assertIn("visible to every user of Email Marketing", arch)

    # --- columns --------------------------------------------------------------------

    def test_next_asks_the_crm_for_its_fields(self):
        wizard = self.wizard()
        self.crm.clear_requests()
        wizard.action_next()
        self.assertTrue(self.crm.requests())
        self.assertEqual(wizard.step, "columns")

    def test_next_explains_a_crm_that_is_down(self):
        wizard = self.wizard()
        self.crm.fault(fault="html_503")
        with self.assertRaises(UserError):
            wizard.action_next()
        self.assertEqual(wizard.step, "source")

    def test_email_and_names_always_come_along(self):
        wizard = self.wizard()
        names = set(wizard.always_ids.mapped("name"))
        self.assertEqual(names, {"Email", "FirstName", "LastName"})
        self.assertFalse(wizard.always_ids & self.offered(wizard))

    def test_no_group_is_named_where_there_is_none(self):
        wizard = self.wizard()
        wizard.action_next()
        self.assertFalse(wizard.group_note)

    def test_mapped_fields_go_into_the_contact_s_own(self):
        wizard = self.wizard()
        for label in ("Company Name", "Job Position", "Phone", "City", "Country"):
            self.assertIn(label, wizard.mapped_note)
        self.assertNotIn("Address/City", self.offered(wizard).mapped("name"))

    def test_standard_and_custom_fields_are_offered(self):
        offered = self.offered(self.wizard())
        self.assertEqual(set(offered.mapped("origin")), {"standard", "custom"})
        self.assertNotIn("reference", offered.mapped("type"))
        self.assertEqual(set(offered.mapped("kind")), {"lead"})

    def test_another_source_offers_other_fields(self):
        wizard = self.wizard()
        wizard.column_ids = self.custom(wizard)
        wizard.kind = "contact"
        self.assertFalse(wizard.column_ids)
        self.assertEqual(set(self.offered(wizard).mapped("kind")), {"contact"})

    def test_more_than_twenty_columns_are_warned_of(self):
        wizard = self.wizard()
        fields = self.offered(wizard)
        wizard.column_ids = fields[:20]
        self.assertFalse(wizard.many_columns)
        wizard.column_ids = fields[:21]
        self.assertTrue(wizard.many_columns)

    # --- finish ---------------------------------------------------------------------

    def test_finish_puts_the_list_on_top_and_starts_filling_it(self):
        wizard = self.wizard()
        columns = self.chosen(wizard, "Industry") | self.custom(wizard)
        wizard.column_ids = columns
        action = wizard.action_finish()
        sync = self.connector.env["infor.crm.list.sync"].search([])
        self.assertEqual(sync.column_ids, columns)
        self.assertEqual(sync.list_id.name, "All Infor CRM Leads")
        self.assertEqual(self.env["mailing.list"].search([], limit=1), sync.list_id)
        self.assertEqual(sync.last_run_id.user_id, self.user)
        self.assertEqual(sync.list_id.infor_import["label"], "Waiting to start")
        self.assertIn("All Infor CRM Leads", action["params"]["message"])

    def test_finish_leads_to_the_lists(self):
        action = self.wizard().action_finish()
        self.assertEqual(action["params"]["next"]["res_model"], "mailing.list")

    def test_who_comes_from_the_lists_stays_in_their_view(self):
        opened = self.env["mailing.list"].with_user(self.user).action_infor_import()
        wizard = self.wizard().with_context(**opened["context"])
        reopened = wizard.action_next()["context"]
        action = wizard.with_context(**reopened).action_finish()
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )

    # --- the same source again ------------------------------------------------------

    def test_a_source_imported_already_offers_its_list(self):
        self.wizard().action_finish()
        mailing_list = self.env["infor.crm.list.sync"].search([]).list_id
        wizard = self.wizard()
        self.assertIn("“All Infor CRM Leads”", wizard.existing_note)
        self.assertEqual(wizard.action_open_list()["res_id"], mailing_list.id)
        wizard.kind = "contact"
        self.assertFalse(wizard.existing_note)

    def test_importing_again_makes_no_twin(self):
        self.wizard().action_finish()
        sync = self.env["infor.crm.list.sync"].search([])
        sync.run_ids.state = "done"
        self.wizard().action_import_again()
        self.assertEqual(self.env["infor.crm.list.sync"].search([]), sync)
        self.assertEqual(sync.run_ids.sorted("id").mapped("state"), ["done", "queued"])

    def test_two_who_finish_at_once_make_no_twin(self):
        first, second = self.wizard(), self.wizard(self.manager)
        first.action_finish()
        with self.assertRaises(UserError):
            second.action_finish()

    def test_an_archived_list_is_offered_too(self):
        self.wizard().action_finish()
        self.env["infor.crm.list.sync"].search([]).list_id.active = False
        self.assertTrue(self.wizard().existing_note)


@tagged("post_install", "-at_install")
class TestImportWizard8(ImportWizardMixin, ImportWizardCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestImportWizard754(ImportWizardMixin, ImportWizardCase):
    generation = "7.5.4"
