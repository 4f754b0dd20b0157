"""People of Odoo who are not in Infor CRM become leads there, once."""

from odoo.tests import tagged

from .push_common import PushCase


class NewPeople:
    """L2, L9, L10: the same on both generations."""

    def test_a_member_that_nobody_knows_becomes_a_lead_with_the_defaults(self):
        self.connector.write(
            {
                "default_status": "New",
                "default_type": "Prospect",
                "missing_company": "text",
                "missing_company_text": "Unknown",
            }
        )
        ann = self.person("ann@new.example", first_name="Ann", company_name=False)
        run = self.pushed(self.push_list(ann))
        self.assertEqual((run.push_selected, run.push_created), (1, 1))
        (lead,) = self.leads_of("ann@new.example")
        self.assertEqual(lead["FIRSTNAME"], "Ann")
        self.assertEqual(lead["COMPANY"], "Unknown")
        self.assertEqual(lead["STATUS"], "New")
        binding = self.binding_of(ann)
        self.assertEqual((binding.kind, binding.key), ("lead", lead["LEADID"].strip()))
        self.assertFalse(binding.made)
        self.assertEqual(binding.base["first_name"], "Ann")

    def test_pushed_twice_it_is_one_lead_and_the_second_run_does_nothing(self):
        sync = self.push_list(self.person("ann@new.example"))
        self.pushed(sync)
        self.crm.clear_requests()
        run = self.pushed(sync)
        self.assertEqual(run.push_selected, 0)
        self.assertEqual(len(self.leads_of("ann@new.example")), 1)
        self.assertEqual(self.crm.requests(), [])


@tagged("post_install", "-at_install")
class TestNewPeople8(NewPeople, PushCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestNewPeople7(NewPeople, PushCase):
    generation = "7.5.4"
