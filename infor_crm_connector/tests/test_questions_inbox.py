"""The inbox: who is told, what closes by itself, and which contact a lead became."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .question_common import ADDRESS, MatchCase, QuestionCase


@tagged("post_install", "-at_install")
class TestInbox(MatchCase):
    def activities(self):
        kind = self.env.ref("infor_crm_connector.mail_activity_type_question")
        return self.connector.activity_ids.filtered(
            lambda a: a.activity_type_id == kind
        )

    def test_the_responsible_user_is_told_once_for_the_whole_inbox(self):
        self.connector.user_id = self.marketer
        self.ask()
        self.ask(key="bob@example.com")
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(self.activities().user_id, self.marketer)

    def test_the_activity_goes_with_the_last_question(self):
        first, second = self.ask(), self.ask(key="bob@example.com")
        first.with_user(self.marketer)._decide("new")
        self.assertTrue(self.activities())
        second.with_user(self.marketer)._decide("new")
        self.assertFalse(self.activities())

    def test_the_connector_counts_what_is_open(self):
        question = self.ask()
        self.ask(key="bob@example.com")
        question.with_user(self.marketer)._decide("new")
        self.assertEqual(self.connector.with_user(self.marketer).question_count, 1)

    def test_a_person_linked_meanwhile_is_no_question(self):
        question = self.ask()
        contact, _link = self.a_willing()
        question.res_id = contact.id
        question.subject_key = contact.email_normalized
        self.assertEqual(self.questions._close_stale(self.connector), question)
        self.assertEqual(question.state, "obsolete")
        self.assertFalse(self.activities())

    def test_a_person_deleted_in_odoo_is_no_question(self):
        question = self.ask()
        self.ann.unlink()
        self.questions._close_stale()
        self.assertEqual(question.state, "obsolete")

    def test_nor_is_one_with_another_address_now(self):
        question = self.ask()
        self.ann.email = "ann.lee@example.com"
        self.questions._close_stale()
        self.assertEqual(question.state, "obsolete")

    def test_an_open_question_stays_open(self):
        question = self.ask()
        self.assertFalse(self.questions._close_stale())
        self.assertEqual(question.state, "open")

    def test_a_finished_run_closes_what_it_settled(self):
        question = self.ask()
        self.ann.unlink()
        self.again(self.sync)
        self.assertEqual(question.state, "obsolete")

    def test_what_is_a_question_again_opens_again(self):
        question = self.ask()
        self.ann.email = "ann.lee@example.com"
        self.questions._close_stale()
        self.ann.email = ADDRESS
        self.assertEqual(self.ask(), question)
        self.assertEqual(question.state, "open")


@tagged("post_install", "-at_install")
class TestConversionQuestion(QuestionCase):
    """A lead vanished; contacts of Infor CRM might be what it became."""

    def setUp(self):
        super().setUp()
        self.contact, self.link = self.a_refusing()
        self.lead = self.link.key
        self.link.gone_since = "2026-01-01"
        self.question_row = self.questions._ask(
            self.connector,
            "conversion",
            self.lead,
            name=self.contact.name,
            odoo_model="mailing.contact",
            res_id=self.contact.id,
            binding_id=self.link.id,
            cards=[
                {"kind": "contact", "key": "CA", "name": "A", "modified": "2024-01-01"},
                {"kind": "contact", "key": "CB", "name": "B", "modified": "2023-01-01"},
            ],
        )

    def card(self, key):
        cards = self.question_row.with_user(self.marketer).card_ids
        return cards.filtered(lambda c: c.key == key)

    def test_link_and_opt_out_follow_to_the_chosen_contact(self):
        self.card("CB").action_choose()
        link = self.env["infor.crm.binding"].search([("res_id", "=", self.contact.id)])
        self.assertEqual((link.kind, link.key), ("contact", "CB"))
        self.assertEqual(link.converted_from, self.lead)
        self.assertFalse(link.gone_since)
        self.assertTrue(link.opted_out)

    def test_it_stays_in_the_list_of_leads(self):
        self.card("CB").action_choose()
        member = self.env["infor.crm.list.member"].search(
            [("list_sync_id", "=", self.sync.id), ("binding_id.key", "=", "CB")]
        )
        self.assertTrue(member)
        self.assertIn(self.contact, self.members(self.sync))

    def test_a_link_that_the_contact_has_already_inherits(self):
        other = self.link.copy({"kind": "contact", "key": "CB", "gone_since": False})
        other.write({"opted_out": False, "base": {}, "moves_values": False})
        self.card("CB").action_choose()
        link = self.env["infor.crm.binding"].search([("res_id", "=", self.contact.id)])
        self.assertEqual(link, other)
        self.assertTrue(link.opted_out)
        self.assertTrue(link.moves_values)
        member = self.env["infor.crm.list.member"].search(
            [("list_sync_id", "=", self.sync.id), ("binding_id", "=", other.id)]
        )
        self.assertTrue(member)

    def test_a_lifting_does_not_free_a_contact_who_refuses(self):
        self.link.consent_lifted = True
        other = self.link.copy({"kind": "contact", "key": "CB", "gone_since": False})
        other.write({"opted_out": True, "consent_lifted": False})
        self.card("CB").action_choose()
        self.assertTrue(other.opted_out)
        self.assertFalse(other.consent_lifted)

    def test_a_contact_linked_with_somebody_else_is_refused(self):
        somebody, _link = self.a_willing()
        self.link.copy(
            {
                "kind": "contact",
                "key": "CB",
                "gone_since": False,
                "res_id": somebody.id,
            }
        )
        with self.assertRaisesRegex(UserError, "another person"):
            self.card("CB").action_choose()

    def test_none_of_them_leaves_the_person_gone(self):
        self.question_row.with_user(self.marketer)._decide("none")
        self.assertTrue(self.link.gone_since)

    def test_a_lead_that_came_back_is_no_question(self):
        self.link.gone_since = False
        self.questions._close_stale()
        self.assertEqual(self.question_row.state, "obsolete")
