"""Many changes in few calls, and one result for each of them, whatever happens."""

from __future__ import annotations

import pytest

from lines import Crm, keys
from sdata import BatchItem, errors


def changes(found: list[str]) -> list[BatchItem]:
    return [BatchItem("PUT", key, {"Title": f"t{n}"}) for n, key in enumerate(found)]


def assert_titles(crm: Crm, found: list[str]) -> None:
    rows = {row["LEADID"].strip(): row["TITLE"] for row in crm.control.store("leads")}
    assert [rows[key] for key in found] == [f"t{n}" for n in range(len(found))]


def test_batches_change_many_records_in_few_calls(simulator: Crm):
    crm = simulator.client()
    found = keys(simulator, "leads", 230)
    results = crm.batch("leads", changes(found))
    assert [result.key for result in results] == found
    assert {result.error for result in results} == {None}
    assert all(result.etag for result in results)
    assert crm.request_count == 3
    assert_titles(simulator, found)


def test_where_batches_are_refused_single_calls_do_it(simulator: Crm):
    """Found out once per kind; order and results are the same."""
    simulator.control.switches(batch="refused")
    crm = simulator.client()
    found = keys(simulator, "leads", 130)
    results = crm.batch("leads", changes(found))
    assert [(r.key, r.status, r.error) for r in results] == [
        (key, 200, None) for key in found
    ]
    assert_titles(simulator, found)
    before = crm.request_count
    crm.batch("leads", changes(found[:5]))
    assert crm.request_count == before + 5


def test_one_bad_item_is_one_bad_result(simulator: Crm):
    """Created, rejected, missing and changed ones each get their own answer."""
    crm = simulator.client()
    key = keys(simulator, "leads", 1)[0]
    items = [
        BatchItem("POST", values={"LastName": "New", "Company": "C"}),
        BatchItem("PUT", key, {"LastName": "x" * 500}),
        BatchItem("PUT", "QNOBODY00000", {"Title": "x"}),
        BatchItem("PUT", key, {"Title": "ok"}),
        BatchItem("PUT", key, {"Title": "late"}, etag="stale"),
    ]
    results = crm.batch("leads", items)
    assert [type(result.error) for result in results] == [
        type(None),
        errors.RejectedPayload,
        errors.NotFound,
        type(None),
        errors.PreconditionFailed,
    ]
    assert results[0].key
    assert results[1].error.diagnosis
    assert crm.get("leads", key)["Title"] == "ok"


@pytest.mark.parametrize("fault", ["drop_after", "truncate", "html_503", "error_200"])
def test_a_batch_that_fails_as_a_whole_leaves_no_item_without_result(
    simulator: Crm, fault
):
    """A creation is never sent twice: its result says "maybe done"."""
    crm = simulator.client()
    key = keys(simulator, "leads", 1)[0]
    simulator.control.fault(match="$batch", fault=fault)
    items = [
        BatchItem("POST", values={"LastName": "Once", "Company": "C"}),
        BatchItem("PUT", key, {"Title": "t0"}),
    ]
    results = crm.batch("leads", items)
    assert results[0].error
    if fault != "html_503":
        assert results[0].error.maybe_done
    made = simulator.control.store("leads", "LASTNAME='Once'")
    assert len(made) <= 1
    if fault in ("drop_after", "error_200"):
        assert len(made) == 1


@pytest.mark.parametrize("fault", ["drop_after", "truncate", "html_503", "error_200"])
def test_a_batch_of_changes_survives_a_fault(simulator: Crm, fault):
    """Writing values twice is harmless, so they are sent again until they are in."""
    crm = simulator.client()
    found = keys(simulator, "leads", 8)
    simulator.control.fault(match="$batch", fault=fault, count=1)
    assert [result.error for result in crm.batch("leads", changes(found))] == [None] * 8
    assert_titles(simulator, found)


def test_a_refused_login_ends_a_batch_with_one_failed_login(simulator: Crm):
    simulator.control.switches(login_failure="401")
    crm = simulator.client("lee", "wrong")
    results = crm.batch("leads", changes(["Q1", "Q2"] * 150))
    assert {type(result.error) for result in results} == {errors.CredentialsRefused}
    assert simulator.failed_logins() == 1


def test_rows_are_never_deleted():
    """The only verbs of an item."""
    for method, key in (("DELETE", "Q1"), ("PUT", ""), ("POST", "Q1")):
        with pytest.raises(ValueError, match="creates"):
            BatchItem(method, key)
