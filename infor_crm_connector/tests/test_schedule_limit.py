"""Up to ten lists and segments may be scheduled at a time."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .schedule_common import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleLimit(ScheduleCase):
    def setUp(self):
        super().setUp()
        self.ten = [self.scheduled_list(f"List {letter}") for letter in "ABCDEFGHIJ"]

    def refusal(self, sync, user=None):
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            self.schedule(sync, user=user)
        sync.invalidate_recordset()
        self.assertFalse(sync.scheduled)
        return str(refused.exception)

    def test_the_eleventh_is_refused_with_the_names_of_the_ten(self):
        words = self.refusal(self.make_list("List K"))
        for letter in "ABCDEFGHIJ":
            self.assertIn(f"List {letter}\n", words)
        self.assertNotIn("List K", words)
        self.assertIn("Up to 10", words)
        self.assertEqual(words.count("• "), 10)

    def test_a_segment_counts_like_a_list(self):
        segment = self.env["mailing.filter"].create(
            {
                "name": "Everybody",
                "mailing_domain": "[]",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        sync = self.make_list(list_id=False, filter_id=segment.id)
        self.refusal(sync)
        self.ten[0].scheduled = False
        self.schedule(sync)
        self.assertIn("Everybody", self.refusal(self.make_list("List K")))

    def test_a_new_set_up_that_comes_with_a_schedule_is_refused_too(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.make_list("List K", scheduled=True)

    def test_changing_one_of_the_ten_is_no_eleventh(self):
        self.schedule(self.ten[3], at="04:00")
        self.assertEqual(self.ten[3].at_hour, 4)

    def test_an_archived_list_does_not_count_until_it_comes_back(self):
        self.ten[0].list_id.active = False
        eleventh = self.scheduled_list("List K")
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            self.ten[0].list_id.active = True
        self.assertIn("List K", str(refused.exception))
        eleventh.scheduled = False
        self.ten[0].list_id.active = True
        self.assertTrue(self.ten[0].next_run)

    def test_each_connector_has_its_own_ten(self):
        other = self.make_connector(name="Second CRM")
        self.schedule(self.make_list("List K", connector_id=other.id))

    def test_the_number_is_a_setting(self):
        self.connector.max_scheduled = 11
        self.scheduled_list("List K")
        self.connector.max_scheduled = 2
        self.assertEqual(self.refusal(self.make_list("List L")).count("• "), 11)
        self.connector.max_scheduled = 0
        (self.env["infor.crm.list.sync"].search([])).write({"scheduled": False})
        self.assertIn("0", self.refusal(self.make_list("List M")))

    def test_lists_the_user_may_not_see_are_another_companys(self):
        hidden = self.ten[4].list_id
        model = type(self.env["mailing.list"])
        original = model._check_access

        def not_for_marketers(this, operation):
            # as a rule of another addon, which keeps lists apart by company, would
            if hidden in this and this.env.user == self.marketer and not this.env.su:
                return hidden & this, lambda: AccessError("another company")
            return original(this, operation)

        with patch.object(model, "_check_access", not_for_marketers):
            words = self.refusal(self.make_list("List K"))
        self.assertNotIn("List E", words)
        self.assertIn("• another company's list", words)
        self.assertEqual(words.count("• "), 10)

    def test_a_company_the_user_cannot_enter_is_another(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.make_user(
            "stranger", company_id=elsewhere.id, company_ids=[(6, 0, elsewhere.ids)]
        )
        words = self.refusal(self.make_list("List K"), user=stranger)
        self.assertNotIn("List A", words)
        self.assertEqual(words.count("another company's list"), 10)
