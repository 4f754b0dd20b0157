import time

from odoo import fields, models

from ..const import RESOURCES
from ..lib.sync import (
    NONE_OF_THEM,
    AskConversion,
    Converted,
    Gone,
    Linked,
    plan_fate,
)
from ..tools.conversion import convert, unread_contacts
from ..tools.conversion_lists import follow
from ..tools.fate_evidence import Evidences
from ..tools.import_job import make_reader, mapped_columns
from ..tools.outcome_rows import insert_outcomes
from ..tools.page_feed import PageFeed, within
from .infor_crm_worker_import import HTTP_WAIT

CHUNK = 100

_LINKS = """
    SELECT b.id, b.kind, b.key, b.odoo_model, b.res_id, b.gone_since,
           lower(trim(COALESCE(b.base->>'email', b.base->>'email_from'))) AS agreed,
           p.name, p.email_normalized AS address
      FROM infor_crm_binding b
      LEFT JOIN LATERAL (
          SELECT name, email_normalized FROM mailing_contact
           WHERE id = b.res_id AND b.odoo_model = 'mailing.contact'
          UNION ALL
          SELECT name, email_normalized FROM res_partner
           WHERE id = b.res_id AND b.odoo_model = 'res.partner'
          UNION ALL
          SELECT name, email_normalized FROM crm_lead
           WHERE id = b.res_id AND b.odoo_model = 'crm.lead') p ON TRUE
     WHERE b.connector_id = %s AND b.kind = %s AND b.key = ANY(%s)
     ORDER BY b.id"""


class InforCrmWorkerFate(models.AbstractModel):
    """What became of linked records that the login no longer finds."""

    _inherit = "infor.crm.worker"

    def _settle_missing(self, job, missing, sure=True):
        """Find out, and note it: gone, or a contact by now.

        ``missing``: {id of the link: (kind, key)}; ``sure``: they were asked for by key
        several times (``KeyedReader``). Asks Infor CRM, so no transaction may be open
        that has to be kept. False when the run was left.
        """
        for kind in sorted({kind for kind, _key in missing.values()}):
            keys = sorted({key for k, key in missing.values() if k == kind})
            for start in range(0, len(keys), CHUNK):
                some = keys[start : start + CHUNK]
                if not sure:
                    some = self._still_missing(job, kind, some)
                if some and not self._settle_kind(job, kind, some):
                    return False
        return True

    def _still_missing(self, job, kind, keys):
        """One answer without a record proves nothing."""
        self.env["ir.cron"]._commit_progress()
        reader = job.client.read_members(RESOURCES[kind], keys, ["Id"], CHUNK)
        with PageFeed(reader) as feed:
            page = feed.next(HTTP_WAIT)
        return list(page.missing) if page and feed.reader.complete else []

    def _settle_kind(self, job, kind, keys):
        links = self._links_of(job, kind, keys)
        evidences = self._evidences(job, links)
        # no transaction is open while we wait for the CRM
        self.env["ir.cron"]._commit_progress()
        found = within(HTTP_WAIT, lambda: evidences.of(kind, keys))

        def note():
            fates = [
                (link, plan_fate(_linked(link), found[link["key"]]))
                for link in self._links_of(job, kind, keys)
            ]
            return self._note_fates(job, fates)

        signal, contacts = self._serialized(note)
        if signal:
            return False
        return not contacts or self._bring(job, "contact", contacts)

    def _links_of(self, job, kind, keys):
        for model in ("mailing.contact", "res.partner", "crm.lead"):
            self.env[model].flush_model(["name", "email_normalized"])
        self.env.cr.execute(_LINKS, [job.connector_id, kind, list(keys)])
        return self.env.cr.dictfetchall()

    def _evidences(self, job, links):
        sync = job.run.list_sync_id
        columns, _unusable = mapped_columns(self.env, sync, "contact")
        addresses = {one["key"]: one["agreed"] or one["address"] for one in links}
        decisions = self.env["infor.crm.question"]._decisions_of(
            job.run.connector_id, "conversion", [one["key"] for one in links]
        )
        decided = {
            key: one.key if one.code == "record" else NONE_OF_THEM
            for key, one in decisions.items()
        }
        reader = make_reader(self.env, columns)
        return Evidences(job.client, reader, addresses, decided)

    # --- noting it --------------------------------------------------------------------

    def _note_fates(self, job, fates):
        """(signal that ends the run or "", keys of contacts that leads became)"""
        rows, contacts, questions = [], [], 0
        for link, fate in fates:
            if isinstance(fate, Converted):
                done = self._convert(job, link, fate.contact_key)
                fate = fate if done else Gone()
            if isinstance(fate, Converted):
                contacts.append(fate.contact_key)
            elif isinstance(fate, AskConversion):
                questions += self._ask_conversion(job, link, fate)
            if isinstance(fate, (Gone, AskConversion)):
                self._mark_gone(link, fate.reason)
            rows += self._fate_outcome(link, fate)
        insert_outcomes(self.env, job.run, rows)
        counts = {"questions": questions, **self._calls(job)}
        return self._close_page(job, counts, self._cursor_now(job)), contacts

    def _cursor_now(self, job):
        job.run.invalidate_recordset(["cursor"], flush=False)
        return dict(job.run.cursor or {})

    def _mark_gone(self, link, reason):
        if link["gone_since"]:
            return
        self.env.cr.execute(
            "UPDATE infor_crm_binding SET gone_since = %s, gone_reason = %s"
            " WHERE id = %s",
            [fields.Datetime.now(), reason, link["id"]],
        )
        self.env["infor.crm.binding"].invalidate_model()

    def _convert(self, job, link, key):
        """The link, its lists and its opt-outs follow; False when that contact is
        somebody else in Odoo."""
        out = self._opt_outs_of(link["id"])
        if not convert(self.env, link["id"], key):
            self._opt_out_contact(job, key, out)
            return False
        follow(self.env, job.run.connector_id, link["odoo_model"], link["res_id"], key)
        return True

    def _opt_outs_of(self, binding):
        self.env.cr.execute(
            """SELECT COALESCE(opted_out OR blacklisted, FALSE)
                      AND consent_lifted IS NOT TRUE
                 FROM infor_crm_binding WHERE id = %s""",
            [binding],
        )
        row = self.env.cr.fetchone()
        return bool(row and row[0])

    def _opt_out_contact(self, job, key, out):
        """One person was two in Odoo: who refused as a lead refuses as a contact."""
        if not out:
            return
        self.env.cr.execute(
            """SELECT id FROM infor_crm_binding
                WHERE connector_id = %s AND kind = 'contact' AND key = %s""",
            [job.connector_id, key],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self._impose_on_links(ids, self.env._("Refused e-mail as a lead."))

    def _ask_conversion(self, job, link, fate):
        values = {
            "name": link["name"],
            "address": link["address"],
            "odoo_model": link["odoo_model"],
            "res_id": link["res_id"],
            "binding_id": link["id"],
            "cards": list(fate.candidates),
            "cause": self.env._("The lead is not found in Infor CRM any more."),
        }
        opened = self.env["infor.crm.question"]._ask_all(
            job.run.connector_id, "conversion", {link["key"]: values}
        )
        return len(opened)

    def _fate_outcome(self, link, fate):
        """One line, unless it was gone before."""
        reasons = {"not_found": "vanished", "deleted": "deleted"}
        if isinstance(fate, Converted):
            status, reason = "updated", "converted"
        elif isinstance(fate, AskConversion):
            status, reason = "unchanged", "conversion_asked"
        elif isinstance(fate, Gone):
            status, reason = "unchanged", reasons[fate.reason]
        else:
            return []
        if link["gone_since"] and not isinstance(fate, Converted):
            return []
        row = {
            "kind": link["kind"],
            "key": link["key"],
            "name": link["name"] or link["address"] or "",
            "direction": "to_odoo",
            "status": status,
            "reason": reason,
            "odoo_model": link["odoo_model"],
            "res_id": link["res_id"],
        }
        if isinstance(fate, Converted):
            row["detail"] = self.env._("Now the contact %s", fate.contact_key)
        return [row]

    # --- records that are linked just now ---------------------------------------------

    def _bring_converted(self, job):
        """Leads that people say became contacts; False when the run was left."""
        keys = unread_contacts(self.env, job.connector_id, job.list_sync_id)
        return not keys or self._bring(job, "contact", keys)

    def _bring(self, job, kind, keys):
        """Pull what they hold, where the list pulls; False when the run was left."""
        sync = job.run.list_sync_id
        if job.model != "mailing.contact" or not sync._is_pulling():
            return True
        keys = self._not_yet_said(job, kind, keys)
        cursor = self._cursor_now(job)
        skew = job.client.server_clock_skew or 0
        facts = {"pulling": True, "all": False, "columns": [], "add": False}
        pull = self._pull_job(job, kind, {**cursor, **facts, "skew": skew})
        reader = job.client.read_members(
            RESOURCES[kind], sorted(set(keys)), pull.reader.select, CHUNK
        )
        self.env["ir.cron"]._commit_progress()
        with PageFeed(reader, pull.reader.read_page) as feed:
            while (page := feed.next(HTTP_WAIT)) is not None:
                pull.calls = job.calls
                going_on = self._import_page(pull, page, cursor, time.monotonic())
                job.calls = pull.calls
                if not going_on:
                    return False
                missing = page.missing if feed.reader.complete else ()
                if not self._settle_not_found(job, kind, missing):
                    return False
        return True

    def _not_yet_said(self, job, kind, keys):
        """Those of which this run has no outcome: the others it has just read."""
        self.env.cr.execute(
            """SELECT key FROM infor_crm_sync_outcome
                WHERE run_id = %s AND kind = %s AND key = ANY(%s)
                  AND direction = 'to_odoo'""",
            [job.run.id, kind, list(keys)],
        )
        return set(keys) - {key for (key,) in self.env.cr.fetchall()}


def _linked(link):
    return Linked(link["kind"], link["key"], bool(link["gone_since"]))
