import threading

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules.module import Manifest

from ..exceptions import ConnectorStopped
from ..lib import sdata
from ..tools import certificates, fingerprint, remedies
from ..tools.gate import Gate, SharedLogin
from ..tools.request_budget import SharedBudget
from .infor_crm_connector import CALM_STOPS, MANAGER

MODULE = "infor_crm_connector"
APPLICATION_NAME = "Infor CRM Connector for Odoo"

# Imports, runs, forms and notes of a connector share it.
_budgets = {}
_budgets_lock = threading.Lock()


class InforCrmConnectorGuard(models.Model):
    """Who may call Infor CRM, and the one place where a client is made."""

    _inherit = "infor.crm.connector"

    database_fingerprint = fields.Char(
        readonly=True, copy=False, groups=fields.NO_ACCESS, exportable=False
    )
    health = fields.Selection(
        [("green", "Working"), ("red", "Needs attention"), ("grey", "At rest")],
        compute="_compute_health",
        compute_sudo=True,
    )
    stop_message = fields.Char(
        "Why nothing travels",
        compute="_compute_health",
        compute_sudo=True,
        groups=MANAGER,
    )

    @api.depends("mode", "active", "pulse_ids", "database_fingerprint")
    @api.depends_context("lang")
    def _compute_health(self):
        for connector in self:
            reason = connector._stop_reason()
            calm = reason in CALM_STOPS
            connector.health = ("grey" if calm else "red") if reason else "green"
            connector.stop_message = reason and connector._stop_sentence(reason)

    def _stop_reason(self):
        """Why no request may be made now, "" when it may (see ConnectorStopped).

        Asked before every call, so it costs one row and three tiny queries.
        """
        self.ensure_one()
        connector = self.sudo()
        if connector.mode == "draft":
            return "draft"
        if not connector.active:
            return "archived"
        here = fingerprint.fingerprint(self.env)
        if connector.database_fingerprint != here:
            return "neutralized" if fingerprint.is_neutralized(self.env) else "copied"
        if connector.mode == "paused":
            return "paused"
        return "attention" if connector._pulse().get("red_since") else ""

    def _stop_sentence(self, reason):
        """What a person reads about it: the cause and what to do."""
        self.ensure_one()
        if reason == "attention":
            return self._problem_sentence()
        if reason == "quiet":
            return self._quiet_sentence(self._quiet_until() or self._now())
        return remedies.stop_sentence(self.env, reason)

    def _stop_sentence_for_user(self, reason):
        """Administrators read the cause; to others it would tell address and login."""
        if self.env.user.has_group(MANAGER) or reason in ("draft", "paused"):
            return self._stop_sentence(reason)
        facts = {"name": self.name}
        return remedies.spoken(self.env, remedies.STOPS["ask"], facts)

    def _ensure_callable(self):
        """UserError with the remedy when Infor CRM must not be called now."""
        for connector in self:
            if reason := connector._stop_reason():
                raise UserError(connector._stop_sentence_for_user(reason))

    def _client(self, probes=False, bulk=False, **options):
        """A client to talk to this CRM with; close it, or use it in a ``with``.

        ConnectorStopped (facts only) when no request may be made; ``errors.Halted``
        comes from the client when that becomes so while it works. Values are read
        here; the caller commits before the first request, because waiting for the CRM
        inside a transaction holds its locks and snapshot.

        ``probes``: to find out whether a red connector is well again, whose login was
        not refused. ``bulk``: for runs, which let others go first.
        ``options``: see :class:`sdata.Client`.
        """
        self.ensure_one()
        connector = self.sudo()
        pulse = connector._pulse()
        reason = self._stop_reason()
        if probes and not pulse.get("lasting") and reason == "attention":
            reason = ""
        if reason:
            raise ConnectorStopped(self.id, reason)
        if pulse:
            gate = self._gate(pulse["id"], probes, bulk)
            options = {"budget": gate, "login": SharedLogin(gate), **options}
        return self._open_client(connector.base_url, connector.login_charset, **options)

    def _gate(self, pulse_id, probes, bulk=False):
        return Gate(
            self.env.cr.dbname,
            self.id,
            pulse_id,
            self._budget(bulk),
            probes=probes,
            lease=2 * self.sudo().timeout + 5,
        )

    def _open_client(self, base_url, charset, **options):
        """The client without asking whether it may be used: for connecting only."""
        credentials = self._credentials().recoded(charset or "utf-8")
        return sdata.Client(
            base_url, credentials, **{**self._client_options(), **options}
        )

    def _credentials(self):
        return sdata.Credentials(self.sudo().login or "", self._password())

    def _client_options(self):
        """What a client and a check are made with, besides address and login."""
        self.ensure_one()
        connector = self.sudo()
        return {
            "verify": connector._verify(),
            "timeout": float(connector.timeout),
            "parallel": connector.parallel_requests,
            "application": (APPLICATION_NAME, Manifest.for_addon(MODULE)["version"]),
            "allow_private": connector.allow_private_address,
            "allow_plain_http": connector.allow_plain_http,
            "budget": connector._budget(),
        }

    def _verify(self):
        if not self.tls_verify:
            return False
        own = self.ca_certificate
        return certificates.path_of(own) if own else True

    def _budget(self, bulk=False):
        """The purse of this process; what it holds comes from all servers' budget."""
        key = (self.env.cr.dbname, self.id, self.sudo().requests_per_minute, bulk)
        with _budgets_lock:
            if key not in _budgets:
                former = (*key[:2], bulk)
                for old in [k for k in _budgets if (*k[:2], k[3]) == former]:
                    del _budgets[old]
                _budgets[key] = SharedBudget(*key)
            return _budgets[key]

    def action_pause(self):
        self.check_access("write")
        self.filtered(lambda c: c.mode == "connected").sudo().mode = "paused"

    def action_resume(self):
        self.check_access("write")
        paused = self.filtered(lambda c: c.mode == "paused").sudo()
        paused.mode = "connected"
        paused._go_on()
