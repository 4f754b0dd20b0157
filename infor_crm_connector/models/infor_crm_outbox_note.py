from datetime import timedelta

from odoo import api, fields, models

SOURCE = "trace:%s"
# Opens and clicks come in bursts: a note is changed this much after the first.
ROLL_UP = timedelta(minutes=15)


class InforCrmOutboxNote(models.Model):
    """Rows that become notes: what was sent to whom, and what became of it."""

    _inherit = "infor.crm.outbox"

    @api.model
    def _add_note(self, trace, target, mail):
        """Note that a message was sent. ``target``: {"connector_id", "kind", "key"};
        ``mail``: {"subject", "body", "hosts", "targets"} as captured."""
        connector = (
            self.env["infor.crm.connector"].sudo().browse(target["connector_id"])
        )
        source = SOURCE % trace.id
        if known := self._known(connector, "note", source):
            return known  # sent once more: one message, one note
        preview = self.env["infor.crm.preview"]._keep(trace, connector, mail)
        return self._put(
            connector,
            "note",
            f"{target['kind']}:{target['key']}",
            {"sent": fields.Datetime.to_string(trace.sent_datetime)},
            subject=mail["subject"],
            address=trace.email,
            kind=target["kind"],
            key=target["key"],
            odoo_model=trace.model,
            res_id=trace.res_id,
            source=source,
            mailing_id=trace.mass_mailing_id.id,
            preview_id=preview.id,
        )

    @api.model
    def _add_note_updates(self, traces, change, payload=None):
        """The notes of these traces change; ``change``: bounced or opened."""
        notes = self.sudo().search(
            [("type", "=", "note"), ("source", "in", [SOURCE % i for i in traces.ids])]
        )
        for note in notes:
            if change == "opened":
                note._add_roll_up()
            else:
                note._add_update(payload, source=f"{note.source}:{change}")

    def _add_update(self, payload, **values):
        self.ensure_one()
        return self._add(
            self.connector_id,
            "note_update",
            self.person,
            payload,
            subject=self.subject,
            address=self.address,
            kind=self.kind,
            key=self.key,
            odoo_model=self.odoo_model,
            res_id=self.res_id,
            parent_id=self.id,
            mailing_id=self.mailing_id.id,
            preview_id=self.preview_id.id,
            **values,
        )

    def _add_roll_up(self):
        """One change for all that is opened and clicked in a while; what it says is
        looked up when it leaves."""
        waiting = self.search_count(
            [
                ("parent_id", "=", self.id),
                ("state", "=", "waiting"),
                ("lane", "=", False),
                ("source", "=", False),
            ],
            limit=1,
        )
        if not waiting:
            self._add_update({}, next_try=fields.Datetime.now() + ROLL_UP)

    # --- what the worker asks -------------------------------------------------------

    def _note_facts(self):
        """What a note tells: subject, sent, address, url, bounced, opened, clicked,
        clicks, and the language and time zone to tell it in."""
        self.ensure_one()
        note = self.parent_id or self
        user = note.connector_id._responsible()
        to_datetime = fields.Datetime.to_datetime
        facts = {
            "subject": note.subject or "",
            "sent": to_datetime((note.payload or {}).get("sent")) or note.create_date,
            "address": note.address,
            "url": note.preview_id._url() if note.preview_id else None,
            "lang": user.lang or "en_US",
            "tz": user.tz or "UTC",
        }
        if self != note:
            facts["bounced"] = note._note_bounced()
            facts.update(note._note_opened())
        return facts

    def _note_bounced(self):
        bounces = self.search(
            [("parent_id", "=", self.id), ("source", "=like", "%:bounced")], limit=1
        )
        return fields.Datetime.to_datetime((bounces.payload or {}).get("at"))

    def _note_opened(self):
        trace_id = int((self.source or ":0").rsplit(":", 1)[1])
        trace = self.env["mailing.trace"].browse(trace_id).exists()
        if not trace.mass_mailing_id.infor_note_opens:
            return {}
        return {
            "opened": trace.open_datetime,
            "clicked": trace.links_click_datetime,
            "clicks": len(trace.links_click_ids),
        }

    @api.autovacuum
    def _gc_outbox(self):
        """What is long over goes with the previews it told of."""
        before = self.env["infor.crm.preview"]._kept_since()
        if not before:
            return None
        old = self.search(
            [("state", "in", ("done", "dropped")), ("finished", "<", before)],
            order="id",
            limit=10_000,
        )
        old.unlink()
        return len(old), len(old) == 10_000
