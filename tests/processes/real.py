"""Real processes for tests: servers of Odoo, the practice CRM, PostgreSQL.

All are started as scripts/_common.sh starts them.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests

from _rpc import Odoo, wait_for_server

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ". scripts/_common.sh; "
LANES = (1, 2, 3, 4)
SKIPPED = ("skipped_no_email", "skipped_same_address", "skipped_removed")
COUNTED = ("created", "updated", "conflicts", "failed", *SKIPPED)
NUMBERS = ("selected", "expected", "attempts", *COUNTED)
# What Odoo does when code calls _trigger() on a cron job: due now, and wake up.
TRIGGER = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT res_id, now() AT TIME ZONE 'UTC' FROM ir_model_data
     WHERE model = 'ir.cron' AND module = %s AND name = ANY(%s)"""


def shell(script: str, *arguments: object) -> str:
    """Runs a line of bash with the functions of scripts/_common.sh."""
    command = ["bash", "-c", RECIPE + script, "bash", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, check=False, text=True, capture_output=True, timeout=300
    )
    if done.returncode:
        raise AssertionError(f"{script}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def wait_until(
    true: Callable[[], Any], seconds: float, what: str, pause: float = 0.1
) -> Any:
    """The first true answer; a failure that says what did not happen in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := true():
            return answer
        time.sleep(pause)
    raise AssertionError(f"{what}: not within {seconds} seconds")


FIGURES: list[str] = []


def say(text: str) -> None:
    """A figure for those who read the summary, even when all is well."""
    FIGURES.append(text)


class Process:
    """A child whose process id is that of the server itself, so that signals reach it
    and not a shell."""

    def __init__(self, script: str, *arguments: object, log: Path) -> None:
        command = ["bash", "-c", RECIPE + script, "bash", *map(str, arguments)]
        with log.open("ab") as errors:
            self.child = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    @property
    def pid(self) -> int:
        return self.child.pid

    def kill(self) -> None:
        """SIGKILL: nothing of it runs on."""
        self.child.kill()
        self.child.wait()


class PracticeCrm:
    """A practice CRM by its control paths (docs/simulator.md)."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(
            method, f"{self.url}/simulator/{path}", json=body, timeout=120
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def another(self, **options: Any) -> PracticeCrm:
        return PracticeCrm(self.call("POST", "servers", options)["url"])

    def faults(self, *faults: dict[str, Any]) -> None:
        self.call("POST", "faults", list(faults))

    def fired(self) -> dict[str, int]:
        return {row["fault"]: row["fired"] for row in self.call("GET", "faults")}

    def no_faults(self) -> None:
        self.call("DELETE", "faults")

    def switches(self, **values: Any) -> None:
        self.call("POST", "switches", values)

    def latency(self, ms: int) -> None:
        self.call("POST", "latency", {"ms": ms})

    def sql(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        return self.call("POST", "sql", {"sql": sql, "params": params})["rows"]

    def requests(self) -> list[dict[str, Any]]:
        return self.call("GET", "requests")

    def forget_requests(self) -> None:
        self.call("DELETE", "requests")


@contextlib.contextmanager
def practice_crm(log: Path, **options: Any) -> Iterator[PracticeCrm]:
    arguments = [f"--{name}={value}" for name, value in options.items()]
    script = 'cd "$ROOT" && exec "$PY" -m infor_crm_simulator --port 0 "$@"'
    process = Process(script, *arguments, log=log)
    try:
        assert process.child.stdout is not None
        yield PracticeCrm(json.loads(process.child.stdout.readline())["url"])
    finally:
        process.kill()


class Server:
    """One Odoo server on a database of :class:`Database`."""

    def __init__(self, database: str, log: Path, *options: str) -> None:
        self.database, self.log, self.options = database, log, options
        self.process: Process | None = None
        self.url = ""

    def start(self) -> None:
        if not self.url:  # the same after a restart: links that were sent lead there
            with socket.socket() as found:
                found.bind(("127.0.0.1", 0))
                self.url = f"http://127.0.0.1:{found.getsockname()[1]}"
        port = self.url.rsplit(":", 1)[1]
        arguments = (f"--http-port={port}", f"--logfile={self.log}", *self.options)
        # closed output: Odoo writes to its log file alone
        script = 'exec_odoo "$@" >&2'
        self.process = Process(script, self.database, *arguments, log=self.log)

    def session(self, login: str = "admin") -> Odoo:
        wait_for_server(self.url)
        return Odoo(self.url, self.database, login, login)

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None


class Database:
    """A database of Odoo, seen by SQL and served by any number of servers."""

    def __init__(self, name: str, log: Path) -> None:
        self.name, self.log = name, log
        self.servers: list[Server] = []
        self._connection = _connect(name)

    def server(self, *options: str) -> Server:
        server = Server(self.name, self.log, *options)
        self.servers.append(server)
        server.start()
        return server

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            if cursor.description is None:
                return []
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, *params: Any) -> dict[str, Any]:
        (row,) = self.rows(sql, *params)
        return row

    def wake(self) -> None:
        """Spare the up to 60 seconds that a server sleeps after its start, or when
        the one that would have told it has died."""
        with contextlib.closing(_connect("postgres")) as connection:
            connection.cursor().execute(
                "SELECT pg_notify('cron_trigger', %s)", [self.name]
            )

    def trigger(self, module: str, *names: str) -> None:
        """Have cron jobs executed as soon as a server is free."""
        self.rows(TRIGGER, module, list(names))
        self.wake()

    def hurry(self) -> None:
        """What is put off by seconds and minutes becomes due now. Only the waiting is
        cut short: who takes a run up and what happens then is the addon's business."""
        self.rows(
            """UPDATE infor_crm_sync_run SET next_try = now() AT TIME ZONE 'UTC'
                WHERE state = 'queued' AND next_try > now() AT TIME ZONE 'UTC'"""
        )
        # whoever was killed while sending had at most seconds to do so in these tests
        self.rows(
            """UPDATE infor_crm_outbox SET next_try = now() AT TIME ZONE 'UTC'
                WHERE state = 'unsure' AND next_try > now() AT TIME ZONE 'UTC'
                  AND sent_at < now() AT TIME ZONE 'UTC' - interval '5 seconds'"""
        )
        self.trigger("infor_crm_connector", *(f"ir_cron_lane_{n}" for n in LANES))

    def close(self) -> None:
        for server in self.servers:
            server.kill()
        self._connection.close()


def _connect(database: str) -> Any:
    import psycopg2  # part of what scripts/setup prepares

    connection = psycopg2.connect(
        dbname=database, host=os.environ["PGHOST"], user=os.environ["PGUSER"]
    )
    connection.autocommit = True
    return connection


def runs(database: Database, where: str = "TRUE", *params: Any) -> list[dict[str, Any]]:
    """Rows of infor.crm.sync.run; numbers nobody wrote yet are 0, as in Odoo."""
    sql = f"SELECT * FROM infor_crm_sync_run WHERE {where} ORDER BY id"
    found = database.rows(sql, *params)
    return [row | {name: row[name] or 0 for name in NUMBERS} for row in found]
