"""Website forms become leads."""

from odoo.tests import tagged

from .forms_common import FormsCase


@tagged("post_install", "-at_install")
class TestForms(FormsCase):
    def test_a_submission_becomes_a_lead_with_all_that_was_said(self):
        self.page(self.form())
        answer = self.visit()
        self.assertTrue(answer["id"], "the form's own action happens")
        row = self.rows_of()
        self.assertEqual((row.state, row.address), ("waiting", "vera@example.com"))
        self.drain()
        lead = self.lead()
        self.assertEqual(
            (lead["FIRSTNAME"], lead["LASTNAME"], lead["COMPANY"], lead["TITLE"]),
            ("Vera", "Visitor", "Acme", "Buyer"),
        )
        self.assertEqual(lead["WORKPHONE"], "+1 555 0100")
        self.assertIn("Question: Do you deliver to Oslo?", lead["NOTES"])
        self.assertIn("Subject: A question", lead["NOTES"])
        self.assertIn("/lead-form", lead["NOTES"])
        self.assertNotIn("Buyer", lead["NOTES"], "that has a field")
        self.assertEqual(row.state, "done")
        self.assertEqual((row.kind, row.key), ("lead", lead["LEADID"].strip()))

    def test_nothing_is_pushed_without_the_option(self):
        self.page(self.form(push=""))
        self.assertFalse(
            self.open_page().xpath("//input[@name='infor_crm_seal']"), "off by default"
        )
        self.assertTrue(self.send({**self.values(), **self.signed("")}, "")["id"])
        self.assertFalse(self.rows_of())

    def test_the_visitor_does_not_see_the_options(self):
        self.page(self.form(note="Trade fair", owner="1", source="2"))
        text = self.url_open("/lead-form").text
        for word in ("Trade fair", "data-infor-crm", "overwrite"):
            self.assertNotIn(word, text)

    def test_who_edits_the_page_sees_them_else_they_would_be_lost(self):
        self.page(self.form(note="Trade fair"))
        self.authenticate("admin", "admin")
        text = self.url_open("/lead-form").text
        self.assertIn("Trade fair", text)
        self.assertIn("infor_crm_seal", text)

    def test_lead_source_owner_and_note_of_the_form(self):
        source, owner = (
            self.env["infor.crm.choice"].search(
                [("connector_id", "=", self.connector.id), ("subject", "=", subject)],
                limit=1,
            )
            for subject in ("lead_source", "owner")
        )
        self.page(self.form(source=source.id, owner=owner.id, note="Trade fair"))
        self.visit()
        self.drain()
        lead = self.lead()
        self.assertEqual(lead["LEADSOURCEID"].strip(), source.key.strip())
        self.assertEqual(lead["SECCODEID"].strip(), owner.key.strip())
        self.assertIn("Trade fair", lead["NOTES"])

    def test_without_them_the_connectors_defaults_hold(self):
        self.connector.default_status = "New"
        self.page(self.form(source="99999999"))
        self.visit()
        self.drain()
        self.assertEqual(self.lead()["STATUS"], "New")

    def test_of_several_connectors_none_is_a_substitute_for_the_one_chosen(self):
        other = self.make_connected(name="Other")
        self.page(self.form(connector=other.id))
        self.visit()
        row = self.outbox.search([("type", "=", "submission")])
        self.assertEqual(row.connector_id, other)
        row.unlink()
        other.active = False
        logger = "odoo.addons.infor_crm_connector.models.infor_crm_form"
        with self.assertLogs(logger, "WARNING"):
            self.assertTrue(self.visit()["id"])
        self.assertFalse(self.outbox.search([]))
        # connected anew, say: the only one there is
        other.unlink()
        self.env.flush_all()
        self.visit()
        self.assertEqual(self.rows_of().connector_id, self.connector)

    def test_the_crm_form_makes_a_lead_in_odoo_and_links_it(self):
        asked = [
            ("contact_name", "Your Name", "char"),
            ("email_from", "Your Email", "email"),
            ("partner_name", "Company", "char"),
            ("function", "Job", "char"),
            ("name", "Subject", "char"),
        ]
        self.page(self.form("crm.lead", asked))
        values = {
            "contact_name": "Vera Visitor",
            "email_from": "vera@example.com",
            "partner_name": "Acme",
            "function": "Buyer",
            "name": "A question",
        }
        answer = self.send(values, self.seal(), "crm.lead")
        lead = self.env["crm.lead"].browse(answer["id"])
        self.assertEqual(lead.contact_name, "Vera Visitor")
        self.drain()
        row = self.lead()
        self.assertEqual(row["TITLE"], "Buyer")
        self.assertIn("Subject: A question", row["NOTES"])
        binding = self.binding(row["LEADID"].strip())
        self.assertEqual((binding.odoo_model, binding.res_id), ("crm.lead", lead.id))
        self.assertEqual(self.rows_of().res_id, lead.id)

    def test_a_form_in_a_text_of_a_record_is_as_good(self):
        """Blog posts and events have forms in HTML fields."""
        company = self.env.company
        # as an editor's page keeps it: such fields of websites take any markup
        self.env.cr.execute(
            """UPDATE res_company
                  SET report_footer = jsonb_build_object('en_US', %s::text)
                WHERE id = %s""",
            [self.form(), company.id],
        )
        company.invalidate_recordset()
        html = self.env["ir.qweb.field.html"].with_context(website_id=self.website.id)
        text = str(html.record_to_html(company, "report_footer", {}))
        self.assertNotIn("data-infor-crm", text)
        seal = text.split('name="infor_crm_seal" value="')[1].split('"')[0]
        self.send({**self.values(), **self.signed("")}, seal)
        self.drain()
        self.assertEqual(self.lead()["TITLE"], "Buyer")

    def test_what_is_no_field_of_a_lead_stands_in_the_notes_under_its_label(self):
        more = self.input("Favourite colour", "Which colour do you like?", "char")
        self.page(self.form(more=more))
        self.visit(**{"Favourite colour": "Green\nand blue"})
        self.drain()
        self.assertIn(
            "Which colour do you like?: Green\nand blue",
            self.lead()["NOTES"].replace("\r\n", "\n"),
        )

    def test_files_stay_in_odoo_and_the_note_says_so(self):
        self.page(self.form(more=self.input("Drawing", "Drawing", "binary")))
        self.visit(
            files={"Drawing[0][0]": ("plan.pdf", b"%PDF-1.4", "application/pdf")}
        )
        row = self.rows_of()
        self.assertEqual(row.payload["files"], ["plan.pdf"])
        self.drain()
        self.assertIn("plan.pdf", self.lead()["NOTES"])
        self.assertIn("not sent", self.lead()["NOTES"])

    def test_without_an_address_it_is_a_lead_all_the_same(self):
        self.page(self.form())
        self.visit(email_from="", phone="123")
        self.drain()
        (lead,) = self.crm.sql("SELECT * FROM LEAD WHERE WORKPHONE = '123'")
        self.assertEqual(lead["LASTNAME"], "Visitor")
        self.assertFalse(lead["EMAIL"])

    def test_what_cannot_be_a_lead_waits_for_somebody_and_then_goes(self):
        self.page(self.form())
        self.visit(company="")
        self.drain()
        row = self.rows_of()
        self.assertEqual(row.state, "parked")
        self.assertIn("wants a company", row.reason)
        self.assertFalse(self.leads())
        self.connector.write({"missing_company": "text", "missing_company_text": "?"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE infor_crm_connector SET write_date = now() + interval '1 s'"
        )
        self.drain()
        self.assertEqual(self.lead()["COMPANY"], "?")
        self.assertEqual(row.state, "done")


@tagged("post_install", "-at_install")
class TestScreen(FormsCase):
    def test_the_row_shows_what_was_sent_and_what_it_became(self):
        self.connector.web_client_url = "https://crm.example.com/SlxClient"
        self.page(self.form())
        self.visit(description="<script>alert(1)</script> & more")
        self.drain()
        row = self.rows_of()
        self.assertIn("vera@example.com", row.display_name)
        self.assertIn("Question", row.content)
        self.assertNotIn("<script>", row.content)
        self.assertIn("&amp; more", row.content)
        self.assertIn(f"entityid={row.key}", row.crm_url)
        self.assertEqual(row.became, f"New lead ({row.key})")
        self.visit()
        self.drain()
        self.assertEqual(self.rows_of()[1].became, f"Known lead ({row.key})")
        self.assertEqual(row.action_open_crm()["url"], row.crm_url)

    def test_a_person_can_be_forgotten(self):
        self.page(self.form(more=self.consent()))
        self.visit(**{"I agree": "Yes"})
        self.drain()
        row = self.rows_of()
        self.assertTrue(
            self.env["infor.crm.consent"].search([("address", "=", row.address)])
        )
        self.outbox._erase_submissions(["vera@example.com"])
        self.assertFalse(row.address or row.payload)
        self.assertFalse(
            self.env["infor.crm.consent"].search([("address", "=", "vera@example.com")])
        )
