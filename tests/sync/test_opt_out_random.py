"""Opt-outs on either side, addresses that change on either side, requests that are
lost, lists that take new records or not: nobody who refused is ever mailed again by
a sync, and nobody who was let in again by a person is put out by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from sync import (
    Bound,
    Create,
    Flags,
    Holder,
    Incoming,
    Link,
    OfBound,
    Policy,
    Rule,
    Settings,
    State,
    Update,
    merge_person,
    plan_consent,
    plan_page,
)

ADDRESSES = [f"{letter}@x.example" for letter in "abcdef"]
addresses = st.sampled_from(ADDRESSES)
booleans = st.booleans()
EMAIL_RULES = st.sampled_from([Rule(True, True), Rule(True, False), Rule(False, True)])


@dataclass
class Link_:
    """A binding, with what a person did last (``refuses``, ``let_in``)."""

    key: str
    contact: int
    base: dict = field(default_factory=dict)
    flags: Flags | None = None
    address: str = ""
    lifted: bool = False
    refuses: bool = False
    let_in: bool = False


class OptOuts(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.crm: dict[str, dict] = {}
        self.contacts: dict[int, str] = {}
        self.blacklist: set[str] = set()
        self.links: dict[str, Link_] = {}
        self.email = Rule(True, True)
        self.policy = Policy()

    # --- people ---------------------------------------------------------------------

    @rule(address=addresses, flag=booleans)
    def somebody_new_in_the_crm(self, address, flag) -> None:
        if address not in self._crm_addresses():
            key = f"Q{len(self.crm)}"
            self.crm[key] = {"email": address, "flag": flag}

    @rule(address=addresses)
    def somebody_new_in_odoo(self, address) -> None:
        if address not in self.contacts.values():
            self.contacts[len(self.contacts) + 1] = address

    @precondition(lambda self: self.crm)
    @rule(data=st.data(), address=addresses)
    def moves_in_the_crm(self, data, address) -> None:
        key = data.draw(st.sampled_from(sorted(self.crm)))
        if address not in self._crm_addresses():
            self.crm[key]["email"] = address

    @precondition(lambda self: self.contacts)
    @rule(data=st.data(), address=addresses)
    def moves_in_odoo(self, data, address) -> None:
        contact = data.draw(st.sampled_from(sorted(self.contacts)))
        if address not in self.contacts.values():
            self.contacts[contact] = address
            for link in self._links_of(contact):
                link.let_in = False  # the new address may be refused for a reason

    @precondition(lambda self: self.crm)
    @rule(data=st.data(), flag=booleans)
    def flags_in_the_crm(self, data, flag) -> None:
        key = data.draw(st.sampled_from(sorted(self.crm)))
        changed = self.crm[key]["flag"] != flag
        self.crm[key]["flag"] = flag
        link = self.links.get(key)
        if link and changed:
            link.refuses, link.let_in = flag, False

    @rule(address=addresses)
    def blacklists(self, address) -> None:
        changed = address not in self.blacklist
        self.blacklist.add(address)
        for link in self._links_at(address):
            if changed:
                link.refuses, link.let_in = True, False

    @rule(address=addresses)
    def lifts_the_blacklisting(self, address) -> None:
        changed = address in self.blacklist
        self.blacklist.discard(address)
        for link in self._links_at(address):
            if changed:
                link.refuses, link.let_in = False, link.flags is not None

    @rule(email=EMAIL_RULES, conflict=st.sampled_from(["latest", "infor", "odoo"]))
    def sets_up(self, email, conflict) -> None:
        self.email, self.policy = email, Policy(conflict)

    def _crm_addresses(self) -> set[str]:
        return {record["email"] for record in self.crm.values()}

    def _links_of(self, contact: int) -> list[Link_]:
        return [link for link in self.links.values() if link.contact == contact]

    def _links_at(self, address: str) -> list[Link_]:
        return [
            link
            for link in self.links.values()
            if self.contacts[link.contact] == address
        ]

    # --- a sync ---------------------------------------------------------------------

    @rule(add=booleans, update=booleans, lost=booleans)
    def sync(self, add, update, lost) -> None:
        silenced, flagged = set(self.blacklist), self._flagged()
        self.consent(lost)
        self.pull(Settings({"email": self.email}, self.policy, add, update))
        self.push(lost)
        assert silenced <= self.blacklist, "no sync takes anybody off the blacklist"
        assert flagged <= self._flagged(), "no sync clears DoNotEmail"
        self.nobody_who_refused_can_be_mailed()
        self.nobody_who_was_let_in_is_put_out()

    def _flagged(self) -> set[str]:
        return {key for key, record in self.crm.items() if record["flag"]}

    def consent(self, lost: bool) -> None:
        for link in self.links.values():
            address = self.contacts[link.contact]
            now = Flags(address in self.blacklist, self.crm[link.key]["flag"])
            moved = link.address != address and not link.lifted
            plan = plan_consent(
                link.flags, now, moved, moved and link.address in self.blacklist
            )
            if plan.impose_odoo:
                self.blacklist.add(address)
            if plan.impose_infor and not lost:
                self.crm[link.key]["flag"] = True
            link.flags = plan.meanwhile if lost else plan.base
            link.address = address
            link.lifted = now.infor and address not in self.blacklist

    def pull(self, settings: Settings) -> None:
        records = [
            Incoming(key, one["email"], {"email": one["email"]}, opted_out=one["flag"])
            for key, one in self.crm.items()
        ]
        for action in plan_page(records, self._state(), "lead", settings):
            self._perform(action)
            if action.opt_out:
                self.blacklist.update(action.silenced)

    def _state(self) -> State:
        bounds = {key: self._bound(link) for key, link in self.links.items()}
        by_contact = {bound.contact: bound for bound in bounds.values()}
        holders = {
            address: Holder(contact, {"email": address}, by_contact.get(contact))
            for contact, address in self.contacts.items()
        }
        return State(bounds, holders)

    def _bound(self, link: Link_) -> Bound:
        address, flags = self.contacts[link.contact], link.flags or Flags()
        return Bound(
            1, link.key, link.contact, {"email": address}, link.base, address=address,
            opted_out=flags.infor, blacklisted=flags.odoo, lifted=link.lifted,
        )  # fmt: skip

    def _perform(self, action) -> None:
        record = action.record
        if isinstance(action, Create):
            contact = len(self.contacts) + 1
            self.contacts[contact] = record.address
            self._link(action, contact, {"email": record.address})
        elif isinstance(action, Link):
            self.contacts[action.contact] = action.merge.to_odoo.get(
                "email", self.contacts[action.contact]
            )
            self._link(action, action.contact, action.merge.agreed)
        elif isinstance(action, OfBound):
            self._change(action)

    def _link(self, action, contact: int, base: dict) -> None:
        record, address = action.record, self.contacts[contact]
        # what Odoo refuses already is found by the next consent phase
        flags = Flags(record.opted_out, record.opted_out)
        refuses = record.opted_out or address in self.blacklist
        self.links[record.key] = Link_(
            record.key, contact, base, flags, address, refuses=refuses
        )

    def _change(self, action) -> None:
        link = self.links[action.bound.key]
        link.base = action.base
        if isinstance(action, Update) and "email" in action.merge.to_odoo:
            self.contacts[link.contact] = link.address = action.merge.to_odoo["email"]
            link.let_in = False

    def push(self, lost: bool) -> None:
        for link in self.links.values():
            address, theirs = self.contacts[link.contact], self.crm[link.key]
            taken = self._crm_addresses() - {theirs["email"]}
            merged = merge_person(
                link.base,
                {"email": address},
                {"email": theirs["email"]},
                {"email": self.email},
                self.policy,
            )
            if "email" in merged.to_infor and not lost and address not in taken:
                theirs["email"] = address
                link.base = {**link.base, "email": address}

    # --- what must hold ---------------------------------------------------------------

    def nobody_who_refused_can_be_mailed(self) -> None:
        for link in self.links.values():
            assert not link.refuses or self.contacts[link.contact] in self.blacklist

    def nobody_who_was_let_in_is_put_out(self) -> None:
        for link in self.links.values():
            assert not link.let_in or self.contacts[link.contact] not in self.blacklist

    def teardown(self) -> None:
        """Once all requests arrive, the CRM knows of every refusal."""
        for _again in range(2):
            self.sync(add=True, update=True, lost=False)
        for link in self.links.values():
            assert not link.refuses or self.crm[link.key]["flag"]


TestOptOuts = OptOuts.TestCase
