"""What may move between a person and Infor CRM: the union of what their lists allow."""

import ast

from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.sync import Rule

_LISTS = """
    SELECT s.contact_id, array_agg(DISTINCT l.id)
      FROM mailing_subscription s
      JOIN infor_crm_list_sync l
        ON l.list_id = s.list_id AND l.connector_id = %(connector)s
     WHERE s.contact_id = ANY(%(contacts)s)
     GROUP BY s.contact_id"""


class Permissions:
    """Of the mailing contacts behind records of one kind.

    A person belongs to the lists of their subscriptions, and to the segments that are
    pushed and find them.
    """

    def __init__(self, env, connector_id, kind, own=None):
        """``own``: {list sync id: rules} where they are not what its set-up says."""
        self._env = env
        self._connector_id = connector_id
        self._kind = kind
        self._rules = dict(own or {})
        self._unions = {}
        self._segments = env["infor.crm.list.sync"].search(
            [
                ("connector_id", "=", connector_id),
                ("filter_id.mailing_model_id.model", "=", "mailing.contact"),
            ]
        )

    def of(self, contacts):
        """{contact id: {target: Rule}}; without any list, nothing is allowed."""
        contacts = list(contacts)
        self._env["mailing.subscription"].flush_model(["contact_id", "list_id"])
        self._env.cr.execute(
            SQL(_LISTS, connector=self._connector_id, contacts=contacts)
        )
        lists_of = {contact: set(ids) for contact, ids in self._env.cr.fetchall()}
        for segment in self._segments:
            for contact in self._within(segment, contacts):
                lists_of.setdefault(contact, set()).add(segment.id)
        nothing = frozenset()
        return {c: self._union(frozenset(lists_of.get(c, nothing))) for c in contacts}

    def _within(self, segment, contacts):
        domain = Domain(ast.literal_eval(segment.filter_id.mailing_domain or "[]"))
        found = self._env["mailing.contact"].search(
            domain & Domain("id", "in", contacts)
        )
        return found.ids

    def _union(self, ids):
        if ids not in self._unions:
            self._unions[ids] = united([self._rules_of(one) for one in sorted(ids)])
        return self._unions[ids]

    def _rules_of(self, sync_id):
        if sync_id not in self._rules:
            sync = self._env["infor.crm.list.sync"].browse(sync_id)
            self._rules[sync_id] = sync._rules(self._kind)
        return self._rules[sync_id]


def united(parts):
    """One set of rules that allows what any of several does.

    Whether blank is a value, and only fills, is up to the mapping: the same in all.
    """
    rules = {}
    for part in parts:
        for target, rule in part.items():
            known = rules.get(target)
            rules[target] = rule if known is None else _either(known, rule)
    return rules


def _either(one, other):
    return Rule(
        pull=one.pull or other.pull,
        push=one.push or other.push,
        may_clear=one.may_clear and other.may_clear,
        fill_if_empty=one.fill_if_empty and other.fill_if_empty,
    )
