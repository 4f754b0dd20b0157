"""What a race between lanes needs: lists in threes, and a witness of who ran when."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from _rpc import Odoo
from real import LANES, Database, PracticeCrm, runs

LISTS = 3
# Odoo names its connections after the process of the server.
WITNESS = """
    CREATE TABLE test_witness (
        run_id int, lane int, state varchar, server varchar, at timestamptz);
    CREATE FUNCTION test_witness() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO test_witness VALUES (NEW.id, NEW.lane, NEW.state,
            current_setting('application_name'), clock_timestamp());
        RETURN NULL;
    END $$;
    CREATE TRIGGER test_witness AFTER UPDATE OF state, lane ON infor_crm_sync_run
       FOR EACH ROW EXECUTE FUNCTION test_witness()"""


@dataclass(frozen=True)
class Stretch:
    """A lane of a server worked on a run from ``begin`` to ``end``."""

    run: int
    lane: int
    server: str
    begin: Any
    end: Any

    def meets(self, other: Stretch) -> bool:
        together = self.begin < other.end and other.begin < self.end
        return together and (self.run, self.lane) != (other.run, other.lane)


class Witness:
    """Sees each run being taken and left, in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.rows(WITNESS)

    def stretches(self, run_ids: list[int]) -> list[Stretch]:
        return list(self._stretches(run_ids))

    def _stretches(self, run_ids: list[int]) -> Iterator[Stretch]:
        taken: dict[int, dict[str, Any]] = {}
        sql = "SELECT * FROM test_witness WHERE run_id = ANY(%s) ORDER BY at"
        for row in self._database.rows(sql, run_ids):
            before = taken.pop(row["run_id"], None)
            if before:
                facts = (before["run_id"], before["lane"], before["server"])
                yield Stretch(*facts, before["at"], row["at"])
            if row["state"] == "running":
                taken[row["run_id"]] = row


@dataclass
class Round:
    """One new person in three lists. ``runs``: of the lists, asked for at once."""

    address: str
    runs: list[int] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    selected: int = 0

    @property
    def lanes(self) -> set[tuple[Stretch, Stretch]]:
        """Pairs that worked at the same time."""
        pairs = combinations(self.stretches, 2)
        return {pair for pair in pairs if pair[0].meets(pair[1])}

    @property
    def servers_met(self) -> bool:
        return any(one.server != other.server for one, other in self.lanes)

    @property
    def raced(self) -> bool:
        """Two lanes worked at once, and both began with a person nobody had linked."""
        return bool(self.lanes) and self.selected > 1


class Track:
    """Three lists that are pushed."""

    def __init__(self, session: Odoo, name: str) -> None:
        made = [_list(session, f"{name} {number}") for number in range(LISTS)]
        self.lists = [one for one, _sync in made]
        self._syncs = [sync for _list, sync in made]
        self._round: Round | None = None

    def add(self, session: Odoo, addresses: list[str]) -> None:
        people = [
            {
                "last_name": f"Person {address}",
                "company_name": "Acme",
                "email": address,
                "subscription_ids": [(0, 0, {"list_id": one}) for one in self.lists],
            }
            for address in addresses
        ]
        session("mailing.contact", "create", people)

    def start(self, database: Database, sessions: list[Odoo]) -> list[int]:
        """A run of each list, all asked for at once, on one server or the other."""

        def ask(number: int) -> None:
            session = sessions[number % len(sessions)]
            session("infor.crm.list.sync", "action_run_now", [self._syncs[number]])

        with ThreadPoolExecutor(LISTS) as people:
            list(people.map(ask, range(LISTS)))
        # a run wakes one lane; a minute, or more work, wakes the others
        database.trigger("infor_crm_connector", *(f"ir_cron_lane_{n}" for n in LANES))
        found = runs(database, "list_sync_id = ANY(%s)", self._syncs)
        return [run["id"] for run in found[-LISTS:]]

    def rows(self, database: Database) -> list[dict[str, Any]]:
        return runs(database, "list_sync_id = ANY(%s)", self._syncs)

    def is_free(self, database: Database) -> bool:
        return all(run["state"] == "done" for run in self.rows(database))

    def is_at_rest(self, database: Database) -> bool:
        """Done, or waiting for the time of an answer that was lost."""
        return all(
            run["state"] == "done" or (run["state"] == "queued" and run["next_try"])
            for run in self.rows(database)
        )


def _list(session: Odoo, name: str) -> tuple[int, int]:
    """(mailing list, its list sync)"""
    made = session("mailing.list", "create", {"name": name})
    window = session("mailing.list", "action_infor_setup", [made])
    options = {"push": True, "push_add": True, "push_update": True}
    session("infor.crm.list.setup", "write", [window["res_id"]], options)
    session("infor.crm.list.setup", "action_save", [window["res_id"]])
    found = session("infor.crm.list.sync", "search", [("list_id", "=", made)])
    return made, found[0]


def lost_answers(crm: PracticeCrm) -> dict[str, int]:
    """{fault: how often it hit}; each of them once."""
    found = {row["fault"]: 0 for row in crm.call("GET", "faults")}
    for row in crm.call("GET", "faults"):
        found[row["fault"]] += row["fired"]
    return found
