"""Opt-outs that somebody lifted, and those of people who move to another address."""

from odoo.tests import tagged

from .consent_common import ConsentCase


class ConsentMovesMixin:
    # --- lifting ----------------------------------------------------------------------

    def test_lifted_in_odoo_it_is_asked_about_and_not_imposed_again(self):
        key, person = self.a_person(opted_out=True)
        self.lift(person.email)
        self.synced()
        self.assertEqual(self.questions("clear_do_not_email").state, "open")
        self.assertFalse(self.is_blacklisted(person.email_normalized))
        self.assertTrue(
            self.crm_row(key)["DONOTEMAIL"] or self.crm_row(key)["DONOTSOLICIT"]
        )
        self.crm_edit(key, FirstName="Renamed")
        self.synced()
        self.again(self.sync)
        self.assertFalse(self.is_blacklisted(person.email_normalized))

    def test_lifted_past_odoos_own_door_it_is_asked_about_too(self):
        key, person = self.a_person(opted_out=True)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_blacklist SET active = FALSE WHERE email = %s",
            [person.email_normalized],
        )
        self.env.invalidate_all()
        self.synced()
        self.assertEqual(self.questions("clear_do_not_email").state, "open")
        self.assertTrue(self.binding(key).consent_lifted)
        self.assertFalse(self.is_blacklisted(person.email_normalized))

    def test_lifted_in_infor_crm_it_is_asked_about_and_stays_in_odoo(self):
        key, person = self.a_person(opted_out=True)
        self.crm_edit(key, DoNotEmail=False, DoNotSolicit=False)
        run = self.synced()
        question = self.questions("lift_blacklist")
        self.assertEqual(question.state, "open")
        self.assertEqual(run.questions, 1)
        self.assertTrue(self.is_blacklisted(person.email_normalized))
        self.synced()
        self.assertFalse(self.flag(key), "set again, though somebody cleared it")

    def test_set_again_in_infor_crm_it_counts_again(self):
        key, person = self.a_person(opted_out=True)
        self.lift(person.email)
        self.crm_edit(key, DoNotEmail=False, DoNotSolicit=False)
        self.synced()
        self.crm_edit(key, DoNotEmail=True)
        self.synced()
        self.assertTrue(self.is_blacklisted(person.email_normalized))

    def test_decided_to_clear_it_is_cleared_and_stays_so(self):
        key, person = self.a_person(opted_out=True)
        self.crm_edit(key, DoNotEmail=True, DoNotSolicit=False)
        self.lift(person.email)
        self.synced()
        self.questions("clear_do_not_email").with_user(self.user)._decide(
            "clear", reason="asked me to"
        )
        self.lane()
        self.synced()
        self.assertFalse(self.flag(key))
        self.assertFalse(self.is_blacklisted(person.email_normalized))

    # --- addresses --------------------------------------------------------------------

    def test_a_new_address_in_odoo_is_opted_out_too(self):
        _key, person = self.a_person(opted_out=True)
        self.odoo_edit(person, email="moved@people.example")
        self.synced()
        self.assertTrue(self.is_blacklisted("moved@people.example"))

    def test_it_is_opted_out_at_once(self):
        """Also before Infor CRM was told: a mailing might go out meanwhile."""
        _key, person = self.a_person()
        self.blacklist(person.email)
        person.email = "moved@people.example"
        self.assertTrue(self.is_blacklisted("moved@people.example"))

    def test_so_is_a_linked_contact_or_lead_of_odoo(self):
        key, _person = self.a_person()
        partner = self.env["res.partner"].create({"name": "P", "email": "p@x.example"})
        lead = self.env["crm.lead"].create({"name": "L", "email_from": "l@x.example"})
        for record, field in ((partner, "email"), (lead, "email_from")):
            self.binding(key).filtered("moves_values").copy(
                {
                    "odoo_model": record._name,
                    "res_id": record.id,
                    "moves_values": False,
                    "consent_address": record.email_normalized,
                }
            )
            self.blacklist(record[field])
            record[field] = f"moved.{record[field]}"
            self.assertTrue(self.is_blacklisted(record.email_normalized))

    def test_so_it_is_when_the_address_was_taken_away_before(self):
        _key, person = self.a_person(opted_out=True)
        person.email = False
        person.email = "moved@people.example"
        self.assertTrue(self.is_blacklisted("moved@people.example"))

    def test_somebody_else_takes_nothing_along(self):
        other = self.env["mailing.contact"].create({"email": "other@people.example"})
        self.blacklist(other.email)
        other.email = "moved@people.example"
        self.assertFalse(self.is_blacklisted("moved@people.example"))

    def test_a_new_address_in_infor_crm_is_opted_out_too(self):
        key, person = self.a_person(opted_out=True)
        self.crm_edit(key, Email="moved@people.example")
        self.synced()
        self.assertEqual(person.email_normalized, "moved@people.example")
        self.assertTrue(self.is_blacklisted("moved@people.example"))

    def test_a_new_address_of_somebody_blacklisted_in_odoo_alone(self):
        self.connector.sudo().push_consent = False
        _key, person = self.a_person()
        self.blacklist(person.email)
        self.synced()
        self.odoo_edit(person, email="moved@people.example")
        self.synced()
        self.assertTrue(self.is_blacklisted("moved@people.example"))


@tagged("post_install", "-at_install")
class TestConsentMoves(ConsentMovesMixin, ConsentCase):
    pass


@tagged("post_install", "-at_install")
class TestConsentMovesOld(ConsentMovesMixin, ConsentCase):
    generation = "7.5.4"
