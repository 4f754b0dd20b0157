"""What may travel for each person: the union of what their lists and segments allow."""

from odoo.tools import SQL

from .permissions import united


class PersonRules:
    """Of the people of one target; made once per slice, asked for each page."""

    def __init__(self, target):
        self._target = target
        self._env = target.env
        others = target.sync.sudo().search(
            [("connector_id", "=", target.sync.connector_id.id)]
        )
        self._segments = (others - target.sync).filtered(
            lambda sync: sync.filter_id and sync.target_model == target.model
        )
        self._known = {}

    def of(self, people):
        """{id: {target: Rule}} for {id: kind of the record it is linked with}."""
        syncs = self._syncs_of(list(people))
        return {
            person: self._union(kind, frozenset(syncs[person]))
            for person, kind in people.items()
        }

    def _union(self, kind, sync_ids):
        if (kind, sync_ids) not in self._known:
            syncs = self._target.sync.sudo().browse(sorted(sync_ids))
            self._known[kind, sync_ids] = united([sync._rules(kind) for sync in syncs])
        return self._known[kind, sync_ids]

    def _syncs_of(self, ids):
        found = {person: {self._target.sync.id} for person in ids}
        if self._target.model == "mailing.contact":
            for person, sync in self._lists_of(ids):
                found[person].add(sync)
        for segment in self._segments:
            for person in self._target.among(segment, ids):
                found[person].add(segment.id)
        return found

    def _lists_of(self, ids):
        return self._env.execute_query(
            SQL(
                """SELECT s.contact_id, l.id FROM mailing_subscription s
                     JOIN infor_crm_list_sync l ON l.list_id = s.list_id
                    WHERE s.contact_id = ANY(%s) AND l.connector_id = %s""",
                ids,
                self._target.sync.connector_id.id,
            )
        )
