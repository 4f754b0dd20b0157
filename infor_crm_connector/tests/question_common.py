"""What the tests of questions, lifted opt-outs and gone people share."""

from datetime import UTC, datetime

from odoo.tests import new_test_user

from odoo.addons.mass_mailing.tests.common import MassMailCommon

from .import_common import ImportCase

ADDRESS = "ann@example.com"


class QuestionCase(MassMailCommon, ImportCase):
    """An imported list of leads, and people of all roles."""

    crm_options = {"seed": 3, "leads": 60, "contacts": 10}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailer = new_test_user(
            cls.env,
            "mailer",
            groups="mass_mailing.group_mass_mailing_user,"
            "sales_team.group_sale_salesman_all_leads",
        )
        cls.marketer = new_test_user(
            cls.env, "marketer", groups="infor_crm_connector.group_user"
        )
        cls.manager = new_test_user(
            cls.env, "manager", groups="infor_crm_connector.group_manager"
        )

    def setUp(self):
        super().setUp()
        self.sync, _run = self.imported()
        self.questions = self.env["infor.crm.question"]

    def a_willing(self, number=0):
        """(contact, binding) of somebody who may be mailed."""
        return self._person(lambda contact: not contact.is_blacklisted, number)

    def a_refusing(self, number=0):
        """(contact, binding) of somebody who opted out in Infor CRM."""
        return self._person(lambda contact: contact.is_blacklisted, number)

    def _person(self, which, number):
        contacts = self.members(self.sync).filtered(which).sorted("id")
        contact = contacts[number]
        binding = self.env["infor.crm.binding"].search(
            [("odoo_model", "=", "mailing.contact"), ("res_id", "=", contact.id)]
        )
        self.assertEqual(len(binding), 1)
        return contact, binding

    def last_note(self, address):
        """Of the address's entry in the blacklist."""
        self.flush_tracking()
        return self.entry(address).message_ids.sorted("id")[-1]

    def entry(self, address):
        return (
            self.env["mail.blacklist"]
            .with_context(active_test=False)
            .search([("email", "=", address)])
        )

    def lift(self, address, user, reason="Asked by phone"):
        """As the button beside a blacklisted address does."""
        wizard = self.env["mail.blacklist.remove"].with_user(user)
        return wizard.create({"email": address, "reason": reason})

    def question(self, question_type, key):
        return self.questions._of(self.connector, question_type, [key])

    def flags(self, key, kind="LEAD"):
        row = self.crm.sql(
            f"SELECT DONOTEMAIL, DONOTSOLICIT FROM {kind} WHERE {kind}ID = ?", [key]
        )[0]
        return tuple(_yes(row[name]) for name in ("DONOTEMAIL", "DONOTSOLICIT"))

    def mail(self, model="mailing.list", lists=None, domain=None, **values):
        """A mailing that was sent."""
        mailing = self.draft(model, lists, domain, **values)
        with self.mock_mail_gateway(mail_unlink_sent=False):
            mailing.action_send_mail()
        return mailing

    def draft(self, model="mailing.list", lists=None, domain=None, **values):
        values = {
            "subject": "Hello",
            "body_html": "<p>Hello</p>",
            "mailing_model_id": self.env["ir.model"]._get_id(model),
            **values,
        }
        if lists:
            values["contact_list_ids"] = [(6, 0, lists.ids)]
        if domain is not None:
            values["mailing_domain"] = repr(domain)
        return self.env["mailing.mailing"].with_user(self.mailer).create(values)

    def reached(self, mailing):
        sent = mailing.mailing_trace_ids.filtered(lambda t: t.trace_status != "cancel")
        return set(sent.mapped("email"))

    def trace(self, mailing, record):
        found = mailing.mailing_trace_ids.filtered(lambda t: t.res_id == record.id)
        self.assertEqual(len(found), 1)
        return found


class MatchCase(QuestionCase):
    """Ann of Odoo, and two records of Infor CRM with her address."""

    def setUp(self):
        super().setUp()
        self.ann = self.env["mailing.contact"].create(
            {"name": "Ann Lee", "email": ADDRESS, "company_name": "Steel & Co"}
        )

    def card(self, key, **values):
        return {
            "kind": "lead",
            "key": key,
            "name": "Ann Lee",
            "company": "Steel & Co",
            "email": ADDRESS,
            "created": datetime(2020, 1, 1, tzinfo=UTC),
            "modified": datetime(2021, 1, 1, tzinfo=UTC),
            **values,
        }

    def ask(self, *cards, key=ADDRESS, **values):
        cards = cards or (
            self.card("LA", modified=datetime(2024, 5, 6, tzinfo=UTC)),
            self.card("LB", company="Steel <b>Ltd</b>", created=datetime(2019, 1, 1)),
        )
        return self.questions._ask(
            self.connector,
            "match",
            key,
            **{
                "name": "Ann Lee",
                "address": key,
                "odoo_model": "mailing.contact",
                "res_id": self.ann.id,
                "cards": list(cards),
                **values,
            },
        )

    def decision(self, key=ADDRESS):
        return self.questions._decision(self.connector, "match", key)

    def card_of(self, question, key, user=None):
        cards = question.with_user(user or self.marketer).card_ids
        return cards.filtered(lambda c: c.key == key)


def _yes(flag):
    """One of the spellings of "true" in Infor CRM."""
    return str(flag).strip().lower() in ("1", "t", "true", "y", "yes")
