"""Shows on real databases that copies never call Infor CRM.

usage: _copies.py <database> <addons path> <data dir> <log file>

Connects a connector in <database> (which has the addon and is only for tests) with
the practice CRM of INFOR_CRM_SIMULATOR_URL, queues an import and a note, and copies the
database twice: once plainly (createdb -T) and once neutralized. Whatever the copies
try, the practice CRM must not hear from them; the original must still be able to call.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request

import psycopg2

import odoo
from odoo.modules.neutralize import neutralize_database
from odoo.modules.registry import Registry

from _database import configure

database = configure()
simulator = os.environ["INFOR_CRM_SIMULATOR_URL"]


def control(method: str, path: str) -> list:
    request = urllib.request.Request(f"{simulator}/simulator/{path}", method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"[]")


def admin_sql(statement: str) -> None:
    connection = psycopg2.connect(dbname="template1")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def connect() -> None:
    with Registry(database).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        connector = env["infor.crm.connector"].create(
            {"name": "Original", "url": simulator, "login": "admin"}
        )
        connector.action_connect()
        assert connector.state == "connected", connector.check_html
        connector._start_import("lead", env["infor.crm.field"])
        # of somebody whom the practice CRM does not know
        person = {"kind": "lead", "key": "QSIMA9999999"}
        env["infor.crm.outbox"]._add(connector, "note", "lead:nobody", {}, **person)


def copy(name: str) -> None:
    odoo.sql_db.close_all()
    admin_sql(f'DROP DATABASE IF EXISTS "{name}"')
    admin_sql(f'CREATE DATABASE "{name}" TEMPLATE "{database}"')


def neutralize(name: str) -> None:
    with odoo.sql_db.db_connect(name).cursor() as cr:
        neutralize_database(cr)


def neutralized_remains(name: str) -> list:
    """What a neutralized copy should not have: logins, work under way, wishes."""
    with odoo.sql_db.db_connect(name).cursor() as cr:
        cr.execute(
            """SELECT 'login' FROM infor_crm_connector
                WHERE login IS NOT NULL OR password_encrypted IS NOT NULL
               UNION ALL
               SELECT state FROM infor_crm_sync_run
                WHERE state NOT IN ('done', 'failed', 'stopped')
               UNION ALL SELECT action FROM infor_crm_run_signal
               UNION ALL
               SELECT state FROM infor_crm_outbox
                WHERE state NOT IN ('done', 'dropped')"""
        )
        return [row[0] for row in cr.fetchall()]


def try_everything(name: str) -> str:
    """Let the lanes of a database work and ask for a client; why it was refused."""
    with Registry(name).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        for lane in (1, 2, 3, 4):
            env["infor.crm.lane"]._run_lane(lane)
        connector = env["infor.crm.connector"].search([("name", "=", "Original")])
        try:
            with connector._client() as client:
                client.count("leads")
        except Exception as stop:
            return getattr(stop, "reason", "") or repr(stop)
        return ""


def main() -> None:
    plain, neutral = f"{database}_copy", f"{database}_neutral"
    connect()
    copy(plain)
    copy(neutral)
    neutralize(neutral)
    control("DELETE", "requests")
    try:
        reasons = {name: try_everything(name) for name in (plain, neutral)}
        heard = control("GET", "requests")
        remains = neutralized_remains(neutral)
    finally:
        odoo.sql_db.close_all()
        for name in (plain, neutral):
            admin_sql(f'DROP DATABASE IF EXISTS "{name}"')
    if heard:
        sys.exit(f"copies of the database called Infor CRM: {heard}")
    if remains:
        sys.exit(f"the neutralized copy still has: {remains}")
    if reasons != {plain: "copied", neutral: "neutralized"}:
        sys.exit(f"copies stay silent for another reason: {reasons}")
    if (reason := try_everything(database)) or not control("GET", "requests"):
        sys.exit(f"the original itself could not call: {reason}")
    print("copies make no request: one plain, one neutralized; the original does")


main()
