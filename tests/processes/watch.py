"""Imports under difficulties, side by side, and a person who watches them.

The person presses *Resume* and *Reconfirm Login* where the screen asks for it. Time
that would only be waited is cut short.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from _rpc import Odoo, connect, import_all
from ledger import Ledger, ledger
from real import Database, PracticeCrm, runs

LEADS = 1_500
PAGE = 100
TIMEOUT = 5  # seconds, the least a connector takes


@dataclass(frozen=True)
class Plan:
    """One import: what its CRM does, from the import on, and how it is set up."""

    name: str
    faults: Sequence[dict[str, Any]] = ()
    switches: dict[str, Any] = field(default_factory=dict)
    connector: dict[str, Any] = field(default_factory=dict)


@dataclass
class Import:
    plan: Plan
    crm: PracticeCrm
    connector: int
    said: list[str] = field(default_factory=list)
    presses: int = 0

    @property
    def name(self) -> str:
        return self.plan.name


Check = Callable[[Import, Ledger], None]


class Watch:
    """``sessions``: one per server, which then work side by side."""

    def __init__(
        self, database: Database, sessions: list[Odoo], practice: PracticeCrm
    ) -> None:
        self.database, self.sessions = database, sessions
        self._practice = practice
        self.imports: dict[int, Import] = {}

    def start(self, plans: Sequence[Plan]) -> None:
        shares = [plans[number :: len(self.sessions)] for number in range(len(plans))]
        with ThreadPoolExecutor(len(self.sessions)) as people:
            list(people.map(self._start, self.sessions, shares))

    def _start(self, session: Odoo, plans: Sequence[Plan]) -> None:
        for plan in plans:
            seed = 100 + len(self.imports)
            crm = self._practice.another(leads=LEADS, contacts=0, seed=seed)
            crm.switches(**{"page_cap": PAGE, **plan.switches})
            limits = {"timeout": TIMEOUT, "requests_per_minute": 6000}
            values = {**limits, "name": plan.name, **plan.connector}
            connector = connect(session, crm.url, **values)
            self.imports[connector] = Import(plan, crm, connector)
            crm.faults(*plan.faults)
            import_all(session, connector, "lead")

    def rows(self) -> list[dict[str, Any]]:
        return runs(self.database, "connector_id = ANY(%s)", list(self.imports))

    def until(
        self, over: Callable[[dict[str, Any], Import], bool], seconds: float
    ) -> None:
        """Watch until each run is over. Ends in a failure that lists the others."""
        end = time.monotonic() + seconds
        while waiting := [run for run in self.rows() if not over(run, self._of(run))]:
            assert time.monotonic() < end, self._described(waiting)
            for run in waiting:
                self._look_at(run, self._of(run))
            self.database.hurry()
            time.sleep(0.5)

    def _of(self, run: dict[str, Any]) -> Import:
        return self.imports[run["connector_id"]]

    def _look_at(self, run: dict[str, Any], one: Import) -> None:
        if run["message"] and run["message"] not in one.said:
            one.said.append(run["message"])
        session = self.sessions[0]
        if run["state"] == "failed":
            assert run["message"], f"{one.name} failed without a word"
            one.presses += 1
            session("infor.crm.sync.run", "action_resume", [run["id"]])
        if run["state"] != "running":
            self._reconfirm(session, one)

    @staticmethod
    def _reconfirm(session: Odoo, one: Import) -> None:
        ids, names = [one.connector], ["state", "stop_message"]
        (row,) = session("infor.crm.connector", "read", ids, names)
        if row["state"] == "attention":
            assert row["stop_message"], f"{one.name} is red without a word"
            one.presses += 1
            session("infor.crm.connector", "action_reconfirm", ids)

    def _described(self, found: list[dict[str, Any]]) -> str:
        return "\n".join(
            f"{self._of(run).name}: {run['state']} at {run['selected']} of "
            f"{run['expected']}, {run['message']}"
            for run in found
        )

    def ledgers(self) -> Iterator[tuple[Import, Ledger]]:
        for run in self.rows():
            yield self._of(run), ledger(self.database, self._of(run).crm, run)

    def check(self, check: Check) -> None:
        """Checks all, then says which imports are wrong and how."""
        wrong = []
        for one, book in self.ledgers():
            try:
                check(one, book)
            except AssertionError as error:
                facts = f"{book.run['state']}, {len(book.missing)} missing"
                wrong.append(f"{one.name}: {error} ({facts}: {book.words})")
        assert not wrong, "\n".join(wrong)


def is_done(run: dict[str, Any], _one: Import) -> bool:
    return run["state"] == "done"


def is_done_or_spoke(run: dict[str, Any], one: Import) -> bool:
    return is_done(run, one) or bool(one.said)
