"""What became of the records of a page: rows for people, and counts that add up."""

from collections import Counter

from ..lib.sync import ODOO, Create, Incoming, Link, Skip, TakeOver, Update
from .merge_words import MergeWords

SKIPPED = {
    "no_email": "skipped_no_email",
    "same_address": "skipped_same_address",
    "removed": "skipped_removed",
    "not_wanted": "skipped_not_wanted",
}
COUNTED = {"created": "created", "updated": "updated", "conflict": "conflicts"}


class OutcomeBook:
    def __init__(self, env, job):
        self._env = env
        self._job = job
        self._words = MergeWords(env, job.labels)
        self._counts = Counter()
        self._unchanged = 0
        self._rows = []
        self._replacing = []

    def add(self, actions, errors):
        """``errors``: {key: exception} of the actions that could not be performed."""
        for action in actions:
            error = errors.get(action.record.key)
            if error is not None:
                self.failed(action.record, error)
            else:
                self._count(action)
                self._describe(action)

    def failed(self, record, error):
        self._counts["failed"] += 1
        detail = str(error).strip()[:2000] or type(error).__name__
        self._row(record, "failed", "not_written", detail)

    def missing(self, key):
        """A member of a group without a record: deleted, or hidden from the login."""
        self._counts["skipped_gone"] += 1
        self._row(Incoming(key, None), "skipped", "gone")

    def counts(self, selected):
        """Additions to the run's counters; every record exactly once."""
        total = sum(self._counts.values()) - self._counts["linked"] + self._unchanged
        if total != selected:
            raise ValueError(f"{selected} records were read, {total} accounted for")
        return {**self._counts, "selected": selected}

    def save(self):
        from .import_rows import Rows

        self._name_the_others()
        self._inherit_statuses()
        Rows(self._env, self._job).insert_outcomes(self._rows, self._replacing)

    # --- counting ---------------------------------------------------------------------

    def _count(self, action):
        if isinstance(action, Skip):
            self._counts[SKIPPED[action.reason]] += 1
        elif isinstance(action, TakeOver):
            # the younger one's place is taken: what it counted as goes to the older
            self._counts["skipped_same_address"] += 1
        elif action.outcome == "unchanged":
            self._unchanged += 1
        else:
            self._counts[COUNTED[action.outcome]] += 1
        if isinstance(action, Link):
            self._counts["linked"] += 1

    # --- describing -------------------------------------------------------------------

    def _describe(self, action):
        record = action.record
        notes = list(record.problems)
        if isinstance(action, Skip):
            self._row(record, "skipped", action.reason, other=action.other, notes=notes)
        elif isinstance(action, Create):
            if notes:
                self._row(record, "created", "left_out", notes=notes)
        elif isinstance(action, Link):
            self._link(action, notes)
        elif isinstance(action, TakeOver):
            self._take_over(action, notes)
        else:
            self._of_bound(action, notes)

    def _link(self, action, notes):
        notes = self._fields_notes(action, action.odoo) + notes
        row = (action.outcome, "differs" if action.merge.differs else "linked")
        self._row(action.record, *row, notes=notes, contact=action.contact)

    def _take_over(self, action, notes):
        loser = action.bound
        self._replacing.append(loser.key)
        self._rows.append(
            {
                "key": loser.key,
                "name": _full_name(loser.odoo),
                "status": "skipped",
                "reason": "same_address",
                "detail": "",
                "res_id": loser.contact,
                "other": action.record.key,
            }
        )
        if loser.made and not notes:
            return  # created, like any other
        status = "created" if loser.made else None
        contact = loser.contact
        self._row(action.record, status, "took_over", notes=notes, contact=contact)
        self._rows[-1]["instead_of"] = loser.key

    def _of_bound(self, action, notes):
        contact = action.bound.contact
        notes = self._fields_notes(action, action.bound.odoo or {}) + notes
        reason = self._reason(action)
        if reason:
            other = action.taken_by
            self._row(
                action.record,
                action.outcome,
                reason,
                notes=notes,
                contact=contact,
                other=other,
            )
        elif notes:
            reason = "cleared" if action.merge.cleared else "left_out"
            self._row(action.record, "unchanged", reason, notes=notes, contact=contact)

    @staticmethod
    def _reason(action):
        if action.taken_by:
            return "address_taken"
        if action.merge.lost_on(ODOO):
            return "overwritten"
        if action.merge.differs:
            return "differs"
        if not isinstance(action, Update):
            return ""
        if action.merge.to_odoo:
            return "changed"
        return "joined" if action.join else "opted_out"

    def _fields_notes(self, action, odoo):
        return self._words.of_merge(action.merge, odoo, action.record.values)

    def _row(self, record, status, reason, detail="", notes=(), contact=None, other=""):
        self._rows.append(
            {
                "key": record.key,
                "name": record.label or _full_name(record.values),
                "status": status,
                "reason": reason,
                "detail": "\n".join([*([detail] if detail else []), *notes]),
                "res_id": contact,
                "other": other,
            }
        )

    def _inherit_statuses(self):
        """Who takes over a linked contact counts as what the other one counted."""
        open_rows = [row for row in self._rows if row["status"] is None]
        if not open_rows:
            return
        self._env.cr.execute(
            "SELECT key, status FROM infor_crm_sync_outcome"
            " WHERE run_id = %s AND key = ANY(%s)",
            [self._job.run.id, [row["instead_of"] for row in open_rows]],
        )
        statuses = dict(self._env.cr.fetchall())
        for row in open_rows:
            row["status"] = statuses.get(row["instead_of"], "updated")

    def _name_the_others(self):
        """ "Same address as …": who that is, in one query for the page."""
        keys = list({row["other"] for row in self._rows if row["other"]})
        if not keys:
            return
        job = self._job
        self._env.cr.execute(
            """SELECT b.key, c.id, c.name, c.email
                 FROM unnest(%s) AS w
                CROSS JOIN LATERAL (
                      SELECT key, res_id FROM infor_crm_binding
                       WHERE connector_id = %s AND kind = %s AND key = w
                         AND odoo_model = 'mailing.contact' OFFSET 0) b
                 JOIN mailing_contact c ON c.id = b.res_id""",
            [keys, job.connector_id, job.kind],
        )
        known = {key: rest for key, *rest in self._env.cr.fetchall()}
        for row in self._rows:
            if row["other"]:
                contact, name, email = known.get(row["other"], (None, "", ""))
                words = self._env._(
                    "Same address as %(name)s (%(key)s): %(email)s",
                    name=name or "?",
                    key=row["other"],
                    email=email or "?",
                )
                row["detail"] = "\n".join(filter(None, [words, row["detail"]]))
                row["res_id"] = row["res_id"] or contact


def _full_name(values):
    values = values or {}
    return " ".join(
        str(values[name]) for name in ("first_name", "last_name") if values.get(name)
    )
