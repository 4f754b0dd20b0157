"""People and records of a push, with what becomes of each; decided without I/O."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..lib.sdata import BatchResult, codec
from ..lib.sdata.errors import PreconditionFailed
from ..lib.sync import NONE_OF_THEM, choose, is_stale, merge, same
from .import_values import usable_address
from .odoo_fields import ADDRESS

# Answers lost in a row after which a run gives a person up.
TRIES = 4


@dataclass
class Change:
    """A linked person whose record was written in Odoo, and what is sent of it.

    ``wire``: values for the CRM, ``sent``: the same in Odoo's terms. ``result``: the
    BatchResult of the request, None when nothing had to be sent. ``version``: the etag
    to write with, of the record that was decided about.
    """

    binding: int
    kind: str
    key: str
    res_id: int
    base: dict
    stale: dict
    stamp: object
    echo: dict = field(default_factory=dict)
    odoo: dict = field(default_factory=dict)
    rules: dict = field(default_factory=dict)
    seen: object = None
    merged: object = None
    wire: dict = field(default_factory=dict)
    sent: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    result: object = None
    version: str | None = None

    @classmethod
    def of(cls, row, odoo, rules):
        return cls(
            row["binding"],
            row["kind"],
            row["key"],
            row["res_id"],
            row["base"] or {},
            row["before_pull"] or {},
            row["stamp"],
            row["echo"] or {},
            odoo,
            rules,
        )

    @property
    def place(self):
        return self.kind, self.key

    @property
    def may_differ(self):
        """Whether a field that may be sent differs from what was last agreed on."""
        return any(
            rule.push
            and not same(self.base.get(target), self.odoo.get(target))
            and not self._is_stale(target, rule)
            for target, rule in self.rules.items()
            if target in self.odoo
        )

    def _is_stale(self, target, rule):
        values = self.base.get(target), self.odoo[target]
        return target in self.stale and is_stale(*values, self.stale[target], rule)

    @property
    def failed(self):
        return bool(self.result is not None and self.result.error)

    @property
    def taken(self):
        """What the CRM took, in Odoo's terms."""
        return self.sent if self.result is not None and not self.failed else {}

    @property
    def agreed(self):
        """What both sides hold without the pull's part, which is still to come."""
        return {
            target: value
            for target, value in self.merged.agreed.items()
            if target not in self.merged.to_odoo
        }

    @property
    def modified(self):
        """When anybody but us changed the record in the CRM."""
        modified = self.seen.incoming.modified
        if self.echo and modified == moment(self.echo["left"]):
            return moment(self.echo["before"])
        return modified

    @property
    def echo_left(self):
        """What our own write made of the record's time, to be told from changes."""
        record = self.result.record if self.result is not None else None
        left = record and moment_of(record, "ModifyDate")
        return left and {"left": naive(left), "before": naive(self.modified)}

    def decide(self, work):
        incoming = self.seen.incoming
        self.version = self.seen.record.etag
        self.merged = merge(
            self.base,
            self.odoo,
            incoming.known,
            self.rules,
            work.job.policy,
            work.times(self.stamp, self.modified),
            self.stale,
        )
        self.encode(work, self.merged.to_infor)

    @property
    def met_somebody(self):
        """The record was changed between our reading and our writing."""
        return self.failed and isinstance(self.result.error, PreconditionFailed)

    def meet(self, seen, work):
        """Decide anew with the record as it is now; True when there is something to
        send. Holding what we sent, it is our own change whose answer was lost."""
        if seen is None:
            return False
        # the same version again: this server's versions cannot be relied on
        reliable = seen.record.etag != self.version
        if reliable and self._is_there(seen):
            self.result = BatchResult(200, self.key, record=seen.record)
            return False
        self.seen, self.result = seen, None
        self.wire, self.sent, self.problems = {}, {}, {}
        self.decide(work)
        if not reliable:
            self.version = None
        return bool(self.sent)

    def _is_there(self, seen):
        known = seen.incoming.known
        return all(t in known and same(known[t], v) for t, v in self.sent.items())

    def encode(self, work, values):
        if not values:
            return
        encoder = work.encoders[self.kind]
        # an address that is not mapped is said, not silently left behind
        unmapped = {
            t: self.odoo[t] for t in ADDRESS if t in self.odoo and t not in self.rules
        }
        self.wire, self.problems = encoder.encode(
            {**unmapped, **values}, self.seen.record
        )
        self.sent = {t: v for t, v in values.items() if t not in self.problems}


def moment(text):
    return text and datetime.fromisoformat(text).replace(tzinfo=UTC)


def naive(moment):
    """A moment as Odoo's columns hold it, as text for JSON."""
    return moment and moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def moment_of(record, name):
    try:
        return codec.decode(record.get(name), "datetime")
    except ValueError:
        return None


@dataclass
class Person:
    """Somebody in Odoo who is linked with nothing of this CRM yet.

    ``verdict``: no_email, same_address, gone, ask, held, no_answer, given_up,
    not_added, incomplete, link, create; "" while undecided. ``other``: of the same
    address; ``detail``: why, in words. ``known``: keys that have the address.
    ``again``: was sent before, without an answer; ``moved``: with ``address``, which is
    another today. ``change``: what is sent to the record to link with.
    """

    id: int
    name: str
    address: str
    stamp: object
    blacklisted: bool
    odoo: dict
    verdict: str = ""
    other: str = ""
    detail: str = ""
    chosen: object = None
    cards: tuple = ()
    known: frozenset = frozenset()
    again: bool = False
    moved: bool = False
    wire: dict = field(default_factory=dict)
    sent: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    change: Change | None = None
    result: object = None

    @classmethod
    def of(cls, row, odoo):
        return cls(
            row["id"],
            row["name"] or row["email"] or "",
            usable_address(row["email"]) or "",
            row["stamp"],
            row["blacklisted"],
            odoo,
        )

    def sent_as(self, address):
        """Under another address than today's, and the answer is not known: that comes
        first, or the person would be made twice."""
        if address and address != self.address:
            self.address, self.moved = address, True

    @property
    def kind(self):
        """Of the record it is linked with, or will be made as."""
        return self.chosen.kind if self.chosen else "lead"


class Matching:
    """Decides for one page of people. ``seen``: [Seen] by address. ``bound``:
    {(kind, key): Bound} of records that are linked already. ``decided``: {address:
    Decision} of people. ``claims``: {address: Held}. ``tombs``: addresses of people who
    are gone from the CRM.
    """

    def __init__(self, rule, seen, bound, decided, claims, tombs, may_add):
        self._rule = rule
        self._by_address = defaultdict(list)
        for one in seen:
            self._by_address[one.address].append(one)
        self._bound = bound
        self._decided = decided
        self.claims = claims
        self._tombs = tombs
        self._may_add = may_add
        self._taken = {}

    def decide(self, people):
        self._taken = {}
        for person in people:
            self._decide(person)
        return people

    def _decide(self, person):
        person.verdict = self._verdict(person)
        if person.verdict in ("link", "create", "ask", "held", "no_answer"):
            self._taken[person.address] = person

    def _verdict(self, person):
        if not person.address:
            return "no_email"
        first = self._taken.get(person.address)
        if first:
            person.other = first.name
            return "same_address"
        found = self._by_address[person.address]
        twin = self._twin(found)
        if twin:
            person.other = twin.name
            return "same_address"
        return self._match(person, found)

    def _twin(self, found):
        """Who in Odoo has one of these records, and this very address."""
        bound = (self._bound.get(one.place) for one in found)
        return next((b for b in bound if b and b.alive and b.same_address), None)

    def _match(self, person, found):
        held = self.claims.get(person.address)
        free = [one for one in found if not self._is_taken(one)]
        ours = self._new_since(held, free)
        person.again = bool(held and held.mine and held.sent)
        decided = None if ours else self._chosen_before(person)
        match = choose([one.candidate for one in ours or free], self._rule, decided)
        if match.ask:
            person.cards = match.ask
            return "ask"
        if match.candidate:
            places = {one.place: one for one in free}
            person.chosen = places[match.candidate.kind, match.candidate.key]
            return "link"
        if found and not free:
            person.other = self._bound[found[0].place].name
            return "same_address"
        person.known = frozenset(one.incoming.key for one in found)
        return self._add(person, held)

    def _is_taken(self, one):
        bound = self._bound.get(one.place)
        return bool(bound and bound.alive)

    def _new_since(self, held, free):
        """What came since we sent somebody of this address: that is who was sent."""
        if not held or not held.mine or not held.sent:
            return []
        return [one for one in free if one.incoming.key not in held.known]

    def _chosen_before(self, person):
        decision = self._decided.get(person.address)
        if decision is None:
            return None
        return decision.key if decision.code == "record" else NONE_OF_THEM

    def _add(self, person, held):
        if person.address in self._tombs:
            return "gone"
        if held and not held.mine:
            return "held"
        if held and held.sent and held.wait > 0:
            return "no_answer"
        if person.moved:
            # never arrived: with today's address it is somebody new, soon
            return "held"
        if held and held.attempts >= TRIES:
            return "given_up"
        return "create" if self._may_add else "not_added"
