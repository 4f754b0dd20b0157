"""Groups and their members, on both generations and both lines."""

from __future__ import annotations

import pytest

from lines import Crm
from sdata import AdHocMembers, GroupInfo, errors
from sdata.groups import Groups

FAULTS = [
    {"fault": "drop_rows", "rows": 3, "probability": 0.4},
    {"fault": "shrink_page", "probability": 0.4},
    {"fault": "repeat_page", "probability": 0.3},
    {"fault": "empty_feed", "count": 1},
    {"fault": "half_feed", "count": 1},
    {"fault": "no_next"},
    {"fault": "error_200", "probability": 0.3},
    {"fault": "html_503", "probability": 0.3},
    {"fault": "cut_json", "probability": 0.3},
]


def named(fault: dict) -> str:
    return "-".join(str(value) for value in fault.values())


def group(crm: Crm, family: str, name: str, user: str = "admin") -> GroupInfo:
    password = "" if user == "admin" else "secret"
    found = crm.client(user, password).groups(family)
    return next(one for one in found if one.name == name)


def members(crm: Crm, family: str, name: str, page_size: int = 20) -> list[str]:
    found = group(crm, family, name)
    with crm.client().group_members(found, page_size=page_size) as pages:
        keys = [row.key for page in pages for row in page.records]
        assert pages.complete
    assert len(keys) == len(set(keys))
    return keys


def stored(crm: Crm, table: str, where: str = "1") -> list[str]:
    sql = f"SELECT {table}ID AS KEY FROM {table} WHERE {where}"
    return sorted(row["KEY"].strip() for row in crm.control.sql(sql)["rows"])


def listed(crm: Crm, found: GroupInfo) -> list[str]:
    sql = "SELECT ENTITYID FROM ADHOCGROUP WHERE GROUPID = ?"
    return sorted(row["ENTITYID"] for row in crm.control.sql(sql, [found.key])["rows"])


def test_groups_of_a_family_come_by_name_whatever_its_case(simulator: Crm):
    """And each once: of two releases the newest."""
    found = simulator.client().groups("Lead")
    names = [one.name for one in found]
    assert names == [
        "All Leads",
        "Leads with E-mail",
        "My Leads",
        "New Leads",
        "Trade Show Visitors",
    ]
    assert [one.version for one in found] == [1, 2, 1, 1, 1]
    assert [one.ad_hoc for one in found] == [False] * 4 + [True]
    hidden = [one.name for one in simulator.client().groups("contact") if one.hidden]
    assert hidden == ["Old Prospects"]


def test_a_login_sees_its_own_groups_and_those_released_to_it(simulator: Crm):
    names = {one.name for one in simulator.client("lee", "secret").groups("Contact")}
    assert "Lee's Visits" in names
    everybody = {
        one.name for one in simulator.client("noleads", "secret").groups("Contact")
    }
    assert "Lee's Visits" not in everybody
    assert "Newsletter" in everybody


def test_more_groups_than_a_page_are_all_listed(simulator: Crm):
    simulator.control.switches(page_cap=3)
    assert len(simulator.client().groups("Contact")) == 9


def test_a_server_without_functions_in_filters_lists_them_too(simulator: Crm):
    simulator.control.fault(match="upper(family)", fault="status", status=400)
    assert len(simulator.client().groups("Lead")) == 5


def test_a_server_without_groups_says_so(simulator: Crm):
    simulator.control.fault(match="system/-/groups", fault="status", status=404)
    with pytest.raises(errors.KindNotFound) as caught:
        simulator.client().groups("Lead")
    assert caught.value.facts["kind"] == "groups"


def test_an_ad_hoc_group_comes_with_the_keys_of_deleted_members(simulator: Crm):
    found = group(simulator, "Lead", "Trade Show Visitors")
    keys = members(simulator, "Lead", "Trade Show Visitors")
    assert sorted(keys) == listed(simulator, found)
    assert len(set(keys) - set(stored(simulator, "LEAD"))) == 1


def test_a_query_group_is_read_behind_its_last_key(simulator: Crm):
    simulator.control.clear_requests()
    keys = members(simulator, "Lead", "New Leads")
    assert sorted(keys) == stored(simulator, "LEAD", "STATUS = 'New'") != []
    asked = [line["query"] for line in simulator.control.requests()]
    assert not any("startIndex" in one for one in asked if "groups('" in one)


def test_a_query_group_can_be_resumed(simulator: Crm):
    found = group(simulator, "Contact", "All Contacts")
    with simulator.client().group_members(found, page_size=25) as pages:
        first = next(pages)
    after = first.last_key
    with simulator.client().group_members(found, after, page_size=25) as pages:
        rest = [row.key for page in pages for row in page.records]
    assert sorted([row.key for row in first.records] + rest) == stored(
        simulator, "CONTACT"
    )


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_lossy_execute_still_names_every_member(simulator: Crm, fault):
    simulator.control.fault(match="$queries/execute", **fault)
    assert sorted(members(simulator, "Lead", "All Leads")) == stored(simulator, "LEAD")


def test_rows_that_cannot_be_asked_for_by_key_are_read_by_position(simulator: Crm):
    """Again and again, until the count is reached."""
    simulator.control.fault(match="orderBy=LEADID", fault="status", status=400)
    simulator.control.fault(match="execute", fault="drop_rows", rows=2, probability=0.3)
    assert sorted(members(simulator, "Lead", "All Leads")) == stored(simulator, "LEAD")


def test_a_list_of_ids_that_is_cut_is_completed_by_the_rows(simulator: Crm):
    """More rows shown than ids told: both together are the group."""
    found = group(simulator, "Contact", "Newsletter")
    groups = Groups(simulator.client().door)
    pages = AdHocMembers(
        lambda: (groups.ids(found) or [])[:7],
        lambda: groups.count(found),
        lambda: groups.rows(found),
    )
    keys = [row.key for page in pages for row in page.records]
    assert sorted(keys) == sorted(
        set(listed(simulator, found)) & set(stored(simulator, "CONTACT"))
    )
    assert "missing" in {notice.what for notice in pages.notices}


def test_a_deleted_group_is_not_found(simulator: Crm):
    for name in ("Trade Show Visitors", "New Leads"):
        found = group(simulator, "Lead", name)
        simulator.control.sql("DELETE FROM PLUGIN WHERE PLUGINID = ?", [found.key])
        with pytest.raises(errors.NotFound):
            list(simulator.client().group_members(found))


def test_the_number_of_members_is_counted(simulator: Crm):
    found = group(simulator, "Contact", "All Contacts")
    assert simulator.client().group_count(found) == 120


# --- records by key ---------------------------------------------------------------


def test_records_come_in_the_order_of_their_keys_and_the_missing_are_named(
    simulator: Crm,
):
    keys = stored(simulator, "LEAD")
    asked = [*keys[:150], "QGONE0000001", *keys[150:]]
    with simulator.client().read_members("leads", asked, ["Email"], 60) as reader:
        pages = list(reader)
    assert [row.key for page in pages for row in page.records] == keys
    assert [key for page in pages for key in page.missing] == ["QGONE0000001"]
    assert [page.last for page in pages] == [False] * 4 + [True]
    assert pages[-1].last_key == asked[-1]
    assert reader.complete


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_lossy_answers_make_nobody_missing(simulator: Crm, fault):
    simulator.control.fault(match="dynamic/-/leads", **fault)
    keys = stored(simulator, "LEAD")
    with simulator.client().read_members("leads", keys, ["Email"]) as reader:
        pages = list(reader)
    assert [row.key for page in pages for row in page.records] == keys
    assert not any(page.missing for page in pages)


def test_hidden_records_are_missing(simulator: Crm):
    keys = stored(simulator, "LEAD")
    client = simulator.client("dora", "secret")
    visible = client.count("leads")
    assert 0 < visible < len(keys)
    with client.read_members("leads", keys) as reader:
        pages = list(reader)
    assert sum(len(page.records) for page in pages) == visible
    assert sum(len(page.missing) for page in pages) == len(keys) - visible
