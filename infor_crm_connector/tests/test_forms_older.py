"""Website forms with a CRM of the older generation."""

from odoo.tests import tagged

from . import test_forms_known
from .forms_common import FormsCase

OLDER = "7.5.4"


@tagged("post_install", "-at_install")
class TestPolicyOfGeneration75(test_forms_known.TestPolicy):
    generation = OLDER


@tagged("post_install", "-at_install")
class TestFormsOfGeneration75(FormsCase):
    generation = OLDER

    def setUp(self):
        super().setUp()
        self.page(self.form())

    def test_somebody_new_becomes_a_lead(self):
        self.visit()
        self.drain()
        lead = self.lead()
        self.assertEqual(
            (lead["FIRSTNAME"], lead["LASTNAME"], lead["COMPANY"], lead["TITLE"]),
            ("Vera", "Visitor", "Acme", "Buyer"),
        )
        self.assertIn("Question: Do you deliver to Oslo?", lead["NOTES"])
        self.assertEqual(self.rows_of().key, lead["LEADID"].strip())

    def test_what_arrived_unanswered_is_found_by_its_mark(self):
        for fault in ("drop_after", "drop_before", "error_200"):
            with self.subTest(fault):
                self.visit(email_from=f"{fault}@example.com")
                self.crm.fault(match="/leads", method="POST", count=1, fault=fault)
                self.drain()
                self.assertNotEqual(self.rows_of()[-1].state, "done")
                self.settled()
                self.assertEqual(self.rows_of()[-1].state, "done")
                self.assertEqual(len(self.leads(f"{fault}@example.com")), 1)

    def test_without_batches_they_go_one_by_one(self):
        self.crm.switches(batch="refused")
        key = self.known("contact", WorkPhone="+49 30 1234")
        for number in range(3):
            self.visit(email_from=f"v{number}@example.com")
        self.visit()
        self.drain()
        self.assertEqual(set(self.outbox.search([]).mapped("state")), {"done"})
        for number in range(3):
            self.assertEqual(len(self.leads(f"v{number}@example.com")), 1)
        self.assertIn("Infor CRM has: +49 30 1234", self.note_of(key))
