"""The client reads from the practice CRM, on both generations and both lines."""

from __future__ import annotations

import pytest

from lines import Crm, keys
from sdata import codec, errors, urls, where


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
