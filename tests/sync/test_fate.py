"""What became of a linked record that the login no longer finds."""

from __future__ import annotations

import pytest

from sync import (
    NONE_OF_THEM,
    AskConversion,
    Candidate,
    Converted,
    Evidence,
    Gone,
    Linked,
    StillThere,
    plan_fate,
)

LEAD, CONTACT = Linked("lead", "Q1"), Linked("contact", "C1")
ANN, BEN = Candidate("contact", "C7"), Candidate("contact", "C8")


def test_it_is_found() -> None:
    assert plan_fate(LEAD, Evidence(True)) == StillThere()


def test_it_reappeared_and_relinks() -> None:
    fate = plan_fate(Linked("lead", "Q1", gone=True), Evidence(True))
    assert fate == StillThere(relink=True)


@pytest.mark.parametrize("gone", [False, True])
def test_an_answer_that_was_cut_short_proves_nothing(gone: bool) -> None:
    everything = Evidence(None, True, True, {"Q1": "C7"}, (ANN,))
    fate = plan_fate(Linked("lead", "Q1", gone), everything)
    assert fate == (Gone() if gone else StillThere())


def test_no_longer_found_is_gone_and_no_more_is_claimed() -> None:
    fate = plan_fate(CONTACT, Evidence(False))
    assert fate == Gone("not_found")
    assert (fate.pushes, fate.mails) == (False, False)


@pytest.mark.parametrize("proof", [{"sees_all": True}, {"deleted_row": True}])
def test_deleted_is_claimed_on_evidence(proof: dict) -> None:
    assert plan_fate(CONTACT, Evidence(False, **proof)) == Gone("deleted")


def test_a_lead_was_converted_says_its_history() -> None:
    fate = plan_fate(LEAD, Evidence(False, history={"Q1": "C7"}, deleted_row=True))
    assert fate == Converted("C7", "history")
    assert (fate.pushes, fate.mails) == (True, True)


@pytest.mark.parametrize("history", [{}, {"Q1": ""}, {"Q2": "C7"}])
def test_history_that_knows_of_no_conversion_goes_before_the_address(history) -> None:
    assert plan_fate(LEAD, Evidence(False, history=history, contacts=(ANN,))) == Gone()


def test_without_history_a_unique_address_proves_it() -> None:
    lead = Candidate("lead", "Q9")
    fate = plan_fate(LEAD, Evidence(False, contacts=(ANN, lead, ANN)))
    assert fate == Converted("C7", "address")


def test_several_contacts_with_the_address_are_a_question() -> None:
    fate = plan_fate(LEAD, Evidence(False, contacts=(BEN, ANN)))
    assert fate == AskConversion((ANN, BEN))
    assert (fate.pushes, fate.mails) == (False, False)


def test_nobody_with_the_address_is_gone() -> None:
    assert plan_fate(LEAD, Evidence(False)) == Gone()


def test_a_person_decides() -> None:
    several = (ANN, BEN)
    fate = plan_fate(LEAD, Evidence(False, contacts=several, decided="C8"))
    assert fate == Converted("C8", "decision")
    fate = plan_fate(LEAD, Evidence(False, contacts=several, decided=NONE_OF_THEM))
    assert fate == Gone()


def test_a_decision_for_a_contact_that_is_gone_is_asked_again() -> None:
    fate = plan_fate(LEAD, Evidence(False, contacts=(ANN, BEN), decided="C9"))
    assert isinstance(fate, AskConversion)


def test_a_contact_is_never_converted() -> None:
    assert plan_fate(CONTACT, Evidence(False, contacts=(ANN,))) == Gone()
