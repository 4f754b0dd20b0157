"""Real mails to 300 people, real notes in the practice CRM, and servers that die."""

from __future__ import annotations

import base64
import re
import time
from collections import Counter
from collections.abc import Iterator
from html import escape as html_escape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from lxml import html

from _rpc import Odoo, connect, import_all
from browser import PICTURE, stranger
from mailboxes import Mailboxes, mailboxes
from real import Database, PracticeCrm, Server, runs, say, wait_until

LEADS = 345
LIMIT = 3  # seconds; the CRM executes nothing for longer
PATH = "/infor_crm/preview/"
LINK = re.compile(rf"http://127\.0\.0\.1:\d+{PATH}\S+")
SHOP = "https://shop.example.com/summer?a=1&b=2"
ASKED = r'%s werkzeug: .*"(?:GET|POST|HEAD|PUT) (\S+) HTTP'
BODY = """<div><p>Dear <t t-out="object.first_name or 'reader'"/>,</p>
<p>you live in <t t-out="object.city or 'a nice place'"/>.
<a href="https://shop.example.com/summer?a=1&amp;b=2">Our offers</a></p>
<img src="https://shop.example.com/sun.png" alt="Sun"/>
<img src="/web/image/%(picture)s" alt="Our own"/>
<p><a href="/unsubscribe_from_list">Unsubscribe</a> <a href="/view">Online</a></p>
</div>"""
SENT = """
    SELECT count(*) FILTER (WHERE sent_datetime IS NOT NULL) AS sent,
           count(*) FILTER (WHERE trace_status = 'outgoing') AS waiting
      FROM mailing_trace"""
STATES = "SELECT state, count(*) AS count FROM infor_crm_outbox GROUP BY state"
NOTES = "SELECT * FROM HISTORY WHERE USERDEF3 LIKE 'odoo-%'"


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with mailboxes() as boxes:
        yield boxes


@pytest.fixture
def crm(practice: PracticeCrm) -> PracticeCrm:
    return practice.another(leads=LEADS, contacts=0, seed=21)


def prepare(
    database: Database, session: Odoo, crm: PracticeCrm, boxes: Mailboxes
) -> int:
    """The list of all leads, imported; mails go to the boxes."""
    connector = connect(
        session, crm.url, requests_per_minute=6000, execution_limit=LIMIT
    )
    server = {
        "name": "Boxes",
        "smtp_host": "127.0.0.1",
        "smtp_port": boxes.port,
        "smtp_encryption": "none",
    }
    session("ir.mail_server", "create", server)
    parameters = {"web.base.url": session.url, "web.base.url.freeze": "True"}
    for name, value in parameters.items():
        session("ir.config_parameter", "set_param", name, value)
    import_all(session, connector, "lead")
    wait_until(lambda: runs(database)[-1]["state"] == "done", 60, "the import")
    [found] = session("infor.crm.list.sync", "search_read", [], ["list_id"])
    return int(found["list_id"][0])


def members(session: Odoo, mailing_list: int) -> dict[str, int]:
    """{address: id of the mailing contact}"""
    domain = [("list_ids", "in", [mailing_list])]
    names = ["email_normalized"]
    rows = session("mailing.contact", "search_read", domain, names, order="id")
    return {row["email_normalized"]: row["id"] for row in rows}


def mail(database: Database, session: Odoo, mailing_list: int) -> int:
    picture = {
        "name": "own.png",
        "datas": base64.b64encode(PICTURE).decode(),
        "public": True,
    }
    picture_id = session("ir.attachment", "create", picture)
    values = {
        "subject": "Summer in {{ object.city }}",
        "body_html": BODY % {"picture": picture_id},
        "email_from": "news@odoo.example.com",
        "reply_to_mode": "new",
        "reply_to": "news@odoo.example.com",
        "contact_list_ids": [(6, 0, [mailing_list])],
    }
    mailing = session("mailing.mailing", "create", values)
    [row] = session("mailing.mailing", "read", [mailing], ["infor_note"])
    assert row["infor_note"], "not selected for a linked list"
    session("mailing.mailing", "action_launch", [mailing])
    database.trigger("mass_mailing", "ir_cron_mass_mailing_queue")
    wait_until(lambda: done(session, mailing), 60, "the mails are made")
    return int(mailing)


def done(session: Odoo, mailing: int) -> bool:
    [row] = session("mailing.mailing", "read", [mailing], ["state"])
    return bool(row["state"] == "done")


def restart(database: Database, server: Server) -> None:
    server.kill()
    time.sleep(0.3)
    server.start()
    server.session()


def send_all(database: Database, server: Server, boxes: Mailboxes) -> None:
    """The mail queue at work, killed once in the middle."""
    queue = ("mail", "ir_cron_mail_scheduler_action")
    database.trigger(*queue)
    wait_until(lambda: len(boxes) >= 80, 60, "mails", 0.02)
    restart(database, server)

    def all_sent() -> bool:
        database.trigger(*queue)
        return not database.row(SENT)["waiting"]

    wait_until(all_sent, 200, "all mails", 0.5)


def states(database: Database) -> dict[str, int]:
    return {row["state"]: row["count"] for row in database.rows(STATES)}


def note_all(database: Database, server: Server, crm: PracticeCrm) -> None:
    """The outbox at work, killed once while the CRM makes notes of a portion."""
    session = server.session()
    connectors = session("infor.crm.connector", "search", [])
    crm.faults({"fault": "slow", "match": "history/$batch", "seconds": 1, "count": 4})
    session("infor.crm.connector", "action_resume", connectors)
    database.hurry()
    wait_until(lambda: states(database).get("sending"), 60, "notes leave", 0.02)
    time.sleep(0.5)  # they are in the hands of the CRM now
    restart(database, server)
    crm.no_faults()

    def all_done() -> bool:
        database.hurry()
        return set(states(database)) == {"done"}

    wait_until(all_done, 100, f"all notes: {states(database)}", 0.5)


def bounce(session: Odoo, boxes: Mailboxes, address: str) -> None:
    """What the mail server of a person sends back later, as Odoo fetches it."""
    session("mail.thread", "message_process", False, boxes.bounced(address))


def words(page: str) -> str:
    return " ".join(html.document_fromstring(page).body.text_content().split())


def expected(database: Database) -> Counter[str]:
    """Keys of the linked people whom Odoo records as sent, past the addon's notes."""
    rows = database.rows(
        """SELECT b.key FROM mailing_trace t JOIN infor_crm_binding b
               ON b.odoo_model = t.model AND b.res_id = t.res_id
            WHERE t.sent_datetime IS NOT NULL"""
    )
    return Counter(row["key"] for row in rows)


def test_each_who_was_sent_the_message_has_one_note_whose_link_shows_that_message(
    database: Database, crm: PracticeCrm, boxes: Mailboxes
) -> None:
    server = database.server()
    session = server.session()
    mailing_list = prepare(database, session, crm, boxes)
    people = members(session, mailing_list)
    # imported with DoNotEmail or DoNotSolicit
    never = {
        row["email"] for row in session("mail.blacklist", "search_read", [], ["email"])
    }
    chosen = [address for address in people if address not in never]
    opted_out, blacklisted, refused, deleted, bounced = chosen[:5]
    [subscription] = session(
        "mailing.subscription", "search", [("contact_id", "=", people[opted_out])]
    )
    session("mailing.subscription", "write", [subscription], {"opt_out": True})
    session("mail.blacklist", "create", {"email": blacklisted})
    boxes.refused = {refused}

    # so that the notes do not leave while the mails do, and both can be interrupted
    session(
        "infor.crm.connector",
        "action_pause",
        session("infor.crm.connector", "search", []),
    )
    mail(database, session, mailing_list)
    send_all(database, server, boxes)
    wanted = expected(database)
    session = server.session()
    session("mailing.contact", "unlink", [people[deleted]])
    note_all(database, server, crm)

    assert len(boxes) >= 300
    held_back = {opted_out, blacklisted, refused, *never}
    assert set(boxes.mails) == set(people) - held_back
    notes = {note["LEADID"]: note for note in crm.sql(NOTES)}
    assert len(notes) == len(crm.sql(NOTES)), "somebody has two"
    assert Counter(notes.keys()) == wanted
    leads = {row["LEADID"]: row for row in crm.sql("SELECT * FROM LEAD")}
    assert {address_of(note) for note in notes.values()} == set(boxes.mails)
    assert all(
        leads[key]["LASTNAME"].strip() in n["LEADNAME"] for key, n in notes.items()
    )
    by_address = {address_of(note): note for note in notes.values()}
    before = done_by(database)
    for note in notes.values():
        check_link(note, boxes)
    some = [deleted, bounced, *chosen[5:9]]
    look(server, {address: link_of(by_address[address]) for address in some}, boxes)
    assert done_by(database) == before
    assert not before["clicks"]

    session = server.session()
    bounce(session, boxes, bounced)
    wait_until(lambda: hurried(database, "note_update"), 30, "the bounce is told", 0.5)
    told = [n for n in crm.sql(NOTES) if n["DESCRIPTION"].startswith("Bounced")]
    assert [address_of(note) for note in told] == [bounced]
    assert len(crm.sql(NOTES)) == len(notes)
    repeated = database.row(
        "SELECT count(*) FILTER (WHERE repeated) AS again, count(*) AS all"
        " FROM infor_crm_outbox WHERE type = 'note'"
    )
    say(
        f"{len(notes)} notes of {len(people)} members, server killed among the mails "
        f"and among the notes; {repeated['again']} were sent again after a look"
    )


def hurried(database: Database, type_: str) -> bool:
    database.hurry()
    sql = "SELECT state FROM infor_crm_outbox WHERE type = %s"
    return [row["state"] for row in database.rows(sql, type_)] == ["done"]


def address_of(note: dict[str, Any]) -> str:
    [address] = re.findall(r"To: (\S+)", note["LONGNOTES"])
    return str(address)


def link_of(note: dict[str, Any]) -> str:
    [link] = LINK.findall(note["LONGNOTES"])
    return str(link)


def check_link(note: dict[str, Any], boxes: Mailboxes) -> None:
    """Without any cookie: the words that mailbox received, and no power."""
    answer = requests.get(link_of(note), timeout=30)
    assert answer.status_code == 200
    received = boxes.body(address_of(note))
    assert words(answer.text) == words(received)
    assert "hash_token" in received, "the mail itself can unsubscribe"
    links = [
        urlsplit(link)
        for _element, _name, link, _at in html.document_fromstring(
            answer.text
        ).iterlinks()
    ]
    own = [link.path for link in links if link.netloc.startswith("127.0.0.1")]
    assert all(path.startswith("/web/image/") for path in own), own
    assert html_escape(SHOP) in answer.text
    assert "Set-Cookie" not in answer.headers


def look(server: Server, links: dict[str, str], boxes: Mailboxes) -> None:
    """In a real browser: the very mail, its pictures and links, and no way to do
    anything to anybody, whatever one clicks."""
    begin = server.log.stat().st_size
    with stranger() as browser:
        for address, link in links.items():
            page = browser.open(link)
            assert words(page.content()) == words(boxes.body(address))
            assert browser.pictures(page) == [True, True]
            before = len(browser.asked)
            for dead in ("Unsubscribe", "Online"):
                page.get_by_text(dead, exact=True).click()
            assert len(browser.asked) == before, "it asks for something"
            page.get_by_text("Our offers").click()
            page.wait_for_url(SHOP)
            assert not any("cookie" in one.all_headers() for one in browser.asked)
            page.close()
        assert browser.context.cookies() == []
    with server.log.open("rb") as log:
        log.seek(begin)
        asked = set(re.findall(ASKED % server.database, log.read().decode()))
    pages = {urlsplit(link).path for link in links.values()}
    assert {path for path in asked if path.startswith(PATH)} == pages
    others = {path for path in asked if path not in pages}
    # the browser's own wish, whatever page it shows
    others.discard("/favicon.ico")
    assert others
    assert all(path.startswith("/web/image/") for path in others), others


def done_by(database: Database) -> dict[str, Any]:
    """What people did with their mails, as far as Odoo knows."""
    return database.row(
        """SELECT (SELECT count(*) FROM mailing_trace WHERE open_datetime IS NOT NULL
                      OR links_click_datetime IS NOT NULL) AS traces,
                  (SELECT count(*) FROM link_tracker_click) AS clicks,
                  (SELECT count(*) FROM mailing_subscription WHERE opt_out) AS left,
                  (SELECT count(*) FROM mail_blacklist WHERE active) AS refused"""
    )
