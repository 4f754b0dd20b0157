import uuid

from markupsafe import Markup

from odoo import api, fields, models

from ..tools.people import ADDRESS_FIELDS

SOURCE = "submission:%s"


class InforCrmOutboxSubmission(models.Model):
    """Rows that become leads, or changes to people sales knows: forms of the website.

    ``payload`` of a submission: what the visitor sent and how the form was set up
    (tools/submission.py), and since it was about to be sent ``sent`` and ``told``
    (models/infor_crm_worker_submission.py). Its note is a row of its own, behind it.
    """

    _inherit = "infor.crm.outbox"

    type = fields.Selection(
        selection_add=[
            ("submission", "Website form"),
            ("submission_note", "Note: website form"),
        ],
        ondelete={"submission": "cascade", "submission_note": "cascade"},
    )
    content = fields.Html(compute="_compute_content", sanitize=False)
    crm_url = fields.Char(compute="_compute_crm_url")
    became = fields.Char(compute="_compute_became")

    @api.model
    def _add_submission(self, connector, payload, address, record):
        """Note a submission. ``record``: what Odoo made of it, maybe nothing."""
        person = f"address:{address}" if address else f"form:{uuid.uuid4().hex}"
        values = {"subject": payload["form"]["title"], "address": address}
        if record and record._name in ADDRESS_FIELDS:
            values.update(odoo_model=record._name, res_id=record.id)
        return self._add(
            connector, "submission", person, payload, at_once=True, **values
        )

    @api.model
    def _add_broken(self, connector, raw, error):
        """One that our own code stumbled over: sent as it came, as far as it goes."""
        return self._add(
            connector,
            "submission",
            f"form:{uuid.uuid4().hex}",
            {
                "at": fields.Datetime.to_string(fields.Datetime.now()),
                "raw": raw,
                "problem": type(error).__name__,
            },
            at_once=True,
            subject=self.env._("Website form"),
        )

    def _add_submission_note(self, kind, key, lines):
        """The note on what became of a submission, once for each."""
        self.ensure_one()
        return self._add(
            self.connector_id,
            "submission_note",
            self.person,
            {"lines": lines, "sent": (self.payload or {}).get("at")},
            subject=self.subject,
            address=self.address,
            kind=kind,
            key=key,
            odoo_model=self.odoo_model,
            res_id=self.res_id,
            parent_id=self.id,
            source=SOURCE % self.id,
        )

    def _note_facts(self):
        """A note about a form tells what was written when it was noted."""
        if self.type != "submission_note":
            return super()._note_facts()
        user = self.connector_id._responsible()
        payload = self.payload or {}
        return {
            "subject": self.subject or "",
            "regarding": self.env._("Website form: %s", self.subject or ""),
            "lines": payload.get("lines") or [],
            "sent": fields.Datetime.to_datetime(payload.get("sent"))
            or self.create_date,
            "lang": user.lang or "en_US",
            "tz": user.tz or "UTC",
        }

    # --- what people read -------------------------------------------------------------

    @api.depends("payload", "type")
    def _compute_content(self):
        for row in self:
            row.content = (
                row.type in ("submission", "submission_note") and row._content()
            )

    def _content(self):
        payload = self.payload or {}
        if self.type == "submission_note":
            return Markup("<br/>").join(payload.get("lines") or [])
        rows = [(one["label"], one["text"]) for one in payload.get("fields") or []]
        rows += [(name, text) for name, text in (payload.get("raw") or {}).items()]
        rows += [
            (self.env._("Consent"), text) for text in payload.get("consents") or []
        ]
        rows += [
            (self.env._("File (not sent)"), name) for name in payload.get("files") or []
        ]
        form = payload.get("form") or {}
        rows += [
            (label, form.get(name))
            for label, name in (
                (self.env._("Page"), "page"),
                (self.env._("Website"), "website"),
                (self.env._("Language"), "lang"),
            )
            if form.get(name)
        ]
        return _table(rows)

    @api.depends("kind", "key", "state")
    def _compute_crm_url(self):
        for row in self:
            known = row.type in ("submission", "submission_note") and row.key
            row.crm_url = bool(known) and row.connector_id._record_url(
                row.kind, row.key
            )

    @api.depends("kind", "key", "state", "payload")
    def _compute_became(self):
        """In words, what it is in the CRM."""
        for row in self:
            row.became = row.type == "submission" and row.key and row._became()

    def _became(self):
        words = {
            ("lead", True): self.env._("New lead"),
            ("lead", False): self.env._("Known lead"),
            ("contact", False): self.env._("Known contact"),
        }
        known = ((self.payload or {}).get("told") or {}).get("key") == self.key
        word = words.get((self.kind, not known), self.kind)
        return f"{word} ({self.key})"

    def action_open_crm(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.crm_url, "target": "new"}

    # --- erasing ----------------------------------------------------------------------

    @api.model
    def _erase_submissions(self, addresses):
        """Forget what these people wrote; that something was sent stays. Rows that
        still wait are dropped. Returns how many."""
        rows = self.sudo().search(
            [
                ("type", "in", ("submission", "submission_note")),
                ("address", "in", list(addresses)),
            ]
        )
        waiting = rows.filtered(lambda r: r.state in ("waiting", "parked", "unsure"))
        waiting.write({"state": "dropped", "finished": fields.Datetime.now()})
        rows.write({"payload": {}, "address": False, "crm_message": False})
        self.env["infor.crm.consent"]._erase(addresses)
        return len(rows)


def _table(rows):
    """Visitors wrote it: everything is escaped."""
    cells = Markup("").join(
        Markup(
            '<tr><th class="pe-3 align-top fw-bold">%s</th>'
            '<td style="white-space: pre-wrap">%s</td></tr>'
        )
        % (label, text)
        for label, text in rows
    )
    return Markup('<table class="table table-sm">%s</table>') % cells
