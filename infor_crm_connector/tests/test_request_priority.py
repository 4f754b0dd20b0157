"""What somebody waits for overtakes bulk work in the request budget."""

from odoo.tests import tagged

from ..lib.sdata import errors
from ..tools.request_budget import SharedBudget
from .test_connector_together import TogetherCase


@tagged("post_install", "-at_install")
class TestPriority(TogetherCase):
    def purse(self, bulk, waits, per_minute=60):
        return SharedBudget(
            self.env.cr.dbname,
            self.connector_id,
            per_minute,
            bulk,
            sleep=waits.append,
        )

    def spend_all(self, purse):
        with self.assertRaises(errors.BudgetExceeded):
            for _ in range(1000):
                purse.take()

    def test_bulk_leaves_a_share_for_others(self):
        waits = []
        for per_minute in (60, 600, 6000):
            with self.server() as env:
                env.cr.execute(
                    "DELETE FROM infor_crm_connector_budget WHERE connector_id = %s",
                    [self.connector_id],
                )
            bulk = self.purse(True, [], per_minute)
            bulk._clock = iter(range(0, 10**6, 4)).__next__  # patience soon over
            self.spend_all(bulk)
            self.purse(False, waits, per_minute).take()
            self.assertEqual(waits, [], per_minute)

    def test_while_others_spend_bulk_gets_no_turn(self):
        foreground = self.purse(False, [])
        for _ in range(10):
            foreground.take()
        bulk = self.purse(True, [])
        bulk._clock = iter(range(0, 10**6, 4)).__next__
        with self.assertRaises(errors.BudgetExceeded):
            bulk.take()

    def test_alone_bulk_gets_all_there_is(self):
        """Nothing is kept from it for good: each of its turns comes in time."""
        bulk = SharedBudget(self.env.cr.dbname, self.connector_id, 6000, True)
        for _ in range(700):
            bulk.take()

    def test_runs_are_bulk_and_what_people_wait_for_is_not(self):
        with self.server() as env:
            connector = self.on(env)
            self.assertTrue(connector._budget(bulk=True)._bulk)
            self.assertFalse(connector._budget()._bulk)
            self.assertIsNot(connector._budget(bulk=True), connector._budget())
