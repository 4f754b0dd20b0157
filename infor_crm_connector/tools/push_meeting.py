"""A page of people who are not linked yet, and the records that may be theirs."""

from ..lib.sdata import BatchItem
from ..lib.sync import blank
from .push_look import ADDRESS_FIELD
from .push_people import Change, moment_of, naive


class Meeting:
    """``settled``: ids of people who were counted before and waited, those who are
    linked by now included; None when nobody was.

    ``people``: those who are still unlinked, ``all_ids``: whom it began with.
    ``sending``: who is being created. ``consent``: counts of what was imposed.
    """

    def __init__(self, people, settled=None):
        self.people = people
        self.settling = settled is not None
        self.all_ids = settled or [person.id for person in people]
        self.sending = []
        self.consent = {}
        self._seen = {}

    @property
    def ids(self):
        return [person.id for person in self.people]

    @property
    def addresses(self):
        return {person.address for person in self.people if person.address}

    @property
    def seen(self):
        return list(self._seen.values())

    def add(self, seen):
        self._seen.update({one.place: one for one in seen})

    def keep(self, people):
        self.people = people

    def of(self, verdict):
        return [person for person in self.people if person.verdict == verdict]

    def changes(self, kind):
        """What is to be written to records that people are linked with now."""
        found = [p.change for p in self.of("link") if p.change]
        return [c for c in found if c.kind == kind and c.sent]

    @property
    def results(self):
        """Of all that was sent, but for creations that nobody knows the end of: these
        wait for the phase of doubts, whatever happened to the line."""
        sent = [person for person in self.sending if not self.unanswered(person)]
        sent += [p.change for p in self.of("link") if p.change]
        return [one.result for one in sent if one.result is not None]

    @staticmethod
    def unanswered(person):
        """Sent, and nobody knows whether it happened."""
        result = person.result
        if result is None:
            return False
        return result.error.maybe_done if result.error else not result.key

    def taken(self):
        """The part that came through, as a meeting of its own."""
        came = [person for person in self.people if _came(person)]
        part = Meeting(came, [p.id for p in came] if self.settling else None)
        part.sending = [person for person in self.sending if _came(person)]
        return part

    def to_bring(self):
        """{kind: keys} of linked records with values that Odoo does not have yet."""
        found = {}
        for person in self.of("link"):
            if person.change and person.change.merged.to_odoo:
                found.setdefault(person.change.kind, []).append(person.change.key)
        return found

    # --- what to send ---------------------------------------------------------------

    def link(self, work, person, rules):
        seen = person.chosen
        change = Change(
            0,
            seen.kind,
            seen.incoming.key,
            person.id,
            {},
            {},
            person.stamp,
            {},
            person.odoo,
            rules,
            seen,
        )
        change.decide(work)
        person.change = change

    def lead(self, work, person, rules, left):
        encoder = work.encoders["lead"]
        targets = work.created_targets(rules)
        values = {t: person.odoo[t] for t in targets if not blank(person.odoo.get(t))}
        wire, problems, refusal = encoder.create_values(values)
        refusal = refusal or problems.get(work.email)
        person.problems = problems
        if refusal:
            person.verdict, person.detail = "incomplete", refusal
            return
        # whom nobody could find by address could be created again and again
        wire.setdefault(ADDRESS_FIELD, person.address)
        if left or (person.blacklisted and work.push_consent):
            wire["DoNotEmail"] = True
        person.wire = wire
        sent = (target for target in encoder.targets if target not in problems)
        person.sent = {target: values[target] for target in sent if target in values}

    # --- what to write down -----------------------------------------------------------

    def binding_rows(self):
        rows = [_created_row(p) for p in self.of("create") if _key_of(p)]
        return rows + [_linked_row(p) for p in self.of("link")]

    def stamps(self, bound):
        """{binding: version} of those with nothing left to send."""
        done = [p for p in self.of("create") if _key_of(p)]
        done += [p for p in self.of("link") if not p.change.failed]
        return {bound[p.id]: p.stamp for p in done if p.id in bound}


def _came(person):
    if person.verdict == "link":
        return not person.change.failed
    return person.verdict == "create" and bool(_key_of(person))


def _key_of(person):
    """Of the lead that was created."""
    result = person.result
    return result.key if result is not None and not result.error else ""


def _created_row(person):
    record = person.result.record
    return {
        "kind": "lead",
        "key": _key_of(person),
        "res_id": person.id,
        "base": person.sent,
        "opted_out": bool(person.wire.get("DoNotEmail")),
        "created": record and naive(moment_of(record, "CreateDate")),
        "modified": record and naive(moment_of(record, "ModifyDate")),
    }


def _linked_row(person):
    change, incoming = person.change, person.chosen.incoming
    return {
        "kind": change.kind,
        "key": change.key,
        "res_id": person.id,
        "base": {**change.agreed, **change.taken},
        "opted_out": incoming.opted_out,
        "created": naive(incoming.created),
        "modified": naive(incoming.modified),
    }


def versioned_item(change):
    return BatchItem("PUT", change.key, change.wire, change.version)


def put_item(change):
    return BatchItem("PUT", change.key, change.wire), change.seen.record.etag
