"""An opted-out person is reached by no mailing."""

from odoo.tests import tagged

from odoo.addons.mass_mailing.models.mailing_list import (
    MailingList as OdooMailingList,
)
from odoo.addons.mass_mailing.tests.common import MassMailCommon

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestOptOut(MassMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads, cls.news = cls.env["mailing.list"].create(
            [{"name": "All Infor CRM Leads"}, {"name": "News"}]
        )
        cls.ann = cls._contact("Ann", "ann@example.com", {cls.leads: True})
        cls.bob = cls._contact("Bob", "bob@example.com", {cls.leads: False})

    @classmethod
    def _contact(cls, name, email, opt_out_by_list):
        subscriptions = [
            (0, 0, {"list_id": one.id, "opt_out": opt_out})
            for one, opt_out in opt_out_by_list.items()
        ]
        return cls.env["mailing.contact"].create(
            {"name": name, "email": email, "subscription_ids": subscriptions}
        )

    def _send(self, model="mailing.list", lists=None, domain=None, **values):
        values = {
            "subject": "Hello",
            "body_html": "<p>Hello <t t-out='object.name'/></p>",
            "mailing_model_id": self.env["ir.model"]._get_id(model),
            **values,
        }
        if lists:
            values["contact_list_ids"] = [(6, 0, lists.ids)]
        if domain is not None:
            values["mailing_domain"] = repr(domain)
        mailing = (
            self.env["mailing.mailing"].with_user(self.user_marketing).create(values)
        )
        with self.mock_mail_gateway(mail_unlink_sent=False):
            mailing.action_send_mail()
        return mailing

    def _reached(self):
        return {mail["email_to"][0].split("<")[-1].rstrip(">") for mail in self._mails}

    def assertReached(self, *names):
        expected = {f"{name}@example.com" for name in names}
        self.assertEqual(self._reached() & self._everybody(), expected)

    def _everybody(self):
        return set(self.env["mailing.contact"].search([]).mapped("email_normalized"))

    def test_not_by_the_list(self):
        mailing = self._send(lists=self.leads)
        self.assertReached("bob")
        trace = mailing.mailing_trace_ids.filtered(lambda t: t.res_id == self.ann.id)
        self.assertEqual(
            (trace.trace_status, trace.failure_type), ("cancel", "mail_optout")
        )

    def test_not_by_a_segment_of_the_list(self):
        self._send("mailing.contact", domain=[("list_ids", "in", self.leads.ids)])
        self.assertReached("bob")

    def test_not_by_a_segment_that_names_no_list(self):
        self._send("mailing.contact", domain=[("email", "like", "@example.com")])
        reached = self._reached()
        self.assertIn("bob@example.com", reached)
        self.assertNotIn("ann@example.com", reached)

    def test_not_by_two_lists_at_once(self):
        self.ann.subscription_ids = [(0, 0, {"list_id": self.news.id})]
        self._send(lists=self.leads | self.news)
        self.assertReached("bob")

    def test_not_through_a_twin_who_is_opted_in(self):
        self._contact("Ann Twin", "Ann <ANN@example.com>", {self.leads: False})
        self._send(lists=self.leads)
        self.assertReached("bob")

    def test_not_through_a_twin_on_a_segment(self):
        self._contact("Ann Twin", "ann@example.com", {self.news: False})
        self._send("mailing.contact", domain=[("name", "in", ["Ann Twin", "Bob"])])
        self.assertReached("bob")

    def test_not_through_a_second_address_of_the_contact(self):
        self.ann.email = "ann@example.com, ann.home@example.com"
        self._send(lists=self.leads)
        self.assertReached("bob")

    def test_not_as_a_contact_of_the_address_book(self):
        partners = self.env["res.partner"].create(
            [
                {"name": "Ann", "email": "ann@example.com"},
                {"name": "Bob", "email": "bob@example.com"},
            ]
        )
        self._send("res.partner", domain=[("id", "in", partners.ids)])
        self.assertReached("bob")

    def test_not_when_the_exclusion_list_is_switched_off(self):
        """An imported refusal is on the blacklist and on the list: one is enough."""
        self.env["mail.blacklist"]._add("ann@example.com")
        self._send(lists=self.leads, use_exclusion_list=False)
        self.assertReached("bob")

    def test_not_when_the_list_was_archived(self):
        self.leads.active = False
        self._send("mailing.contact", domain=[("name", "in", ["Ann", "Bob"])])
        self.assertReached("bob")

    def test_odoo_s_own_answer_is_part_of_ours(self):
        """Which is why it is not asked for (it reads every member each time)."""
        self.ann.subscription_ids = [(0, 0, {"list_id": self.news.id})]
        self._contact("Cas", "cas@example.com", {self.news: True})
        for lists in (self.leads, self.news, self.leads | self.news):
            mailing = self.env["mailing.mailing"].new({"contact_list_ids": lists.ids})
            theirs = OdooMailingList._mailing_get_opt_out_list(lists, mailing)
            ours = lists._mailing_get_opt_out_list(mailing)
            self.assertLessEqual(theirs, ours)
            self.assertTrue(ours)

    def test_leaving_one_list_keeps_the_others(self):
        """Who left the leads list still gets the news asked for."""
        self.ann.subscription_ids = [(0, 0, {"list_id": self.news.id})]
        self._send(lists=self.news)
        self.assertReached("ann")

    def test_leaving_one_list_keeps_segments_of_the_others(self):
        self.ann.subscription_ids = [(0, 0, {"list_id": self.news.id})]
        domain = [("list_ids", "in", self.news.ids), ("email", "like", "example")]
        self._send("mailing.contact", domain=domain)
        self.assertReached("ann")

    def test_a_segment_with_a_way_around_the_list_counts_every_opt_out(self):
        self.ann.subscription_ids = [(0, 0, {"list_id": self.news.id})]
        self.bob.subscription_ids = [(0, 0, {"list_id": self.news.id})]
        named = ("list_ids", "in", self.news.ids)
        self._send("mailing.contact", domain=["|", named, ("name", "=", "Ann")])
        self.assertReached("bob")

    def test_a_segment_of_either_of_two_lists(self):
        self.ann.subscription_ids = [(0, 0, {"list_id": self.news.id})]
        either = [("list_ids", "=", one.id) for one in self.leads | self.news]
        self._send("mailing.contact", domain=["|", *either])
        self.assertReached("bob")


@tagged("post_install", "-at_install")
class TestImportedOptOut(MassMailCommon, ImportCase):
    """Who refuses e-mail in Infor CRM, told by its own store."""

    crm_options = {"seed": 3, "leads": 120, "contacts": 10}

    def setUp(self):
        super().setUp()
        self.sync, _run = self.imported("lead", "Industry")
        addresses = self.usable(self.rows())
        self.refusing = {
            address
            for address, rows in addresses.items()
            if any(_yes(row["DONOTEMAIL"]) or _yes(row["DONOTSOLICIT"]) for row in rows)
        }
        self.willing = set(addresses) - self.refusing
        self.assertTrue(self.refusing and self.willing)

    def _reached_by(self, model="mailing.list", lists=None, domain=None, exclude=True):
        values = {
            "subject": "Hello",
            "body_html": "<p>Hello</p>",
            "mailing_model_id": self.env["ir.model"]._get_id(model),
            "use_exclusion_list": exclude,
        }
        if lists:
            values["contact_list_ids"] = [(6, 0, lists.ids)]
        if domain is not None:
            values["mailing_domain"] = repr(domain)
        mailing = self.env["mailing.mailing"].create(values)
        with self.mock_mail_gateway(mail_unlink_sent=False):
            mailing.action_send_mail()
        sent = mailing.mailing_trace_ids.filtered(lambda t: t.trace_status != "cancel")
        return set(sent.mapped("email")) & (self.refusing | self.willing)

    def assertOnlyTheWilling(self, **aim):
        for exclude in (True, False):
            with self.subTest(exclusion_list=exclude):
                self.assertEqual(self._reached_by(exclude=exclude, **aim), self.willing)

    def test_not_by_the_list(self):
        self.assertOnlyTheWilling(lists=self.sync.list_id)

    def test_not_by_a_segment_of_it(self):
        domain = [("list_ids", "in", self.sync.list_id.ids), ("email", "!=", False)]
        self.assertOnlyTheWilling(model="mailing.contact", domain=domain)

    def test_not_by_a_segment_on_an_imported_column(self):
        """The segment of those with a column: fewer people, and no refusing one."""
        column = f"properties.infor_{self.connector.id}_lead_industry"
        reached = self._reached_by("mailing.contact", domain=[(column, "!=", False)])
        self.assertTrue(reached)
        self.assertLessEqual(reached, self.willing)

    def test_not_by_two_lists_at_once(self):
        """Even if somebody put the refusing people on another list, opted in."""
        other = self.env["mailing.list"].create({"name": "Trade fair"})
        self.env["mailing.contact"].create(
            [
                {"email": address, "subscription_ids": [(0, 0, {"list_id": other.id})]}
                for address in sorted(self.refusing)
            ]
        )
        self.assertOnlyTheWilling(lists=self.sync.list_id | other)


def _yes(flag):
    """One of the spellings of "true" in Infor CRM."""
    return str(flag).strip().lower() in ("1", "t", "true", "y", "yes")
