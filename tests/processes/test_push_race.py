"""Many hands create one person, and the answers get lost: one lead all the same.

Each round is a new person in three lists; the three runs, asked for at once, are
executed by four lanes on two servers, while the CRM loses answers before and after it
did the work, or does it late. Whoever waits for a lost answer waits for the connector's
execution limit; the next round begins meanwhile, on lists of its own.

A few rounds are played each time. All that the product promises take some minutes:

    ROUNDS=200 scripts/test tests/processes -k race
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Any

from _rpc import connect
from race import LISTS, Round, Track, Witness, lost_answers
from real import Database, PracticeCrm, runs, say, wait_until

ROUNDS = int(os.environ.get("ROUNDS") or 15)
TRACKS = 3  # rounds under way at a time, each with its lists
CROWD = 30  # people who are created in batches at the end
LIMIT = 1  # seconds
LATENCY = 20  # milliseconds of an answer
POSTS = {"match": "leads", "method": "POST"}
FAULTS = [
    {"fault": "drop_after", "probability": 0.18, **POSTS},
    {"fault": "drop_before", "probability": 0.12, **POSTS},
    {"fault": "commit_late", "probability": 0.12, "delay": 0.4, **POSTS},
    {"fault": "truncate", "probability": 0.08, **POSTS},
    {"fault": "cut_json", "probability": 0.08, **POSTS},
]


class Race:
    def __init__(self, database: Database, crm: PracticeCrm) -> None:
        self.database, self.crm = database, crm
        servers = [database.server(), database.server()]
        self.sessions = [server.session() for server in servers]
        connector = connect(
            self.sessions[0], crm.url, requests_per_minute=6000, timeout=5
        )
        limit = {"execution_limit": LIMIT}
        self.sessions[0]("infor.crm.connector", "write", [connector], limit)
        self.tracks = [Track(self.sessions[0], f"Race {n}") for n in range(TRACKS)]
        self.witness = Witness(database)
        self.addresses: list[str] = []

    def rounds(self, wanted: int) -> list[Round]:
        """As many in which lanes met: a lane that was alone proves nothing."""
        raced: list[Round] = []
        for number in range(wanted * 2):
            one = self._play(number)
            if one.raced:
                raced.append(one)
            if len(raced) == wanted:
                return raced
        raise AssertionError(f"only {len(raced)} of {wanted * 2} rounds were a race")

    def _play(self, number: int) -> Round:
        """Until its runs are done, or wait for the time of a lost answer."""
        track = self._free_track()
        one = Round(f"p{number}@race.example")
        self._add(track, [one.address])
        one.runs = track.start(self.database, self.sessions)
        self._until(lambda: track.is_at_rest(self.database), f"round {number}")
        one.stretches = self.witness.stretches(one.runs)
        rows = runs(self.database, "id = ANY(%s)", one.runs)
        one.selected = sum(bool(run["push_selected"]) for run in rows)
        return one

    def _free_track(self) -> Track:
        def free() -> Track | None:
            found = (t for t in self.tracks if t.is_free(self.database))
            return next(found, None)

        return self._until(free, "free lists")

    def _add(self, track: Track, addresses: list[str]) -> None:
        track.add(self.sessions[0], addresses)
        self.addresses += addresses

    def crowd(self) -> None:
        """Many new people at once, in batches."""
        track = self._free_track()
        self._add(track, [f"c{number}@race.example" for number in range(CROWD)])
        track.start(self.database, self.sessions)

    def calm_down(self) -> None:
        """Whom a run gave up after several lost answers, the next one takes up."""
        self._until(self._all_done, "the last answers")
        for track in self.tracks:
            track.start(self.database, self.sessions)
        self._until(self._all_done, "the calm after")

    def _all_done(self) -> bool:
        return all(run["state"] == "done" for run in runs(self.database))

    def _until(self, true: Any, what: str) -> Any:
        def answer() -> Any:
            for run in runs(self.database, "state = 'failed'"):
                raise AssertionError(run["message"])
            # a server that sleeps looks at the time once a minute only
            self.database.wake()
            return true()

        return wait_until(answer, 60, what, 0.15)


def test_one_person_in_three_lists_is_one_lead_whatever_gets_lost(
    database: Database, practice: PracticeCrm
) -> None:
    crm = practice.another(leads=5, contacts=5, seed=11)
    race = Race(database, crm)
    crm.latency(LATENCY)
    crm.faults(*FAULTS)
    began = time.monotonic()
    rounds = race.rounds(ROUNDS)
    lost = lost_answers(crm)
    crm.switches(batch="open")
    race.crowd()
    crm.no_faults()
    race.calm_down()
    seconds = time.monotonic() - began
    assert_once(database, crm, race.addresses)
    assert all(lost.values()) or ROUNDS < 50, f"never happened: {lost}"
    assert sum(lost.values()) > ROUNDS / 4
    met = sum(one.servers_met for one in rounds)
    assert met
    say(
        f"{ROUNDS} rounds of one person in {LISTS} lists and a crowd of {CROWD}, in "
        f"{seconds:.0f} s: {sum(lost.values())} lost answers ({lost}), in {met} rounds "
        f"both servers at once; one lead each"
    )


def assert_once(database: Database, crm: PracticeCrm, expected: list[str]) -> None:
    leads = crm.sql("SELECT EMAIL, LEADID FROM LEAD WHERE EMAIL LIKE '%race.example'")
    made = Counter(row["EMAIL"] for row in leads)
    twice = {email: count for email, count in made.items() if count > 1}
    assert not twice, f"made twice: {twice}"
    assert set(made) == set(expected)
    bound = database.rows(
        """SELECT c.email, b.key FROM infor_crm_binding b
             JOIN mailing_contact c ON c.id = b.res_id
            WHERE b.odoo_model = 'mailing.contact'"""
    )
    assert {(row["email"], row["key"]) for row in bound} == {
        (row["EMAIL"], row["LEADID"].strip()) for row in leads
    }
    assert len(bound) == len(expected)
    assert_sums(runs(database), len(expected))
    left = database.rows("SELECT * FROM infor_crm_claim WHERE state <> 'done'")
    assert not left


def assert_sums(found: list[dict[str, Any]], people: int) -> None:
    total: Counter[str] = Counter()
    names = ("created", "linked", "waiting", "failed", "skipped", "updated")
    for run in found:
        counts = {name: run[f"push_{name}"] or 0 for name in names}
        assert sum(counts.values()) <= (run["push_selected"] or 0), run
        total.update(counts)
    assert total["waiting"] == 0
    # linked by the run that found it before the one that made it wrote it down
    assert total["created"] + total["linked"] >= people
