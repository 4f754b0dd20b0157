"""The inbox: questions only a person can decide."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .question_common import ADDRESS, MatchCase


@tagged("post_install", "-at_install")
class TestAsking(MatchCase):
    def test_the_records_stand_side_by_side_with_the_person_in_odoo(self):
        question = self.ask().with_user(self.marketer)
        titles = [card.title for card in question.card_ids]
        self.assertEqual(titles, ["Person, Odoo", "Lead, Infor CRM", "Lead, Infor CRM"])
        self.assertIn(ADDRESS, question.sentence)
        self.assertIn("Ann Lee", question.sentence)

    def test_what_differs_is_marked_and_nothing_else(self):
        question = self.ask()
        facts = self.card_of(question, "LB").facts
        self.assertIn('text-bg-warning px-1 rounded">Steel', facts)
        self.assertNotIn('text-bg-warning px-1 rounded">Ann', facts)

    def test_the_cause_is_that_of_the_first_time(self):
        question = self.ask(cause="Lifted by Ann")
        self.ask(cause="Found by a sync")
        self.assertEqual(question.cause, "Lifted by Ann")

    def test_texts_of_the_crm_are_shown_as_text(self):
        facts = self.card_of(self.ask(), "LB").facts
        self.assertIn("Steel &lt;b&gt;Ltd", facts)

    def test_it_is_asked_once(self):
        first = self.ask()
        self.assertEqual(self.ask(), first)
        self.assertEqual(len(first.card_ids), 3)

    def test_asking_again_shows_what_the_records_hold_now(self):
        question = self.ask()
        self.ask(self.card("LA", company="Iron"), self.card("LB"))
        self.assertEqual(self.card_of(question, "LA").company, "Iron")
        self.assertEqual(len(question.card_ids), 3)

    def test_two_rows_for_one_subject_cannot_be(self):
        question = self.ask()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            question.copy({"subject_key": ADDRESS}).flush_recordset()

    def test_many_are_asked_at_once(self):
        opened = self.questions._ask_all(
            self.connector,
            "match",
            {f"p{n}@example.com": {"cards": [self.card("LA")]} for n in range(5)},
        )
        self.assertEqual(set(opened.mapped("state")), {"open"})
        self.assertEqual(len(opened), 5)
        again = self.questions._ask_all(
            self.connector, "match", {"p1@example.com": {"cards": [self.card("LA")]}}
        )
        self.assertFalse(again)

    def test_links_to_the_record_where_the_web_client_is_known(self):
        question = self.ask()
        self.assertFalse(self.card_of(question, "LA").url)
        self.connector.web_client_url = "https://crm.example.com/SlxClient/"
        question.card_ids.invalidate_recordset()
        self.assertEqual(
            self.card_of(question, "LA").action_open()["url"],
            "https://crm.example.com/SlxClient/Lead.aspx?entityid=LA",
        )


@tagged("post_install", "-at_install")
class TestDeciding(MatchCase):
    def test_one_of_the_records(self):
        question = self.ask()
        self.assertIsNone(self.decision())
        self.card_of(question, "LB").action_choose()
        self.assertEqual(self.decision(), ("record", "lead", "LB"))
        self.assertTrue(self.card_of(question, "LB").chosen)

    def test_a_new_lead(self):
        question = self.ask().with_user(self.marketer)
        question.with_context(decision="new").action_decide()
        self.assertEqual(self.decision().code, "new")

    def test_none_of_them(self):
        question = self.ask().with_user(self.marketer)
        question.with_context(decision="none").action_decide()
        self.assertEqual(self.decision().code, "none")

    def test_a_decision_is_remembered_and_not_asked_again(self):
        question = self.ask()
        self.card_of(question, "LB").action_choose()
        self.assertEqual(self.ask().state, "decided")
        self.assertEqual(self.decision().key, "LB")

    def test_who_decided_and_when_is_kept(self):
        question = self.ask()
        self.card_of(question, "LB").action_choose()
        self.assertEqual(question.decided_uid, self.marketer)
        self.assertTrue(question.decided_at)
        note = question.message_ids[0]
        self.assertIn("LB", note.body)
        self.assertEqual(note.author_id, self.marketer.partner_id)

    def test_a_decision_for_a_record_that_is_gone_is_asked_anew(self):
        question = self.ask()
        self.card_of(question, "LB").action_choose()
        self.ask(self.card("LA"), self.card("LC"))
        self.assertEqual(question.state, "open")
        self.assertIsNone(self.decision())

    def test_a_decided_question_is_not_decided_again(self):
        question = self.ask()
        card = self.card_of(question, "LB")
        card.action_choose()
        with self.assertRaisesRegex(UserError, "decided already"):
            card.action_choose()

    def test_an_administrator_may_have_it_asked_again(self):
        question = self.ask()
        self.card_of(question, "LB").action_choose()
        question.with_user(self.manager).action_reopen()
        self.assertEqual(question.state, "open")
        self.assertIsNone(self.decision())
        self.assertFalse(question.decided_uid)
        self.assertEqual(len(question.card_ids), 3)
        self.assertTrue(any("LB" in m.body for m in question.message_ids))

    def test_others_may_not(self):
        question = self.ask()
        self.card_of(question, "LB").action_choose()
        with self.assertRaises(AccessError):
            question.with_user(self.marketer).action_reopen()

    def test_what_is_no_answer_is_refused(self):
        question = self.ask().with_user(self.marketer)
        other = self.ask(key="bob@example.com")
        for code in ("clear", "lift", "record", "nonsense"):
            with self.subTest(code), self.assertRaisesRegex(UserError, "no answer"):
                question._decide(code)
        with self.assertRaisesRegex(UserError, "no answer"):
            question._decide("record", card=self.card_of(other, "LA"))
        with self.assertRaisesRegex(UserError, "no answer"):
            question._decide("record", card=question.card_ids[0])

    def test_infor_crm_is_not_called_by_a_decision(self):
        question = self.ask()
        self.crm.clear_requests()
        self.card_of(question, "LB").action_choose()
        self.assertFalse(self.crm.requests())
        self.assertFalse(self.questions._to_perform(self.connector))


@tagged("post_install", "-at_install")
class TestBatch(MatchCase):
    def answer(self, questions, user=None, **values):
        user = user or self.marketer
        action = questions.with_user(user).action_open_wizard()
        wizard = (
            self.env["infor.crm.question.answer"]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )
        wizard.action_apply()
        return wizard

    def test_many_are_answered_from_the_list(self):
        questions = self.ask() | self.ask(key="bob@example.com")
        self.answer(questions, decision_match="new")
        self.assertEqual(questions.mapped("decision"), ["new", "new"])

    def test_with_the_record_changed_last(self):
        self.answer(self.ask(), decision_match="recent")
        self.assertEqual(self.decision().key, "LA")

    def test_with_the_oldest(self):
        self.answer(self.ask(), decision_match="oldest")
        self.assertEqual(self.decision().key, "LB")

    def test_those_decided_meanwhile_stay_as_they_are(self):
        first, second = self.ask(), self.ask(key="bob@example.com")
        self.card_of(first, "LB").action_choose()
        self.answer(first | second, decision_match="none")
        self.assertEqual(first.decision, "record")
        self.assertEqual(second.decision, "none")

    def test_questions_of_two_types_are_not_answered_together(self):
        other = self.questions._ask(self.connector, "lift_blacklist", ADDRESS)
        with self.assertRaisesRegex(UserError, "one type"):
            (self.ask() | other).with_user(self.marketer).action_open_wizard()

    def test_without_a_choice_nothing_happens(self):
        question = self.ask()
        with self.assertRaisesRegex(UserError, "choose"):
            self.answer(question)
        self.assertEqual(question.state, "open")


@tagged("post_install", "-at_install")
class TestRights(MatchCase):
    def test_marketing_users_of_infor_crm_may_read_and_not_write(self):
        question = self.ask().with_user(self.marketer)
        self.assertEqual(question.read(["state"])[0]["state"], "open")
        with self.assertRaises(AccessError):
            question.write({"state": "decided"})
        with self.assertRaises(AccessError):
            question.card_ids.write({"key": "LX"})

    def test_others_see_nothing(self):
        question = self.ask()
        with self.assertRaises(AccessError):
            question.with_user(self.mailer).read(["state"])
        with self.assertRaises(AccessError):
            question.with_user(self.mailer)._decide("new")

    def test_another_company_s_questions_are_hidden(self):
        question = self.ask()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="infor_crm_connector.group_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        self.assertFalse(self.questions.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            question.with_user(stranger)._decide("new")
        with self.assertRaises(AccessError):
            question.card_ids[1].with_user(stranger).action_choose()
