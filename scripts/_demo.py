"""Connects a running Odoo with the practice CRM and imports both lists.

usage: _demo.py <odoo url> <database> <practice CRM url>

Does what a person does on the screens, over the RPC of the web client, and waits for the
lanes. Prints one line of JSON read back from Odoo's database.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import requests

PATIENCE = 300  # seconds, for a start or an import on a slow machine
# Fields of the practice CRM that are no columns by default; the last ones are custom.
EXTRA_COLUMNS = {
    "lead": ("Industry", "Status", "CustomerTier"),
    "contact": ("Department", "Status", "CustomerTier"),
}


class Odoo:
    """One user's session, as the web client has it."""

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self.url, self.session = url, requests.Session()
        self._call(
            "/web/session/authenticate", db=database, login=login, password=password
        )

    def __call__(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._call(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def _call(self, path: str, **params: Any) -> Any:
        answer = self.session.post(
            self.url + path, json={"jsonrpc": "2.0", "params": params}, timeout=120
        ).json()
        if "error" in answer:
            data = answer["error"]["data"]
            sys.exit(f"{path}: {data['message']}\n{data['debug']}")
        return answer["result"]


def wait_for_server(url: str) -> None:
    for _ in range(PATIENCE):
        try:
            requests.get(f"{url}/web/health", timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(1)
    sys.exit("Odoo did not answer")


def connect(odoo: Odoo, crm_url: str) -> int:
    connector = odoo(
        "infor.crm.connector",
        "create",
        {"name": "Practice CRM", "url": crm_url, "login": "admin"},
    )
    odoo("infor.crm.connector", "action_connect", [connector])
    (row,) = odoo("infor.crm.connector", "read", [connector], ["state"])
    if row["state"] != "connected":
        sys.exit(f"the connector is {row['state']}, not connected")
    return connector


def import_all(odoo: Odoo, connector: int, kind: str) -> None:
    values = {"connector_id": connector, "kind": kind}
    wizard = odoo("infor.crm.import.wizard", "create", values)
    odoo("infor.crm.import.wizard", "action_next", [wizard])
    columns = odoo(
        "infor.crm.field",
        "search",
        [
            ("connector_id", "=", connector),
            ("kind", "=", kind),
            ("name", "in", EXTRA_COLUMNS[kind]),
        ],
    )
    odoo(
        "infor.crm.import.wizard",
        "write",
        [wizard],
        {"column_ids": [(6, 0, columns)]},
    )
    odoo("infor.crm.import.wizard", "action_finish", [wizard])


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


def add_marketing_user(odoo: Odoo) -> None:
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
    odoo("res.users", "create", values)


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
    url, database, crm_url = sys.argv[1:]
    wait_for_server(url)
    odoo = Odoo(url, database, "admin", "admin")
    connector = connect(odoo, crm_url)
    for kind in ("lead", "contact"):
        import_all(odoo, connector, kind)
    add_marketing_user(odoo)
    wait_for_runs(odoo)
    print(summary(database))


if __name__ == "__main__":
    main()
