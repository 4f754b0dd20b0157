"""From the website builder to the practice CRM: an editor, a visitor, a lead."""

from odoo.tests import common, new_test_user, tagged

from .forms_common import FormsCase

BOX = """
<t t-name="website.newsletter"><t t-call="website.layout">
    <div id="wrap" class="oe_structure oe_empty">
        <section class="s_newsletter_block pt32 pb32" data-snippet="s_newsletter_block"
                 data-list-id="%(list)s">
            <div class="container"><p>Once a month, by e-mail.</p>
                <div class="s_newsletter_subscribe_form s_newsletter_list js_subscribe"
                     data-snippet="s_newsletter_subscribe_form" data-list-id="%(list)s">
                    <div class="js_subscribed_wrap d-none"><p>Thanks</p></div>
                    <div class="js_subscribe_wrap input-group">
                        <input type="email" name="email"
                               class="js_subscribe_value form-control"/>
                        <a role="button" href="#"
                           class="btn btn-primary js_subscribe_btn">Subscribe</a>
                    </div>
                </div>
            </div>
        </section>
    </div>
</t></t>"""


@tagged("post_install", "-at_install")
class TestToursForms(FormsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a busy machine needs longer than ten seconds to start a browser
        cls.classPatch(common, "CHECK_BROWSER_ITERATIONS", 900)

    def setUp(self):
        super().setUp()
        self.editor = new_test_user(
            self.env,
            "editor",
            "website.group_website_designer,infor_crm_connector.group_user",
            name="Edda Editor",
        )

    def edit(self, page, tour):
        url = self.website.get_client_action_url(page)
        self.start_tour(url, tour, login="editor", timeout=180)

    def visit_as_stranger(self, page, tour):
        self.start_tour(page, tour, login=None, timeout=120)

    def test_an_editor_switches_it_on_and_a_visitor_becomes_a_lead(self):
        self.env["infor.crm.choice"].search(
            [("connector_id", "=", self.connector.id), ("subject", "=", "lead_source")],
            limit=1,
        ).name = "Trade Show"
        self.edit("/contactus", "infor_crm_form_option")
        view = self.env["ir.ui.view"].search(
            [("key", "=", "website.contactus"), ("website_id", "=", self.website.id)]
        )
        self.assertIn("data-infor-crm-push", view.arch_db)
        self.assertNotIn("infor_crm_seal", view.arch_db, "no part of the page")
        self.visit_as_stranger("/contactus", "infor_crm_form_visit")
        self.drain()
        lead = self.lead()
        self.assertEqual((lead["LASTNAME"], lead["COMPANY"]), ("Visitor", "Acme"))
        self.assertIn("Asked on our website", lead["NOTES"])
        self.assertTrue(lead["LEADSOURCEID"])
        self.start_tour(
            "/odoo/infor-crm-submissions", "infor_crm_form_screen", login="editor"
        )

    def test_the_newsletter_too_if_somebody_switches_it_on(self):
        news = self.env["mailing.list"].create({"name": "News", "is_public": True})
        view = self.env["ir.ui.view"].create(
            {
                "name": "Newsletter",
                "type": "qweb",
                "key": "website.newsletter",
                "website_id": self.website.id,
                "arch": BOX % {"list": news.id},
            }
        )
        self.env["website.page"].create(
            {
                "view_id": view.id,
                "url": "/newsletter",
                "is_published": True,
                "website_id": self.website.id,
            }
        )
        self.edit("/newsletter", "infor_crm_newsletter_option")
        self.assertIn("data-infor-crm-push", view.arch_db)
        self.assertNotIn("infor-crm-seal", view.arch_db)
        self.visit_as_stranger("/newsletter", "infor_crm_newsletter_visit")
        self.drain()
        row = self.rows_of()
        self.assertEqual(row.state, "parked")
        self.assertIn("Defaults for new records", row.reason)
        # an administrator does what the builder said
        self.connector.write({"missing_company": "text", "missing_company_text": "?"})
        row.action_retry()
        self.drain()
        self.assertEqual(news.contact_ids.email, "vera@example.com")
        self.assertEqual(len(self.leads()), 1)
