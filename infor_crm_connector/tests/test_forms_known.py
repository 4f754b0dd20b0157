"""Submissions of people sales knows already: matching and policy."""

from odoo.tests import tagged

from .forms_common import FormsCase


@tagged("post_install", "-at_install")
class TestPolicy(FormsCase):
    def test_blanks_are_filled_and_what_sales_knows_stays(self):
        key = self.known("contact", WorkPhone="+49 30 1234", FirstName="Vera")
        self.page(self.form())
        self.visit()
        self.drain()
        record = self.record("contact", key)
        self.assertEqual(record["TITLE"], "Buyer", "the title was empty")
        self.assertEqual(record["WORKPHONE"], "+49 30 1234", "the phone was filled")
        self.assertFalse(self.leads(), "no second record")
        note = self.note_of(key)
        self.assertIn("Phone: +1 555 0100 (Infor CRM has: +49 30 1234)", note)
        self.assertIn("Job Position: Buyer", note)
        self.assertIn("Question: Do you deliver to Oslo?", note)
        self.assertIn(
            "Company: Acme", note, "a contact's company is the account's name"
        )

    def test_overwriting_replaces_and_says_what_there_was(self):
        key = self.known("contact", WorkPhone="+49 30 1234", FirstName="Vera")
        self.page(self.form(policy="overwrite"))
        self.visit()
        self.drain()
        record = self.record("contact", key)
        self.assertEqual(record["WORKPHONE"], "+1 555 0100")
        self.assertEqual(record["TITLE"], "Buyer")
        self.assertIn("Phone: +1 555 0100 (before: +49 30 1234)", self.note_of(key))

    def test_what_was_left_empty_erases_nothing(self):
        key = self.known("lead", WorkPhone="+49 30 1234", Title="CEO")
        self.page(self.form(policy="overwrite"))
        self.visit(phone="", **{"Job Position": ""})
        self.drain()
        record = self.record("lead", key)
        self.assertEqual((record["WORKPHONE"], record["TITLE"]), ("+49 30 1234", "CEO"))

    def test_the_same_number_written_otherwise_is_no_difference(self):
        key = self.known("lead", WorkPhone="15550100")
        self.page(self.form())
        self.visit(phone="+1 (555) 01-00")
        self.drain()
        self.assertNotIn("555", self.note_of(key))

    def test_half_of_another_address_is_not_filled_in(self):
        key = self.known(
            "lead", Address={"City": "Rome", "Description": "Office", "IsPrimary": True}
        )
        asked = [
            ("email_from", "Email", "email"),
            ("street", "Street", "char"),
            ("city", "City", "char"),
        ]
        self.page(self.form(asked=asked))
        self.visit(street="1 Main St", city="Boston")
        self.drain()
        self.assertIn("1 Main St", self.note_of(key))
        (address,) = self.crm.sql(
            "SELECT * FROM LEAD_ADDRESS WHERE trim(LEADID) = ?", [key]
        )
        self.assertEqual((address["CITY"], address["ADDRESS1"]), ("Rome", None))

    def test_an_address_without_a_contradiction_is_completed(self):
        key = self.known(
            "lead", Address={"City": "Rome", "Description": "Office", "IsPrimary": True}
        )
        asked = [("email_from", "Email", "email"), ("street", "Street", "char")]
        self.page(self.form(asked=asked))
        self.visit(street="Via Appia 1")
        self.drain()
        (address,) = self.crm.sql(
            "SELECT * FROM LEAD_ADDRESS WHERE trim(LEADID) = ?", [key]
        )
        self.assertEqual(
            (address["CITY"], address["ADDRESS1"]), ("Rome", "Via Appia 1")
        )

    def test_notes_of_an_existing_lead_are_not_touched(self):
        key = self.known("lead", Notes="Called on Monday")
        self.page(self.form(policy="overwrite"))
        self.visit()
        self.drain()
        self.assertEqual(self.record("lead", key)["NOTES"], "Called on Monday")
        self.assertEqual(len(self.notes_of(key)), 1)


@tagged("post_install", "-at_install")
class TestWhoItIs(FormsCase):
    def both(self, **values):
        self.page(self.form(**values))

    def test_a_contact_before_a_lead(self):
        contact = self.known("contact")
        lead = self.known("lead")
        self.both()
        self.visit()
        self.drain()
        self.assertTrue(self.notes_of(contact))
        self.assertFalse(self.notes_of(lead))

    def test_letters_and_blanks_in_the_address_do_not_matter(self):
        key = self.known("lead", "  Vera@Example.COM ")
        self.both()
        self.visit(email_from="VERA@example.com")
        self.drain()
        self.assertTrue(self.notes_of(key))
        self.assertEqual(self.crm.counts()["leads"], 13)

    def test_the_linked_record_counts_more_than_the_address(self):
        """Somebody whose address was changed in Odoo, not yet in the CRM."""
        other = self.known("contact", "vera@example.com")
        sync, _run = self.imported("lead")
        contact = sync.list_id.contact_ids[0]
        binding = self.env["infor.crm.binding"].search(
            [("odoo_model", "=", "mailing.contact"), ("res_id", "=", contact.id)]
        )
        contact.email = "vera@example.com"
        self.env.flush_all()
        self.both()
        self.visit()
        self.drain()
        self.assertTrue(self.notes_of(binding.key))
        self.assertFalse(self.notes_of(other))

    def test_a_linked_record_that_is_gone_is_found_by_address_or_made(self):
        sync, _run = self.imported("lead")
        contact = sync.list_id.contact_ids[0]
        binding = self.env["infor.crm.binding"].search(
            [("odoo_model", "=", "mailing.contact"), ("res_id", "=", contact.id)]
        )
        self.crm.sql("DELETE FROM LEAD WHERE LEADID = ?", [binding.key])
        self.both()
        self.visit(email_from=contact.email)
        self.drain()
        self.assertEqual(len(self.leads(contact.email)), 1)

    def test_several_records_the_one_changed_last(self):
        old = self.known("lead")
        new = self.known("lead")
        self.crm.sql(
            "UPDATE LEAD SET MODIFYDATE = MODIFYDATE - 90000 WHERE LEADID = ?", [old]
        )
        self.both()
        self.visit()
        self.drain()
        self.assertTrue(self.notes_of(new))
        self.assertFalse(self.notes_of(old))
        self.assertFalse(self.env["infor.crm.question"].search([]))

    def test_asking_never_holds_a_submission_up(self):
        self.connector.match_rule = "ask"
        old = self.known("lead")
        new = self.known("lead")
        self.crm.sql(
            "UPDATE LEAD SET MODIFYDATE = MODIFYDATE - 90000 WHERE LEADID = ?", [old]
        )
        self.both()
        self.visit()
        self.drain()
        self.assertEqual(self.rows_of().state, "done")
        self.assertTrue(self.notes_of(new))
        question = self.env["infor.crm.question"].search([("type", "=", "match")])
        self.assertEqual(question.subject_key, "vera@example.com")
        self.assertEqual(question.state, "open")
        self.env["infor.crm.question"]._close_stale(self.connector)
        self.assertEqual(question.state, "open", "nobody decided yet")
        card = question.card_ids.filtered(lambda c: c.key == old)
        question._decide("record", card)
        self.env.flush_all()
        self.visit(subject="Once more")
        self.drain()
        self.assertEqual(len(self.notes_of(old)), 1, "what was decided holds")

    def test_the_same_person_twice_is_one_lead(self):
        self.both()
        for number in range(3):
            self.visit(subject=f"Question {number}")
        self.drain()
        lead = self.lead()
        self.assertEqual(len(self.notes_of(lead["LEADID"])), 2)
        self.assertEqual(set(self.rows_of().mapped("state")), {"done"})

    def test_somebody_pushed_from_a_list_is_not_made_twice(self):
        """Forms and lists claim the same address."""
        contact = self.env["mailing.contact"].create(
            {"email": "vera@example.com", "last_name": "V", "company_name": "A"}
        )
        target = self.env["mailing.list"].create({"name": "Own"})
        self.env["mailing.subscription"].create(
            {"list_id": target.id, "contact_id": contact.id}
        )
        sync = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=target.id
        )
        sync.sudo().write({"push": True, "push_add": True, "push_update": True})
        self.both()
        self.visit()
        run = sync._queue_run("manual", user=self.user, operation="push")
        self.env.flush_all()
        self.drain()
        self.work_off(run)
        self.assertEqual(len(self.leads()), 1)

    def test_a_claim_of_a_list_is_waited_for(self):
        self.both()
        self.visit()
        sync = self.start("lead")
        run = sync.last_run_id
        run.write({"state": "running", "lane": 3})
        self.env.flush_all()
        self.env["infor.crm.claim"]._take(run, ["vera@example.com"])
        self.env["infor.crm.claim"]._send(run, {"vera@example.com": ()})
        self.drain()
        row = self.rows_of()
        self.assertEqual(row.state, "waiting")
        self.assertIn("about to create", row.reason)
        self.assertFalse(self.leads())
        self.env["infor.crm.claim"]._settle(run, ["vera@example.com"])
        run.write({"state": "done", "lane": 0})
        with self.later(minutes=1):
            self.drain()
        self.assertEqual(len(self.leads()), 1)
