"""Records created and changed, against the practice CRM on both generations."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infor_crm_simulator import Simulator
from lines import Crm, keys, reached
from sdata import codec, errors, where


def test_a_new_lead_comes_back_with_what_the_server_added(simulator: Crm):
    crm = simulator.client()
    values = {
        "FirstName": "Ada",
        "LastName": "O'Hara-Müller",
        "Company": "Analytical “Engines”",
        "Email": "ada@example.com",
        "Owner": codec.encode("SYST00000001", "reference"),
        "Address": {"City": "Linz", "Country": "Austria"},
    }
    made = crm.create("leads", values)
    assert made.key
    assert made.etag
    again = crm.get("leads", made.key, select=["LastName", "Company", "Address/City"])
    assert again["LastName"] == "O'Hara-Müller"
    assert again["Company"] == "Analytical “Engines”"
    assert again.at("Address/City") == "Linz"
    assert simulator.control.counts()["leads"] == 251


def test_a_change_touches_only_what_it_names(simulator: Crm):
    """PUT merges; None clears; false is a value."""
    crm = simulator.client()
    key = keys(simulator, "contacts", 1)[0]
    before = crm.get("contacts", key)
    values = {"Title": "Queen", "DoNotEmail": False, "Department": None}
    after = crm.update("contacts", key, values)
    assert after.key == key
    assert after.etag != before.etag
    read = crm.get("contacts", key)
    assert (read["Title"], read["DoNotEmail"]) == ("Queen", False)
    assert read["Department"] is None
    assert read["LastName"] == before["LastName"]


def test_an_etag_protects_the_change_of_another(simulator: Crm):
    crm = simulator.client()
    key = keys(simulator, "leads", 1)[0]
    etag = crm.get("leads", key).etag
    crm.update("leads", key, {"Title": "one"}, etag=etag)
    with pytest.raises(errors.PreconditionFailed) as caught:
        crm.update("leads", key, {"Title": "two"}, etag=etag)
    assert not caught.value.maybe_done
    assert crm.get("leads", key)["Title"] == "one"


def test_what_the_rules_of_the_crm_refuse_is_no_fault_of_the_server(simulator: Crm):
    """Too long: said once, not repeated, with the CRM's own words."""
    crm = simulator.client()
    key = keys(simulator, "leads", 1)[0]
    with pytest.raises(errors.RejectedPayload) as caught:
        crm.update("leads", key, {"LastName": "x" * 500})
    assert caught.value.diagnosis
    assert not caught.value.retryable
    assert crm.request_count == 1


def test_a_login_that_may_only_read_is_told_so(simulator: Crm):
    crm = simulator.client("reader", "secret")
    with pytest.raises(errors.RightsRefused):
        crm.create("leads", {"LastName": "Doe", "Company": "x"})
    assert crm.count("leads") == 250


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1
).map(lambda text: codec.text(text).strip()[:30])


@pytest.fixture(scope="module")
def one_crm():
    """One practice CRM for many examples: fresh ones would cost too much."""
    with reached(Simulator(seed=3, leads=3, contacts=3), "in process") as crm:
        yield crm


@settings(max_examples=40)
@given(TEXTS.filter(bool))
def test_any_text_can_be_written_filtered_and_read(one_crm: Crm, value):
    """Quotes, signs of the query language, emoji: nothing gets lost on the way."""
    crm = one_crm.client()
    key = keys(one_crm, "leads", 1)[0]
    crm.update("leads", key, {"Title": value})
    assert codec.decode(crm.get("leads", key)["Title"], "string") == value
    assert crm.count("leads", where.eq("Title", value)) >= 1


@settings(max_examples=40)
@given(
    st.datetimes(
        datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc)
    )
)
def test_any_moment_can_be_written_filtered_and_read(one_crm: Crm, value):
    value = value.replace(microsecond=0)
    crm = one_crm.client()
    key = keys(one_crm, "leads", 1)[0]
    crm.update("leads", key, {"AssignDate": codec.encode(value, "datetime")})
    read = codec.decode(crm.get("leads", key)["AssignDate"], "datetime")
    assert read == value
    window = where.between_dates("AssignDate", value, value + timedelta(seconds=1))
    assert crm.count("leads", where.and_(where.eq("Id", key), window)) == 1
