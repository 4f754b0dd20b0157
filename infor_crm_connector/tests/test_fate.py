"""Linked records that the login no longer finds."""

from odoo.tests import tagged

from .sync_common import SyncCase


class FateMixin:
    options = {
        "pull": True,
        "pull_add": True,
        "pull_update": True,
        "push": True,
        "push_update": True,
        "push_add": True,
    }

    def notice(self, key, person):
        """A change in Odoo makes the next push ask for the record."""
        self.set_up(self.sync, pushing=("FirstName",))
        self.odoo_edit(person, first_name="Noticed")
        return self.synced()

    def log_in_as(self, login):
        self.connector.write({"login": login, "password": "secret"})
        self.connector.action_connect()
        self.assertEqual(self.connector.state, "connected", self.connector.check_html)

    def contacts_list(self):
        contacts, _run = self.imported("contact")
        self.set_up(contacts, **self.options)
        return contacts

    # --- gone -------------------------------------------------------------------------

    def test_the_link_stays_as_a_tombstone_and_nothing_is_made_anew(self):
        key, person = self.a_person()
        self.crm_delete(key)
        run = self.notice(key, person)
        link = self.binding(key)
        self.assertTrue(link.gone_since)
        self.assertTrue(person.exists())
        self.assertTrue(self.subscription(person))
        before = len(self.rows())
        self.odoo_edit(person, first_name="Again")
        self.synced()
        self.assertEqual(len(self.rows()), before, "pushed as a new record")
        self.assertIn("deleted", self.reasons(run, key))

    def test_deleted_is_claimed_on_evidence_only(self):
        """The administrator sees all; of anybody else it cannot be told."""
        key, person = self.a_person()
        self.log_in_as("dora")
        self.crm_delete(key)
        self.notice(key, person)
        self.assertEqual(self.binding(key).gone_reason, "not_found")

    def test_an_audit_row_is_evidence(self):
        key, person = self.a_person()
        self.log_in_as("dora")
        self.crm.switches(audit="all")
        self.crm_remove(key)
        self.notice(key, person)
        self.assertEqual(self.binding(key).gone_reason, "deleted")

    def crm_remove(self, key):
        """As somebody deletes it there, so that the audit tells."""
        import urllib.request

        request = urllib.request.Request(
            f"{self.crm.sdata}/dynamic/-/leads('{key}')?format=json",
            method="DELETE",
            headers={"Authorization": "Basic YWRtaW46"},
        )
        urllib.request.urlopen(request, timeout=20).close()

    def test_it_relinks_when_it_reappears(self):
        key, person = self.a_person()
        (row,) = self.crm.sql("SELECT SECCODEID FROM LEAD WHERE LEADID = ?", [key])
        self.log_in_as("dora")
        self.crm.sql(
            "UPDATE LEAD SET SECCODEID = 'FNOBODY00001' WHERE LEADID = ?", [key]
        )
        self.notice(key, person)
        self.assertTrue(self.binding(key).gone_since)
        self.crm.sql(
            "UPDATE LEAD SET SECCODEID = ? WHERE LEADID = ?", [row["SECCODEID"], key]
        )
        self.crm_modified(key, minutes=0)
        self.synced()
        self.assertFalse(self.binding(key).gone_since)

    def test_a_false_answer_makes_nobody_gone(self):
        key, person = self.a_person()
        self.set_up(self.sync, pushing=("FirstName",))
        self.odoo_edit(person, first_name="Noticed")
        self.crm.fault(fault="empty_feed", match="Id in (", method="GET", count=1)
        self.synced()
        self.assertFalse(self.binding(key).gone_since)

    def test_an_answer_cut_short_makes_nobody_gone(self):
        """Asked for by key, as a member of the other kind or for a push."""
        contacts = self.contacts_list()
        key, person = self.a_person()
        contacts.list_id.contact_ids = [(4, person.id)]
        self.synced(contacts)
        contacts.sudo().read_all = True
        self.crm.fault(fault="drop_rows", match="Id in (", method="GET", rows=1)
        self.synced(contacts)
        self.assertFalse(self.binding(key).gone_since)
        self.notice(key, person)
        self.assertFalse(self.binding(key).gone_since)
        self.assertNotEqual(self.crm_row(key)["FIRSTNAME"], "Noticed")
        self.crm.clear_faults()
        self.synced()
        self.assertEqual(self.crm_row(key)["FIRSTNAME"], "Noticed")

    # --- converted --------------------------------------------------------------------

    def test_the_history_of_leads_proves_a_conversion(self):
        self.crm.switches(lead_history_feed=True)
        key, person = self.a_person()
        made = self.crm_convert(key)
        run = self.notice(key, person)
        link = self.binding(made["contact"].strip(), "contact")
        self.assertEqual((link.res_id, link.converted_from), (person.id, key))
        self.assertFalse(self.binding(key))
        self.assertIn("converted", self.reasons(run, key))

    def test_without_it_a_unique_address_does(self):
        key, person = self.a_person()
        made = self.crm_convert(key)
        self.notice(key, person)
        link = self.binding(made["contact"].strip(), "contact")
        self.assertEqual((link.res_id, link.converted_from), (person.id, key))

    def test_with_several_of_that_address_somebody_is_asked(self):
        key, person = self.a_person()
        self.crm_convert(key)
        self.crm_add(person.email, "contact")
        run = self.notice(key, person)
        self.assertTrue(self.binding(key).gone_since)
        question = self.env["infor.crm.question"].search(
            [("connector_id", "=", self.connector.id), ("type", "=", "conversion")]
        )
        self.assertEqual((question.subject_key, question.state), (key, "open"))
        self.assertEqual(run.questions, 1)

    def test_it_stays_in_the_leads_list(self):
        key, person = self.a_person()
        self.crm_convert(key)
        self.notice(key, person)
        self.assertTrue(self.subscription(person))

    def test_it_leaves_where_that_is_set(self):
        self.connector.sudo().converted_leads_leave = True
        key, person = self.a_person()
        self.crm_convert(key)
        self.notice(key, person)
        self.assertFalse(self.subscription(person))

    def test_it_joins_the_contacts_list_that_takes_new_ones(self):
        contacts = self.contacts_list()
        key, person = self.a_person()
        self.crm_convert(key)
        self.notice(key, person)
        self.assertTrue(self.subscription(person, contacts))

    def test_it_is_one_person_when_the_contacts_list_met_it_first(self):
        contacts = self.contacts_list()
        key, person = self.a_person()
        made = self.crm_convert(key)
        self.synced(contacts)
        self.notice(key, person)
        link = self.binding(made["contact"].strip(), "contact")
        self.assertEqual(link.res_id, person.id)
        self.assertFalse(self.binding(key))

    def test_opt_outs_follow(self):
        key, person = self.a_person(opted_out=True)
        made = self.crm_convert(key)
        self.set_up(self.sync, pushing=("FirstName",))
        self.odoo_edit(person, first_name="Noticed")
        self.synced()
        self.synced()
        self.assertTrue(self.is_blacklisted(person.email_normalized))
        contact = self.crm_row(made["contact"].strip(), "contact")
        self.assertTrue(contact["DONOTEMAIL"] or contact["DONOTSOLICIT"])

    def test_who_left_the_leads_list_does_not_get_into_the_contacts_list(self):
        contacts = self.contacts_list()
        key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.crm_convert(key)
        self.notice(key, person)
        self.assertTrue(self.subscription(person, contacts).opt_out)

    def test_likewise_when_the_contacts_list_met_the_contact_first(self):
        contacts = self.contacts_list()
        key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.crm_convert(key)
        self.synced(contacts)
        self.assertTrue(self.subscription(person, contacts).opt_out)

    # --- when people say so -----------------------------------------------------------

    def decided(self, key, person):
        """Somebody says which of two contacts with the address the lead became."""
        contact = self.crm_convert(key)["contact"].strip()
        self.crm_add(person.email, "contact")
        self.notice(key, person)
        question = self.env["infor.crm.question"].search(
            [("connector_id", "=", self.connector.id), ("type", "=", "conversion")]
        )
        self.assertEqual(question.state, "open")
        question.card_ids.filtered(lambda card: card.key == contact).action_choose()
        self.env.flush_all()
        self.env.invalidate_all()
        return contact

    def test_as_people_decide_link_and_lists_follow_as_if_it_were_proven(self):
        contacts = self.contacts_list()
        key, person = self.a_person()
        link = self.binding(self.decided(key, person), "contact")
        self.assertEqual((link.res_id, link.converted_from), (person.id, key))
        self.assertFalse(link.gone_since)
        self.assertTrue(self.subscription(person), "stays in the leads list")
        self.assertTrue(self.subscription(person, contacts), "joins the contacts")
        before = len(self.rows("contact"))
        self.synced(contacts)
        self.synced()
        self.assertEqual(len(self.rows("contact")), before)
        self.assertEqual(len(self.subscription(person, contacts)), 1)

    def test_as_people_decide_it_leaves_where_that_is_set(self):
        self.connector.sudo().converted_leads_leave = True
        key, person = self.a_person()
        self.decided(key, person)
        self.assertFalse(self.subscription(person))

    def test_as_people_decide_opt_outs_follow(self):
        contacts = self.contacts_list()
        key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.env["mail.blacklist"]._add(person.email)
        self.synced()
        contact = self.decided(key, person)
        self.assertTrue(self.subscription(person, contacts).opt_out)
        self.synced()
        self.assertTrue(self.crm_row(contact, "contact")["DONOTEMAIL"])
        self.assertTrue(self.is_blacklisted(person.email_normalized))

    def test_as_people_decide_its_values_come_with_the_next_sync(self):
        """Though it was changed long before anybody decided."""
        key, person = self.a_person()
        contact = self.decided(key, person)
        self.crm_edit(contact, "contact", LastName="Married")
        self.crm_modified(contact, -60 * 24, "contact")
        self.synced()
        self.assertEqual(person.last_name, "Married")

    def test_its_values_go_on_from_the_contact(self):
        key, person = self.a_person()
        made = self.crm_convert(key)
        self.notice(key, person)
        contact = made["contact"].strip()
        self.crm_edit(contact, "contact", LastName="Married")
        self.synced()
        self.assertEqual(person.last_name, "Married")


@tagged("post_install", "-at_install")
class TestFate(FateMixin, SyncCase):
    pass


@tagged("post_install", "-at_install")
class TestFateOld(FateMixin, SyncCase):
    generation = "7.5.4"
