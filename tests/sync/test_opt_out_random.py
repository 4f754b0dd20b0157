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
class Known:
    """A binding, and what a person did last (``refuses``, ``let_in``,
    ``cleared``: the flag in the CRM)."""

    key: str
    contact: int
    base: dict = field(default_factory=dict)
    flags: Flags | None = None
    address: str = ""
    lifted: bool = False
    refuses: bool = False
    let_in: bool = False
    cleared: bool = False


class OptOuts(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.crm: dict[str, dict] = {}
        self.contacts: dict[int, str] = {}
        self.blacklist: set[str] = set()
        self.links: dict[str, Known] = {}
        self.email = Rule(True, True)
        self.policy = Policy()
        self.touched: set = set()
        self.lifted: set[str] = set()

    def first_time(self, *what) -> bool:
        """Whether nobody did this since the last sync: what is undone before a sync
        looks, and done again, leaves no trace for it."""
        first = what not in self.touched
        self.touched.add(what)
        return first

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
        if address not in self._crm_addresses() and self.first_time("moves", key):
            self.crm[key]["email"] = address

    @precondition(lambda self: self.contacts)
    @rule(data=st.data(), address=addresses)
    def moves_in_odoo(self, data, address) -> None:
        contact = data.draw(st.sampled_from(sorted(self.contacts)))
        free = address not in self.contacts.values()
        if free and self.first_time("moves", contact):
            self.contacts[contact] = address
            for link in self._links_of(contact):
                link.let_in = False  # the new address may be refused for a reason

    @precondition(lambda self: self.crm)
    @rule(data=st.data(), flag=booleans)
    def flags_in_the_crm(self, data, flag) -> None:
        key = data.draw(st.sampled_from(sorted(self.crm)))
        if self.crm[key]["flag"] == flag or not self.first_time("flag", key):
            return
        self.crm[key]["flag"] = flag
        if flag:
            self.lifted.discard(self.crm[key]["email"])
        if link := self.links.get(key):
            link.refuses, link.let_in, link.cleared = flag, False, not flag

    @rule(address=addresses)
    def blacklists(self, address) -> None:
        if address in self.blacklist or not self.first_time("list", address):
            return
        self.blacklist.add(address)
        for link in self._links_at(address):
            link.refuses, link.let_in = True, False

    @rule(address=addresses)
    def lifts_the_blacklisting(self, address) -> None:
        if address not in self.blacklist or not self.first_time("list", address):
            return
        self.blacklist.discard(address)
        self.lifted.add(address)
        for link in self._links_at(address):
            link.refuses, link.let_in = False, self._as_last_seen(link)

    @rule(email=EMAIL_RULES, conflict=st.sampled_from(["latest", "infor", "odoo"]))
    def sets_up(self, email, conflict) -> None:
        self.email, self.policy = email, Policy(conflict)

    def _as_last_seen(self, link: Known) -> bool:
        """Only then a lifting counts alone. An opt-out comes along with who moved
        since, and one that is new in the CRM goes before: the safe side."""
        seen = (self.contacts[link.contact], self.crm[link.key]["flag"])
        return link.flags is not None and seen == (link.address, link.flags.infor)

    def _crm_addresses(self) -> set[str]:
        return {record["email"] for record in self.crm.values()}

    def _links_of(self, contact: int) -> list[Known]:
        return [link for link in self.links.values() if link.contact == contact]

    def _links_at(self, address: str) -> list[Known]:
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
        self.touched.clear()
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
            silenced = set(action.silenced) if action.opt_out else set()
            if action.opt_out == "unless_lifted":
                silenced -= self.lifted
            self.blacklist |= silenced

    def _state(self) -> State:
        bounds = {key: self._bound(link) for key, link in self.links.items()}
        by_contact = {bound.contact: bound for bound in bounds.values()}
        holders = {
            address: Holder(contact, {"email": address}, by_contact.get(contact))
            for contact, address in self.contacts.items()
        }
        return State(bounds, holders)

    def _bound(self, link: Known) -> Bound:
        address, flags = self.contacts[link.contact], link.flags or Flags()
        return Bound(
            1, link.key, link.contact, {"email": address}, link.base, address=address,
            opted_out=flags.infor, lifted=link.lifted,
            blacklisted=flags.odoo or address in self.blacklist,
            settled=link.address,
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
        self.links[record.key] = Known(
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
        """Once all requests arrive, the CRM knows of every refusal, but where a person
        cleared its flag: that is a question."""
        for _again in range(2):
            self.sync(add=True, update=True, lost=False)
        for link in self.links.values():
            assert not link.refuses or link.cleared or self.crm[link.key]["flag"]


TestOptOuts = OptOuts.TestCase
