"""Who is in a list, by Odoo and by the group of Infor CRM."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .sync_common import SyncCase
from .test_import_groups import GroupCase

CLIENT = "odoo.addons.infor_crm_connector.lib.sdata"


class MembershipMixin:
    # --- in Odoo ----------------------------------------------------------------------

    def test_who_was_removed_never_comes_back(self):
        key, person = self.a_person()
        self.subscription(person).unlink()
        self.crm_edit(key, FirstName="Renamed")
        self.synced()
        self.crm_clock(60)
        self.sync.sudo().read_all = True
        self.synced()
        self.assertFalse(self.subscription(person))
        self.assertTrue(self.crm_row(key))

    def test_who_was_deleted_never_comes_back(self):
        key, person = self.a_person()
        email = person.email_normalized
        person.unlink()
        self.crm_edit(key, FirstName="Renamed")
        run = self.synced()
        self.sync.sudo().read_all = True
        self.synced()
        self.assertFalse(
            self.env["mailing.contact"].search([("email_normalized", "=", email)])
        )
        self.assertEqual(self.outcome(run, key).reason, "removed")
        self.assertTrue(self.crm_row(key))

    def test_values_of_who_was_removed_are_left_alone(self):
        key, person = self.a_person()
        before = person.first_name
        self.subscription(person).unlink()
        self.crm_edit(key, FirstName="Renamed")
        self.synced()
        self.assertEqual(person.first_name, before)

    def test_who_is_put_back_inherits_the_opt_out(self):
        _key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.subscription(person).unlink()
        self.synced()
        self.env["mailing.subscription"].create(
            {"list_id": self.sync.list_id.id, "contact_id": person.id}
        )
        self.synced()
        self.assertTrue(self.subscription(person).opt_out)

    def test_removed_and_put_back_between_two_syncs_it_is_inherited_too(self):
        _key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.subscription(person).unlink()
        person.list_ids = [(4, self.sync.list_id.id)]
        self.env.flush_all()
        self.synced()
        self.assertTrue(self.subscription(person).opt_out)

    def test_who_opts_in_again_is_believed(self):
        """By the person's own click, on the very subscription."""
        _key, person = self.a_person()
        self.subscription(person).opt_out = True
        self.synced()
        self.subscription(person).opt_out = False
        self.synced()
        self.assertFalse(self.subscription(person).opt_out)

    def test_who_is_put_on_the_list_by_hand_is_known(self):
        contacts, _run = self.imported("contact")
        self.set_up(contacts, leaving_opts_out=True, **self.options)
        key, person = self.a_person()
        subscription = self.env["mailing.subscription"].create(
            {"list_id": contacts.list_id.id, "contact_id": person.id}
        )
        self.synced(contacts)
        subscription.opt_out = True
        self.synced(contacts)
        self.assertTrue(self.crm_row(key)["DONOTEMAIL"])

    def test_values_of_members_of_the_other_kind_are_updated(self):
        """A lead on a list of contacts keeps up with its lead."""
        contacts, _run = self.imported("contact")
        self.set_up(contacts, **self.options)
        self.set_up(self.sync, pull=False)
        key, person = self.a_person()
        self.env["mailing.subscription"].create(
            {"list_id": contacts.list_id.id, "contact_id": person.id}
        )
        self.synced(contacts)
        self.crm_edit(key, FirstName="Renamed")
        run = self.synced(contacts)
        self.assertEqual(person.first_name, "Renamed")
        self.assertEqual(run.updated, 1)

    def test_with_members_of_both_kinds_six_requests_are_enough(self):
        contacts, _run = self.imported("contact")
        self.set_up(contacts, **self.options)
        _key, person = self.a_person()
        self.env["mailing.subscription"].create(
            {"list_id": contacts.list_id.id, "contact_id": person.id}
        )
        self.synced(contacts)
        self.crm_clock(60)
        self.crm.clear_requests()
        self.synced(contacts)
        self.assertLessEqual(len(self.crm.requests()), 6)

    # --- in several lists -------------------------------------------------------------

    def test_a_field_moves_when_one_of_the_lists_allows_it(self):
        contacts, _run = self.imported("contact")
        self.set_up(contacts, **self.options)
        self.set_up(self.sync, pull_all_fields=False, pull_field_ids=[(5,)])
        (one, other) = self.some(2)
        self.env["mailing.subscription"].create(
            {"list_id": contacts.list_id.id, "contact_id": self.person(one).id}
        )
        before = self.person(other).first_name
        for row in (one, other):
            self.crm_edit(self.key(row), FirstName="Renamed")
        self.synced()
        self.assertEqual(self.person(one).first_name, "Renamed")
        self.assertEqual(self.person(other).first_name, before)

    def test_a_segment_whose_filter_works_no_more_keeps_no_list_back(self):
        """A field of its filter is gone, say."""
        segment = self.env["mailing.filter"].create(
            {
                "name": "Broken",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.contact"),
                "mailing_domain": "[('name', '!=', False)]",
            }
        )
        self.env["infor.crm.list.sync"]._push_target(
            self.connector, filter_id=segment.id
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_filter SET mailing_domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", segment.id],
        )
        self.env.invalidate_all()
        self.set_up(self.sync, pushing=("WorkPhone",))
        key, person = self.a_person()
        self.crm_edit(key, FirstName="Theirs")
        self.odoo_edit(person, phone="+1 555 0100")
        self.synced()
        self.assertEqual(person.first_name, "Theirs")
        self.assertIn("0100", self.crm_row(key)["WORKPHONE"])


class GroupSyncMixin:
    crm_options = {"seed": 1, "leads": 60, "contacts": 20}
    options = {"pull": True, "pull_add": True, "pull_update": True}

    def setUp(self):
        super().setUp()
        self.crm.clear_faults()

    def a_group(self, name="New Leads"):
        self.sync, _run = self.imported_group(name)
        self.set_up(self.sync, **self.options)
        return self.sync

    def status(self, key, status):
        self.crm.sql("UPDATE LEAD SET STATUS = ? WHERE LEADID = ?", [status, key])

    def outsider(self):
        for row in self.rows():
            out = row["DONOTEMAIL"] or row["DONOTSOLICIT"]
            if row["STATUS"] != "New" and not out and self.usable([row]):
                return self.key(row)
        raise AssertionError("everybody is in the group")

    def test_whoever_enters_a_query_group_joins(self):
        """Also when nothing of the record changed: groups look at other things, too."""
        sync = self.a_group()
        key = self.outsider()
        self.status(key, "New")
        run = self.synced(sync)
        self.assertTrue(self.binding(key))
        self.assertEqual(run.created, 1)

    def test_who_is_missing_from_a_partial_answer_joins_next_time(self):
        self.a_group()
        key = self.outsider()
        self.status(key, "New")
        self.crm.fault(fault="drop_rows", match="Id in (", method="GET")
        self.synced()
        self.assertFalse(self.binding(key))
        self.crm.clear_faults()
        self.synced()
        self.assertTrue(self.binding(key))

    def test_whoever_enters_an_ad_hoc_group_joins(self):
        sync = self.a_group("Trade Show Visitors")
        listed = self.listed(sync.group_key)
        key = next(
            self.key(row)
            for row in self.rows()
            if self.key(row) not in listed and self.usable([row])
        )
        self.crm.sql(
            "INSERT INTO ADHOCGROUP (GROUPID, ENTITYID) VALUES (?, ?)",
            [sync.group_key, key],
        )
        self.synced(sync)
        self.assertTrue(self.binding(key))

    def test_nobody_joins_where_that_is_not_chosen(self):
        sync = self.a_group()
        self.set_up(sync, pull_add=False)
        key = self.outsider()
        self.status(key, "New")
        self.synced(sync)
        self.assertFalse(self.binding(key))

    def test_members_that_changed_are_updated_and_others_are_not_read_in(self):
        sync = self.a_group()
        key, person = self.a_person()
        self.crm_edit(key, FirstName="Renamed")
        self.crm_edit(self.outsider(), FirstName="Renamed")
        run = self.synced(sync)
        self.assertEqual(person.first_name, "Renamed")
        self.assertEqual(run.updated, 1)
        self.assertEqual(run.selected, 1)

    def test_whoever_leaves_the_group_stays_in_the_list_and_is_said_once(self):
        sync = self.a_group()
        key, person = self.a_person()
        self.status(key, "Contacted")
        run = self.synced(sync)
        self.assertTrue(self.subscription(person, sync))
        self.assertEqual(self.reasons(run, key), {"left_group"})
        self.crm_edit(key, FirstName="Renamed")
        run = self.synced(sync)
        self.assertEqual(person.first_name, "Renamed")
        self.assertEqual(self.reasons(run, key), {"changed"})

    def test_a_group_that_is_gone_is_said_and_empties_nothing(self):
        sync = self.a_group()
        key, person = self.a_person()
        before = len(self.members(sync))
        self.crm_edit(key, FirstName="Renamed")
        self.crm.sql("DELETE FROM PLUGIN WHERE PLUGINID = ?", [sync.group_key])
        run = self.started(sync)
        with mute_logger(CLIENT):
            self.work_off(run)
        self.assertEqual(run.state, "failed")
        self.assertIn("New Leads", run.message)
        self.assertEqual(len(self.members(sync)), before)
        self.assertEqual(person.first_name, "Renamed")

    def test_an_empty_answer_makes_nobody_leave(self):
        sync = self.a_group()
        before = len(self.members(sync))
        self.crm.fault(fault="empty_feed", match="$queries/execute")
        run = self.synced(sync)
        self.assertEqual(len(self.members(sync)), before)
        self.assertFalse(run.outcome_ids)
        self.crm.clear_faults()
        run = self.synced(sync)
        self.assertFalse(run.outcome_ids)

    def test_nothing_changed_costs_its_member_pages_and_a_few_requests(self):
        sync = self.a_group()
        self.synced(sync)
        self.crm_clock(60)
        self.crm.clear_requests()
        run = self.synced(sync)
        pages = [r for r in self.crm.requests() if "$queries" in r["path"]]
        self.assertLessEqual(len(self.crm.requests()) - len(pages), 6)
        self.assertFalse(run.selected)

    def test_it_goes_on_where_it_was(self):
        self.crm.switches(page_cap=15)
        sync = self.a_group("All Leads")
        self.set_up(sync, read_all=True)
        new = self.crm_add("new.one@people.example")
        run = self.started(sync)
        for number in range(60):
            if run.state not in ("queued", "running"):
                break
            self.one_page(1 + number % 2)
        self.assertEqual(run.state, "done", run.message)
        self.assertAddsUp(run)
        self.assertEqual(run.created, 1)
        self.assertTrue(self.binding(new))
        self.assertEqual(run.selected, len(self.rows()))


@tagged("post_install", "-at_install")
class TestMembership(MembershipMixin, SyncCase):
    pass


@tagged("post_install", "-at_install")
class TestMembershipOld(MembershipMixin, SyncCase):
    generation = "7.5.4"


class GroupSyncCase(SyncCase, GroupCase):
    """Without the list of all leads."""

    def setUp(self):
        super(SyncCase, self).setUp()


@tagged("post_install", "-at_install")
class TestGroupSync(GroupSyncMixin, GroupSyncCase):
    pass


@tagged("post_install", "-at_install")
class TestGroupSyncOld(GroupSyncMixin, GroupSyncCase):
    generation = "7.5.4"
