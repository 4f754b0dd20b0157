"""What is sent to the CRM, and what is left out with a sentence (F3, F4)."""

import random

from odoo.tests import tagged

from ..tools.export_values import Encoder
from ..tools.import_values import Column, RecordReader
from ..tools.odoo_values import OdooReader
from ..tools.places import load_places
from .import_common import ImportCase

ANN = {
    "first_name": "Ann",
    "last_name": "O'Hara",
    "email": "ann@acme.example",
    "company_name": "Acme",
}


class EncoderCase(ImportCase):
    crm_options = {"seed": 1, "leads": 40, "contacts": 10}

    def encoder(self, kind="lead", model="mailing.contact"):
        return Encoder(self.env, self.connector, kind, model)

    def row(self, target, kind="lead", model="mailing.contact"):
        found = self.env["infor.crm.field.mapping"]._rows_of(
            self.connector, kind, model
        )
        return found.filtered(lambda row: row.odoo_field == target)

    def map(self, target, path, kind="lead", model="mailing.contact", **values):
        return self.env["infor.crm.field.mapping"].create(
            {
                "connector_id": self.connector.id,
                "kind": kind,
                "odoo_model": model,
                "odoo_field": target,
                "crm_field": path,
                **values,
            }
        )

    def set_property(self, name, kind, **values):
        """A column as people add it to the contacts of an uploaded list."""
        base = self.env["properties.base.definition"].sudo()
        record = base._get_definition_for_property_field(
            "mailing.contact", "properties"
        )
        item = {"name": name, "string": name.capitalize(), "type": kind, **values}
        record.properties_definition = [*(record.properties_definition or []), item]
        return f"properties.{name}"

    def only_problem(self, encoder, target, value):
        """The sentence about a value that is not sent."""
        wire, problems = encoder.encode({target: value})
        self.assertEqual(wire, {}, "it was sent all the same")
        self.assertEqual(list(problems), [target])
        return problems[target]

    def send(self, wire, key=None):
        """The record of the CRM after it was written over real HTTP."""
        with self.connector._client() as client:
            if key is None:
                key = client.create("leads", wire).key
            else:
                client.update("leads", key, wire)
            return client.get("leads", key, select=["*", "Address/*"])


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

    # --- what does not fit is left out and said, never cut (F4) -----------------------

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

    # --- addresses that are not mapped (F3) -------------------------------------------

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
class TestExportPlaces(EncoderCase):
    """State and country travel between Odoo's records and the CRM's texts."""

    def encoded(self, country, state=None, encoder=None):
        values = {"country_id": self.env.ref(country).id}
        if state:
            values["state_id"] = self.env.ref(state).id
        wire, problems = (encoder or self.encoder()).encode(values)
        self.assertEqual(problems, {})
        address = wire["Address"]
        return address["Country"], address.get("State")

    def spell(self, path, texts, items=None, limited=False):
        self.field(path).write(
            {
                "used_values": texts,
                "selection_items": items or False,
                "limited": limited,
            }
        )

    def test_the_spelling_of_the_crm_is_used(self):
        self.spell("Address/Country", ["USA", "Deutschland", "Germany"])
        self.spell("Address/State", ["Ariz.", "CA"])
        self.assertEqual(self.encoded("base.us", "base.state_us_5"), ("USA", "CA"))
        self.assertEqual(self.encoded("base.de"), ("Deutschland", None))

    def test_connecting_learns_the_spellings(self):
        used = self.field("Address/Country").used_values
        stored = {row["COUNTRY"] for row in self.crm.sql("SELECT * FROM LEAD_ADDRESS")}
        self.assertTrue(used)
        self.assertLessEqual(set(used), stored)

    def test_codes_where_the_crm_writes_codes(self):
        self.spell("Address/Country", ["US", "DE"])
        self.spell("Address/State", ["AZ", "CA", "Texas"])
        self.assertEqual(self.encoded("base.us", "base.state_us_6"), ("US", "CO"))
        self.assertEqual(self.encoded("base.fr"), ("FR", None))

    def test_names_where_the_crm_writes_names_in_its_language(self):
        self.spell("Address/Country", ["Deutschland", "Österreich", "Frankreich"])
        self.spell("Address/State", ["Arizona", "California"])
        self.assertEqual(
            self.encoded("base.us", "base.state_us_6"),
            ("Vereinigte Staaten", "Colorado"),
        )
        self.assertEqual(self.encoded("base.ch"), ("Schweiz", None))

    def test_english_names_where_nothing_is_known(self):
        self.spell("Address/Country", [])
        self.spell("Address/State", [])
        found = self.encoded("base.us", "base.state_us_6")
        self.assertEqual(found, ("United States", "Colorado"))

    def test_only_items_of_a_limited_list(self):
        items = [{"text": "United States of America", "code": "USA"}]
        self.spell("Address/Country", ["U.S."], items, limited=True)
        found, _state = self.encoded("base.us")
        self.assertEqual(found, "USA")
        said = self.only_problem(
            self.encoder(), "country_id", self.env.ref("base.fr").id
        )
        self.assertIn("it is not in Infor CRM's list “Country”", said)

    def test_the_spelling_that_fits_is_taken(self):
        self.spell("Address/Country", [])
        self.field("Address/Country").max_length = 12
        found, _state = self.encoded("base.us")
        self.assertEqual(found, "US", "never a cut name")

    def test_a_state_without_its_country_must_be_clear_by_itself(self):
        self.row("country_id").unlink()
        self.spell("Address/State", ["AZ", "CA"])
        encoder = self.encoder()
        state = self.env.ref("base.state_us_5")  # CA is an Italian province as well
        wire, _problems = encoder.encode({"state_id": state.id})
        self.assertEqual(wire, {"Address": {"State": "California"}})

    def test_whatever_is_sent_is_read_back_as_the_same_place(self):
        """Property: over random places and spellings, decoding undoes encoding."""
        draw = random.Random(4)
        states = self.env["res.country.state"].search([])
        countries = self.env["res.country"].search([("code", "!=", False)])
        reader = RecordReader(
            [
                Column("country_id", "Country", "Country", "string", "country"),
                Column("state_id", "State", "State", "string", "state"),
            ],
            load_places(self.env),
        )
        sent = 0
        for spelled in ([], ["US", "DE", "AZ"], ["USA", "Arizona", "Österreich"]):
            self.spell("Address/Country", spelled)
            self.spell("Address/State", spelled)
            encoder = self.encoder()
            chosen = [(s.country_id, s) for s in draw.sample(list(states), 150)]
            chosen += [(c, states.browse()) for c in countries]
            for country, state in chosen:
                values = {"country_id": country.id, "state_id": state.id or None}
                wire, problems = encoder.encode(values)
                read = self._read(reader, wire["Address"])
                for target in values.keys() - problems.keys():
                    sent += 1
                    self.assertEqual(read[target], values[target], wire)
                self.assertLessEqual(problems.keys(), {"state_id"}, problems)
        self.assertGreater(sent, 1000)

    def _read(self, reader, address):
        from ..lib.sdata import Record

        return reader.read_record(Record({"$key": "Q1", **address})).values


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


@tagged("post_install", "-at_install")
class TestExportRoundTrip75(TestExportRoundTrip):
    generation = "7.5.4"
