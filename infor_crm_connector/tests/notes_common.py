"""What the tests of notes and of the outbox share: sending a mailing, reading notes."""

import re
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields

from odoo.addons.mail.tests.common import MockEmail

from .import_common import ImportCase

BODY = """<div>
    <p>Dear <t t-out="object.first_name or 'reader'"/>,</p>
    <p>our <a href="https://news.example.com/summer?a=1&amp;b=2">summer news</a>.</p>
    <img src="https://news.example.com/sun.png" alt="Sun"/>
    <p><a href="/unsubscribe_from_list">Unsubscribe</a>
       <a href="/view">View online</a></p>
</div>"""


class NotesCase(ImportCase, MockEmail):
    """A list of imported leads and a mailing to it; mails leave through Odoo's own
    mail gateway for tests."""

    crm_options = {"seed": 1, "leads": 12, "contacts": 6}

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param(
            "web.base.url", "https://odoo.example.com"
        )
        self.sync, _run = self.imported("lead")
        self.list = self.sync.list_id

    def mailing(self, **values):
        return self.env["mailing.mailing"].create(
            {
                "name": "Summer",
                "subject": "Summer news for {{ object.first_name }}",
                "body_html": BODY,
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [(6, 0, self.list.ids)],
                "user_id": self.user.id,
                "reply_to_mode": "new",
                "reply_to": "news@example.com",
                **values,
            }
        )

    def send(self, mailing, unlink=True):
        with self.mock_mail_gateway(mail_unlink_sent=unlink):
            mailing.action_send_mail()
        self.env.flush_all()
        return mailing

    def sent(self, **values):
        return self.send(self.mailing(**values))

    def rows(self, mailing=None, **values):
        domain = [("connector_id", "=", self.connector.id)]
        if mailing:
            domain.append(("mailing_id", "=", mailing.id))
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["infor.crm.outbox"].search(domain, order="id")

    def drain(self, number=1, calls=30):
        """Call a lane until nothing of the outbox is due; the practice CRM's notes."""
        for _ in range(calls):
            self.lane(number)
            if not self.env["infor.crm.worker"]._outbox_connectors():
                break
        return self.notes()

    def notes(self):
        return self.crm.sql("SELECT * FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'")

    def assertOneEach(self, mailing):
        """A note for exactly each linked person who was sent the message."""
        told = self.expected(mailing)
        notes = [(n["LEADID"] or n["CONTACTID"]).strip() for n in self.notes()]
        self.assertEqual(sorted(notes), sorted(told))

    def expected(self, mailing):
        """Keys of the linked people whom Odoo records as sent."""
        keys = []
        for trace in mailing.mailing_trace_ids.filtered("sent_datetime"):
            binding = self.env["infor.crm.binding"].search(
                [("odoo_model", "=", trace.model), ("res_id", "=", trace.res_id)],
                order="kind, id",
                limit=1,
            )
            keys += binding.mapped("key")
        return keys

    def due(self, mailing=None):
        """What is put off becomes due: time that would only be waited is cut short."""
        self.rows(mailing).filtered("next_try").next_try = False
        self.env.flush_all()

    @contextmanager
    def later(self, **time):
        """The clock that outbox, probes and alerts go by is ahead."""
        ahead = timedelta(**time)
        connector = type(self.env["infor.crm.connector"])
        with patch.object(
            connector, "_now", lambda this: fields.Datetime.now() + ahead
        ):
            yield

    @contextmanager
    def worker(self):
        """(worker, connector) of a lane at work, to take single steps of it."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = api.Environment(cr, 1, {})
            yield (
                env["infor.crm.worker"],
                env["infor.crm.connector"].browse(self.connector.id),
            )
        self.env.invalidate_all()

    def link_in(self, note):
        [path] = re.findall(r"https://odoo.example.com(/\S+)", note["LONGNOTES"])
        return path
