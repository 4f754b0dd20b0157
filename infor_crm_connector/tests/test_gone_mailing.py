"""People gone from Infor CRM are left out of mailings to its lists and segments."""

from odoo.tests import Form, tagged

from .question_common import QuestionCase

SINCE = "2026-01-01 10:00:00"


class GoneCase(QuestionCase):
    def setUp(self):
        super().setUp()
        self.contact, self.link = self.a_willing()
        self.other, self.other_link = self.a_willing(1)
        self.link.write({"gone_since": SINCE, "gone_reason": "not_found"})
        self.address = self.contact.email_normalized
        self.news = self.env["mailing.list"].create({"name": "News"})

    def both(self):
        return [("id", "in", (self.contact | self.other).ids)]

    def assertLeftOut(self, mailing, record=None):
        trace = self.trace(mailing, record or self.contact)
        self.assertEqual(trace.trace_status, "cancel")
        self.assertEqual(trace.failure_type, "infor_gone")

    def assertMailed(self, mailing, record=None):
        trace = self.trace(mailing, record or self.contact)
        self.assertNotEqual(trace.trace_status, "cancel", trace.failure_type)

    def segment(self, model, domain):
        """A segment that is pushed to Infor CRM."""
        saved = self.env["mailing.filter"].create(
            {
                "name": "Segment",
                "mailing_model_id": self.env["ir.model"]._get_id(model),
                "mailing_domain": repr(domain),
            }
        )
        self.env["infor.crm.list.sync"].create(
            {
                "connector_id": self.connector.id,
                "kind": "lead",
                "push_only": True,
                "filter_id": saved.id,
            }
        )
        return saved


@tagged("post_install", "-at_install")
class TestLeftOut(GoneCase):
    def test_of_a_mailing_to_the_connector_s_list(self):
        mailing = self.mail(lists=self.sync.list_id)
        self.assertLeftOut(mailing)
        self.assertMailed(mailing, self.other)

    def test_the_reason_reads_so_in_the_list_of_traces(self):
        trace = self.trace(self.mail(lists=self.sync.list_id), self.contact)
        words = dict(trace._fields["failure_type"]._description_selection(self.env))
        self.assertEqual(words[trace.failure_type], "Gone from Infor CRM")

    def test_of_a_segment_of_its_list(self):
        domain = [("list_ids", "in", self.sync.list_id.ids), *self.both()]
        mailing = self.mail("mailing.contact", domain=domain)
        self.assertLeftOut(mailing)
        self.assertMailed(mailing, self.other)

    def test_of_a_segment_by_an_imported_column(self):
        column = f"properties.infor_{self.connector.id}_lead_industry"
        domain = [(column, "=", False), *self.both()]
        self.assertLeftOut(self.mail("mailing.contact", domain=domain))

    def test_of_a_segment_that_is_pushed(self):
        saved = self.segment("mailing.contact", self.both())
        mailing = self.mail(
            "mailing.contact", domain=self.both(), mailing_filter_id=saved.id
        )
        self.assertLeftOut(mailing)
        self.assertLeftOut(self.mail("mailing.contact", domain=self.both()))

    def test_of_a_segment_of_contacts_or_leads_of_odoo(self):
        partner = self.env["res.partner"].create({"name": "P", "email": "p@x.example"})
        lead = self.env["crm.lead"].create({"name": "L", "email_from": "l@x.example"})
        for record in (partner, lead):
            self.link.copy({"odoo_model": record._name, "res_id": record.id})
            domain = [("id", "=", record.id)]
            self.segment(record._name, domain)
            self.assertLeftOut(self.mail(record._name, domain=domain), record)

    def test_a_list_pushed_to_infor_crm_is_one_of_its_lists(self):
        self.env["infor.crm.list.sync"].create(
            {
                "connector_id": self.connector.id,
                "kind": "lead",
                "push_only": True,
                "list_id": self.news.id,
            }
        )
        self.contact.list_ids += self.news
        self.assertLeftOut(self.mail(lists=self.news))

    def test_even_if_another_list_is_mailed_at_once(self):
        self.contact.list_ids += self.news
        self.assertLeftOut(self.mail(lists=self.sync.list_id | self.news))

    def test_a_twin_who_is_there_is_mailed_in_place(self):
        twin = self.env["mailing.contact"].create(
            {"email": self.address, "list_ids": self.sync.list_id.ids}
        )
        mailing = self.mail(lists=self.sync.list_id)
        self.assertLeftOut(mailing)
        self.assertMailed(mailing, twin)


@tagged("post_install", "-at_install")
class TestNotLeftOut(GoneCase):
    def test_of_a_list_that_infor_crm_has_nothing_to_do_with(self):
        self.contact.list_ids += self.news
        mailing = self.mail(lists=self.news)
        self.assertMailed(mailing)
        self.assertFalse(mailing.infor_gone_count)

    def test_of_a_segment_that_infor_crm_has_nothing_to_do_with(self):
        self.assertMailed(self.mail("mailing.contact", domain=self.both()))

    def test_a_member_of_only_the_other_list(self):
        self.contact.list_ids = self.news
        self.assertMailed(self.mail(lists=self.sync.list_id | self.news))

    def test_who_is_bound_to_two_records_one_of_them_alive(self):
        self.link.copy({"kind": "contact", "key": "CALIVE", "gone_since": False})
        mailing = self.draft(lists=self.sync.list_id)
        self.assertFalse(mailing.infor_gone_count)
        self.assertFalse(self.contact.infor_gone_since)
        self.assertMailed(self.mail(lists=self.sync.list_id))

    def test_who_reappeared(self):
        self.link.gone_since = False
        self.assertMailed(self.mail(lists=self.sync.list_id))


@tagged("post_install", "-at_install")
class TestSaidBefore(GoneCase):
    def test_the_mailing_says_how_many_are_left_out_before_it_is_sent(self):
        mailing = self.draft(lists=self.sync.list_id)
        self.assertEqual(mailing.infor_gone_count, 1)
        self.assertEqual(mailing.infor_gone_text, "1 left out: gone from Infor CRM.")

    def test_while_it_is_being_written(self):
        with Form(self.env["mailing.mailing"].with_user(self.mailer)) as form:
            form.subject = "Hello"
            form.contact_list_ids.add(self.sync.list_id)
            self.assertEqual(form.infor_gone_count, 1)
            form.contact_list_ids.clear()
            self.assertEqual(form.infor_gone_count, 0)
            form.contact_list_ids.add(self.news)
            self.assertEqual(form.infor_gone_count, 0)

    def test_the_number_is_the_number_of_cancelled_traces(self):
        self.other_link.gone_since = SINCE
        mailing = self.draft(lists=self.sync.list_id)
        before = mailing.infor_gone_count
        with self.mock_mail_gateway():
            mailing.action_send_mail()
        gone = mailing.mailing_trace_ids.filtered(
            lambda t: t.failure_type == "infor_gone"
        )
        self.assertEqual((before, len(gone)), (2, 2))
        self.assertEqual(mailing.infor_gone_count, 2)

    def test_a_segment_counts_those_in_it(self):
        self.other_link.gone_since = SINCE
        domain = [("list_ids", "in", self.sync.list_id.ids)]
        narrow = [*domain, ("id", "=", self.contact.id)]
        for conditions, expected in ((domain, 2), (narrow, 1)):
            mailing = self.draft("mailing.contact", domain=conditions)
            self.assertEqual(mailing.infor_gone_count, expected)

    def test_and_who_they_are(self):
        mailing = self.draft(lists=self.sync.list_id)
        action = mailing.action_infor_view_gone()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.contact)

    def test_who_they_were_afterwards(self):
        mailing = self.mail(lists=self.sync.list_id)
        action = mailing.action_infor_view_gone()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.res_id, self.contact.id)


@tagged("post_install", "-at_install")
class TestThePerson(GoneCase):
    """What the form of a mailing contact tells."""

    def test_since_when_somebody_is_gone(self):
        self.assertEqual(str(self.contact.infor_gone_since), SINCE)
        self.assertFalse(self.other.infor_gone_since)

    def test_the_gone_can_be_searched(self):
        contacts = self.env["mailing.contact"].with_user(self.mailer)
        both = [("id", "in", (self.contact | self.other).ids)]
        found = contacts.search([*both, ("infor_gone_since", "!=", False)])
        self.assertEqual(found, self.contact)
        others = contacts.search([*both, ("infor_gone_since", "=", False)])
        self.assertEqual(others, self.other)

    def test_linked_to_what_and_when_last_synced(self):
        contact = self.contact.with_user(self.marketer)
        self.assertEqual(contact.infor_binding_ids.key, self.link.key)
        run = self.sync.last_run_id
        self.assertEqual(contact.infor_binding_ids.last_synced, run.finished)

    def test_whether_the_person_may_be_mailed(self):
        refusing, _link = self.a_refusing()
        words = {
            "May be mailed.": self.other,
            "Opted out in Infor CRM: no mailing reaches this person.": refusing,
        }
        for sentence, contact in words.items():
            self.assertEqual(contact.infor_consent, sentence)
        self.env["mail.blacklist"]._add(self.other.email_normalized)
        self.other.invalidate_recordset()
        self.assertIn("On Odoo's blacklist", self.other.infor_consent)
        self.env["mail.blacklist"]._remove(refusing.email_normalized)
        refusing.invalidate_recordset()
        self.assertIn("lifted in Odoo", refusing.infor_consent)

    def test_only_users_of_infor_crm_see_links(self):
        view = self.env["mailing.contact"].with_user(self.mailer).get_view()
        self.assertNotIn("infor_binding_ids", view["arch"])
        Form(self.contact.with_user(self.mailer))
        with Form(self.contact.with_user(self.marketer)) as form:
            self.assertEqual(len(form.infor_binding_ids), 1)
