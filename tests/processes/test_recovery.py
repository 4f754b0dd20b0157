"""Servers die, imports do not."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from _rpc import connect, import_all
from ledger import ledger
from real import Database, PracticeCrm, Server, runs, say, wait_until

LEADS = 20_000
SEED = 20_000
LATENCY = 100  # milliseconds
AFTER = re.compile(r"Id gt '([^']+)'", re.IGNORECASE)
# Whose transaction holds Odoo's lock on the cron job of a lane for more than a blink.
OWNER = """
    SELECT replace(a.application_name, 'odoo-', '') AS pid
      FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.relation = 'ir_cron'::regclass AND l.mode = 'RowShareLock'
       AND a.datname = current_database()
       AND clock_timestamp() - a.xact_start > interval '0.3 s'"""
ALIVE = """
    SELECT count(*) AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = %s"""


@pytest.fixture
def crm(practice: PracticeCrm) -> Iterator[PracticeCrm]:
    crm = practice.another(leads=LEADS, contacts=0, seed=3)
    crm.latency(LATENCY)
    yield crm
    crm.no_faults()


def started(database: Database, server: Server, crm: PracticeCrm) -> None:
    session = server.session()
    import_all(session, connect(session, crm.url), "lead")


def the_run(database: Database) -> dict[str, Any]:
    (run,) = runs(database)
    return run


def reached(database: Database, selected: int) -> bool:
    return the_run(database)["selected"] >= selected


def done(database: Database) -> bool:
    run = the_run(database)
    assert run["state"] in ("running", "queued", "done"), run["message"]
    return run["state"] == "done"


def kill(database: Database, server: Server, crm: PracticeCrm) -> None:
    """SIGKILL, and until PostgreSQL and the CRM are through with what it asked."""
    name = f"odoo-{server.pid}"
    server.kill()
    wait_until(
        lambda: not database.row(ALIVE, name)["count"], 30, "sessions of the dead end"
    )
    time.sleep(10 * LATENCY / 1000)
    crm.forget_requests()


def stored(crm: PracticeCrm) -> list[dict[str, Any]]:
    """All that the connector could have changed."""
    return crm.sql("SELECT LEADID, EMAIL, MODIFYDATE, ROWVER FROM LEAD ORDER BY LEADID")


def asked_after(crm: PracticeCrm) -> list[str]:
    """Where the reading of leads went on, request by request; "" is the beginning."""
    lines = [line for line in crm.requests() if line["path"].endswith("/leads")]
    found = [AFTER.search(unquote(line["query"])) for line in lines]
    return [match[1] if match else "" for match in found]


def assert_went_on(crm: PracticeCrm, cursor: str) -> None:
    asked = asked_after(crm)
    assert asked, "nobody asked again"
    assert min(asked) >= cursor, "it began before its cursor"


def test_killed_three_times_it_ends_with_all_accounted_for_and_none_twice(
    database: Database, crm: PracticeCrm
) -> None:
    draw = random.Random(SEED)
    moments = [draw.randrange(start, start + 5_500) for start in (500, 6_500, 12_500)]
    before = stored(crm)
    server = database.server()
    started(database, server, crm)
    said = []
    for moment in moments:
        wait_until(lambda at=moment: reached(database, at), 120, "progress", 0.01)
        time.sleep(draw.uniform(0, 0.6))
        kill(database, server, crm)
        run = the_run(database)
        assert run["state"] == "running", "it was over before it was killed"
        server.start()
        wait_until(lambda: asked_after(crm) or database.wake(), 60, "goes on", 0.5)
        assert_went_on(crm, run["cursor"]["last_key"])
        said.append(run["selected"])
    wait_until(lambda: done(database), 120, "the end")
    run = the_run(database)
    ledger(database, crm, run).assert_complete()
    assert (
        run["created"] + run["skipped_no_email"] + run["skipped_same_address"] == LEADS
    )
    assert stored(crm) == before
    say(f"seed {SEED}: killed after {said} of {LEADS} leads, then complete")


def test_when_a_server_dies_another_finishes_its_run(
    database: Database, crm: PracticeCrm
) -> None:
    servers = [database.server(), database.server()]
    started(database, servers[0], crm)
    servers[1].session()
    wait_until(lambda: reached(database, LEADS // 10), 60, "progress")
    owner = wait_until(lambda: database.rows(OWNER), 60, "an owner", 0.02)[0]["pid"]
    dead, other = sorted(servers, key=lambda server: str(server.pid) != owner)
    assert str(dead.pid) == owner
    died = time.monotonic()
    kill(database, dead, crm)
    run = the_run(database)
    assert run["state"] == "running"
    # it would look by itself within a minute; everyday work wakes it sooner
    database.trigger("mail", "ir_cron_mail_scheduler_action")
    wait_until(lambda: asked_after(crm), 70, "the other goes on")
    took = time.monotonic() - died
    assert_went_on(crm, run["cursor"]["last_key"])
    wait_until(lambda: done(database), 120, "the end")
    ledger(database, crm, the_run(database)).assert_complete()
    assert other.process
    assert other.process.child.poll() is None
    say(f"the other server went on {took:.1f} s after the death at {run['selected']}")
