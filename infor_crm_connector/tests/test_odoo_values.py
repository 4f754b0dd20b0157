"""Values of Odoo records, as the sync compares and sends them."""

from odoo.tests import TransactionCase, tagged

from ..tools.export_values import Encoder
from ..tools.odoo_fields import catalogue
from ..tools.odoo_values import OdooReader
from ..tools.person_names import split_name
from .test_export_values import EncoderCase


@tagged("post_install", "-at_install")
class TestOdooValues(TransactionCase):
    def values_of(self, record, *targets):
        reader = OdooReader(self.env, record._name, targets)
        return reader.read(record.ids)[record.id]

    def test_names_in_one_line_are_taken_apart(self):
        cases = {
            "Jane Doe": ("Jane", "Doe"),
            "Doe, Jane": ("Jane", "Doe"),
            "Anna Maria Huber": ("Anna Maria", "Huber"),
            "Ludwig van Beethoven": ("Ludwig", "van Beethoven"),
            "Carla de la Cruz": ("Carla", "de la Cruz"),
            "John Smith Jr.": ("John", "Smith Jr."),
            "Smith, Jr.": (None, "Smith, Jr."),
            "Madonna": (None, "Madonna"),
            "van Dyck": (None, "van Dyck"),
            "  ": (None, None),
            False: (None, None),
        }
        for line, parts in cases.items():
            with self.subTest(line=line):
                self.assertEqual(split_name(line), parts)

    def test_people_of_contacts(self):
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        partner = self.env["res.partner"].create(
            {
                "name": "Jane Doe",
                "parent_id": company.id,
                "type": "other",
                "email": " jane@acme.example ",
                "country_id": self.env.ref("base.at").id,
                "function": "  ",
            }
        )
        self.assertEqual(
            self.values_of(
                partner,
                "name.first",
                "name.last",
                "commercial_company_name",
                "email",
                "country_id",
                "function",
                "phone",
            ),
            {
                "name.first": "Jane",
                "name.last": "Doe",
                "commercial_company_name": "Acme",
                "email": "jane@acme.example",
                "country_id": self.env.ref("base.at").id,
                "function": None,
                "phone": None,
            },
        )

    def test_a_company_has_no_first_and_last_name(self):
        company = self.env["res.partner"].create({"name": "A Co", "is_company": True})
        self.assertEqual(
            self.values_of(
                company, "name.first", "name.last", "commercial_company_name"
            ),
            {"name.first": None, "name.last": None, "commercial_company_name": "A Co"},
        )

    def test_leads_of_odoo(self):
        team = self.env["crm.team"].create(
            {
                "name": "Fair",
                "lead_properties_definition": [
                    {"name": "stand", "string": "Stand", "type": "char"}
                ],
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "An offer",
                "contact_name": "Doe, Jane",
                "partner_name": "Acme",
                "email_from": "jane@acme.example",
                "team_id": team.id,
                "lead_properties": {"stand": "B 12"},
            }
        )
        self.assertIn("lead_properties.stand", catalogue(self.env, "crm.lead"))
        self.assertEqual(
            self.values_of(lead, "name.last", "partner_name", "lead_properties.stand"),
            {
                "name.last": "Doe",
                "partner_name": "Acme",
                "lead_properties.stand": "B 12",
            },
        )

    def test_what_is_not_saved_yet_is_read_as_well(self):
        contact = self.env["mailing.contact"].create({"name": "Ann"})
        contact.city = "Linz"
        self.assertEqual(self.values_of(contact, "city"), {"city": "Linz"})

    def test_lines_end_alike_and_blanks_at_the_ends_do_not_count(self):
        contact = self.env["mailing.contact"].create({"name": " Ann\r\nB "})
        self.assertEqual(self.values_of(contact, "name"), {"name": "Ann\nB"})

    def test_one_query_for_all_records(self):
        contacts = self.env["mailing.contact"].create(
            [{"name": f"Ann {n}", "city": "Linz"} for n in range(50)]
        )
        reader = OdooReader(self.env, "mailing.contact", ("city", "zip"))
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = reader.read(contacts.ids)
        self.assertEqual(len(found), 50)

    def test_records_and_fields_that_are_gone(self):
        contact = self.env["mailing.contact"].create({"name": "Ann"})
        reader = OdooReader(self.env, "mailing.contact", ("city", "properties.gone"))
        found = reader.read([contact.id, 2**30])
        self.assertEqual(found, {contact.id: {"city": None, "properties.gone": None}})
        self.assertEqual(reader.read([]), {})


@tagged("post_install", "-at_install")
class TestPeopleBecomeLeads(EncoderCase):
    """From Contacts and from leads of Odoo, by the default mapping."""

    def lead_of(self, record):
        encoder = self.encoder("lead", record._name)
        values = OdooReader(self.env, record._name, encoder.read_targets).read(
            record.ids
        )[record.id]
        wire, problems, refusal = encoder.create_values(values)
        self.assertEqual((problems, refusal), ({}, None))
        return self.send(wire)

    def test_a_person_of_contacts(self):
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        partner = self.env["res.partner"].create(
            {
                "name": "Jane Doe",
                "parent_id": company.id,
                "type": "other",
                "email": "jane@acme.example",
                "city": "Linz",
                "country_id": self.env.ref("base.at").id,
            }
        )
        lead = self.lead_of(partner)
        self.assertEqual((lead["FirstName"], lead["LastName"]), ("Jane", "Doe"))
        self.assertEqual((lead["Company"], lead.at("Address/City")), ("Acme", "Linz"))

    def test_a_lead_of_odoo(self):
        lead = self.lead_of(
            self.env["crm.lead"].create(
                {
                    "name": "An offer",
                    "contact_name": "Jane Doe",
                    "partner_name": "Acme",
                    "email_from": "jane@acme.example",
                    "zip": "4020",
                }
            )
        )
        self.assertEqual((lead["LastName"], lead["Company"]), ("Doe", "Acme"))
        self.assertEqual(lead["Email"], "jane@acme.example")
        self.assertEqual(lead.at("Address/PostalCode"), "4020")

    def test_a_person_of_an_uploaded_list(self):
        """It has a name in one line, and no company: the administrator's text."""
        self.connector.write(
            {"missing_company": "text", "missing_company_text": "Private"}
        )
        contact = self.env["mailing.contact"].create(
            {"name": "Jane Doe", "email": "jane@acme.example"}
        )
        contact.write({"first_name": False, "last_name": False, "name": "Jane Doe"})
        lead = self.lead_of(contact)
        self.assertEqual((lead["FirstName"], lead["LastName"]), ("Jane", "Doe"))
        self.assertEqual(lead["Company"], "Private")

    def test_the_encoder_of_a_place_without_mapping_sends_nothing(self):
        encoder = Encoder(self.env, self.connector, "account", "res.partner")
        self.assertEqual(encoder.targets, ())
        self.assertEqual(encoder.encode({}), ({}, {}))
