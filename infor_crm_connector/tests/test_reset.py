"""Reset Connector and telling one Infor CRM from another."""

from odoo.tests import tagged

from .common import SimulatorCase


@tagged("post_install", "-at_install")
class TestLinks(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.connector = self.make_connected()
        self.mailing_list = self.env["mailing.list"].create({"name": "Imported"})
        self.sync = self.env["infor.crm.list.sync"].create(
            {
                "list_id": self.mailing_list.id,
                "connector_id": self.connector.id,
                "kind": "lead",
            }
        )

    def link(self, key, made=True, **values):
        """A mailing contact on the imported list, linked with a record."""
        contact = self.env["mailing.contact"].create(
            {
                "name": key,
                "email": f"{key.lower()}@example.com",
                "subscription_ids": [(0, 0, {"list_id": self.mailing_list.id})],
                **values,
            }
        )
        self.env["infor.crm.binding"].create(
            {
                "connector_id": self.connector.id,
                "kind": "lead",
                "key": key,
                "odoo_model": "mailing.contact",
                "res_id": contact.id,
                "made": made,
            }
        )
        return contact

    def link_real_records(self, count=5):
        with self.connector._client() as client, client.read("leads") as pages:
            keys = [record.key for page in pages for record in page.records]
        return [self.link(key) for key in keys[:count]]

    def bindings(self):
        return self.env["infor.crm.binding"].search(
            [("connector_id", "=", self.connector.id)]
        )

    def reset_connector(self, keep):
        wizard = self.env["infor.crm.reset"].create(
            {"connector_id": self.connector.id, "keep": keep}
        )
        shown = str(wizard.summary_html)
        wizard.action_reset()
        return shown

    def mail(self, state):
        return self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": self.mailing_list.ids,
                "state": state,
            }
        )

    # --- the same CRM? ---

    def test_reconfirming_finds_the_linked_records_again(self):
        self.link_real_records()
        self.connector.action_reconfirm()
        self.assertEqual(self.connector.health, "green")
        self.assertIn("5 of 5 linked records", self.connector.check_html)

    def test_one_deleted_record_is_no_other_crm(self):
        self.link_real_records()
        self.link("QGONE0000001")
        self.connector.action_reconfirm()
        self.assertEqual(self.connector.health, "green")

    def test_another_crm_stops_and_asks_for_reset(self):
        for number in range(5):
            self.link(f"QOTHER00000{number}")
        self.connector.action_reconfirm()
        self.assertEqual(self.connector.state, "attention")
        self.assertIn("another Infor CRM", self.connector.stop_message)
        self.assertIn("Reset Connector", self.connector.stop_message)

    # --- reset ---

    def test_links_and_lists_may_stay(self):
        contacts = self.link_real_records()
        shown = self.reset_connector("keep")
        self.assertIn("Links between Odoo and Infor CRM", shown)
        self.assertEqual(self.connector.state, "draft")
        self.assertEqual(len(self.bindings()), 5)
        self.assertTrue(self.mailing_list.exists())
        self.assertTrue(all(contact.exists() for contact in contacts))

    def test_connecting_again_goes_on_with_kept_links(self):
        self.link_real_records()
        self.reset_connector("keep")
        self.connector.login = "admin"
        self.connector.action_connect()
        self.assertEqual(self.connector.state, "connected")
        self.assertIn("5 of 5 linked records", self.connector.check_html)

    def test_forgetting_deletes_what_only_the_import_made(self):
        only_imported = self.link("QA")
        known_before = self.link("QB", made=False)
        other = self.env["mailing.list"].create({"name": "Newsletter"})
        on_another_list = self.link(
            "QC",
            subscription_ids=[
                (0, 0, {"list_id": self.mailing_list.id}),
                (0, 0, {"list_id": other.id}),
            ],
        )
        shown = self.reset_connector("forget")
        self.assertIn("Contacts that only this import created", shown)
        self.assertFalse(only_imported.exists())
        self.assertTrue(known_before.exists())
        self.assertTrue(on_another_list.exists())
        self.assertFalse(self.mailing_list.exists())
        self.assertFalse(self.bindings())

    def test_forgetting_forgets_whom_it_was_about_to_create(self):
        """In another CRM somebody with the address would be taken for the answer."""
        claim = {
            "connector_id": self.connector.id,
            "purpose": "person",
            "address": "ann@new.example",
            "state": "sent",
        }
        kept = self.env["infor.crm.claim"].create(claim)
        self.reset_connector("keep")
        self.assertTrue(kept.exists())
        self.reset_connector("forget")
        self.assertFalse(kept.exists())

    def test_mailed_lists_are_archived(self):
        contact = self.link("QA")
        self.mail("done")
        self.assertIn("Archived", self.reset_connector("forget"))
        self.assertTrue(self.mailing_list.exists())
        self.assertFalse(self.mailing_list.active)
        self.assertTrue(contact.exists())
        self.assertFalse(self.bindings())

    def test_lists_of_waiting_mailings_are_kept(self):
        self.link("QA")
        self.mail("draft")
        self.assertIn("not sent yet", self.reset_connector("forget"))
        self.assertTrue(self.mailing_list.active)

    def test_opt_outs_stay(self):
        contact = self.link("QA")
        contact.subscription_ids.opt_out = True
        blacklisted = self.env["mail.blacklist"]._add("gone@example.com")
        self.reset_connector("forget")
        self.assertTrue(contact.subscription_ids.opt_out)
        self.assertTrue(blacklisted.active)

    def test_what_waits_is_stopped_and_its_report_stays(self):
        run = self.sync._queue_run("manual")
        self.reset_connector("forget")
        self.assertTrue(run.exists())
        self.assertEqual(run.signal_ids.mapped("action"), ["stop"])
