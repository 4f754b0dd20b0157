from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import RESOURCES
from ..exceptions import ConnectorStopped
from ..lib import sdata
from ..lib.sdata import errors, where
from ..tools import fingerprint, remedies
from .infor_crm_connector import MANAGER

# How many links to look for, to tell one CRM from another.
LINK_SAMPLE = 30


class Examination(NamedTuple):
    """What a check found out, before anything is written."""

    stages: list
    facts: dict
    failure: dict | None
    offer: dict | None


class InforCrmConnectorCheck(models.Model):
    """Connect and Reconfirm Login: the staged check and what follows from it."""

    _inherit = "infor.crm.connector"

    # [{"stage", "state": good|note|warning|failed, "facts"}]; remedies has the words
    check_result = fields.Json(readonly=True, copy=False, groups=MANAGER)
    check_html = fields.Html(
        "Connection check",
        compute="_compute_check_html",
        sanitize=False,
        exportable=False,
        groups=MANAGER,
    )
    check_date = fields.Datetime("Checked", readonly=True, copy=False, groups=MANAGER)
    failed_error = fields.Char(
        compute="_compute_failed_error", exportable=False, groups=MANAGER
    )
    sharing_confirmed = fields.Boolean(copy=False, readonly=True, groups=MANAGER)

    # facts of the last good check
    crm_user = fields.Char("Logged in as", readonly=True, copy=False, groups=MANAGER)
    crm_user_key = fields.Char(readonly=True, copy=False, groups=MANAGER)
    generation = fields.Selection(
        [("7.5", "Infor CRM 7.5"), ("8", "Infor CRM 8")], readonly=True, copy=False
    )
    lead_count = fields.Integer("Leads", readonly=True, copy=False)
    contact_count = fields.Integer("Contacts", readonly=True, copy=False)
    account_count = fields.Integer("Accounts", readonly=True, copy=False)
    login_charset = fields.Char(readonly=True, copy=False, groups=MANAGER)
    clock_skew = fields.Float(
        "Clock difference (seconds)",
        readonly=True,
        copy=False,
        groups=MANAGER,
        help="How far the clock of Infor CRM is ahead of Odoo's. Deciding which of two "
        "changes is newer allows for it.",
    )

    def action_connect(self):
        """Check the connection stage by stage and, when all is well, connect."""
        self.ensure_one()
        self.check_access("write")
        if not self.login:
            # not a required field: a reset erases it
            raise UserError(self.env._("Enter the user name to log in with."))
        if self._shares_lists() and not self.sharing_confirmed:
            return self._ask_about_sharing()
        return self._connect()

    def action_reconfirm(self):
        """Reconfirm Login: the same check; links, mapping and schedules stay."""
        return self.action_connect()

    def _connect(self):
        # The values are read and the CRM is asked before the first write: this
        # request may wait for a minute, and must not hold a row lock meanwhile. The
        # button's transaction has only read so far.
        examination = self._at_the_edge(self._examine)
        connected = self._remember(examination)
        return self._show_result(connected)

    def _at_the_edge(self, call):
        """Errors that come up to a button become a sentence with a remedy."""
        try:
            return call()
        except ConnectorStopped as stop:
            raise UserError(self._stop_sentence(stop.reason)) from None
        except errors.SDataError as error:
            raise UserError(self._report_error(error)) from None

    # --- asking: HTTP only ------------------------------------------------------------

    def _examine(self):
        """All stages up to the first that fails, then what the CRM offers."""
        self.ensure_one()
        connector = self.sudo()
        credentials = connector._credentials()
        results = sdata.check_connection(
            connector.url,
            credentials,
            # costs a second failed login where the password is wrong, so only where
            # old servers do read another one: letters beyond ASCII
            try_latin1=not credentials.is_ascii,
            **connector._client_options(),
        )
        stages = [self._stage_facts(result) for result in results]
        facts = {}
        for stage in stages:
            facts |= stage["facts"]
        failure = next((s for s in stages if s["state"] == "failed"), None)
        if failure:
            return Examination(stages, facts, failure, None)
        with connector._open_client(facts["base_url"], facts["charset"]) as client:
            if links := connector._check_links(client):
                stages.append(links)
                if links["state"] == "failed":
                    return Examination(stages, facts, links, None)
            offer = connector._fetch_offer(client)
            facts["clock_skew"] = client.server_clock_skew or 0.0
        return Examination(stages, facts, None, offer)

    def _stage_facts(self, result):
        facts = {**result.facts, **(result.error.facts if result.error else {})}
        facts |= facts.pop("counts", {})
        return {
            "stage": result.stage,
            "state": remedies.state_of(result.stage, result.ok, facts),
            "facts": facts,
        }

    def _check_links(self, client):
        """Is it the CRM our links belong to? None when there are no links.

        Single records may be gone or hidden; most of a sample may not.
        """
        sample = self._linked_key_sample(LINK_SAMPLE)
        asked = sum(map(len, sample.values()))
        if not asked:
            return None
        found = sum(
            client.count(RESOURCES[kind], where.in_("Id", keys))
            for kind, keys in sample.items()
        )
        same = found * 2 >= asked
        facts = {"asked": asked, "found": found}
        if not same:
            facts["error"] = "OtherCrm"
        return {"stage": "links", "state": "good" if same else "failed", "facts": facts}

    def _linked_key_sample(self, limit):
        """{kind: [keys]} of up to ``limit`` linked records, for _check_links."""
        return {}

    # --- remembering: database only ---------------------------------------------------

    def _remember(self, examination):
        """Store what the check found; True when the connector is connected now."""
        connector = self.sudo()
        connector.write(
            {"check_result": examination.stages, "check_date": fields.Datetime.now()}
        )
        if examination.failure:
            connector._remember_failure(examination.failure)
            return False
        first = connector.mode == "draft"
        connector._remember_success(examination)
        connector._message_log(
            body=self.env._("Connected.") if first else self.env._("Login reconfirmed.")
        )
        connector._on_reconnected()
        return True

    def _remember_failure(self, failure):
        """A connected connector turns red when only a person can mend the cause."""
        facts = {**failure["facts"], "stage": failure["stage"]}
        if self.mode != "draft" and not facts.get("retryable"):
            self._turn_red(facts)

    def _remember_success(self, examination):
        facts = examination.facts
        self.write(
            {
                "base_url": facts["base_url"],
                "crm_user": facts.get("pretty_name") or facts.get("user_name"),
                "crm_user_key": facts.get("user_id"),
                "generation": facts.get("generation"),
                "lead_count": facts.get("leads") or 0,
                "contact_count": facts.get("contacts") or 0,
                "account_count": facts.get("accounts") or 0,
                "clock_skew": facts["clock_skew"],
                "login_charset": facts.get("charset") or "utf-8",
                "database_fingerprint": fingerprint.fingerprint(self.env),
            }
        )
        self._turn_green()
        self._store_offer(examination.offer)
        self.env["infor.crm.field.mapping"].sudo()._create_defaults(self)

    def _on_reconnected(self):
        """The login works (again): what waited for it goes on. For others to extend."""
        self._go_on()

    # --- showing ---

    @api.depends("check_result")
    def _compute_failed_error(self):
        for connector in self:
            failed = connector._failed_stage()
            connector.failed_error = failed and (failed["facts"].get("error") or "")

    def _failed_stage(self):
        stages = self.check_result or []
        return next((s for s in stages if s["state"] == "failed"), False)

    @api.depends("check_result")
    @api.depends_context("lang")
    def _compute_check_html(self):
        for connector in self:
            stages = connector._stages_shown()
            connector.check_html = self.env["ir.qweb"]._render(
                "infor_crm_connector.check_result", {"stages": stages}
            )

    def _stages_shown(self):
        """Stages in words: what was found, what is to be done, what was not tried."""
        done = {stage["stage"]: stage for stage in self.check_result or []}
        hidden = set() if "links" in done else {"links"}
        return [
            self._stage_shown(name, done.get(name))
            for name in remedies.STAGES
            if name not in hidden
        ]

    def _stage_shown(self, name, stage):
        title = self.env._(remedies.STAGES[name])
        shown = {
            "title": title,
            "state": "open",
            "cause": "",
            "remedy": "",
            "words": "",
        }
        if not stage:
            return shown
        facts = {**self._address_facts(), **stage["facts"]}
        shown["state"] = stage["state"]
        if stage["state"] == "good":
            words = remedies.good_words(name, facts)
            return {**shown, "cause": remedies.spoken(self.env, words, facts)}
        if stage["state"] == "failed":
            advice = remedies.advice_for(facts, name)
            shown["words"] = facts.get("diagnosis", "")
        else:
            advice = remedies.RESERVATIONS[remedies.reservation_of(name, facts)]
        return {
            **shown,
            "cause": remedies.spoken(self.env, advice.cause, facts),
            "remedy": remedies.spoken(self.env, advice.remedy, facts),
        }

    def _show_result(self, connected):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if connected else "danger",
                "title": self._result_title(connected),
                "message": self._result_message(connected),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _result_message(self, connected):
        if connected:
            return self.env._(
                "%(leads)s leads and %(contacts)s contacts can be imported.",
                leads=self.lead_count,
                contacts=self.contact_count,
            )
        failed = self._failed_stage()
        facts = {**self._address_facts(), **failed["facts"]}
        cause = remedies.advice_for(facts, failed["stage"]).cause
        return remedies.spoken(self.env, cause, facts)

    def _result_title(self, connected):
        if connected:
            return self.env._("Connected with Infor CRM")
        return self.env._("Not connected")

    # --- several companies ---

    def _shares_lists(self):
        """Another company's CRM is connected already, and lists are everybody's."""
        others = self.sudo().search_count(
            [("company_id", "!=", self.company_id.id), ("state", "!=", "draft")],
            limit=1,
        )
        return bool(others)

    def _ask_about_sharing(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mailing lists are shared"),
            "res_model": "infor.crm.share.confirm",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connector_id": self.id},
        }
