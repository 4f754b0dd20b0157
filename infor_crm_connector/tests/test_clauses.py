"""Sentences of the promise that no other file holds from end to end.

L4, L5 for a list of all contacts; L10: a link stays; L14: false, 0, blank and
placeholders; F1: *only fill when empty*.
"""

from odoo.tests import tagged

from .push_common import PushCase
from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestContactsList(SyncCase):
    """A list of all contacts of Infor CRM, both ways."""

    source = "contact"
    crm_options = {"seed": 1, "leads": 3, "contacts": 8}

    def test_new_records_of_its_own_source_join_and_others_do_not(self):
        contact = self.crm_add("new.contact@people.example", "contact")
        self.crm_add("new.lead@people.example", "lead")
        self.synced()
        self.assertTrue(self.binding(contact, "contact"))
        addresses = set(self.members(self.sync).mapped("email"))
        self.assertIn("new.contact@people.example", addresses)
        self.assertNotIn("new.lead@people.example", addresses)

    def test_changes_travel_both_ways_to_the_contact_itself(self):
        self.set_up(self.sync, pushing=("FirstName",))
        key, person = self.a_person("contact")
        self.crm_edit(key, "contact", LastName="Theirs")
        self.odoo_edit(person, first_name="Ours")
        leads = len(self.rows())
        self.synced()
        row = self.crm_row(key, "contact")
        self.assertEqual((row["FIRSTNAME"], row["LASTNAME"]), ("Ours", "Theirs"))
        self.assertEqual((person.first_name, person.last_name), ("Ours", "Theirs"))
        self.assertEqual(len(self.rows()), leads)

    def test_a_new_member_becomes_a_lead_and_stays_in_this_list(self):
        self.set_up(self.sync, push=True, push_add=True)
        person = self.env["mailing.contact"].create(
            {
                "email": "new@people.example",
                "last_name": "New",
                "company_name": "Acme",
                "list_ids": [(4, self.sync.list_id.id)],
            }
        )
        self.synced()
        self.synced()
        links = self.env["infor.crm.binding"].search([("res_id", "=", person.id)])
        self.assertEqual(links.mapped("kind"), ["lead"])
        self.assertIn(person, self.members(self.sync))


@tagged("post_install", "-at_install")
class TestValues(SyncCase):
    columns = ("AnnualBudget", "DoNotPhone")
    crm_options = {"seed": 1, "leads": 8, "contacts": 3}

    def setUp(self):
        super().setUp()
        self.set_up(self.sync, pushing=("AnnualBudget", "DoNotPhone", "FirstName"))
        self.ann_key, self.ann = self.a_person()

    def name(self, column):
        return f"infor_{self.connector.id}_lead_{column.lower()}"

    def here(self, column):
        return self.ann.properties[self.name(column)]

    def there(self, column):
        return self.crm_row(self.ann_key)[column.upper()]

    def put(self, **values):
        named = {self.name(column): value for column, value in values.items()}
        known = self.ann.properties._values
        self.odoo_edit(self.ann, properties={**known, **named})

    def test_false_and_zero_are_values_on_both_sides(self):
        self.put(AnnualBudget=7, DoNotPhone=True)
        self.synced()
        self.assertEqual((self.there("AnnualBudget"), self.there("DoNotPhone")), (7, 1))
        self.put(AnnualBudget=0, DoNotPhone=False)
        self.synced()
        self.assertEqual((self.there("AnnualBudget"), self.there("DoNotPhone")), (0, 0))
        self.crm_edit(self.ann_key, AnnualBudget=1000, DoNotPhone=True)
        self.synced()
        self.assertEqual((self.here("AnnualBudget"), self.here("DoNotPhone")), NOT_YET)
        self.crm_edit(self.ann_key, AnnualBudget=0, DoNotPhone=False)
        self.synced()
        self.assertEqual((self.here("AnnualBudget"), self.here("DoNotPhone")), NOTHING)

    def fill_only(self):
        self.env["infor.crm.field.mapping"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("odoo_model", "=", "mailing.contact"),
                ("odoo_field", "=", "first_name"),
            ]
        ).fill_if_empty = True

    def test_what_only_fills_replaces_nothing_on_either_side(self):
        self.crm_edit(self.ann_key, FirstName="Theirs")
        self.synced()
        self.fill_only()
        self.crm_edit(self.ann_key, FirstName="Newer")
        self.synced()
        self.assertEqual(self.ann.first_name, "Theirs")
        self.odoo_edit(self.ann, first_name="Ours")
        self.synced()
        self.assertEqual(self.there("FirstName"), "Newer")

    def test_what_only_fills_fills_a_blank_on_either_side(self):
        (row, other) = self.some(2)
        self.fill_only()
        self.synced()
        there, here = ((self.key(r), self.person(r)) for r in (row, other))
        for key, person in (there, here):
            self.crm.sql("UPDATE LEAD SET FIRSTNAME = NULL WHERE LEADID = ?", [key])
            self.odoo_edit(person, first_name=False)
            binding = self.binding(key)
            base = {n: v for n, v in binding.base.items() if n != "first_name"}
            binding.base = base
        self.synced()
        self.crm_edit(there[0], FirstName="Theirs")
        self.odoo_edit(here[1], first_name="Ours")
        self.synced()
        self.assertEqual(there[1].first_name, "Theirs")
        self.assertEqual(self.crm_row(here[0])["FIRSTNAME"], "Ours")


NOT_YET, NOTHING = (1000, True), (0, False)
LONG_AGO = 1767312000000


@tagged("post_install", "-at_install")
class TestLinksAndTexts(PushCase):
    crm_options = {"seed": 1, "leads": 3, "contacts": 3}

    def test_a_link_made_by_the_latest_change_stays_when_another_changes_later(self):
        email = "two@known.example"
        one, two = (self.add_record("lead", email) for _n in range(2))
        self.crm.sql(f"UPDATE LEAD SET MODIFYDATE = {LONG_AGO} WHERE LEADID = ?", [one])
        ann = self.person(email)
        sync = self.push_list(ann, fields=["FirstName"])
        self.pushed(sync)
        self.assertEqual(self.binding_of(ann).key, two)
        with self.connector._client() as client:
            client.update("leads", one, {"FirstName": "Later"})
        self.touch(ann, first_name="Ann")
        self.pushed(sync)
        self.assertEqual(self.binding_of(ann).key, two)
        self.assertEqual(self.crm_row("lead", two)["FIRSTNAME"], "Ann")
        self.assertEqual(self.crm_row("lead", one)["FIRSTNAME"], "Later")

    def test_the_text_for_a_missing_name_never_goes_over_a_value(self):
        """It is for new leads only: whom Infor CRM knows keeps the name there."""
        self.connector.write(
            {
                "missing_last_name": "text",
                "missing_last_name_text": "Unknown",
                "missing_company": "text",
                "missing_company_text": "Unknown",
            }
        )
        key = self.add_record("lead", "ann@known.example", Company="Acme")
        ann = self.env["mailing.contact"].create({"email": "ann@known.example"})
        new = self.env["mailing.contact"].create({"email": "new@known.example"})
        sync = self.push_list(ann, new, fields=["LastName", "Company"])
        self.pushed(sync)
        self.touch(ann, phone="555")
        self.pushed(sync)
        row = self.crm_row("lead", key)
        self.assertEqual((row["LASTNAME"], row["COMPANY"]), ("Doe", "Acme"))
        (made,) = self.leads_of("new@known.example")
        self.assertEqual((made["LASTNAME"], made["COMPANY"]), ("Unknown", "Unknown"))

    def test_segments_of_odoo_leads_are_updated_by_the_picks_and_left_untouched(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Boats",
                "contact_name": "Bob Roe",
                "partner_name": "Boats",
                "email_from": "bob@segment.example",
            }
        )
        self.env.flush_all()
        sync = self.push_segment("crm.lead", [("id", "=", lead.id)])
        self.pushed(sync)
        self.touch(lead, phone="555", function="Captain")
        self.options(sync, fields=["WorkPhone"])
        self.assertEqual(self.pushed(sync).push_updated, 1)
        (row,) = self.leads_of("bob@segment.example")
        self.assertEqual((row["WORKPHONE"], row["TITLE"] or ""), ("555", ""))
        key = row["LEADID"]
        self.crm.sql("UPDATE LEAD SET FIRSTNAME = 'Else' WHERE LEADID = ?", [key])
        stamp = lead.write_date
        self.pushed(sync)
        lead.invalidate_recordset()
        self.assertEqual((lead.contact_name, lead.write_date), ("Bob Roe", stamp))
