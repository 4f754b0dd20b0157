"""Odoo is killed after any step of sending the outbox: all is there, and once."""

from odoo.tests import tagged

from .forms_common import FormsCase
from .kill_common import KillCase
from .notes_common import NotesCase


@tagged("post_install", "-at_install")
class TestNotesKilled(NotesCase, KillCase):
    def setUp(self):
        super().setUp()
        self.connector.requests_per_minute = 60_000
        self.message = self.mailing()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.message.action_send_mail(self.list.contact_ids[:2].ids)
        self.assertEqual(len(self.rows()), 2)

    def begin(self):
        """A message was sent to two people, nothing of it is told yet."""
        self.crm.sql("DELETE FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'")
        self.as_new(self.rows())

    def unanswered(self, fault):
        """It was sent, the answer got lost, and its time is over."""
        self.begin()
        self.lose_answer(fault, match="history/$batch")
        self.assertEqual(set(self.rows().mapped("state")), {"unsure"})

    def bounced(self):
        self.rows(type="note_update").unlink()
        self.begin()
        self.drain()
        row = self.rows()[0]
        self.env["mailing.trace"].browse(int(row.source.split(":")[1])).set_bounced()

    def check(self):
        self.assertEqual(set(self.rows().mapped("state")), {"done"})
        self.assertOneEach(self.message)

    def check_bounced(self):
        self.check()
        told = [n for n in self.notes() if n["DESCRIPTION"].startswith("Bounced")]
        self.assertEqual(len(told), 1)

    def test_while_notes_are_sent(self):
        self.each_step(self.begin, self.check)

    def test_while_one_looks_for_notes_that_had_arrived(self):
        self.each_step(lambda: self.unanswered("drop_after"), self.check)

    def test_while_one_looks_for_notes_that_had_not_and_sends_them_again(self):
        self.each_step(lambda: self.unanswered("drop_before"), self.check)

    def test_while_a_bounce_is_told(self):
        self.each_step(self.bounced, self.check_bounced)


@tagged("post_install", "-at_install")
class TestFormsKilled(FormsCase, KillCase):
    def setUp(self):
        super().setUp()
        self.connector.requests_per_minute = 60_000
        self.page(self.form(policy="overwrite"))
        self.seal_ = self.seal()

    def begin(self):
        """A visitor sent the form, nobody knows them."""
        self.crm.sql("DELETE FROM LEAD WHERE lower(trim(EMAIL)) = 'vera@example.com'")
        self.outbox.search([]).unlink()
        self.env["infor.crm.claim"].sudo().search([]).unlink()
        forms = self.env["infor.crm.form"]
        opened = forms._open(self.seal_, "mail.mail", self.website)
        forms._submit(opened, self.values(), None, self.website, "/lead-form")
        self.env.flush_all()

    def unanswered(self, fault):
        self.begin()
        self.lose_answer(fault, match="/leads")
        self.assertEqual(self.rows_of().state, "unsure")

    def known_to_sales(self):
        self.begin()
        self.key = self.known("lead", WorkPhone="+49 30 1234")

    def check(self):
        self.assertEqual(self.rows_of().mapped("state"), ["done"])
        self.assertEqual(self.lead()["LEADID"].strip(), self.rows_of().key)
        self.assertEqual(self.notes_of(self.rows_of().key), [])

    def check_known(self):
        self.assertEqual(set(self.outbox.search([]).mapped("state")), {"done"})
        self.assertEqual(self.lead()["WORKPHONE"], "+1 555 0100")
        self.assertIn("(before: +49 30 1234)", self.note_of(self.key))

    def test_while_a_lead_is_made(self):
        self.each_step(self.begin, self.check)

    def test_while_one_looks_for_a_lead_that_had_arrived(self):
        self.each_step(lambda: self.unanswered("drop_after"), self.check)

    def test_while_one_looks_for_a_lead_that_had_not_and_makes_it_again(self):
        self.each_step(lambda: self.unanswered("drop_before"), self.check)

    def test_while_a_known_lead_is_changed_and_noted(self):
        self.each_step(self.known_to_sales, self.check_known)
