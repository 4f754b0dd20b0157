"""What changes a note later, and the option on a mailing."""

from odoo.tests import Form, tagged

from .notes_common import NotesCase


@tagged("post_install", "-at_install")
class TestWhatHappensLater(NotesCase):
    def a_note(self, mailing):
        self.drain()
        return self.rows(mailing)[0]

    def stored(self, row):
        found = self.crm.sql("SELECT * FROM HISTORY WHERE HISTORYID = ?", [row.crm_key])
        return found[0] if found else None

    def trace(self, row):
        return self.env["mailing.trace"].browse(int(row.source.split(":")[1]))

    def test_a_bounce_changes_the_note(self):
        mailing = self.sent()
        row = self.a_note(mailing)
        self.trace(row).set_bounced(bounce_message="mailbox full")
        self.trace(row).set_bounced(bounce_message="mailbox full")
        self.drain()
        note = self.stored(row)
        self.assertTrue(note["DESCRIPTION"].startswith("Bounced: Summer news"))
        self.assertIn("did not reach", note["LONGNOTES"])
        self.assertIn(row.preview_id._url(), note["LONGNOTES"])
        self.assertOneEach(mailing)
        self.assertEqual(len(self.rows(type="note_update")), 1)

    def test_a_bounce_before_the_note_left_changes_it_too(self):
        mailing = self.sent()
        row = self.rows(mailing)[0]
        self.trace(row).set_bounced()
        self.drain()
        self.assertIn("Bounced", self.stored(row)["DESCRIPTION"])
        self.assertOneEach(mailing)

    def test_a_note_that_sales_deleted_is_not_made_again(self):
        mailing = self.sent()
        row = self.a_note(mailing)
        self.crm.sql("DELETE FROM HISTORY WHERE HISTORYID = ?", [row.crm_key])
        self.trace(row).set_bounced()
        self.drain()
        self.drain()
        self.assertIsNone(self.stored(row))
        update = self.rows(type="note_update")
        self.assertEqual(update.state, "dropped")
        self.assertIn("deleted in Infor CRM", update.reason)

    def test_opens_and_clicks_are_told_only_where_that_was_chosen(self):
        mailing = self.sent()
        row = self.a_note(mailing)
        self.trace(row).set_opened()
        self.assertFalse(self.rows(type="note_update"))
        mailing.infor_note_opens = True
        self.trace(row).set_opened()
        self.trace(row).set_clicked()
        self.trace(row).set_opened()
        [update] = self.rows(type="note_update")
        self.drain()
        self.assertEqual(update.state, "waiting", "they come in bursts: it waits")
        self.due()
        self.drain()
        note = self.stored(row)
        self.assertIn("Opened:", note["LONGNOTES"])
        self.assertIn("Links clicked:", note["LONGNOTES"])
        self.assertIn("As it was sent:", note["LONGNOTES"])
        self.assertOneEach(mailing)
        # later ones are told in a later change
        self.trace(row).set_clicked()
        self.assertEqual(len(self.rows(type="note_update")), 2)


@tagged("post_install", "-at_install")
class TestTheOption(NotesCase):
    def form(self):
        form = Form(self.env["mailing.mailing"].with_user(self.user))
        form.subject = "News"
        form.email_from = form.reply_to = "news@example.com"
        return form

    def test_it_is_selected_for_linked_lists_and_can_be_unselected(self):
        other = self.env["mailing.list"].create({"name": "Other"})
        form = self.form()
        form.contact_list_ids.add(other)
        self.assertTrue(form.infor_note_offered)
        self.assertFalse(form.infor_note)
        form.contact_list_ids.add(self.list)
        self.assertTrue(form.infor_note)
        form.infor_note = False
        mailing = form.save()
        self.assertFalse(mailing.infor_note)
        # another list of the same sort does not undo what somebody chose
        third = self.env["mailing.list"].create({"name": "Third"})
        mailing.contact_list_ids += third
        self.assertFalse(mailing.infor_note)
        mailing.contact_list_ids -= self.list
        self.assertFalse(mailing.infor_note)
        mailing.contact_list_ids += self.list
        self.assertTrue(mailing.infor_note, "linked anew: selected anew")

    def test_created_without_a_form_it_is_selected_too(self):
        self.assertTrue(self.mailing().infor_note)
        self.assertFalse(self.mailing(infor_note=False).infor_note)
        self.assertTrue(self.mailing().copy().infor_note)
        self.assertFalse(self.mailing(infor_note=False).copy().infor_note)

    def test_it_is_offered_where_people_may_be_linked(self):
        offered = {
            model: self.mailing(
                mailing_model_id=self.env["ir.model"]._get_id(model),
                mailing_domain="[]",
                body_html="<p>Hi</p>",
            ).infor_note_offered
            for model in ("mailing.contact", "res.partner", "crm.lead", "res.users")
            if self.env[model]._fields.get("id")
        }
        self.assertEqual(
            offered,
            {
                "mailing.contact": True,
                "res.partner": True,
                "crm.lead": True,
                "res.users": False,
            },
        )

    def test_without_a_connection_nothing_is_offered(self):
        self.connector._reset_execute(True)
        mailing = self.mailing()
        self.assertFalse(mailing.infor_note_offered)
        self.send(mailing)
        self.assertFalse(self.rows(mailing))

    def test_an_address_only_this_computer_can_open_is_warned_of(self):
        parameters = self.env["ir.config_parameter"]
        self.assertFalse(self.mailing().infor_note_warning)
        parameters.set_param("web.base.url", "http://localhost:8069")
        self.assertIn("http://localhost:8069", self.mailing().infor_note_warning)
        self.assertFalse(self.mailing(infor_note=False).infor_note_warning)
