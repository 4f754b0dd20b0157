"""A field that vanished from the CRM suspends its mapping alone."""

from datetime import timedelta

from odoo.tests import tagged

from ..models.infor_crm_connector_gone_fields import GONE
from ..models.infor_crm_connector_watch_fields import CHECK_EVERY
from .test_field_mapping import MappingCase


@tagged("post_install", "-at_install")
class TestGoneFields(MappingCase):
    def vanish(self, *names, kind="lead"):
        """Refresh as if the CRM had lost these fields; the practice CRM cannot."""
        offer = self.offer()
        offer["fields"][kind] = [
            row for row in offer["fields"][kind] if row["name"] not in names
        ]
        self.connector._store_offer(offer)
        self.env.invalidate_all()

    def offer(self):
        with self.connector._client() as client:
            return self.connector._fetch_offer(client)

    def come_back(self):
        self.connector._refresh_fields()
        self.env.invalidate_all()

    def told(self):
        return self.connector.activity_search([GONE])

    def test_its_mapping_is_suspended_and_nothing_else(self):
        self.vanish("Title")
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        suspended = rows.filtered("suspended")
        self.assertEqual(set(suspended.mapped("crm_field")), {"Title"})
        self.assertEqual(set(suspended.mapped("kind")), {"lead"})
        self.assertEqual(set(suspended.mapped("missing")), {"crm"})

    def test_the_responsible_user_is_told_once(self):
        self.vanish("Title")
        activity = self.told()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.connector._responsible())
        self.assertIn("Lead: Title", activity.note)
        self.vanish("Title")
        self.assertEqual(self.told(), activity)
        self.vanish("Title", "WorkPhone")
        self.assertEqual(self.told(), activity)
        self.assertIn("Lead: Work Phone", activity.note)

    def test_nobody_is_told_of_fields_that_are_not_mapped(self):
        self.vanish("TollFree")
        self.assertFalse(self.told())

    def test_the_rest_of_an_import_goes_on(self):
        self.vanish("Title")
        _sync, run = self.imported()
        self.assertTrue(run.created)
        row = next(
            rows[0]
            for rows in self.usable(self.rows()).values()
            if not rows[1:] and rows[0]["TITLE"] and rows[0]["FIRSTNAME"]
        )
        contact = self.contact(row["EMAIL"])
        self.assertEqual(contact.first_name, row["FIRSTNAME"].strip())
        self.assertFalse(contact.function)

    def test_when_it_comes_back_the_mapping_goes_on_and_looks_again(self):
        sync, _run = self.imported()
        self.vanish("Title")
        sync.write({"read_all": False, "push_all": False})
        self.come_back()
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        self.assertFalse(rows.filtered("suspended"))
        self.assertFalse(self.told())
        self.assertTrue(sync.read_all and sync.push_all)
        self.assertFalse(sync.search([]).mapped("connector_id") - self.connector)

    def test_while_one_is_still_gone_the_activity_says_which(self):
        self.vanish("Title", "WorkPhone")
        self.vanish("Title")
        self.assertIn("Lead: Title", self.told().note)
        self.assertNotIn("Work Phone", self.told().note)

    def test_mapping_another_field_settles_it(self):
        self.vanish("Title")
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        for row in rows.filtered("suspended"):
            self.assertTrue(self.told())
            row.crm_field = "PreferredContact"
        self.assertFalse(self.told())

    def test_removing_the_mapping_settles_it(self):
        self.vanish("Title")
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        rows.filtered("suspended").unlink()
        self.assertFalse(self.told())

    def test_a_column_that_people_removed_in_odoo_rests_as_well(self):
        target = self.set_property("score", "integer")
        row = self.map(target, "EngagementScore")
        base = self.env["properties.base.definition"].sudo()
        base._get_definition_for_property_field(
            "mailing.contact", "properties"
        ).properties_definition = []
        self.env.invalidate_all()
        self.assertEqual((row.suspended, row.missing), (True, "odoo"))
        _sync, run = self.imported()
        self.assertTrue(run.created)


@tagged("post_install", "-at_install")
class TestDailyLook(MappingCase):
    """A lane looks once a day, so that it is noticed although nobody refreshes."""

    def later(self, by):
        moment = self.env["infor.crm.connector"]._now() + by
        self.patch(type(self.env["infor.crm.connector"]), "_now", lambda this: moment)

    def setUp(self):
        super().setUp()
        self.crm.clear_requests()

    def asked(self):
        return [row for row in self.crm.requests() if "properties" in str(row["path"])]

    def test_not_within_a_day_of_connecting(self):
        self.lane()
        self.assertFalse(self.asked())

    def test_once_a_day(self):
        self.later(CHECK_EVERY + timedelta(minutes=1))
        self.lane()
        asked = len(self.asked())
        self.assertTrue(asked)
        self.lane(2)
        self.assertEqual(len(self.asked()), asked, "another lane does not ask again")

    def test_lists_of_values_stay_known(self):
        before = self.field("Title").selection_items
        self.later(CHECK_EVERY + timedelta(minutes=1))
        self.lane()
        self.assertEqual(self.field("Title").selection_items, before)
        self.assertFalse(self.Mapping.search([]).filtered("suspended"))

    def test_a_field_that_vanished_over_night_is_told(self):
        self.field("Title").name = "NoSuchField"
        self.row("function").crm_field = "NoSuchField"
        self.later(CHECK_EVERY + timedelta(minutes=1))
        self.lane()
        self.assertEqual(self.row("function").missing, "crm")
        self.assertIn("Lead:", self.connector.activity_search([GONE]).note)
