"""*Run Now* from the window, and what a list shows of it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .setup_common import SetupCase


@tagged("post_install", "-at_install")
class TestRunNow(SetupCase):
    def setUp(self):
        super().setUp()
        self.sync.write({"pull": True, "pull_add": True})

    def opened_now(self):
        return self.opened(self.list.with_user(self.user).action_infor_setup())

    # --- run now ------------------------------------------------------------------

    def test_run_now_runs_an_unchanged_set_up_at_once(self):
        action = self.opened_now().action_run_now()
        run = self.sync.last_run_id
        self.assertEqual((run.operation, run.trigger), ("sync", "manual"))
        self.assertEqual(run.user_id, self.user)
        self.assertIn("has started", action["params"]["message"])
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )

    def test_run_now_with_unsaved_changes_asks(self):
        window = self.window()
        window.push = True
        opened = window.save()
        action = opened.action_run_now()
        self.assertEqual(action["res_id"], opened.id)
        self.assertEqual(opened.step, "ask")
        self.assertIn("Push to Infor CRM", opened.changes)
        self.assertFalse(self.sync.last_run_id)
        self.assertFalse(self.sync.push)

    def test_save_and_run_keeps_the_changes(self):
        window = self.window()
        window.push = True
        window.push_add = True
        opened = window.save()
        opened.action_run_now()
        opened.action_save_and_run()
        self.assertTrue(self.sync.push_add)
        self.assertEqual(self.sync.last_run_id.state, "queued")

    def test_run_as_saved_leaves_the_changes_in_the_window(self):
        window = self.window()
        window.push = True
        opened = window.save()
        opened.action_run_now()
        action = opened.action_run_as_saved()
        self.assertFalse(self.sync.push)
        self.assertTrue(self.sync.last_run_id)
        self.assertEqual(action["params"]["next"]["res_id"], opened.id)
        self.assertEqual(opened.step, "edit")
        self.assertIn("push", opened._edited())

    def test_back_runs_nothing_and_keeps_the_changes(self):
        window = self.window()
        window.push = True
        opened = window.save()
        opened.action_run_now()
        self.assertEqual(opened.action_back()["res_id"], opened.id)
        self.assertFalse(self.sync.last_run_id)
        self.assertIn("push", opened._edited())

    def test_run_now_joins_a_run_under_way(self):
        run = self.sync._queue_run("schedule", operation="sync")
        run.state = "running"
        action = self.opened_now().action_run_now()
        self.assertEqual(self.sync.run_ids, run)
        self.assertIn("joins it", action["params"]["message"])

    def test_run_now_wakes_a_paused_run(self):
        run = self.sync._queue_run("schedule", operation="sync")
        run.state = "paused"
        self.opened_now().action_run_now()
        self.assertEqual(run.signal_ids.action, "resume")

    def test_with_nothing_chosen_it_says_what_to_choose(self):
        self.sync.pull = False
        with self.assertRaisesRegex(UserError, "Choose Push to Infor CRM"):
            self.opened_now().action_run_now()

    def test_with_everything_paused_it_says_so(self):
        self.sync.pull_paused = True
        with self.assertRaisesRegex(UserError, "paused"):
            self.opened_now().action_run_now()

    def test_with_a_connector_at_rest_it_says_so(self):
        self.connector.action_pause()
        with self.assertRaisesRegex(UserError, "paused|Paused|rest"):
            self.opened_now().action_run_now()

    # --- what the list shows ------------------------------------------------------

    def run_of(self, state, sync=None, **values):
        sync = sync or self.sync
        return self.env["infor.crm.sync.run"].create(
            {
                "connector_id": self.connector.id,
                "list_sync_id": sync.id,
                "kind": sync.kind,
                "operation": "push" if sync.push_only else "sync",
                "state": state,
                **values,
            }
        )

    def shown(self, record=None):
        self.env.invalidate_all()
        return (record or self.list).infor_import

    def ago(self, **delta):
        return fields.Datetime.now() - timedelta(**delta)

    def test_a_list_says_what_the_last_sync_did(self):
        self.run_of("done", finished=self.ago(minutes=5), updated=3, push_updated=2)
        self.assertEqual(
            self.shown()["label"],
            "Synced 5 minutes ago: 3 updated here, 2 updated in Infor CRM",
        )

    def test_a_sync_of_this_minute_was_just_now(self):
        self.run_of("done", finished=self.ago(seconds=5), updated=3)
        self.assertEqual(self.shown()["label"], "Synced just now: 3 updated here")

    def test_a_list_says_that_nothing_had_changed(self):
        self.run_of("done", finished=self.ago(hours=2), selected=0)
        label = self.shown()["label"]
        self.assertEqual(label, "Synced 2 hours ago: nothing had changed")

    def test_a_list_says_what_waits_for_people(self):
        self.run_of("done", finished=self.ago(minutes=5), questions=2, push_failed=1)
        label = self.shown()["label"]
        self.assertIn("2 to decide", label)
        self.assertIn("1 failed", label)

    def test_a_list_says_why_people_were_left_out(self):
        self.run_of("done", finished=self.ago(minutes=5), push_skipped=4)
        shown = self.shown()
        self.assertIn("4 not sent", shown["label"])
        self.assertEqual(shown["detail"], "4 not sent to Infor CRM")

    def test_a_list_says_what_a_run_is_doing(self):
        run = self.run_of("running", cursor={"phase": "pull"}, selected=120)
        shown = self.shown()
        self.assertEqual(shown["label"], "Reading what changed in Infor CRM… 120")
        self.assertTrue(shown["live"] and shown["can_stop"])
        run.write({"cursor": {"phase": "push_changes"}, "push_selected": 7})
        self.assertEqual(self.shown()["label"], "Sending what changed in Odoo… 7")

    def test_a_list_shows_its_next_run(self):
        self.run_of("done", finished=self.ago(minutes=5))
        self.sync.write({"scheduled": True, "at_hour": 5, "tz": "UTC"})
        self.user.tz = "UTC"
        shown = self.list.with_user(self.user).infor_import
        self.assertRegex(shown["pace"], r"^Next run: \w+ \d+ \w+, 05:00$")

    def test_a_list_shows_that_it_is_paused(self):
        self.run_of("done", finished=self.ago(minutes=5))
        self.sync.pull_paused = True
        self.assertEqual(self.shown()["pace"], "Paused")
        self.sync.write({"push": True})
        self.assertEqual(self.shown()["pace"], "Pull paused")

    def test_a_list_that_is_only_pushed_shows_its_state_too(self):
        other = self.env["mailing.list"].create({"name": "Trade fair"})
        sync = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=other.id
        )
        self.run_of("done", sync, finished=self.ago(minutes=5), push_created=3)
        shown = self.shown(other)
        self.assertEqual(shown["label"], "Pushed 5 minutes ago: 3 new in Infor CRM")
        self.assertEqual(shown["source"], "Pushed to Practice CRM")

    def test_a_scheduled_list_that_never_ran_shows_when_it_will(self):
        other = self.env["mailing.list"].create({"name": "Trade fair"})
        sync = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=other.id
        )
        self.assertFalse(self.shown(other))
        sync.write({"scheduled": True})
        shown = self.shown(other)
        self.assertEqual(shown["label"], "Not run yet")
        self.assertIn("Next run", shown["pace"])

    # --- the report ---------------------------------------------------------------

    def test_the_report_leads_to_its_records_list_and_set_up(self):
        run = self.run_of("done").with_user(self.user)
        self.env["infor.crm.sync.outcome"].create(
            {
                "run_id": run.id,
                "kind": "lead",
                "key": "Q1",
                "status": "updated",
                "reason": "changed",
                "direction": "to_infor",
            }
        )
        self.assertEqual(run.outcome_count, 1)
        records = run.action_view_outcomes()
        found = self.env[records["res_model"]].search(records["domain"])
        self.assertEqual(found, run.outcome_ids)
        self.assertEqual(run.action_open_target()["res_id"], self.list.id)
        self.opened(run.action_set_up())

    def test_all_syncs_are_listed_with_their_schedule(self):
        self.sync.write({"scheduled": True})
        syncs = self.env["infor.crm.list.sync"].with_user(self.user)
        arch = syncs.get_view(view_type="list")["arch"]
        for name in ("schedule_text", "next_run", "last_run_state"):
            self.assertIn(name, arch)
        row = syncs.search([("id", "=", self.sync.id)])
        self.assertEqual((row.what, row.display_name), ("source", self.list.name))
        self.opened(row.action_set_up())
