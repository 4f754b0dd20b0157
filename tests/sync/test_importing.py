"""What becomes of the records of a page."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from sync import (
    Bound,
    Create,
    Holder,
    Incoming,
    Link,
    Policy,
    Rule,
    Settings,
    Skip,
    State,
    TakeOver,
    Unchanged,
    Update,
    plan_page,
)

# what an import does: no conflict is decided
FIELDS = ("email", "city", "phone")
IMPORT = Settings(dict.fromkeys(FIELDS, Rule(True, True)), Policy("keep"))
START = datetime(2020, 1, 1, tzinfo=timezone.utc)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def incoming(key: str, address: str | None = None, age: int = 0, **more) -> Incoming:
    values = {"email": address, "city": "Linz", **more.pop("values", {})}
    return Incoming(key, address, values, created=day(age), **more)


def bound(key: str, contact: int = 7, **more) -> Bound:
    odoo = more.pop("odoo", {"email": "a@x.example", "city": "Linz"})
    base = more.pop("base", {"email": "a@x.example", "city": "Linz"})
    return Bound(70, key, contact, odoo, base, **more)


def state(*bounds: Bound, **holders: Holder) -> State:
    by_address = {f"{name}@x.example": holder for name, holder in holders.items()}
    return State({one.key: one for one in bounds}, by_address)


def plan(*records: Incoming, given: State | None = None, kind: str = "lead"):
    return plan_page(records, given or State(), kind, IMPORT)


# --- met for the first time -----------------------------------------------------


def test_a_new_address_makes_a_contact() -> None:
    (action,) = plan(incoming("Q1", "a@x.example"))
    assert isinstance(action, Create)
    assert action.outcome == "created"


def test_no_usable_address_no_contact() -> None:
    (action,) = plan(incoming("Q1"))
    assert (type(action), action.reason) == (Skip, "no_email")


def test_the_older_of_two_with_one_address_leads_whatever_their_order() -> None:
    young, old = (
        incoming("Q1", "a@x.example", age=9),
        incoming("Q2", "a@x.example", age=1),
    )
    first, second = plan(young, old)
    assert (type(first), first.reason, first.other) == (Skip, "same_address", "Q2")
    assert isinstance(second, Create)


def test_of_equally_old_ones_the_first_leads() -> None:
    first, second = plan(incoming("Q1", "a@x.example"), incoming("Q2", "a@x.example"))
    assert isinstance(first, Create)
    assert second.other == "Q1"


def test_an_older_one_on_a_later_page_takes_over() -> None:
    younger = bound("Q1", fresh=True, made=True, created=day(9))
    record = incoming("Q2", "a@x.example", age=1, values={"city": None, "phone": "1"})
    (action,) = plan(record, given=state(a=Holder(7, younger.odoo or {}, younger)))
    assert isinstance(action, TakeOver)
    assert action.outcome == "created"
    # what only the younger one had goes: two people must not mix
    assert action.merge.to_odoo == {"city": None, "phone": "1"}


def test_taking_over_leaves_what_somebody_edited_meanwhile() -> None:
    odoo = {"email": "a@x.example", "city": "Wien"}
    younger = bound("Q1", fresh=True, made=True, created=day(9), odoo=odoo)
    record = incoming("Q2", "a@x.example", age=1)
    (action,) = plan(record, given=state(a=Holder(7, odoo, younger)))
    assert action.merge.to_odoo == {}


def test_taking_over_erases_nothing_in_a_contact_that_was_there_before() -> None:
    younger = bound("Q1", fresh=True, made=False, created=day(9))
    record = incoming("Q2", "a@x.example", age=1, values={"city": None})
    (action,) = plan(record, given=state(a=Holder(7, younger.odoo or {}, younger)))
    assert (type(action), action.outcome) == (TakeOver, "updated")
    assert action.merge.to_odoo == {}


def test_a_lead_given_by_an_earlier_import_stays() -> None:
    known = bound("Q1", fresh=False, created=day(9))
    record = incoming("Q2", "a@x.example", age=1)
    (action,) = plan(record, given=state(a=Holder(7, known.odoo or {}, known)))
    assert (type(action), action.other) == (Skip, "Q1")


def test_a_contact_of_odoo_is_linked_and_its_blanks_filled() -> None:
    odoo = {"email": "A@x.example", "city": None}
    (action,) = plan(incoming("Q1", "a@x.example"), given=state(a=Holder(7, odoo)))
    assert (type(action), action.contact, action.leading) == (Link, 7, True)
    assert action.merge.to_odoo == {"city": "Linz"}
    assert action.merge.differs == ()


def test_a_contact_of_odoo_keeps_what_differs() -> None:
    odoo = {"email": "a@x.example", "city": "Wien"}
    (action,) = plan(incoming("Q1", "a@x.example"), given=state(a=Holder(7, odoo)))
    assert action.merge.differs == ("city",)
    assert action.merge.to_odoo == {}


def leader(kind: str) -> Holder:
    values = {"email": "a@x.example", "city": "Wien"}
    return Holder(7, values, None, leader=5, leader_kind=kind, leader_base=values)


def test_a_contact_goes_before_a_lead() -> None:
    record = incoming("C1", "a@x.example")
    (action,) = plan(record, given=state(a=leader("lead")), kind="contact")
    assert (action.leading, action.demote) == (True, 5)
    assert action.merge.to_odoo == {"city": "Linz"}


@pytest.mark.parametrize("kind", ["lead", "contact"])
def test_whoever_leads_already_goes_before_a_lead(kind: str) -> None:
    (action,) = plan(incoming("Q1", "a@x.example"), given=state(a=leader(kind)))
    assert (type(action), action.leading, action.demote) == (Link, False, None)
    assert action.merge.to_odoo == {}


# --- met before -----------------------------------------------------------------


def test_nothing_new_is_unchanged() -> None:
    (action,) = plan(incoming("Q1", "a@x.example"), given=state(bound("Q1")))
    assert (type(action), action.outcome) == (Unchanged, "unchanged")
    assert not action.stamps_move


def test_a_changed_value_is_an_update() -> None:
    record = incoming("Q1", "a@x.example", values={"city": "Graz"})
    (action,) = plan(record, given=state(bound("Q1")))
    assert (type(action), action.outcome) == (Update, "updated")
    assert action.base["city"] == "Graz"


def test_changed_on_both_sides_is_said() -> None:
    odoo = {"email": "a@x.example", "city": "Wien"}
    record = incoming("Q1", "a@x.example", values={"city": "Graz"})
    (action,) = plan(record, given=state(bound("Q1", odoo=odoo)))
    assert (action.outcome, action.merge.differs) == ("conflict", ("city",))


def test_removed_from_the_list_stays_removed() -> None:
    known = bound("Q1", member=True)
    (action,) = plan(incoming("Q1", "a@x.example"), given=state(known))
    assert isinstance(action, Unchanged)


def test_never_in_this_list_joins() -> None:
    known = bound("Q1", member=False)
    (action,) = plan(incoming("Q1", "a@x.example"), given=state(known))
    assert (type(action), action.join) == (Update, True)


def test_deleted_in_odoo_stays_deleted() -> None:
    (action,) = plan(incoming("Q1", "a@x.example"), given=state(bound("Q1", odoo=None)))
    assert (type(action), action.reason) == (Skip, "removed")


def test_a_changed_address_is_an_ordinary_change() -> None:
    record = incoming("Q1", "new@x.example")
    (action,) = plan(record, given=state(bound("Q1")))
    assert action.merge.to_odoo == {"email": "new@x.example"}


def test_a_changed_address_that_somebody_has_is_said_and_not_taken() -> None:
    record = incoming("Q1", "b@x.example")
    other = bound("Q9", contact=9)
    (action,) = plan(record, given=state(bound("Q1"), b=Holder(9, {}, other)))
    assert (action.outcome, action.taken_by) == ("conflict", "Q9")
    assert "email" not in action.merge.to_odoo


def test_an_address_given_up_on_this_page_is_free() -> None:
    known = bound("Q1")
    given = state(known, a=Holder(7, known.odoo or {}, known))
    moved, new = plan(
        incoming("Q1", "b@x.example"), incoming("Q2", "a@x.example"), given=given
    )
    assert moved.merge.to_odoo == {"email": "b@x.example"}
    assert isinstance(new, Create)


def test_a_lost_address_erases_nothing() -> None:
    (action,) = plan(incoming("Q1"), given=state(bound("Q1")))
    assert isinstance(action, Unchanged)


def test_a_binding_that_does_not_lead_moves_no_values() -> None:
    record = incoming("Q1", "a@x.example", values={"city": "Graz"})
    (action,) = plan(record, given=state(bound("Q1", leading=False)))
    assert isinstance(action, Unchanged)


# --- consent --------------------------------------------------------------------


def test_an_opt_out_is_imposed_with_the_contact() -> None:
    (action,) = plan(incoming("Q1", "a@x.example", opted_out=True))
    assert action.opt_out == "impose"


def test_an_opt_out_known_before_is_not_imposed_again() -> None:
    record = incoming("Q1", "a@x.example", opted_out=True)
    (action,) = plan(record, given=state(bound("Q1", opted_out=True)))
    assert action.opt_out == ""


def test_a_new_opt_out_of_a_known_record_is_imposed() -> None:
    record = incoming("Q1", "a@x.example", opted_out=True)
    (action,) = plan(record, given=state(bound("Q1", opted_out=False)))
    assert (action.opt_out, action.outcome) == ("impose", "updated")


def test_the_opt_out_of_a_skipped_twin_counts_too() -> None:
    _first, second = plan(
        incoming("Q1", "a@x.example"), incoming("Q2", "a@x.example", opted_out=True)
    )
    assert second.opt_out == "unless_lifted"


def test_a_key_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        plan(incoming("Q1", "a@x.example"), incoming("Q1", "b@x.example"))
