"""Both sides changed: permissions, conflict rules, blanks, old forms."""

from odoo.tests import tagged

from .sync_common import SyncCase


class ConflictMixin:
    columns = ("Industry",)

    def rule(self, **values):
        self.connector.sudo().write(values)

    def both(self, theirs, ours, key=None, person=None):
        """FirstName changed on both sides, so many minutes from now."""
        if not key:
            key, person = self.a_person()
        self.crm_edit(key, FirstName="Theirs")
        self.crm_modified(key, minutes=theirs)
        self.odoo_edit(person, minutes=ours, first_name="Ours")
        return key, person

    def assertBoth(self, key, person, value):
        self.assertEqual(person.first_name, value)
        self.assertEqual(self.crm_row(key)["FIRSTNAME"], value)

    # --- the rule ---------------------------------------------------------------------

    def test_a_field_changed_here_alone_is_left_alone(self):
        key, person = self.a_person()
        self.odoo_edit(person, first_name="Ours")
        self.crm_edit(key, LastName="Theirs")
        self.synced()
        self.assertEqual((person.first_name, person.last_name), ("Ours", "Theirs"))

    def test_two_people_who_edit_different_fields_both_keep_their_work(self):
        self.set_up(self.sync, pushing=("FirstName", "LastName"))
        key, person = self.a_person()
        self.odoo_edit(person, first_name="Ours")
        self.crm_edit(key, LastName="Theirs")
        self.synced()
        self.assertEqual((person.first_name, person.last_name), ("Ours", "Theirs"))
        row = self.crm_row(key)
        self.assertEqual((row["FIRSTNAME"], row["LASTNAME"]), ("Ours", "Theirs"))

    def test_the_latest_change_wins_theirs(self):
        self.set_up(self.sync, pushing=("FirstName",))
        key, person = self.both(theirs=-1, ours=-2)
        self.synced()
        self.assertBoth(key, person, "Theirs")

    def test_the_latest_change_wins_ours(self):
        self.set_up(self.sync, pushing=("FirstName",))
        key, person = self.both(theirs=-2, ours=-1)
        self.synced()
        self.assertBoth(key, person, "Ours")

    def test_clocks_ten_minutes_apart_come_to_the_same(self):
        """Infor CRM's clock is wrong; by Odoo's, its change came a minute later."""
        self.set_up(self.sync, pushing=("FirstName",))
        rows = self.some(4)
        cases = [
            (10, -1, "Theirs"),
            (10, 1, "Ours"),
            (-10, -1, "Theirs"),
            (-10, 1, "Ours"),
        ]
        for (skew, ours, winner), row in zip(cases, rows, strict=True):
            with self.subTest(skew=skew, ours=ours):
                self.crm_clock(skew)
                self.again(self.sync)
                key, person = self.key(row), self.person(row)
                self.both(theirs=skew - 2, ours=-2 + ours, key=key, person=person)
                self.synced()
                self.assertBoth(key, person, winner)

    def test_within_the_measured_difference_infor_crm_wins(self):
        self.set_up(self.sync, pushing=("FirstName",))
        key, person = self.both(theirs=-1, ours=-1)
        self.synced()
        self.assertBoth(key, person, "Theirs")

    def test_infor_crm_wins(self):
        self.rule(conflict_rule="infor")
        self.set_up(self.sync, pushing=("FirstName",))
        key, person = self.both(theirs=-2, ours=-1)
        self.synced()
        self.assertBoth(key, person, "Theirs")

    def test_odoo_wins(self):
        self.rule(conflict_rule="odoo")
        self.set_up(self.sync, pushing=("FirstName",))
        key, person = self.both(theirs=-1, ours=-2)
        self.synced()
        self.assertBoth(key, person, "Ours")

    def test_the_rule_for_the_whole_record(self):
        self.rule(conflict_scope="record")
        self.set_up(self.sync, pushing=("FirstName", "LastName"))
        key, person = self.a_person()
        before = self.crm_row(key)["LASTNAME"]
        self.crm_edit(key, FirstName="Theirs")
        self.crm_modified(key, minutes=-1)
        self.odoo_edit(person, minutes=-2, last_name="Ours")
        self.synced()
        self.assertEqual((person.first_name, person.last_name), ("Theirs", before))
        row = self.crm_row(key)
        self.assertEqual((row["FIRSTNAME"], row["LASTNAME"]), ("Theirs", before))

    def test_what_lost_is_kept_in_the_report(self):
        self.set_up(self.sync, pushing=("FirstName",))
        key, _person = self.both(theirs=-1, ours=-2)
        run = self.synced()
        rows = run.outcome_ids.filtered(
            lambda r: r.key == key and r.direction == "to_odoo"
        )
        self.assertEqual((rows.status, rows.reason), ("conflict", "overwritten"))
        self.assertIn("“Ours” in Odoo was replaced by “Theirs”", rows.detail)
        self.assertEqual(run.conflicts, 1)

    # --- fields that only come from Infor CRM -----------------------------------------

    def test_a_pull_only_field_takes_every_change_of_infor_crm(self):
        key, person = self.both(theirs=-2, ours=-1)
        run = self.synced()
        self.assertEqual(person.first_name, "Theirs")
        self.assertIn("“Ours”", self.outcome(run, key).detail)

    def test_otherwise_it_keeps_a_local_edit_and_shows_it_as_differs(self):
        key, person = self.a_person()
        before = self.crm_row(key)["FIRSTNAME"]
        self.odoo_edit(person, first_name="Ours")
        self.crm_edit(key, LastName="Theirs")
        run = self.synced()
        self.assertEqual(person.first_name, "Ours")
        self.assertEqual(self.crm_row(key)["FIRSTNAME"], before)
        self.assertIn("“Ours”", self.outcome(run, key).detail)

    # --- the stamp --------------------------------------------------------------------

    def test_an_edit_that_waits_to_be_pushed_is_not_covered_by_a_pull(self):
        """Pull and push may be on at different times."""
        key, person = self.a_person()
        self.odoo_edit(person, first_name="Ours")
        self.crm_edit(key, LastName="Theirs")
        self.synced()
        self.assertFalse(self.binding(key).odoo_stamp)
        self.set_up(self.sync, pushing=("FirstName",))
        self.synced()
        self.assertEqual(self.crm_row(key)["FIRSTNAME"], "Ours")

    def test_what_was_pulled_is_not_pushed_back(self):
        self.set_up(self.sync, pushing=("FirstName",))
        key, _person = self.a_person()
        self.crm_edit(key, FirstName="Theirs")
        self.crm.clear_requests()
        self.synced()
        self.assertFalse(self.crm_writes())
        self.synced()
        self.assertFalse(self.crm_writes())

    # --- blanks -----------------------------------------------------------------------

    def test_blank_in_infor_crm_erases_nothing_and_is_said(self):
        key, person = self.a_person()
        before = person.first_name
        self.crm_edit(key, FirstName=None)
        run = self.synced()
        self.assertEqual(person.first_name, before)
        outcome = self.outcome(run, key)
        self.assertEqual(outcome.reason, "cleared")
        self.assertIn("cleared in Infor CRM", outcome.detail)

    def test_blanked_in_odoo_it_is_not_written_back(self):
        key, person = self.a_person()
        self.odoo_edit(person, first_name=False)
        self.crm_edit(key, LastName="Theirs")
        run = self.synced()
        self.assertFalse(person.first_name)
        self.assertIn("cleared in Odoo", self.outcome(run, key).detail)

    def test_a_field_that_may_clear_is_cleared(self):
        self.env["infor.crm.field.mapping"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("kind", "=", "lead"),
                ("odoo_model", "=", "mailing.contact"),
                ("odoo_field", "=", "first_name"),
            ]
        ).may_clear = True
        key, person = self.a_person()
        self.crm_edit(key, FirstName=None)
        self.synced()
        self.assertFalse(person.first_name)

    # --- old forms --------------------------------------------------------------------

    def test_a_form_opened_before_a_sync_and_saved_after_it_reverts_nothing(self):
        self.set_up(self.sync, pushing=("Industry", "FirstName"))
        key, person = self.a_person()
        column = f"infor_{self.connector.id}_lead_industry"
        form = dict(person.properties._values)
        self.crm_edit(key, Industry="Basket weaving")
        self.synced()
        self.assertEqual(person.properties[column], "Basket weaving")
        self.odoo_edit(person, first_name="Ours", properties=form)
        self.synced()
        self.assertEqual(person.properties[column], "Basket weaving")
        row = self.crm_row(key)
        self.assertEqual(
            (row["INDUSTRY"], row["FIRSTNAME"]), ("Basket weaving", "Ours")
        )

    def test_a_column_blanked_after_its_first_fill_is_not_filled_again(self):
        """Until Infor CRM has something new to say."""
        self.set_up(self.sync, pushing=("Industry", "FirstName"))
        key, person = self.a_person()
        self.crm_edit(key, Industry=None)
        binding = self.binding(key)
        column = f"infor_{self.connector.id}_lead_industry"
        target = f"properties.{column}"
        binding.base = {n: v for n, v in binding.base.items() if n != target}
        self.odoo_edit(person, properties={**person.properties._values, column: False})
        self.synced()
        self.crm_edit(key, Industry="Basket weaving")
        self.synced()
        self.assertEqual(person.properties[column], "Basket weaving")
        self.odoo_edit(person, properties={**person.properties._values, column: False})
        run = self.synced()
        self.assertIn("cleared", self.reasons(run, key))
        self.crm_edit(key, FirstName="Changed")
        self.synced()
        self.assertFalse(person.properties[column])
        self.assertEqual(self.crm_row(key)["INDUSTRY"], "Basket weaving")
        self.crm_edit(key, Industry="Pottery")
        self.synced()
        self.assertEqual(person.properties[column], "Pottery")

    def test_a_real_edit_of_a_column_is_none_of_these(self):
        self.set_up(self.sync, pushing=("Industry",))
        key, person = self.a_person()
        column = f"infor_{self.connector.id}_lead_industry"
        self.crm_edit(key, Industry="Basket weaving")
        self.synced()
        values = {**person.properties._values, column: "Pottery"}
        self.odoo_edit(person, properties=values)
        self.synced()
        self.assertEqual(person.properties[column], "Pottery")
        self.assertEqual(self.crm_row(key)["INDUSTRY"], "Pottery")

    # --- addresses --------------------------------------------------------------------

    def test_an_address_that_somebody_else_has_is_not_taken(self):
        one, other = self.some(2)
        self.crm_edit(self.key(one), Email=other["EMAIL"])
        run = self.synced()
        self.assertEqual(self.outcome(run, self.key(one)).reason, "address_taken")
        self.assertNotEqual(
            self.person(one).email_normalized, self.person(other).email_normalized
        )


@tagged("post_install", "-at_install")
class TestPullConflicts(ConflictMixin, SyncCase):
    pass


@tagged("post_install", "-at_install")
class TestPullConflictsOld(ConflictMixin, SyncCase):
    generation = "7.5.4"
