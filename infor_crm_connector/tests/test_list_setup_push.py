"""*Push to Infor CRM*: lists that were not imported, and segments."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .setup_common import SetupCase


@tagged("post_install", "-at_install")
class TestPushWindow(SetupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["mailing.list"].create({"name": "Trade fair"})
        cls.segment = cls.make_segment("res.partner", "Customers in Belgium")

    @classmethod
    def make_segment(cls, model, name):
        return cls.env["mailing.filter"].create(
            {
                "name": name,
                "mailing_model_id": cls.env["ir.model"]._get_id(model),
                "mailing_domain": "[('id', '!=', 0)]",
            }
        )

    def syncs(self, target):
        field = "list_id" if target._name == "mailing.list" else "filter_id"
        return self.env["infor.crm.list.sync"].search([(field, "=", target.id)])

    def push_window(self, segment=None):
        segment = segment or self.segment
        return Form(self.opened(segment.with_user(self.user).action_infor_push()))

    # --- lists --------------------------------------------------------------------

    def test_any_other_list_can_be_pushed(self):
        window = self.window(self.other)
        self.assertTrue(window.push_only and window.push)
        self.assertEqual(window.title, "Trade fair")
        self.assertIn("Practice CRM", window.source)
        self.assertFalse(self.syncs(self.other))

    def test_nothing_can_be_pulled_into_it(self):
        window = self.window(self.other)
        window.push_add = True
        opened = window.save()
        # whatever a browser sends
        opened.write({"pull": True, "pull_add": True})
        opened.action_save()
        sync = self.syncs(self.other)
        self.assertTrue(sync.push_only and sync.push and sync.push_add)
        self.assertFalse(sync.pull or sync.pull_add)
        self.assertIn("Nothing is pulled", self.window(self.other).effect)

    def test_push_once_saves_and_runs(self):
        window = self.window(self.other)
        window.push_add = True
        window.save().action_run_now()
        sync = self.syncs(self.other)
        self.assertTrue(sync.push_add)
        self.assertFalse(sync.scheduled)
        self.assertEqual(sync.last_run_id.operation, "push")

    def test_push_once_of_an_edited_set_up_asks(self):
        window = self.window(self.other)
        window.push_add = True
        window.save().action_save()
        window = self.window(self.other)
        window.push_add = False
        opened = window.save()
        opened.action_run_now()
        self.assertEqual(opened.step, "ask")
        self.assertFalse(self.syncs(self.other).run_ids)

    def test_it_can_be_scheduled(self):
        window = self.window(self.other)
        window.push_add = True
        window.scheduled = True
        window.save().action_save()
        sync = self.syncs(self.other)
        self.assertTrue(sync.scheduled and sync.next_run)
        self.assertFalse(sync.run_ids)

    def test_cancel_leaves_no_set_up_behind(self):
        window = self.window(self.other)
        window.push_add = True
        window.save()
        self.assertFalse(self.syncs(self.other))

    def test_pushing_a_list_again_changes_the_same_set_up(self):
        self.window(self.other).save().action_save()
        window = self.window(self.other)
        window.push_add = True
        window.save().action_save()
        self.assertEqual(len(self.syncs(self.other)), 1)
        self.assertTrue(self.syncs(self.other).push_add)

    def test_an_imported_list_is_not_offered_to_be_pushed_only(self):
        self.assertFalse(self.window().push_only)

    # --- segments -----------------------------------------------------------------

    def test_segments_of_people_can_be_pushed(self):
        for model in ("mailing.contact", "res.partner", "crm.lead"):
            segment = self.make_segment(model, model)
            if model == "crm.lead":
                sales = self.env.ref("sales_team.group_sale_salesman_all_leads")
                self.user.group_ids += sales
            window = self.push_window(segment)
            self.assertTrue(window.push_only, model)
            window.push_add = True
            window.save().action_run_now()
            sync = self.syncs(segment)
            self.assertEqual(sync.target_model, model)
            self.assertEqual(sync.last_run_id.operation, "push")

    def test_segments_of_other_records_cannot(self):
        segment = self.make_segment("res.users", "Colleagues")
        with self.assertRaisesRegex(UserError, "no people"):
            segment.with_user(self.user).action_infor_push()

    def test_who_may_not_read_the_people_may_not_push_them(self):
        segment = self.make_segment("crm.lead", "Open leads")
        with self.assertRaises(AccessError):
            segment.with_user(self.user).action_infor_push()

    def test_leaving_does_not_concern_a_segment(self):
        arch = self.push_window()._record
        self.assertFalse(arch.list_id)
        arch.write({"leaving_opts_out": True, "push_add": True})
        arch.action_save()
        self.assertFalse(self.syncs(self.segment).leaving_opts_out)

    def test_it_opens_from_the_favorite_filters_and_the_mailing(self):
        filters = self.env["mailing.filter"].with_user(self.user)
        for view in ("list", "form"):
            arch = filters.get_view(view_type=view)["arch"]
            self.assertIn('name="action_infor_push"', arch, view)
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Hello",
                "mailing_model_id": self.segment.mailing_model_id.id,
                "mailing_filter_id": self.segment.id,
            }
        )
        self.opened(mailing.with_user(self.user).action_infor_push_segment())

    def test_a_segment_shows_its_state(self):
        self.push_window().save().action_save()
        sync = self.syncs(self.segment)
        self.env["infor.crm.sync.run"].create(
            {
                "connector_id": self.connector.id,
                "list_sync_id": sync.id,
                "kind": "lead",
                "operation": "push",
                "state": "running",
                "cursor": {"phase": "push_new"},
                "push_selected": 4,
            }
        )
        shown = self.segment.with_user(self.user)
        self.assertEqual(shown.infor_import["label"], "Sending new people… 4")
        self.assertEqual(shown.infor_run_count, 1)

    # --- several CRMs, or none ----------------------------------------------------

    def test_with_several_crms_one_chooses(self):
        second = self.make_connected(
            self.start_crm(seed=2, leads=3, contacts=3), name="Second CRM"
        )
        window = self.push_window()
        self.assertTrue(window.choose_connector)
        window.push_add = True
        window.connector_id = second
        window.push_add = True
        window.save().action_save()
        self.assertEqual(self.syncs(self.segment).connector_id, second)

    def test_a_segment_has_a_set_up_per_crm(self):
        second = self.make_connected(
            self.start_crm(seed=2, leads=3, contacts=3), name="Second CRM"
        )
        first = self.push_window()
        first.connector_id = self.connector
        first.push_add = True
        first.save().action_save()
        other = self.push_window()
        other.connector_id = second
        self.assertFalse(other.push_add)
        other.save().action_save()
        again = self.push_window()
        again.connector_id = self.connector
        self.assertTrue(again.push_add)
        self.assertEqual(len(self.syncs(self.segment)), 2)

    def test_without_a_connection_it_says_whom_to_ask(self):
        self.connector.action_pause()
        boss = new_test_user(
            self.env, "boss", "infor_crm_connector.group_manager", name="Ada Boss"
        )
        with self.assertRaisesRegex(UserError, boss.name):
            self.other.with_user(self.user).action_infor_setup()
