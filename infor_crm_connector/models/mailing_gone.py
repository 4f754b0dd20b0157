"""People gone from Infor CRM are left out of mailings to its lists and segments."""

import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .mailing_opt_out import _lists_named_by

GONE = "infor_gone"
_PROPERTY = re.compile(r"properties\.infor_(\d+)_")

# A person with two records, of which one is still there, is not gone.
_GONE = """
    SELECT b.res_id FROM infor_crm_binding b
     WHERE b.connector_id = %(connector)s AND b.odoo_model = %(model)s
       AND b.gone_since IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM infor_crm_binding a
            WHERE a.res_id = b.res_id AND a.odoo_model = b.odoo_model
              AND a.connector_id = b.connector_id AND a.gone_since IS NULL)
       AND %(among)s"""
_MEMBER = """
    EXISTS (SELECT FROM mailing_subscription s
             WHERE s.contact_id = b.res_id AND s.list_id = ANY(%s))"""


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    infor_gone_count = fields.Integer(compute="_compute_infor_gone")
    infor_gone_text = fields.Char(compute="_compute_infor_gone")

    @api.depends(
        "contact_list_ids",
        "mailing_domain",
        "mailing_filter_id",
        "mailing_model_id",
        "state",
    )
    @api.depends_context("lang")
    def _compute_infor_gone(self):
        for mailing in self:
            count = mailing._infor_gone_total()
            mailing.infor_gone_count = count
            mailing.infor_gone_text = (
                self.env._("%s left out: gone from Infor CRM.", count)
                if count
                else False
            )

    def _infor_gone_total(self):
        self.ensure_one()
        if self.state in ("sending", "done"):
            return self.env["mailing.trace"].search_count(
                [
                    ("mass_mailing_id", "in", self._origin.ids),
                    ("failure_type", "=", GONE),
                ]
            )
        domain = self._infor_gone_domain()
        if domain.is_false() or not self.mailing_model_real:
            return 0
        return self.env[self.mailing_model_real].search_count(domain)

    def action_infor_view_gone(self):
        """The people who are left out."""
        self.ensure_one()
        if self.state in ("sending", "done"):
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Gone from Infor CRM"),
                "res_model": "mailing.trace",
                "views": [(False, "list"), (False, "form")],
                "domain": [
                    ("mass_mailing_id", "=", self.id),
                    ("failure_type", "=", GONE),
                ],
            }
        gone = self.env[self.mailing_model_real].search(self._infor_gone_domain())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Gone from Infor CRM"),
            "res_model": self.mailing_model_real,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", gone.ids)],
        }

    def _infor_gone_domain(self):
        """The recipients who are left out; FALSE when there can be none."""
        gone = self._infor_gone_query()
        if gone is None or not self.env.execute_query(SQL("%s LIMIT 1", gone)):
            return Domain.FALSE
        recipients = Domain(self._get_recipients_domain())
        return recipients & Domain("id", "in", SQL("(%s)", gone))

    def _infor_gone_among(self, res_ids):
        """Those of these recipients who are left out."""
        gone = self._infor_gone_query(SQL("b.res_id = ANY(%s)", list(res_ids)))
        return set() if gone is None else {r[0] for r in self.env.execute_query(gone)}

    def _infor_gone_query(self, among=None):
        """SQL of ids of recipients gone from a CRM whose list or segment this is."""
        self.env["mailing.subscription"].flush_model(["contact_id", "list_id"])
        self.env["infor.crm.binding"].flush_model()
        parts = []
        for connector, lists in self._infor_aims().items():
            inside = SQL(_MEMBER, sorted(lists)) if lists else SQL("TRUE")
            parts.append(
                SQL(
                    _GONE,
                    connector=connector,
                    model=self.mailing_model_real,
                    among=SQL("%s AND %s", inside, among or SQL("TRUE")),
                )
            )
        return SQL(" UNION ").join(parts) if parts else None

    def _get_seen_list_extra(self):
        """Who was left out has not been reached: a twin with the address may be."""
        join, where = super()._get_seen_list_extra()
        return join, f"{where} AND s.failure_type IS DISTINCT FROM '{GONE}'"

    def _infor_aims(self):
        """{id of a connector: those of its lists this aims at; none for a segment}"""
        self.ensure_one()
        if self.mailing_model_name == "mailing.list":
            return self._infor_connectors_of(self.contact_list_ids.ids)
        aims = dict.fromkeys(self._infor_segment_connectors(), frozenset())
        if self.mailing_model_real == "mailing.contact":
            domain = Domain(self._parse_mailing_domain())
            for connector in self._infor_connectors_of(_lists_named_by(domain)):
                aims[connector] = frozenset()
            for connector in _connectors_of_properties(domain):
                aims[connector] = frozenset()
        return aims

    def _infor_connectors_of(self, list_ids):
        """{id of a connector: those of the lists that it keeps in step}"""
        syncs = self.env["infor.crm.list.sync"].sudo()
        found = {}
        for sync in syncs.search([("list_id", "in", list(list_ids))]):
            found.setdefault(sync.connector_id.id, set()).add(sync.list_id.id)
        return found

    def _infor_segment_connectors(self):
        """Of segments that are pushed: the chosen one, or the same conditions."""
        same = Domain("filter_id", "in", self.mailing_filter_id.ids) | Domain(
            [
                ("filter_id.mailing_model_id", "=", self.mailing_model_id.id),
                ("filter_id.mailing_domain", "=", self.mailing_domain or "[]"),
            ]
        )
        syncs = self.env["infor.crm.list.sync"].sudo().search(same)
        return syncs.connector_id.ids


def _connectors_of_properties(domain):
    """Ids of the connectors whose columns a segment asks for."""
    return {
        int(match.group(1))
        for condition in domain.iter_conditions()
        if (match := _PROPERTY.match(str(condition.field_expr)))
    }


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    failure_type = fields.Selection(
        selection_add=[(GONE, "Gone from Infor CRM")], ondelete={GONE: "set null"}
    )
