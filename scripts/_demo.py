"""Connects a running Odoo with the practice CRM, imports both lists, and prepares a
mailing and a website form.

usage: _demo.py <odoo url> <database> <practice CRM url> <port of the mail server>

Does what a person does on the screens, over the RPC of the web client, and waits for
the lanes. Prints one line of JSON read back from Odoo's database.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from _rpc import PATIENCE, Odoo, RpcError, connect, import_all, wait_for_server

# Fields of the practice CRM that are no columns by default; the last ones are custom.
EXTRA_COLUMNS = {
    "lead": ("Industry", "Status", "CustomerTier"),
    "contact": ("Department", "Status", "CustomerTier"),
}


def wait_for_runs(odoo: Odoo) -> None:
    runs: list[dict[str, Any]] = []
    for _ in range(PATIENCE * 4):
        runs = odoo("infor.crm.sync.run", "search_read", [], ["state", "message"])
        if any(run["state"] in ("failed", "stopped") for run in runs):
            break
        if runs and all(run["state"] == "done" for run in runs):
            return
        time.sleep(0.25)
    sys.exit(f"the imports did not finish: {runs}")


def add_marketing_user(odoo: Odoo) -> int:
    group = odoo(
        "ir.model.data",
        "search_read",
        [("module", "=", "infor_crm_connector"), ("name", "=", "group_user")],
        ["res_id"],
    )[0]["res_id"]
    values = {
        "name": "Mia Marketing",
        "login": "marketing",
        "password": "marketing",
        "email": "mia@example.com",
        "group_ids": [(4, group)],
    }
    return odoo("res.users", "create", values)


def add_mail_server(odoo: Odoo, port: int) -> None:
    """Whatever Odoo sends ends in the practice mailbox, so that Send really sends."""
    values = {"name": "Practice", "smtp_host": "127.0.0.1", "smtp_port": port}
    odoo("ir.mail_server", "create", {**values, "smtp_encryption": "none"})
    admin = odoo("res.users", "search", [("login", "=", "admin")])
    odoo("res.users", "write", admin, {"email": "admin@example.com"})
    # Odoo looks at its queue of mails once an hour; nobody should wait that long here
    queue = [("model", "=", "ir.cron"), ("name", "=", "ir_cron_mail_scheduler_action")]
    cron = odoo("ir.model.data", "search_read", queue, ["res_id"])[0]["res_id"]
    often = {"interval_number": 1, "interval_type": "minutes"}
    odoo("ir.cron", "write", [cron], {**often, "nextcall": "2020-01-01 00:00:00"})


def add_mailing(odoo: Odoo, user: int, sync: dict[str, Any]) -> int:
    """A draft to an imported list, with standard placeholders and a custom column.

    ``sync``: the list's set-up, with ``list_id`` and ``kind``.
    """
    domain = [("list_ids", "in", sync["list_id"][0])]
    (contact,) = odoo("mailing.contact", "search_read", domain, ["properties"], limit=1)
    names = [column["name"] for column in contact["properties"]]
    tier = next(
        name for name in names if name.endswith(f"_{sync['kind']}_customertier")
    )
    body = Path(__file__).with_name("_demo_mailing.html").read_text()
    body = body.format(tier=tier, website=f"{odoo.url}/contactus")
    model = odoo("ir.model", "search", [("model", "=", "mailing.list")])[0]
    values = {
        "subject": "Autumn prices for {{object.company_name ||| you}}",
        "mailing_model_id": model,
        "contact_list_ids": [(6, 0, [sync["list_id"][0]])],
        "user_id": user,
        "email_from": '"Mia Marketing" <mia@example.com>',
        "reply_to_mode": "new",
        "reply_to": '"Mia Marketing" <mia@example.com>',
        "body_arch": body,
        "body_html": body,
    }
    # a mail to the responsible user would meet the mail queue, which runs each minute
    quiet = {"mail_auto_subscribe_no_notify": True}
    return odoo("mailing.mailing", "create", values, context=quiet)


def push_contact_form(odoo: Odoo) -> None:
    """The page /contactus gets the website builder's option: its form makes leads."""
    website = odoo("website", "search", [], limit=1)[0]
    domain = [("key", "=", "website.contactus"), ("website_id", "in", (website, False))]
    (view, *_more) = odoo(
        "ir.ui.view", "search_read", domain, ["arch_db"], order="website_id", limit=1
    )
    form, marks = '<form id="contactus_form"', 'data-infor-crm-push="demo"'
    if form not in view["arch_db"]:
        sys.exit("the page /contactus has no form to push from")
    note = 'data-infor-crm-note="Asked on our website"'
    arch = view["arch_db"].replace(form, f"{form} {marks} {note}", 1)
    context = {"website_id": website}
    odoo("ir.ui.view", "write", [view["id"]], {"arch": arch}, context=context)


SUMMARY = """
SELECT json_build_object(
    'leads', (SELECT count(*) FROM mailing_subscription m
                JOIN infor_crm_list_sync s USING (list_id) WHERE s.kind = 'lead'),
    'contacts', (SELECT count(*) FROM mailing_subscription m
                   JOIN infor_crm_list_sync s USING (list_id) WHERE s.kind = 'contact'),
    'lists', (SELECT count(*) FROM infor_crm_list_sync),
    'skipped', json_build_object(
        'no_email', (SELECT sum(skipped_no_email) FROM infor_crm_sync_run),
        'same_address', (SELECT sum(skipped_same_address) FROM infor_crm_sync_run)),
    'crm', json_build_object(
        'leads', (SELECT sum(expected) FROM infor_crm_sync_run WHERE kind = 'lead'),
        'contacts',
        (SELECT sum(expected) FROM infor_crm_sync_run WHERE kind = 'contact')))
"""


def summary(database: str) -> str:
    """One line, from Odoo's tables rather than from what the addon says of itself."""
    answer = subprocess.run(
        ["psql", "-XAtq", "-d", database, "-c", SUMMARY],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.dumps(json.loads(answer.stdout))


def main() -> None:
    url, database, crm_url, smtp = sys.argv[1:]
    wait_for_server(url)
    odoo = Odoo(url, database, "admin", "admin")
    connector = connect(odoo, crm_url, web_client_url=f"{crm_url}/SlxClient")
    for kind in ("lead", "contact"):
        import_all(odoo, connector, kind, EXTRA_COLUMNS[kind])
    add_mail_server(odoo, int(smtp))
    user = add_marketing_user(odoo)
    push_contact_form(odoo)
    wait_for_runs(odoo)
    domain = [("kind", "=", "lead")]
    [leads] = odoo("infor.crm.list.sync", "search_read", domain, ["list_id", "kind"])
    add_mailing(odoo, user, leads)
    print(summary(database))


if __name__ == "__main__":
    try:
        main()
    except RpcError as error:
        sys.exit(str(error))
