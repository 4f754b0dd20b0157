"""What is edited in Odoo travels to Infor CRM: only what may, and nothing is lost."""

from unittest.mock import patch

from odoo.tests import tagged

from ..tools.push_rows import PushRows
from .push_common import PushCase


class ChangesCase(PushCase):
    """A list of its own with one linked person."""

    email = "ann@linked.example"

    def setUp(self):
        super().setUp()
        self.sync, self.ann = self.linked(self.email)
        self.key = self.binding_of(self.ann).key

    def linked(self, email, fields=(), **values):
        person = self.person(email, first_name="Ann", city="Linz", **values)
        sync = self.push_list(person, name=f"List of {email}")
        self.pushed(sync)
        self.options(sync, fields=fields)
        self.crm.clear_requests()
        return sync, person

    def crm_edit(self, kind="lead", key=None, **columns):
        """Somebody in the CRM edits; the record's times move."""
        with self.connector._client() as client:
            client.update(f"{kind}s", key or self.key, columns)

    def lead(self):
        return self.crm_row("lead", self.key)


class Changes:
    """Permissions, conflicts, blanks and values that do not fit, on the way out."""

    def test_without_picked_fields_nothing_is_sent(self):
        self.touch(self.ann, first_name="Anna")
        run = self.pushed(self.sync)
        self.assertEqual((run.push_selected, run.push_unchanged), (1, 1))
        self.assertEqual(self.writes(), [])
        # looked at once: the version is remembered
        self.assertEqual(self.pushed(self.sync).push_selected, 0)

    def test_a_picked_field_is_sent_and_said_from_what_to_what(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna", last_name="Roe")
        run = self.pushed(self.sync)
        self.assertEqual((run.push_selected, run.push_updated), (1, 1))
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")
        self.assertEqual(self.lead()["LASTNAME"], "Doe")
        outcome = self.outcome_of(run, self.ann)
        self.assertEqual((outcome.status, outcome.reason), ("updated", "pushed"))
        self.assertIn("Ann → Anna", outcome.detail)
        self.assertEqual(outcome.key, self.key)
        again = self.pushed(self.sync)
        self.assertEqual(again.push_selected, 0)
        self.assertEqual(self.binding_of(self.ann).base["first_name"], "Anna")

    def test_a_field_of_the_address_changes_that_address(self):
        self.options(self.sync, fields=["Address/City", "Address/Address1"])
        self.touch(self.ann, city="Graz", street="Main St 1")
        addresses = self.crm.sql("SELECT count(*) AS n FROM LEAD_ADDRESS")
        self.pushed(self.sync)
        (row,) = self.crm.sql(
            "SELECT CITY, ADDRESS1 FROM LEAD_ADDRESS WHERE LEADID = ?", [self.key]
        )
        self.assertEqual((row["CITY"], row["ADDRESS1"]), ("Graz", "Main St 1"))
        self.assertEqual(
            self.crm.sql("SELECT count(*) AS n FROM LEAD_ADDRESS"), addresses
        )

    def test_one_list_that_allows_a_field_is_enough(self):
        other = self.env["mailing.list"].create({"name": "Other"})
        self.join(other, self.ann)
        second = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=other.id
        )
        self.options(second, ["FirstName"], push=True, push_update=True)
        self.touch(self.ann, first_name="Anna")
        run = self.pushed(self.sync)
        self.assertEqual(run.push_updated, 1)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")

    def test_a_list_that_only_adds_updates_nobody(self):
        self.options(self.sync, fields=["FirstName"], push_update=False)
        self.touch(self.ann, first_name="Anna")
        run = self.pushed(self.sync)
        self.assertEqual(run.push_selected, 0)
        self.assertEqual(self.lead()["FIRSTNAME"], "Ann")

    def test_what_is_paused_waits_and_travels_afterwards(self):
        self.options(self.sync, fields=["FirstName"], push_paused=True)
        self.touch(self.ann, first_name="Anna")
        self.pushed(self.sync)
        self.assertEqual(self.lead()["FIRSTNAME"], "Ann")
        self.options(self.sync, push_paused=False)
        self.pushed(self.sync)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")

    def test_different_fields_edited_on_both_sides_both_stay(self):
        self.options(self.sync, fields=["FirstName"])
        self.crm_edit(WorkPhone="555")
        self.touch(self.ann, first_name="Anna")
        self.pushed(self.sync)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")
        self.assertEqual(self.lead()["WORKPHONE"], "555")

    def test_a_push_only_list_overwrites_and_says_what_was_lost(self):
        self.options(self.sync, fields=["FirstName"])
        self.crm_edit(FirstName="Annie")
        self.touch(self.ann, first_name="Anna")
        run = self.pushed(self.sync)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")
        outcome = self.outcome_of(run, self.ann)
        self.assertEqual(outcome.reason, "overwritten")
        self.assertIn("Annie", outcome.detail)

    def test_a_blanked_value_erases_nothing_and_is_said(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name=False)
        run = self.pushed(self.sync)
        self.assertEqual(self.lead()["FIRSTNAME"], "Ann")
        outcome = self.outcome_of(run, self.ann)
        self.assertEqual(outcome.reason, "cleared")
        self.assertEqual(run.push_unchanged, 1)

    def test_a_field_that_may_clear_is_erased(self):
        self.env["infor.crm.field.mapping"].search(
            [("kind", "=", "lead"), ("odoo_field", "=", "first_name")]
        ).may_clear = True
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name=False)
        self.assertEqual(self.pushed(self.sync).push_updated, 1)
        self.assertFalse(self.lead()["FIRSTNAME"])

    def test_a_value_that_does_not_fit_is_left_out_and_the_rest_is_sent(self):
        self.options(self.sync, fields=["FirstName", "WorkPhone"])
        self.touch(self.ann, first_name="A" * 200, phone="555")
        run = self.pushed(self.sync)
        self.assertEqual(run.push_updated, 1)
        self.assertEqual(self.lead()["WORKPHONE"], "555")
        self.assertEqual(self.lead()["FIRSTNAME"], "Ann")
        self.assertIn("200 characters", self.outcome_of(run, self.ann).detail)

    def test_when_nothing_fits_the_record_is_skipped_with_the_reason(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="A" * 200)
        run = self.pushed(self.sync)
        self.assertEqual((run.push_skipped, run.push_selected), (1, 1))
        self.assertEqual(self.outcome_of(run, self.ann).reason, "left_out")
        self.assertEqual(self.writes(), [])

    def test_an_address_that_is_not_mapped_holds_nobody_up(self):
        self.env["infor.crm.field.mapping"].search(
            [
                ("kind", "=", "lead"),
                ("odoo_model", "=", "mailing.contact"),
                ("crm_field", "=like", "Address/%"),
            ]
        ).unlink()
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna", city="Graz")
        run = self.pushed(self.sync)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")
        self.assertIn("address was not sent", self.outcome_of(run, self.ann).detail)

    def test_an_edit_while_the_change_travels_is_sent_next_time(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna")
        agree = PushRows.agree

        def edited_meanwhile(rows, changes):
            person = rows._env["mailing.contact"].browse(self.ann.id)
            self.touch_in(rows._env, person, first_name="Anne")
            agree(rows, changes)

        with patch.object(PushRows, "agree", edited_meanwhile):
            self.pushed(self.sync)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")
        run = self.pushed(self.sync)
        self.assertEqual(run.push_updated, 1)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anne")

    def test_what_a_colleague_writes_meanwhile_is_not_lost_without_a_word(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna")
        with self.edited_late(self.key, FirstName="Annie", Title="Dr"):
            run = self.pushed(self.sync)
        self.assertEqual((run.push_updated, run.push_failed), (1, 0))
        self.assertEqual(
            (self.lead()["FIRSTNAME"], self.lead()["TITLE"]), ("Anna", "Dr")
        )
        outcome = self.outcome_of(run, self.ann)
        self.assertEqual(outcome.reason, "overwritten")
        self.assertIn("Annie → Anna", outcome.detail)
        self.assertEqual(self.pushed(self.sync).push_selected, 0)

    def test_where_versions_never_match_values_travel_all_the_same(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna")
        self.crm.fault(fault="status", status=412, match="leads", method="PUT", count=1)
        self.assertEqual(self.pushed(self.sync).push_updated, 1)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")

    def test_an_edited_address_is_an_ordinary_change(self):
        """Matched by address once, then the key is the link."""
        self.options(self.sync, fields=["Email"])
        self.touch(self.ann, email="ann@moved.example")
        run = self.pushed(self.sync)
        self.assertEqual((run.push_updated, run.push_created), (1, 0))
        self.assertEqual(self.lead()["EMAIL"], "ann@moved.example")
        self.crm_edit(Email="ann@again.example")
        run = self.pushed(self.sync)
        self.assertEqual(run.push_created, 0)
        self.assertEqual(len(self.binding_of(self.ann)), 1)
        found = self.crm.sql("SELECT * FROM LEAD WHERE LASTNAME = 'Doe'")
        self.assertEqual(len([r for r in found if "ann@" in (r["EMAIL"] or "")]), 1)

    # --- what Infor CRM answers -------------------------------------------------------

    def test_a_refusal_is_one_line_with_the_words_of_infor_crm(self):
        sync, bob = self.linked("bob@linked.example", fields=["FirstName"])
        self.options(self.sync, fields=["FirstName"])
        self.join(sync.list_id, self.ann)
        self.touch(self.ann + bob, first_name="New")
        self.crm.switches(batch="refused")
        message = "The rule of this company says no."
        self.crm.fault(
            fault="status", status=500, message=message, match=self.key, method="PUT"
        )
        run = self.pushed(sync)
        self.assertEqual((run.push_failed, run.push_updated), (1, 1))
        outcome = self.outcome_of(run, self.ann)
        self.assertEqual(outcome.status, "failed")
        self.assertEqual(outcome.crm_message, message)
        self.assertTrue(outcome.crm_code)
        self.crm.clear_faults()
        again = self.pushed(sync)
        self.assertEqual((again.push_selected, again.push_updated), (1, 1))

    def test_missing_rights_are_said_to_be_rights(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna")
        self.crm.fault(fault="status", status=403, match="leads", method="PUT")
        run = self.pushed(self.sync)
        outcome = self.outcome_of(run, self.ann)
        self.assertEqual((outcome.status, outcome.reason), ("failed", "rights"))

    def test_a_lost_answer_is_no_second_change(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna")
        self.crm.fault(fault="drop_after", match="leads", method="PUT", count=2)
        run = self.pushed(self.sync)
        self.assertEqual(run.push_updated, 1)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")

    def test_an_outage_waits_for_better_times_and_blames_no_record(self):
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna")
        self.crm.fault(fault="html_503", match="leads", method="PUT", count=4)
        run = self.work_off(self.sync._queue_run("manual", operation="push"))
        self.assertEqual(run.state, "queued", run.message)
        self.assertTrue(run.next_try)
        self.assertEqual((run.push_failed, run.push_selected), (0, 0))
        self.crm.clear_faults()
        self.hurry(run)
        self.work_off(run)
        self.assertEqual((run.state, run.push_updated), ("done", 1))
        self.assertPushAddsUp(run)

    def test_a_server_that_insists_on_versions_gets_them(self):
        self.crm.switches(etag_required=True)
        self.options(self.sync, fields=["FirstName"])
        self.touch(self.ann, first_name="Anna")
        self.assertEqual(self.pushed(self.sync).push_updated, 1)
        self.assertEqual(self.lead()["FIRSTNAME"], "Anna")

    def test_a_record_that_is_gone_is_no_failure_and_not_made_anew(self):
        self.options(self.sync, fields=["FirstName"])
        self.crm.sql("DELETE FROM LEAD WHERE LEADID = ?", [self.key])
        self.touch(self.ann, first_name="Anna")
        run = self.pushed(self.sync)
        self.assertEqual((run.push_skipped, run.push_failed), (1, 0))
        self.assertTrue(self.binding_of(self.ann).gone_since)
        run = self.pushed(self.sync)
        self.assertEqual((run.push_selected, run.push_created), (0, 0))
        self.assertEqual(self.leads_of(self.email), [])

    def touch_in(self, env, record, **values):
        record.write(values)
        env.flush_all()
        env.cr.execute(
            "UPDATE mailing_contact SET write_date = clock_timestamp()"
            " AT TIME ZONE 'UTC' WHERE id = %s",
            [record.id],
        )


@tagged("post_install", "-at_install")
class TestChanges8(Changes, ChangesCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestChanges7(Changes, ChangesCase):
    generation = "7.5.4"


@tagged("post_install", "-at_install")
class TestManyChanges(PushCase):
    """Requests go by what changed, not by what there is."""

    crm_options = {"seed": 1, "leads": 250, "contacts": 0}

    def setUp(self):
        super().setUp()
        self.sync, _run = self.imported("lead")
        self.options(self.sync, ["FirstName"], push=True, push_update=True)
        self.crm.clear_requests()

    def test_two_hundred_changes_are_two_reads_and_two_batches(self):
        people = self.members(self.sync)[:200]
        self.touch(people, first_name="New")
        run = self.pushed(self.sync, operation="push")
        self.assertEqual(run.push_updated, 200)
        asked = [r["path"].rsplit("/", 1)[-1] for r in self.writes() + self.reads()]
        self.assertEqual(sorted(asked), ["$batch", "$batch", "leads", "leads"])
        self.crm.clear_requests()
        self.assertEqual(self.pushed(self.sync, operation="push").push_selected, 0)
        self.assertQuiet()

    def test_unrelated_edits_cost_no_request(self):
        self.touch(self.members(self.sync)[:150], last_name="Else")
        run = self.pushed(self.sync, operation="push")
        self.assertEqual((run.push_selected, run.push_unchanged), (150, 150))
        self.assertQuiet()

    def test_where_batches_are_refused_all_arrive_one_by_one(self):
        self.crm.switches(batch="refused")
        self.touch(self.members(self.sync)[:120], first_name="New")
        self.assertEqual(self.pushed(self.sync, operation="push").push_updated, 120)
        (row,) = self.crm.sql("SELECT count(*) AS n FROM LEAD WHERE FIRSTNAME = 'New'")
        self.assertEqual(row["n"], 120)

    def test_of_a_batch_only_what_was_edited_meanwhile_is_looked_at_again(self):
        people = self.members(self.sync)[:20]
        self.touch(people, first_name="New")
        key = self.binding_of(people[3]).key
        with self.edited_late(key, FirstName="Late", Title="Dr"):
            run = self.pushed(self.sync, operation="push")
        self.assertEqual((run.push_updated, run.push_failed), (20, 0))
        self.assertEqual(self.crm_row("lead", key)["TITLE"], "Dr")
        self.assertEqual(self.crm_row("lead", key)["FIRSTNAME"], "New")
        self.assertIn("Late → New", self.outcome_of(run, people[3]).detail)
        methods = [request["method"] for request in self.writes()]
        # the batch, the colleague's own, and ours once more
        self.assertEqual(sorted(methods), ["POST", "PUT", "PUT"])

    def test_one_bad_item_of_a_batch_is_one_line(self):
        self.crm.switches(batch_failure="container")
        people = self.members(self.sync)[:20]
        self.touch(people, first_name="New")
        self.crm.fault(fault="fail_items", rows=1, status=500, match="leads", count=1)
        run = self.pushed(self.sync, operation="push")
        self.assertEqual(run.push_updated + run.push_failed, 20)
        self.assertGreaterEqual(run.push_updated, 19)
