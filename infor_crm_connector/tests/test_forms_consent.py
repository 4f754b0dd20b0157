"""Newsletter sign-ups and consents given in forms."""

from odoo.tests import new_test_user, tagged

from .forms_common import FormsCase

BOX = """
<section class="s_newsletter_block" data-list-id="%(list)s">
    <h2>Our newsletter</h2><p>Once a month, by e-mail.</p>
    <div class="s_newsletter_subscribe_form s_newsletter_list js_subscribe"
         data-list-id="%(list)s" %(marks)s>
        <input type="email" name="email" class="js_subscribe_value"/>
        <a href="#" class="js_subscribe_btn">Subscribe</a>
    </div>
</section>"""


class ConsentCase(FormsCase):
    def setUp(self):
        super().setUp()
        self.connector.write({"missing_company": "text", "missing_company_text": "?"})
        self.list = self.env["mailing.list"].create({"name": "News", "is_public": True})

    def consents(self):
        return self.env["infor.crm.consent"].search([], order="id")

    def question(self, type_="consent"):
        return self.env["infor.crm.question"].search([("type", "=", type_)])

    def blacklisted(self, email="vera@example.com"):
        return bool(self.env["mail.blacklist"].search([("email", "=", email)]))


@tagged("post_install", "-at_install")
class TestNewsletter(ConsentCase):
    def box(self, push="", name="lead-form"):
        marks = f'data-infor-crm-push="{push}"' if push else ""
        return self.page(BOX % {"list": self.list.id, "marks": marks}, name)

    def box_seal(self, name="lead-form"):
        (seal,) = self.open_page(name).xpath(
            "//div[contains(@class, 'js_subscribe')]/@data-infor-crm-seal"
        )
        return seal

    def test_off_by_default_so_that_no_robot_becomes_a_lead(self):
        self.box()
        self.assertNotIn("infor-crm", self.url_open("/lead-form").text)
        answer = self.subscribe(self.list.id, "vera@example.com")
        self.assertEqual(answer["result"]["toast_type"], "success")
        self.assertFalse(self.rows_of())

    def test_switched_on_a_subscriber_becomes_a_lead_and_is_linked(self):
        self.box("n1")
        self.subscribe(self.list.id, "Vera Visitor <vera@example.com>", self.box_seal())
        contact = self.list.contact_ids
        self.assertEqual(contact.email, "vera@example.com", "Odoo's own action")
        self.drain()
        lead = self.lead()
        binding = self.binding(lead["LEADID"].strip())
        self.assertEqual(
            (binding.odoo_model, binding.res_id), ("mailing.contact", contact.id)
        )

    def test_what_was_read_when_subscribing_is_kept_as_consent(self):
        self.box("n1")
        self.subscribe(self.list.id, "vera@example.com", self.box_seal())
        consent = self.consents()
        self.assertEqual(consent.address, "vera@example.com")
        self.assertIn("Once a month, by e-mail.", consent.text)
        self.assertIn("/lead-form", consent.page)
        self.assertTrue(consent.given_at)
        self.drain()
        self.assertIn("Once a month", self.lead()["NOTES"])

    def test_forged_and_for_another_list(self):
        self.box("n1")
        seal = self.box_seal()
        other = self.env["mailing.list"].create({"name": "Else", "is_public": True})
        good = self.subscribe(self.list.id, "vera@example.com", seal)
        self.outbox.search([]).unlink()
        for list_id, sent in (
            (other.id, seal),
            (self.list.id, seal[:-1]),
            (self.list.id, "x"),
        ):
            answer = self.subscribe(list_id, "vera@example.com", sent)
            self.assertEqual(answer["result"], good["result"])
            self.assertFalse(self.rows_of())
        self.page(self.form(), "form")
        answer = self.subscribe(self.list.id, "v@example.com", self.seal("form"))
        self.assertEqual(answer["result"], good["result"])
        self.assertFalse(self.rows_of())

    def test_a_form_of_the_builder_for_the_newsletter(self):
        asked = [("name", "Name", "char"), ("email", "Email", "email")]
        self.page(self.form("mailing.contact", asked))
        answer = self.send(
            {
                "name": "Vera Visitor",
                "email": "vera@example.com",
                "list_ids": str(self.list.id),
            },
            self.seal(),
            "mailing.contact",
        )
        self.drain()
        lead = self.lead()
        self.assertEqual((lead["FIRSTNAME"], lead["LASTNAME"]), ("Vera", "Visitor"))
        self.assertEqual(self.binding(lead["LEADID"].strip()).res_id, answer["id"])


@tagged("post_install", "-at_install")
class TestConsent(ConsentCase):
    def setUp(self):
        super().setUp()
        self.page(self.form(more=self.consent()))

    def agree(self, **more):
        return self.visit(**{"I agree": "Yes", **more})

    def test_text_time_and_page_are_kept_and_told(self):
        self.agree()
        consent = self.consents()
        self.assertEqual(consent.text, "You may send me news by e-mail.")
        self.assertEqual(consent.address, "vera@example.com")
        self.assertIn("/lead-form", consent.page)
        self.assertEqual(consent.outbox_id, self.rows_of())
        self.drain()
        self.assertIn("Consent given: “You may send me news", self.lead()["NOTES"])
        self.assertFalse(self.question())

    def test_who_does_not_tick_the_box_consents_to_nothing(self):
        self.visit()
        self.assertFalse(self.consents())
        self.drain()
        self.assertNotIn("Consent", self.lead()["NOTES"])

    def test_a_box_the_editor_did_not_mark_is_no_consent(self):
        self.page(self.form(more=self.input("Box", "Box", "boolean")), "plain")
        self.visit("plain", **{"Box": "Yes"})
        self.assertFalse(self.consents())

    def test_the_text_is_the_pages_whatever_the_visitor_sends(self):
        self.agree(**{"I agree": "I want everything", "consent": "all"})
        self.assertEqual(self.consents().text, "You may send me news by e-mail.")

    def test_it_lifts_no_opt_out_of_the_crm_but_asks(self):
        key = self.known("contact", DoNotEmail=True)
        self.agree()
        self.drain()
        self.assertTrue(self.record("contact", key)["DONOTEMAIL"])
        question = self.question()
        self.assertEqual(
            (question.state, question.address), ("open", "vera@example.com")
        )
        self.assertIn("You may send me news", question.cause)
        self.assertIn("stays so until somebody", self.note_of(key))
        self.env["infor.crm.question"]._close_stale(self.connector)
        self.assertEqual(question.state, "open")

    def test_it_lifts_no_blacklisting_of_odoo_but_asks(self):
        self.env["mail.blacklist"]._add("vera@example.com")
        self.agree()
        self.drain()
        self.assertTrue(self.blacklisted())
        self.assertTrue(self.lead()["DONOTEMAIL"], "the new lead says so, too")
        self.assertEqual(self.question().state, "open")

    def test_an_administrator_may_lift_it_on_both_sides_with_a_reason(self):
        key = self.known("contact", DoNotEmail=True)
        self.env["mail.blacklist"]._add("vera@example.com")
        self.agree()
        self.drain()
        self.env["infor.crm.question.answer"].create(
            {
                "question_ids": [(6, 0, self.question().ids)],
                "decision_consent": "lift",
                "reason": "Confirmed by phone",
            }
        ).action_apply()
        self.env.flush_all()
        self.assertFalse(self.blacklisted())
        for _call in range(5):
            self.lane()
        self.assertFalse(self.record("contact", key)["DONOTEMAIL"])
        self.assertFalse(
            self.question("clear_do_not_email").filtered(lambda q: q.state == "open")
        )

    def test_who_opts_out_again_before_infor_crm_was_told_stays_so(self):
        key = self.known("contact", DoNotEmail=True)
        self.agree()
        self.drain()
        self.question()._decide("lift", reason="Confirmed by phone")
        self.env["mail.blacklist"]._add("vera@example.com")
        self.env.flush_all()
        for _call in range(3):
            self.lane()
        self.assertTrue(self.record("contact", key)["DONOTEMAIL"])
        self.assertFalse(self.question().to_do)

    def test_a_marketing_user_may_not(self):
        from odoo.exceptions import AccessError

        self.env["mail.blacklist"]._add("vera@example.com")
        self.agree()
        self.drain()
        marketer = new_test_user(self.env, "mark", "infor_crm_connector.group_user")
        question = self.question().with_user(marketer)
        with self.assertRaises(AccessError):
            question._decide("lift", reason="please")
        question._decide("keep")
        self.assertEqual(question.state, "decided")
        self.assertTrue(self.blacklisted())

    def test_a_later_consent_asks_anew(self):
        self.env["mail.blacklist"]._add("vera@example.com")
        self.agree()
        self.drain()
        self.question()._decide("keep")
        self.agree(subject="Really")
        self.drain()
        self.assertEqual(self.question().state, "open")

    def test_consents_are_read_only_and_of_the_own_company(self):
        from odoo.exceptions import AccessError

        self.agree()
        marketer = new_test_user(self.env, "mark", "infor_crm_connector.group_user")
        consent = self.consents().with_user(marketer)
        self.assertTrue(consent.text)
        with self.assertRaises(AccessError):
            consent.write({"text": "x"})
        company = self.env["res.company"].create({"name": "Other"})
        other = new_test_user(
            self.env,
            "other",
            "infor_crm_connector.group_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.env["infor.crm.consent"].with_user(other).search([]))
