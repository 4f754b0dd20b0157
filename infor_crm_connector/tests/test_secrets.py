"""The password can be replaced, never read back."""

import base64
import json
import logging
import traceback

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import config

from ..exceptions import ConnectorStopped
from ..lib.sdata import errors
from ..tools import log_mask
from .common import SimulatorCase

PASSWORD = "Sésame-4711-öffne"
FORMS = (
    PASSWORD,
    # as Python, JSON and HTTP would print it
    ascii(PASSWORD)[1:-1],
    base64.b64encode(f"lee:{PASSWORD}".encode()).decode(),
    base64.b64encode(f"lee:{PASSWORD}".encode("latin-1")).decode(),
)
LOGGERS = ("odoo", "odoo.sql_db", "odoo.service.model", "odoo.http", "urllib3")


class SecretsCase(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.crm.users(lee={"password": PASSWORD})
        self.manager = new_test_user(
            self.env,
            "infor_manager",
            groups="infor_crm_connector.group_manager,base.group_allow_export",
        )

    def assertHidden(self, text):
        for form in FORMS:
            self.assertNotIn(form, str(text))


@tagged("post_install", "-at_install")
class TestSecrets(SecretsCase):
    def setUp(self):
        super().setUp()
        self.connector = self.make_connected(login="lee", password=PASSWORD)

    def test_it_serves_to_log_in(self):
        with self.connector._client() as client:
            self.assertEqual(client.who_am_i().user_name, "lee")

    def test_not_in_read(self):
        connector = self.connector.with_user(self.manager)
        values = connector.read()[0]
        self.assertHidden(values)
        self.assertFalse(values["password"])
        self.assertNotIn("password_encrypted", values)
        self.assertTrue(values["has_password"])
        with self.assertRaises(AccessError):
            connector.read(["password_encrypted"])

    def test_not_searchable(self):
        connectors = self.env["infor.crm.connector"].with_user(self.manager)
        with self.assertRaises(AccessError):
            connectors.search([("password_encrypted", "!=", False)])

    def test_not_in_export(self):
        connector = self.connector.with_user(self.manager)
        offered = connector.get_views([(False, "form")])["models"]
        fields = connector.fields_get(attributes=["exportable"])
        self.assertFalse(fields["password"]["exportable"])
        self.assertNotIn("password_encrypted", fields)
        self.assertNotIn("password_encrypted", offered["infor.crm.connector"]["fields"])
        self.assertHidden(connector.export_data(["name", "login", "password"]))

    def test_not_in_a_copy(self):
        copy = self.connector.copy()
        self.assertEqual(copy._password(), "")
        self.assertEqual(copy.state, "draft")

    def test_encrypted_before_it_reaches_sql(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT c::text FROM infor_crm_connector c")
        self.assertHidden(self.env.cr.fetchall())
        self.env.cr.execute(
            "SELECT password_encrypted FROM infor_crm_connector WHERE id = %s",
            [self.connector.id],
        )
        self.assertTrue(self.env.cr.fetchone()[0])

    def test_not_in_logs_at_debug_level(self):
        """Odoo logs calls with their arguments, and SQL with its values."""
        arguments = [
            [],
            {
                "name": "Logged",
                "url": self.crm.url,
                "login": "lee",
                "password": PASSWORD,
            },
        ]
        with self.everything_logged() as logged:
            model = self.env(user=self.manager)["infor.crm.connector"]
            found = call_kw(
                model, "web_save", arguments, {"specification": {"password": {}}}
            )
            connector = self.env["infor.crm.connector"].browse(found[0]["id"])
            connector.action_connect()
            connector.write({"password": PASSWORD + "x"})
            connector.action_reconfirm()
            self.env.flush_all()
        self.assertHidden(found)
        text = "\n".join(logged.output)
        self.assertIn("web_save", text)
        self.assertIn("password_encrypted", text)
        self.assertHidden(text)

    def everything_logged(self):
        for name in LOGGERS:
            logger = logging.getLogger(name)
            self.addCleanup(logger.setLevel, logger.level)
            logger.setLevel(logging.DEBUG)
        return self.assertLogs(level=logging.DEBUG)

    def test_rows_of_an_uploaded_file_are_masked_in_the_log(self):
        record = logging.LogRecord(
            "x", logging.DEBUG, "", 0, "call %s.%s(%s)", (), None
        )
        rows = (["name", "password"], [["A", PASSWORD]])
        params = type("Params", (), {"args": rows, "kwargs": {}})()
        record.args = (self.connector, "load", params)
        log_mask.CallMask().filter(record)
        self.assertHidden(record.getMessage())

    def test_not_in_tracebacks(self):
        """Not even in those that print every local variable."""
        self.crm.users(lee={"password": "changed"})
        for url in (self.crm.sdata, "http://127.0.0.1:9/sdata/slx"):
            self.connector.sudo().base_url = url
            try:
                with self.connector._client() as client:
                    client.who_am_i()
            except errors.SDataError as error:
                told = traceback.TracebackException.from_exception(
                    error, capture_locals=True
                )
                self.assertHidden("".join(told.format()))
                self.assertHidden(repr(error))
            else:
                self.fail("the login was accepted")

    def test_not_in_the_chatter(self):
        self.connector.write({"password": "another", "login": "other"})
        self.assertHidden(self.connector.message_ids.mapped("body"))
        tracked = self.connector.message_ids.sudo().tracking_value_ids
        self.assertNotIn("password", tracked.field_id.mapped("name"))

    def test_a_password_belongs_to_the_server_it_was_typed_for(self):
        """Else one could point the connector to a server of one's own to read it."""
        self.connector.url = "https://elsewhere.example.com"
        self.assertEqual(self.connector._password(), "")

    def test_the_same_server_in_other_words_keeps_it(self):
        self.connector.url = f"{self.crm.url}/slxclient/"
        self.assertEqual(self.connector._password(), PASSWORD)

    def test_nobody_moves_the_service_by_hand(self):
        with self.assertRaises(AccessError):
            self.connector.with_user(
                self.manager
            ).base_url = "https://elsewhere.example"

    def test_saving_without_typing_keeps_it(self):
        self.connector.write({"name": "Other", "password": False})
        self.assertEqual(self.connector._password(), PASSWORD)

    def test_blank_on_request(self):
        self.connector.action_blank_password()
        self.assertEqual(self.connector._password(), "")

    def test_another_key_asks_for_the_password_again(self):
        """A database restored without its secret, or another server's key."""
        parameter = self.env["ir.config_parameter"].sudo()
        parameter.set_param("database.secret", "another")
        with self.assertRaises(ConnectorStopped) as caught:
            self.connector._client()
        self.assertEqual(caught.exception.reason, "secret")
        self.assertIn(
            "Enter the password again", self.connector._stop_sentence("secret")
        )

    def test_the_key_may_come_from_the_server(self):
        config["infor_crm_secret"] = "a long random text"
        self.addCleanup(config.options.pop, "infor_crm_secret", None)
        self.connector._set_password(PASSWORD)
        self.env["ir.config_parameter"].sudo().set_param("database.secret", "another")
        self.assertEqual(self.connector._password(), PASSWORD)


@tagged("post_install", "-at_install")
class TestSecretsInTheBrowser(SecretsCase, HttpCase):
    def test_not_in_what_the_web_client_gets(self):
        connector = self.make_connected(login="lee", password=PASSWORD)
        self.authenticate("infor_manager", "infor_manager")
        self.assertHidden(self.url_open(f"/odoo/infor-crm/{connector.id}").text)
        views = connector.get_views([(False, "form")])["models"]
        names = views["infor.crm.connector"]["fields"]
        answer = self.url_open(
            "/web/dataset/call_kw/infor.crm.connector/web_read",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": "infor.crm.connector",
                        "method": "web_read",
                        "args": [connector.ids],
                        "kwargs": {"specification": {name: {} for name in names}},
                    },
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        self.assertIn("result", answer.json(), answer.text)
        self.assertHidden(answer.text)
        self.assertHidden(json.dumps(answer.json(), ensure_ascii=False))
