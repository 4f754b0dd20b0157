"""Groups of the system contract (docs/sdata.md 8.12)."""

from __future__ import annotations

import pytest

GROUPS = "/sdata/slx/system/-/groups"
NEWSLETTER = f"{GROUPS}('pSIMA0000008')"
IDS = {"include": "adHocIds"}


def named(crm, name, **params):
    return crm.rows(GROUPS, where=f"name eq '{name}'", **params)


def etag(crm, path=NEWSLETTER):
    return {"If-Match": crm.get(path)["$etag"]}


def ids(crm, path=NEWSLETTER):
    return crm.get(path, **IDS)["adHocIds"]


def execute(crm, name="pSIMA0000008", **params):
    return crm.get(f"{GROUPS}('{name}')/$queries/execute", **params)


def test_ad_hoc_groups_of_a_family_are_listed_with_their_members(crm):
    where = "isAdHoc and upper(family) eq 'CONTACT'"
    groups = crm.rows(GROUPS, where=where, count=100, **IDS)
    assert [group["name"] for group in groups] == ["Newsletter", "Lee's Visits"]
    assert all(group["$key"].startswith("p") for group in groups)
    assert groups[0]["pluginId"] == groups[0]["$key"]
    assert groups[0]["adHocIds"][:2] == ["CSIMA0000003", "CSIMA0000006"]
    assert all("adHocIds" not in group for group in crm.rows(GROUPS))


def test_families_come_in_any_case(crm):
    families = {group["family"] for group in crm.rows(GROUPS)}
    assert families == {"Lead", "LEAD", "Contact", "CONTACT", "Account"}


def test_a_group_is_found_by_predicate(crm):
    one = crm.get(f"{GROUPS}(family eq 'Account' and name eq 'All Accounts')")
    assert (one["name"], one["isAdHoc"], one["mainTable"]) == (
        "All Accounts",
        False,
        "ACCOUNT",
    )
    missing = crm.get(f"{GROUPS}(name eq 'None')", status=404)
    assert crm.message(missing) == "Entity does not exist"


def test_a_name_may_have_several_releases(crm):
    groups = named(crm, "Leads with E-mail")
    assert [group["version"] for group in groups] == [1, 2]
    params = {"_family": "Lead", "_name": "Leads with E-mail"}
    newest = crm.get(f"{GROUPS}/$queries/execute", **params)
    assert newest["$totalResults"] == execute(crm, groups[1]["$key"])["$totalResults"]


def test_executing_an_ad_hoc_group_shows_its_living_members_only(crm):
    found = execute(crm, count=100, select="CONTACTID,LASTNAME,EMAIL")
    living = [key for key in ids(crm) if crm.control.store("contacts", in_key(key))]
    assert [row["CONTACTID"] for row in found["$resources"]] == living
    assert found["$totalResults"] == len(living) == 20
    assert set(found["$resources"][0]) == {
        "$descriptor",
        "CONTACTID",
        "LASTNAME",
        "EMAIL",
    }


def in_key(key):
    return f"CONTACTID = '{key}'"


def test_ids_of_deleted_members_linger_unless_switched(crm):
    before = ids(crm)
    assert len(before) == 21
    crm.send("DELETE", f"contacts('{before[0]}')", None)
    assert ids(crm) == before
    crm.control.switches(adhoc_deleted="removed")
    assert ids(crm) == before[1:-1]


def test_a_query_group_follows_the_data(crm):
    (group,) = named(crm, "Customers of Germany")
    before = execute(crm, group["$key"])["$totalResults"]
    contact = crm.rows("contacts", where="Address.Country eq 'USA'", count=1)[0]
    address = contact["Address"]["$key"]
    crm.send("PUT", f"addresses('{address}')", {"Country": "Germany"})
    found = execute(crm, group["$key"], count=100)
    assert found["$totalResults"] == before + 1
    assert contact["$key"] in {row["CONTACTID"] for row in found["$resources"]}
    assert {row["COUNTRY"] for row in found["$resources"]} <= {"Germany", "Deutschland"}


def test_rows_have_aliases_in_capitals_letters_for_booleans_and_iso_dates(crm):
    crm.control.sql("UPDATE CONTACT SET DONOTEMAIL = 1, CREATEDATE = 1371247200000")
    row = execute(crm, count=1)["$resources"][0]
    plain = {name for name in row if not name.startswith("$")}
    assert all(name.isupper() for name in plain)
    assert row["DONOTEMAIL"] == "T"
    assert row["CREATEDATE"] == "2013-06-14T22:00:00Z"
    assert row["SECCODEIDNAME"]
    assert row["STATUSTEXT"] == row["STATUS"]
    crm.control.switches(group_dates="date")
    assert execute(crm, count=1)["$resources"][0]["CREATEDATE"].startswith("/Date(")


def test_where_and_order_speak_of_aliases(crm):
    crm.control.sql("UPDATE CONTACT SET DONOTEMAIL = (CONTACTID > 'CSIMA000000L')")
    found = execute(
        crm,
        select="LASTNAME,DONOTEMAIL",
        where="DONOTEMAIL eq 'F' and CONTACTID gt 'CSIMA0000006'",
        orderBy="LASTNAME desc",
    )["$resources"]
    names = [row["LASTNAME"].lower() for row in found]
    assert len(found) == 5
    assert names == sorted(names, reverse=True)
    execute(crm, where="LastTouched eq 1", status=500)
    by_property = execute(crm, where="DoNotEmail eq true", status=500)
    assert by_property[0]["severity"] == "Error"


def test_a_group_is_read_page_by_page(crm):
    path = f"{GROUPS}/$queries/execute"
    params = {"_groupId": "pSIMA0000007", "select": "CONTACTID", "count": 25}
    feed, found = crm.get(path, **params), []
    while feed:
        found += [row["CONTACTID"] for row in feed["$resources"]]
        feed = crm.get(feed["$next"].removeprefix(crm.url)) if "$next" in feed else None
    assert len(set(found)) == len(found) == 60


def test_an_ad_hoc_group_is_created_with_its_members(crm):
    body = {"family": "Account", "name": "Test", "adHocIds": ["ASIMA0000001"]}
    made = crm.send("POST", GROUPS, body, 201, params=IDS)
    assert (made["isAdHoc"], made["displayName"]) == (True, "Test")
    assert made["adHocIds"] == ["ASIMA0000001"]
    assert execute(crm, made["$key"])["$totalResults"] == 1
    crm.send("POST", GROUPS, {"family": "Nothing", "name": "x"}, 500)
    crm.send("POST", GROUPS, {"family": "Account"}, 500)
    crm.send("POST", GROUPS, {**body, "adHocIds": "ASIMA0000001"}, 400)


@pytest.mark.parametrize(
    ("form", "members"),
    [
        ("replace", ["CSIMA0000001", "CSIMA0000006"]),
        ("merge", ["CSIMA0000003", "CSIMA0000006", "CSIMA0000001"]),
    ],
)
def test_adhoc_ids_of_a_put_replace_or_join_the_members(crm, form, members):
    crm.control.switches(adhoc_put=form)
    crm.control.sql(
        "DELETE FROM ADHOCGROUP WHERE GROUPID = 'pSIMA0000008' "
        "AND ENTITYID NOT IN ('CSIMA0000003', 'CSIMA0000006')"
    )
    before = etag(crm)
    body = {"adHocIds": ["CSIMA0000001", "CSIMA0000006"]}
    changed = crm.send("PUT", NEWSLETTER, body, headers=before, params=IDS)
    assert changed["adHocIds"] == members
    assert changed["$etag"] != before["If-Match"]


def test_members_are_left_alone_by_a_put_that_does_not_name_them(crm):
    before = ids(crm)
    body = {"displayName": "News"}
    changed = crm.send("PUT", NEWSLETTER, body, headers=etag(crm))
    assert (changed["displayName"], ids(crm)) == ("News", before)
    crm.send("PUT", NEWSLETTER, {"adHocIds": []}, headers=etag(crm))
    assert ids(crm) == []


def test_a_group_is_changed_only_with_its_etag_unless_switched(crm):
    stale = etag(crm)
    answer = crm.send("PUT", NEWSLETTER, {"adHocIds": []}, 412)
    assert "If-Match" in crm.message(answer)
    crm.send("PUT", NEWSLETTER, {"name": "Other"}, headers=stale)
    current = crm.send("PUT", NEWSLETTER, {"adHocIds": []}, 412, headers=stale)
    assert current["name"] == "Other"
    crm.control.switches(group_etag_required=False)
    crm.send("PUT", NEWSLETTER, {"adHocIds": []})


def test_a_query_group_takes_no_members(crm):
    path = f"{GROUPS}('pSIMA0000007')"
    crm.send("PUT", path, {"adHocIds": ["CSIMA0000001"]}, 500, headers=etag(crm, path))


def test_a_group_may_have_a_largest_size(crm):
    crm.control.switches(adhoc_limit=1)
    body = {"adHocIds": ["CSIMA0000001", "CSIMA0000002"]}
    crm.send("PUT", NEWSLETTER, body, 500, headers=etag(crm))
    assert len(ids(crm)) == 21


def test_a_deleted_group_does_not_exist(crm):
    crm.send("DELETE", NEWSLETTER, None, headers=etag(crm))
    crm.get(NEWSLETTER, status=404)
    execute(crm, status=404)
    sql = "SELECT 1 FROM ADHOCGROUP WHERE GROUPID = 'pSIMA0000008'"
    assert crm.control.sql(sql)["rows"] == []


def test_a_login_sees_its_own_groups_and_those_released_to_it(login):
    def names(user, password):
        crm = login(user, password)
        return {group["name"] for group in crm.rows(GROUPS, count=100)}

    admin, lee, dora = (
        names("admin", ""),
        names("lee", "secret"),
        names("dora", "secret"),
    )
    assert {"Lee's Visits", "Midwest Contacts"} <= admin & lee
    assert "Lee's Visits" not in dora
    assert "Midwest Contacts" in dora
    login("dora", "secret").get(f"{GROUPS}('pSIMA000000D')", status=404)
    jurgen = login("reader", "secret")
    jurgen.control.users(reader={"owners": ["FSIMA0000003"]})
    assert "Midwest Contacts" not in names("reader", "secret")


def test_a_group_shows_only_rows_its_reader_may_see(login):
    dora = login("dora", "secret")
    everything = execute(dora, "pSIMA0000007", count=500)["$resources"]
    seen = {row["$key"] for row in dora.rows("contacts", count=500)}
    assert {row["CONTACTID"] for row in everything} == seen
    refused = login("noleads", "secret")
    execute(refused, "pSIMA0000001", status=403)


def test_my_group_is_another_one_for_everybody(login):
    for user, key in (("admin", "ADMIN"), ("lee", "USIMA0000001")):
        crm = login(user, "" if user == "admin" else "secret")
        found = execute(crm, "pSIMA0000002", count=100)["$resources"]
        assert {row["ACCOUNTMANAGERID"] for row in found} == {key}


def test_only_its_owner_changes_a_shared_group_unless_switched(login):
    lee = login("lee", "secret")
    lee.send("PUT", NEWSLETTER, {"adHocIds": []}, 403, headers=etag(lee))
    lee.control.switches(group_writers="everyone")
    lee.send("PUT", NEWSLETTER, {"adHocIds": []}, headers=etag(lee))
    assert ids(lee) == []


def test_a_layout_tells_what_stands_behind_an_alias(crm):
    group = crm.get(NEWSLETTER, include="layout,tableAliases")
    columns = {column["alias"]: column for column in group["layout"]}
    assert columns["COUNTRY"]["propertyPath"] == "Address.Country"
    assert columns["ACCOUNTMANAGERID"]["format"] == "User"
    assert group["tableAliases"][0]["table"] == "CONTACT"


def test_groups_answer_in_atom_too(crm):
    answer = crm.request("GET", f"{NEWSLETTER}?include=adHocIds")
    assert "<slx:adHocId>CSIMA0000003</slx:adHocId>" in answer.text


def test_the_contract_lists_groups_and_their_queries(crm):
    kinds = {row["$key"] for row in crm.rows("/sdata/slx/system/-/")}
    assert "groups" in kinds
    queries = crm.rows(f"{NEWSLETTER}/$queries")
    assert [query["name"] for query in queries] == ["execute"]
