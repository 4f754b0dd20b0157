"""An opt-out on either side is one on both, and no sync lifts it."""

from __future__ import annotations

from itertools import product

import pytest

from sync import Flags, Resolution, decide, plan_consent

OUT, IN = True, False
BOTH, NEITHER = Flags(OUT, OUT), Flags(IN, IN)
ODOO_ONLY, CRM_ONLY = Flags(OUT, IN), Flags(IN, OUT)
ALL = [Flags(*pair) for pair in product((OUT, IN), repeat=2)]


def test_at_the_first_meeting_either_side_takes_both_out() -> None:
    plan = plan_consent(None, ODOO_ONLY)
    assert (plan.impose_odoo, plan.impose_infor, plan.ask) == (False, True, "")
    plan = plan_consent(None, CRM_ONLY)
    assert (plan.impose_odoo, plan.impose_infor, plan.ask) == (True, False, "")
    assert plan.base == BOTH


@pytest.mark.parametrize("base", [None, NEITHER, BOTH])
def test_nothing_new_asks_for_nothing(base: Flags | None) -> None:
    plan = plan_consent(base, base or NEITHER)
    assert plan.nothing
    assert plan.base == (base or NEITHER)


def test_blacklisted_in_odoo_sets_do_not_email() -> None:
    plan = plan_consent(NEITHER, ODOO_ONLY)
    assert (plan.impose_infor, plan.base) == (True, BOTH)


def test_set_in_the_crm_blacklists_in_odoo() -> None:
    plan = plan_consent(NEITHER, CRM_ONLY)
    assert (plan.impose_odoo, plan.base) == (True, BOTH)


def test_while_the_crm_has_not_taken_it_it_is_planned_again() -> None:
    plan = plan_consent(NEITHER, ODOO_ONLY)
    assert plan_consent(plan.meanwhile, ODOO_ONLY).impose_infor


def test_lifted_in_odoo_asks_once_and_is_not_imposed_again_meanwhile() -> None:
    plan = plan_consent(BOTH, CRM_ONLY)
    assert (plan.impose_odoo, plan.impose_infor) == (False, False)
    assert plan.ask == "clear_do_not_email"
    assert plan_consent(plan.base, CRM_ONLY).nothing


def test_lifted_in_the_crm_asks_once_and_is_not_imposed_again_meanwhile() -> None:
    plan = plan_consent(BOTH, ODOO_ONLY)
    assert plan.ask == "lift_blacklist"
    assert not plan.impose_infor
    assert plan_consent(plan.base, ODOO_ONLY).nothing


def test_lifted_on_both_sides_needs_no_question() -> None:
    assert plan_consent(BOTH, NEITHER).nothing
    assert plan_consent(BOTH, NEITHER).base == NEITHER


def test_opted_out_again_where_it_was_lifted_holds_on_both_sides() -> None:
    lifted = plan_consent(BOTH, CRM_ONLY).base
    plan = plan_consent(lifted, BOTH)
    assert (plan.nothing, plan.base) == (True, BOTH)


def test_newly_set_on_one_side_while_lifted_on_the_other_is_imposed() -> None:
    plan = plan_consent(CRM_ONLY, ODOO_ONLY)
    assert (plan.impose_infor, plan.ask) == (True, "")
    plan = plan_consent(ODOO_ONLY, CRM_ONLY)
    assert (plan.impose_odoo, plan.ask) == (True, "")


def test_a_moved_address_is_no_lifting_and_takes_the_opt_out_along() -> None:
    plan = plan_consent(BOTH, CRM_ONLY, moved=True)
    assert (plan.impose_odoo, plan.ask, plan.base) == (True, "", BOTH)


def test_moved_before_the_crm_knew_of_the_opt_out_it_comes_along_too() -> None:
    plan = plan_consent(NEITHER, NEITHER, moved=True, left=True)
    assert (plan.impose_odoo, plan.impose_infor) == (True, True)


def test_moved_while_the_crm_lifted_it_stays_out_and_asks() -> None:
    plan = plan_consent(BOTH, NEITHER, moved=True)
    assert (plan.impose_odoo, plan.ask) == (True, "lift_blacklist")


def test_a_connector_that_keeps_blacklistings_to_itself_sends_nothing() -> None:
    plan = plan_consent(NEITHER, ODOO_ONLY, may_push=False)
    assert plan.nothing
    # switched on later, what waited is sent
    assert plan_consent(plan.base, ODOO_ONLY).impose_infor


@pytest.mark.parametrize("base", [None, *ALL])
@pytest.mark.parametrize("now", ALL)
@pytest.mark.parametrize(("moved", "left"), [(0, 0), (1, 0), (1, 1)])
def test_no_plan_lifts_and_a_second_one_is_empty(base, now, moved, left) -> None:
    plan = plan_consent(base, now, bool(moved), bool(left))
    after = Flags(now.odoo or plan.impose_odoo, now.infor or plan.impose_infor)
    assert plan.base == after
    assert plan_consent(plan.base, after).nothing


# --- what a person decided ------------------------------------------------------------


def test_clear_do_not_email() -> None:
    done = decide("clear_do_not_email", "lift", CRM_ONLY)
    assert done == Resolution(lift_infor=True, base=NEITHER)


def test_lift_the_blacklist() -> None:
    done = decide("lift_blacklist", "lift", ODOO_ONLY)
    assert done == Resolution(lift_odoo=True, base=NEITHER)


@pytest.mark.parametrize(
    ("question", "now"),
    [("clear_do_not_email", CRM_ONLY), ("lift_blacklist", ODOO_ONLY)],
)
def test_keep_leaves_both_as_they_are_and_is_not_asked_again(question, now) -> None:
    done = decide(question, "keep", now)
    assert done == Resolution(base=now)
    assert plan_consent(done.base, now).nothing


def test_impose_sets_it_again_where_it_was_lifted() -> None:
    done = decide("clear_do_not_email", "impose", CRM_ONLY)
    assert done == Resolution(impose_odoo=True, base=BOTH)
    done = decide("lift_blacklist", "impose", ODOO_ONLY)
    assert done == Resolution(impose_infor=True, base=BOTH)


@pytest.mark.parametrize("now", [BOTH, NEITHER, ODOO_ONLY])
def test_who_opted_out_meanwhile_is_not_opted_in_by_an_old_decision(now) -> None:
    done = decide("clear_do_not_email", "lift", now)
    assert done == Resolution(base=now, void=True)
