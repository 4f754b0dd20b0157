"""Every record the CRM returned is accounted for."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import ImportCase


class AccountingMixin:
    crm_options = {"seed": 1, "leads": 300, "contacts": 250}

    def test_numbers_equal_direct_counts_over_the_store(self):
        for kind in ("lead", "contact"):
            with self.subTest(kind=kind):
                sync, run = self.imported(kind)
                rows = self.rows(kind)
                usable = self.usable(rows)
                with_address = sum(len(found) for found in usable.values())
                self.assertEqual(run.expected, len(rows))
                self.assertEqual(run.selected, len(rows))
                self.assertEqual(run.skipped_no_email, len(rows) - with_address)
                self.assertEqual(run.skipped_same_address, with_address - len(usable))
                self.assertEqual(run.created + run.linked, len(usable))
                self.assertEqual(run.failed, 0)
                self.assertAddsUp(run)
                addresses = self.members(sync).mapped("email_normalized")
                self.assertEqual(sorted(addresses), sorted(usable))
                self.assertEqual(self.binding_count(kind), len(usable))

    def binding_count(self, kind):
        return self.env["infor.crm.binding"].search_count(
            [("connector_id", "=", self.connector.id), ("kind", "=", kind)]
        )

    def test_a_second_import_changes_nothing(self):
        sync, first = self.imported()
        self.assertFalse(first.message)
        members = self.members(sync)
        run = self.again(sync)
        self.assertEqual(run.unchanged, first.created)
        self.assertEqual((run.created, run.updated, run.conflicts), (0, 0, 0))
        self.assertEqual(run.skipped, first.skipped)
        self.assertAddsUp(run)
        self.assertEqual(self.members(sync), members)

    def test_a_source_has_one_list(self):
        sync = self.start()
        self.assertEqual(sync.list_id.name, "All Infor CRM Leads")
        Sync = self.env["infor.crm.list.sync"]
        self.assertEqual(Sync._existing_for(self.connector, "lead"), sync)
        self.assertFalse(Sync._existing_for(self.connector, "contact"))
        with self.assertRaises(UserError):
            self.start()

    def test_importing_again_while_it_runs_joins_the_run(self):
        sync = self.start()
        self.assertEqual(sync._queue_run("manual"), sync.last_run_id)


@tagged("post_install", "-at_install")
class TestAccounting8(AccountingMixin, ImportCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestAccounting75(AccountingMixin, ImportCase):
    generation = "7.5.4"
