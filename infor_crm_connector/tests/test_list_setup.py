"""The window *Infor CRM Sync Setup*: defaults, pickers, columns, schedule."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models.infor_crm_list_schedule import SCHEDULE_FIELDS
from ..models.infor_crm_list_sync_setup import OPTIONS
from .setup_common import WINDOW, SetupCase


@tagged("post_install", "-at_install")
class TestSetupWindow(SetupCase):
    def choice(self, window, name):
        return self.env["infor.crm.field"].search(window.record[name])

    # --- what a window shows at first ---------------------------------------------

    def test_nothing_travels_before_somebody_chooses_it(self):
        window = self.window()
        for name in ("push", "pull", "scheduled", "push_add", "pull_add"):
            self.assertFalse(window[name], name)
        self.assertIn("Nothing travels", window.effect)

    def test_no_field_is_selected_to_push(self):
        window = self.window()
        window.push = True
        window.push_update = True
        self.assertFalse(window.push_field_ids[:])
        self.assertIn("No field is selected to push", window.advice)

    def test_all_fields_are_selected_to_pull(self):
        window = self.window()
        window.pull = True
        window.pull_update = True
        self.assertTrue(window.pull_all_fields)
        self.assertFalse(window.advice)

    def test_taking_fields_away_from_a_pull_starts_from_all_of_them(self):
        window = self.window()
        window.pull = True
        window.pull_update = True
        window.pull_all_fields = False
        names = {field.name for field in window.pull_field_ids[:]}
        self.assertLessEqual({"Email", "WorkPhone", "Address/City", "Industry"}, names)

    def test_it_names_the_list_and_its_source(self):
        window = self.window()
        self.assertEqual(window.title, "All Infor CRM Leads")
        self.assertEqual(window.source, "All leads of Practice CRM")

    def test_it_opens_from_the_menu_of_the_list_in_every_view(self):
        lists = self.env["mailing.list"].with_user(self.user)
        for view in ("kanban", "list", "form"):
            arch = lists.get_view(view_type=view)["arch"]
            self.assertIn('name="action_infor_setup"', arch, view)

    # --- pickers stay within the mapping ------------------------------------------

    def test_only_fields_that_the_mapping_lets_travel_are_offered(self):
        mappings = self.env["infor.crm.field.mapping"].search(
            [("connector_id", "=", self.connector.id), ("kind", "=", "lead")]
        )
        of = {
            row.crm_field: row
            for row in mappings
            if row.odoo_model == "mailing.contact"
        }
        of["Title"].direction = "pull"
        of["WorkPhone"].direction = "push"
        window = self.window()._record
        pushes = self.env["infor.crm.field"].search(window.push_choice)
        pulls = self.env["infor.crm.field"].search(window.pull_choice)
        self.assertNotIn("Title", pushes.mapped("name"))
        self.assertIn("Title", pulls.mapped("name"))
        self.assertIn("WorkPhone", pushes.mapped("name"))
        self.assertNotIn("WorkPhone", pulls.mapped("name"))

    def test_a_field_that_is_not_offered_is_not_kept(self):
        """Whatever a browser sends: the mapping is the ceiling."""
        opened = self.opened(self.list.with_user(self.user).action_infor_setup())
        foreign = self.field("Email", kind="contact")
        opened.write({"push": True, "push_update": True})
        opened.push_field_ids = foreign | self.field("WorkPhone")
        opened.action_save()
        self.assertEqual(self.sync.push_field_ids, self.field("WorkPhone"))

    # --- a copy is edited ---------------------------------------------------------

    def edited(self):
        window = self.window()
        window.push = True
        window.push_add = True
        window.push_update = True
        self.pick(window.push_field_ids, self.field("WorkPhone", "Address/City"))
        window.pull = True
        window.pull_add = True
        window.pull_update = True
        window.pull_paused = True
        window.leaving_opts_out = True
        window.scheduled = True
        window.at_time = 2.5
        window.start_date = date(2100, 1, 1)
        return window

    def test_save_keeps_everything(self):
        self.edited().save().action_save()
        sync = self.sync
        for name in ("push", "push_add", "push_update", "pull", "pull_add"):
            self.assertTrue(sync[name], name)
        self.assertTrue(sync.pull_update and sync.pull_paused)
        self.assertFalse(sync.push_paused)
        self.assertTrue(sync.leaving_opts_out and sync.pull_all_fields)
        self.assertEqual(sync.push_field_ids, self.field("WorkPhone", "Address/City"))
        self.assertTrue(sync.scheduled)
        self.assertEqual((sync.at_hour, sync.at_minute), (2, 30))
        self.assertEqual(sync.start_date, date(2100, 1, 1))

    def test_a_saved_set_up_is_shown_again(self):
        self.edited().save().action_save()
        window = self.window()
        self.assertTrue(window.push and window.pull_paused and window.scheduled)
        self.assertEqual(window.at_time, 2.5)
        self.assertEqual(len(window.push_field_ids[:]), 2)
        self.assertFalse(window._record._edited())

    def test_cancel_discards_everything(self):
        """Whatever was edited, and even kept by the window, never reaches the list."""
        before = [self.sync[name] for name in (*OPTIONS, *SCHEDULE_FIELDS)]
        self.edited().save()
        self.env.invalidate_all()
        after = [self.sync[name] for name in (*OPTIONS, *SCHEDULE_FIELDS)]
        self.assertEqual(after, before)

    def test_two_people_who_change_different_things_both_keep_them(self):
        first, second = self.window(), self.window()
        first.push = True
        first.push_add = True
        second.pull = True
        second.pull_add = True
        first.save().action_save()
        second.save().action_save()
        self.assertTrue(self.sync.push_add and self.sync.pull_add)

    # --- what the next run looks at again -----------------------------------------

    def test_a_new_field_to_push_looks_at_old_changes_again(self):
        self.sync.write({"push": True, "push_update": True})
        binding = self.bound()
        window = self.window()
        self.pick(window.push_field_ids, self.field("WorkPhone"))
        window.save().action_save()
        self.assertFalse(binding.odoo_stamp)

    def test_one_field_less_to_push_looks_at_nothing(self):
        phone = self.field("WorkPhone")
        self.sync.write({"push": True, "push_update": True, "push_field_ids": phone})
        binding = self.bound()
        window = self.window()
        window.push_field_ids.remove(id=phone.id)
        window.save().action_save()
        self.assertTrue(binding.odoo_stamp)
        self.assertFalse(self.sync.read_all)

    def test_more_to_pull_reads_everything_again(self):
        window = self.window()
        window.pull = True
        window.pull_update = True
        window.save().action_save()
        self.assertTrue(self.sync.read_all)

    def test_a_schedule_alone_reads_nothing_again(self):
        binding = self.bound()
        self.sync.write({"pull": True, "pull_update": True, "pull_add": True})
        window = self.window()
        window.scheduled = True
        window.save().action_save()
        self.assertFalse(self.sync.read_all)
        self.assertTrue(binding.odoo_stamp)

    def test_a_push_that_goes_on_after_a_pause_is_made_up_for(self):
        phone = self.field("WorkPhone")
        self.sync.write(
            {
                "push": True,
                "push_update": True,
                "push_paused": True,
                "push_field_ids": phone,
            }
        )
        binding = self.bound()
        window = self.window()
        window.push_paused = False
        window.save().action_save()
        self.assertFalse(binding.odoo_stamp)

    # --- columns ------------------------------------------------------------------

    def test_columns_are_asked_of_the_crm(self):
        opened = self.opened(self.list.with_user(self.user).action_infor_setup())
        self.crm.clear_requests()
        opened.action_ask_columns()
        self.assertTrue(self.crm.requests())
        self.assertTrue(opened.columns_shown)
        self.assertFalse(opened.columns_note)

    def test_columns_are_offered_while_the_crm_is_down(self):
        opened = self.opened(self.list.with_user(self.user).action_infor_setup())
        self.crm.fault(fault="html_503")
        opened.action_ask_columns()
        self.assertIn("These are the fields known so far.", opened.columns_note)
        self.assertTrue(self.env["infor.crm.field"].search(opened.column_choice))

    def test_standard_and_custom_fields_of_the_source_are_offered(self):
        window = self.window()._record
        offered = self.env["infor.crm.field"].search(window.column_choice)
        self.assertEqual(set(offered.mapped("origin")), {"standard", "custom"})
        self.assertEqual(set(offered.mapped("kind")), {"lead"})
        self.assertFalse(offered & self.sync.column_ids)
        self.assertNotIn("Email", offered.mapped("name"))

    def test_added_columns_are_filled_by_the_next_sync(self):
        window = self.window(columns=True)
        window.pull = True
        window.pull_update = True
        budget = self.field("AnnualBudget")
        self.pick(window.new_column_ids, budget)
        self.assertIn("Annual Budget: added to the list", window.effect)
        window.save().action_save()
        self.assertEqual(self.sync.column_ids, self.field("Industry") | budget)
        self.assertTrue(self.sync.read_all)

    def test_an_added_column_is_pulled_where_fields_were_picked(self):
        city = self.field("Address/City")
        self.sync.write(
            {
                "pull": True,
                "pull_update": True,
                "pull_all_fields": False,
                "pull_field_ids": city,
            }
        )
        window = self.window(columns=True)
        self.pick(window.new_column_ids, self.field("AnnualBudget"))
        window.save().action_save()
        self.assertEqual(self.sync.pull_field_ids, city | self.field("AnnualBudget"))

    def test_an_added_column_can_be_pushed_only_if_chosen(self):
        self.sync.write({"push": True, "push_update": True})
        window = self.window(columns=True)
        budget = self.field("AnnualBudget")
        self.pick(window.new_column_ids, budget)
        window.save().action_save()
        self.assertFalse(self.sync.push_field_ids)
        again = self.window()._record
        self.assertIn(budget, self.env["infor.crm.field"].search(again.push_choice))

    def test_more_than_twenty_columns_are_warned_of(self):
        window = self.window(columns=True)
        offered = self.env["infor.crm.field"].search(window._record.column_choice)
        self.pick(window.new_column_ids, offered[:19])
        self.assertFalse(window.many_columns)
        self.pick(window.new_column_ids, offered[19:20])
        self.assertTrue(window.many_columns)

    # --- schedule -----------------------------------------------------------------

    def test_the_next_run_is_shown_while_the_schedule_is_edited(self):
        window = self.window()
        window.scheduled = True
        daily = window.next_run
        window.frequency = "monthly"
        window.month_day = 31
        self.assertTrue(daily)
        self.assertGreater(window.next_run, daily)
        window.pull = True
        self.assertIn("Monthly on the last day", window.effect)

    def test_the_run_shown_is_the_run_saved(self):
        window = self.window()
        window.scheduled = True
        window.at_time = 23.75
        shown = window.next_run
        window.save().action_save()
        self.assertEqual(self.sync.next_run, shown)

    def test_the_schedule_goes_by_the_clocks_of_who_makes_it(self):
        self.user.tz = "Asia/Kolkata"
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        self.assertEqual(self.window(mailing_list).tz, "Asia/Kolkata")

    def test_a_schedule_without_a_day_is_refused(self):
        window = self.window()
        window.scheduled = True
        window.frequency = "weekly"
        window.on_monday = False
        with self.assertRaisesRegex(ValidationError, "at least one day"):
            window.save().action_save()

    def test_one_schedule_too_many_names_the_others(self):
        other = self.env["mailing.list"].create({"name": "Trade fair"})
        self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=other.id
        ).scheduled = True
        self.connector.max_scheduled = 1
        window = self.window()
        window.scheduled = True
        opened = window.save()
        with self.assertRaisesRegex(UserError, "Trade fair"):
            opened.action_save()

    # --- who may ------------------------------------------------------------------

    def test_others_may_not_open_it(self):
        marketer = new_test_user(
            self.env, "marketer", "mass_mailing.group_mass_mailing_user"
        )
        with self.assertRaises(AccessError):
            self.list.with_user(marketer).action_infor_setup()

    def test_the_set_up_itself_can_only_be_read(self):
        with self.assertRaises(AccessError):
            self.sync.with_user(self.user).write({"push": True})

    def test_another_company_s_set_up_cannot_be_opened(self):
        stranger = self._stranger()
        with self.assertRaises(AccessError):
            self.sync.with_user(stranger).action_set_up()
        with self.assertRaisesRegex(UserError, "another company|not connected"):
            self.list.with_user(stranger).action_infor_setup()

    def test_another_company_s_set_up_cannot_be_saved_into(self):
        """A browser may send any id."""
        own_crm = self.start_crm(seed=2, leads=3, contacts=3)
        stranger = self._stranger()
        own = self.make_connected(
            own_crm, company_id=stranger.company_id.id, sharing_confirmed=True
        )
        setup = (
            self.env[WINDOW]
            .with_user(stranger)
            .create({"connector_id": own.id, "sync_id": self.sync.id, "push": True})
        )
        with self.assertRaises(AccessError):
            setup.action_save()
        self.assertFalse(self.sync.push)

    def _stranger(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        return new_test_user(
            self.env,
            "stranger",
            "infor_crm_connector.group_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
