"""Somebody changes the set-up or the mapping while a run is at work."""

from unittest.mock import patch

from odoo.tests import tagged

from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestSetUpMeanwhile(SyncCase):
    crm_options = {"seed": 1, "leads": 6, "contacts": 4}

    def setUp(self):
        super().setUp()
        self.set_up(self.sync, pushing=("FirstName", "WorkPhone"))
        self.phone = self.env["infor.crm.field.mapping"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("kind", "=", "lead"),
                ("odoo_model", "=", "mailing.contact"),
                ("odoo_field", "=", "phone"),
            ]
        )
        self.key, self.person = self.a_person()
        self.first = True

    def when(self, step, change):
        """``change(env)`` once, right before a run does a step."""
        worker = type(self.env["infor.crm.worker"])
        original = getattr(worker, step)

        def then(this, *args):
            if self.first:
                self.first = False
                change(this.env)
                this.env.flush_all()
            return original(this, *args)

        self.startPatcher(patch.object(worker, step, then))

    def phone_there(self):
        return self.crm_row(self.key)["WORKPHONE"]

    def edit_both(self):
        self.odoo_edit(self.person, first_name="Changed", phone="+1 555 0100")

    def test_what_the_mapping_lets_travel_since_is_sent_by_the_next_run(self):
        self.phone.direction = "pull"
        self.synced()
        self.edit_both()
        self.when("_close_changed", lambda env: self.phone.with_env(env).write(BOTH))
        self.synced()
        self.assertEqual(self.crm_row(self.key)["FIRSTNAME"], "Changed")
        self.assertNotIn("0100", self.phone_there() or "")
        self.synced()
        self.assertIn("0100", self.phone_there())

    def test_what_the_list_lets_travel_since_is_sent_by_the_next_run(self):
        self.set_up(self.sync, pushing=("FirstName",))
        self.synced()
        self.edit_both()
        more = self.field("FirstName") | self.field("WorkPhone")
        picks = {"push_field_ids": more}
        self.when("_close_changed", lambda env: self.mine(env)._change_setup(picks))
        self.synced()
        self.assertNotIn("0100", self.phone_there() or "")
        self.synced()
        self.assertIn("0100", self.phone_there())

    def test_so_it_is_when_that_run_was_stopped(self):
        self.phone.direction = "pull"
        self.synced()
        self.edit_both()

        def change(env):
            self.phone.with_env(env).write(BOTH)
            env["infor.crm.sync.run"].browse(run.id).action_stop()

        self.when("_close_changed", change)
        run = self.started()
        self.lane()
        self.assertEqual(run.state, "stopped")
        self.synced()
        self.assertIn("0100", self.phone_there())

    def test_what_may_be_pulled_since_is_read_by_the_next_run(self):
        """Also when that run was reading everything."""
        self.phone.write({"direction": "both", "may_clear": False})
        self.synced()
        self.crm_edit(self.key, WorkPhone=None)
        self.synced()
        self.assertTrue(self.person.phone)
        self.sync.sudo().read_all = True
        allow = {"may_clear": True}
        self.when("_pull_page", lambda env: self.phone.with_env(env).write(allow))
        self.assertTrue(self.synced())
        self.synced()
        self.assertFalse(self.person.phone)

    def test_it_is_over_once_a_run_has_done_it(self):
        self.phone.direction = "pull"
        self.assertTrue(self.sync.push_all and self.sync.read_all)
        self.synced()
        self.assertFalse(self.sync.push_all or self.sync.read_all)

    def test_a_column_added_where_nothing_is_pulled_is_filled_by_the_next_run(self):
        self.set_up(self.sync, pull=False, pull_add=False, pull_update=False)
        budget = self.field("AnnualBudget")
        self.mine(self.env)._change_setup({"column_ids": budget})
        self.synced()
        name = self.sync._column_target(budget).removeprefix("properties.")
        there = self.crm_row(self.key)["ANNUALBUDGET"]
        self.assertTrue(there)
        self.assertEqual(self.person.properties[name], there)

    # --- more lists -------------------------------------------------------------------

    def passed_over(self):
        """An edit that this person's list does not send."""
        self.set_up(self.sync, pushing=("FirstName",))
        self.synced()
        self.odoo_edit(self.person, phone="+1 555 0100")
        self.synced()
        self.assertNotIn("0100", self.phone_there() or "")

    def pushed(self, **target):
        """Another list, or a segment, that sends phone numbers."""
        sync = self.env["infor.crm.list.sync"]._push_target(self.connector, **target)
        self.set_up(sync, pushing=("WorkPhone",))
        return sync

    def test_who_is_put_on_a_list_that_lets_more_travel_is_looked_at_again(self):
        other = self.env["mailing.list"].create({"name": "Phones"})
        sync = self.pushed(list_id=other.id)
        self.synced(sync, "push")
        self.passed_over()
        other.contact_ids = [(4, self.person.id)]
        self.synced(sync, "push")
        self.assertIn("0100", self.phone_there())

    def test_so_is_who_is_in_a_segment_since_its_filter_was_changed(self):
        segment = self.env["mailing.filter"].create(
            {
                "name": "Phones",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.contact"),
                "mailing_domain": "[('id', '=', 0)]",
            }
        )
        sync = self.pushed(filter_id=segment.id)
        self.synced(sync, "push")
        self.passed_over()
        segment.mailing_domain = f"[('id', '=', {self.person.id})]"
        self.synced(sync, "push")
        self.assertIn("0100", self.phone_there())

    def mine(self, env):
        return self.sync.with_env(env).with_user(self.user)


BOTH = {"direction": "both"}
