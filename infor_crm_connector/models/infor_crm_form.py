import logging
from typing import NamedTuple
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.tools import parse_contact_from_email

from ..tools import form_marks, form_seal
from ..tools.submission import address_of, clean, collect

_logger = logging.getLogger(__name__)

USER = "infor_crm_connector.group_user"
SUBJECTS = {"sources": "lead_source", "owners": "owner"}


class Opened(NamedTuple):
    """A form that somebody sends. ``title``: of what it stands on."""

    marks: form_marks.FormMarks
    place: form_seal.Place
    connector: object
    title: str


class InforCrmForm(models.AbstractModel):
    """Website forms whose submissions are pushed to Infor CRM.

    The editor's options stand in the page (tools/form_marks.py); visitors get a seal.
    What a submission may do is read from the page as it is *now*: an option that was
    switched off, a field that was taken out, a page that is gone count at once.
    """

    _name = "infor.crm.form"
    _description = "Infor CRM Website Form"

    # --- for the website builder ------------------------------------------------------

    @api.model
    def choices(self):
        """What an editor may choose: [{id, name, waits, sources, owners}] of the
        connectors of the user's companies; None for who has no say in it. ``waits``:
        why those who give an address only would wait, "" if they would not."""
        if not self.env.user.has_group(USER):
            return None
        found = self.env["infor.crm.connector"].search(
            [("company_id", "in", self.env.companies.ids)], order="id"
        )
        return [
            {
                "id": connector.id,
                "name": connector.display_name,
                "waits": self._waits(connector.sudo()),
                **{
                    name: self._choices_of(connector, subject)
                    for name, subject in SUBJECTS.items()
                },
            }
            for connector in found
        ]

    def _waits(self, connector):
        wanted = {
            "missing_last_name": self.env._("a last name"),
            "missing_company": self.env._("a company"),
        }
        missing = [text for name, text in wanted.items() if connector[name] == "skip"]
        if not missing:
            return ""
        return self.env._(
            "Subscribers give an address only, and a lead of Infor CRM needs "
            "%(missing)s. They wait under Infor CRM → Website Forms until an "
            "administrator gives a text for that in the connector (Defaults for new "
            "records).",
            missing=self.env._(" and ").join(missing),
        )

    def _choices_of(self, connector, subject):
        return self.env["infor.crm.choice"].search_read(
            [("connector_id", "=", connector.id), ("subject", "=", subject)], ["name"]
        )

    # --- a submission -----------------------------------------------------------------

    @api.model
    def _open(self, seal, model, website):
        """The :class:`Opened` form of a seal; None when it pushes nothing.

        ``model``: what the form builder's form is for; "" for a newsletter box.
        """
        place = form_seal.open_(self.env, seal)
        if not place or place.website != website.id or place.model != model:
            return None
        root, title = self._page(place)
        marks = root is not None and form_marks.read(root, place.form, model)
        if not marks:
            return None
        connector = self._connector(marks, website)
        if not connector:
            _logger.warning("The form %s has no connector to push to", place.ref)
            return None
        return Opened(marks, place, connector, title)

    def _page(self, place):
        """(root of the markup in the visitor's language, title)"""
        self = self.sudo().with_context(website_id=place.website)
        if place.sort == "view":
            view = self.env["ir.ui.view"]._get_template_view(
                place.ref, raise_if_not_found=False
            )
            view = view.exists()
            return (view._get_combined_arch(), view.name) if view else (None, "")
        model, res_id, name = place.ref.split(",")
        record = self.env[model].browse(int(res_id)).exists()
        html = record and record[name]
        return (form_marks.parse(html), record.display_name) if html else (None, "")

    def _connector(self, marks, website):
        """The one chosen, or the first of the website's company. Where several are,
        none stands in for one that was chosen and is not there any more."""
        connectors = self.env["infor.crm.connector"].sudo()
        own = connectors.with_context(active_test=False).search(
            [("company_id", "=", website.company_id.id)], order="id"
        )
        chosen = marks.options["connector"]
        if chosen.isdecimal() and (len(own) > 1 or int(chosen) in own.ids):
            own = own.filtered(lambda connector: connector.id == int(chosen))
        return own.filtered("active")[:1]

    @api.model
    def _submit(self, opened, posted, record, website, page):
        """Note a submission in the visitor's transaction; a row of the outbox.

        ``posted``: {name: text or file}. ``record``: what Odoo made of it.
        """
        found, consents, files = collect(opened.marks, posted)
        payload = self._payload(opened, website, page)
        payload.update(fields=found, consents=consents, files=files)
        return self._note(opened, payload, address_of(found), record)

    @api.model
    def _subscribe(self, opened, address, record, website, page):
        """Note a sign-up for the newsletter."""
        payload = self._payload(opened, website, page)
        name, email = parse_contact_from_email(clean(address, 500))
        rows = [("name", "Name", "text", name), ("email", "Email", "email", email)]
        payload["fields"] = [
            {"name": n, "label": label, "type": kind, "value": text, "text": text}
            for n, label, kind, text in rows
            if (text and text != email) or n == "email"
        ]
        payload["consents"] = [opened.marks.text] if opened.marks.text else []
        return self._note(opened, payload, address_of(payload["fields"]), record)

    def _payload(self, opened, website, page):
        marks, place = opened.marks, opened.place
        options = {**marks.options, "note": clean(marks.options["note"], 2000)}
        return {
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "form": {
                "title": clean(opened.title or "", 200),
                "model": place.model or "mailing.contact",
                "ref": place.ref,
                "id": place.form,
                "page": _own_page(page, website),
                "website": website.name,
                "lang": self.env.context.get("lang") or "",
            },
            "options": options,
            "fields": [],
            "consents": [],
            "files": [],
        }

    def _note(self, opened, payload, address, record):
        row = self.env["infor.crm.outbox"]._add_submission(
            opened.connector, payload, address, record
        )
        self.env["infor.crm.consent"]._record(row, payload, address)
        return row

    @api.model
    def _keep_raw(self, opened, posted, error):
        """Our own code failed: keep what was sent for somebody to look at."""
        raw = {
            clean(name, 200): clean(getattr(value, "filename", value) or "")
            for name, value in list(posted.items())[: form_marks.MANY]
            if name in {known.name for known in opened.marks.fields}
            or not opened.marks.fields
        }
        return self.env["infor.crm.outbox"]._add_broken(opened.connector, raw, error)


def _own_page(page, website):
    """Path of the page it was sent from. Browsers tell, and so may anybody."""
    try:
        path = clean(urlsplit(page or "").path, 300)
    except ValueError:
        return ""
    if not path.startswith("/"):
        return ""
    return f"{(website.domain or '').rstrip('/')}{path}"
