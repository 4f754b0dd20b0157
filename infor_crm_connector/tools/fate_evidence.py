"""What can be found out about records that the login no longer finds; in a thread."""

from ..lib.sdata import codec, where
from ..lib.sdata.errors import (
    BadRequest,
    KindNotFound,
    NotFound,
    RightsRefused,
    ServerFault,
)
from ..lib.sdata.owners import Owners
from ..lib.sync import Evidence
from .push_look import read_by_address

HISTORY_OF_LEADS = "leadHistory"
KEY_IN_HISTORY = {"lead": "LeadId", "contact": "ContactId", "account": "AccountId"}
# Said by servers that do not have, or do not show, what was asked for.
NO_ANSWER = (BadRequest, KindNotFound, NotFound, RightsRefused, ServerFault)


class Evidences:
    """``addresses``: {lead's key: normalised address of its person}; ``decided``: {its
    key: contact's key, or NONE_OF_THEM} by people."""

    def __init__(self, client, contact_reader, addresses, decided):
        self._client = client
        self._reader = contact_reader
        self._addresses = addresses
        self._decided = decided
        self._sees_all = None

    def of(self, kind, keys):
        """{key: Evidence} of records that were asked for by key, and not found."""
        history = self._lead_history(keys) if kind == "lead" else None
        contacts = {}
        if kind == "lead" and history is None:
            contacts = self._contacts_at(keys)
        deleted = self._deleted_rows(kind, keys)
        sees_all = self._all_owners()
        return {
            key: Evidence(
                found=False,
                sees_all=sees_all,
                deleted_row=key in deleted,
                history=history,
                contacts=tuple(contacts.get(self._addresses.get(key), ())),
                decided=self._decided.get(key),
            )
            for key in keys
        }

    def _lead_history(self, keys):
        """{lead's key: contact's}; None where it has no feed (docs/sdata.md 8.8)."""
        found = {}
        try:
            for row in self._rows(HISTORY_OF_LEADS, "LeadId", keys, ["ContactId"]):
                found[codec.key(row.get("LeadId") or "")] = codec.key(
                    row.get("ContactId") or ""
                )
        except NO_ANSWER:
            return None
        return found

    def _contacts_at(self, keys):
        """{address: [Candidate]}"""
        wanted = sorted(
            {self._addresses[key] for key in keys if self._addresses.get(key)}
        )
        found = {}
        if wanted:
            for seen in read_by_address(self._client, "contact", self._reader, wanted):
                found.setdefault(seen.address, []).append(seen.candidate)
        return found

    def _deleted_rows(self, kind, keys):
        """Keys whose deletion the audit tells, where there is one (docs/sdata.md 7)."""
        name = KEY_IN_HISTORY[kind]
        deletion = where.and_(
            where.eq("Type", "atDatabaseChange"), where.eq("Result", "Delete")
        )
        try:
            rows = self._rows("history", name, keys, ["Result"], deletion)
            return {codec.key(row.get(name) or "") for row in rows}
        except NO_ANSWER:
            return set()

    def _rows(self, resource, name, keys, more, also=None):
        rows = []
        for clause in where.in_chunks(name, keys):
            with self._client.read(
                resource,
                where=where.and_(clause, also),
                select=[name, *more],
                read_ahead=0,
                cross_check=False,
            ) as pages:
                rows += [record for page in pages for record in page.records]
        return rows

    def _all_owners(self):
        """Whether the login was shown to see all records: then what it does not find
        is not hidden."""
        if self._sees_all is None:
            try:
                identity = self._client.who_am_i()
                facts = Owners(self._client).facts(identity)
                self._sees_all = facts["sees_all"] is True
            except NO_ANSWER:
                self._sees_all = False
        return self._sees_all
