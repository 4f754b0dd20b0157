"""People of Odoo who are not linked yet: matched by address, linked, or made leads."""

from odoo.tests import tagged

from .push_common import PushCase


class NewPeople:
    """The same on both generations."""

    def test_a_member_that_nobody_knows_becomes_a_lead_with_the_defaults(self):
        self.connector.write(
            {
                "default_status": "New",
                "default_type": "Prospect",
                "missing_company": "text",
                "missing_company_text": "Unknown",
            }
        )
        ann = self.person("ann@new.example", first_name="Ann", company_name=False)
        run = self.pushed(self.push_list(ann))
        self.assertEqual((run.push_selected, run.push_created), (1, 1))
        (lead,) = self.leads_of("ann@new.example")
        self.assertEqual(lead["FIRSTNAME"], "Ann")
        self.assertEqual(lead["COMPANY"], "Unknown")
        self.assertEqual(lead["STATUS"], "New")
        binding = self.binding_of(ann)
        self.assertEqual((binding.kind, binding.key), ("lead", lead["LEADID"].strip()))
        self.assertFalse(binding.made)
        self.assertEqual(binding.base["first_name"], "Ann")

    def test_pushed_twice_it_is_one_lead_and_the_second_run_does_nothing(self):
        sync = self.push_list(self.person("ann@new.example"))
        self.pushed(sync)
        self.crm.clear_requests()
        run = self.pushed(sync)
        self.assertEqual(run.push_selected, 0)
        self.assertEqual(len(self.leads_of("ann@new.example")), 1)
        self.assertQuiet()

    def test_a_new_member_of_a_contacts_list_becomes_a_lead(self):
        sync, _run = self.imported("contact")
        self.options(sync, push=True, push_add=True)
        ann = self.person("ann@new.example")
        self.join(sync.list_id, ann)
        contacts = len(self.rows("contact"))
        run = self.pushed(sync)
        self.assertEqual(run.push_created, 1)
        self.assertEqual(len(self.leads_of("ann@new.example")), 1)
        self.assertEqual(len(self.rows("contact")), contacts)

    def test_removed_later_the_person_does_not_come_back(self):
        sync, _run = self.imported("lead")
        self.options(sync, push=True, push_add=True)
        ann = self.person("ann@new.example")
        self.join(sync.list_id, ann)
        self.pushed(sync)
        ann.subscription_ids.unlink()
        self.again(sync)
        self.assertFalse(ann.subscription_ids)

    def test_whoever_infor_crm_knows_is_linked_and_not_made_again(self):
        key = self.add_record("lead", "ann@known.example", FirstName="Annie")
        ann = self.person("ann@known.example", first_name="Ann")
        run = self.pushed(self.push_list(ann))
        self.assertEqual((run.push_linked, run.push_created), (1, 0))
        self.assertEqual(self.binding_of(ann).key, key)
        # no field is picked, so none travels
        self.assertEqual(self.crm_row("lead", key)["FIRSTNAME"], "Annie")
        self.assertEqual(self.outcome_of(run, ann).reason, "linked")

    def test_addresses_match_whatever_their_case_and_blanks(self):
        for collation in ("CI", "CS"):
            with self.subTest(collation):
                self.crm.switches(collation=collation)
                key = self.add_record("lead", f" Ann.{collation}@Known.example ")
                ann = self.person(f"ann.{collation}@known.example")
                self.pushed(self.push_list(ann, name=collation))
                self.assertEqual(self.binding_of(ann).key, key)

    def test_addresses_match_whatever_is_written_around_them(self):
        for collation in ("CI", "CS"):
            with self.subTest(collation):
                self.crm.switches(collation=collation)
                made = f"Ann Doe <Ann.{collation}@Known.example>"
                key = self.add_record("contact", made)
                self.add_record("lead", f"jo-ann.{collation}@known.example")
                ann = self.person(f"ann.{collation}@known.example")
                run = self.pushed(self.push_list(ann, name=f"Around {collation}"))
                self.assertEqual(self.binding_of(ann).key, key)
                self.assertEqual((run.push_linked, run.push_created), (1, 0))

    def test_the_linked_record_is_updated_by_the_picks(self):
        key = self.add_record("lead", "ann@known.example", FirstName="Annie")
        ann = self.person("ann@known.example", first_name="Ann", phone="555")
        sync = self.push_list(ann, fields=["WorkPhone"])
        run = self.pushed(sync)
        self.assertEqual(self.crm_row("lead", key)["WORKPHONE"], "555")
        self.assertEqual(self.crm_row("lead", key)["FIRSTNAME"], "Annie")
        self.assertIn("555", self.outcome_of(run, ann).detail)
        self.assertEqual(self.pushed(sync).push_selected, 0)

    def test_of_a_contact_and_a_lead_the_contact_is_meant(self):
        lead = self.add_record("lead", "ann@known.example")
        contact = self.add_record("contact", "ann@known.example")
        ann = self.person("ann@known.example", phone="555")
        self.pushed(self.push_list(ann, fields=["WorkPhone"]))
        binding = self.binding_of(ann)
        self.assertEqual((binding.kind, binding.key), ("contact", contact))
        self.assertEqual(self.crm_row("contact", contact)["WORKPHONE"], "555")
        self.assertFalse(self.crm_row("lead", lead)["WORKPHONE"])

    def test_of_several_the_rule_takes_the_recent_or_the_oldest(self):
        for rule, expected in (("recent", 1), ("oldest", 0)):
            with self.subTest(rule):
                self.connector.match_rule = rule
                email = f"{rule}@known.example"
                keys = [self.add_record("lead", email) for _n in range(2)]
                for number, key in enumerate(keys):
                    self.crm.sql(
                        "UPDATE LEAD SET MODIFYDATE = ?, CREATEDATE = ?"
                        " WHERE LEADID = ?",
                        [1_767_312_000_000 + number * 86_400_000] * 2 + [key],
                    )
                ann = self.person(email)
                self.pushed(self.push_list(ann, name=rule))
                self.assertEqual(self.binding_of(ann).key, keys[expected])

    def test_asked_for_it_waits_for_a_decision_and_keeps_to_it(self):
        self.connector.match_rule = "ask"
        keys = [self.add_record("lead", "ann@known.example") for _n in range(2)]
        ann = self.person("ann@known.example")
        sync = self.push_list(ann)
        run = self.pushed(sync)
        self.assertEqual((run.push_waiting, run.questions), (1, 1))
        self.assertEqual(self.outcome_of(run, ann).reason, "ask")
        self.assertFalse(self.binding_of(ann))
        question = self.env["infor.crm.question"].search(
            [("connector_id", "=", self.connector.id), ("type", "=", "match")]
        )
        card = question.card_ids.filtered(lambda c: c.key == keys[0])
        question.with_user(self.user)._decide("record", card=card)
        self.assertEqual(self.pushed(sync).push_linked, 1)
        self.assertEqual(self.binding_of(ann).key, keys[0])

    def test_somebody_new_as_decided_becomes_a_lead(self):
        self.connector.match_rule = "ask"
        for _n in range(2):
            self.add_record("lead", "ann@known.example")
        ann = self.person("ann@known.example")
        sync = self.push_list(ann)
        self.pushed(sync)
        question = self.env["infor.crm.question"].search(
            [("connector_id", "=", self.connector.id), ("type", "=", "match")]
        )
        question.with_user(self.user)._decide("new")
        self.assertEqual(self.pushed(sync).push_created, 1)
        self.assertEqual(len(self.leads_of("ann@known.example")), 3)

    def test_two_members_with_one_address_are_one_record(self):
        one = self.person("ann@new.example", first_name="Ann")
        two = self.person("Ann@new.example", first_name="Twin")
        sync = self.push_list(one, two)
        run = self.pushed(sync)
        self.assertEqual((run.push_created, run.push_skipped), (1, 1))
        self.assertEqual(self.outcome_of(run, two).reason, "same_address")
        self.assertTrue(self.binding_of(one))
        self.assertEqual(self.pushed(sync).push_created, 0)
        self.assertEqual(len(self.leads_of("ann@new.example")), 1)

    def test_nobody_without_a_usable_address_is_pushed(self):
        nobody = self.person(False)
        odd = self.person("@new.example")
        run = self.pushed(self.push_list(nobody, odd))
        self.assertEqual((run.push_selected, run.push_skipped), (2, 2))
        self.assertEqual(self.outcome_of(run, nobody).reason, "no_email")
        self.assertEqual(self.writes(), [])

    def test_where_adding_is_off_nobody_is_made_but_the_known_are_linked(self):
        self.add_record("lead", "bob@known.example")
        ann, bob = self.person("ann@new.example"), self.person("bob@known.example")
        sync = self.push_list(ann, bob)
        self.options(sync, push_add=False)
        run = self.pushed(sync)
        self.assertEqual((run.push_linked, run.push_skipped), (1, 1))
        self.assertEqual(self.outcome_of(run, ann).reason, "not_added")
        self.assertEqual(self.leads_of("ann@new.example"), [])

    def test_without_what_a_lead_needs_the_person_is_skipped_with_the_reason(self):
        ann = self.person("ann@new.example", last_name=False, company_name=False)
        run = self.pushed(self.push_list(ann))
        outcome = self.outcome_of(run, ann)
        self.assertEqual((outcome.status, outcome.reason), ("skipped", "incomplete"))
        self.assertIn("last name", outcome.detail)
        self.assertFalse(self.env["infor.crm.claim"].search([("state", "!=", "done")]))

    def test_a_lead_is_made_without_what_does_not_fit_and_that_is_said(self):
        ann = self.person("ann@new.example", phone="5" * 200)
        run = self.pushed(self.push_list(ann))
        self.assertEqual(run.push_created, 1)
        outcome = self.outcome_of(run, ann)
        self.assertEqual((outcome.status, outcome.reason), ("created", "left_out"))
        self.assertNotIn("phone", self.binding_of(ann).base)

    def test_a_lead_is_made_without_an_address_that_is_not_mapped(self):
        self.env["infor.crm.field.mapping"].search(
            [("kind", "=", "lead"), ("crm_field", "=like", "Address/%")]
        ).unlink()
        ann = self.person("ann@new.example", city="Linz")
        run = self.pushed(self.push_list(ann))
        self.assertEqual(run.push_created, 1)
        self.assertIn("address was not sent", self.outcome_of(run, ann).detail)

    def test_a_refused_lead_is_one_line_with_the_words_of_infor_crm(self):
        self.crm.switches(batch="refused")
        ann, bob = self.person("ann@new.example"), self.person("bob@new.example")
        sync = self.push_list(ann, bob)
        message = "Leads are not welcome today."
        self.crm.fault(
            fault="status",
            status=409,
            message=message,
            match="/leads?",
            method="POST",
            count=1,
        )
        run = self.pushed(sync)
        self.assertEqual((run.push_created, run.push_failed), (1, 1))
        failed = run.outcome_ids.filtered(lambda row: row.status == "failed")
        self.assertEqual(failed.crm_message, message)
        again = self.pushed(sync)
        self.assertEqual((again.push_selected, again.push_created), (1, 1))

    # --- consent ----------------------------------------------------------------------

    def test_whoever_is_blacklisted_is_made_with_do_not_email(self):
        ann = self.person("ann@new.example")
        self.env["mail.blacklist"].create({"email": "ann@new.example"})
        self.pushed(self.push_list(ann))
        (lead,) = self.leads_of("ann@new.example")
        self.assertIn(lead["DONOTEMAIL"], (True, "T", 1))
        binding = self.binding_of(ann)
        self.assertTrue(binding.opted_out)
        self.assertTrue(binding.blacklisted)

    def test_an_opt_out_of_infor_crm_counts_from_the_link_on(self):
        self.add_record("lead", "ann@known.example", DoNotEmail=True)
        ann = self.person("ann@known.example")
        run = self.pushed(self.push_list(ann))
        self.assertEqual(run.consent_imposed, 1)
        self.assertTrue(ann.is_blacklisted)

    def test_a_blacklisting_reaches_the_record_that_is_linked(self):
        key = self.add_record("lead", "ann@known.example")
        ann = self.person("ann@known.example")
        self.env["mail.blacklist"].create({"email": "ann@known.example"})
        self.pushed(self.push_list(ann))
        self.assertIn(self.crm_row("lead", key)["DONOTEMAIL"], (True, "T", 1))

    # --- who is not pushed ------------------------------------------------------------

    def test_whoever_is_gone_from_infor_crm_is_not_made_anew(self):
        ann = self.person("ann@new.example")
        sync = self.push_list(ann)
        self.pushed(sync)
        binding = self.binding_of(ann)
        self.crm.sql("DELETE FROM LEAD WHERE LEADID = ?", [binding.key])
        binding.write({"gone_since": "2026-01-01", "gone_reason": "not_found"})
        self.assertEqual(self.pushed(sync).push_selected, 0)
        partner = self.env["res.partner"].create(
            {"name": "Ann Doe", "email": "ann@new.example"}
        )
        segment = self.push_segment("res.partner", [("id", "=", partner.id)])
        run = self.pushed(segment)
        self.assertEqual(self.outcome_of(run, partner).reason, "gone")
        self.assertEqual(self.leads_of("ann@new.example"), [])

    def test_deleted_in_odoo_nothing_happens_in_infor_crm(self):
        ann = self.person("ann@new.example")
        sync = self.push_list(ann)
        self.pushed(sync)
        ann.unlink()
        self.crm.clear_requests()
        self.pushed(sync)
        self.assertQuiet()
        self.assertEqual(len(self.leads_of("ann@new.example")), 1)

    def test_whoever_comes_back_by_hand_gets_the_same_record(self):
        ann = self.person("ann@new.example")
        sync = self.push_list(ann)
        self.pushed(sync)
        key = self.binding_of(ann).key
        ann.unlink()
        back = self.person("ann@new.example")
        self.join(sync.list_id, back)
        run = self.pushed(sync)
        self.assertEqual((run.push_linked, run.push_created), (1, 0))
        self.assertEqual(self.binding_of(back).key, key)

    def test_a_paused_list_sends_nobody(self):
        sync = self.push_list(self.person("ann@new.example"), push_paused=True)
        self.assertEqual(self.pushed(sync).push_selected, 0)
        self.assertEqual(self.leads_of("ann@new.example"), [])


@tagged("post_install", "-at_install")
class TestNewPeople8(NewPeople, PushCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestNewPeople7(NewPeople, PushCase):
    generation = "7.5.4"
