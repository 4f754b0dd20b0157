"""Order, pages and columns of a compiled query."""

import pytest

from infor_crm_simulator.query import Column, QueryError, columns_of

ORDERS = [
    (None, "BCad"),
    ("Id", "BCad"),
    ("$key desc", "daCB"),
    ("LastName", "aCBd"),
    ("LastName DESC", "dBCa"),
    ("Status, LastName desc", "CdaB"),
    ("Score", "CdBa"),
    ("Score desc , Id", "aBdC"),
    ("$descriptor", "aCBd"),
    ("lastnameupper asc", "aCBd"),
    ("ModifyDate desc", "dBaC"),
    ("Account.AccountName, LastName", "adB"),
]


@pytest.mark.parametrize(("order", "found"), ORDERS)
def test_rows_come_in_the_order_asked_for(world, order, found):
    assert world.ends("Contact", order_by=order) == found


def test_ordering_by_a_reference_may_keep_rows_without_one(world):
    switches = {"order_joins": "left"}
    found = world.ends("Contact", order_by="Account.AccountName,Id", switches=switches)
    assert found == "CadB"


def test_a_criterion_on_the_reference_still_drops_them(world):
    switches = {"order_joins": "left"}
    clause = "Account.AccountName ne null or Score eq null"
    found = world.ends(
        "Contact", clause, order_by="Account.AccountName", switches=switches
    )
    assert found == "adB"


def test_keys_sort_by_their_bytes_unless_the_database_folds_them(world):
    assert world.ends("Contact", order_by="Id") == "BCad"
    folded = world.ends("Contact", order_by="Id", switches={"id_collation": "CI"})
    assert folded == "aBCd"


def test_text_sorts_without_case_but_not_under_cs(world):
    assert world.ends("Contact", "Status ne null", order_by="Status,Id") == "adB"
    strict = {"collation": "CS"}
    found = world.ends("Contact", "Status ne null", order_by="Status", switches=strict)
    assert found == "aBd"


def test_reading_on_from_the_last_key_meets_every_row_once(world):
    seen, last = [], ""
    while True:
        compiled = world.compile("Contact", f"Id gt '{last}'", order_by="Id")
        page = world.connection.execute(compiled.sql_rows(3), compiled.params)
        keys = [row[0] for row in page]
        if not keys:
            break
        seen += keys
        last = keys[-1]
    assert seen == world.keys("Contact")


def test_limit_and_offset_cut_a_page(world):
    compiled = world.compile("Contact", order_by="Id")
    rows = world.connection.execute(compiled.sql_rows(2, 1), compiled.params)
    assert [row[0][-1] for row in rows] == ["C", "a"]


@pytest.mark.parametrize("order", ["dddd", "Account.dddd"])
def test_an_unknown_name_is_a_fault_of_the_mapper(world, order):
    with pytest.raises(QueryError) as caught:
        world.compile("Contact", order_by=order)
    assert caught.value.status == 500
    assert "could not resolve property: dddd" in caught.value.message


@pytest.mark.parametrize(
    "order", ["LastName sideways", "LastName,,Id", "upper(LastName)", "Deals.Role"]
)
def test_nonsense_to_order_by_is_a_bad_request(world, order):
    with pytest.raises(QueryError) as caught:
        world.compile("Contact", order_by=order)
    assert (caught.value.status, caught.value.sdata_code) == (400, "BadQueryParameter")


def test_columns_are_the_key_the_properties_and_the_references(world):
    entity = world.model.by_name["Contact"]
    names = [column.name for column in columns_of(entity)]
    assert names[0] == "$key"
    assert names[1:] == [
        *(prop.name for prop in entity.properties),
        *(reference.name for reference in entity.references),
    ]
    compiled = world.compile("Contact", "Id eq 'CA2EK000000a'")
    row = world.connection.execute(compiled.sql_rows(), compiled.params).fetchone()
    values = dict(zip(names, row, strict=True))
    assert values["NameLF"] == "Abbott, John"
    assert values["Account"] == "AA2EK0000001"


def test_callers_choose_their_columns(world):
    columns = [Column("$key", "{t}.CONTACTID"), Column("twice", "{t}.SCORE * 2")]
    compiled = world.compile("Contact", "Score gt 0", order_by="Score")
    sql = compiled.sql_rows(columns=columns)
    rows = world.connection.execute(sql, compiled.params).fetchall()
    assert rows == [("CA2EK000000B", 14), ("CA2EK000000a", 20)]


def test_reading_by_key_uses_the_primary_key(world):
    compiled = world.compile("Contact", "Id gt 'CA2EK000000B'", order_by="Id")
    plan = world.connection.execute(
        "EXPLAIN QUERY PLAN " + compiled.sql_rows(10), compiled.params
    ).fetchall()
    steps = " ".join(str(step[3]) for step in plan)
    assert "SEARCH t0 USING" in steps
    assert "TEMP B-TREE" not in steps
