"""A person who is new to Infor CRM: defaults, names, reasons to skip."""

from odoo.tests import tagged

from .export_common import ANN, EncoderCase


@tagged("post_install", "-at_install")
class TestCreateValues(EncoderCase):
    """A new lead gets what the connector says leads get."""

    def test_a_new_lead_has_the_defaults_of_the_connector(self):
        choices = self.env["infor.crm.choice"].search(
            [("connector_id", "=", self.connector.id)]
        )
        source = choices.filtered(lambda c: c.subject == "lead_source")[0]
        manager = choices.filtered(lambda c: c.subject == "user")[0]
        owner = choices.filtered(lambda c: c.subject == "owner")[-1]
        self.connector.write(
            {
                "default_owner_id": owner.id,
                "default_lead_source_id": source.id,
                "default_account_manager_id": manager.id,
                "default_status": "New",
                "default_type": "Prospect",
            }
        )
        wire, problems, refusal = self.encoder().create_values({**ANN, "city": "Linz"})
        self.assertEqual((problems, refusal), ({}, None))
        key = self.send(wire).key
        (row,) = (row for row in self.rows() if row["LEADID"] == key)
        self.assertEqual(row["SECCODEID"], owner.key)
        self.assertEqual(row["LEADSOURCEID"], source.key)
        self.assertEqual(row["ACCOUNTMANAGERID"], manager.key)
        self.assertEqual((row["STATUS"], row["TYPE"]), ("New", "Prospect"))
        self.assertEqual((row["LASTNAME"], row["COMPANY"]), ("O'Hara", "Acme"))
        (address,) = self.crm.sql(
            "SELECT * FROM LEAD_ADDRESS WHERE LEADID = ?", [row["LEADID"]]
        )
        self.assertEqual((address["CITY"], address["ISPRIMARY"]), ("Linz", 1))

    def test_everyone_owns_it_unless_somebody_is_chosen(self):
        wire, _problems, _refusal = self.encoder().create_values(ANN)
        self.assertEqual(wire["Owner"], {"$key": "SYST00000001"})
        self.assertEqual(wire["AccountManager"], {"$key": self.connector.crm_user_key})

    def test_a_mapped_value_comes_before_a_default(self):
        self.connector.default_status = "New"
        target = self.set_property("stage", "char")
        self.map(target, "Status")
        wire, _problems, _refusal = self.encoder().create_values(
            {**ANN, target: "Closed"}
        )
        self.assertEqual(wire["Status"], "Closed")

    def test_without_last_name_or_company_it_is_skipped_with_a_reason(self):
        encoder = self.encoder()
        _wire, _problems, refusal = encoder.create_values({**ANN, "last_name": None})
        self.assertEqual(
            refusal, "Infor CRM wants a last name, and this person has none."
        )
        _wire, _problems, refusal = encoder.create_values({**ANN, "company_name": ""})
        self.assertEqual(
            refusal, "Infor CRM wants a company, and this person has none."
        )

    def test_or_gets_the_text_of_the_administrator(self):
        self.connector.write(
            {
                "missing_last_name": "text",
                "missing_last_name_text": "Unknown",
                "missing_company": "text",
                "missing_company_text": " Private ",
            }
        )
        wire, _problems, refusal = self.encoder().create_values(
            {"email": "ann@acme.example"}
        )
        self.assertIsNone(refusal)
        self.assertEqual((wire["LastName"], wire["Company"]), ("Unknown", "Private"))
        self.send(wire)

    def test_a_name_that_does_not_fit_is_not_replaced_by_the_text(self):
        self.connector.write(
            {"missing_last_name": "text", "missing_last_name_text": "Unknown"}
        )
        wire, problems, refusal = self.encoder().create_values(
            {**ANN, "last_name": "x" * 33}
        )
        self.assertNotIn("LastName", wire)
        self.assertEqual(refusal, problems["last_name"])
        self.assertIn("33 characters", refusal)

    def test_a_name_in_one_line_is_taken_apart(self):
        """Uploaded lists mostly have it so."""
        values = {
            **ANN,
            "name": "Ludwig van Beethoven",
            "first_name": None,
            "last_name": None,
        }
        wire, _problems, refusal = self.encoder().create_values(values)
        self.assertIsNone(refusal)
        self.assertEqual(wire["FirstName"], "Ludwig")
        self.assertEqual(wire["LastName"], "van Beethoven")

    def test_blanks_and_what_is_only_pulled_are_not_sent(self):
        self.row("function").direction = "pull"
        wire, problems, _refusal = self.encoder().create_values(
            {**ANN, "function": "CEO", "phone": None}
        )
        self.assertEqual(problems, {})
        self.assertNotIn("Title", wire)
        self.assertNotIn("WorkPhone", wire)


@tagged("post_install", "-at_install")
class TestCreateValues75(TestCreateValues):
    generation = "7.5.4"
