"""The people of a fresh practice CRM, and the page that describes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infor_crm_simulator import Simulator
from infor_crm_simulator.control import _ROUTES
from infor_crm_simulator.faults import KNOWN
from infor_crm_simulator.switches import SWITCHES
from infor_crm_simulator.users import users_at_start

DOCS = Path(__file__).parents[3] / "docs" / "simulator.md"
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@pytest.fixture(scope="module")
def control():
    simulator = Simulator()
    yield simulator.control
    simulator.close()


@pytest.mark.parametrize("kind", ["leads", "contacts"])
def test_nine_in_ten_people_have_a_distinct_usable_address(control, kind):
    emails = [row["EMAIL"] for row in control.store(kind)]
    usable = {e.strip().lower() for e in emails if e and ADDRESS.fullmatch(e.strip())}
    assert len(emails) == 500
    assert len(usable) >= 450


@pytest.mark.parametrize("kind", ["leads", "contacts"])
def test_every_dent_of_real_data_is_there(control, kind):
    rows = control.store(kind)
    emails = [row["EMAIL"] for row in rows]
    given = [email.strip().lower() for email in emails if email]
    assert None in emails
    assert "" in emails
    assert any(not ADDRESS.fullmatch(email) for email in given)
    assert len(set(given)) < len(given)
    assert any(email != email.strip() for email in emails if email)
    assert {row["DONOTEMAIL"] for row in rows} == {None, 0, 1}
    assert any(not (row["LASTNAME"] or "").isascii() for row in rows)
    assert any(row["FIRSTNAME"] is None for row in rows)
    assert {row["DESCRIPTION"] for row in rows} >= {None, ""}
    assert len({row["SECCODEID"] for row in rows}) >= 4


def test_some_contacts_share_their_address_with_a_lead(control):
    leads, contacts = (
        {row["EMAIL"] for row in control.store(kind)} for kind in ("leads", "contacts")
    )
    assert (leads & contacts) - {None, "", "n/a", "none", "-", "unknown@"}


def test_no_address_could_reach_anybody(control):
    for kind in ("leads", "contacts", "accounts"):
        for row in control.store(kind, "EMAIL LIKE '%_@_%'"):
            assert row["EMAIL"].strip().lower().endswith(".example")


@pytest.mark.parametrize("kind", ["leads", "contacts", "accounts"])
def test_no_text_is_longer_than_its_field(control, kind):
    entity = control.state.model.by_path[kind]
    lengths = {p.column: p.length for p in entity.properties if p.length and p.column}
    for row in control.store(kind):
        assert all(len(row[c] or "") <= size for c, size in lengths.items())


def test_every_switch_fault_login_and_control_path_is_described():
    text = DOCS.read_text(encoding="utf-8")
    for name in [*SWITCHES, *KNOWN, *users_at_start().by_login]:
        assert f"`{name}`" in text, name
    for _method, path in _ROUTES:
        assert f"/simulator/{path}" in text, path
