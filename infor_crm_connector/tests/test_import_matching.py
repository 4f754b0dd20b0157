"""One mailing contact per address; the older record leads."""

from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestMatching(ImportCase):
    crm_options = {"seed": 1, "leads": 40, "contacts": 20}

    def singles(self, kind="lead"):
        """Rows whose address nobody else of the kind has."""
        rows = [
            rows[0] for rows in self.usable(self.rows(kind)).values() if not rows[1:]
        ]
        return sorted(rows, key=lambda row: row[f"{kind.upper()}ID"])

    def set(self, key, kind="lead", **values):
        table = kind.upper()
        pairs = ", ".join(f"{name} = ?" for name in values)
        self.crm.sql(
            f"UPDATE {table} SET {pairs}, MODIFYDATE = MODIFYDATE + 1000"
            f" WHERE {table}ID = ?",
            [*values.values(), key],
        )

    def twins(self, older_first):
        """(older row, younger row) with one address; the older on the first page or
        on a later one."""
        first, second = self.singles()[0], self.singles()[-1]
        older, younger = (first, second) if older_first else (second, first)
        moment = 1_000_000_000_000
        self.set(older["LEADID"], CREATEDATE=moment, EMAIL="twin@x.example")
        self.set(younger["LEADID"], CREATEDATE=moment + 1, EMAIL=" TWIN@x.example")
        return older, younger

    def assertOlderLeads(self, older, younger):
        sync, run = self.imported()
        contact = self.contact("twin@x.example")
        self.assertEqual(contact.last_name, older["LASTNAME"].strip())
        self.assertEqual(contact.company_name, older["COMPANY"].strip())
        self.assertEqual(contact.phone, (older["WORKPHONE"] or "").strip() or False)
        self.assertEqual(self.binding(older["LEADID"]).res_id, contact.id)
        self.assertFalse(self.binding(younger["LEADID"]))
        outcome = self.outcome(run, younger["LEADID"])
        self.assertEqual((outcome.status, outcome.reason), ("skipped", "same_address"))
        self.assertIn(older["LEADID"], outcome.detail)
        self.assertEqual(outcome.res_id, contact.id)
        self.assertIn(contact, self.members(sync))
        self.assertAddsUp(run)
        addresses = len(self.usable(self.rows()))
        self.assertEqual(run.created, addresses)
        again = self.again(sync)
        self.assertEqual(again.unchanged, addresses)
        return run

    def test_the_older_comes_first(self):
        self.assertOlderLeads(*self.twins(older_first=True))

    def test_both_on_one_page_the_older_last(self):
        self.assertOlderLeads(*self.twins(older_first=False))

    def test_the_older_comes_on_a_later_page(self):
        self.crm.switches(page_cap=7)
        older, younger = self.twins(older_first=False)
        self.set(younger["LEADID"], WORKPHONE="555-YOUNG")
        self.set(older["LEADID"], WORKPHONE=None)
        older["WORKPHONE"] = None
        run = self.assertOlderLeads(older, younger)
        self.assertGreater(run.calls, 5)

    def test_a_contact_that_was_there_is_linked_not_twinned(self):
        row = self.singles()[0]
        mine = self.env["mailing.contact"].create(
            {"email": row["EMAIL"].upper(), "street": False}
        )
        sync, run = self.imported()
        self.assertEqual(self.contact(row["EMAIL"]), mine)
        self.assertIn(mine, self.members(sync))
        self.assertEqual(mine.company_name, row["COMPANY"].strip())
        outcome = self.outcome(run, row["LEADID"])
        self.assertEqual(outcome.reason, "linked")
        self.assertEqual((run.updated, run.linked), (1, 1))
        self.assertFalse(self.binding(row["LEADID"]).made)
        self.assertEqual(mine.last_name, row["LASTNAME"].strip())
        self.assertAddsUp(run)

    def test_a_name_typed_in_odoo_stays(self):
        row = self.singles()[0]
        mine = self.env["mailing.contact"].create(
            {"name": "My Friend", "email": row["EMAIL"]}
        )
        sync, run = self.imported()
        self.assertEqual(self.outcome(run, row["LEADID"]).reason, "differs")
        self.again(sync)
        self.assertEqual(mine.name, "My Friend")

    def test_a_full_name_is_completed_by_its_parts(self):
        row = self.singles()[0]
        name = f"{row['FIRSTNAME'].strip()} {row['LASTNAME'].strip()}"
        mine = self.env["mailing.contact"].create(
            {"name": name.upper(), "email": row["EMAIL"]}
        )
        self.imported()
        self.assertEqual(mine.name, name)
        self.assertEqual(mine.last_name, row["LASTNAME"].strip())

    def test_what_people_typed_is_kept_and_said(self):
        row = self.singles()[0]
        mine = self.env["mailing.contact"].create(
            {"email": row["EMAIL"], "company_name": "Typed by hand"}
        )
        sync, run = self.imported()
        self.assertEqual(mine.company_name, "Typed by hand")
        outcome = self.outcome(run, row["LEADID"])
        self.assertEqual((outcome.status, outcome.reason), ("conflict", "differs"))
        self.assertIn("Company", outcome.detail)
        self.assertIn("“Typed by hand”", outcome.detail)
        self.assertEqual(run.conflicts, 1)
        self.assertAddsUp(run)
        self.assertEqual(self.again(sync).conflicts, 1)

    def test_of_twins_in_odoo_the_oldest_is_linked(self):
        row = self.singles()[0]
        twins = self.env["mailing.contact"].create([{"email": row["EMAIL"]}] * 2)
        sync, _run = self.imported()
        self.assertEqual(self.binding(row["LEADID"]).res_id, min(twins.ids))
        self.assertNotIn(twins[1], self.members(sync))
        again = self.again(sync)
        self.assertEqual(again.updated, 0)

    def test_leads_and_contacts_with_one_address_are_one_contact(self):
        lead, contact = self.singles()[0], self.singles("contact")[0]
        self.set(contact["CONTACTID"], "contact", EMAIL=lead["EMAIL"])
        leads, _first = self.imported("lead")
        contacts, second = self.imported("contact")
        person = self.contact(lead["EMAIL"])
        self.assertIn(person, self.members(leads))
        self.assertIn(person, self.members(contacts))
        common = (
            self.usable(self.rows()).keys() & self.usable(self.rows("contact")).keys()
        )
        self.assertEqual(second.linked, len(common))
        # a contact before a lead
        self.assertEqual(person.last_name, contact["LASTNAME"].strip())
        self.assertFalse(self.binding(lead["LEADID"]).moves_values)
        self.assertTrue(self.binding(contact["CONTACTID"], "contact").moves_values)
        self.set(lead["LEADID"], LASTNAME="Changed")
        self.again(leads)
        person.invalidate_recordset()
        self.assertEqual(person.last_name, contact["LASTNAME"].strip())
        self.assertAddsUp(second)

    def test_what_the_lead_alone_has_stays_and_is_said(self):
        lead, contact = self.singles()[0], self.singles("contact")[0]
        self.set(lead["LEADID"], WORKPHONE="+43 1 234")
        self.set(contact["CONTACTID"], "contact", EMAIL=lead["EMAIL"], WORKPHONE=None)
        self.imported("lead")
        _contacts, run = self.imported("contact")
        self.assertTrue(self.contact(lead["EMAIL"]).phone)
        outcome = self.outcome(run, contact["CONTACTID"])
        self.assertIn("Work Phone was cleared in Infor CRM", outcome.detail)
        self.assertNotIn("nothing", outcome.detail)

    def test_a_changed_record_is_updated(self):
        row = self.singles()[0]
        sync, _first = self.imported()
        self.set(row["LEADID"], LASTNAME="Newname", EMAIL="new.address@x.example")
        run = self.again(sync)
        person = self.contact("new.address@x.example")
        self.assertEqual(person.last_name, "Newname")
        self.assertEqual(person.name.split()[-1], "Newname")
        self.assertEqual(run.updated, 1)
        outcome = self.outcome(run, row["LEADID"])
        self.assertEqual(outcome.reason, "changed")
        self.assertIn("Last", outcome.detail)
        self.assertFalse(
            self.env["mailing.contact"].search([("email", "=", row["EMAIL"])])
        )
        self.assertAddsUp(run)

    def test_a_changed_address_that_is_taken_is_said(self):
        row, other = self.singles()[:2]
        sync, _first = self.imported()
        self.set(row["LEADID"], EMAIL=other["EMAIL"])
        run = self.again(sync)
        outcome = self.outcome(run, row["LEADID"])
        self.assertEqual(outcome.reason, "address_taken")
        self.assertEqual(self.contact(row["EMAIL"]).email_normalized, row["EMAIL"])
        self.contact(other["EMAIL"])

    def test_blank_never_erases(self):
        row = next(row for row in self.singles() if row["WORKPHONE"])
        sync, _first = self.imported()
        phone = self.contact(row["EMAIL"]).phone
        self.set(row["LEADID"], WORKPHONE=None, COMPANY="")
        self.again(sync)
        person = self.contact(row["EMAIL"])
        self.assertEqual(person.phone, phone)
        self.assertEqual(person.company_name, row["COMPANY"].strip())

    def test_an_edit_in_odoo_survives_an_import(self):
        row = self.singles()[0]
        sync, _first = self.imported()
        self.contact(row["EMAIL"]).phone = "+1 555 EDIT"
        run = self.again(sync)
        self.assertEqual(self.contact(row["EMAIL"]).phone, "+1 555 EDIT")
        self.assertEqual((run.updated, run.conflicts), (0, 0))

    def test_removed_from_the_list_never_comes_back_by_itself(self):
        row = self.singles()[0]
        sync, _first = self.imported()
        person = self.contact(row["EMAIL"])
        person.subscription_ids.unlink()
        self.again(sync)
        self.assertNotIn(person, self.members(sync))

    def test_deleted_in_odoo_never_comes_back_by_itself(self):
        row = self.singles()[0]
        sync, _first = self.imported()
        self.contact(row["EMAIL"]).unlink()
        run = self.again(sync)
        self.assertFalse(
            self.env["mailing.contact"].search([("email", "=", row["EMAIL"])])
        )
        self.assertEqual(self.outcome(run, row["LEADID"]).reason, "removed")
        self.assertAddsUp(run)

    def test_new_records_join(self):
        sync, first = self.imported()
        empty = next(row for row in self.rows() if not row["EMAIL"])
        self.set(empty["LEADID"], EMAIL="late@x.example")
        run = self.again(sync)
        self.assertIn(self.contact("late@x.example"), self.members(sync))
        self.assertEqual(run.created, 1)
        self.assertEqual(run.skipped_no_email, first.skipped_no_email - 1)
