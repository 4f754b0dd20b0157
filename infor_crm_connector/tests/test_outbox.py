"""The outbox: order, patience, parking, and who may do what."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools import remedies
from ..tools.outbox_sql import STAMP, UNPARK
from .notes_common import NotesCase
from .test_connector_together import TogetherCase


@tagged("post_install", "-at_install")
class TestOutbox(NotesCase):
    def test_nothing_is_noted_twice(self):
        outbox = self.env["infor.crm.outbox"]
        first = outbox._add(self.connector, "note", "lead:1", {}, source="trace:0")
        again = outbox._add(self.connector, "note", "lead:1", {}, source="trace:0")
        self.assertEqual(first, again)

    def test_what_one_person_gets_leaves_in_order(self):
        for subject in ("First", "Second", "Third"):
            self.sent(subject=subject)
        self.drain()
        person = self.rows()[0].person
        rows = self.rows(person=person)
        self.assertEqual(rows.mapped("subject"), ["First", "Second", "Third"])
        self.assertEqual(rows.mapped("sent_at"), sorted(rows.mapped("sent_at")))
        notes = {note["HISTORYID"]: note["ROWVER"] for note in self.notes()}
        order = [
            row["HISTORYID"]
            for row in self.crm.sql(
                "SELECT HISTORYID FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'"
                " ORDER BY HISTORYID"
            )
            if row["HISTORYID"] in rows.mapped("crm_key")
        ]
        self.assertEqual(order, rows.mapped("crm_key"))
        self.assertEqual(len(notes), len(self.rows()))

    def test_while_one_waits_later_ones_of_the_person_wait_too(self):
        self.sent(subject="First")
        self.sent(subject="Second")
        first = self.rows()[0]
        first.next_try = "2100-01-01"
        self.env.flush_all()
        self.drain()
        second = self.rows(person=first.person) - first
        self.assertEqual((first.state, second.state), ("waiting", "waiting"))
        others = self.rows() - first - second
        self.assertEqual(set(others.mapped("state")), {"done"})

    def test_what_needs_attention_holds_up_nobody(self):
        self.sent(subject="First")
        self.sent(subject="Second")
        first = self.rows()[0]
        first.write({"state": "parked", "stamp": self.stamp(first)})
        self.env.flush_all()
        self.drain()
        second = self.rows(person=first.person) - first
        self.assertEqual((first.state, second.state), ("parked", "done"))

    def stamp(self, row):
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT {STAMP} FROM infor_crm_outbox o WHERE o.id = %s", [row.id]
        )
        return self.env.cr.fetchone()[0]

    def test_it_costs_few_requests(self):
        mailing = self.sent()
        self.crm.clear_requests()
        self.drain()
        self.assertOneEach(mailing)
        self.assertLessEqual(len(self.crm.requests()), 3)

    def test_quiet_hours_do_not_stop_notes(self):
        mailing = self.sent()
        self.connector.write(
            {"quiet_hours": True, "quiet_from": 12.0, "quiet_to": 11.99}
        )
        self.env.flush_all()
        self.drain()
        self.assertOneEach(mailing)

    def test_a_paused_connector_keeps_them_until_it_goes_on(self):
        mailing = self.sent()
        self.connector.action_pause()
        self.env.flush_all()
        self.crm.clear_requests()
        self.drain()
        self.assertEqual(self.crm.requests(), [])
        self.assertEqual(set(self.rows(mailing).mapped("state")), {"waiting"})
        self.connector.action_resume()
        self.env.flush_all()
        self.drain()
        self.assertOneEach(mailing)

    def test_a_refused_login_keeps_them_until_it_is_confirmed(self):
        mailing = self.sent()
        self.crm.users(admin={"password": "changed"})
        self.drain()
        self.assertEqual(self.connector.state, "attention")
        self.assertEqual(set(self.rows(mailing).mapped("state")), {"waiting"})
        self.crm.clear_requests()
        self.drain()
        self.assertEqual(self.crm.requests(), [], "no second try with that login")
        self.connector.password = "changed"
        self.connector.action_reconfirm()
        self.env.flush_all()
        self.drain()
        self.assertOneEach(mailing)

    def test_what_is_refused_is_parked_with_cause_and_remedy(self):
        mailing = self.sent()
        self.crm.users(admin={"kinds_read_only": ["history"]})
        self.drain()
        row = self.rows(mailing)[0]
        self.assertEqual(row.state, "parked")
        self.assertIn("may not do that", row.reason)
        self.assertIn("Ask an administrator", row.reason)
        self.drain()
        self.assertEqual(row.attempts, 0, "it is not tried again and again")
        # somebody mends the rights and presses the button
        self.crm.users(admin={"kinds_read_only": []})
        self.rows(mailing).with_user(self.user).action_retry()
        self.env.flush_all()
        self.drain()
        self.assertOneEach(mailing)

    def test_when_the_connector_changes_what_was_parked_is_tried_again(self):
        mailing = self.sent()
        self.crm.users(admin={"kinds_read_only": ["history"]})
        self.drain()
        self.crm.users(admin={"kinds_read_only": []})
        self.drain()
        self.assertEqual(set(self.rows(mailing).mapped("state")), {"parked"})
        self.env.cr.execute(
            "UPDATE infor_crm_connector SET write_date = now() + interval '1 s'"
        )
        self.drain()
        self.assertOneEach(mailing)

    def test_one_that_is_refused_is_one_row(self):
        mailing = self.sent()
        self.crm.fault(fault="fail_items", match="history/$batch", rows=1, count=1)
        self.drain()
        self.assertEqual(sorted(self.rows(mailing).mapped("state"))[-1:], ["parked"])
        self.assertEqual(len(self.rows(mailing, state="parked")), 1)
        self.assertEqual(len(self.notes()), len(self.rows(mailing)) - 1)
        self.rows(mailing, state="parked").action_retry()
        self.env.flush_all()
        self.drain()
        self.assertOneEach(mailing)

    def test_nothing_to_retry_is_said(self):
        self.sent()
        self.drain()
        with self.assertRaises(UserError):
            self.rows()[0].action_retry()

    def test_reset_drops_what_waits_and_keeps_previews(self):
        mailing = self.sent()
        labels = [row["label"] for row in self.connector._reset_summary(True)]
        self.assertIn("Notes and forms waiting to be sent", labels)
        self.connector._reset_execute(False)
        self.assertEqual(set(self.rows(mailing).mapped("state")), {"dropped"})
        self.assertTrue(self.rows(mailing)[0].preview_id._page())

    def test_a_neutralized_copy_sends_nothing(self):
        from odoo.tools.misc import file_open

        mailing = self.sent()
        with file_open("infor_crm_connector/data/neutralize.sql") as sql:
            self.env.cr.execute(sql.read())
        self.env.invalidate_all()
        self.assertEqual(set(self.rows(mailing).mapped("state")), {"dropped"})

    def test_every_state_and_error_has_words(self):
        row = self.env["infor.crm.outbox"]._add(self.connector, "note", "lead:1", {})
        self.assertTrue(row.display_name)
        self.assertTrue(remedies.sentence(self.env, {"error": "BudgetExceeded"}))


@tagged("post_install", "-at_install")
class TestLanesTogether(TogetherCase):
    def test_two_lanes_take_up_the_same_rows_without_a_conflict(self):
        """Somebody changed the connector, and all lanes see it in the same minute."""
        with self.server() as env:
            outbox = env["infor.crm.outbox"]
            row = outbox._add(self.on(env), "note", "lead:1", {}, kind="lead", key="Q")
            row.write({"state": "parked", "stamp": "as it was"})
        with self.server() as one, self.server() as other:
            other.cr.execute("SELECT 1 FROM infor_crm_outbox")  # its snapshot begins
            one.cr.execute(UNPARK)
            self.assertEqual(one.cr.rowcount, 1)
            other["infor.crm.worker"]._outbox_aside(UNPARK)
            one.cr.commit()
            other["infor.crm.worker"]._outbox_aside(UNPARK)
        with self.server() as env:
            self.assertEqual(env["infor.crm.outbox"].browse(row.id).state, "waiting")


@tagged("post_install", "-at_install")
class TestWhoMay(NotesCase):
    def setUp(self):
        super().setUp()
        self.sent()
        self.marketer = new_test_user(
            self.env, "marketer", "infor_crm_connector.group_user"
        )

    def test_marketing_users_look_and_retry_but_do_not_write(self):
        rows = self.rows().with_user(self.marketer)
        self.assertTrue(rows.mapped("subject"))
        self.assertTrue(rows[0].action_retry())
        with self.assertRaises(AccessError):
            rows[0].state = "done"
        with self.assertRaises(AccessError):
            rows[0].action_drop()
        with self.assertRaises(AccessError):
            rows[0].unlink()

    def test_tokens_and_contents_are_not_read_through_the_screens(self):
        preview = self.rows()[0].preview_id.with_user(self.marketer)
        self.assertTrue(preview.subject)
        for name in ("token", "delta"):
            with self.assertRaises(AccessError):
                preview.read([name])
        with self.assertRaises(AccessError):
            preview.frame_id.sudo(False).read(["body"])

    def test_another_company_sees_neither(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = new_test_user(
            self.env,
            "other",
            "infor_crm_connector.group_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for model in ("infor.crm.outbox", "infor.crm.preview"):
            self.assertFalse(self.env[model].with_user(other).search([]))

    def test_who_may_not_see_a_preview_cannot_withdraw_it(self):
        plain = new_test_user(self.env, "plain", "base.group_user")
        preview = self.rows()[0].preview_id.with_user(plain)
        with self.assertRaises(AccessError):
            preview.action_revoke()
