"""What the CRM says of its fields, lists and rights, on both generations."""

from __future__ import annotations

import pytest

from lines import Crm
from sdata import errors


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
