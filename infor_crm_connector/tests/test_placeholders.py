"""Imported columns as placeholders, for people without template rights."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.mass_mailing.tests.common import MassMailCommon

COLUMNS = [
    {"name": "infor_1_lead_industry", "string": "Industry", "type": "char"},
    {"name": "infor_1_lead_visited", "string": "Visited", "type": "datetime"},
    {"name": "house_number", "string": "A column of our own", "type": "char"},
]


@tagged("post_install", "-at_install")
class TestPlaceholders(MassMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's own default; its test class lifts it.
        cls.env["ir.config_parameter"].set_param(
            "mail.restrict.template.rendering", True
        )
        definition = cls.env["properties.base.definition"]
        cls.definition = definition._get_definition_for_property_field(
            "mailing.contact", "properties"
        )
        cls.definition.properties_definition = COLUMNS
        cls.list = cls.env["mailing.list"].create({"name": "All Infor CRM Leads"})
        cls.contact = cls.env["mailing.contact"].create(
            {
                "first_name": "Ann",
                "last_name": "Peeters",
                "email": "ann@example.com",
                "company_name": "Steelworks",
                "country_id": cls.env.ref("base.be").id,
                "properties": {
                    "infor_1_lead_industry": "Steel <& iron>",
                    "infor_1_lead_visited": "2026-03-01 10:00:00",
                    "house_number": "7",
                },
                "subscription_ids": [(0, 0, {"list_id": cls.list.id})],
            }
        )
        cls.marketer = new_test_user(
            cls.env, "marketer", "infor_crm_connector.group_user"
        )

    def _mailing(self, body, subject="Hello"):
        return (
            self.env["mailing.mailing"]
            .with_user(self.marketer)
            .create(
                {
                    "subject": subject,
                    "body_html": body,
                    "body_arch": body,
                    "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                    "contact_list_ids": [(6, 0, self.list.ids)],
                }
            )
        )

    def _sent(self, mailing):
        with self.mock_mail_gateway(mail_unlink_sent=False):
            mailing.action_send_mail()
        self.assertEqual(len(self._mails), 1)
        return self._mails[0]

    def test_the_marketer_has_no_template_rights(self):
        """Else the tests below would prove nothing."""
        self.assertFalse(self.marketer.has_group("mail.group_mail_template_editor"))

    def test_a_custom_column_is_rendered_for_the_recipient(self):
        body = (
            "<p>To <t t-out=\"object.properties.get('infor_1_lead_industry')\"/>!</p>"
        )
        subject = "For {{ object.properties.get('infor_1_lead_industry') }}"
        sent = self._sent(self._mailing(body, subject))
        self.assertIn("To Steel &lt;&amp; iron&gt;!", sent["body"])
        self.assertEqual(sent["subject"], "For Steel <& iron>")

    def test_a_default_stands_in_for_an_empty_column(self):
        self.contact.properties = {"infor_1_lead_industry": False}
        column = "object.properties.get('infor_1_lead_industry')"
        body = f'<p>To <t t-out="{column}">you</t></p>'
        self.assertIn("To you", self._sent(self._mailing(body))["body"])

    def test_a_moment_is_rendered_as_the_picker_writes_it(self):
        moment = "format_datetime(object.properties.get('infor_1_lead_visited'))"
        sent = self._sent(self._mailing(f'<p>On <t t-out="{moment}"/></p>'))
        self.assertIn("2026", sent["body"])

    def test_standard_columns_are_rendered(self):
        names = ("first_name", "last_name", "email", "company_name", "country_id.name")
        body = "".join(f'<p><t t-out="object.{name}"/></p>' for name in names)
        sent = self._sent(self._mailing(body))
        for text in ("Ann", "Peeters", "ann@example.com", "Steelworks", "Belgium"):
            self.assertIn(text, sent["body"])

    def test_a_country_is_rendered_by_its_name(self):
        body = '<p>In <t t-out="object.country_id"/></p>'
        sent = self._sent(self._mailing(body, "To {{ object.country_id }}"))
        self.assertIn("In Belgium", sent["body"])
        self.assertEqual(sent["subject"], "To Belgium")

    def test_template_rights_change_nothing(self):
        self.marketer.group_ids += self.env.ref("mail.group_mail_template_editor")
        body = (
            "<p>To <t t-out=\"object.properties.get('infor_1_lead_industry')\"/>!</p>"
        )
        sent = self._sent(self._mailing(body))
        self.assertIn("To Steel &lt;&amp; iron&gt;!", sent["body"])

    def test_other_expressions_stay_forbidden(self):
        forbidden = (
            "object.write_uid.password",
            "object.properties.get('house_number')",
            "object.properties.get('infor_2_lead_unknown')",
            "object.sudo().unlink()",
        )
        for expression in forbidden:
            with self.subTest(expression), self.assertRaises(AccessError):
                self._mailing(f'<p><t t-out="{expression}"/></p>')

    def test_the_picker_offers_the_imported_columns(self):
        """The web client shows a field only if this path is among the expressions."""
        contacts = self.env["mailing.contact"].with_user(self.marketer)
        offered = contacts.mail_allowed_qweb_expressions()
        self.assertIn("object.properties", offered)
        self.assertIn("object.properties.infor_1_lead_industry", offered)
        searchable = contacts.fields_get(["first_name", "last_name"], ["searchable"])
        self.assertTrue(all(field["searchable"] for field in searchable.values()))

    def test_every_whitelisted_field_exists(self):
        contact = self.env["mailing.contact"]
        for expression in contact.mail_allowed_qweb_expressions():
            path = expression.removeprefix("object.")
            if expression.startswith("object.") and "(" not in path:
                name = path.split(".")[0]
                if name in contact._fields:
                    continue
                # Odoo's own list is for every model and names fields we lack.
                self.assertIn(name, ("contact_name", "partner_id", "user_id"))
