"""A stranger who knows an address must not overwrite what sales knows."""

from sync.submission import Difference, plan_submission

ADDRESS = ("street", "city", "zip")


def test_blanks_are_filled_and_what_is_known_stays() -> None:
    plan = plan_submission(
        {"phone": "+1 555", "function": "CTO"},
        {"phone": "+49 30", "function": None},
        "fill",
    )
    assert plan.send == {"function": "CTO"}
    assert plan.kept == (Difference("phone", "+1 555", "+49 30"),)
    assert plan.replaced == ()


def test_overwriting_says_what_was_lost() -> None:
    plan = plan_submission(
        {"phone": "+1 555", "function": "CTO"},
        {"phone": "+49 30", "function": ""},
        "overwrite",
    )
    assert plan.send == {"phone": "+1 555", "function": "CTO"}
    assert plan.replaced == (Difference("phone", "+1 555", "+49 30"),)
    assert plan.kept == ()


def test_what_was_left_empty_never_erases() -> None:
    for policy in ("fill", "overwrite"):
        plan = plan_submission({"phone": "", "zip": None}, {"phone": "1"}, policy)
        assert plan == plan_submission({}, {}, policy)


def test_what_is_the_same_is_not_sent() -> None:
    plan = plan_submission({"city": "Rome", "n": 0}, {"city": "Rome", "n": 0}, "fill")
    assert plan.send == {}
    assert plan.kept == ()


def test_no_and_zero_are_values() -> None:
    plan = plan_submission({"a": False, "b": 0}, {"a": True, "b": None}, "fill")
    assert plan.send == {"b": 0}
    assert plan.kept == (Difference("a", False, True),)


def test_half_of_another_address_is_not_filled_in() -> None:
    form = {"street": "1 Main St", "city": "Boston", "phone": "1"}
    known = {"street": None, "city": "Rome", "zip": "00100", "phone": None}
    plan = plan_submission(form, known, "fill", (ADDRESS,))
    assert plan.send == {"phone": "1"}
    assert {one.field for one in plan.kept} == {"street", "city"}


def test_an_address_that_agrees_is_completed() -> None:
    form = {"street": "1 Main St", "city": "Rome"}
    plan = plan_submission(form, {"street": None, "city": "Rome"}, "fill", (ADDRESS,))
    assert plan.send == {"street": "1 Main St"}
