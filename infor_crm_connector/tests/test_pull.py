"""What changes in Infor CRM comes into the list."""

import time

from odoo.tests import tagged

from .sync_common import SyncCase


class PullMixin:
    columns = ("Industry",)

    # --- what changed -----------------------------------------------------------------

    def test_a_changed_value_arrives(self):
        key, person = self.a_person()
        self.crm_edit(key, FirstName="Renamed")
        run = self.synced()
        self.assertEqual(person.first_name, "Renamed")
        self.assertEqual(run.updated, 1)
        self.assertIn("Changed", self.outcome(run, key).detail)

    def test_a_changed_column_arrives(self):
        key, person = self.a_person()
        self.crm_edit(key, Industry="Basket weaving")
        self.synced()
        column = f"infor_{self.connector.id}_lead_industry"
        self.assertEqual(person.properties[column], "Basket weaving")

    def test_an_address_that_changed_alone_arrives(self):
        """An address is a record of its own: the lead's ModifyDate stays."""
        (row,) = self.some(1)
        self.crm.sql(
            "UPDATE LEAD_ADDRESS SET CITY = 'Graz', MODIFYDATE = ? WHERE LEADID = ?",
            [self.now_ms(), row["LEADID"]],
        )
        run = self.synced()
        self.assertEqual(self.person(row).city, "Graz")
        self.assertEqual(run.updated, 1)

    def now_ms(self):
        return int(time.time() * 1000)

    def test_nothing_changed_moves_nothing(self):
        self.synced()
        before = self.versions()
        self.crm_clock(60)
        self.crm.clear_requests()
        run = self.synced()
        requests = self.crm.requests()
        self.assertLessEqual(len(requests), 6)
        self.assertEqual({r["method"] for r in requests}, {"GET"})
        self.assertFalse(run.selected)
        self.assertEqual(self.versions(), before)
        self.assertFalse(run.outcome_ids)

    def versions(self):
        found = []
        for table in (
            "mailing_contact",
            "mailing_subscription",
            "infor_crm_binding",
            "infor_crm_list_member",
            "mail_blacklist",
        ):
            self.env.cr.execute(
                f"SELECT md5(string_agg(ctid::text || xmin::text, '' ORDER BY id))"
                f" FROM {table}"
            )
            found.append(self.env.cr.fetchone())
        return found

    def test_what_was_read_a_moment_ago_is_read_again_and_nothing_comes_of_it(self):
        """Windows overlap, because servers commit late."""
        key, _person = self.a_person()
        self.crm_edit(key, FirstName="Renamed")
        self.synced()
        run = self.synced()
        self.assertEqual((run.selected, run.unchanged), (1, 1))

    def test_what_is_committed_late_is_not_lost(self):
        """Its ModifyDate is that of its beginning, before the last window's end."""
        self.synced()
        key, person = self.a_person()
        self.crm.sql("UPDATE LEAD SET FIRSTNAME = 'Late' WHERE LEADID = ?", [key])
        self.crm_modified(key, minutes=-2)
        self.synced()
        self.assertEqual(person.first_name, "Late")

    def test_what_changed_while_the_import_ran_arrives_with_the_first_sync(self):
        self.crm.switches(page_cap=10)
        sync = self.start("contact")
        self.one_page()
        (row,) = self.crm.sql("SELECT * FROM CONTACT ORDER BY CONTACTID LIMIT 1")
        key = row["CONTACTID"].strip()
        self.crm_edit(key, "contact", FirstName="Meanwhile")
        self.work_off(sync.last_run_id)
        self.set_up(sync, **self.options)
        self.synced(sync)
        self.assertEqual(self.person(row, "contact").first_name, "Meanwhile")

    # --- new records ------------------------------------------------------------------

    def test_a_new_record_joins_the_list(self):
        key = self.crm_add("new.one@people.example")
        run = self.synced()
        self.assertEqual(run.created, 1)
        contact = self.contact("new.one@people.example")
        self.assertIn(contact, self.members(self.sync))
        self.assertTrue(self.binding(key).odoo_stamp)

    def test_new_records_join_only_where_that_is_chosen(self):
        self.set_up(self.sync, pull_add=False)
        key = self.crm_add("new.one@people.example")
        run = self.synced()
        self.assertFalse(self.binding(key))
        self.assertEqual(run.skipped_not_wanted, 1)
        self.assertEqual(self.outcome(run, key).reason, "not_wanted")

    def test_those_that_were_not_wanted_join_once_they_are(self):
        self.set_up(self.sync, pull_add=False)
        key = self.crm_add("new.one@people.example")
        self.synced()
        self.crm_clock(60)
        self.synced()
        self.set_up(self.sync, pull_add=True)
        self.synced()
        self.assertTrue(self.binding(key))

    def test_a_new_record_of_somebody_in_odoo_is_linked(self):
        contact = self.env["mailing.contact"].create(
            {"email": "known@people.example", "last_name": "Known"}
        )
        key = self.crm_add("Known@People.example", LastName="Known")
        self.synced()
        self.assertEqual(self.binding(key).res_id, contact.id)

    def test_one_that_gets_an_address_joins(self):
        key = self.crm_add("")
        run = self.synced()
        self.assertEqual(self.outcome(run, key).reason, "no_email")
        self.crm_edit(key, Email="at.last@people.example")
        self.synced()
        self.assertTrue(self.binding(key))

    # --- which fields -----------------------------------------------------------------

    def test_all_fields_are_updated_by_default(self):
        self.assertTrue(self.sync.pull_all_fields)

    def test_only_picked_fields_are_updated(self):
        picked = self.field("FirstName").id
        self.set_up(self.sync, pull_all_fields=False, pull_field_ids=[(6, 0, [picked])])
        key, person = self.a_person()
        before = person.last_name
        self.crm_edit(key, FirstName="Renamed", LastName="Changed")
        self.synced()
        self.assertEqual((person.first_name, person.last_name), ("Renamed", before))

    def test_a_field_picked_later_catches_up(self):
        picked = self.field("FirstName").id
        self.set_up(self.sync, pull_all_fields=False, pull_field_ids=[(6, 0, [picked])])
        key, person = self.a_person()
        self.crm_edit(key, LastName="Changed")
        self.synced()
        self.crm_clock(60)
        self.synced()
        self.set_up(self.sync, pull_all_fields=True)
        self.synced()
        self.assertEqual(person.last_name, "Changed")

    def test_without_updating_values_stay(self):
        self.set_up(self.sync, pull_update=False)
        key, person = self.a_person()
        before = person.first_name
        self.crm_edit(key, FirstName="Renamed")
        run = self.synced()
        self.assertEqual(person.first_name, before)
        self.assertFalse(run.updated)

    def test_paused_changes_wait(self):
        self.set_up(self.sync, pull_paused=True)
        key, person = self.a_person()
        before = person.first_name
        self.crm_edit(key, FirstName="Renamed")
        new = self.crm_add("new.one@people.example")
        self.synced()
        self.assertEqual(person.first_name, before)
        self.assertFalse(self.binding(new))
        self.crm_clock(60)
        self.synced()
        self.set_up(self.sync, pull_paused=False)
        self.synced()
        self.assertEqual(person.first_name, "Renamed")
        self.assertTrue(self.binding(new))

    def test_a_mapping_that_only_pushes_pulls_nothing(self):
        mapping = self.env["infor.crm.field.mapping"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("kind", "=", "lead"),
                ("odoo_model", "=", "mailing.contact"),
                ("odoo_field", "=", "first_name"),
            ]
        )
        mapping.direction = "push"
        key, person = self.a_person()
        before = person.first_name
        self.crm_edit(key, FirstName="Renamed")
        self.synced()
        self.assertEqual(person.first_name, before)

    # --- columns ----------------------------------------------------------------------

    def test_a_column_added_later_is_filled_for_all(self):
        self.add_column("LegacyReference")
        run = self.synced()
        self.assertEqual(run.selected, len(self.rows()))
        self.assertFalse(self.sync.read_all)
        self.assertFilled("LegacyReference")

    def test_a_column_is_filled_even_where_nothing_is_pulled(self):
        self.set_up(self.sync, pull=False)
        key, person = self.a_person()
        before = person.first_name
        self.crm_edit(key, FirstName="Renamed")
        self.add_column("LegacyReference")
        self.synced()
        self.assertFilled("LegacyReference")
        self.assertEqual(person.first_name, before)
        self.assertFalse(self.sync.read_all)

    def add_column(self, name):
        column = self.field(name)
        self.sync.sudo().write({"column_ids": [(4, column.id)], "read_all": True})
        self.env.flush_all()

    def assertFilled(self, name):
        column = f"infor_{self.connector.id}_lead_{name.lower()}"
        filled = 0
        for row in self.rows():
            person = self.person(row)
            value = (row[name.upper()] or "").strip()
            if person and value and self.binding(self.key(row)).moves_values:
                self.assertEqual(person.properties.get(column), value)
                filled += 1
        self.assertTrue(filled)

    # --- lossy servers ----------------------------------------------------------------

    def test_an_empty_answer_empties_no_list_and_loses_no_change(self):
        key, person = self.a_person()
        self.crm_edit(key, FirstName="Renamed")
        before = len(self.members(self.sync))
        self.crm.fault(fault="empty_feed", match="orderby=Id", method="GET", count=1)
        self.synced()
        self.assertEqual(len(self.members(self.sync)), before)
        self.assertEqual(person.first_name, "Renamed")

    def test_lost_rows_are_asked_for_again(self):
        keys = [self.key(row) for row in self.some(20)]
        for key in keys:
            self.crm_edit(key, FirstName="Renamed")
        self.crm.switches(page_cap=6)
        self.crm.fault(
            fault="drop_rows", match="orderby=Id", method="GET", rows=2, probability=0.4
        )
        self.synced()
        for key in keys:
            contact = self.env["mailing.contact"].browse(self.binding(key).res_id)
            self.assertEqual(contact.first_name, "Renamed")

    def test_addresses_that_cannot_be_asked_for_are_said(self):
        """Values arrive, the address of its own does not hold them up."""
        self.crm.fault(
            fault="status", match="Address.ModifyDate", method="GET", status=400
        )
        key, person = self.a_person()
        self.crm_edit(key, FirstName="Renamed")
        run = self.synced()
        self.assertEqual(person.first_name, "Renamed")
        self.assertIn("address", run.message)

    # --- resuming ---------------------------------------------------------------------

    def test_a_killed_run_goes_on_and_the_window_moves_only_at_its_end(self):
        self.crm.switches(page_cap=5)
        rows = self.some(20)
        for row in rows:
            self.crm_edit(self.key(row), FirstName="Renamed")
        until = self.sync.pull_window["until"]
        run = self.started()
        for number in range(60):
            if run.state not in ("queued", "running"):
                break
            if not (run.cursor or {}).get("pulled"):
                self.assertEqual(self.sync.pull_window["until"], until)
            self.one_page(1 + number % 2)
        self.assertEqual(run.state, "done", run.message)
        self.assertGreater(number, 3)
        self.assertAddsUp(run)
        self.assertEqual(run.updated, 20)
        self.assertGreater(self.sync.pull_window["until"], until)

    def test_a_run_resumed_much_later_has_lost_nothing(self):
        self.crm.switches(page_cap=5)
        rows = self.some(20)
        for row in rows:
            self.crm_edit(self.key(row), FirstName="Renamed")
        run = self.started()
        while not (run.cursor or {}).get("last_key"):
            self.one_page()
        key = self.key(rows[0])
        self.crm_clock(60)
        self.crm_edit(key, FirstName="Again")
        self.work_off(run)
        self.synced()
        self.assertEqual(self.person(rows[0]).first_name, "Again")
        self.assertEqual(self.person(rows[19]).first_name, "Renamed")

    # --- clocks -----------------------------------------------------------------------

    def test_ten_minutes_of_difference_change_nothing(self):
        for minutes in (-10, 10):
            with self.subTest(minutes=minutes):
                self.crm_clock(minutes)
                sync = self.sync
                self.again(sync)
                key, person = self.a_person()
                self.crm_edit(key, FirstName=f"Renamed {minutes}")
                self.synced()
                self.assertEqual(person.first_name, f"Renamed {minutes}")

    def test_dates_of_any_spelling(self):
        for spelling, zone in (("iso", "Asia/Tokyo"), ("date_offset", "America/Lima")):
            with self.subTest(spelling=spelling):
                self.crm.switches(json_dates=spelling, timezone=zone)
                key, person = self.a_person()
                self.crm_edit(key, FirstName=f"Renamed {spelling}")
                self.synced()
                self.assertEqual(person.first_name, f"Renamed {spelling}")


@tagged("post_install", "-at_install")
class TestPull(PullMixin, SyncCase):
    pass


@tagged("post_install", "-at_install")
class TestPullOld(PullMixin, SyncCase):
    generation = "7.5.4"
