"""What is sent to the CRM, and what is left out with a sentence."""

from odoo.tests import tagged

from ..tools.import_values import Column, RecordReader
from ..tools.odoo_values import OdooReader
from ..tools.places import load_places
from .export_common import ANN, EncoderCase


@tagged("post_install", "-at_install")
class TestExportValues(EncoderCase):
    def test_values_are_sent_under_the_names_of_the_crm(self):
        wire, problems = self.encoder().encode({"first_name": "Ann", "city": "Linz"})
        self.assertEqual(wire, {"FirstName": "Ann", "Address": {"City": "Linz"}})
        self.assertEqual(problems, {})

    def test_what_is_blank_clears(self):
        wire, problems = self.encoder().encode({"phone": None, "street2": ""})
        self.assertEqual(wire, {"WorkPhone": None, "Address": {"Address2": None}})
        self.assertEqual(problems, {})

    def test_zero_and_no_are_values(self):
        self.map(self.set_property("score", "integer"), "EngagementScore")
        self.map(self.set_property("wants", "boolean"), "WantsCatalogue")
        wire, _problems = self.encoder().encode(
            {"properties.score": 0, "properties.wants": False}
        )
        self.assertEqual(wire, {"EngagementScore": 0, "WantsCatalogue": False})

    def test_a_change_of_the_address_names_the_address_that_is_meant(self):
        key = self.rows()[0]["LEADID"]
        addresses = len(self.crm.sql("SELECT * FROM LEAD_ADDRESS"))
        with self.connector._client() as client:
            record = client.get("leads", key, select=["FirstName", "Address/City"])
        wire, _problems = self.encoder().encode({"city": "Graz"}, record)
        self.assertEqual(list(wire["Address"]), ["$key", "City"])
        self.assertEqual(self.send(wire, key).at("Address/City"), "Graz")
        self.assertEqual(len(self.crm.sql("SELECT * FROM LEAD_ADDRESS")), addresses)

    def test_of_an_address_with_a_name_the_address_is_sent(self):
        wire, _problems = self.encoder().encode({"email": '"Ann" <ann@acme.example>'})
        self.assertEqual(wire, {"Email": "ann@acme.example"})
        said = self.only_problem(self.encoder(), "email", "a@b.example, c@d.example")
        self.assertIn("is not one e-mail address", said)

    # --- what does not fit is left out and said, never cut -----------------------

    def test_a_text_that_is_too_long_is_not_cut(self):
        encoder = self.encoder()
        said = self.only_problem(encoder, "first_name", "x" * 33)
        self.assertEqual(
            said,
            "First Name was not sent: it has 33 characters, Infor CRM has room for 32.",
        )
        wire, problems = encoder.encode({"first_name": "x" * 33, "last_name": "y"})
        self.assertEqual((wire, list(problems)), ({"LastName": "y"}, ["first_name"]))

    def test_a_text_that_fits_exactly_is_sent(self):
        wire, problems = self.encoder().encode({"first_name": "ü" * 32})
        self.assertEqual((wire, problems), ({"FirstName": "ü" * 32}, {}))

    def test_what_the_crm_lets_nobody_change_is_not_sent(self):
        self.field("Title").read_only = True
        said = self.only_problem(self.encoder(), "function", "CEO")
        self.assertIn("Infor CRM lets nobody change it", said)

    def test_a_value_outside_a_limited_list_is_not_sent(self):
        target = self.set_property("stage", "char")
        self.map(target, "Status")
        self.assertTrue(self.field("Status").limited)
        said = self.only_problem(self.encoder(), target, "Lukewarm")
        self.assertIn("“Lukewarm” is not in Infor CRM's list “Lead Status”", said)
        wire, _problems = self.encoder().encode({target: "in progress"})
        self.assertEqual(wire, {"Status": "In Progress"}, "in the list's spelling")

    def test_a_list_that_only_proposes_takes_any_value(self):
        self.assertTrue(self.field("Title").selection_items)
        self.assertFalse(self.field("Title").limited)
        wire, _problems = self.encoder().encode({"function": "Beekeeper"})
        self.assertEqual(wire, {"Title": "Beekeeper"})

    def test_each_of_several_values_is_looked_up(self):
        target = self.set_property("topics", "char")
        self.map(target, "NewsletterTopics")
        field = self.field("NewsletterTopics")
        self.assertTrue(field.multiple)
        field.limited = True
        first, second = (item["text"] for item in field.selection_items[:2])
        wire, _problems = self.encoder().encode({target: f"{first},{second}"})
        self.assertEqual(wire, {"NewsletterTopics": f"{first}, {second}"})
        said = self.only_problem(self.encoder(), target, f"{first}, Gossip")
        self.assertIn("“Gossip”", said)

    def test_a_value_of_another_type_is_not_sent(self):
        cases = [
            ("char", "EngagementScore", "many", "“many” is no whole number"),
            ("float", "EngagementScore", 1.5, "“1.5” is no whole number"),
            ("char", "AnnualBudget", "a lot", "“a lot” is no number"),
            ("date", "ConsentDate", "1815-12-10", "is no date that Infor CRM can hold"),
            ("integer", "EngagementScore", 2**40, "is too large for Infor CRM"),
        ]
        for number, (kind, path, value, sentence) in enumerate(cases):
            with self.subTest(path=path, value=value):
                target = self.set_property(f"p{number}", kind)
                row = self.map(target, path)
                said = self.only_problem(self.encoder(), target, value)
                self.assertIn(sentence, said)
                row.unlink()

    def test_what_may_not_be_empty_is_not_cleared(self):
        self.field("Title").nullable = False
        said = self.only_problem(self.encoder(), "function", None)
        self.assertIn("Infor CRM does not let it be empty", said)

    def test_what_is_not_mapped_is_not_sent(self):
        said = self.only_problem(self.encoder(), "message_bounce", 3)
        self.assertIn("it is not mapped in Standard Field Names", said)

    def test_what_is_only_pulled_is_not_sent(self):
        self.row("function").direction = "pull"
        encoder = self.encoder()
        self.assertNotIn("function", encoder.targets)
        said = self.only_problem(encoder, "function", "CEO")
        self.assertIn("goes from Infor CRM to Odoo only", said)

    def test_a_mapping_whose_field_is_gone_rests_and_the_others_go_on(self):
        self.field("Title").active = False
        encoder = self.encoder()
        self.assertNotIn("function", encoder.targets)
        wire, problems = encoder.encode({"function": "CEO", "first_name": "Ann"})
        self.assertEqual(wire, {"FirstName": "Ann"})
        self.assertIn("its field is gone", problems["function"])

    # --- addresses that are not mapped -------------------------------------------

    def test_without_a_mapped_address_the_rest_is_sent_and_the_outcome_says_so(self):
        for target in ("street", "street2", "city", "state_id", "zip", "country_id"):
            self.row(target).unlink()
        encoder = self.encoder()
        self.assertIn("street", encoder.read_targets)
        values = {**ANN, "street": "Hauptplatz 1", "city": "Linz", "zip": None}
        wire, problems, refusal = encoder.create_values(values)
        self.assertIsNone(refusal)
        self.assertNotIn("Address", wire)
        self.assertEqual(
            list(problems.values()),
            [
                "The address was not sent (Street, City): it is not mapped in Standard "
                "Field Names."
            ],
        )
        self.assertEqual(self.send(wire)["LastName"], "O'Hara")

    def test_nothing_is_said_of_an_address_that_is_empty(self):
        self.row("street").unlink()
        _wire, problems = self.encoder().encode({**ANN, "street": None, "city": "Linz"})
        self.assertEqual(problems, {})


@tagged("post_install", "-at_install")
class TestExportRoundTrip(EncoderCase):
    """What Odoo holds is what it reads back after a journey to the CRM."""

    CASES = (
        ("char", "LegacyReference", " AB 12 "),
        ("text", "Notes", "one\ntwo\r\nthree"),
        ("integer", "EngagementScore", 42),
        ("float", "AnnualBudget", 1234.5),
        ("boolean", "WantsCatalogue", True),
        ("boolean", "EventAttendee", False),
        ("date", "ConsentDate", "2024-02-29"),
        ("datetime", "NextCallDate", "2024-02-29 23:59:59"),
    )

    def test_values_of_every_type(self):
        columns = []
        for number, (kind, path, _value) in enumerate(self.CASES):
            target = self.set_property(f"trip{number}", kind)
            self.map(target, path)
            field = self.field(path)
            columns.append(Column(target, path, path, field.type, kind))
        contact = self.env["mailing.contact"].create(
            {
                "name": "Ann",
                "properties": {
                    f"trip{number}": value
                    for number, (_kind, _path, value) in enumerate(self.CASES)
                },
            }
        )
        encoder = self.encoder()
        values = OdooReader(self.env, "mailing.contact", encoder.targets).read(
            contact.ids
        )[contact.id]
        wire, problems = encoder.encode({c.target: values[c.target] for c in columns})
        self.assertEqual(problems, {})
        record = self.send(wire, self.rows()[0]["LEADID"])
        read = RecordReader(columns, load_places(self.env)).read_record(record)
        self.assertEqual(read.problems, ())
        for column in columns:
            with self.subTest(path=column.path):
                self.assertEqual(
                    read.values[column.target], values[column.target], wire
                )

    def test_a_choice_travels_by_its_label(self):
        target = self.set_property(
            "tier", "selection", selection=[["a", "Gold"], ["b", "Silver"]]
        )
        self.map(target, "CustomerTier")
        wire, problems = self.encoder().encode({target: "a"})
        self.assertEqual((wire, problems), ({"CustomerTier": "Gold"}, {}))


@tagged("post_install", "-at_install")
class TestExportRoundTrip75(TestExportRoundTrip):
    generation = "7.5.4"
