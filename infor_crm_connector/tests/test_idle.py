"""A sync with nothing to do costs next to nothing, and overlooks nothing."""

from types import SimpleNamespace

from odoo.tests import tagged

from ..tools.sync_look import SyncLook
from .push_common import PushCase
from .sync_common import SyncCase
from .test_import_groups import GroupCase

WRITTEN = (
    "mailing_contact",
    "mailing_subscription",
    "infor_crm_binding",
    "infor_crm_list_member",
    "infor_crm_push_tried",
    "mail_blacklist",
)


class IdleCase(PushCase, SyncCase):
    options = {
        **SyncCase.options,
        "push": True,
        "push_add": True,
        "push_update": True,
    }

    def set_up(self, sync, pushing=("Title", "WorkPhone"), **options):
        return super().set_up(sync, pushing, **options)

    def settled(self, sync=None):
        """Synced until nothing is left to do; the CRM's own clock goes on meanwhile, so
        that windows do not overlap with what was settled."""
        for hours in (1, 2):
            self.crm_clock(60 * hours)
            run = self.synced(sync)
        self.crm_clock(60 * 3)
        self.crm.clear_requests()
        return run

    def assertIdle(self, sync=None, requests=6):
        """At most so many requests, none writing, and no row written in Odoo."""
        self.crm.clear_requests()
        before = self.versions()
        run = self.synced(sync)
        asked = self.crm.requests()
        self.assertEqual({r["method"] for r in asked} | {"GET"}, {"GET"})
        self.assertLessEqual(len(asked), requests, [r["query"] for r in asked])
        self.assertEqual(self.versions(), before)
        self.assertFalse(run.outcome_ids)
        self.assertFalse(run.selected + run.push_selected)
        return run

    def versions(self):
        found = []
        for table in WRITTEN:
            self.env.cr.execute(
                f"SELECT md5(string_agg(ctid::text || xmin::text, '' ORDER BY id))"
                f" FROM {table}"
            )
            found.append(self.env.cr.fetchone())
        return found

    def stranger(self, email="nobody.knows@example.com", **values):
        person = self.person(email, **values)
        self.join(self.sync.list_id, person)
        return person


@tagged("post_install", "-at_install")
class TestIdle(IdleCase):
    def test_nothing_changed_costs_a_few_questions(self):
        self.settled()
        run = self.assertIdle()
        self.assertTrue(run.cursor["idle"])
        self.assertEqual(run.calls, len(self.crm.requests()))

    def test_what_happens_afterwards_is_found(self):
        """On either side, although the run before had nothing to do."""
        self.settled()
        self.assertIdle()
        row = self.rows()[5]
        self.crm_clock(60 * 4)
        self.crm_edit(row["LEADID"], Title="Changed there")
        self.assertEqual(self.synced().updated, 1)
        contact = self.members(self.sync)[0]
        self.odoo_edit(contact, function="Changed here")
        self.assertEqual(self.synced().push_updated, 1)

    def test_whoever_is_in_a_group_is_asked_and_no_more(self):
        """The pages of its members, and the questions of any sync."""
        sync, _run = GroupCase.imported_group(self, "Trade Show Visitors")
        self.set_up(sync, **self.options)
        self.settled(sync)
        run = self.assertIdle(sync, requests=99)
        asked = [r for r in self.crm.requests() if "ModifyDate" in r["query"]]
        self.assertLessEqual(len(asked), 6)
        self.assertFalse(run.cursor.get("idle"))

    group = GroupCase.group
    start_group = GroupCase.start_group

    # --- the look and the phases look for the same ------------------------------------

    def test_the_look_overlooks_nothing_that_a_phase_would_find(self):
        self.settled()
        run = self.started()
        self.assertFalse(self.finds_anything(run))
        contacts = self.members(self.sync).filtered("email_normalized")
        subscription = self.env["mailing.subscription"].search(
            [("list_id", "=", self.sync.list_id.id), ("opt_out", "=", False)], limit=1
        )
        blacklist = self.env["mail.blacklist"]
        known = self.env["infor.crm.binding"].search(
            [("res_id", "=", contacts[3].id), ("odoo_model", "=", "mailing.contact")]
        )
        happenings = {
            "left": lambda: subscription.unlink(),
            "opted out": lambda: subscription.write({"opt_out": True}),
            "joined": lambda: self.stranger(),
            "blacklisted": lambda: blacklist._add(contacts[0].email),
            "moved": lambda: contacts[1].write({"email": "moved@example.com"}),
            "edited": lambda: self.touch(contacts[2], function="Other"),
            "to tell": lambda: self.mark(known, "opt_out_due = TRUE"),
            "to compare": lambda: self.mark(known, "odoo_stamp = NULL"),
        }
        for name, happens in happenings.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                happens()
                self.assertTrue(self.finds_anything(run))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_look_leaves_what_is_not_pushed(self):
        """An edit of somebody is no work for a list that only pulls."""
        self.settled()
        run = self.started()
        self.touch(self.members(self.sync)[0], function="Other")
        self.assertFalse(self.finds_anything(run, updates=False, meets=False))

    def finds_anything(self, run, updates=True, meets=True):
        self.env.flush_all()
        job = SimpleNamespace(run=run, connector_id=self.connector.id)
        look = SyncLook(self.env, job, pulling=True, updates=updates, meets=meets)
        return look.finds_anything()

    def mark(self, binding, what):
        self.env.cr.execute(
            f"UPDATE infor_crm_binding SET {what} WHERE id = %s", [binding.id]
        )


@tagged("post_install", "-at_install")
class TestTriedInVain(IdleCase):
    """Whom a push could do nothing for is passed over until something changes."""

    options = {**IdleCase.options, "push_add": False}

    def setUp(self):
        super().setUp()
        self.people = [self.stranger(f"unknown{n}@example.com") for n in range(3)]
        self.settled()

    def test_unknown_people_cost_nothing_while_adding_is_off(self):
        self.assertIdle()

    def test_the_first_run_says_who_they_are(self):
        runs = self.sync.run_ids.filtered(lambda run: run.operation == "sync")
        self.assertEqual(sum(runs.mapped("push_skipped")), 3)
        self.assertEqual(runs.outcome_ids.mapped("reason").count("not_added"), 3)

    def test_whoever_is_edited_is_looked_for_again(self):
        self.touch(self.people[0], email="other.unknown@example.com")
        run = self.synced()
        self.assertEqual((run.push_selected, run.push_skipped), (1, 1))
        self.assertIdle()

    def test_all_are_created_once_that_is_wanted(self):
        self.set_up(self.sync, push_add=True)
        self.assertEqual(self.synced().push_created, 3)

    def test_a_changed_mapping_looks_again(self):
        row = self.env["infor.crm.field.mapping"].search(
            [("connector_id", "=", self.connector.id), ("kind", "=", "lead")], limit=1
        )
        self.touch(row, may_clear=not row.may_clear)
        self.assertEqual(self.synced().push_skipped, 3)

    def test_whoever_comes_into_the_crm_is_met(self):
        """By a window that a sync reads, although the list takes nobody new."""
        self.set_up(self.sync, pull_add=False)
        key = self.crm_add("unknown1@example.com")
        run = self.synced()
        self.assertEqual(run.push_linked, 1)
        self.assertEqual(self.binding(key).res_id, self.people[1].id)

    def test_after_a_week_everybody_is_looked_for(self):
        self.env.cr.execute(
            "UPDATE infor_crm_push_tried SET tried = tried - interval '8 days'"
        )
        self.assertEqual(self.synced().push_skipped, 3)

    def test_without_their_twin_people_are_looked_for(self):
        first = self.members(self.sync).filtered("email_normalized")[0]
        twin = self.stranger(first.email)
        self.assertEqual(self.synced().push_skipped, 1)
        self.assertIdle()
        self.env.cr.execute(
            "UPDATE mailing_contact SET email_normalized = 'x@example.com'"
            " WHERE id = %s",
            [first.id],
        )
        run = self.started()
        self.work_off(run)
        self.assertIn(twin.id, run.outcome_ids.mapped("res_id"))


@tagged("post_install", "-at_install")
class TestRefusedForGood(IdleCase):
    def refused(self):
        """A contact whose change the CRM refuses, as it would again."""
        contact = self.members(self.sync)[0]
        self.touch(contact, function="Not that")
        self.crm.switches(batch="refused")
        self.crm.fault(fault="status", status=403, match="leads", method="PUT")
        self.assertEqual(self.synced().push_failed, 1)
        self.crm.clear_faults()
        return contact

    def test_what_was_refused_is_not_sent_again_by_itself(self):
        self.settled()
        contact = self.refused()
        self.assertFalse(self.by_schedule().push_selected)
        self.touch(contact, function="Rather that")
        self.assertEqual(self.by_schedule().push_updated, 1)

    def test_whoever_starts_a_run_has_it_tried_again(self):
        self.settled()
        self.refused()
        self.assertEqual(self.synced().push_updated, 1)

    def by_schedule(self):
        run = self.sync._queue_run("schedule", user=self.user, operation="sync")
        self.work_off(run)
        self.assertEqual(run.state, "done", run.message)
        return run
