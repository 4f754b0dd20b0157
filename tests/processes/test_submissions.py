"""Two hundred visitors in a minute, a bulk run beside them, and a server that dies."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from lxml import html

from _rpc import Odoo, connect, import_all
from ledger import usable
from real import Database, PracticeCrm, Server, runs, say, wait_until

LEADS = 4_000
PAGE = 10  # leads in one answer, so that the import lasts
PER_MINUTE = 180
BURST = PER_MINUTE // 10  # what may go at once after a rest
LATE = PER_MINUTE // 12  # on their way for up to five seconds, on a busy machine
LIMIT = 3  # seconds; the CRM executes nothing for longer
NEW, KNOWN = 200, 20
HANDS = 8  # visitors at a time
MODEL = "crm.lead"
ASKED = {
    "name": "Subject",
    "contact_name": "Your Name",
    "email_from": "Your Email",
    "partner_name": "Company",
    "phone": "Phone",
    "description": "Question",
}
FIELD = """
<div class="s_website_form_field" data-type="char">
    <label for="%(name)s"><span class="s_website_form_label_content">%(label)s</span>
    </label>
    <input id="%(name)s" type="text" name="%(name)s" class="s_website_form_input"/>
</div>"""
PAGE_OF = """
<t t-name="website.ask-us"><t t-call="website.layout">
<div id="wrap" class="oe_structure">
    <section class="s_website_form" data-snippet="s_website_form">
        <form action="/website/form/" method="post" data-model_name="%(model)s"
              data-infor-crm-push="f1">%(fields)s
            <div class="s_website_form_submit">
                <a class="s_website_form_send">Go</a></div>
        </form>
    </section>
</div></t></t>"""
STATES = "SELECT state, count(*) AS count FROM infor_crm_outbox GROUP BY state"


@pytest.fixture
def crm(practice: PracticeCrm) -> PracticeCrm:
    crm = practice.another(leads=LEADS, contacts=0, seed=31)
    crm.switches(page_cap=PAGE)
    crm.faults(
        {"fault": "slow", "match": "leads", "method": "POST", "seconds": 1, "count": 99}
    )
    return crm


def publish(session: Odoo) -> None:
    """A page with a form that pushes what is sent."""
    fields = "".join(FIELD % {"name": n, "label": text} for n, text in ASKED.items())
    view = {
        "name": "Ask us",
        "type": "qweb",
        "key": "website.ask-us",
        "arch": PAGE_OF % {"model": MODEL, "fields": fields},
    }
    page = {
        "view_id": session("ir.ui.view", "create", view),
        "url": "/ask-us",
        "is_published": True,
    }
    session("website.page", "create", page)


class Visitors:
    """``waited``: {address: seconds until the answer}."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.waited: dict[str, float] = {}

    def come(self, addresses: list[str]) -> None:
        hands = [addresses[n::HANDS] for n in range(HANDS)]
        with ThreadPoolExecutor(HANDS) as pool:
            list(pool.map(self._write, hands))

    def _write(self, addresses: list[str]) -> None:
        with requests.Session() as browser:
            page = html.fromstring(browser.get(f"{self.url}/ask-us", timeout=60).text)
            [seal] = page.xpath("//input[@name='infor_crm_seal']/@value")
            for address in addresses:
                values = {
                    "name": "A question",
                    "contact_name": "Vera Visitor",
                    "email_from": address,
                    "partner_name": "Acme",
                    "phone": "+1 555 0100",
                    "description": f"Do you write to {address}?",
                    "infor_crm_seal": seal,
                }
                began = time.monotonic()
                answer = browser.post(
                    f"{self.url}/website/form/{MODEL}", data=values, timeout=60
                )
                self.waited[address] = time.monotonic() - began
                assert answer.json()["id"], answer.text


def states(database: Database) -> dict[str, int]:
    return {row["state"]: row["count"] for row in database.rows(STATES)}


def known_to_sales(crm: PracticeCrm) -> dict[str, str]:
    """{address: key} of some leads whose addresses nobody else has."""
    rows = crm.sql("SELECT LEADID, EMAIL FROM LEAD ORDER BY LEADID")
    addresses = Counter(usable(row["EMAIL"]) for row in rows)
    alone = {
        usable(row["EMAIL"]): row["LEADID"]
        for row in rows
        if addresses[usable(row["EMAIL"])] == 1
    }
    alone.pop("", None)
    return dict(itertools.islice(reversed(alone.items()), KNOWN))


def busiest(moments: list[float]) -> int:
    """The most requests of a minute."""
    moments, begin, most = sorted(moments), 0, 0
    for end, moment in enumerate(moments):
        while moments[begin] <= moment - 60:
            begin += 1
        most = max(most, end - begin + 1)
    return most


def within_budget(moments: list[float]) -> bool:
    """At any time: no more than what the minutes before earned, and one burst."""
    level, last = 0.0, 0.0
    for moment in sorted(moments):
        level = max(level - (moment - last) * PER_MINUTE / 60, 0) + 1
        last = moment
        if level > BURST + LATE:
            return False
    return True


def bulk(database: Database) -> dict[str, Any]:
    (run,) = runs(database)
    assert run["state"] in ("queued", "running", "done"), run["message"]
    return run


def kill_while_sending(database: Database, server: Server) -> dict[str, int]:
    wait_until(lambda: states(database).get("sending"), 30, "leads leave", 0.01)
    time.sleep(0.3)  # they are in the hands of the CRM now
    server.kill()
    left = states(database)
    server.start()
    server.session()
    return left


def test_two_hundred_visitors_in_a_minute_become_as_many_leads(
    database: Database, crm: PracticeCrm
) -> None:
    server = database.server()
    session = server.session()
    publish(session)
    connector = connect(
        session, crm.url, requests_per_minute=PER_MINUTE, execution_limit=LIMIT
    )
    people = known_to_sales(crm)
    new = [f"v{number}@visitors.example" for number in range(NEW)]
    import_all(session, connector, "lead")
    wait_until(lambda: bulk(database)["selected"], 60, "the import is under way")
    crm.forget_requests()
    before = bulk(database)

    visitors = Visitors(server)
    began = time.monotonic()
    visitors.come([*new, *people])
    took = time.monotonic() - began
    left = kill_while_sending(database, server)
    at_death = bulk(database)

    def all_done() -> bool:
        database.hurry()
        return set(states(database)) == {"done"}

    wait_until(all_done, 120, f"all submissions: {states(database)}", 0.5)
    overtaken = bulk(database)
    moments = [line["at"] for line in crm.requests()]
    # the run got its turns all the same, and goes on
    assert before["selected"] < overtaken["selected"] < LEADS
    session = server.session()
    session("infor.crm.connector", "write", [connector], {"requests_per_minute": 6000})
    crm.switches(page_cap=500)
    wait_until(lambda: bulk(database)["state"] == "done", 90, "the import")

    assert within_budget(moments)
    made = crm.sql("SELECT EMAIL FROM LEAD WHERE EMAIL LIKE '%@visitors.example'")
    assert Counter(row["EMAIL"] for row in made) == Counter(new)
    notes = crm.sql("SELECT LEADID FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'")
    assert Counter(row["LEADID"] for row in notes) == Counter(people.values())
    linked = database.row(
        "SELECT count(*) AS n FROM infor_crm_binding WHERE odoo_model = 'crm.lead'"
    )
    assert linked["n"] == NEW + KNOWN
    waited = sorted(visitors.waited.values())
    say(
        f"{NEW + KNOWN} visitors in {took:.0f} s: the slowest waited "
        f"{waited[-1]:.2f} s, half of them {waited[len(waited) // 2]:.2f} s at most; "
        f"server killed with {left.get('done', 0)} done and {left.get('sending', 0)} "
        f"being sent; {busiest(moments)} requests in the busiest minute of "
        f"{PER_MINUTE}; the import beside them went from {before['selected']} to "
        f"{at_death['selected']} and {overtaken['selected']} leads"
    )
