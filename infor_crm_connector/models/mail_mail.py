import logging
from urllib.parse import urlsplit

from odoo import models

from ..tools import preview_clean

_logger = logging.getLogger(__name__)

# Captured mails wait here, in the transaction that sends them, for Odoo's verdict.
CAPTURED = "infor_crm_connector.captured"


class MailMail(models.Model):
    """Where a message of a mailing exists as it is sent, and where Odoo records it.

    Nothing here may keep a mail from being sent, or make a sent one look failed.
    """

    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if emails and self._infor_traces():
            self.env.cr.postcommit.data.setdefault(CAPTURED, {})[self.id] = {
                "subject": emails[0]["subject"] or "",
                "body": emails[0]["body"] or "",
            }
        return emails

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        captured = self.env.cr.postcommit.data.get(CAPTURED, {})
        sent = []
        for mail in self:
            found = captured.pop(mail.id, None)
            if found and not failure_type and mail.state == "sent":
                # Odoo deletes the mail below
                sent.append((mail._infor_traces()[:1], found))
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        for trace, found in sent:
            self._infor_note_sent(trace, found)
        return result

    def _infor_traces(self):
        """Traces of a mail of which a note is wanted: no test, and asked for."""
        if not self.mailing_id or self.env.context.get("mailing_test_mail"):
            return self.env["mailing.trace"]
        traces = self.sudo().mailing_trace_ids
        return traces.filtered(
            lambda trace: (
                trace.mass_mailing_id.infor_note
                and trace.trace_type == "mail"
                and not trace.is_test_trace
            )
        )

    def _infor_note_sent(self, trace, mail):
        try:
            with self.env.cr.savepoint():
                targets = trace._infor_targets()
                if targets:
                    mail = self._infor_with_links(trace, mail)
                for target in targets:
                    self.env["infor.crm.outbox"].sudo()._add_note(trace, target, mail)
        except Exception:
            # the mail is out: that must not be undone
            _logger.exception("No note for Infor CRM of trace %s", trace.id)

    def _infor_with_links(self, trace, mail):
        """The captured mail with what is needed to disarm it later."""
        hosts = self._infor_hosts(trace.mass_mailing_id)
        # wherever Odoo counts clicks: it alone writes the person's trace into a link
        hosts |= preview_clean.counting_hosts(mail["body"], trace.id)
        codes = preview_clean.short_codes(mail["body"], hosts)
        trackers = self.env["link.tracker.code"].sudo().search([("code", "in", codes)])
        targets = {code.code: code.link_id.url for code in trackers}
        return {**mail, "hosts": hosts, "targets": targets}

    def _infor_hosts(self, mailing):
        """Names under which this Odoo is known, lower-cased."""
        addresses = [mailing.get_base_url(), self.get_base_url()]
        addresses += self._infor_websites().mapped("domain")
        return {urlsplit(url).netloc.lower() for url in addresses}

    def _infor_websites(self):
        return self.env["website"].sudo().search([("domain", "!=", False)])
