"""Lifting an opt-out that Infor CRM imposed."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .question_common import QuestionCase

ASK = "clear_do_not_email"


class LiftedCase(QuestionCase):
    def setUp(self):
        super().setUp()
        self.contact, self.link = self.a_refusing()
        self.address = self.contact.email_normalized
        self.blacklist = self.env["mail.blacklist"]

    def lifted(self, user=None):
        self.lift(self.address, user or self.manager).action_unblacklist_apply()
        self.contact.invalidate_recordset()
        return self.question(ASK, self.address)


@tagged("post_install", "-at_install")
class TestWhoMayLift(LiftedCase):
    def test_an_administrator_with_a_reason(self):
        self.lifted()
        self.assertFalse(self.contact.is_blacklisted)
        self.assertTrue(self.link.consent_lifted)

    def test_when_where_from_and_why_are_kept(self):
        question = self.lifted()
        note = self.last_note(self.address)
        self.assertIn("Asked by phone", note.body)
        self.assertTrue(note.date)
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertIn("manager", question.cause)
        self.assertIn("Asked by phone", question.cause)

    def test_an_administrator_without_reason_is_refused(self):
        with self.assertRaisesRegex(UserError, "give a reason"):
            self.lift(self.address, self.manager, "").action_unblacklist_apply()
        self.assertTrue(self.contact.is_blacklisted)
        self.assertFalse(self.link.consent_lifted)

    def test_marketing_users_are_refused_and_told_who_may(self):
        for user in (self.mailer, self.marketer):
            with (
                self.subTest(user.name),
                self.assertRaisesRegex(
                    UserError, "Only the person.*administrator of Infor CRM"
                ),
            ):
                self.lift(self.address, user).action_unblacklist_apply()
        self.assertTrue(self.contact.is_blacklisted)

    def test_not_by_archiving_renaming_or_deleting_the_entry(self):
        entry = self.entry(self.address).with_user(self.mailer)
        for name, act in {
            "archive": entry.action_archive,
            "write": lambda: entry.write({"active": False}),
            "rename": lambda: entry.write({"email": "nobody@example.com"}),
            "delete": entry.unlink,
        }.items():
            with self.subTest(name), self.assertRaises(UserError):
                act()
        self.assertTrue(self.contact.is_blacklisted)

    def test_not_by_words_in_the_context_of_a_request(self):
        entry = self.entry(self.address).with_user(self.mailer)
        forged = entry.with_context(infor_crm_lift_reasons={self.address: "Forged"})
        with self.assertRaises(UserError):
            forged.write({"active": False})

    def test_a_reason_for_one_address_lifts_no_other(self):
        other, _link = self.a_refusing(1)
        self.lifted()
        entry = self.entry(other.email_normalized).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "give a reason"):
            entry.write({"active": False})

    def test_an_entry_that_infor_crm_did_not_impose_is_odoo_s_own_affair(self):
        willing, _link = self.a_willing()
        address = willing.email_normalized
        self.blacklist._add(address)
        self.lift(address, self.mailer, "").action_unblacklist_apply()
        self.assertFalse(self.entry(address).active)
        self.assertFalse(self.question(ASK, address))

    def test_the_former_address_of_somebody_who_moved_counts_as_imposed(self):
        self.contact.email = "moved@example.com"
        with self.assertRaises(UserError):
            self.lift(self.address, self.mailer).action_unblacklist_apply()

    def test_nor_may_a_missing_entry_be_made_lifted(self):
        self.entry(self.address).unlink()
        self.link.consent_lifted = False
        with self.assertRaises(UserError):
            self.lift(self.address, self.mailer).action_unblacklist_apply()
        with self.assertRaises(UserError):
            self.blacklist.with_user(self.mailer).create(
                {"email": self.address, "active": False}
            )


@tagged("post_install", "-at_install")
class TestAfterLifting(LiftedCase):
    def test_whether_to_clear_infor_crm_is_asked_at_once(self):
        question = self.lifted()
        self.assertEqual(question.state, "open")
        self.assertIn(self.address, question.sentence)
        self.assertEqual(question.name, self.contact.name)
        titles = [card.title for card in question.card_ids]
        self.assertEqual(titles, ["Person, Odoo", "Lead, Infor CRM"])

    def test_infor_crm_is_not_called_by_it(self):
        self.crm.clear_requests()
        self.lifted()
        self.assertFalse(self.crm.requests())

    def test_the_person_may_be_mailed_again(self):
        self.lifted()
        self.contact.subscription_ids.opt_out = False
        mailing = self.mail(lists=self.sync.list_id)
        self.assertIn(self.address, self.reached(mailing))

    def test_an_import_does_not_impose_the_old_flag_again(self):
        self.lifted()
        self.again(self.sync)
        self.assertTrue(self.link.consent_lifted)
        self.assertFalse(self.contact.is_blacklisted)

    def test_all_links_of_the_address_are_lifted_together(self):
        twin = self.link.copy({"kind": "contact", "key": "CA"})
        self.lifted()
        self.assertTrue(twin.consent_lifted)
        self.assertEqual(len(self.question(ASK, self.address)), 1)

    def test_opting_out_again_settles_it(self):
        question = self.lifted()
        self.blacklist._add(self.address)
        self.assertFalse(self.link.consent_lifted)
        self.assertEqual(question.state, "obsolete")

    def test_lifting_once_more_is_a_new_question(self):
        question = self.lifted()
        question.with_user(self.manager)._decide("keep")
        self.blacklist._add(self.address)
        self.assertEqual(self.lifted(), question)
        self.assertEqual(question.state, "open")

    def test_the_entry_deleted_by_the_system_is_a_lifting_too(self):
        self.entry(self.address).unlink()
        self.assertTrue(self.link.consent_lifted)
        self.assertTrue(self.question(ASK, self.address))

    def test_a_flag_cleared_in_infor_crm_settles_it(self):
        question = self.lifted()
        self.link.opted_out = False
        self.env["infor.crm.question"]._close_stale()
        self.assertEqual(question.state, "obsolete")


@tagged("post_install", "-at_install")
class TestAnsweringConsent(LiftedCase):
    def test_leave_it_keeps_the_mark_in_infor_crm_and_mails_from_odoo(self):
        question = self.lifted()
        question.with_user(self.marketer)._decide("keep")
        self.assertTrue(self.link.opted_out)
        self.assertTrue(self.link.consent_lifted)
        self.assertFalse(question.to_do)

    def test_no_e_mail_from_either_side_blacklists_again(self):
        question = self.lifted()
        question.with_user(self.marketer)._decide("opt_out")
        self.contact.invalidate_recordset()
        self.assertTrue(self.contact.is_blacklisted)
        self.assertFalse(self.link.consent_lifted)
        self.assertEqual(question.state, "decided")

    def test_clearing_waits_on_the_question_for_a_run(self):
        question = self.lifted()
        self.crm.clear_requests()
        question.with_user(self.manager)._decide("clear", reason="Wrote to us")
        self.assertTrue(question.to_do)
        self.assertEqual(self.questions._to_perform(self.connector), question)
        self.assertFalse(self.crm.requests())
        self.assertEqual(question.reason, "Wrote to us")

    def test_clearing_takes_an_administrator(self):
        question = self.lifted()
        with self.assertRaisesRegex(AccessError, "administrator of Infor CRM"):
            question.with_user(self.marketer)._decide("clear", reason="I want to")
        self.assertEqual(question.state, "open")

    def test_and_a_reason(self):
        question = self.lifted()
        with self.assertRaisesRegex(UserError, "reason"):
            question.with_user(self.manager)._decide("clear", reason="  ")

    def test_the_button_asks_for_the_reason(self):
        question = self.lifted().with_user(self.manager)
        action = question.with_context(decision="clear").action_decide()
        wizard = (
            self.env["infor.crm.question.answer"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"reason": "Wrote to us"})
        )
        self.assertTrue(wizard.opens)
        wizard.action_apply()
        self.assertEqual((question.decision, question.to_do), ("clear", True))

    def test_opting_out_before_the_run_cancels_the_clearing(self):
        question = self.lifted()
        question.with_user(self.manager)._decide("clear", reason="Wrote to us")
        self.blacklist._add(self.address)
        self.assertFalse(self.questions._to_perform(self.connector))
        self.assertEqual(question.state, "obsolete")


@tagged("post_install", "-at_install")
class TestClearedInInforCrm(LiftedCase):
    """The flag was cleared in Infor CRM; Odoo's blacklist still stands."""

    def setUp(self):
        super().setUp()
        self.link.opted_out = False
        self.row = self.questions._ask(
            self.connector, "lift_blacklist", self.address, address=self.address
        )

    def test_lifting_takes_an_administrator_and_a_reason(self):
        with self.assertRaises(AccessError):
            self.row.with_user(self.marketer)._decide("lift", reason="So be it")
        with self.assertRaisesRegex(UserError, "reason"):
            self.row.with_user(self.manager)._decide("lift")
        self.row.with_user(self.manager)._decide("lift", reason="Sales asked her")
        self.contact.invalidate_recordset()
        self.assertFalse(self.contact.is_blacklisted)
        self.assertIn("Sales asked her", self.last_note(self.address).body)

    def test_and_asks_nothing_back(self):
        self.row.with_user(self.manager)._decide("lift", reason="Sales asked her")
        self.assertFalse(self.question(ASK, self.address))

    def test_leave_it_keeps_the_blacklisting(self):
        self.row.with_user(self.marketer)._decide("keep")
        self.assertTrue(self.contact.is_blacklisted)

    def test_no_e_mail_from_either_side_marks_infor_crm_by_a_run(self):
        self.row.with_user(self.marketer)._decide("opt_out")
        self.assertTrue(self.row.to_do)
        self.assertTrue(self.contact.is_blacklisted)

    def test_lifted_in_odoo_meanwhile_is_no_question(self):
        self.blacklist._remove(self.address)
        self.questions._close_stale()
        self.assertEqual(self.row.state, "obsolete")

    def test_set_again_in_infor_crm_is_no_question(self):
        self.link.opted_out = True
        self.questions._close_stale()
        self.assertEqual(self.row.state, "obsolete")


@tagged("post_install", "-at_install")
class TestPreferencesPage(LiftedCase, HttpCase):
    """The person, with the link in a mailing, and nobody but the person."""

    def remove(self, address, **values):
        self.env.flush_all()
        answer = self.make_jsonrpc_request(
            "/mailing/blocklist/remove", {"email": address, **values}
        )
        self.env.invalidate_all()
        return answer

    def link_of(self, address):
        mailing = self.draft(lists=self.sync.list_id)
        document = self.contact.id
        return {
            "mailing_id": mailing.id,
            "document_id": document,
            "hash_token": mailing._generate_mailing_recipient_token(document, address),
        }

    def test_the_person_lifts_it(self):
        self.assertTrue(self.remove(self.address, **self.link_of(self.address)))
        self.assertFalse(self.contact.is_blacklisted)
        self.assertTrue(self.link.consent_lifted)
        question = self.question(ASK, self.address)
        self.assertIn("by the person", question.cause)
        note = self.last_note(self.address)
        self.assertIn("removal request from portal", note.body)

    def test_a_link_for_another_address_does_not(self):
        values = self.link_of("eve@example.com")
        self.assertEqual(self.remove(self.address, **values), "unauthorized")
        self.assertTrue(self.contact.is_blacklisted)
