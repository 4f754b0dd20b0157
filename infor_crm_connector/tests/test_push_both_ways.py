"""Lists that pull and push: conflicts, clocks, old forms, and links made by a push."""

from odoo.tests import tagged

from .push_common import PushCase


class BothWaysCase(PushCase):
    columns = ()

    def setUp(self):
        super().setUp()
        self.sync, _run = self.imported("lead", *self.columns)
        self.options(
            self.sync,
            ["FirstName", "WorkPhone"],
            push=True,
            push_add=True,
            push_update=True,
            pull=True,
            pull_add=True,
            pull_update=True,
        )
        self.ann = self.members(self.sync)[0]
        self.key = self.binding_of(self.ann).key
        self.pushed(self.sync)

    def crm_edit(self, **columns):
        with self.connector._client() as client:
            client.update("leads", self.key, columns)

    def later(self, minutes, **values):
        """An edit in Odoo at another time."""
        self.touch(self.ann, **values)
        self.env.cr.execute(
            "UPDATE mailing_contact SET write_date = write_date"
            " + make_interval(mins => %s) WHERE id = %s",
            [minutes, self.ann.id],
        )
        self.ann.invalidate_recordset()

    def both(self):
        self.ann.invalidate_recordset()
        return self.ann.first_name, self.crm_row("lead", self.key)["FIRSTNAME"]


@tagged("post_install", "-at_install")
class TestConflicts(BothWaysCase):
    def test_the_later_change_wins_in_odoo(self):
        self.crm_edit(FirstName="Infor")
        self.later(5, first_name="Odoo")
        run = self.pushed(self.sync)
        self.assertEqual(self.both(), ("Odoo", "Odoo"))
        outcome = self.outcome_of(run, self.ann)
        self.assertEqual(outcome.reason, "overwritten")
        self.assertIn("Infor", outcome.detail)

    def test_the_later_change_wins_in_infor_crm(self):
        self.later(-5, first_name="Odoo")
        self.crm_edit(FirstName="Infor")
        run = self.pushed(self.sync)
        self.assertEqual(self.both(), ("Infor", "Infor"))
        self.assertEqual(run.push_updated, 0)

    def test_clocks_ten_minutes_apart_change_nothing_about_it(self):
        for ahead in (-600, 600):
            with self.subTest(ahead=ahead):
                self.crm.call("POST", "clock", {"offset_seconds": ahead})
                self.crm_edit(FirstName=f"Infor {ahead}")
                self.later(5, first_name=f"Odoo {ahead}")
                self.pushed(self.sync)
                self.assertEqual(self.both(), (f"Odoo {ahead}", f"Odoo {ahead}"))
                self.later(-5, first_name=f"Early {ahead}")
                self.crm_edit(FirstName=f"Late {ahead}")
                self.pushed(self.sync)
                self.assertEqual(self.both(), (f"Late {ahead}", f"Late {ahead}"))

    def test_a_side_that_always_wins_does(self):
        for rule, winner in (("odoo", "Odoo"), ("infor", "Infor")):
            with self.subTest(rule):
                self.connector.conflict_rule = rule
                self.crm_edit(FirstName=f"Infor {rule}")
                self.later(-5 if rule == "odoo" else 5, first_name=f"Odoo {rule}")
                self.pushed(self.sync)
                self.assertEqual(self.both(), (f"{winner} {rule}",) * 2)

    def test_what_a_colleague_writes_during_the_push_wins_where_the_crm_wins(self):
        self.connector.conflict_rule = "infor"
        self.touch(self.ann, first_name="Odoo")
        with self.edited_late(self.key, FirstName="Late"):
            run = self.pushed(self.sync, operation="push")
        self.assertEqual((run.push_updated, run.push_failed), (0, 0))
        self.assertEqual(self.both(), ("Odoo", "Late"))
        self.pushed(self.sync)
        self.assertEqual(self.both(), ("Late", "Late"))

    def test_the_rule_may_decide_for_the_whole_record(self):
        self.connector.conflict_scope = "record"
        self.connector.conflict_rule = "odoo"
        phone = self.ann.phone
        self.crm_edit(WorkPhone="555")
        self.later(0, first_name="Odoo")
        self.pushed(self.sync)
        self.assertEqual(self.both(), ("Odoo", "Odoo"))
        self.assertEqual(self.ann.phone, phone)

    def test_an_own_write_is_nobodys_change(self):
        """What a push leaves in the CRM's clock does not win over a later edit."""
        self.crm_edit(WorkPhone="555")
        self.pushed(self.sync)
        self.later(0, first_name="Odoo")
        self.pushed(self.sync)
        run = self.pushed(self.sync)
        self.assertEqual((run.push_selected, run.updated), (0, 0))

    def test_an_address_changed_here_and_then_there_stays_one_person(self):
        self.options(self.sync, ["Email"])
        self.later(0, email="moved@here.example")
        self.pushed(self.sync)
        self.assertEqual(self.crm_row("lead", self.key)["EMAIL"], "moved@here.example")
        self.crm_edit(Email="moved@there.example")
        run = self.pushed(self.sync)
        self.ann.invalidate_recordset()
        self.assertEqual(self.ann.email, "moved@there.example")
        self.assertEqual((run.created, run.push_created), (0, 0))
        self.assertEqual(len(self.binding_of(self.ann)), 1)

    def test_whom_a_push_links_gets_what_infor_crm_holds(self):
        key = self.add_record("lead", "old@known.example", WorkPhone="555")
        # an old record: no window of changes brings it
        for table in ("LEAD", "LEAD_ADDRESS"):
            self.crm.sql(
                f"UPDATE {table} SET MODIFYDATE = ?, CREATEDATE = ? WHERE LEADID = ?",
                [1_500_000_000_000, 1_500_000_000_000, key],
            )
        bob = self.person("old@known.example", first_name="Bob")
        self.join(self.sync.list_id, bob)
        run = self.pushed(self.sync)
        self.assertEqual(run.push_linked, 1)
        bob.invalidate_recordset()
        self.assertEqual(bob.phone, "555")
        self.assertEqual(self.crm_row("lead", key)["FIRSTNAME"], "Bob")


@tagged("post_install", "-at_install")
class TestColumns(BothWaysCase):
    """Columns that were added to a list."""

    columns = ("Industry",)

    def setUp(self):
        super().setUp()
        self.name = f"infor_{self.connector.id}_lead_industry"

    def edit(self, value):
        properties = {**dict(self.ann.properties), self.name: value}
        self.later(0, properties=properties)

    def industry(self):
        return self.crm_row("lead", self.key)["INDUSTRY"]

    def test_a_column_is_pushed_only_where_it_is_picked(self):
        before = self.industry()
        self.edit("Boats")
        self.pushed(self.sync)
        self.assertEqual(self.industry(), before)
        self.options(self.sync, ["Industry"])
        self.later(0, city="Linz")
        self.pushed(self.sync)
        self.assertEqual(self.industry(), "Boats")

    def test_a_form_that_was_opened_before_a_pull_pushes_nothing_back(self):
        self.options(self.sync, ["Industry"])
        old = self.industry() or "Boats"
        self.edit(old)
        self.pushed(self.sync)
        self.crm_edit(Industry="Trains")
        self.pushed(self.sync)
        self.ann.invalidate_recordset()
        self.assertEqual(self.ann.properties[self.name], "Trains")
        # the form saves what it had been opened with
        self.edit(old)
        self.pushed(self.sync)
        self.assertEqual(self.industry(), "Trains")
