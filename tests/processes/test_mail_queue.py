"""Imports leave room for Odoo's own jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from _rpc import Odoo, connect, import_all
from real import Database, PracticeCrm, runs, say
from smtp_sink import Sink, smtp_sink

EACH = 3_000
BOUND = 60  # seconds; issue B's acceptance
KINDS = ("lead", "contact")
# Pages of 100 that take 0.3 s keep both threads waiting for the CRM all the time; and
# when each list has come to its tenth page, the CRM is mute for longer than a lane may
# wait.
LATENCY = 300
MUTE = {"fault": "timeout", "seconds": 25, "count": 1, "skip": 10}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as sink:
        yield sink


@pytest.fixture
def crm(practice: PracticeCrm) -> PracticeCrm:
    crm = practice.another(leads=EACH, contacts=EACH, seed=8)
    crm.switches(page_cap=100)
    crm.latency(LATENCY)
    return crm


def use(session: Odoo, sink: Sink) -> None:
    values = {
        "name": "Sink",
        "smtp_host": "127.0.0.1",
        "smtp_port": sink.port,
        "smtp_encryption": "none",
    }
    session("ir.mail_server", "create", values)


def post(database: Database, session: Odoo, subject: str) -> None:
    """A mail in the queue, and the queue told so, as Odoo's own code does it."""
    values = {
        "subject": subject,
        "body_html": "<p>Good morning</p>",
        "email_from": "odoo@example.com",
        "email_to": "reader@example.com",
    }
    session("mail.mail", "create", values)
    database.trigger("mail", "ir_cron_mail_scheduler_action")


def test_the_mail_queue_is_not_delayed_by_imports(
    database: Database, crm: PracticeCrm, sink: Sink
) -> None:
    server = database.server()  # with its default of two threads for cron jobs
    session = server.session()
    use(session, sink)
    connector = connect(session, crm.url, requests_per_minute=6000)
    for kind in KINDS:
        crm.faults({"match": f"dynamic/-/{kind}s", **MUTE})
        import_all(session, connector, kind)
    sent, busy = keep_posting(database, session)
    deadline = time.monotonic() + BOUND
    while set(sent) - set(sink.arrived) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert set(sent) <= set(sink.arrived), "mails are still waiting"
    delays = sorted(sink.arrived[subject] - at for subject, at in sent.items())
    assert busy >= 5, "two lists were seldom imported at once"
    assert set(crm.fired().values()) == {1}
    assert delays[-1] < BOUND
    say(
        f"mail queue beside two imports, two cron threads: {len(delays)} mails, worst "
        f"delay {delays[-1]:.1f} s, median {delays[len(delays) // 2]:.1f} s"
    )


def keep_posting(database: Database, session: Odoo) -> tuple[dict[str, float], int]:
    """{subject: when} of mails posted until the first import ends, and how many of
    them while both threads were at imports."""
    sent: dict[str, float] = {}
    busy = 0
    while True:
        found = runs(database)
        assert all(run["state"] in ("queued", "running", "done") for run in found)
        if any(run["state"] == "done" for run in found):
            return sent, busy
        busy += sum(run["state"] == "running" for run in found) == len(KINDS)
        subject = f"mail {len(sent)}"
        sent[subject] = time.monotonic()
        post(database, session, subject)
        time.sleep(1.5)
