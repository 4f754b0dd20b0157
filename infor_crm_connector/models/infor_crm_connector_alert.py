from odoo import fields, models

from ..lib.sdata import errors, urls
from ..tools import remedies

WARNING = "mail.mail_activity_data_warning"


class InforCrmConnectorAlert(models.Model):
    """Red and green: who is told what, and in which words."""

    _inherit = "infor.crm.connector"

    # Facts of the error that turned the connector red (SDataError.facts), so that each
    # reader gets the sentence in their own language.
    problem = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, exportable=False
    )

    def _problem_sentence(self):
        self.ensure_one()
        return self._sentence(self.sudo().problem or {})

    def _sentence(self, error, stage=""):
        """Cause and remedy of an error of the client (or its facts) for people."""
        facts = error if isinstance(error, dict) else error.facts
        known = {**self._address_facts(), **facts}
        return remedies.sentence(self.env, known, known.get("stage") or stage)

    def _address_facts(self):
        """Host and port as people know them, for sentences."""
        self.ensure_one()
        connector = self.sudo()
        try:
            base = connector.base_url or urls.candidates(connector.url or "")[0]
            _scheme, host, port = urls.origin(base)
        except ValueError:
            return {}
        return {"host": host, "port": port, "base_url": base}

    def _report_error(self, error):
        """Note an error met while calling Infor CRM; returns its sentence.

        A refused login turns the connector red at once, so that nothing calls again
        with it and locks the account. Other errors are the caller's to retry.
        """
        if isinstance(error, errors.LoginRefused):
            self._turn_red(error.facts)
        return self._sentence(error)

    def _turn_red(self, facts):
        """Stop all calls until somebody clicks *Reconfirm Login*, and say why."""
        for connector in self.sudo():
            again = connector.state == "attention" and connector.problem == facts
            connector.write({"state": "attention", "problem": facts})
            if not again and facts.get("error") != "Changed":
                connector._tell_responsible(connector._problem_sentence())

    def _tell_responsible(self, sentence):
        """One activity at a time for the responsible user, with the newest cause."""
        self.ensure_one()
        summary = self.env._("%s: the connection needs attention", self.name)
        known = self.activity_search([WARNING])
        if known:
            known.write({"summary": summary, "note": sentence})
        else:
            self.activity_schedule(
                WARNING,
                summary=summary,
                note=sentence,
                user_id=(self.user_id or self.env.user).id,
            )
        self._message_log(body=sentence)

    def _turn_green(self):
        """Well again: alerts close and everything may call."""
        for connector in self.sudo():
            connector.write({"state": "connected", "problem": False})
            connector.activity_feedback(
                [WARNING], feedback=self.env._("The connection works again.")
            )
