"""Connect, Reconfirm Login, Reset Connector."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..exceptions import ConnectorStopped
from ..lib.sdata import errors
from .common import SimulatorCase

WARNING = "mail.mail_activity_data_warning"


class ConnectorMixin:
    def test_blank_password_is_legal(self):
        self.crm.users(admin={"password": ""})
        self.assertEqual(self.make_connected(login="admin").health, "green")

    def test_connecting_learns_fields_and_maps_them(self):
        connector = self.make_connected()
        fields = connector.field_ids
        names = set(fields.filtered(lambda f: f.kind == "lead").mapped("name"))
        self.assertLessEqual({"Email", "LastName", "Address/City"}, names)
        self.assertTrue(fields.filtered("custom"))
        self.assertFalse(fields.filtered(lambda f: f.name.lower() == "webpassword"))
        mapped = connector.mapping_ids.filtered(lambda m: m.kind == "lead")
        emails = mapped.filtered(lambda m: m.odoo_field == "email")
        self.assertEqual(set(emails.mapped("crm_field")), {"Email"})
        self.assertFalse(mapped.filtered("suspended"))

    def test_lists_of_values_come_along(self):
        connector = self.make_connected()
        listed = connector.field_ids.filtered("selection_items")
        self.assertTrue(listed)
        self.assertTrue(all(item["text"] for item in listed[0].selection_items))

    def test_a_field_that_vanished_suspends_its_mapping_alone(self):
        connector = self.make_connected()
        company = connector.field_ids.filtered(
            lambda f: f.kind == "lead" and f.name == "Email"
        )
        company.active = False
        suspended = connector.mapping_ids.filtered("suspended")
        self.assertEqual(set(suspended.mapped("crm_field")), {"Email"})
        self.assertEqual(set(suspended.mapped("kind")), {"lead"})
        connector._refresh_fields()
        self.assertTrue(company.active)

    def test_refreshing_keeps_rows(self):
        """Columns of lists point to them."""
        connector = self.make_connected()
        before = connector.field_ids.ids
        connector._refresh_fields()
        connector.invalidate_recordset()
        self.assertEqual(set(connector.field_ids.ids), set(before))

    def test_owners_and_sources_can_be_chosen_by_name(self):
        connector = self.make_connected()
        choices = self.env["infor.crm.choice"].search(
            [("connector_id", "=", connector.id)]
        )
        owners = choices.filtered(lambda c: c.subject == "owner")
        self.assertIn("Everyone", owners.mapped("name"))
        self.assertEqual(
            set(choices.mapped("subject")), {"owner", "user", "lead_source"}
        )
        self.assertEqual(connector._owner_key(), "SYST00000001")

    def test_refused_credentials_turn_it_red_at_once(self):
        """And no further call is made until Reconfirm Login: accounts lock."""
        admin = self.env.ref("base.user_admin")
        connector = self.make_connected(
            login="lee", password="secret", user_id=admin.id
        )
        self.crm.users(lee={"password": "changed"})
        with (
            connector._client() as client,
            self.assertRaises(errors.CredentialsRefused) as caught,
        ):
            client.who_am_i()
        # what is learnt there is committed beside the transaction at work
        with self.enter_registry_test_mode():
            sentence = connector._report_error(caught.exception)
        self.assertIn("does not accept this user name and password", sentence)
        self.assertEqual(connector.state, "attention")
        self.assertEqual(connector.stop_message, sentence)
        activity = connector.activity_search([WARNING])
        self.assertEqual(activity.user_id, admin)
        with self.assertRaises(ConnectorStopped):
            connector._client()

    def test_reconfirm_after_a_changed_password(self):
        connector = self.make_connected(login="lee", password="secret")
        mapping = connector.mapping_ids
        self.crm.users(lee={"password": "changed"})
        connector._report_error(errors.CredentialsRefused())
        connector.password = "changed"
        connector.action_reconfirm()
        self.assertEqual(connector.health, "green")
        self.assertFalse(connector.activity_search([WARNING]))
        self.assertEqual(connector.mapping_ids, mapping)

    def test_reconfirm_that_fails_says_so_and_stays_red(self):
        connector = self.make_connected(login="lee", password="secret")
        connector.password = "wrong"
        self.assertIn("Click Reconfirm Login", connector.stop_message)
        result = connector.action_reconfirm()
        self.assertEqual(result["params"]["type"], "danger")
        self.assertEqual(connector.health, "red")
        self.assertIn("user name and password", connector.stop_message)

    def test_a_passing_fault_does_not_turn_it_red(self):
        connector = self.make_connected()
        self.crm.fault(match="", fault="html_503", count=100)
        connector.action_reconfirm()
        self.assertEqual(connector.state, "connected")
        self.assertIn("starting, stopped or overloaded", connector.check_html)

    def test_changed_login_stops_all_calls_until_reconfirmed(self):
        connector = self.make_connected()
        connector.login = "lee"
        with self.assertRaises(ConnectorStopped):
            connector._client()

    def test_same_login_again_changes_nothing(self):
        connector = self.make_connected()
        connector.write({"login": "admin", "url": connector.url})
        self.assertEqual(connector.state, "connected")

    def test_pause_and_resume(self):
        connector = self.make_connected()
        connector.action_pause()
        with self.assertRaises(UserError) as caught:
            connector._ensure_callable()
        self.assertIn("paused", str(caught.exception))
        connector.action_resume()
        connector._ensure_callable()

    def test_reset_first_shows_then_erases(self):
        connector = self.make_connected(login="lee", password="secret")
        action = connector.action_reset()
        wizard = self.env[action["res_model"]].create({"connector_id": connector.id})
        self.assertIn("Login", wizard.summary_html)
        self.assertEqual(connector.state, "connected")
        before = self.crm.counts()
        self.crm.clear_requests()
        wizard.action_reset()
        self.assertEqual(connector.state, "draft")
        self.assertFalse(connector.login)
        self.assertEqual(connector._password(), "")
        self.assertFalse(connector.lead_count)
        self.assertEqual(self.crm.counts(), before)
        self.assertEqual(self.crm.requests(), [])
        with self.assertRaises(ConnectorStopped):
            connector._client()

    def test_requests_carry_our_name(self):
        connector = self.make_connected()
        options = connector._client_options()
        self.assertEqual(options["application"][0], "Infor CRM Connector for Odoo")


@tagged("post_install", "-at_install")
class TestConnector8(ConnectorMixin, SimulatorCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestConnector75(ConnectorMixin, SimulatorCase):
    generation = "7.5.4"


@tagged("post_install", "-at_install")
class TestConnectorForm(SimulatorCase):
    def test_addresses_that_are_none(self):
        for url in ("", "crm address", "ftp://crm.example.com", "https://"):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.make_connector(url=url)

    def test_credentials_in_the_address_are_refused(self):
        with self.assertRaises(ValidationError):
            self.make_connector(url="https://lee:secret@crm.example.com")

    def test_connecting_without_a_user_name_asks_for_it(self):
        with self.assertRaises(UserError):
            self.make_connector(login=False).action_connect()

    def test_a_text_for_missing_names_must_be_one(self):
        with self.assertRaises(ValidationError):
            self.make_connector(missing_last_name="text")
        self.make_connector(missing_last_name="text", missing_last_name_text="Unknown")

    def test_a_file_that_is_no_certificate(self):
        with self.assertRaises(ValidationError):
            self.make_connector(ca_upload=b"aGVsbG8=")


@tagged("post_install", "-at_install")
class TestRoles(SimulatorCase):
    """Marketing users see that it works; administrators how."""

    def setUp(self):
        super().setUp()
        self.connector = self.make_connected()
        self.user = new_test_user(
            self.env, "infor_user", groups="infor_crm_connector.group_user"
        )
        self.manager = new_test_user(
            self.env, "infor_manager", groups="infor_crm_connector.group_manager"
        )

    def test_marketing_users_see_name_and_state(self):
        connector = self.connector.with_user(self.user)
        self.assertEqual(connector.health, "green")
        values = connector.read()[0]
        self.assertEqual(values["name"], "Practice CRM")
        for name in ("url", "base_url", "login", "password", "crm_user", "check_html"):
            self.assertNotIn(name, values)
            with self.assertRaises(AccessError):
                connector.read([name])

    def test_marketing_users_change_nothing(self):
        connector = self.connector.with_user(self.user)
        for call in (
            connector.action_connect,
            connector.action_reconfirm,
            connector.action_pause,
            connector.action_reset,
            connector.action_refresh_fields,
            connector.action_blank_password,
        ):
            with self.subTest(call=call.__name__), self.assertRaises(AccessError):
                call()

    def test_marketing_users_get_a_client_through_the_addon(self):
        with self.connector.with_user(self.user)._client() as client:
            self.assertGreater(client.count("leads"), 0)

    def test_administrators_connect(self):
        connector = self.make_connector().with_user(self.manager)
        connector.action_connect()
        self.assertEqual(connector.state, "connected")

    def test_marketing_users_are_told_whom_to_ask(self):
        self.connector._turn_red({"error": "CredentialsRefused"})
        with self.assertRaises(UserError) as caught:
            self.connector.with_user(self.user)._ensure_callable()
        self.assertIn("administrator", str(caught.exception))


@tagged("post_install", "-at_install")
class TestCompanies(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.other = self.env["res.company"].create({"name": "Other Ltd"})
        self.connector = self.make_connected()
        self.manager = new_test_user(
            self.env,
            "other_manager",
            groups="infor_crm_connector.group_manager",
            company_id=self.other.id,
            company_ids=[(6, 0, self.other.ids)],
        )

    def test_another_company_does_not_see_it(self):
        mine = self.env(user=self.manager)
        for model in (
            "infor.crm.connector",
            "infor.crm.field",
            "infor.crm.field.mapping",
            "infor.crm.choice",
        ):
            with self.subTest(model=model):
                self.assertFalse(mine[model].search([]))
        with self.assertRaises(AccessError):
            self.connector.with_user(self.manager).read(["name"])

    def test_another_company_cannot_have_it_asked(self):
        """Whoever guesses its number in the import's window gets no further."""
        wizard = (
            self.env["infor.crm.import.wizard"]
            .with_user(self.manager)
            .create({"connector_id": self.connector.id})
        )
        self.crm.clear_requests()
        with self.assertRaises(AccessError):
            wizard.action_next()
        self.assertFalse(self.crm.requests())

    def test_windows_are_of_those_who_opened_them(self):
        wizard = self.env["infor.crm.import.wizard"].create({})
        self.assertFalse(wizard.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).read(["kind"])

    def test_second_company_confirms_that_lists_are_shared(self):
        connector = (
            self.env["infor.crm.connector"]
            .with_user(self.manager)
            .create({"name": "Ours", "url": self.crm.url, "login": "admin"})
        )
        action = connector.action_connect()
        self.assertEqual(action["res_model"], "infor.crm.share.confirm")
        self.assertEqual(connector.state, "draft")
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .create({"connector_id": connector.id})
        )
        self.assertEqual(wizard.other_names, self.connector.company_id.name)
        wizard.action_confirm()
        self.assertEqual(connector.state, "connected")
        # asked once
        self.assertEqual(connector.action_reconfirm()["tag"], "display_notification")
