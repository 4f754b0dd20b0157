"""What the tests of website forms share: pages with forms, visitors, and the lanes."""

import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.tests import HttpCase

from .import_common import ImportCase

COMPANY = "Acme"
_FIELD = """
<div class="mb-3 col-12 s_website_form_field %(custom)s" data-type="%(type)s" %(more)s>
    <label class="s_website_form_label" for="%(id)s">
        <span class="s_website_form_label_content">%(label)s</span></label>
    %(input)s
</div>"""
_FORM = """
<section class="s_website_form" data-snippet="s_website_form">
    <form action="/website/form/" method="post" enctype="multipart/form-data"
          data-model_name="%(model)s" %(marks)s>
        %(fields)s
        <div class="s_website_form_submit">
            <a href="#" class="s_website_form_send">Go</a></div>
    </form>
</section>"""
_PAGE = """
<t t-name="website.%(name)s"><t t-call="website.layout">
    <div id="wrap" class="oe_structure oe_empty">%(body)s</div>
</t></t>"""
# What the practice form asks for: name of the input, label, type.
ASKED = (
    ("name", "Your Name", "char"),
    ("email_from", "Your Email", "email"),
    ("phone", "Phone Number", "tel"),
    ("company", "Company", "char"),
    ("Job Position", "Job Position", "char"),
    ("subject", "Subject", "char"),
    ("description", "Question", "text"),
)


class FormsCase(ImportCase, HttpCase):
    """Visitors send real requests; lanes work as Odoo's cron calls them."""

    crm_options = {"seed": 1, "leads": 12, "contacts": 6}

    def setUp(self):
        super().setUp()
        self.crm.clear_faults()
        self.website = self.env["website"].search([], limit=1)
        self.connector.write(
            {"missing_last_name": "text", "missing_last_name_text": "(unknown)"}
        )
        self.outbox = self.env["infor.crm.outbox"]
        self.number = 0

    # --- pages ------------------------------------------------------------------------

    def form(self, model="mail.mail", asked=ASKED, more="", push="form1", **options):
        marks = {"push": push, **options} if push else {}
        attributes = " ".join(f'data-infor-crm-{k}="{v}"' for k, v in marks.items())
        rows = "".join(self.input(*row) for row in asked)
        return _FORM % {"model": model, "marks": attributes, "fields": rows + more}

    def input(self, name, label, type_, more="", custom="s_website_form_custom"):
        self.number += 1
        own = {"id": f"f{self.number}", "label": label, "type": type_, "more": more}
        kind = {"boolean": "checkbox", "binary": "file"}.get(type_, "text")
        value = 'value="Yes"' if kind == "checkbox" else ""
        element = (
            f'<input id="{own["id"]}" type="{kind}" name="{name}" {value} '
            'class="s_website_form_input"/>'
        )
        return _FIELD % {**own, "input": element, "custom": custom}

    def consent(self, name="I agree", label="You may send me news by e-mail."):
        return self.input(name, label, "boolean", 'data-infor-crm-consent="1"')

    def page(self, body, name="lead-form"):
        view = self.env["ir.ui.view"].create(
            {
                "name": f"Page {name}",
                "type": "qweb",
                "key": f"website.{name}",
                "website_id": self.website.id,
                "arch": _PAGE % {"name": name, "body": body},
            }
        )
        self.env["website.page"].create(
            {
                "view_id": view.id,
                "url": f"/{name}",
                "is_published": True,
                "website_id": self.website.id,
            }
        )
        self.env.flush_all()
        return view

    def change(self, view, old, new):
        self.assertIn(old, view.arch_db)
        view.arch_db = view.arch_db.replace(old, new)
        self.env.flush_all()

    # --- visitors ---------------------------------------------------------------------

    def open_page(self, name="lead-form"):
        answer = self.url_open(f"/{name}")
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        return html.fromstring(answer.text)

    def seal(self, name="lead-form"):
        found = self.open_page(name).xpath("//input[@name='infor_crm_seal']/@value")
        self.assertEqual(len(found), 1)
        return found[0]

    def send(self, values=None, seal=None, model="mail.mail", files=None, **more):
        """What a browser posts; the answer as the form's script reads it."""
        values = {**(values or {}), **more}
        if seal is not None:
            values["infor_crm_seal"] = seal
        answer = self.url_open(
            f"/website/form/{model}",
            data=values,
            files=files,
            headers={"Referer": f"{self.base_url()}/lead-form?utm=1"},
        )
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        return answer.json()

    def visit(self, page="lead-form", model="mail.mail", files=None, **more):
        """Open the page and send its form."""
        values = {**self.values(), **more}
        if model == "mail.mail":
            values = {**values, **self.signed(page)}
        return self.send(values, self.seal(page), model, files)

    def values(self, **more):
        return {
            "name": "Vera Visitor",
            "email_from": "vera@example.com",
            "phone": "+1 555 0100",
            "company": COMPANY,
            "Job Position": "Buyer",
            "subject": "A question",
            "description": "Do you deliver to Oslo?",
            **more,
        }

    def signed(self, _page):
        """Forms of mail.mail name no recipient here: Odoo wants no signature then."""
        return {"website_form_signature": ""}

    # --- what becomes of it -----------------------------------------------------------

    def rows_of(self, **values):
        domain = [("connector_id", "=", self.connector.id)]
        values = {"type": "submission", **values}
        domain += [(name, "=", value) for name, value in values.items()]
        return self.outbox.search(domain, order="id")

    def drain(self, number=1, calls=30):
        self.env.flush_all()
        for _ in range(calls):
            self.lane(number)
            if not self.env["infor.crm.worker"]._outbox_connectors():
                break
        self.env.invalidate_all()

    def settled(self, times=5):
        """Let the execution limit pass, and what comes after it."""
        for number in range(1, times):
            with self.later(seconds=number * 200):
                # claims go by the database's clock
                self.env.cr.execute(
                    "UPDATE infor_crm_claim SET sent_at = sent_at - interval '200 s'"
                )
                self.drain()

    @contextmanager
    def later(self, **time):
        """The clock that outbox, probes and alerts go by is ahead."""
        ahead = timedelta(**time)
        connector = type(self.env["infor.crm.connector"])
        with patch.object(
            connector, "_now", lambda this: fields.Datetime.now() + ahead
        ):
            yield

    def leads(self, email="vera@example.com"):
        return self.crm.sql(
            "SELECT * FROM LEAD WHERE lower(trim(EMAIL)) = ?", [email.lower()]
        )

    def lead(self, email="vera@example.com"):
        (row,) = self.leads(email)
        return row

    def notes_of(self, key):
        return self.crm.sql(
            "SELECT * FROM HISTORY WHERE trim(LEADID) = ? OR trim(CONTACTID) = ?",
            [key.strip(), key.strip()],
        )

    def note_of(self, key):
        (row,) = self.notes_of(key)
        return row["LONGNOTES"]

    def known(self, kind="lead", email="vera@example.com", **values):
        """Somebody sales knows already; the key."""
        crm = self.connector._client()
        with crm:
            values = {"LastName": "Visitor", "Email": email, **values}
            if kind == "contact":
                account = self.crm.sql("SELECT ACCOUNTID FROM ACCOUNT LIMIT 1")[0]
                values["Account"] = {"$key": account["ACCOUNTID"].strip()}
            else:
                values.setdefault("Company", "Known Ltd.")
            return crm.create(f"{kind}s", values).key

    def record(self, kind, key):
        table = kind.upper()
        (row,) = self.crm.sql(f"SELECT * FROM {table} WHERE {table}ID = ?", [key])
        return row

    def writes(self):
        return [r for r in self.crm.requests() if r["method"] in ("POST", "PUT")]

    def subscribe(self, list_id, value, seal=None, **more):
        params = {"list_id": list_id, "value": value, "subscription_type": "email"}
        if seal is not None:
            params["infor_crm_seal"] = seal
        answer = self.url_open(
            "/website_mass_mailing/subscribe",
            data=json.dumps({"jsonrpc": "2.0", "params": {**params, **more}}),
            headers={
                "Content-Type": "application/json",
                "Referer": f"{self.base_url()}/lead-form",
            },
        )
        self.env.invalidate_all()
        return answer.json()
