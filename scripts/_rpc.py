"""What a person does on Odoo's screens, over the RPC of the web client.

Shared by the demo and by the tests with real servers.
"""

from __future__ import annotations

import time
from typing import Any

import requests

PATIENCE = 300  # seconds, for a start on a slow machine


class RpcError(Exception):
    """Odoo refused; the text is what the screen would say, and the traceback."""


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
            raise RpcError(f"{path}: {data['message']}\n{data['debug']}")
        # methods that return nothing have no result
        return answer.get("result")


def wait_for_server(url: str) -> None:
    for _ in range(PATIENCE):
        try:
            requests.get(f"{url}/web/health", timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(1)
    raise RpcError("Odoo did not answer")


def connect(odoo: Odoo, crm_url: str, **values: Any) -> int:
    """Id of a connector that is connected; ``values`` are further fields of it."""
    connector = odoo(
        "infor.crm.connector",
        "create",
        {"name": "Practice CRM", "url": crm_url, "login": "admin", **values},
    )
    odoo("infor.crm.connector", "action_connect", [connector])
    (row,) = odoo("infor.crm.connector", "read", [connector], ["state"])
    if row["state"] != "connected":
        raise RpcError(f"the connector is {row['state']}, not connected")
    return connector


def import_all(
    odoo: Odoo, connector: int, kind: str, columns: tuple[str, ...] = ()
) -> None:
    """Walks through the wizard; ``columns`` are names of fields of the CRM."""
    values = {"connector_id": connector, "kind": kind}
    wizard = odoo("infor.crm.import.wizard", "create", values)
    odoo("infor.crm.import.wizard", "action_next", [wizard])
    domain = [
        ("connector_id", "=", connector),
        ("kind", "=", kind),
        ("name", "in", columns),
    ]
    found = odoo("infor.crm.field", "search", domain)
    odoo("infor.crm.import.wizard", "write", [wizard], {"column_ids": [(6, 0, found)]})
    odoo("infor.crm.import.wizard", "action_finish", [wizard])
