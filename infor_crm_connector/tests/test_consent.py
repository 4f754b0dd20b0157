"""Opt-outs travel both ways, and no sync lifts one."""

from datetime import UTC, datetime
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .consent_common import ConsentCase

CLIENT = "odoo.addons.infor_crm_connector.lib.sdata"


class ConsentMixin:
    # --- from Infor CRM ---------------------------------------------------------------

    def test_do_not_email_blacklists(self):
        key, person = self.a_person()
        self.crm_edit(key, DoNotEmail=True)
        run = self.synced()
        self.assertTrue(self.is_blacklisted(person.email_normalized))
        self.assertEqual(run.consent_imposed, 1)

    def test_do_not_solicit_blacklists(self):
        key, person = self.a_person()
        self.crm_edit(key, DoNotSolicit=True)
        self.synced()
        self.assertTrue(self.is_blacklisted(person.email_normalized))

    def test_why_is_kept_with_the_address(self):
        key, person = self.a_person()
        self.crm_edit(key, DoNotEmail=True)
        self.synced()
        entry = self.env["mail.blacklist"].search(
            [("email", "=", person.email_normalized)]
        )
        self.assertIn("Infor CRM", entry.message_ids[:1].body)

    def test_it_comes_even_where_nothing_is_pulled(self):
        self.set_up(self.sync, pull=False)
        key, person = self.a_person()
        self.crm_edit(key, DoNotEmail=True, FirstName="Renamed")
        run = self.synced()
        self.assertTrue(self.is_blacklisted(person.email_normalized))
        self.assertNotEqual(person.first_name, "Renamed")
        self.assertFalse(run.selected)

    def test_it_comes_with_the_push_of_another_list(self):
        key, person = self.a_person()
        other = self.env["mailing.list"].create({"name": "Other"})
        self.env["mailing.subscription"].create(
            {"list_id": other.id, "contact_id": person.id}
        )
        target = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=other.id
        )
        self.set_up(target, push=True, push_update=True)
        self.synced(target, "push")
        self.crm_edit(key, DoNotEmail=True)
        self.synced(target, "push")
        self.assertTrue(self.is_blacklisted(person.email_normalized))

    def test_a_new_record_is_opted_out_in_the_transaction_that_brings_it(self):
        self.crm_add("silent@people.example", DoNotEmail=True)
        self.synced()
        self.assertTrue(self.is_blacklisted("silent@people.example"))
        contact = self.contact("silent@people.example")
        self.assertTrue(self.subscription(contact).opt_out)

    # --- to Infor CRM -----------------------------------------------------------------

    def test_blacklisting_sets_do_not_email(self):
        key, person = self.a_person()
        self.blacklist(person.email)
        run = self.synced()
        self.assertTrue(self.flag(key))
        self.assertEqual(run.consent_sent, 1)
        outcome = self.outcome(run, key)
        self.assertEqual(
            (outcome.direction, outcome.reason), ("to_infor", "opt_out_told")
        )

    def test_it_is_told_once(self):
        key, person = self.a_person()
        self.blacklist(person.email)
        self.synced()
        self.crm.clear_requests()
        run = self.synced()
        self.assertFalse(self.crm_writes())
        self.assertFalse(run.consent_sent)
        self.assertTrue(self.is_blacklisted(person.email_normalized))
        self.assertTrue(self.flag(key))

    def test_who_was_blacklisted_before_the_import_is_told_with_the_first_sync(self):
        self.blacklist("early@people.example")
        key = self.crm_add("early@people.example")
        self.synced()
        self.synced()
        self.assertTrue(self.flag(key))

    def test_it_is_not_told_where_that_is_switched_off(self):
        self.connector.sudo().push_consent = False
        key, person = self.a_person()
        self.blacklist(person.email)
        self.synced()
        self.assertFalse(self.flag(key))
        self.connector.sudo().push_consent = True
        self.synced()
        self.assertTrue(self.flag(key))

    def test_many_are_told_in_batches(self):
        rows = self.some(20)
        for row in rows:
            self.blacklist(self.person(row).email)
        self.crm.clear_requests()
        run = self.synced()
        self.assertEqual(run.consent_sent, 20)
        self.assertEqual(len(self.crm_writes()), 1)
        self.assertTrue(all(self.flag(self.key(row)) for row in rows))

    def test_where_batches_are_refused_they_are_told_one_by_one(self):
        self.crm.switches(batch="refused")
        rows = self.some(5)
        for row in rows:
            self.blacklist(self.person(row).email)
        with mute_logger(CLIENT):
            run = self.synced()
        self.assertEqual(run.consent_sent, 5)

    def test_a_refusal_is_one_line_of_the_report(self):
        """What Infor CRM refuses waits for the next sync; nothing else is held up."""
        rows = self.some(4)
        for row in rows[:3]:
            self.blacklist(self.person(row).email)
        self.crm_edit(self.key(rows[3]), FirstName="Renamed")
        self.crm.fault(fault="fail_items", match="$batch", rows=3, status=400)
        with mute_logger(CLIENT):
            run = self.synced()
        self.assertFalse(run.consent_sent)
        for row in rows[:3]:
            failed = self.outcome(run, self.key(row))
            self.assertEqual(
                (failed.status, failed.reason), ("failed", "opt_out_refused")
            )
            self.assertTrue(failed.crm_message)
        self.assertEqual(self.person(rows[3]).first_name, "Renamed")
        self.crm.clear_faults()
        self.synced()
        self.assertTrue(all(self.flag(self.key(row)) for row in rows[:3]))

    def test_what_is_refused_once_is_tried_again_at_the_end(self):
        rows = self.some(4)
        for row in rows:
            self.blacklist(self.person(row).email)
        self.crm.fault(fault="fail_items", match="$batch", rows=1, count=1)
        with mute_logger(CLIENT):
            run = self.synced()
        self.assertEqual(run.consent_sent, 4)
        self.assertEqual(set(run.outcome_ids.mapped("reason")), {"opt_out_told"})

    def test_a_lost_answer_does_no_harm(self):
        key, person = self.a_person()
        self.blacklist(person.email)
        self.crm.fault(fault="drop_after", match="leads", method="PUT", count=1)
        with mute_logger(CLIENT):
            self.synced()
        self.assertTrue(self.flag(key))
        self.assertTrue(self.is_blacklisted(person.email_normalized))

    def test_killed_between_telling_and_noting_it_is_told_again(self):
        key, person = self.a_person()
        self.blacklist(person.email)
        worker = type(self.env["infor.crm.worker"])
        run = self.started()
        with (
            patch.object(worker, "_keep_told", side_effect=ZeroDivisionError),
            mute_logger("odoo.addons.infor_crm_connector.models.infor_crm_worker"),
        ):
            self.lane()
        self.assertTrue(self.flag(key))
        self.assertFalse(self.binding(key).opted_out)
        run.action_resume()
        self.work_off(run)
        self.assertEqual(run.state, "done", run.message)
        self.assertTrue(self.binding(key).opted_out)
        self.assertFalse(self.binding(key).opt_out_due)

    def test_all_records_of_a_person_are_told(self):
        """Linked as lead and as contact: both must not be e-mailed."""
        key, person = self.a_person()
        contacts, _run = self.imported("contact")
        self.set_up(contacts, **self.options)
        other = self.crm_add(person.email, "contact")
        self.synced(contacts)
        self.blacklist(person.email)
        self.synced()
        self.assertTrue(self.flag(key))
        self.assertTrue(self.flag(other, "contact"))

    # --- lists ------------------------------------------------------------------------

    def test_leaving_a_list_sets_nothing(self):
        key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.assertFalse(self.flag(key))
        self.assertFalse(self.is_blacklisted(person.email_normalized))

    def test_leaving_a_list_that_says_so_sets_do_not_email(self):
        self.set_up(self.sync, leaving_opts_out=True)
        key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.assertTrue(self.flag(key))
        self.assertTrue(self.is_blacklisted(person.email_normalized))

    def test_it_does_so_whatever_blacklisting_does(self):
        self.connector.sudo().push_consent = False
        self.set_up(self.sync, leaving_opts_out=True)
        key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.assertTrue(self.flag(key))

    # --- when -------------------------------------------------------------------------

    def test_in_quiet_hours_opt_outs_travel_and_the_rest_waits(self):
        key, person = self.a_person()
        other = self.some(2)[1]
        someone = self.person(other)
        before = someone.first_name
        self.blacklist(person.email)
        self.crm_edit(self.key(other), FirstName="Renamed")
        hour = datetime.now(UTC).hour
        self.connector.sudo().write(
            {
                "quiet_hours": True,
                "quiet_from": (hour - 1) % 24,
                "quiet_to": (hour + 2) % 24,
                "quiet_tz": "UTC",
            }
        )
        run = self.started()
        self.assertFalse(run.next_try, "waits although opt-outs may go on")
        self.lane()
        self.assertTrue(self.flag(key))
        self.assertEqual(someone.first_name, before)
        self.assertEqual(run.state, "queued")
        self.assertIn("quiet", run.message.lower())

    def test_our_own_opt_out_is_no_change_that_wins(self):
        """Changed in Infor CRM an hour ago, in Odoo half an hour ago; telling of the
        opt-out makes Infor CRM's record the younger one."""
        self.set_up(self.sync, pushing=("FirstName",))
        key, person = self.a_person()
        self.crm_edit(key, FirstName="Theirs")
        self.crm_modified(key, minutes=-60)
        self.crm.sql(
            "UPDATE LEAD SET MODIFYDATE = MODIFYDATE + 3540000 WHERE LEADID = ?", [key]
        )
        self.odoo_edit(person, minutes=1, first_name="Ours")
        self.blacklist(person.email)
        self.crm_clock(10)
        self.synced()
        self.assertEqual(person.first_name, "Ours")
        self.assertEqual(self.crm_row(key)["FIRSTNAME"], "Ours")

    def test_who_is_gone_from_infor_crm_is_not_told(self):
        key, person = self.a_person()
        self.blacklist(person.email)
        self.crm_delete(key)
        run = self.synced()
        self.assertFalse(run.consent_sent)
        self.assertTrue(self.binding(key).gone_since)
        self.assertTrue(self.is_blacklisted(person.email_normalized))


@tagged("post_install", "-at_install")
class TestConsent(ConsentMixin, ConsentCase):
    pass


@tagged("post_install", "-at_install")
class TestConsentOld(ConsentMixin, ConsentCase):
    generation = "7.5.4"
