"""Many hands create one person, and the answers get lost: one lead all the same.

Waves of new people, each in three lists; their three runs are executed by four lanes on
two servers, while the CRM loses answers before and after it did the work, or does it
late. Whoever waits for a lost answer waits for the connector's execution limit.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from _rpc import Odoo, connect
from real import Database, PracticeCrm, runs, say, wait_until

WAVES, PEOPLE, LISTS = 5, 40, 3
LIMIT = 1  # seconds
POSTS = {"match": "leads", "method": "POST"}
FAULTS = [
    {"fault": "drop_after", "probability": 0.15, **POSTS},
    {"fault": "drop_before", "probability": 0.1, **POSTS},
    {"fault": "commit_late", "probability": 0.1, "delay": 0.4, **POSTS},
    {"fault": "truncate", "probability": 0.05, **POSTS},
]


def set_up(database: Database, session: Odoo, crm: PracticeCrm) -> list[int]:
    """Lists that are pushed."""
    connector = connect(session, crm.url, requests_per_minute=6000, timeout=5)
    session("infor.crm.connector", "write", [connector], {"execution_limit": LIMIT})
    found = []
    for number in range(LISTS):
        found.append(session("mailing.list", "create", {"name": f"Race {number}"}))
        window = session("mailing.list", "action_infor_setup", [found[-1]])
        options = {"push": True, "push_add": True, "push_update": True}
        session("infor.crm.list.setup", "write", [window["res_id"]], options)
        session("infor.crm.list.setup", "action_save", [window["res_id"]])
    return found


def start(database: Database, sessions: list[Odoo]) -> None:
    """A run of each list, asked for on one server or the other."""
    for number, row in enumerate(database.rows("SELECT id FROM infor_crm_list_sync")):
        session = sessions[number % len(sessions)]
        session("infor.crm.list.sync", "action_run_now", [row["id"]])


def add_wave(session: Odoo, wave: int, lists: list[int]) -> list[str]:
    """Their addresses."""
    addresses = [f"p{wave}.{number}@race.example" for number in range(PEOPLE)]
    session(
        "mailing.contact",
        "create",
        [
            {
                "last_name": f"Person {address}",
                "company_name": "Acme",
                "email": address,
                "subscription_ids": [(0, 0, {"list_id": one}) for one in lists],
            }
            for address in addresses
        ],
    )
    return addresses


def over(database: Database, done: int) -> bool:
    found = runs(database)
    for run in found:
        assert run["state"] != "failed", run["message"]
    if all(run["state"] == "done" for run in found) and len(found) == done:
        return True
    database.hurry()
    return False


def test_one_person_in_three_lists_is_one_lead_whatever_gets_lost(
    database: Database, practice: PracticeCrm
) -> None:
    crm = practice.another(leads=5, contacts=5, seed=11)
    servers = [database.server(), database.server()]
    sessions = [server.session() for server in servers]
    lists = set_up(database, sessions[0], crm)
    crm.faults(*FAULTS)
    expected: list[str] = []
    for wave in range(WAVES):
        # in batches, and one by one
        crm.switches(batch=("open", "refused")[wave % 2])
        expected += add_wave(sessions[0], wave, lists)
        start(database, sessions)
        done = (wave + 1) * LISTS
        wait_until(lambda done=done: over(database, done), 60, f"wave {wave}", 0.3)
    fired = crm.fired()
    crm.no_faults()
    # whom a run gave up after several lost answers, the next one takes up
    start(database, sessions)
    wait_until(lambda: over(database, (WAVES + 1) * LISTS), 60, "the calm after")
    assert_once(database, crm, expected)
    say(
        f"{len(expected)} people in {LISTS} lists each, {sum(fired.values())} lost "
        f"answers ({fired}): one lead each"
    )


def assert_once(database: Database, crm: PracticeCrm, expected: list[str]) -> None:
    leads = crm.sql("SELECT EMAIL, LEADID FROM LEAD WHERE EMAIL LIKE '%race.example'")
    made = Counter(row["EMAIL"] for row in leads)
    twice = {email: count for email, count in made.items() if count > 1}
    assert not twice, f"made twice: {twice}"
    assert set(made) == set(expected)
    bound = database.rows(
        """SELECT c.email, b.key FROM infor_crm_binding b
             JOIN mailing_contact c ON c.id = b.res_id
            WHERE b.odoo_model = 'mailing.contact'"""
    )
    assert {(row["email"], row["key"]) for row in bound} == {
        (row["EMAIL"], row["LEADID"].strip()) for row in leads
    }
    assert len(bound) == len(expected)
    assert_sums(runs(database), len(expected))
    left = database.rows("SELECT * FROM infor_crm_claim WHERE state <> 'done'")
    assert not left


def assert_sums(found: list[dict[str, Any]], people: int) -> None:
    total: Counter[str] = Counter()
    names = ("created", "linked", "waiting", "failed", "skipped", "updated")
    for run in found:
        counts = {name: run[f"push_{name}"] or 0 for name in names}
        assert sum(counts.values()) <= (run["push_selected"] or 0), run
        total.update(counts)
    assert total["waiting"] == 0
    # linked by the run that found it before the one that made it wrote it down
    assert total["created"] + total["linked"] >= people
