"""A run tells Infor CRM what people decided."""

from odoo.tests import tagged

from .question_common import QuestionCase


class AnswersMixin:
    def setUp(self):
        super().setUp()
        self.contact, self.link = self.a_refusing()
        self.address = self.contact.email_normalized

    def flag(self, email, solicit):
        self.crm.sql(
            "UPDATE LEAD SET DONOTEMAIL = ?, DONOTSOLICIT = ? WHERE LEADID = ?",
            [email, solicit, self.link.key],
        )

    def clear(self, address=None):
        address = address or self.address
        self.lift(address, self.manager).action_unblacklist_apply()
        question = self.question("clear_do_not_email", address)
        question.with_user(self.manager)._decide("clear", reason="Wrote to us")
        return question

    def answers(self):
        return self.env["infor.crm.sync.run"].search([("operation", "=", "answers")])

    def perform(self, expect="done"):
        run = self.work_off(self.answers()[:1])
        self.assertEqual(run.state, expect, run.message)
        return run

    def test_the_flag_is_cleared_in_infor_crm(self):
        self.flag(1, 0)
        question = self.clear()
        run = self.perform()
        self.assertEqual(self.flags(self.link.key), (False, False))
        self.assertFalse(question.to_do)
        self.assertFalse(self.link.opted_out)
        self.assertFalse(self.link.consent_lifted)
        self.assertEqual((run.push_selected, run.push_updated), (1, 1))
        self.assertEqual(self.outcome(run, self.link.key).reason, "decided")

    def test_it_is_of_no_kind_of_records(self):
        self.clear()
        self.assertFalse(self.answers().kind)

    def test_the_next_import_changes_nothing_back(self):
        self.flag(1, 0)
        self.clear()
        self.perform()
        self.again(self.sync)
        self.contact.invalidate_recordset()
        self.assertFalse(self.contact.is_blacklisted)
        self.assertFalse(self.link.opted_out)

    def test_do_not_solicit_stays_and_is_not_imposed_again(self):
        self.flag(1, 1)
        self.clear()
        self.perform()
        self.assertEqual(self.flags(self.link.key), (False, True))
        self.assertTrue(self.link.opted_out)
        self.assertTrue(self.link.consent_lifted)

    def test_only_the_flag_is_written(self):
        self.flag(1, 0)
        key = self.link.key
        before = self.crm.sql("SELECT * FROM LEAD WHERE LEADID = ?", [key])[0]
        self.clear()
        self.perform()
        after = self.crm.sql("SELECT * FROM LEAD WHERE LEADID = ?", [key])[0]
        changed = {name for name in before if before[name] != after[name]}
        self.assertIn("DONOTEMAIL", changed)
        self.assertLessEqual(
            changed, {"DONOTEMAIL", "MODIFYDATE", "MODIFYUSER", "ROWVER"}
        )

    def test_it_runs_in_quiet_hours_too(self):
        self.connector.write(
            {"quiet_hours": True, "quiet_from": 0, "quiet_to": 23.99, "quiet_tz": "UTC"}
        )
        self.flag(1, 0)
        question = self.clear()
        self.perform()
        self.assertFalse(question.to_do)

    def test_no_e_mail_from_either_side_sets_the_flag(self):
        self.flag(0, 0)
        self.link.opted_out = False
        question = self.questions._ask(
            self.connector, "lift_blacklist", self.address, address=self.address
        )
        question.with_user(self.marketer)._decide("opt_out")
        self.perform()
        self.assertEqual(self.flags(self.link.key), (True, False))
        self.assertTrue(self.link.opted_out)
        self.assertTrue(self.link.blacklisted)

    def test_several_decisions_go_together(self):
        other, link = self.a_refusing(1)
        self.flag(1, 0)
        self.crm.sql(
            "UPDATE LEAD SET DONOTEMAIL = 1, DONOTSOLICIT = 0 WHERE LEADID = ?",
            [link.key],
        )
        self.clear()
        self.clear(other.email_normalized)
        self.assertEqual(len(self.answers()), 1)
        run = self.perform()
        self.assertEqual(run.push_updated, 2)
        self.assertEqual(self.flags(link.key), (False, False))

    def test_what_infor_crm_refuses_is_said_and_tried_again(self):
        self.flag(1, 0)
        question = self.clear()
        self.crm.fault(fault="status", status=403, method="PUT")
        run = self.perform()
        self.assertEqual(run.push_failed, 1)
        self.assertTrue(question.to_do)
        self.assertTrue(question.problem)
        self.assertEqual(self.outcome(run, self.link.key).reason, "not_told")
        self.crm.clear_faults()
        self.again(self.sync)
        self.perform()
        self.assertFalse(question.to_do)
        self.assertFalse(question.problem)

    def test_a_server_that_is_away_is_waited_for(self):
        self.flag(1, 0)
        question = self.clear()
        self.crm.fault(fault="status", status=503)
        run = self.perform(expect="queued")
        self.assertTrue(run.next_try)
        self.assertTrue(question.to_do)
        self.assertFalse(question.problem)

    def test_a_record_that_is_gone_is_no_failure(self):
        self.flag(1, 0)
        question = self.clear()
        self.crm.sql("DELETE FROM LEAD WHERE LEADID = ?", [self.link.key])
        run = self.perform()
        self.assertEqual((run.push_skipped, run.push_failed), (1, 0))
        self.assertFalse(question.to_do)

    def test_a_flag_that_stands_right_already_is_not_written(self):
        self.flag(0, 0)
        self.clear()
        self.crm.clear_requests()
        self.perform()
        methods = {request["method"] for request in self.crm.requests()}
        self.assertEqual(methods, {"GET"})
        self.assertFalse(self.link.opted_out)


@tagged("post_install", "-at_install")
class TestAnswers8(AnswersMixin, QuestionCase):
    generation = "8"


@tagged("post_install", "-at_install")
class TestAnswers75(AnswersMixin, QuestionCase):
    generation = "7.5.4"
