"""The control paths beside /sdata: what a test does to a practice CRM.

The methods of `Control` are the same surface for those in the process.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs

from . import conversion
from .conversion import UnknownRecord
from .faults import UnknownFault, read_fault
from .http import Request, Response
from .state import Options, State, UnknownOption
from .switches import UnknownSwitch
from .users import UnknownSetting

Json = Any
Starter = Callable[[dict[str, object], int, bool], tuple]


class UnknownPath(LookupError):
    """No such control path."""


class Control:
    """Holds the state of a simulator and changes it."""

    def __init__(self, options: Options, start: Starter) -> None:
        self._options = options
        self._start = start
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._servers: dict[str, tuple] = {}
        self.state = State(options, keep_file=bool(options.file))

    def reset(self, **options: object) -> dict[str, object]:
        """A fresh state; options not named are those of the start."""
        with self._lock:
            changed = self._options.changed(options)
            old, self.state = self.state, State(changed)
            old.close()
        return self.counts()

    def switches(self, **values: object) -> dict[str, object]:
        """Changes the switches that are named; returns all."""
        self.state.switches.set(values)
        return dict(self.state.switches)

    def fault(self, **values: object) -> dict[str, object]:
        return asdict(self.state.faults.add(read_fault(values)))

    def faults(self) -> list[dict[str, object]]:
        return self.state.faults.all()

    def clear_faults(self) -> None:
        self.state.faults.clear()

    def requests(self) -> list[dict[str, object]]:
        return self.state.journal.lines()

    def clear_requests(self) -> None:
        self.state.journal.clear()

    def counts(self) -> dict[str, int]:
        """Rows per kind, counted in the tables."""
        store = self.state.store
        return {
            entity.path: store.row(f"SELECT COUNT(*) FROM {entity.table}")[0]
            for entity in store.model.entities
        }

    def store(self, kind: str, where: str = "") -> list[dict[str, object]]:
        """Rows of a kind as they are stored; `where` is SQL over its columns."""
        entities = {e.path.lower(): e for e in self.state.store.model.entities}
        if kind.lower() not in entities:
            raise UnknownPath(f"no kind {kind!r}; there are {sorted(entities)}")
        entity = entities[kind.lower()]
        sql = f"SELECT * FROM {entity.table}" + (f" WHERE {where}" if where else "")
        return self.sql(f"{sql} ORDER BY {entity.key_column}")["rows"]

    def sql(self, sql: str, params: list | dict | None = None) -> dict[str, Json]:
        """Any statement on the store, with what it returns."""
        names, rows = self.state.store.table(sql, params or ())
        listed = [dict(zip(names, row, strict=True)) for row in rows]
        return {"columns": names, "rows": listed}

    def users(self, **users: dict[str, object]) -> dict[str, Json]:
        """Changes or adds logins; returns all, without passwords."""
        for login, settings in users.items():
            self.state.set_user(login, settings)
        return {
            user.login: {k: v for k, v in asdict(user).items() if k != "password"}
            for user in self.state.users.all()
        }

    def clock(self, offset_seconds: float = 0) -> dict[str, object]:
        self.state.clock.offset_seconds = float(offset_seconds)
        return {"offset_seconds": offset_seconds, "now": self.state.clock.now()}

    def latency(self, ms: float = 0) -> dict[str, object]:
        self.state.latency_ms = float(ms)
        return {"ms": self.state.latency_ms}

    def convert_lead(self, lead: str, **how: str) -> dict[str, str]:
        """As somebody at the CRM would; `contact`, `account`, `user` by choice."""
        return conversion.convert_lead(self.state, lead, **how)

    def merge(
        self, kind: str, winner: str, loser: str, user: str = "admin"
    ) -> dict[str, str]:
        return conversion.merge(self.state, kind, winner, loser, user)

    def start_server(
        self, port: int = 0, tls: bool = False, **options: object
    ) -> dict[str, object]:
        """Another simulator in this process, on a port of its own."""
        simulator, server = self._start(options, port, tls)
        number = str(next(self._numbers))
        self._servers[number] = (simulator, server)
        about: dict[str, object] = {
            "id": number,
            "url": server.url,
            "sdata": f"{server.url}/sdata/slx",
        }
        if server.certificate:
            about["ca_file"] = server.certificate.cert_file
            about["ca_pem"] = server.certificate.pem
        return about

    def stop_server(self, number: str) -> None:
        if number not in self._servers:
            raise UnknownPath(f"no server {number!r}")
        simulator, server = self._servers.pop(number)
        simulator.control.state.release()
        server.stop()
        simulator.close()

    def close(self) -> None:
        for number in list(self._servers):
            self.stop_server(number)
        self.state.close()


def _store(control: Control, rest: str, body: Json, query: dict) -> Json:
    return control.store(rest, query.get("where", ""))


def _server(control: Control, rest: str, body: Json, query: dict) -> Json:
    control.stop_server(rest)


#: (method, first word of the path) → what it does and a line for the listing.
_ROUTES: dict[tuple[str, str], tuple[Callable, str]] = {
    ("POST", "reset"): (
        lambda c, rest, body, query: c.reset(**body),
        "fresh state {seed, leads, contacts, accounts, generation, clock, latency_ms}",
    ),
    ("GET", "switches"): (
        lambda c, rest, body, query: c.switches(),
        "all switches",
    ),
    ("POST", "switches"): (
        lambda c, rest, body, query: c.switches(**body),
        "change switches {name: value}",
    ),
    ("GET", "faults"): (lambda c, rest, body, query: c.faults(), "faults that are set"),
    ("POST", "faults"): (
        lambda c, rest, body, query: _add_faults(c, body),
        "set a fault, or a list of them",
    ),
    ("DELETE", "faults"): (
        lambda c, rest, body, query: c.clear_faults(),
        "no more faults",
    ),
    ("GET", "requests"): (lambda c, rest, body, query: c.requests(), "request log"),
    ("DELETE", "requests"): (
        lambda c, rest, body, query: c.clear_requests(),
        "empty the request log",
    ),
    ("GET", "counts"): (lambda c, rest, body, query: c.counts(), "rows per kind"),
    ("GET", "store"): (_store, "store/<kind>?where=<SQL>: rows as stored"),
    ("POST", "sql"): (
        lambda c, rest, body, query: c.sql(**body),
        "run SQL on the store {sql, params}",
    ),
    ("GET", "users"): (lambda c, rest, body, query: c.users(), "logins"),
    ("POST", "users"): (
        lambda c, rest, body, query: c.users(**body),
        "change or add logins {login: {password, enabled, expired, mfa, owners, …}}",
    ),
    ("POST", "clock"): (
        lambda c, rest, body, query: c.clock(**body),
        "shift the server's clock {offset_seconds}",
    ),
    ("POST", "latency"): (
        lambda c, rest, body, query: c.latency(**body),
        "pause before each answer {ms}",
    ),
    ("POST", "convert-lead"): (
        lambda c, rest, body, query: c.convert_lead(**body),
        "convert a lead {lead, contact, account, user}; all but lead by choice",
    ),
    ("POST", "merge"): (
        lambda c, rest, body, query: c.merge(**body),
        "merge two contacts or accounts {kind, winner, loser, user}",
    ),
    ("POST", "servers"): (
        lambda c, rest, body, query: c.start_server(**body),
        "start another simulator {options as reset, tls, port}",
    ),
    ("DELETE", "servers"): (_server, "servers/<id>: stop one"),
}


def _add_faults(control: Control, body: Json) -> Json:
    if isinstance(body, list):
        return [control.fault(**item) for item in body]
    return control.fault(**body)


def respond(control: Control, request: Request) -> Response:
    """One control request as JSON."""
    words = [*request.path.strip("/").split("/", 2)[1:], "", ""]
    name, rest = words[0], words[1].strip("/")
    route = _ROUTES.get((request.method, name))
    if route is None:
        known = [
            f"{m} /simulator/{n}: {about}" for (m, n), (_, about) in _ROUTES.items()
        ]
        return _json(404 if name else 200, {"control_paths": known})
    query = {k: v[0] for k, v in parse_qs(request.query_string).items()}
    try:
        body = json.loads(request.body) if request.body.strip() else {}
        return _json(200, route[0](control, rest, body, query))
    except (UnknownPath, UnknownRecord) as error:
        return _json(404, {"error": str(error)})
    except (UnknownOption, UnknownSwitch, UnknownFault, UnknownSetting) as error:
        return _json(400, {"error": str(error)})
    except Exception as error:
        # The caller is a test: whatever went wrong is for its author to read.
        return _json(400, {"error": f"{type(error).__name__}: {error}"})


def _json(status: int, content: Json) -> Response:
    body = json.dumps(content, ensure_ascii=False, default=str).encode()
    return Response(status, body, "application/json; charset=utf-8")
