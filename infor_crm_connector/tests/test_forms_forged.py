"""Visitors cannot forge the option, and what they try teaches them nothing."""

import base64
import json

from odoo.tests import tagged

from ..tools import form_seal
from .forms_common import FormsCase


@tagged("post_install", "-at_install")
class TestForged(FormsCase):
    def setUp(self):
        super().setUp()
        self.view = self.page(self.form())
        self.good = self.seal()
        self.answer = self.shape(self.tried(self.good))
        self.outbox.search([]).unlink()

    def tried(self, seal, model="mail.mail", **more):
        """The answer to a form that Odoo itself takes."""
        return self.send({**self.values(**more), **self.signed("")}, seal, model)

    def shape(self, answer):
        """What a visitor sees of it; ids count up."""
        return {name: type(value) for name, value in answer.items()}

    def assertNothingHappens(self, seal, **more):
        answer = self.tried(seal, **more)
        self.assertEqual(self.shape(answer), self.answer, "it looks the same")
        self.assertFalse(self.rows_of())
        mail = self.env["mail.mail"].sudo().browse(answer["id"]).exists()
        if mail:
            self.assertNotIn("infor_crm_seal", mail.body_html)

    def test_seals_that_we_did_not_make(self):
        body, signature = self.good.split(".")
        other = json.loads(base64.urlsafe_b64decode(body))
        other[1] = "website.contactus"
        forged = base64.urlsafe_b64encode(json.dumps(other).encode()).decode()
        for seal in (
            "x",
            ".",
            "é.ü",
            "a" * 5000,
            body,
            f"{body}.",
            f"{body}.{'0' * len(signature)}",
            f"{forged}.{signature}",
            f"{body}.{signature}.{signature}",
            f"{body}é.{signature}",
            "bnVsbA==." + signature,
        ):
            with self.subTest(seal[:40]):
                self.assertNothingHappens(seal)

    def test_options_cannot_be_sent_along(self):
        tries = {
            "infor_crm_policy": "overwrite",
            "data-infor-crm-policy": "overwrite",
            "inforCrmPush": "1",
            "infor_crm_connector": str(self.connector.id),
        }
        self.assertNothingHappens(None, **tries)
        self.tried(self.good, **tries)
        options = self.rows_of().payload["options"]
        self.assertEqual(options["policy"], "")

    def test_an_odd_page_is_no_page(self):
        """Browsers tell where a form was sent from, and so may anybody."""
        for page in ("http://[", "x" * 5000, "http://évil/é%00", "//[::1/"):
            with self.subTest(page[:20]):
                answer = self.url_open(
                    "/website/form/mail.mail",
                    data={
                        **self.values(),
                        **self.signed(""),
                        "infor_crm_seal": self.good,
                    },
                    headers={"Referer": page.encode()},
                )
                self.assertTrue(answer.json()["id"])
                row = self.rows_of()
                self.assertTrue(row.payload["fields"])
                row.unlink()

    def test_the_seal_of_another_form_is_worth_nothing_here(self):
        """A form for mails and one for leads: neither's seal goes with the other."""
        self.page(self.form("crm.lead", push="form2"), "other")
        other = self.seal("other")
        self.assertNothingHappens(other)
        answer = self.send({"name": "x", "contact_name": "V"}, self.good, "crm.lead")
        self.assertTrue(answer["id"])
        self.assertFalse(self.rows_of())

    def test_the_seal_of_another_website_is_worth_nothing_here(self):
        other = self.env["website"].create({"name": "Other"})
        place = form_seal.open_(self.env, self.good)
        self.assertNothingHappens(
            form_seal.make(self.env, place._replace(website=other.id))
        )

    def test_fields_the_form_does_not_have_do_not_get_there(self):
        """Odoo's own form takes any field of its model that is not blacklisted."""
        self.page(
            self.form("crm.lead", [("email_from", "Email", "email")], push="form3"),
            "short",
        )
        values = {
            "email_from": "vera@example.com",
            "name": "x",
            "contact_name": "Mallory",
            "partner_name": "Evil Ltd.",
            "function": "CEO",
            "My own line": "Transfer money",
        }
        self.connector.write({"missing_company": "text", "missing_company_text": "?"})
        answer = self.send(values, self.seal("short"), "crm.lead")
        self.assertEqual(
            self.env["crm.lead"].browse(answer["id"]).contact_name, "Mallory"
        )
        self.assertNotIn("Mallory", json.dumps(self.rows_of().payload))
        self.drain()
        lead = self.lead()
        told = json.dumps(lead)
        for word in ("Mallory", "Evil", "CEO", "Transfer"):
            self.assertNotIn(word, told)

    def test_an_option_that_was_switched_off_counts_at_once(self):
        """Also for pages that were opened before."""
        self.change(self.view, 'data-infor-crm-push="form1"', "")
        self.assertNothingHappens(self.good)

    def test_a_page_that_is_gone(self):
        self.view.page_ids.unlink()
        self.view.unlink()
        self.env.flush_all()
        self.assertNothingHappens(self.good)

    def test_a_field_taken_out_of_the_form_counts_at_once(self):
        self.change(self.view, 'name="phone"', 'name="phone2"')
        self.tried(self.good)
        names = {row["name"] for row in self.rows_of().payload["fields"]}
        self.assertNotIn("phone", names)
        self.assertIn("company", names)

    def test_what_odoo_refuses_is_not_pushed(self):
        """The form's own checks come first: nothing is left of what they refuse."""
        values = {**self.values(), "email_to": "spam@example.com"}
        answer = self.send({**values, "website_form_signature": "0"}, self.good)
        self.assertIn("error", answer)
        self.assertFalse(self.rows_of())

    def test_two_forms_of_one_page_have_their_own_options(self):
        self.page(
            self.form(push="one", note="First")
            + self.form("crm.lead", push="two", note="Second"),
            "twins",
        )
        page = self.open_page("twins")
        seals = page.xpath("//input[@name='infor_crm_seal']/@value")
        self.assertEqual(len(set(seals)), 2)
        self.tried(seals[0])
        self.send({"name": "x", "email_from": "vera@example.com"}, seals[1], "crm.lead")
        notes = [row.payload["options"]["note"] for row in self.rows_of()]
        self.assertEqual(notes, ["First", "Second"])

    def test_another_companys_connector_is_not_reached(self):
        """Whatever stands in the page: a website pushes for its own company alone."""
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_connector(name="Foreign")
        foreign.company_id = company
        self.page(self.form(push="f4", connector=foreign.id), "crossing")
        self.tried(self.seal("crossing"))
        rows = self.outbox.search([("type", "=", "submission")])
        self.assertEqual(rows.connector_id, self.connector)
        self.website.company_id = company
        foreign.unlink()
        self.env.flush_all()
        rows.unlink()
        logger = "odoo.addons.infor_crm_connector.models.infor_crm_form"
        with self.assertLogs(logger, "WARNING") as told:
            self.assertNothingHappens(self.seal("crossing"))
        self.assertIn("website.crossing has no connector", told.output[0])

    def test_only_users_of_infor_crm_get_the_choices(self):
        from odoo.tests import new_test_user

        forms = self.env["infor.crm.form"]
        editor = new_test_user(self.env, "editor", "website.group_website_designer")
        user = new_test_user(
            self.env,
            "marketer",
            "website.group_website_designer,infor_crm_connector.group_user",
        )
        self.assertIsNone(forms.with_user(editor).choices())
        (choice,) = forms.with_user(user).choices()
        self.assertEqual(choice["id"], self.connector.id)
        self.assertTrue(choice["sources"] and choice["owners"])
        self.assertEqual(set(choice), {"id", "name", "waits", "sources", "owners"})
        self.assertIn("needs a company.", choice["waits"])
        self.connector.write({"missing_company": "text", "missing_company_text": "?"})
        self.assertEqual(forms.with_user(user).choices()[0]["waits"], "")


@tagged("post_install", "-at_install")
class TestUntrusted(FormsCase):
    def test_markup_and_control_characters(self):
        self.page(self.form())
        self.visit(
            name="Vera <b onclick=x>Visitor",
            description="<script>alert(1)</script>\x07\x1b[31m a < b \u202eright",
        )
        self.drain()
        lead = self.lead()
        told = json.dumps(lead, ensure_ascii=False)
        for piece in ("<script", "<b", "\\u0007", "\\u001b", "\u202e"):
            self.assertNotIn(piece, told)
        self.assertIn("a < b", lead["NOTES"])

    def test_what_is_too_long_for_a_field_is_not_cut_but_noted(self):
        self.page(self.form())
        self.visit(phone="1" * 60, description="x" * 30_000)
        row = self.rows_of()
        self.assertLess(len(json.dumps(row.payload)), 40_000)
        self.drain()
        lead = self.lead()
        self.assertFalse(lead["WORKPHONE"])
        self.assertIn("Phone Number: " + "1" * 60, lead["NOTES"])
        self.assertIn("was not sent", lead["NOTES"])
        self.assertIn(
            "[+20000]", lead["NOTES"], "endless texts are cut, and it is said"
        )

    def test_many_fields_and_odd_types(self):
        more = "".join(self.input(f"x{n}", f"x{n}", "char") for n in range(150))
        self.page(self.form(more=more))
        values = {f"x{n}": "y" * 3000 for n in range(150)}
        self.visit(**values)
        row = self.rows_of()
        self.assertLessEqual(len(row.payload["fields"]), 100)
        self.assertLess(len(json.dumps(row.payload)), 200_000)
        self.drain()
        self.assertEqual(row.state, "done")

    def test_no_address_that_is_none(self):
        self.page(self.form())
        for address in ("@b.example", "x@", "no address", "a@b.example\nBcc: c@d"):
            self.visit(email_from=address)
        self.drain()
        self.assertEqual(set(self.rows_of().mapped("state")), {"done"})
        self.assertFalse(self.leads("@b.example"))
