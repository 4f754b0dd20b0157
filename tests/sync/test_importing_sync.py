"""What becomes of the records of a page in a sync, whose lists have wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from sync import (
    Action,
    Bound,
    Holder,
    Incoming,
    Merge,
    Rule,
    Settings,
    Skip,
    State,
    Unchanged,
    Update,
    plan_page,
)

FIELDS = ("email", "city", "phone")
SYNC = Settings(dict.fromkeys(FIELDS, Rule(True, True)))
START = datetime(2020, 1, 1, tzinfo=timezone.utc)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def incoming(key: str, address: str | None = None, **more) -> Incoming:
    values = {"email": address, "city": "Linz", **more.pop("values", {})}
    return Incoming(key, address, values, created=day(0), **more)


def bound(key: str, contact: int = 7, **more) -> Bound:
    odoo = more.pop("odoo", {"email": "a@x.example", "city": "Linz"})
    base = more.pop("base", {"email": "a@x.example", "city": "Linz"})
    return Bound(70, key, contact, odoo, base, **more)


def state(*bounds: Bound, **holders: Holder) -> State:
    by_address = {f"{name}@x.example": holder for name, holder in holders.items()}
    return State({one.key: one for one in bounds}, by_address)


def sync(record: Incoming, given: State, settings: Settings = SYNC) -> Action:
    (action,) = plan_page([record], given, "lead", settings)
    return action


def test_a_list_that_takes_no_new_records_lets_them_be() -> None:
    settings = replace(SYNC, add=False)
    action = sync(incoming("Q1", "a@x.example", opted_out=True), State(), settings)
    assert (type(action), action.reason, action.opt_out) == (Skip, "not_wanted", "")
    action = sync(incoming("Q1"), State(), settings)
    assert action.reason == "not_wanted"


def test_an_opt_out_of_somebody_in_odoo_counts_also_where_records_are_not_wanted():
    given = state(a=Holder(7, {"email": "a@x.example"}))
    record = incoming("Q1", "a@x.example", opted_out=True)
    action = sync(record, given, replace(SYNC, add=False))
    assert (action.reason, action.opt_out) == ("not_wanted", "unless_lifted")
    assert (action.contact, action.silenced) == (7, ("a@x.example",))


def test_a_record_of_another_list_does_not_join_where_new_ones_are_not_wanted() -> None:
    record = incoming("Q1", "a@x.example", values={"city": "Graz"})
    given = state(bound("Q1", member=False))
    action = sync(record, given, replace(SYNC, add=False))
    assert isinstance(action, Unchanged)
    assert action.merge == Merge()


def test_where_records_are_not_updated_values_stay_and_consent_works() -> None:
    record = incoming("Q1", "a@x.example", values={"city": "Graz"}, opted_out=True)
    action = sync(record, state(bound("Q1")), replace(SYNC, update=False))
    assert action.merge.to_odoo == {}
    assert (type(action), action.opt_out) == (Update, "impose")


def test_where_records_are_not_updated_new_ones_still_join() -> None:
    given = state(bound("Q1", member=False))
    record = incoming("Q1", "a@x.example", values={"city": "Graz"})
    action = sync(record, given, replace(SYNC, update=False))
    assert (action.join, action.merge.to_odoo) == (True, {})


def test_a_record_in_several_lists_has_permissions_of_its_own() -> None:
    record = incoming("Q1", "a@x.example", values={"city": "Graz"})
    given = state(bound("Q1", rules={"city": Rule(True)}))
    action = sync(record, given, replace(SYNC, update=False))
    assert action.merge.to_odoo == {"city": "Graz"}


def test_the_later_change_wins_by_the_clock_of_odoo() -> None:
    odoo = {"email": "a@x.example", "city": "Wien"}
    given = state(bound("Q1", odoo=odoo, written=day(1)))
    record = incoming("Q1", "a@x.example", values={"city": "Graz"}, modified=day(2))
    assert sync(record, given).merge.to_odoo == {"city": "Graz"}
    # the CRM's clock is two days ahead: its change was the earlier one
    skewed = replace(SYNC, skew=timedelta(days=2))
    assert sync(record, given, skewed).merge.to_infor == {"city": "Wien"}
    unsure = replace(skewed, allowance=timedelta(days=1))
    action = sync(record, given, unsure)
    assert action.merge.to_odoo == {"city": "Graz"}
    assert (action.outcome, action.merge.lost[0].value) == ("conflict", "Wien")


def test_what_is_left_to_push_is_planned_along() -> None:
    odoo = {"email": "a@x.example", "city": "Wien"}
    action = sync(incoming("Q1", "a@x.example"), state(bound("Q1", odoo=odoo)))
    assert (type(action), action.merge.to_infor) == (Unchanged, {"city": "Wien"})


def test_a_value_that_could_not_be_read_clears_nothing() -> None:
    clearing = {"city": Rule(True, may_clear=True), "email": Rule(True)}
    record = incoming("Q1", "a@x.example", values={"city": None})
    assert sync(record, state(bound("Q1")), Settings(clearing)).merge.to_odoo
    unread = replace(record, unread=frozenset({"city"}))
    assert sync(unread, state(bound("Q1")), Settings(clearing)).merge == Merge(
        agreed={"email": "a@x.example"}
    )


def test_an_old_form_is_told_from_an_edit() -> None:
    odoo = {"email": "a@x.example", "city": "Bonn"}
    known = bound("Q1", odoo=odoo, stale={"city": "Bonn"})
    action = sync(incoming("Q1", "a@x.example"), state(known))
    assert (action.merge.to_odoo, action.merge.to_infor) == ({"city": "Linz"}, {})


# --- whoever must not be mailed and gets another address ----------------------------


@pytest.mark.parametrize("how", ["opted_out", "blacklisted"])
def test_an_opt_out_goes_along_to_the_address_of_the_crm(how: str) -> None:
    known = bound("Q1", address="a@x.example", **{how: True})
    record = incoming("Q1", "new@x.example", opted_out=how == "opted_out")
    action = sync(record, state(known))
    assert action.merge.to_odoo == {"email": "new@x.example"}
    assert (action.opt_out, action.silenced) == ("impose", ("new@x.example",))


def test_an_opt_out_goes_along_to_the_address_of_odoo() -> None:
    odoo = {"email": "new@x.example", "city": "Linz"}
    known = bound("Q1", odoo=odoo, address="new@x.example", opted_out=True)
    action = sync(incoming("Q1", "a@x.example", opted_out=True), state(known))
    assert action.merge.to_infor == {"email": "new@x.example"}
    assert action.opt_out == "impose"
    assert "new@x.example" in action.silenced


def test_an_opt_out_goes_along_where_the_new_address_may_not_travel() -> None:
    odoo = {"email": "new@x.example", "city": "Linz"}
    known = bound("Q1", odoo=odoo, address="new@x.example", opted_out=True)
    rules = {"email": Rule(pull=True, push=False)}
    record = incoming("Q1", "a@x.example", opted_out=True)
    action = sync(record, state(known), Settings(rules))
    assert "new@x.example" in action.silenced
    assert action.opt_out == "impose"


def test_an_address_that_another_contact_has_is_not_put_out_again() -> None:
    other = bound("Q9", contact=9, address="b@x.example")
    given = state(bound("Q1", address="a@x.example", opted_out=True),
                  b=Holder(9, {}, other))  # fmt: skip
    action = sync(incoming("Q1", "b@x.example", opted_out=True), given)
    assert (action.taken_by, action.opt_out) == ("Q9", "unless_lifted")


def test_an_opt_out_that_went_along_is_not_imposed_again() -> None:
    odoo = {"email": "new@x.example", "city": "Linz"}
    known = bound("Q1", odoo=odoo, address="new@x.example", opted_out=True)
    record = incoming("Q1", "a@x.example", opted_out=True)
    action = sync(record, state(replace(known, settled="new@x.example")))
    assert (type(action), action.opt_out) == (Unchanged, "")


def test_what_somebody_lifted_does_not_go_along() -> None:
    known = bound("Q1", address="a@x.example", opted_out=True, lifted=True)
    action = sync(incoming("Q1", "new@x.example", opted_out=True), state(known))
    assert action.opt_out == ""


def test_an_opt_out_that_was_lifted_in_the_crm_is_not_forgotten_by_the_way() -> None:
    action = sync(incoming("Q1", "a@x.example"), state(bound("Q1", opted_out=True)))
    assert action.opted_out


# --- spellings and names --------------------------------------------------------------


def test_another_spelling_of_the_address_travels_nowhere() -> None:
    odoo = {"email": "A@X.example", "city": "Linz"}
    known = bound("Q1", odoo=odoo, address="a@x.example")
    action = sync(incoming("Q1", "a@x.example"), state(known))
    assert isinstance(action, Unchanged)
    assert action.merge.to_infor == {}
