"""Countries and states as Infor CRM spells them."""

import random

from odoo.tests import tagged

from ..tools.import_values import Column, RecordReader
from ..tools.places import load_places
from .export_common import EncoderCase


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
