"""Whatever the pages: every record ends in one action, the oldest of each address
leads, and the same pages once more change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from sync import (
    Bound,
    Create,
    Holder,
    Incoming,
    Link,
    OfBound,
    Policy,
    Rule,
    Settings,
    Skip,
    State,
    TakeOver,
    plan_page,
)

RULES = {"email": Rule(True, True), "city": Rule(True, True)}
IMPORT = Settings(RULES, Policy("keep"))
START = datetime(2020, 1, 1, tzinfo=timezone.utc)
ADDRESSES = ["a@x.example", "b@x.example", "c@x.example"]


class Odoo:
    """Performs actions on dictionaries, as the addon does on tables."""

    def __init__(self) -> None:
        self.contacts: dict[int, dict] = {}
        self.bindings: dict[str, Bound] = {}

    def state(self, keys: set[str]) -> State:
        holders = {}
        own = {b.contact: b for b in self.bindings.values()}
        for contact, values in self.contacts.items():
            if values["email"] not in holders or contact in own:
                known = own.get(contact)
                known = known and replace(known, odoo=values)
                holders[values["email"]] = Holder(contact, dict(values), known)
        bounds = {
            key: replace(b, odoo=dict(self.contacts[b.contact]))
            for key, b in self.bindings.items()
            if key in keys
        }
        return State(bounds, holders)

    def perform(self, actions) -> None:
        for action in actions:
            record = action.record
            if isinstance(action, Create):
                contact = len(self.contacts) + 1
                self.contacts[contact] = dict(record.values)
                self._bind(record, contact, dict(record.values), made=True)
            elif isinstance(action, Link):
                self.contacts[action.contact].update(action.merge.to_odoo)
                self._bind(record, action.contact, action.merge.agreed, made=False)
            elif isinstance(action, OfBound):
                self.contacts[action.bound.contact].update(action.merge.to_odoo)
                self.bindings.pop(action.bound.key)
                self._bind(record, action.bound.contact, action.base, action.bound.made)

    def _bind(self, record, contact, base, made) -> None:
        self.bindings[record.key] = Bound(
            1, record.key, contact, None, base, fresh=True, made=made,
            created=record.created,
        )  # fmt: skip

    def end_run(self) -> None:
        self.bindings = {k: replace(b, fresh=False) for k, b in self.bindings.items()}


records = st.lists(
    st.tuples(
        st.sampled_from([*ADDRESSES, None]),
        st.integers(0, 9),
        st.sampled_from(["Linz", "Graz", None]),
    ),
    max_size=12,
)


def incoming(number: int, row: tuple) -> Incoming:
    address, age, city = row
    created = START + timedelta(days=age)
    return Incoming(f"Q{number:03}", address, {"email": address, "city": city}, created)


def run(odoo: Odoo, everybody: list[Incoming], size: int) -> list:
    done = []
    for start in range(0, len(everybody), size):
        page = everybody[start : start + size]
        actions = plan_page(page, odoo.state({r.key for r in page}), "lead", IMPORT)
        assert [a.record for a in actions] == page
        odoo.perform(actions)
        done += actions
    odoo.end_run()
    return done


@settings(max_examples=300, deadline=None)
@given(records, st.integers(1, 5), st.lists(st.sampled_from(ADDRESSES), unique=True))
def test_an_import_in_any_pages(rows, size, present) -> None:
    odoo = Odoo()
    for number, address in enumerate(present, 1):
        odoo.contacts[number] = {"email": address, "city": None}
    everybody = [incoming(number, row) for number, row in enumerate(rows)]
    run(odoo, everybody, size)
    _one_contact_per_address(odoo)
    _the_oldest_leads(odoo, everybody)
    contacts = {number: dict(values) for number, values in odoo.contacts.items()}
    again = run(odoo, everybody, size)
    assert odoo.contacts == contacts
    assert all(a.outcome in ("unchanged", "skipped", "conflict") for a in again)
    assert not any(isinstance(a, (Create, Link, TakeOver)) for a in again)
    skipped = sum(isinstance(a, Skip) for a in again)
    assert len(odoo.bindings) + skipped == len(everybody)


def _one_contact_per_address(odoo: Odoo) -> None:
    addresses = [values["email"] for values in odoo.contacts.values()]
    assert len(addresses) == len(set(addresses))


def _the_oldest_leads(odoo: Odoo, everybody: list[Incoming]) -> None:
    for address in ADDRESSES:
        same = [record for record in everybody if record.address == address]
        if same:
            oldest = min(same, key=lambda record: (record.created, record.key))
            assert oldest.key in odoo.bindings
            assert len({r.key for r in same} & odoo.bindings.keys()) == 1
