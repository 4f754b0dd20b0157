"""What may move between people and Infor CRM: the union of what their lists allow."""

import ast
import logging

from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.sync import Rule

_logger = logging.getLogger(__name__)

_LISTS = """
    SELECT s.contact_id, l.id FROM mailing_subscription s
      JOIN infor_crm_list_sync l
        ON l.list_id = s.list_id AND l.connector_id = %(connector)s
     WHERE s.contact_id = ANY(%(contacts)s)"""


class Permissions:
    """Of people of one Odoo model; made once per slice, asked for each page.

    A person belongs to the lists of their subscriptions, and to the segments that are
    pushed and find them.
    """

    def __init__(self, env, connector_id, model, within=None, about=None, own=None):
        """``within``: (list sync of a segment, ids) → those in it; by default what the
        superuser finds. ``about``: a list sync to which all who are asked for belong.
        ``own``: {(list sync id, kind): rules} where they are not what it says."""
        self._env = env
        self._connector_id = connector_id
        self._model = model
        self._within = within or self._found
        self._about = frozenset(about.ids if about else ())
        self._rules = dict(own or {})
        self._unions = {}
        self._segments = self._all_segments() - (about or self._syncs)

    def of(self, people):
        """{id: {target: Rule}} for {id: kind of the record it is linked with}; without
        any list, nothing is allowed."""
        ids = list(people)
        lists_of = {person: set(self._about) for person in ids}
        if self._model == "mailing.contact":
            for person, sync in self._lists_of(ids):
                lists_of[person].add(sync)
        for segment in self._segments:
            for person in self._in_segment(segment, ids):
                lists_of[person].add(segment.id)
        return {
            person: self._union(frozenset(lists_of[person]), kind)
            for person, kind in people.items()
        }

    # --- who belongs where ------------------------------------------------------------

    @property
    def _syncs(self):
        return self._env["infor.crm.list.sync"].sudo()

    def _all_segments(self):
        return self._syncs.search(
            [
                ("connector_id", "=", self._connector_id),
                ("filter_id.mailing_model_id.model", "=", self._model),
            ]
        )

    def _lists_of(self, ids):
        self._env["mailing.subscription"].flush_model(["contact_id", "list_id"])
        return self._env.execute_query(
            SQL(_LISTS, connector=self._connector_id, contacts=ids)
        )

    def _in_segment(self, segment, ids):
        """Nobody where its filter does not work any more, because a field is gone, say:
        the lists of others must not suffer."""
        try:
            return self._within(segment, ids)
        except (SyntaxError, ValueError) as error:
            _logger.info("The segment of list sync %s: %s", segment.id, error)
            return ()

    def _found(self, segment, ids):
        domain = Domain(ast.literal_eval(segment.filter_id.mailing_domain or "[]"))
        return self._env[self._model].search(domain & Domain("id", "in", ids)).ids

    # --- what they allow --------------------------------------------------------------

    def _union(self, sync_ids, kind):
        if (sync_ids, kind) not in self._unions:
            parts = [self._rules_of(one, kind) for one in sorted(sync_ids)]
            self._unions[sync_ids, kind] = united(parts)
        return self._unions[sync_ids, kind]

    def _rules_of(self, sync_id, kind):
        if (sync_id, kind) not in self._rules:
            self._rules[sync_id, kind] = self._syncs.browse(sync_id)._rules(kind)
        return self._rules[sync_id, kind]


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
