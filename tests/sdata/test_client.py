"""The client against the practice CRM, on both generations and both lines."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infor_crm_simulator import Simulator
from lines import Crm, reached
from sdata import BatchItem, codec, errors, urls, where


def keys(crm: Crm, kind: str, count: int = 5) -> list[str]:
    column = {"leads": "LEADID", "contacts": "CONTACTID"}[kind]
    return [row[column].strip() for row in crm.control.store(kind)][:count]


def test_who_is_logged_in_and_which_generation(simulator: Crm, generation):
    """Ids come padded; a list of secured actions means generation 8."""
    me = simulator.client("lee", "secret").who_am_i()
    assert (me.user_name, me.pretty_name) == ("lee", "Lee Hogan")
    assert me.user_id == me.user_id.strip() != ""
    assert me.generation == {"8": "8", "7.5.4": "7.5"}[generation]
    assert (me.secured_actions is None) == (generation == "7.5.4")
    assert simulator.client().who_am_i().user_id == "ADMIN"


@pytest.mark.parametrize("kind", ["leads", "contacts", "accounts"])
def test_all_records_of_a_kind_are_read(simulator: Crm, kind):
    """As many, and the same, as lie in the tables."""
    expected = simulator.control.counts()[kind]
    crm = simulator.client()
    assert crm.count(kind) == expected
    with crm.read(kind, select=["Email"], page_size=40) as pages:
        assert pages.expected == expected
        found = [record.key for page in pages for record in page.records]
    assert len(found) == len(set(found)) == expected == pages.seen
    assert pages.notices == ()
    assert pages.complete


@pytest.mark.parametrize("read_ahead", [0, 1, 4])
def test_reading_ahead_changes_nothing_but_time(simulator: Crm, read_ahead):
    crm = simulator.client()
    with crm.read("leads", page_size=30, read_ahead=read_ahead) as pages:
        sizes = [(page.number, len(page.records), page.last) for page in pages]
    assert sizes == [(n, 30, False) for n in range(1, 9)] + [(9, 10, True)]


def test_a_read_can_be_left_early_and_resumed(simulator: Crm):
    """Behind the last key of any page; closing stops reading ahead."""
    crm = simulator.client()
    with crm.read("contacts", page_size=25) as pages:
        first = next(pages)
    with crm.read("contacts", after=first.last_key, page_size=25) as rest:
        found = [record.key for page in rest for record in page.records]
    assert len(found) == 120 - 25
    assert not {record.key for record in first.records} & set(found)
    with pytest.raises(StopIteration):
        next(pages)


def test_ranges_of_keys_can_be_read_apart(simulator: Crm):
    """A large import splits the key range; the parts are the whole."""
    crm = simulator.client()
    middle = keys(simulator, "leads", 250)[99]
    parts = [
        [r.key for page in crm.read("leads", **part) for r in page.records]
        for part in ({"upto": middle}, {"after": middle})
    ]
    assert [len(part) for part in parts] == [100, 150]
    assert not set(parts[0]) & set(parts[1])


def test_nothing_to_read(simulator: Crm):
    crm = simulator.client()
    with crm.read("leads", where="LastName eq 'Nobody at all'") as pages:
        assert pages.expected == 0
        assert list(pages) == []


def test_filters_with_an_or_stay_in_their_brackets(simulator: Crm):
    """The cursor must not bind to the second half of an or."""
    crm = simulator.client()
    clause = where.or_("LastNameUpper lt 'M'", "LastNameUpper ge 'M'")
    with crm.read("leads", where=clause, page_size=20) as pages:
        assert sum(len(page.records) for page in pages) == 250


def test_long_lists_of_keys_are_asked_in_portions(simulator: Crm):
    wanted = keys(simulator, "leads", 230)
    crm = simulator.client()
    found = [record.key for record in crm.read_keys("leads", [*wanted, "Qnone"])]
    assert sorted(found) == sorted(wanted)


def test_questions_too_long_for_an_address_are_answered(simulator: Crm):
    """They travel as POST with an override."""
    wanted = keys(simulator, "leads", 200)
    crm = simulator.client()
    assert crm.count("leads", where.in_("Id", wanted)) == 200
    assert simulator.control.requests()[-1]["method"] == "POST"


def test_one_record_with_parts_of_its_address(simulator: Crm):
    key = keys(simulator, "leads", 1)[0]
    crm = simulator.client()
    record = crm.get("leads", key, select=["LastName", "Address/City"])
    city = simulator.control.store("leads", f"LEADID='{key}'")[0]
    assert record.key == key
    assert record["lastname"] == city["LASTNAME"]
    assert record.at("Address/City")
    assert record.etag
    assert record.descriptor
    whole = crm.get("leads", key, include=["Address"])
    assert whole.at("Address/City") == record.at("Address/City")
    assert whole.updated == codec.decode(whole["ModifyDate"], "datetime")


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_record_that_is_gone_or_hidden_is_not_found(simulator: Crm, status):
    """Whatever the status: the message is what counts."""
    simulator.control.switches(missing_status=status)
    with pytest.raises(errors.NotFound) as caught:
        simulator.client().get("leads", "QNOBODY00000")
    assert (caught.value.kind, caught.value.key) == ("leads", "QNOBODY00000")


def test_a_feed_that_is_not_there_is_told_as_such(simulator: Crm):
    with pytest.raises(errors.KindNotFound):
        simulator.client().count("unicorns")


def test_a_filter_the_server_does_not_understand(simulator: Crm):
    """Told at once and never repeated."""
    crm = simulator.client()
    with pytest.raises(errors.BadRequest) as caught:
        crm.count("leads", "NoSuchField eq 1")
    assert "NoSuchField" in caught.value.diagnosis
    assert crm.request_count == 1
    with pytest.raises(errors.BadRequest):
        list(crm.read("leads", where="(Id eq"))


def test_a_feed_that_fails_over_select_is_read_without(simulator: Crm):
    """Found out once; later reads of the kind do not try again."""
    simulator.control.switches(select_users_500=True)
    crm = simulator.client()
    with crm.read("users", select=["UserName", "UserInfo/LastName"]) as pages:
        users = [record for page in pages for record in page.records]
    assert "lee" in {user["UserName"] for user in users}
    assert any(user.at("UserInfo/LastName") for user in users)
    before = crm.request_count
    list(crm.read("users", select=["UserName"], cross_check=False))
    assert crm.request_count == before + 1


def test_a_passing_fault_is_not_taken_for_a_refused_select(simulator: Crm):
    """The second try is the same question; later pages stay slim."""
    crm = simulator.client()
    simulator.control.fault(match="/leads", fault="status", status=500, count=1, skip=1)
    with crm.read("leads", select=["Email"], page_size=100) as pages:
        records = [record for page in pages for record in page.records]
    assert len(records) == 250
    assert all("Company" not in record for record in records)


def test_unknown_names_in_select_do_not_stop_a_read(simulator: Crm):
    """A vanished field costs that field, also where the server complains."""
    simulator.control.switches(unknown_select="error")
    with simulator.client().read("leads", select=["Email", "Vanished"]) as pages:
        records = [record for page in pages for record in page.records]
    assert len(records) == 250
    assert "Email" in records[0]


# --- writing ----------------------------------------------------------------------


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


# --- batches ----------------------------------------------------------------------


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


# --- fields and lists ----------------------------------------------------------------


def by_name(found) -> dict:
    return {info.name: info for info in found}


def test_fields_come_with_all_their_facts(simulator: Crm):
    """Standard and custom ones, labels, types, lengths, picklists."""
    leads = by_name(simulator.client().fields("leads"))
    email = leads["Email"]
    assert (email.type, email.max_length, email.read_only) == ("string", 128, False)
    assert (email.source, email.custom) == ("properties", False)
    assert leads["DoNotEmail"].type == "boolean"
    assert leads["CreateDate"].type == "datetime"
    assert leads["Notes"].type == "memo"
    assert leads["Owner"].type == "reference"
    assert leads["LeadFullName"].read_only
    assert leads["Address/City"].max_length == 32
    assert any(info.custom for info in leads.values())
    assert any(info.picklist for info in leads.values())
    assert "Id" not in leads


@pytest.mark.parametrize(
    ("switches", "user", "source", "length"),
    [
        ({}, "lee", "properties", 128),
        ({}, "nometa", "schema", 128),
        ({"metadata": "refused"}, "lee", "schema", 128),
        ({"schema_lengths": False}, "nometa", "schema", None),
        ({"schema": "refused"}, "nometa", "template", None),
        ({"schema": "refused"}, "lee", "properties", 128),
    ],
)
def test_fields_are_found_wherever_the_login_may_look(
    simulator: Crm, switches, user, source, length
):
    simulator.control.switches(**switches)
    leads = by_name(simulator.client(user, "secret").fields("leads"))
    email = leads["Email"]
    assert (email.source, email.max_length) == (source, length)
    assert leads["LastName"].name == "LastName"
    assert leads["Address/City"].type == "string"
    assert leads["DoNotEmail"].name


def test_fields_of_contacts_and_accounts(simulator: Crm):
    crm = simulator.client()
    assert {"Email3", "DoNotFax", "Address/City"} <= set(
        by_name(crm.fields("contacts"))
    )
    assert {"AccountName", "Revenue"} <= set(by_name(crm.fields("accounts")))


def test_passwords_of_the_crm_are_never_offered(simulator: Crm):
    """The contact entity may expose web passwords."""
    crm = simulator.client()
    for kind in ("contacts", "users", "accounts"):
        for info in crm.fields(kind):
            assert "password" not in info.name.lower()
            assert "pinnumber" not in info.name.lower()


def test_a_kind_without_any_description_raises_what_was_said(simulator: Crm):
    with pytest.raises((errors.KindNotFound, errors.NotFound)):
        simulator.client().fields("unicorns")


def test_picklists_come_in_the_administrators_order(simulator: Crm):
    crm = simulator.client()
    stored = simulator.control.state.picklists.by_name["Title"].items
    assert [item.text for item in crm.picklist("Title")] == [i.text for i in stored]
    with pytest.raises(errors.NotFound):
        crm.picklist("O'Neill's list")


def test_permissions_are_told_where_the_generation_tells(simulator: Crm, generation):
    told = generation == "8"
    may = simulator.client("lee", "secret").permissions("leads")
    assert (may.create, may.update) == (("yes",) * 2 if told else ("unknown",) * 2)
    may = simulator.client("reader", "secret").permissions("leads")
    assert (may.create, may.update) == (("no",) * 2 if told else ("unknown",) * 2)


def test_restricted_fields_are_told(simulator: Crm):
    simulator.control.users(
        lee={"locked_fields": ["Lead.Title"], "hidden_fields": ["Lead.Email"]}
    )
    may = simulator.client("lee", "secret").permissions("leads")
    if may.read_only_fields or may.hidden_fields:
        assert may.read_only_fields == {"Title"}
        assert may.hidden_fields == {"Email"}


def test_the_clock_of_the_server_is_measured(simulator: Crm):
    crm = simulator.client()
    assert crm.server_clock_skew is None
    crm.who_am_i()
    assert crm.server_clock_skew is None or abs(crm.server_clock_skew) < 30


def test_requests_and_addresses_are_counted_and_full(simulator: Crm):
    crm = simulator.client()
    crm.count("leads")
    assert crm.request_count == 1
    assert crm.base_url == f"{urls.candidates(simulator.url)[0]}"
