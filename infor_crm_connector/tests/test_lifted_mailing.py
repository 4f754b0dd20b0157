"""An opt-out of Infor CRM holds wherever the person is found in Odoo."""

from odoo.tests import tagged

from .question_common import QuestionCase


@tagged("post_install", "-at_install")
class TestOptOutEverywhere(QuestionCase):
    def setUp(self):
        super().setUp()
        self.contact, self.link = self.a_refusing()
        self.former = self.contact.email_normalized
        self.news = self.env["mailing.list"].create({"name": "News"})

    def move(self, address="moved@example.com"):
        """The person has another address in Odoo, and only asked-for lists.

        Whoever edits it takes the opt-out along at once. Here the address came by a
        way that nobody saw, so that the blacklist knows only the former one.
        """
        self.contact.write(
            {
                "email": address,
                "subscription_ids": [(5,), (0, 0, {"list_id": self.news.id})],
            }
        )
        self.assertTrue(self.contact.is_blacklisted)
        entry = self.contact.email_normalized
        self.env.cr.execute("DELETE FROM mail_blacklist WHERE email = %s", [entry])
        self.env.invalidate_all()
        self.assertFalse(self.contact.is_blacklisted)
        return address

    def assertHeldBack(self, mailing, record):
        trace = self.trace(mailing, record)
        self.assertEqual(trace.trace_status, "cancel")
        self.assertEqual(trace.failure_type, "mail_optout")

    def test_from_a_list_after_the_address_was_changed(self):
        self.move()
        self.assertHeldBack(self.mail(lists=self.news), self.contact)

    def test_from_a_segment_of_mailing_contacts(self):
        self.move()
        domain = [("id", "=", self.contact.id)]
        self.assertHeldBack(self.mail("mailing.contact", domain=domain), self.contact)

    def test_from_a_segment_that_names_a_list(self):
        self.move()
        domain = [("list_ids", "in", self.news.ids)]
        self.assertHeldBack(self.mail("mailing.contact", domain=domain), self.contact)

    def test_as_a_contact_of_the_address_book(self):
        address = self.move()
        partner = self.env["res.partner"].create({"name": "P", "email": address})
        domain = [("id", "=", partner.id)]
        self.assertHeldBack(self.mail("res.partner", domain=domain), partner)

    def test_as_a_lead_of_odoo(self):
        address = self.move()
        lead = self.env["crm.lead"].create({"name": "L", "email_from": address})
        domain = [("id", "=", lead.id)]
        self.assertHeldBack(self.mail("crm.lead", domain=domain), lead)

    def test_as_a_linked_partner_or_lead_of_odoo(self):
        """Whose own address Infor CRM's blacklisting never knew."""
        partner = self.env["res.partner"].create({"name": "P", "email": "p@x.example"})
        lead = self.env["crm.lead"].create({"name": "L", "email_from": "l@x.example"})
        for record in (partner, lead):
            self.link.copy(
                {
                    "odoo_model": record._name,
                    "res_id": record.id,
                    "base": {},
                    "moves_values": False,
                }
            )
            domain = [("id", "=", record.id)]
            self.assertHeldBack(self.mail(record._name, domain=domain), record)

    def test_with_the_exclusion_list_switched_off(self):
        self.move()
        mailing = self.mail(lists=self.news, use_exclusion_list=False)
        self.assertHeldBack(mailing, self.contact)

    def test_at_the_former_address_with_the_exclusion_list_switched_off(self):
        self.move()
        twin = self.env["mailing.contact"].create({"email": self.former})
        domain = [("id", "=", twin.id)]
        mailing = self.mail("mailing.contact", domain=domain, use_exclusion_list=False)
        self.assertHeldBack(mailing, twin)

    def test_at_either_of_two_addresses(self):
        self.move("one@x.example, two@x.example")
        twin = self.env["mailing.contact"].create({"email": "two@x.example"})
        domain = [("id", "=", twin.id)]
        self.assertHeldBack(self.mail("mailing.contact", domain=domain), twin)

    def test_who_lifted_it_is_mailed(self):
        address = self.move()
        self.env["mail.blacklist"]._remove(self.former)
        self.assertTrue(self.link.consent_lifted)
        mailing = self.mail(lists=self.news)
        self.assertEqual(self.reached(mailing), {address})

    def test_others_are_mailed(self):
        willing, _link = self.a_willing()
        domain = [("id", "=", willing.id)]
        mailing = self.mail("mailing.contact", domain=domain)
        self.assertEqual(self.reached(mailing), {willing.email_normalized})

    def test_gone_from_infor_crm_does_not_opt_in(self):
        self.move()
        self.link.gone_since = "2026-01-01"
        self.assertHeldBack(self.mail(lists=self.news), self.contact)
