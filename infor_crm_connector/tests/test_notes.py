"""Message-sent notes: who gets one, and what it says."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .notes_common import NotesCase


@tagged("post_install", "-at_install")
class TestNotes(NotesCase):
    def test_each_person_who_was_sent_the_message_gets_one_note(self):
        mailing = self.sent()
        self.assertGreater(len(self.rows(mailing)), 8)
        self.assertEqual(set(self.rows(mailing).mapped("state")), {"waiting"})
        self.assertEqual(self.notes(), [], "nothing is sent while mails are")
        self.drain()
        self.assertOneEach(mailing)
        self.assertEqual(set(self.rows(mailing).mapped("state")), {"done"})
        self.assertEqual(mailing.infor_note_count, len(self.notes()))
        self.drain()
        self.assertOneEach(mailing)

    def test_a_note_says_what_was_sent_when_and_where_to_see_it(self):
        mailing = self.sent()
        row = self.rows(mailing)[0]
        self.drain()
        note = next(n for n in self.notes() if n["HISTORYID"] == row.crm_key)
        [lead] = self.crm.sql("SELECT * FROM LEAD WHERE LEADID = ?", [row.key])
        trace = mailing.mailing_trace_ids.filtered(lambda t: t.email == row.address)
        self.assertEqual(note["TYPE"], "atNote")
        self.assertEqual(note["LEADID"].strip(), row.key)
        self.assertIn(lead["LASTNAME"].strip(), note["LEADNAME"])
        self.assertEqual(note["ACCOUNTNAME"], lead["COMPANY"])
        self.assertIsNone(note["CONTACTID"])
        self.assertIn("Summer news for", note["DESCRIPTION"])
        self.assertIn("Summer news for", note["LONGNOTES"])
        self.assertIn(row.address, note["LONGNOTES"])
        self.assertIn(row.preview_id._url(), note["LONGNOTES"])
        self.assertIn(row.preview_id._url(), note["NOTES"])
        self.assertLessEqual(len(note["NOTES"]), 255)
        moment = fields.Datetime.to_datetime("1970-01-01") + timedelta(
            milliseconds=note["COMPLETEDDATE"]
        )
        self.assertEqual(moment, trace.sent_datetime)

    def test_a_long_subject_is_cut_where_it_must_be_and_the_link_is_not(self):
        subject = "Very long news " * 20
        mailing = self.sent(subject=subject)
        self.drain()
        for note in self.notes():
            self.assertLessEqual(len(note["DESCRIPTION"]), 64)
            self.assertLessEqual(len(note["NOTES"]), 255)
            self.assertIn("/infor_crm/preview/", note["NOTES"])
            self.assertIn(subject.strip(), note["LONGNOTES"])
        self.assertOneEach(mailing)

    def test_a_contact_of_the_crm_gets_it_with_account(self):
        sync, _run = self.imported("contact")
        mailing = self.sent(contact_list_ids=[(6, 0, sync.list_id.ids)])
        self.drain()
        self.assertOneEach(mailing)
        accounts = {
            row["ACCOUNTID"]: row["ACCOUNTNAME"]
            for row in self.crm.sql("SELECT * FROM ACCOUNT")
        }
        for note in self.notes():
            self.assertEqual(note["ACCOUNTNAME"], accounts[note["ACCOUNTID"]])

    def test_the_contact_before_the_lead_where_a_person_is_both(self):
        contact = self.list.contact_ids[0]
        self.env["infor.crm.binding"].create(
            {
                "connector_id": self.connector.id,
                "kind": "contact",
                "key": self.crm.sql("SELECT CONTACTID FROM CONTACT")[0]["CONTACTID"],
                "odoo_model": "mailing.contact",
                "res_id": contact.id,
            }
        )
        mailing = self.sent()
        row = self.rows(mailing).filtered(lambda r: r.res_id == contact.id)
        self.assertEqual(row.kind, "contact")
        self.drain()
        self.assertOneEach(mailing)

    def test_blacklisted_opted_out_and_refused_get_none(self):
        contacts = self.list.contact_ids
        blacklisted, opted_out, refused = contacts[:3]
        self.env["mail.blacklist"]._add(blacklisted.email)
        opted_out.subscription_ids.opt_out = True
        mailing = self.mailing()
        original = type(self.env["ir.mail_server"]).send_email

        def send(server, message, *args, **kwargs):
            if refused.email in message["To"]:
                raise OSError("550 no such mailbox")
            return original(server, message, *args, **kwargs)

        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.send_email_mocked.side_effect = send
            with self.assertLogs("odoo.addons.mail.models.mail_mail", "ERROR"):
                mailing.action_send_mail()
        self.assertFalse(
            self.rows(mailing).filtered(
                lambda r: r.res_id in (blacklisted | opted_out | refused).ids
            )
        )
        self.drain()
        self.assertOneEach(mailing)

    def test_sending_again_after_a_failure_makes_the_one_note(self):
        refused = self.list.contact_ids[0]
        mailing = self.mailing()

        def fail(server, message, *args, **kwargs):
            raise OSError("connection reset")

        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.send_email_mocked.side_effect = fail
            with self.assertLogs("odoo.addons.mail.models.mail_mail", "ERROR"):
                mailing.action_send_mail(refused.ids)
        self.assertFalse(self.rows(mailing))
        mailing.action_retry_failed()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mailing.action_send_mail()
        self.drain()
        self.assertOneEach(mailing)
        self.assertIn(refused.id, self.rows(mailing).mapped("res_id"))

    def test_the_same_mail_sent_twice_is_one_message(self):
        mailing = self.mailing(keep_archives=True)
        with self.mock_mail_gateway():
            mailing.action_send_mail()
            mails = self._new_mails.filtered(lambda mail: mail.mailing_id == mailing)
            self.assertTrue(mails)
            mails.mark_outgoing()
            mails.send()
        self.drain()
        self.assertOneEach(mailing)

    def test_a_test_makes_none(self):
        mailing = self.mailing()
        wizard = self.env["mailing.mailing.test"].create(
            {
                "mass_mailing_id": mailing.id,
                "email_to": self.list.contact_ids[0].email,
            }
        )
        with self.mock_mail_gateway():
            wizard.send_mail_test()
            self.assertTrue(self._mails)
        self.assertFalse(self.rows(mailing))

    def test_unselected_it_makes_none(self):
        mailing = self.sent(infor_note=False)
        self.assertTrue(mailing.mailing_trace_ids.filtered("sent_datetime"))
        self.assertFalse(self.rows(mailing))
        self.assertFalse(self.env["infor.crm.preview"].search([]))

    def test_variants_and_the_winner_note_what_each_person_got(self):
        mailing = self.mailing(ab_testing_enabled=True, ab_testing_pc=30)
        other = mailing.copy({"subject": "Other news", "ab_testing_pc": 30})
        self.assertEqual(other.campaign_id, mailing.campaign_id)
        first = self.env["infor.crm.outbox"]
        for variant in (mailing, other):
            self.send(variant)
            self.assertTrue(self.rows(variant), "what this variant's people got")
            first |= self.rows(variant)
            subjects = self.rows(variant).preview_id.mapped("subject")
            self.assertEqual({"Other" in s for s in subjects}, {variant == other})
        with self.mock_mail_gateway(mail_unlink_sent=True):
            action = mailing.action_select_as_winner()
            winner = self.env["mailing.mailing"].browse(action["res_id"])
            self.assertTrue(winner.infor_note)
            winner.action_send_mail()
        self.drain()
        persons = self.rows(type="note").mapped("person")
        self.assertEqual(len(persons), len(set(persons)), "somebody got two")
        self.assertGreater(len(persons), len(first))
        self.assertEqual(len(self.notes()), len(persons))

    def test_a_mailing_that_has_nothing_to_do_with_infor_crm_makes_none(self):
        own = self.env["mailing.list"].create({"name": "Own"})
        own.contact_ids = self.env["mailing.contact"].create(
            {"name": "Stranger", "email": "stranger@odoo.example"}
        )
        mailing = self.sent(contact_list_ids=[(6, 0, own.ids)])
        self.assertTrue(mailing.mailing_trace_ids.sent_datetime)
        self.assertFalse(mailing.infor_note)
        self.assertFalse(self.rows())
        self.assertFalse(self.env["infor.crm.preview"].search([]))
        self.crm.clear_requests()
        self.drain()
        self.assertEqual(self.crm.requests(), [])

    def test_people_without_a_link_get_none(self):
        stranger = self.env["mailing.contact"].create(
            {"name": "Stranger", "email": "stranger@odoo.example"}
        )
        self.list.contact_ids += stranger
        mailing = self.sent()
        trace = mailing.mailing_trace_ids.filtered(lambda t: t.res_id == stranger.id)
        self.assertTrue(trace.sent_datetime)
        self.assertNotIn(stranger.id, self.rows(mailing).mapped("res_id"))

    def test_contacts_and_leads_of_odoo_are_found_by_address(self):
        member = self.list.contact_ids[0]
        partner = self.env["res.partner"].create(
            {"name": "As a partner", "email": f"{member.email.upper()}"}
        )
        mailing = self.sent(
            mailing_model_id=self.env["ir.model"]._get_id("res.partner"),
            mailing_domain=f"[('id', '=', {partner.id})]",
            contact_list_ids=False,
            subject="Hello",
            body_html="<p>Hello</p>",
            infor_note=True,
        )
        [row] = self.rows(mailing)
        self.assertEqual((row.odoo_model, row.res_id), ("res.partner", partner.id))
        self.drain()
        [note] = self.notes()
        self.assertEqual(note["LEADID"], row.key)

    def test_who_is_deleted_right_after_has_a_note_all_the_same(self):
        mailing = self.sent()
        row = self.rows(mailing)[0]
        address = row.address
        self.env["mailing.contact"].browse(row.res_id).unlink()
        self.drain()
        note = next(n for n in self.notes() if n["HISTORYID"] == row.crm_key)
        self.assertIn(address, note["LONGNOTES"])
        self.assertTrue(row.preview_id._page())

    def test_a_lead_that_became_a_contact_takes_its_note_along(self):
        mailing = self.sent()
        row = self.rows(mailing)[0]
        made = self.crm.call("POST", "convert-lead", {"lead": row.key})
        binding = self.binding(row.key)
        self.env.cr.execute(
            "UPDATE infor_crm_binding SET kind = 'contact', key = %s,"
            " converted_from = key WHERE id = %s",
            [made["contact"], binding.id],
        )
        self.drain()
        [note] = self.crm.sql(
            "SELECT * FROM HISTORY WHERE HISTORYID = ?", [row.crm_key]
        )
        self.assertEqual(note["CONTACTID"], made["contact"])

    def test_who_is_gone_is_told_and_noted_when_found_again(self):
        mailing = self.sent()
        row = self.rows(mailing)[0]
        [lead] = self.crm.sql("SELECT * FROM LEAD WHERE LEADID = ?", [row.key])
        self.crm.sql("DELETE FROM LEAD WHERE LEADID = ?", [row.key])
        self.drain()
        self.assertEqual(row.state, "parked")
        self.assertIn("not in Infor CRM any more", row.reason)
        self.drain()
        self.assertEqual(row.state, "parked")
        names = ", ".join(lead)
        marks = ", ".join("?" * len(lead))
        self.crm.sql(f"INSERT INTO LEAD ({names}) VALUES ({marks})", lead.values())
        self.binding(row.key).crm_modified = "2030-01-01"
        self.env.flush_all()
        self.drain()
        self.assertEqual(row.state, "done", row.reason)
        self.assertOneEach(mailing)


@tagged("post_install", "-at_install")
class TestNotesOfGeneration75(NotesCase):
    generation = "7.5.4"

    def test_notes_arrive_in_an_older_generation_too(self):
        mailing = self.sent()
        self.drain()
        self.assertOneEach(mailing)

    def test_without_batches_they_go_one_by_one(self):
        self.crm.switches(batch="refused")
        mailing = self.sent()
        self.drain()
        self.assertOneEach(mailing)
