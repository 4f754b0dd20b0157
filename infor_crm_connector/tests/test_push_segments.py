"""Segments and lists of Odoo are pushed, and nothing is pulled into them."""

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .push_common import PushCase


@tagged("post_install", "-at_install")
class TestSegments(PushCase):
    def partner(self, email, **values):
        return self.env["res.partner"].create(
            {"name": "Ann Doe", "email": email, "city": "Linz", **values}
        )

    def odoo_lead(self, email, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Wants a boat",
                "contact_name": "Bob Roe",
                "partner_name": "Boats",
                "email_from": email,
                "type": "lead",
                **values,
            }
        )

    def text_defaults(self):
        self.connector.write(
            {"missing_company": "text", "missing_company_text": "Unknown"}
        )

    def test_a_segment_of_contacts_is_pushed_once_and_updated_by_the_picks(self):
        self.text_defaults()
        ann = self.partner("ann@segment.example")
        self.partner("other@segment.example", city="Graz")
        before = ann.write_date
        sync = self.push_segment("res.partner", [("city", "=", "Linz")])
        run = self.pushed(sync)
        self.assertEqual((run.push_selected, run.push_created), (1, 1))
        (lead,) = self.leads_of("ann@segment.example")
        self.assertEqual((lead["FIRSTNAME"], lead["LASTNAME"]), ("Ann", "Doe"))
        self.assertEqual(ann.write_date, before)
        self.assertEqual(self.leads_of("other@segment.example"), [])
        self.crm.clear_requests()
        self.assertEqual(self.pushed(sync).push_selected, 0)
        self.assertQuiet()
        self.options(sync, fields=["WorkPhone"])
        self.touch(ann, phone="555")
        self.assertEqual(self.pushed(sync).push_updated, 1)
        (lead,) = self.leads_of("ann@segment.example")
        self.assertEqual(lead["WORKPHONE"], "555")

    def test_a_segment_of_odoo_leads_is_pushed_once(self):
        bob = self.odoo_lead("bob@segment.example")
        sync = self.push_segment("crm.lead", [("id", "=", bob.id)])
        run = self.pushed(sync)
        self.assertEqual(run.push_created, 1)
        (lead,) = self.leads_of("bob@segment.example")
        self.assertEqual((lead["LASTNAME"], lead["COMPANY"]), ("Roe", "Boats"))
        self.assertEqual(self.pushed(sync).push_selected, 0)
        self.assertEqual(len(self.leads_of("bob@segment.example")), 1)

    def test_one_person_in_lists_and_segments_is_one_record(self):
        self.text_defaults()
        email = "ann@segment.example"
        sync = self.push_list(self.person(email))
        self.pushed(sync)
        partner = self.partner(email)
        run = self.pushed(self.push_segment("res.partner", [("id", "=", partner.id)]))
        self.assertEqual(run.push_linked, 1)
        self.assertEqual(len(self.leads_of(email)), 1)

    def test_nothing_is_pulled_into_it(self):
        ann = self.person("ann@segment.example", first_name="Ann")
        sync = self.push_segment("mailing.contact", [("id", "=", ann.id)])
        self.pushed(sync)
        key = self.binding_of(ann).key
        self.crm.sql("UPDATE LEAD SET FIRSTNAME = 'Else' WHERE LEADID = ?", [key])
        self.pushed(sync)
        self.assertEqual(ann.first_name, "Ann")
        with self.assertRaises(ValidationError):
            sync.sudo().write({"pull": True})

    def test_archived_records_are_no_part_of_a_segment(self):
        self.text_defaults()
        ann = self.partner("ann@segment.example", active=False)
        run = self.pushed(self.push_segment("res.partner", [("id", "=", ann.id)]))
        self.assertEqual(run.push_selected, 0)

    def test_it_is_what_the_user_may_see_in_the_company_of_the_connector(self):
        self.text_defaults()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        mine = self.odoo_lead("mine@segment.example")
        theirs = self.odoo_lead(
            "theirs@segment.example",
            company_id=elsewhere.id,
            user_id=False,
            team_id=False,
        )
        salesman = new_test_user(
            self.env,
            "push_salesman",
            "sales_team.group_sale_salesman,infor_crm_connector.group_user",
        )
        mine.user_id = salesman
        other = self.odoo_lead("other@segment.example", user_id=self.user.id)
        sync = self.push_segment(
            "crm.lead", [("id", "in", (mine + theirs + other).ids)]
        )
        run = self.work_off(sync._queue_run("manual", user=salesman, operation="push"))
        self.assertEqual((run.state, run.push_created), ("done", 1), run.message)
        self.assertTrue(self.leads_of("mine@segment.example"))
        self.assertFalse(self.leads_of("theirs@segment.example"))

    def test_whom_the_user_may_not_read_at_all_ends_the_run_with_words(self):
        reader = new_test_user(
            self.env, "push_reader", "infor_crm_connector.group_user"
        )
        sync = self.push_segment("crm.lead", [("id", ">", 0)])
        run = self.work_off(sync._queue_run("manual", user=reader, operation="push"))
        self.assertEqual(run.state, "failed")
        self.assertIn("push_reader", run.message)
