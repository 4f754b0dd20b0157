"""Values of the CRM in Odoo; picked columns as properties."""

from odoo.tests import tagged

from .import_common import ImportCase

PICKED = (
    "CustomerTier",
    "EngagementScore",
    "AnnualBudget",
    "ConsentDate",
    "WantsCatalogue",
    "Notes",
    "Owner/OwnerDescription",
)


class ColumnsMixin:
    crm_options = {"seed": 1, "leads": 20, "contacts": 20}

    def row(self, number=0):
        rows = [rows[0] for rows in self.usable(self.rows()).values() if not rows[1:]]
        return sorted(rows, key=lambda row: row["LEADID"])[number]

    def set(self, key, **values):
        pairs = ", ".join(f"{name} = ?" for name in values)
        self.crm.sql(
            f"UPDATE LEAD SET {pairs}, MODIFYDATE = MODIFYDATE + 1000 WHERE LEADID = ?",
            [*values.values(), key],
        )

    def set_address(self, row, **values):
        pairs = ", ".join(f"{name} = ?" for name in values)
        self.crm.sql(
            f"UPDATE LEAD_ADDRESS SET {pairs} WHERE LEAD_ADDRESSID = ?",
            [*values.values(), row["LEAD_ADDRESSID"]],
        )

    def name(self, field, kind="lead"):
        path = field.lower().replace("/", "__")
        return f"infor_{self.connector.id}_{kind}_{path}"

    def stored(self, contact):
        return contact.properties._values

    def definition(self):
        base = self.env["properties.base.definition"].sudo()
        return base._get_definition_for_property_field("mailing.contact", "properties")

    def definitions(self):
        return {row["name"]: row for row in self.definition().properties_definition}

    # --- standard fields --------------------------------------------------------------

    def test_standard_fields(self):
        row = self.row()
        self.set(row["LEADID"], FIRSTNAME=" Ann ", LASTNAME="O'Hara <b>x</b>")
        self.set_address(
            row,
            ADDRESS1="1 Main St",
            CITY="Phoenix",
            STATE="AZ",
            POSTALCODE="85001",
            COUNTRY="USA",
        )
        self.imported()
        contact = self.contact(row["EMAIL"])
        self.assertEqual(contact.name, "Ann O'Hara <b>x</b>")
        self.assertEqual(contact.first_name, "Ann")
        self.assertEqual(contact.company_name, row["COMPANY"].strip())
        self.assertEqual(contact.function, row["TITLE"] or False)
        self.assertEqual(contact.street, "1 Main St")
        self.assertEqual((contact.city, contact.zip), ("Phoenix", "85001"))
        self.assertEqual(contact.country_id, self.env.ref("base.us"))
        self.assertEqual(contact.state_id, self.env.ref("base.state_us_3"))

    def test_states_and_countries_by_name_or_code_in_any_language(self):
        cases = [
            ("Arizona", "United States", "base.us", "AZ"),
            ("az", "u.s.a.", "base.us", "AZ"),
            (None, "Österreich", "base.at", None),
            (None, "DE", "base.de", None),
            (None, "Polska", "base.pl", None),
            (None, "england", "base.uk", None),
            ("Ontario", None, None, "ON"),
        ]
        rows = [self.row(number) for number in range(len(cases))]
        for row, (state, country, _ref, _code) in zip(rows, cases, strict=True):
            self.set_address(row, STATE=state, COUNTRY=country)
        self.imported()
        for row, (state, country, ref, code) in zip(rows, cases, strict=True):
            with self.subTest(state=state, country=country):
                contact = self.contact(row["EMAIL"])
                expected = self.env.ref(ref) if ref else self.env["res.country"]
                self.assertEqual(contact.country_id, expected)
                self.assertEqual(contact.state_id.code or None, code)

    def test_what_does_not_fit_is_left_out_and_said(self):
        row = self.row()
        self.set_address(row, COUNTRY="Nowhere", STATE="Nothing")
        _sync, run = self.imported()
        contact = self.contact(row["EMAIL"])
        self.assertFalse(contact.country_id)
        outcome = self.outcome(run, row["LEADID"])
        self.assertEqual((outcome.status, outcome.reason), ("created", "left_out"))
        self.assertIn("“Nowhere” is no country", outcome.detail)
        self.assertIn("“Nothing” is no state", outcome.detail)
        self.assertAddsUp(run)

    # --- picked columns ---------------------------------------------------------------

    def test_each_type_has_its_own(self):
        row = self.row()
        self.set(
            row["LEADID"],
            CUSTOMERTIER=" Gold ",
            ENGAGEMENTSCORE=0,
            ANNUALBUDGET=13.25,
            CONSENTDATE=1_700_000_000_000,
            WANTSCATALOGUE=0,
            NOTES="one\r\ntwo",
        )
        self.imported("lead", *PICKED)
        contact = self.contact(row["EMAIL"])
        definitions = self.definitions()
        expected = {
            "CustomerTier": ("char", "Gold"),
            "EngagementScore": ("integer", 0),
            "AnnualBudget": ("float", 13.25),
            "ConsentDate": ("datetime", "2023-11-14 22:13:20"),
            "WantsCatalogue": ("boolean", False),
            "Notes": ("text", "one\ntwo"),
        }
        for field, (kind, value) in expected.items():
            with self.subTest(field=field):
                self.assertEqual(definitions[self.name(field)]["type"], kind)
                self.assertEqual(self.stored(contact)[self.name(field)], value)
        self.assertTrue(self.stored(contact)[self.name("Owner/OwnerDescription")])

    def test_a_day_is_a_date(self):
        self.crm.sql("UPDATE CONTACT SET BIRTHDAY = 315532805000")
        sync, _run = self.imported("contact", "Birthday")
        name = self.name("Birthday", "contact")
        self.assertEqual(self.definitions()[name]["type"], "date")
        for contact in self.members(sync):
            self.assertEqual(self.stored(contact)[name], "1980-01-01")

    def test_a_closed_list_is_a_selection_and_refuses_other_values(self):
        field = self.field("Status")
        field.write(
            {
                "type": "enum",
                "selection_items": [{"text": "New", "code": "N"}],
            }
        )
        self.crm.sql("UPDATE LEAD SET STATUS = 'New'")
        row = self.row()
        self.set(row["LEADID"], STATUS="Odd")
        sync, run = self.imported("lead", "Status")
        definition = self.definitions()[self.name("Status")]
        self.assertEqual(definition["selection"], [["New", "New"]])
        self.assertFalse(self.stored(self.contact(row["EMAIL"]))[self.name("Status")])
        self.assertIn("none of the choices", self.outcome(run, row["LEADID"]).detail)
        domain = [(f"properties.{self.name('Status')}", "=", "New")]
        others = self.env["mailing.contact"].search(domain)
        self.assertEqual(len(others), len(self.members(sync)) - 1)

    def test_every_member_has_a_value_so_that_is_not_finds_them(self):
        self.crm.sql("UPDATE LEAD SET CUSTOMERTIER = NULL")
        row = self.row()
        self.set(row["LEADID"], CUSTOMERTIER="Gold")
        sync, _run = self.imported("lead", "CustomerTier")
        found = self.env["mailing.contact"].search(
            [(f"properties.{self.name('CustomerTier')}", "!=", "Gold")]
        )
        self.assertEqual(
            found & self.members(sync), self.members(sync) - self.contact(row["EMAIL"])
        )

    def test_a_changed_value_is_merged_into_the_others(self):
        row = self.row()
        self.set(row["LEADID"], CUSTOMERTIER="Gold")
        sync, _run = self.imported("lead", "CustomerTier", "EngagementScore")
        contact = self.contact(row["EMAIL"])
        before = contact.write_date
        own = {**self.stored(contact), "own": "mine"}
        contact.properties = own
        self.env.flush_all()
        self.set(row["LEADID"], CUSTOMERTIER="Silver")
        run = self.again(sync)
        contact.invalidate_recordset()
        self.assertEqual(
            self.stored(contact), {**own, self.name("CustomerTier"): "Silver"}
        )
        self.assertEqual(run.updated, 1)
        self.assertGreaterEqual(contact.write_date, before)
        self.assertStamped(contact)

    def assertStamped(self, contact):
        """The link holds the very write date of the row, microseconds included."""
        self.env.cr.execute(
            """SELECT c.write_date = b.odoo_stamp FROM mailing_contact c
                 JOIN infor_crm_binding b ON b.res_id = c.id WHERE c.id = %s""",
            [contact.id],
        )
        self.assertEqual(self.env.cr.fetchall(), [(True,)])

    def test_every_new_contact_is_stamped(self):
        sync, _run = self.imported()
        for contact in self.members(sync):
            self.assertStamped(contact)

    def test_a_deleted_definition_comes_back(self):
        sync, _run = self.imported("lead", "CustomerTier")
        name = self.name("CustomerTier")
        definition = self.definition()
        definition.properties_definition = [
            {"name": "own", "string": "Own", "type": "char"}
        ]
        self.assertEqual(set(self.definitions()), {"own", name})
        definition.with_context(infor_define=True).properties_definition = []
        self.again(sync)
        self.assertIn(name, self.definitions())

    def test_a_label_may_be_changed_a_type_may_not(self):
        sync, _run = self.imported("lead", "CustomerTier")
        changed = [
            {**row, "string": "Class", "type": "integer"}
            for row in self.definition().properties_definition
        ]
        self.definition().properties_definition = changed
        self.again(sync)
        row = self.definitions()[self.name("CustomerTier")]
        self.assertEqual((row["string"], row["type"]), ("Class", "char"))

    def test_a_mapped_field_needs_no_column(self):
        self.imported("lead", "Company")
        self.assertNotIn(self.name("Company"), self.definitions())

    def test_properties_of_leads_and_contacts_do_not_mix(self):
        self.imported("lead", "CustomerTier")
        self.imported("contact", "CustomerTier")
        labels = {
            row["string"]
            for row in self.definitions().values()
            if "customertier" in row["name"]
        }
        self.assertEqual(len(labels), 2)


@tagged("post_install", "-at_install")
class TestColumns8(ColumnsMixin, ImportCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestColumns75(ColumnsMixin, ImportCase):
    generation = "7.5.4"
