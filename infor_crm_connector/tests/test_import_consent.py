"""Import honours consent."""

from odoo.tests import tagged

from .import_common import ImportCase


class ConsentMixin:
    crm_options = {"seed": 1, "leads": 60, "contacts": 5}

    def opted_out_rows(self):
        return [
            row
            for address, rows in self.usable(self.rows()).items()
            for row in rows
            if row["DONOTEMAIL"] or row["DONOTSOLICIT"]
        ]

    def flag(self, key, column="DONOTEMAIL", value=1):
        self.crm.sql(
            f"UPDATE LEAD SET {column} = ?, MODIFYDATE = MODIFYDATE + 1000"
            " WHERE LEADID = ?",
            [value, key],
        )

    def a_clean_row(self):
        clean = [
            rows[0]
            for rows in self.usable(self.rows()).values()
            if len(rows) == 1
            and not rows[0]["DONOTEMAIL"]
            and not rows[0]["DONOTSOLICIT"]
        ]
        return clean[0]

    def assertUnreachable(self, sync, email):
        contact = self.contact(email)
        subscription = contact.subscription_ids.filtered(
            lambda row: row.list_id == sync.list_id
        )
        self.assertTrue(subscription, "not in the list")
        self.assertTrue(contact.is_blacklisted)
        self.assertTrue(subscription.opt_out)
        self.assertTrue(subscription.opt_out_datetime)
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env.ref("mass_mailing.model_mailing_list").id,
                "contact_list_ids": [(6, 0, sync.list_id.ids)],
            }
        )
        opted_out = sync.list_id._mailing_get_opt_out_list(mailing)
        self.assertIn(contact.email_normalized, opted_out)

    def test_whoever_opted_out_is_in_the_list_and_cannot_be_mailed(self):
        key = self.a_clean_row()["LEADID"]
        self.flag(key, "DONOTSOLICIT")
        sync, _run = self.imported()
        rows = self.opted_out_rows()
        self.assertGreater(len(rows), 1)
        for row in rows:
            self.assertUnreachable(sync, row["EMAIL"])

    def test_all_others_can_be_mailed(self):
        sync, _run = self.imported()
        out = {row["EMAIL"].strip().lower() for row in self.opted_out_rows()}
        for contact in self.members(sync):
            expected = contact.email_normalized in out
            self.assertEqual(contact.is_blacklisted, expected, contact.email)

    def test_the_entry_says_when_and_why(self):
        row = self.a_clean_row()
        self.flag(row["LEADID"])
        self.imported()
        entry = self.env["mail.blacklist"].search([("email", "=", row["EMAIL"])])
        self.assertIn("Infor CRM says", entry.message_ids[0].body)
        self.assertTrue(entry.message_ids[0].date)

    def test_the_flag_of_a_skipped_twin_counts(self):
        row = self.a_clean_row()
        other = self.rows()[-1]["LEADID"]
        self.crm.sql(
            "UPDATE LEAD SET EMAIL = upper(?), DONOTEMAIL = 1, CREATEDATE = ?"
            " WHERE LEADID = ?",
            [row["EMAIL"], row["CREATEDATE"] + 1000, other],
        )
        sync, run = self.imported()
        self.assertEqual(self.outcome(run, other).reason, "same_address")
        self.assertUnreachable(sync, row["EMAIL"])

    def test_a_new_flag_reaches_odoo_with_the_next_import(self):
        row = self.a_clean_row()
        sync, _run = self.imported()
        self.assertFalse(self.contact(row["EMAIL"]).is_blacklisted)
        self.flag(row["LEADID"])
        run = self.again(sync)
        self.assertUnreachable(sync, row["EMAIL"])
        self.assertEqual(self.outcome(run, row["LEADID"]).reason, "opted_out")

    def test_what_a_person_lifted_is_not_imposed_again(self):
        row = self.opted_out_rows()[0]
        sync, _run = self.imported()
        contact = self.contact(row["EMAIL"])
        self.env["mail.blacklist"]._remove(contact.email_normalized, "Asked by phone")
        self.again(sync)
        contact.invalidate_recordset()
        self.assertFalse(contact.is_blacklisted)

    def test_a_lifted_flag_of_the_crm_lifts_nothing_in_odoo(self):
        row = self.opted_out_rows()[0]
        sync, _run = self.imported()
        self.crm.sql(
            "UPDATE LEAD SET DONOTEMAIL = 0, DONOTSOLICIT = NULL,"
            " MODIFYDATE = MODIFYDATE + 1000 WHERE LEADID = ?",
            [row["LEADID"]],
        )
        self.again(sync)
        self.assertUnreachable(sync, row["EMAIL"])

    def test_an_address_blacklisted_in_odoo_stays_so(self):
        row = self.a_clean_row()
        self.env["mail.blacklist"]._add(row["EMAIL"])
        self.imported()
        self.assertTrue(self.contact(row["EMAIL"]).is_blacklisted)

    def test_an_opted_out_address_lifted_before_the_first_import_is_held_back(self):
        row = self.opted_out_rows()[0]
        self.env["mail.blacklist"]._add(row["EMAIL"])
        self.env["mail.blacklist"]._remove(row["EMAIL"])
        sync, _run = self.imported()
        self.assertUnreachable(sync, row["EMAIL"])


@tagged("post_install", "-at_install")
class TestConsent8(ConsentMixin, ImportCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestConsent75(ConsentMixin, ImportCase):
    generation = "7.5.4"
